// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {IAssetFactory} from "./interfaces/IAssetFactory.sol";
import {IAssetTokenControl} from "./interfaces/IAssetTokenControl.sol";
import {IIdentityRegistry} from "./interfaces/IIdentityRegistry.sol";
import {IRuleBook} from "./interfaces/IRuleBook.sol";
import {AgentGrant, TokenTerms} from "./interfaces/Types.sol";

/// @title  AssetFactory
/// @notice Deterministic minimal clones of fixed implementations. It keeps no power over what it makes.
contract AssetFactory is IAssetFactory {
    /// @inheritdoc IAssetFactory
    address public immutable tokenImplementation;
    /// @inheritdoc IAssetFactory
    address public immutable registryImplementation;
    /// @inheritdoc IAssetFactory
    address public immutable ruleBookImplementation;

    constructor(address token, address registry, address ruleBook) {
        tokenImplementation = token;
        registryImplementation = registry;
        ruleBookImplementation = ruleBook;
    }

    /// @inheritdoc IAssetFactory
    function createRegistry(address owner, AgentGrant[] calldata agents, bytes32 salt)
        external
        returns (address registry)
    {
        registry = Clones.cloneDeterministic(registryImplementation, _registrySalt(msg.sender, owner, agents, salt));
        emit RegistryCreated(registry, owner, salt);
        IIdentityRegistry(registry).initialize(owner, agents);
    }

    /// @inheritdoc IAssetFactory
    function createToken(TokenTerms calldata terms, bytes32 salt) external returns (address token, address ruleBook) {
        token = Clones.cloneDeterministic(tokenImplementation, _tokenSalt(msg.sender, terms, salt));
        if (terms.maxUnitsPerInvestor != 0) {
            ruleBook = Clones.cloneDeterministic(ruleBookImplementation, _ruleBookSalt(token));
            uint128 most = terms.maxUnitsPerInvestor == type(uint128).max ? 0 : terms.maxUnitsPerInvestor;
            IRuleBook(ruleBook).initialize(token, terms.identityRegistry, most);
        }
        emit TokenCreated(token, terms.identityRegistry, terms.owner, ruleBook, salt);
        IAssetTokenControl(token).initialize(terms, ruleBook);
    }

    /// @inheritdoc IAssetFactory
    function registryAddress(address creator, address owner, AgentGrant[] calldata agents, bytes32 salt)
        external
        view
        returns (address)
    {
        return
            Clones.predictDeterministicAddress(registryImplementation, _registrySalt(creator, owner, agents, salt));
    }

    /// @inheritdoc IAssetFactory
    function tokenAddress(address creator, TokenTerms calldata terms, bytes32 salt) external view returns (address) {
        return Clones.predictDeterministicAddress(tokenImplementation, _tokenSalt(creator, terms, salt));
    }

    /// @inheritdoc IAssetFactory
    function ruleBookAddress(address token) external view returns (address) {
        return Clones.predictDeterministicAddress(ruleBookImplementation, _ruleBookSalt(token));
    }

    function _registrySalt(address creator, address owner, AgentGrant[] calldata agents, bytes32 salt)
        private
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(creator, owner, agents, salt));
    }

    function _tokenSalt(address creator, TokenTerms calldata terms, bytes32 salt) private pure returns (bytes32) {
        return keccak256(abi.encode(creator, terms, salt));
    }

    function _ruleBookSalt(address token) private pure returns (bytes32) {
        return bytes32(uint256(uint160(token)));
    }
}
