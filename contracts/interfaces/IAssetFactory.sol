// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {TokenTerms} from "./Types.sol";

/// @notice Makes tokens, with their rule books, as minimal clones at addresses known beforehand. A salt is bound to caller and
///         configuration, so nobody else can take the address, and initialising happens in the same transaction. A registry
///         is no clone: its owner deploys it himself, from his own account, complete with its first agents.
interface IAssetFactory {
    /// @param ruleBook zero when no counting rule is configured
    event TokenCreated(
        address indexed token, address indexed registry, address indexed owner, address ruleBook, bytes32 salt
    );

    function createToken(TokenTerms calldata terms, bytes32 salt) external returns (address token, address ruleBook);

    /// @notice Where `creator` would get this token; creating it again there reverts.
    function tokenAddress(address creator, TokenTerms calldata terms, bytes32 salt) external view returns (address);

    function ruleBookAddress(address token) external view returns (address);

    function tokenImplementation() external view returns (address);

    function ruleBookImplementation() external view returns (address);
}
