// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAssetTokenControl} from "../interfaces/IAssetTokenControl.sol";
import {IERC7943Fungible} from "../interfaces/IERC7943.sol";
import {ActsBase} from "./ActsBase.sol";
import {Bucket} from "./Bucket.sol";
import {Config} from "./Config.sol";
import {Door} from "./Door.sol";
import {Power} from "./Power.sol";
import {Record} from "./Record.sol";

/// @notice Acts of authority of the rare half: pause, halt, freeze of an amount, raw mint.
abstract contract Acts is ActsBase, IAssetTokenControl {
    using Bucket for Bucket.Window;
    using Config for uint256;

    /// @inheritdoc IAssetTokenControl
    function pause() external {
        _setPaused(true, 0);
    }

    /// @inheritdoc IAssetTokenControl
    function unpause() external {
        _setPaused(false, 0);
    }

    /// @inheritdoc IAssetTokenControl
    function pause(bytes32 ref) external {
        _setPaused(true, ref);
    }

    /// @inheritdoc IAssetTokenControl
    function unpause(bytes32 ref) external {
        _setPaused(false, ref);
    }

    /// @inheritdoc IAssetTokenControl
    function halt(bytes32 ref) external onlyPower(Power.PAUSE) {
        _setFlag(Config.HALTED, true);
        emit Halted(msg.sender);
        _acted(ref);
    }

    /// @inheritdoc IAssetTokenControl
    function unhalt(bytes32 ref) external onlyOwner {
        _setFlag(Config.HALTED, false);
        emit Unhalted(msg.sender);
        _acted(ref);
    }

    /// @inheritdoc IAssetTokenControl
    function freezePartialTokens(address account, uint256 amount) external onlyPower(Power.FREEZE) {
        _freezeMore(account, amount);
        _acted(0);
    }

    /// @inheritdoc IAssetTokenControl
    function freezePartialTokens(address account, uint256 amount, bytes32 ref) external onlyPower(Power.FREEZE) {
        _freezeMore(account, amount);
        _acted(ref);
    }

    /// @inheritdoc IAssetTokenControl
    function unfreezePartialTokens(address account, uint256 amount) external onlyPower(Power.FREEZE) {
        _freezeLess(account, amount);
        _acted(0);
    }

    /// @inheritdoc IAssetTokenControl
    function unfreezePartialTokens(address account, uint256 amount, bytes32 ref) external onlyPower(Power.FREEZE) {
        _freezeLess(account, amount);
        _acted(ref);
    }

    /// @notice ERC-7943: sets the frozen amount, which may exceed the balance.
    function setFrozenTokens(address account, uint256 amount) external onlyPower(Power.FREEZE) returns (bool) {
        _setFrozenAmount(account, amount);
        _acted(0);
        return true;
    }

    /// @inheritdoc IAssetTokenControl
    function setFrozenTokens(address account, uint256 amount, bytes32 ref)
        external
        onlyPower(Power.FREEZE)
        returns (bool)
    {
        _setFrozenAmount(account, amount);
        _acted(ref);
        return true;
    }

    /// @inheritdoc IAssetTokenControl
    function mint(address to, uint256 amount) external onlyPower(Power.RAW_SUPPLY) {
        _mint(to, amount);
        _acted(0);
    }

    /// @inheritdoc IAssetTokenControl
    function mint(address to, uint256 amount, bytes32 ref) external onlyPower(Power.RAW_SUPPLY) {
        _mint(to, amount);
        _acted(ref);
    }

    function _setPaused(bool on, bytes32 ref) private onlyPower(Power.PAUSE) {
        _setFlag(Config.PAUSED, on);
        if (on) emit Paused(msg.sender);
        else emit Unpaused(msg.sender);
        _acted(ref);
    }

    function _setFlag(uint256 flag, bool on) private {
        if ((_config & flag != 0) == on) revert AlreadyInThatState();
        _config = _config.with(flag, on);
    }

    function _freezeMore(address account, uint256 amount) internal {
        _setFrozenAmount(account, _frozenAmount[account] + amount);
    }

    function _freezeLess(address account, uint256 amount) internal {
        uint256 frozen = _frozenAmount[account];
        if (amount > frozen) revert FrozenAmountExceeded(account, frozen, amount);
        _setFrozenAmount(account, frozen - amount);
    }

    /// @dev Both vocabularies: the change (ERC-3643) and the new amount (ERC-7943).
    function _setFrozenAmount(address account, uint256 amount) internal {
        uint256 before = _frozenAmount[account];
        _frozenAmount[account] = amount;
        uint256 record = _records[account];
        _records[account] = amount == 0 ? record & ~Record.PARTLY_FROZEN : record | Record.PARTLY_FROZEN;
        if (amount > before) emit TokensFrozen(account, amount - before);
        else if (amount < before) emit TokensUnfrozen(account, before - amount);
        emit IERC7943Fungible.Frozen(account, amount);
    }

    function _mint(address to, uint256 amount) internal {
        _window.draw(amount);
        _move(Movement(Door.ISSUE, msg.sender, address(0), to, amount));
    }
}
