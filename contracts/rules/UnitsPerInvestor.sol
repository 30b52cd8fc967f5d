// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice The most one investor may hold over all his wallets.
library UnitsPerInvestor {
    function refuses(uint256 limit, uint256 held, uint256 amount) internal pure returns (bool) {
        return limit != 0 && (amount > limit || held > limit - amount);
    }
}
