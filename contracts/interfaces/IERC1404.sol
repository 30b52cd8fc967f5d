// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// @notice ERC-1404, as drafted: 0xab84a5c8. A transfer is refused if and only if the code is not zero. Written for its id;
///         a tranche answers it with two halves, so no contract inherits this.
interface IERC1404 {
    function detectTransferRestriction(address from, address to, uint256 value) external view returns (uint8);
    function messageForTransferRestriction(uint8 code) external view returns (string memory);
}

/// @notice Its spender extension alone: 0xd32c7bb5.
interface IERC1404Spender {
    function detectTransferRestrictionFrom(address spender, address from, address to, uint256 value)
        external
        view
        returns (uint8);
}
