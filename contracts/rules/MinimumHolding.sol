// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice Who holds anything holds at least the minimum, over all his wallets.
library MinimumHolding {
    /// @dev More than he has is for the balance to refuse.
    function refusesSender(uint256 minimum, uint256 held, uint256 amount) internal pure returns (bool) {
        return amount < held && held - amount < minimum;
    }

    function refusesReceiver(uint256 minimum, uint256 held, uint256 amount) internal pure returns (bool) {
        return amount < minimum && held < minimum - amount;
    }
}
