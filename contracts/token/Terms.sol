// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAssetTokenControl} from "../interfaces/IAssetTokenControl.sol";
import {Mode} from "../interfaces/Types.sol";
import {Config} from "./Config.sol";
import {Countries} from "./Countries.sol";
import {Gate} from "./Gate.sol";
import {Power} from "./Power.sol";
import {Slots} from "./Slots.sol";

/// @notice The rules a tranche carries itself. Tightening needs the rules power, loosening the owner. A change of the
///         lists makes every copy stale, because their result lies in the copies.
abstract contract Terms is Slots {
    using Config for uint256;
    using Countries for uint256;

    /// @inheritdoc IAssetTokenControl
    function setCap(uint128 newCap) external {
        _checkTightens(newCap < _cap);
        if (newCap < _config.supply()) revert TermsInvalid();
        _cap = newCap;
        emit CapSet(newCap);
    }

    /// @inheritdoc IAssetTokenControl
    function setMode(Mode newMode) external {
        // Open is the widest, PrimaryOnly the narrowest; a matrix may be wider than venues, so between them the owner decides.
        _checkTightens(newMode == Mode.PrimaryOnly || (newMode != Mode.Open && _config.mode() == Mode.Open));
        _setMode(newMode);
    }

    /// @inheritdoc IAssetTokenControl
    function setRoleMatrix(uint16 matrix) external {
        _checkTightens(matrix & ~_config.roleMatrix() == 0);
        _config = _config.withRoleMatrix(matrix);
        emit RoleMatrixSet(matrix);
    }

    /// @inheritdoc IAssetTokenControl
    function roleMatrix() external view returns (uint16) {
        return _config.roleMatrix();
    }

    /// @inheritdoc IAssetTokenControl
    function setLockUp(uint40 until) external {
        _checkTightens(until > _config.lockUp());
        _setLockUp(until);
    }

    /// @inheritdoc IAssetTokenControl
    function setClasses(uint16 mask) external {
        uint16 before = _config.classes();
        _checkTightens(mask != 0 && (before == 0 || mask & ~before == 0));
        _setClasses(mask);
        _bumpEpoch();
    }

    /// @inheritdoc IAssetTokenControl
    function setCountryList(bool on) external {
        _checkTightens(on);
        _setCountryList(on);
        _bumpEpoch();
    }

    /// @inheritdoc IAssetTokenControl
    function allowCountries(uint16[] calldata countries, bool allowed) external {
        _checkTightens(!allowed);
        _allowCountries(countries, allowed);
        _bumpEpoch();
    }

    /// @inheritdoc IAssetTokenControl
    function isCountryAllowed(uint16 country) external view returns (bool) {
        return _config & Config.COUNTRY_LIST == 0 || _countryListed(country);
    }

    function _setMode(Mode newMode) internal {
        _config = _config.withMode(newMode);
        emit ModeSet(newMode);
    }

    function _setLockUp(uint40 until) internal {
        _config = _config.withLockUp(until);
        emit LockUpSet(until);
    }

    function _setClasses(uint16 mask) internal {
        if (mask > Config.ALL_CLASSES) revert TermsInvalid();
        _config = _config.withClasses(mask);
        emit ClassesSet(mask);
    }

    function _setCountryList(bool on) internal {
        _config = _config.with(Config.COUNTRY_LIST, on);
        emit CountryListSet(on);
    }

    function _allowCountries(uint16[] calldata countries, bool allowed) internal {
        uint256 few = _fewCountries;
        for (uint256 i = 0; i < countries.length; ++i) {
            uint16 country = countries[i];
            if (!allowed) few = few.replaced(country, 0);
            else if (!few.has(country)) few = few.replaced(0, country);
            // What found no place has a bit of its own, and keeps it when it finds one later.
            if (!allowed || !few.has(country)) _markCountry(country, allowed);
            emit CountryAllowed(country, allowed);
        }
        _fewCountries = few;
    }

    function _markCountry(uint16 country, bool allowed) private {
        uint256 bit = 1 << (country & 255);
        uint256 word = _moreCountries[country >> 8];
        _moreCountries[country >> 8] = allowed ? word | bit : word & ~bit;
    }

    function _checkTightens(bool tightens) private view {
        if (tightens) _checkPower(Power.RULES);
        else _checkOwner();
    }
}
