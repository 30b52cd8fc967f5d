// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IIdentityRegistry} from "../interfaces/IIdentityRegistry.sol";
import {Domain} from "../token/Domain.sol";
import {Power} from "../token/Power.sol";
import {Investors} from "./Investors.sol";

/// @notice Statements that a trusted KYC issuer signed and an investor brings along himself. What counts is their content:
///         no other form of a signature makes a used or revoked one new.
abstract contract Attestations is Investors, Domain {
    bytes32 private constant _ATTESTATION = keccak256(
        "Attestation(address issuer,address wallet,address investor,uint16 country,uint8 class,uint40 validUntil,uint40 issuedAt)"
    );

    /// @inheritdoc IIdentityRegistry
    function trustIssuer(address issuer) external onlyOwner {
        if (issuer == address(0)) revert IssuerNotTrusted(issuer);
        _issuers[issuer] = true;
        emit IssuerTrusted(issuer, true);
    }

    /// @inheritdoc IIdentityRegistry
    function distrustIssuer(address issuer) external onlyOwner {
        _issuers[issuer] = false;
        emit IssuerTrusted(issuer, false);
    }

    /// @inheritdoc IIdentityRegistry
    function admitByAttestation(
        Attestation calldata attestation,
        bytes calldata issuerSignature,
        bytes calldata walletSignature
    ) external {
        bytes32 content = _content(attestation);
        _checkBelievable(attestation, content);
        bytes32 digest = _typedDigest(content);
        _checkSigned(attestation.issuer, digest, issuerSignature);
        _checkSigned(attestation.wallet, digest, walletSignature);
        emit AttestationConsumed(content, attestation.wallet, attestation.issuer, attestation.issuedAt);
        Entry storage e = _entries[attestation.wallet];
        address first = e.isLink ? e.who : attestation.wallet;
        _attestations[content] = AttestationRecord(AttestationState.Consumed, first);
        _basis[first] = content;
        _marks[attestation.investor].notBefore = attestation.issuedAt; // later than what stood there
        _believe(attestation, content);
    }

    function _checkBelievable(Attestation calldata a, bytes32 content) private view {
        if (!_issuers[a.issuer]) revert IssuerNotTrusted(a.issuer);
        if (_attestations[content].state != AttestationState.None) revert AttestationUsed(content);
        if (block.timestamp > a.validUntil) revert AttestationExpired(a.validUntil);
        Mark memory mark = _marks[a.investor];
        if (mark.byAgent) revert LoweredByAgent(a.investor);
        if (a.issuedAt <= mark.notBefore || a.issuedAt > block.timestamp) {
            revert AttestationOutOfTime(a.issuedAt, mark.notBefore);
        }
    }

    /// @dev ECDSA with low s and v of 27 or 28 only, or ERC-1271.
    function _checkSigned(address signer, bytes32 digest, bytes calldata signature) private view {
        if (!SignatureChecker.isValidSignatureNowCalldata(signer, digest, signature)) revert SignatureNotOf(signer);
    }

    /// @dev Last, because it pushes.
    function _believe(Attestation calldata a, bytes32 content) private {
        Entry storage e = _entries[a.wallet];
        if (e.who == address(0)) {
            if (e.denied) revert WalletDenied(a.wallet);
            if (e.removed) revert LoweredByAgent(a.investor);
            _admitOne(Admission(a.wallet, a.investor, a.country, a.class, a.validUntil), content);
            return;
        }
        address first;
        (first, e) = _record(a.wallet);
        if (e.who != a.investor) revert WalletKnown(a.wallet);
        if (e.denied) revert WalletDenied(a.wallet);
        if (_feeds[first].source != address(0)) revert FollowsSource(first);
        if (_setStanding(first, e, a.country, a.class, a.validUntil, content)) _pushAll(first, e.who);
    }

    /// @inheritdoc IIdentityRegistry
    function revokeAttestation(Attestation calldata attestation) external {
        bool byAgent = _powers[msg.sender] & Power.ADMIT != 0;
        bool byIssuer = msg.sender == attestation.issuer && _issuers[msg.sender];
        if (!byAgent && !byIssuer) revert IssuerNotTrusted(msg.sender);
        bytes32 content = _content(attestation);
        AttestationRecord storage record = _attestations[content];
        if (record.state == AttestationState.Revoked) revert AttestationUsed(content);
        record.state = AttestationState.Revoked;
        emit AttestationRevoked(content, msg.sender);
        address first = record.first;
        if (_basis[first] != content) return; // never used, or something else was said since
        delete _basis[first];
        Entry storage e = _entries[first];
        bool worse = _setStanding(first, e, e.country, e.class, 0, content);
        _mark(e.who, byAgent);
        if (worse) _pushAll(first, e.who);
    }

    /// @inheritdoc IIdentityRegistry
    function isTrustedIssuer(address issuer) external view returns (bool) {
        return _issuers[issuer];
    }

    /// @inheritdoc IIdentityRegistry
    function attestationState(Attestation calldata attestation) external view returns (AttestationState) {
        return _attestations[_content(attestation)].state;
    }

    /// @inheritdoc IIdentityRegistry
    function attestationDigest(Attestation calldata attestation) external view returns (bytes32) {
        return _typedDigest(_content(attestation));
    }

    /// @inheritdoc IIdentityRegistry
    function lastWorsening(address investor) external view returns (uint256 notBefore, bool byAgent) {
        return (_marks[investor].notBefore, _marks[investor].byAgent);
    }

    function _content(Attestation calldata attestation) private pure returns (bytes32) {
        return keccak256(abi.encode(_ATTESTATION, attestation));
    }
}
