// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAssetTokenControl} from "../interfaces/IAssetTokenControl.sol";
import {IERC7943Fungible} from "../interfaces/IERC7943.sol";
import {IPowers} from "../interfaces/IPowers.sol";
import {Standing} from "../interfaces/Types.sol";
import {Acts} from "./Acts.sol";
import {Config} from "./Config.sol";
import {Door} from "./Door.sol";
import {Power} from "./Power.sol";
import {Record} from "./Record.sol";

/// @notice What a lost wallet held goes to another wallet of its investor: at once when the registry says that both are his,
///         otherwise after a day in which the lost wallet, an admit agent or a pause agent can stop it.
abstract contract Recovery is Acts {
    using Record for uint256;

    uint256 private constant _DELAY = 24 hours;

    /// @inheritdoc IAssetTokenControl
    function recoveryAddress(address lost, address to, address investor) external returns (bool) {
        return _recover(lost, to, investor, 0);
    }

    /// @inheritdoc IAssetTokenControl
    function recoveryAddress(address lost, address to, address investor, bytes32 ref) external returns (bool) {
        return _recover(lost, to, investor, ref);
    }

    /// @inheritdoc IAssetTokenControl
    function cancelRecovery(address lost, bytes32 ref) external {
        if (msg.sender != lost && !_admits(msg.sender)) _checkPower(Power.PAUSE);
        Proposal memory p = _recoveries[lost];
        if (p.readyAt == 0) revert RecoveryNotReady(lost, 0);
        delete _recoveries[lost];
        emit RecoveryCancelled(lost, p.candidate);
        _acted(ref);
    }

    /// @inheritdoc IAssetTokenControl
    function pendingRecovery(address lost) external view returns (address to, uint256 readyAt) {
        return (_recoveries[lost].candidate, _recoveries[lost].readyAt);
    }

    /// @dev False when this call only proposed it.
    function _recover(address lost, address to, address investor, bytes32 ref)
        private
        onlyPower(Power.RECOVER)
        returns (bool)
    {
        // Whoever both links wallets and recovers to them could take anybody's units.
        if (_admits(msg.sender)) revert IPowers.PowersInvalid(Power.ADMIT | Power.RECOVER);
        Movement memory m = Movement(Door.RECOVER, msg.sender, lost, to, _records[lost].balance());
        (uint256 verdict, uint256 config, uint256 record, uint256 target) = _assess(m);
        if (verdict != 0) _refuse(m, verdict, record);
        bool linked = _checkPair(config, lost, to, investor);
        if (!linked && !_ready(lost, to)) {
            _proposeRecovery(lost, to);
            _acted(ref);
            return false;
        }
        delete _recoveries[lost];
        if (record & (Record.FROZEN | Record.PARTLY_FROZEN) == 0) _settle(m, config, record, target);
        else _moveFrozen(m, record);
        emit RecoverySuccess(lost, to, investor);
        _acted(ref);
        return true;
    }

    /// @dev Refuses what can be nobody's second wallet; true when the registry says that it is the same investor's.
    function _checkPair(uint256 config, address lost, address to, address investor) private view returns (bool) {
        (, Standing memory from) = _askRegistry(config, lost);
        (, Standing memory target) = _askRegistry(config, to);
        bool counts = config & Config.COMPLIANCE != 0 && to == _compliance;
        if (lost == to || to == _identityRegistry || counts || investor != from.investor) {
            revert RecoveryInvalid(lost, to);
        }
        bool known = from.investor != address(0);
        if (known && target.investor != address(0) && target.investor != from.investor) revert RecoveryInvalid(lost, to);
        return known && target.investor == from.investor;
    }

    function _ready(address lost, address to) private view returns (bool) {
        Proposal memory p = _recoveries[lost];
        if (p.readyAt == 0 || p.candidate != to) return false;
        if (block.timestamp < p.readyAt) revert RecoveryNotReady(lost, p.readyAt);
        return true;
    }

    function _proposeRecovery(address lost, address to) private {
        uint256 readyAt = block.timestamp + _DELAY;
        _recoveries[lost] = Proposal(to, uint40(readyAt)); // fits for 30,000 years
        emit RecoveryProposed(lost, to, readyAt);
    }

    /// @dev A recovery lifts no freeze. The frozen amount is taken off before the units leave and goes along; the account
    ///      freeze is laid on the new wallet while the lost one keeps it.
    function _moveFrozen(Movement memory m, uint256 record) private {
        uint256 amount = record & Record.PARTLY_FROZEN == 0 ? 0 : _frozenAmount[m.from];
        if (amount != 0) _setFrozenAmount(m.from, 0);
        _move(m);
        if (amount != 0) _setFrozenAmount(m.to, _frozenAmount[m.to] + amount);
        if (record & Record.FROZEN != 0) _setAddressFrozen(m.to, true);
    }

    /// @dev Whether somebody may admit wallets at the token's registry, or holds that power here.
    function _admits(address who) private view returns (bool) {
        if (_powers[who] & Power.ADMIT != 0) return true;
        (bool ok, uint256 powers) = _ask(_identityRegistry, abi.encodeCall(IPowers.powersOf, (who)));
        if (ok) return powers & Power.ADMIT != 0;
        (ok, powers) = _ask(_identityRegistry, abi.encodeCall(IPowers.isAgent, (who))); // a stranger's registry
        return ok && powers == 1;
    }
}
