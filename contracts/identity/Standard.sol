// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC3643IdentityRegistry} from "../interfaces/IERC3643IdentityRegistry.sol";
import {Power} from "../token/Power.sol";
import {Investors} from "./Investors.sol";

/// @notice ERC-3643's own doors to the registry.
abstract contract Standard is Investors {
    /// @inheritdoc IERC3643IdentityRegistry
    function registerIdentity(address wallet, address investor, uint16 country) external onlyPower(Power.ADMIT) {
        _admitOne(Admission(wallet, investor, country, 0, 0), 0);
    }

    /// @inheritdoc IERC3643IdentityRegistry
    function batchRegisterIdentity(address[] calldata wallets, address[] calldata investors, uint16[] calldata countries)
        external
        onlyPower(Power.ADMIT)
    {
        if (wallets.length != investors.length || wallets.length != countries.length) revert LengthMismatch();
        for (uint256 i = 0; i < wallets.length; ++i) {
            _admitOne(Admission(wallets[i], investors[i], countries[i], 0, 0), 0);
        }
    }

    /// @inheritdoc IERC3643IdentityRegistry
    function deleteIdentity(address wallet) external onlyPower(Power.ADMIT) {
        _remove(wallet);
    }

    /// @inheritdoc IERC3643IdentityRegistry
    function updateCountry(address wallet, uint16 country) external onlyPower(Power.ADMIT) {
        (address first, Entry storage e) = _record(wallet);
        _setByAgent(first, e, country, e.class, e.validUntil, 0);
    }

    /// @inheritdoc IERC3643IdentityRegistry
    function updateIdentity(address wallet, address investor) external onlyPower(Power.ADMIT) {
        if (investor == address(0)) revert AdmissionInvalid(wallet);
        (address first, Entry storage e) = _record(wallet);
        address old = e.who;
        emit IdentityUpdated(old, investor);
        _inheritMark(old, investor);
        if (wallet != first) {
            _detach(first, e, wallet, investor);
            return;
        }
        e.who = investor;
        emit InvestorChanged(wallet, old, investor);
        for (uint256 i = 0; i < e.links; ++i) {
            emit InvestorChanged(_links[first][i], old, investor);
        }
        _pushAll(first, old, investor);
    }

    /// @dev A new name must not bring back attestations that the old one had outlived.
    function _inheritMark(address old, address investor) private {
        Mark memory mark = _marks[old];
        if (mark.notBefore > _marks[investor].notBefore) _marks[investor].notBefore = mark.notBefore;
        if (mark.byAgent) _marks[investor].byAgent = true;
    }

    /// @dev A link becomes a first wallet and takes along what is known of the investor it leaves.
    function _detach(address first, Entry storage e, address wallet, address investor) private {
        address old = e.who;
        _unlink(first, e, wallet);
        _write(_entries[wallet], investor, e.validUntil, e.country, e.class, e.denied ? _DENIED : 0);
        emit InvestorChanged(wallet, old, investor);
        emit StandingSet(wallet, e.country, e.class, e.validUntil, 0);
        if (e.denied) emit DeniedSet(wallet, true, 0);
        _push(wallet, old, investor);
    }

    /// @inheritdoc IERC3643IdentityRegistry
    function setIdentityRegistryStorage(address) external pure {
        revert NotSupported();
    }

    /// @inheritdoc IERC3643IdentityRegistry
    function setClaimTopicsRegistry(address) external pure {
        revert NotSupported();
    }

    /// @inheritdoc IERC3643IdentityRegistry
    function setTrustedIssuersRegistry(address) external pure {
        revert NotSupported();
    }

    /// @inheritdoc IERC3643IdentityRegistry
    function identityStorage() external pure returns (address) {
        return address(0);
    }

    /// @inheritdoc IERC3643IdentityRegistry
    function issuersRegistry() external pure returns (address) {
        return address(0);
    }

    /// @inheritdoc IERC3643IdentityRegistry
    function topicsRegistry() external pure returns (address) {
        return address(0);
    }
}
