// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice The most one investor may hold over all his wallets.
library UnitsPerInvestor {
    function refuses(uint256 limit, uint256 held, uint256 amount) internal pure returns (bool) {
        if (limit == 0) return false;
        if (amount > limit) return true;
        unchecked {
            return held > limit - amount; // amount <= limit
        }
    }
}
