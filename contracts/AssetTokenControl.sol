// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAssetTokenControl} from "./interfaces/IAssetTokenControl.sol";
import {AgentGrant, Mode, TokenTerms} from "./interfaces/Types.sol";
import {Batches} from "./token/Batches.sol";
import {Config} from "./token/Config.sol";
import {PowersAdmin} from "./token/PowersAdmin.sol";
import {Recovery} from "./token/Recovery.sol";
import {Terms} from "./token/Terms.sol";
import {Titles} from "./token/Titles.sol";

/// @title  AssetTokenControl, the rare half of a tranche
/// @notice Acts of authority, rules, powers and slots over the storage of an `AssetToken`, which reaches this contract by
///         delegatecall. It holds nothing itself.
contract AssetTokenControl is Batches, Recovery, Terms, PowersAdmin {
    uint256 private constant _MIN_SLOT_DELAY = 24 hours;
    uint256 private constant _DEVNET = 31337; // the only chain where a shorter delay is accepted

    constructor() {
        _deployedBlock = type(uint48).max; // locks the implementation: it can never be initialised
    }

    /// @inheritdoc IAssetTokenControl
    function initialize(TokenTerms calldata terms, address compliance_) external {
        if (_deployedBlock != 0) revert AlreadyInitialised();
        if (terms.cap == 0) revert TermsInvalid();
        if (block.chainid != _DEVNET && terms.slotDelay < _MIN_SLOT_DELAY) {
            revert SlotDelayTooShort(terms.slotDelay, _MIN_SLOT_DELAY);
        }
        _deployedBlock = uint48(block.number);
        _titles = Titles.join(terms.name, terms.symbol);
        _decimals = terms.decimals;
        emit UpdatedTokenInformation(terms.name, terms.symbol, terms.decimals, version(), address(0));
        _cap = terms.cap;
        emit CapSet(terms.cap);
        _slotDelay = terms.slotDelay;
        emit SlotDelaySet(terms.slotDelay);
        _setOwner(terms.owner);
        for (uint256 i = 0; i < terms.agents.length; ++i) {
            AgentGrant calldata grant = terms.agents[i];
            _setPowers(grant.agent, grant.powers);
        }
        _initializeRules(terms);
        _identityRegistry = terms.identityRegistry;
        if (_checkRegistry(terms.identityRegistry)) _config |= Config.FOREIGN_REGISTRY;
        emit IdentityRegistryAdded(terms.identityRegistry);
        if (compliance_ != address(0)) _fillCompliance(compliance_);
        _bumpEpoch(); // to 1: a record never copied has epoch 0 and is stale
    }

    function _initializeRules(TokenTerms calldata terms) private {
        if (terms.mode != Mode.Open) _setMode(terms.mode);
        if (terms.lockUpUntil != 0) _setLockUp(terms.lockUpUntil);
        if (terms.classes != 0) _setClasses(terms.classes);
        if (terms.countries.length != 0) {
            _setCountryList(true);
            _allowCountries(terms.countries, true);
        }
    }

    /// @inheritdoc IAssetTokenControl
    function version() public pure returns (string memory) {
        return "0.1.0";
    }

    /// @inheritdoc IAssetTokenControl
    function onchainID() external view returns (address) {
        return _onchainID;
    }

    /// @inheritdoc IAssetTokenControl
    function setName(string calldata newName) external onlyOwner {
        if (bytes(newName).length == 0) revert TermsInvalid();
        _titles = Titles.join(newName, Titles.symbol(_titles));
        _logInformation();
    }

    /// @inheritdoc IAssetTokenControl
    function setSymbol(string calldata newSymbol) external onlyOwner {
        if (bytes(newSymbol).length == 0) revert TermsInvalid();
        _titles = Titles.join(Titles.name(_titles), newSymbol);
        _logInformation();
    }

    /// @inheritdoc IAssetTokenControl
    function setOnchainID(address newOnchainID) external onlyOwner {
        _onchainID = newOnchainID;
        _logInformation();
    }

    function _logInformation() private {
        emit UpdatedTokenInformation(Titles.name(_titles), Titles.symbol(_titles), _decimals, version(), _onchainID);
    }

    /// @inheritdoc IAssetTokenControl
    function nameSuccessor(address token) external onlyOwner {
        if (_config & Config.HALTED == 0) revert NotHalted();
        if (token == address(this) || token.code.length == 0) revert TermsInvalid();
        _successor = token;
        emit SuccessorNamed(token);
    }

    /// @inheritdoc IAssetTokenControl
    function successor() external view returns (address) {
        return _successor;
    }
}
