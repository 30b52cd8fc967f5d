// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAssetToken} from "../interfaces/IAssetToken.sol";
import {IAssetTokenControl} from "../interfaces/IAssetTokenControl.sol";
import {IIdentityRegistry} from "../interfaces/IIdentityRegistry.sol";
import {Config} from "../token/Config.sol";
import {RegistryStorage} from "./RegistryStorage.sol";

/// @notice The bound tokens, and what they are told.
abstract contract Tokens is RegistryStorage {
    /// @inheritdoc IIdentityRegistry
    function trustCode(bytes32 codeHash, bool trusted) external onlyOwner {
        _trusted[codeHash] = trusted;
        emit CodeTrusted(codeHash, trusted);
    }

    /// @inheritdoc IIdentityRegistry
    function bindToken(address token) external onlyOwner {
        if (!_trusted[token.codehash]) revert TokenInvalid(token);
        if (!_bindings[token].bound) {
            if (_tokens.length >= _MAX_TOKENS) revert TokensFull();
            _bindings[token].bound = true;
            _tokens.push(token);
            emit TokenBound(token);
        }
        IAssetTokenControl(token).registryBound(); // one that left and came back is on the list, but must be told
    }

    /// @inheritdoc IIdentityRegistry
    function unbindToken(address token) external onlyOwner {
        // A token that still asks this registry would keep copies that nobody corrects.
        if (!_bindings[token].bound || _registryOf(token) == address(this)) revert TokenInvalid(token);
        _setCounting(token, false);
        delete _bindings[token];
        uint256 i = 0;
        while (_tokens[i] != token) ++i;
        _tokens[i] = _tokens[_tokens.length - 1];
        _tokens.pop();
        emit TokenUnbound(token);
    }

    /// @inheritdoc IIdentityRegistry
    function watchAdmissions(address token) external {
        if (!_bindings[token].bound) revert TokenInvalid(token);
        _setCounting(token, IAssetToken(token).config() & Config.RULE_BOOK != 0);
    }

    function _setCounting(address token, bool counts) private {
        Binding storage binding = _bindings[token];
        if (binding.counts == counts) return;
        binding.counts = counts;
        _counting = counts ? _counting + 1 : _counting - 1;
    }

    function _registryOf(address token) private view returns (address) {
        return IAssetToken(token).identityRegistry();
    }

    /// @dev Something changed for an investor who stays the same.
    function _pushAll(address first, address investor) internal {
        _pushAll(first, investor, investor);
    }

    function _pushAll(address first, address oldInvestor, address newInvestor) internal {
        _push(first, oldInvestor, newInvestor);
        uint256 links = _entries[first].links;
        for (uint256 i = 0; i < links; ++i) {
            _push(_links[first][i], oldInvestor, newInvestor);
        }
    }

    /// @dev A bound token that has already replaced this registry is passed over: it no longer listens.
    function _push(address wallet, address oldInvestor, address newInvestor) internal {
        for (uint256 i = 0; i < _tokens.length; ++i) {
            _tell(_tokens[i], wallet, oldInvestor, newInvestor);
        }
    }

    /// @dev A wallet comes in. Only a token that counts need know: a copy that lets a wallet through was made while the
    ///      wallet was in this registry, and taking it off wiped it; but units that a wallet held as nobody's (it was taken
    ///      off, a recovery went to it, another registry knew it) are its investor's from now on.
    function _pushNew(address wallet, address investor) internal {
        if (_counting == 0) return;
        for (uint256 i = 0; i < _tokens.length; ++i) {
            if (_bindings[_tokens[i]].counts) _tell(_tokens[i], wallet, address(0), investor);
        }
    }

    function _tell(address token, address wallet, address oldInvestor, address newInvestor) private {
        if (_registryOf(token) != address(this)) return;
        IAssetTokenControl(token).identityChanged(wallet, oldInvestor, newInvestor);
    }
}
