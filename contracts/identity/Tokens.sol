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
        uint256 tokens = _bindings.length;
        if (_place(token) == tokens) {
            if (tokens >= _MAX_TOKENS) revert TokensFull();
            _bindings.push(Binding(token, false));
            emit TokenBound(token);
        }
        IAssetTokenControl(token).registryBound(); // one that left and came back is on the list, but must be told
    }

    /// @inheritdoc IIdentityRegistry
    function unbindToken(address token) external onlyOwner {
        // A token that still asks this registry would keep copies that nobody corrects.
        Binding storage binding = _bindingOf(token);
        if (_registryOf(token) == address(this)) revert TokenInvalid(token);
        _setCounting(binding, false);
        Binding storage last = _bindings[_bindings.length - 1];
        (binding.token, binding.counts) = (last.token, last.counts);
        _bindings.pop();
        emit TokenUnbound(token);
    }

    /// @inheritdoc IIdentityRegistry
    function watchAdmissions(address token) external {
        _setCounting(_bindingOf(token), IAssetToken(token).config() & Config.RULE_BOOK != 0);
    }

    function _setCounting(Binding storage binding, bool counts) private {
        if (binding.counts == counts) return;
        binding.counts = counts;
        _counting = counts ? _counting + 1 : _counting - 1;
    }

    function _bindingOf(address token) private view returns (Binding storage) {
        uint256 place = _place(token);
        if (place == _bindings.length) revert TokenInvalid(token);
        return _bindings[place];
    }

    /// @dev Its place on the list; the length of the list when it is not on it.
    function _place(address token) internal view returns (uint256 i) {
        uint256 tokens = _bindings.length;
        while (i < tokens && _bindings[i].token != token) ++i;
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
        for (uint256 i = 0; i < _bindings.length; ++i) {
            _tell(_bindings[i].token, wallet, oldInvestor, newInvestor);
        }
    }

    /// @dev A wallet comes in. Only a token that counts need know: a copy that lets a wallet through was made while the
    ///      wallet was in this registry, and taking it off wiped it; but units that a wallet held as nobody's (it was taken
    ///      off, a recovery went to it, another registry knew it) are its investor's from now on.
    function _pushNew(address wallet, address investor) internal {
        if (_counting == 0) return;
        for (uint256 i = 0; i < _bindings.length; ++i) {
            if (_bindings[i].counts) _tell(_bindings[i].token, wallet, address(0), investor);
        }
    }

    function _tell(address token, address wallet, address oldInvestor, address newInvestor) private {
        if (_registryOf(token) != address(this)) return;
        IAssetTokenControl(token).identityChanged(wallet, oldInvestor, newInvestor);
    }
}
