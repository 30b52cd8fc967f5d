// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAssetToken} from "../interfaces/IAssetToken.sol";
import {IAssetTokenControl} from "../interfaces/IAssetTokenControl.sol";
import {Acts} from "./Acts.sol";
import {Power} from "./Power.sol";

/// @notice Many acts in one transaction: each is the single act, in order, all or none. One `Acted` names the paper of all.
abstract contract Batches is Acts {
    /// @inheritdoc IAssetTokenControl
    function batchForcedTransfer(address[] calldata from, address[] calldata to, uint256[] calldata amounts) external {
        _batchForce(from, to, amounts, 0);
    }

    /// @inheritdoc IAssetTokenControl
    function batchForcedTransfer(
        address[] calldata from,
        address[] calldata to,
        uint256[] calldata amounts,
        bytes32 ref
    ) external {
        _batchForce(from, to, amounts, ref);
    }

    /// @inheritdoc IAssetTokenControl
    function batchMint(address[] calldata to, uint256[] calldata amounts) external {
        _batch(_mint, Power.RAW_SUPPLY, to, amounts, 0);
    }

    /// @inheritdoc IAssetTokenControl
    function batchMint(address[] calldata to, uint256[] calldata amounts, bytes32 ref) external {
        _batch(_mint, Power.RAW_SUPPLY, to, amounts, ref);
    }

    /// @inheritdoc IAssetTokenControl
    function batchBurn(address[] calldata from, uint256[] calldata amounts) external {
        _batch(_burn, Power.RAW_SUPPLY, from, amounts, 0);
    }

    /// @inheritdoc IAssetTokenControl
    function batchBurn(address[] calldata from, uint256[] calldata amounts, bytes32 ref) external {
        _batch(_burn, Power.FORCE, from, amounts, ref);
    }

    /// @inheritdoc IAssetTokenControl
    function batchSetAddressFrozen(address[] calldata accounts, bool[] calldata frozen) external {
        _batchFreeze(accounts, frozen, 0);
    }

    /// @inheritdoc IAssetTokenControl
    function batchSetAddressFrozen(address[] calldata accounts, bool[] calldata frozen, bytes32 ref) external {
        _batchFreeze(accounts, frozen, ref);
    }

    /// @inheritdoc IAssetTokenControl
    function batchFreezePartialTokens(address[] calldata accounts, uint256[] calldata amounts) external {
        _batch(_freezeMore, Power.FREEZE, accounts, amounts, 0);
    }

    /// @inheritdoc IAssetTokenControl
    function batchFreezePartialTokens(address[] calldata accounts, uint256[] calldata amounts, bytes32 ref) external {
        _batch(_freezeMore, Power.FREEZE, accounts, amounts, ref);
    }

    /// @inheritdoc IAssetTokenControl
    function batchUnfreezePartialTokens(address[] calldata accounts, uint256[] calldata amounts) external {
        _batch(_freezeLess, Power.FREEZE, accounts, amounts, 0);
    }

    /// @inheritdoc IAssetTokenControl
    function batchUnfreezePartialTokens(address[] calldata accounts, uint256[] calldata amounts, bytes32 ref) external {
        _batch(_freezeLess, Power.FREEZE, accounts, amounts, ref);
    }

    function _batch(
        function(address, uint256) internal act,
        uint256 power,
        address[] calldata accounts,
        uint256[] calldata amounts,
        bytes32 ref
    ) private onlyPower(power) {
        if (accounts.length != amounts.length) revert IAssetToken.LengthMismatch();
        for (uint256 i = 0; i < accounts.length; ++i) {
            act(accounts[i], amounts[i]);
        }
        _acted(ref);
    }

    function _batchForce(address[] calldata from, address[] calldata to, uint256[] calldata amounts, bytes32 ref)
        private
        onlyPower(Power.FORCE)
    {
        if (from.length != to.length || from.length != amounts.length) revert IAssetToken.LengthMismatch();
        for (uint256 i = 0; i < from.length; ++i) {
            _force(from[i], to[i], amounts[i]);
        }
        _acted(ref);
    }

    function _batchFreeze(address[] calldata accounts, bool[] calldata frozen, bytes32 ref)
        private
        onlyPower(Power.FREEZE)
    {
        if (accounts.length != frozen.length) revert IAssetToken.LengthMismatch();
        for (uint256 i = 0; i < accounts.length; ++i) {
            _setAddressFrozen(accounts[i], frozen[i]);
        }
        _acted(ref);
    }
}
