// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAssetToken} from "../interfaces/IAssetToken.sol";
import {IAssetTokenControl} from "../interfaces/IAssetTokenControl.sol";
import {Bucket} from "./Bucket.sol";
import {Power} from "./Power.sol";
import {TokenStorage} from "./TokenStorage.sol";

/// @notice Sets the mint window. Narrowing it is immediate; the owner proposes a wider one, and a raise agent who is not the
///         owner confirms it at once, or the owner applies it after the slot delay.
abstract contract Window is TokenStorage, IAssetToken {
    bytes32 private constant _MINT_WINDOW = "mintWindow";

    /// @inheritdoc IAssetToken
    function setMintWindow(uint96 size, uint24 period) external {
        if ((size == 0) != (period == 0)) revert IAssetTokenControl.TermsInvalid();
        if (_narrows(size, period)) {
            _checkPower(Power.RULES);
            if (_wider.readyAt != 0) _dropWider(); // what was proposed is measured by the old window
            _setWindow(size, period);
        } else {
            _checkOwner();
            uint256 readyAt = block.timestamp + _slotDelay;
            if (readyAt > type(uint40).max) revert IAssetTokenControl.SlotNotReady(_MINT_WINDOW, readyAt);
            _wider = WiderWindow(size, period, uint40(readyAt));
            emit MintWindowProposed(size, period, readyAt);
        }
    }

    /// @inheritdoc IAssetToken
    function applyMintWindow() external {
        if (msg.sender != _owner) _checkPower(Power.RAISE);
        WiderWindow memory w = _wider;
        if (w.readyAt == 0 || (msg.sender == _owner && block.timestamp < w.readyAt)) {
            revert IAssetTokenControl.SlotNotReady(_MINT_WINDOW, w.readyAt);
        }
        delete _wider;
        _setWindow(w.size, w.period);
    }

    /// @inheritdoc IAssetToken
    function cancelMintWindow() external {
        if (msg.sender != _owner) _checkPower(Power.PAUSE);
        if (_wider.readyAt == 0) revert IAssetTokenControl.SlotNotReady(_MINT_WINDOW, 0);
        _dropWider();
    }

    /// @inheritdoc IAssetToken
    function mintWindow() external view returns (uint256 size, uint256 period, uint256 available) {
        return (_window.size, _window.period, Bucket.available(_window));
    }

    /// @inheritdoc IAssetToken
    function pendingMintWindow() external view returns (uint256 size, uint256 period, uint256 readyAt) {
        return (_wider.size, _wider.period, _wider.readyAt);
    }

    /// @dev Neither more at once nor more over time. No window is the widest.
    function _narrows(uint96 size, uint24 period) private view returns (bool) {
        if (period == 0) return false;
        uint256 presentSize = _window.size;
        uint256 presentPeriod = _window.period;
        return presentPeriod == 0
            || (size <= presentSize && uint256(size) * presentPeriod <= presentSize * uint256(period));
    }

    /// @dev What came into being until now stays in the bucket.
    function _setWindow(uint96 size, uint24 period) private {
        Bucket.Window memory w = Bucket.settled(_window);
        _window = Bucket.Window(size, period == 0 ? 0 : w.used, uint40(block.timestamp), period);
        emit MintWindowSet(size, period);
    }

    function _dropWider() private {
        emit MintWindowCancelled(_wider.size, _wider.period);
        delete _wider;
    }
}
