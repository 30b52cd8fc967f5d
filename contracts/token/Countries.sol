// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @notice Up to sixteen country codes in one word, 16 bits each; 0 is a free place. Most lists are that short.
library Countries {
    function has(uint256 word, uint16 code) internal pure returns (bool) {
        while (uint16(word) != code && word != 0) word >>= 16;
        return word != 0 && code != 0;
    }

    /// @dev The word with `code` where `before` was; the same word when it was nowhere.
    function replaced(uint256 word, uint16 before, uint16 code) internal pure returns (uint256) {
        for (uint256 at = 0; at < 256; at += 16) {
            if (uint16(word >> at) == before) return word ^ (uint256(before ^ code) << at);
        }
        return word;
    }
}
