// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {AgentGrant, TokenTerms} from "./Types.sol";

/// @notice Makes tokens and registries as minimal clones at addresses known beforehand. A salt is bound to caller and
///         configuration, so nobody else can take the address, and initialising happens in the same transaction.
interface IAssetFactory {
    event RegistryCreated(address indexed registry, address indexed owner, bytes32 salt);
    /// @param ruleBook zero when no counting rule is configured
    event TokenCreated(
        address indexed token, address indexed registry, address indexed owner, address ruleBook, bytes32 salt
    );

    function createRegistry(address owner, AgentGrant[] calldata agents, bytes32 salt)
        external
        returns (address registry);

    function createToken(TokenTerms calldata terms, bytes32 salt) external returns (address token, address ruleBook);

    /// @notice Where `creator` would get these; creating them again there reverts.
    function registryAddress(address creator, address owner, AgentGrant[] calldata agents, bytes32 salt)
        external
        view
        returns (address);

    function tokenAddress(address creator, TokenTerms calldata terms, bytes32 salt) external view returns (address);

    function ruleBookAddress(address token) external view returns (address);

    function tokenImplementation() external view returns (address);

    function registryImplementation() external view returns (address);

    function ruleBookImplementation() external view returns (address);
}
