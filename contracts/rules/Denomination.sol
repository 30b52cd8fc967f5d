// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice Units move in multiples of the denomination.
library Denomination {
    function refuses(uint256 denomination, uint256 amount) internal pure returns (bool) {
        return denomination != 0 && amount % denomination != 0;
    }
}
