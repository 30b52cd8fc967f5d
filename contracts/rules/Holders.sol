// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Accounts} from "./Accounts.sol";

/// @notice The most investors that may hold anything, in all and per country.
library Holders {
    using Accounts for Accounts.Party;

    /// @dev A receiver who holds nothing comes on top; a sender who gives everything makes room, as far as he counts there.
    function refuses(
        uint256 limit,
        uint256 holders,
        Accounts.Party memory from,
        Accounts.Party memory to,
        bool sameRoom,
        uint256 amount
    ) internal pure returns (bool) {
        if (limit == 0 || to.place == 0 || to.units() != 0) return false;
        uint256 leaving = sameRoom && from.place != 0 && from.units() == amount ? 1 : 0;
        return holders + 1 > limit + leaving;
    }
}
