// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

/// @notice EIP-712 domain. Its name is the constant `hashkit`, so that renaming a token breaks no signature; it is
///         computed at every use, because a clone has no immutables of its own and a chain may fork.
abstract contract Domain {
    bytes32 private constant _TYPE =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant _NAME = keccak256("hashkit");
    bytes32 private constant _VERSION = keccak256("1");

    function _domainSeparator() internal view returns (bytes32) {
        return keccak256(abi.encode(_TYPE, _NAME, _VERSION, block.chainid, address(this)));
    }

    function _typedDigest(bytes32 structHash) internal view returns (bytes32) {
        return MessageHashUtils.toTypedDataHash(_domainSeparator(), structHash);
    }
}
