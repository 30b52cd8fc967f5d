// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IIdentityRegistry} from "../interfaces/IIdentityRegistry.sol";
import {Power} from "../token/Power.sol";
import {Tokens} from "./Tokens.sol";

/// @notice What an admit agent does. Whatever he lowers, only an agent raises again.
abstract contract Investors is Tokens {
    /// @inheritdoc IIdentityRegistry
    function admit(Admission[] calldata admissions, bytes32 proof) external onlyPower(Power.ADMIT) {
        bytes32[] memory rows = new bytes32[](admissions.length);
        for (uint256 i = 0; i < rows.length; ++i) {
            Admission calldata a = admissions[i];
            rows[i] = _admit(a.wallet, a.investor, a.country, a.class, a.validUntil);
        }
        emit StandingsSet(rows, proof);
    }

    /// @inheritdoc IIdentityRegistry
    function setStanding(address wallet, uint16 country, uint8 class, uint40 validUntil, bytes32 proof)
        external
        onlyPower(Power.ADMIT)
    {
        (address first, Entry storage e) = _record(wallet);
        _setByAgent(first, e, country, class, validUntil, proof);
    }

    /// @inheritdoc IIdentityRegistry
    function renew(address wallet, uint40 validUntil, bytes32 proof) external onlyPower(Power.ADMIT) {
        _renew(wallet, validUntil, proof);
    }

    /// @inheritdoc IIdentityRegistry
    function batchRenew(address[] calldata wallets, uint40[] calldata validUntil, bytes32 proof)
        external
        onlyPower(Power.ADMIT)
    {
        if (wallets.length != validUntil.length) revert LengthMismatch();
        for (uint256 i = 0; i < wallets.length; ++i) {
            _renew(wallets[i], validUntil[i], proof);
        }
    }

    /// @inheritdoc IIdentityRegistry
    function revoke(address wallet, bytes32 ref) external onlyPower(Power.ADMIT) {
        _renew(wallet, 0, ref);
    }

    /// @inheritdoc IIdentityRegistry
    function batchRevoke(address[] calldata wallets, bytes32 ref) external onlyPower(Power.ADMIT) {
        for (uint256 i = 0; i < wallets.length; ++i) {
            _renew(wallets[i], 0, ref);
        }
    }

    /// @inheritdoc IIdentityRegistry
    function deny(address wallet, bool denied, bytes32 ref) external onlyPower(Power.ADMIT) {
        Entry storage e = _entries[wallet];
        address first = wallet;
        if (e.who != address(0)) (first, e) = _record(wallet);
        else if (wallet == address(0)) revert WalletUnknown(wallet);
        e.denied = denied;
        if (denied && e.who != address(0)) _mark(e.who, true);
        emit DeniedSet(first, denied, ref);
        _pushAll(first, e.who);
    }

    /// @inheritdoc IIdentityRegistry
    function link(address first, address wallet) external onlyPower(Power.ADMIT) {
        _link(first, wallet);
    }

    /// @inheritdoc IIdentityRegistry
    function batchLink(address[] calldata firsts, address[] calldata wallets) external onlyPower(Power.ADMIT) {
        if (firsts.length != wallets.length) revert LengthMismatch();
        for (uint256 i = 0; i < wallets.length; ++i) {
            _link(firsts[i], wallets[i]);
        }
    }

    /// @inheritdoc IIdentityRegistry
    function remove(address wallet) external onlyPower(Power.ADMIT) {
        _remove(wallet);
    }

    /// @dev A denial from an earlier life of the wallet stays. Returns the row of `StandingsSet`.
    function _admit(address wallet, address investor, uint256 country, uint256 class, uint256 validUntil)
        internal
        returns (bytes32)
    {
        Entry storage e = _entries[wallet];
        uint256 before = _word(e);
        if (uint160(before) != 0) revert WalletKnown(wallet);
        if (wallet == address(0) || investor == address(0)) revert AdmissionInvalid(wallet);
        _write(e, investor, validUntil, country, class, before & _DENIED);
        emit IdentityRegistered(wallet, investor);
        _pushNew(wallet, investor);
        return bytes32((uint256(uint160(wallet)) << 96) | (country << 80) | (class << 72) | (validUntil << 32));
    }

    /// @dev The same with a `StandingSet` of its own.
    function _admitOne(Admission memory a, bytes32 proof) internal {
        _admit(a.wallet, a.investor, a.country, a.class, a.validUntil);
        emit StandingSet(a.wallet, a.country, a.class, a.validUntil, proof);
    }

    function _renew(address wallet, uint40 validUntil, bytes32 proof) private {
        (address first, Entry storage e) = _record(wallet);
        _setByAgent(first, e, e.country, e.class, validUntil, proof);
    }

    function _setByAgent(
        address first,
        Entry storage e,
        uint16 country,
        uint8 class,
        uint40 validUntil,
        bytes32 proof
    ) internal {
        bool lowers = validUntil <= block.timestamp;
        Feed storage feed = _feeds[first];
        if (feed.source != address(0)) {
            lowers = lowers || validUntil < feed.ceiling;
            feed.ceiling = validUntil;
            if (validUntil > e.validUntil) validUntil = e.validUntil; // the source makes it longer, at a refresh
        }
        delete _basis[first];
        bool worse = _setStanding(first, e, country, class, validUntil, proof);
        if (worse || lowers) _mark(e.who, true);
        else if (!e.denied) delete _marks[e.who].byAgent; // a denied investor brings no fresh wallet either
        if (worse) _pushAll(first, e.who);
    }

    /// @dev Returns whether the standing is worse: anything but a pure extension of validity counts as that. Then the caller
    ///      pushes, after everything is written: a rule book that hears of it may call back.
    function _setStanding(
        address first,
        Entry storage e,
        uint16 country,
        uint8 class,
        uint40 validUntil,
        bytes32 proof
    ) internal returns (bool worse) {
        worse = country != e.country || class != e.class || validUntil < e.validUntil;
        if (country != e.country) emit CountryUpdated(first, country);
        (e.country, e.class, e.validUntil) = (country, class, validUntil);
        emit StandingSet(first, country, class, validUntil, proof);
    }

    /// @dev An attestation issued until now is not believed any more.
    function _mark(address investor, bool byAgent) internal {
        Mark storage mark = _marks[investor];
        mark.notBefore = uint40(block.timestamp);
        if (byAgent) mark.byAgent = true;
    }

    function _link(address of_, address wallet) private {
        Entry storage own = _entries[wallet];
        if (own.who != address(0)) revert WalletKnown(wallet);
        if (wallet == address(0)) revert AdmissionInvalid(wallet);
        if (own.denied) revert WalletDenied(wallet); // it would become as good as its new investor
        (address first, Entry storage e) = _record(of_);
        if (e.links + 1 >= _MAX_WALLETS) revert LinksFull(first);
        _links[first][e.links++] = wallet;
        _write(own, first, 0, 0, 0, _IS_LINK);
        emit IdentityRegistered(wallet, e.who);
        emit WalletLinked(first, wallet);
        _pushNew(wallet, e.who);
    }

    /// @dev A denial stays with the wallet; so does that it was taken off, which an attestation must not undo.
    function _remove(address wallet) internal {
        (address first, Entry storage e) = _record(wallet);
        (address investor, bool denied) = (e.who, e.denied);
        if (wallet == first) {
            if (e.links != 0) revert WalletHasLinks(wallet);
            _mark(investor, true);
            delete _basis[wallet];
            delete _feeds[wallet];
        } else {
            _unlink(first, e, wallet);
            if (denied) emit DeniedSet(wallet, true, 0);
        }
        _write(_entries[wallet], address(0), 0, 0, 0, denied ? _DENIED | _REMOVED : _REMOVED);
        emit IdentityRemoved(wallet, investor);
        _push(wallet, investor, address(0));
    }

    function _unlink(address first, Entry storage e, address wallet) internal {
        address[_MAX_WALLETS - 1] storage links = _links[first];
        uint256 last = --e.links;
        uint256 i = 0;
        while (links[i] != wallet) ++i;
        links[i] = links[last];
        delete links[last];
        emit WalletUnlinked(first, wallet);
    }
}
