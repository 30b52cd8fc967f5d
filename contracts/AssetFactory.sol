// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {IAssetFactory} from "./interfaces/IAssetFactory.sol";
import {IAssetTokenControl} from "./interfaces/IAssetTokenControl.sol";
import {IRuleBook} from "./interfaces/IRuleBook.sol";
import {TokenTerms} from "./interfaces/Types.sol";

/// @title  AssetFactory
/// @notice Deterministic minimal clones of fixed implementations. It keeps no power over what it makes.
contract AssetFactory is IAssetFactory {
    /// @inheritdoc IAssetFactory
    address public immutable tokenImplementation;
    /// @inheritdoc IAssetFactory
    address public immutable ruleBookImplementation;

    constructor(address token, address ruleBook) {
        tokenImplementation = token;
        ruleBookImplementation = ruleBook;
    }

    /// @inheritdoc IAssetFactory
    function createToken(TokenTerms calldata terms, bytes32 salt) external returns (address token, address ruleBook) {
        token = Clones.cloneDeterministic(tokenImplementation, _tokenSalt(msg.sender, terms, salt));
        if (terms.maxUnitsPerInvestor != 0) {
            ruleBook = Clones.cloneDeterministicWithImmutableArgs(ruleBookImplementation, abi.encodePacked(token), 0);
            uint128 most = terms.maxUnitsPerInvestor == type(uint128).max ? 0 : terms.maxUnitsPerInvestor;
            IRuleBook(ruleBook).initialize(terms.identityRegistry, most);
        }
        emit TokenCreated(token, terms.identityRegistry, terms.owner, ruleBook, salt);
        IAssetTokenControl(token).initialize(terms, ruleBook);
    }

    /// @inheritdoc IAssetFactory
    function tokenAddress(address creator, TokenTerms calldata terms, bytes32 salt) external view returns (address) {
        return Clones.predictDeterministicAddress(tokenImplementation, _tokenSalt(creator, terms, salt));
    }

    /// @inheritdoc IAssetFactory
    function ruleBookAddress(address token) external view returns (address) {
        return Clones.predictDeterministicAddressWithImmutableArgs(ruleBookImplementation, abi.encodePacked(token), 0);
    }

    function _tokenSalt(address creator, TokenTerms calldata terms, bytes32 salt) private pure returns (bytes32) {
        return keccak256(abi.encode(creator, terms, salt));
    }
}
