// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAssetTokenControl} from "../interfaces/IAssetTokenControl.sol";

/// @notice Symbol and name in one string, so that together they seldom need more than one slot: the length of the symbol in
///         a byte, the symbol, the name. Reading one uses up the memory it is read from. Assembly: slices that are copies make
///         each half 400 bytes longer, more than the hot one has left. Nothing was never joined: not the implementation's either.
library Titles {
    function join(string memory name_, string memory symbol_) internal pure returns (bytes memory) {
        uint256 length = bytes(symbol_).length;
        if (length > type(uint8).max) revert IAssetTokenControl.TermsInvalid();
        return bytes.concat(bytes1(uint8(length)), bytes(symbol_), bytes(name_));
    }

    function name(bytes memory titles) internal pure returns (string memory found) {
        assembly ("memory-safe") {
            let before := add(1, byte(0, mload(add(titles, 32))))
            let length := sub(mload(titles), before)
            found := add(titles, before)
            mstore(found, length)
        }
    }

    function symbol(bytes memory titles) internal pure returns (string memory found) {
        assembly ("memory-safe") {
            let length := byte(0, mload(add(titles, 32)))
            found := add(titles, 1)
            mstore(found, length)
        }
    }
}
