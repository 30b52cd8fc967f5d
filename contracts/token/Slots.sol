// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {ERC165Checker} from "@openzeppelin/contracts/utils/introspection/ERC165Checker.sol";
import {IAssetToken} from "../interfaces/IAssetToken.sol";
import {IAssetTokenControl} from "../interfaces/IAssetTokenControl.sol";
import {IIdentityRegistry} from "../interfaces/IIdentityRegistry.sol";
import {IRuleBook} from "../interfaces/IRuleBook.sol";
import {Config} from "./Config.sol";
import {ForeignRegistry} from "./ForeignRegistry.sol";
import {Gate} from "./Gate.sol";
import {Power} from "./Power.sol";
import {Record} from "./Record.sol";

/// @notice The two replaceable slots. Replacing takes a proposal, a delay in which a pause agent can cancel, and a second
///         transaction; the standard's events mark the change itself.
abstract contract Slots is Gate, IAssetTokenControl {
    using Config for uint256;
    using Record for uint256;

    bytes32 private constant _REGISTRY = "identityRegistry";
    bytes32 private constant _COMPLIANCE_SLOT = "compliance";

    /// @inheritdoc IAssetTokenControl
    function setIdentityRegistry(address candidate) external onlyOwner {
        _checkRegistry(candidate);
        _propose(_REGISTRY, candidate);
    }

    /// @inheritdoc IAssetTokenControl
    function setCompliance(address candidate) external onlyOwner {
        if (candidate != address(0) && candidate.code.length == 0) revert SlotInvalid(_COMPLIANCE_SLOT, candidate);
        _propose(_COMPLIANCE_SLOT, candidate);
    }

    /// @inheritdoc IAssetTokenControl
    function applyIdentityRegistry() external onlyOwner {
        _fillRegistry(_take(_REGISTRY));
    }

    /// @inheritdoc IAssetTokenControl
    function applyCompliance() external onlyOwner {
        _fillCompliance(_take(_COMPLIANCE_SLOT));
    }

    /// @inheritdoc IAssetTokenControl
    function cancelIdentityRegistry() external {
        _cancel(_REGISTRY);
    }

    /// @inheritdoc IAssetTokenControl
    function cancelCompliance() external {
        _cancel(_COMPLIANCE_SLOT);
    }

    /// @inheritdoc IAssetTokenControl
    function pendingIdentityRegistry() external view returns (address, uint256) {
        return (_proposals[_REGISTRY].candidate, _proposals[_REGISTRY].readyAt);
    }

    /// @inheritdoc IAssetTokenControl
    function pendingCompliance() external view returns (address, uint256) {
        return (_proposals[_COMPLIANCE_SLOT].candidate, _proposals[_COMPLIANCE_SLOT].readyAt);
    }

    /// @inheritdoc IAssetTokenControl
    function slotDelay() external view returns (uint256) {
        return _slotDelay;
    }

    /// @inheritdoc IAssetTokenControl
    function registryBound() external {
        _checkCaller();
        if (_config & Config.BOUND != 0) return;
        _config |= Config.BOUND;
        emit RegistryBound(msg.sender);
        // Nobody told the rule book who went where while there was no push: it counts anew.
        _tellBook(abi.encodeCall(IRuleBook.registryReplaced, (msg.sender)));
    }

    /// @inheritdoc IAssetTokenControl
    function identityChanged(address wallet, address oldInvestor, address newInvestor) external {
        _checkCaller();
        uint256 record = _records[wallet];
        _records[wallet] = record.stale();
        _tellBook(abi.encodeCall(IRuleBook.rekeyed, (wallet, record.balance(), oldInvestor, newInvestor)));
    }

    /// @dev A rule book that fails must not stop a revocation.
    function _tellBook(bytes memory news) private {
        if (_config & Config.RULE_BOOK == 0) return;
        address book = _compliance;
        if (LowLevelCall.callNoReturn(book, news)) return;
        _forgive(bytes4(news), book);
    }

    function _fillRegistry(address registry) internal {
        bool foreign = _checkRegistry(registry);
        _identityRegistry = registry;
        _config = _config.with(Config.BOUND, false).with(Config.FOREIGN_REGISTRY, foreign);
        _bumpEpoch();
        emit IdentityRegistryAdded(registry);
        if (_config & Config.RULE_BOOK != 0) IRuleBook(_compliance).registryReplaced(registry);
    }

    function _fillCompliance(address compliance_) internal {
        bool ours = ERC165Checker.supportsInterface(compliance_, type(IRuleBook).interfaceId);
        if (ours && IRuleBook(compliance_).token() != address(this)) revert SlotInvalid(_COMPLIANCE_SLOT, compliance_);
        _compliance = compliance_;
        _config = _config.with(Config.RULE_BOOK, ours).with(Config.FOREIGN, !ours && compliance_ != address(0));
        emit ComplianceAdded(compliance_);
        // Whatever it counted before was not told to it by this token as it stands.
        if (ours) IRuleBook(compliance_).installed(_identityRegistry);
    }

    /// @dev Whether it is a stranger's. What answers neither as ours nor as any ERC-3643 registry is refused.
    function _checkRegistry(address candidate) internal view returns (bool foreign) {
        foreign = !ERC165Checker.supportsInterface(candidate, type(IIdentityRegistry).interfaceId);
        if (!foreign) return false;
        (bool answers,) = ForeignRegistry.standing(candidate, address(this), true);
        if (!answers) revert SlotInvalid(_REGISTRY, candidate);
    }

    function _bumpEpoch() internal {
        uint256 config = _config.next();
        _config = config;
        emit EpochSet(config.epoch());
    }

    function _propose(bytes32 slot, address candidate) private {
        uint256 readyAt = block.timestamp + _slotDelay;
        if (readyAt > type(uint40).max) revert SlotNotReady(slot, readyAt); // a delay without end means never
        _proposals[slot] = Proposal(candidate, uint40(readyAt));
        emit SlotProposed(slot, candidate, readyAt);
    }

    function _take(bytes32 slot) private returns (address candidate) {
        Proposal memory p = _proposals[slot];
        if (p.readyAt == 0 || block.timestamp < p.readyAt) revert SlotNotReady(slot, p.readyAt);
        delete _proposals[slot];
        return p.candidate;
    }

    function _cancel(bytes32 slot) private {
        if (msg.sender != _owner) _checkPower(Power.PAUSE);
        Proposal memory p = _proposals[slot];
        if (p.readyAt == 0) revert SlotNotReady(slot, 0);
        delete _proposals[slot];
        emit SlotCancelled(slot, p.candidate);
    }

    /// @dev A stranger's registry never calls by its own code: whoever speaks for it is not believed.
    function _checkCaller() private view {
        if (msg.sender != _identityRegistry || _config & Config.FOREIGN_REGISTRY != 0) revert NotTheRegistry(msg.sender);
    }
}
