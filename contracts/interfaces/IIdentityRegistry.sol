// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC3643IdentityRegistry} from "./IERC3643IdentityRegistry.sol";
import {Standing} from "./Types.sol";

/// @notice Which wallets belong to which investor, and what is known of him; shared by all tokens of an issuer.
///         The first wallet's slot is the investor's record; further wallets are links to it.
/// @dev    Not checked: that an investor id is used for one investor only when two first wallets carry it (the admit agent
///         chooses it; the audit looks), nor anything a person claims. No personal data: an investor is a random number.
interface IIdentityRegistry is IERC3643IdentityRegistry {
    struct Admission {
        address wallet;
        address investor;
        uint16 country;
        uint8 class;
        uint40 validUntil;
    }

    /// @notice What a trusted KYC issuer states, and the wallet agrees to; signed as EIP-712 by both, for one registry on one
    ///         chain (domain `hashkit`, version 1).
    /// @param issuedAt unix seconds; statements are believed in this order
    struct Attestation {
        address issuer;
        address wallet;
        address investor;
        uint16 country;
        uint8 class;
        uint40 validUntil;
        uint40 issuedAt;
    }

    enum AttestationState {
        None,
        Consumed,
        Revoked
    }

    /// @notice The investor's whole record behind `wallet` (his first wallet) after a change.
    /// @param proof hash of the evidence, kept off chain; 0: none named
    event StandingSet(address indexed wallet, uint16 country, uint8 class, uint40 validUntil, bytes32 proof);
    /// @notice The same for wallets that `admit` took in. A row is, from the left: wallet (20 bytes), country (2), class (1),
    ///         validUntil (5), and 4 bytes of zero.
    event StandingsSet(bytes32[] rows, bytes32 proof);
    /// @notice The investor behind `wallet` (his first wallet) is denied, or no longer; or a wallet that has no investor.
    event DeniedSet(address indexed wallet, bool denied, bytes32 ref);
    /// @notice `wallet` went from one investor to another. One for each wallet that went, beside `IdentityUpdated`.
    event InvestorChanged(address indexed wallet, address indexed oldInvestor, address indexed newInvestor);
    event WalletLinked(address indexed first, address indexed wallet);
    event WalletUnlinked(address indexed first, address indexed wallet);
    event TokenBound(address indexed token);
    event TokenUnbound(address indexed token);
    event CodeTrusted(bytes32 indexed codeHash, bool trusted);
    event IssuerTrusted(address indexed issuer, bool trusted);
    event AttestationConsumed(
        bytes32 indexed content, address indexed wallet, address indexed issuer, uint256 issuedAt
    );
    event AttestationRevoked(bytes32 indexed content, address indexed by);
    /// @param maximumAge seconds for which an answer counts; 0: the source is not trusted
    event SourceTrusted(address indexed source, uint256 maximumAge);
    /// @notice The investor with this first wallet is kept valid by `source`; zero: by none.
    event SourceFollowed(address indexed first, address indexed source);

    error AdmissionInvalid(address wallet);
    error WalletKnown(address wallet);
    error WalletUnknown(address wallet);
    error WalletDenied(address wallet);
    error WalletHasLinks(address wallet);
    error LinksFull(address first);
    error TokenInvalid(address token);
    error TokensFull();
    error LengthMismatch();
    /// @notice A part of the standard that does not exist here.
    error NotSupported();
    error IssuerNotTrusted(address issuer);
    /// @notice This content was taken or revoked before, whatever the signature looks like.
    error AttestationUsed(bytes32 content);
    error AttestationExpired(uint256 validUntil);
    /// @notice Issued in the future, or not after `notBefore`, when something was last said of the investor.
    error AttestationOutOfTime(uint256 issuedAt, uint256 notBefore);
    error SignatureNotOf(address signer);
    error LoweredByAgent(address investor);
    error FollowsSource(address first);
    error SourceNotTrusted(address source);

    /// @notice Admits investors with their first wallets. Needs the admit power.
    function admit(Admission[] calldata admissions, bytes32 proof) external;

    /// @notice Sets what is known of the investor behind `wallet`. A pure extension of validity reaches the tokens when they
    ///         ask; everything else at once.
    function setStanding(address wallet, uint16 country, uint8 class, uint40 validUntil, bytes32 proof) external;

    /// @notice Extends the validity of the investor behind `wallet`, or shortens it.
    function renew(address wallet, uint40 validUntil, bytes32 proof) external;

    function batchRenew(address[] calldata wallets, uint40[] calldata validUntil, bytes32 proof) external;

    /// @notice Ends the validity of the investor behind `wallet` now.
    function revoke(address wallet, bytes32 ref) external;

    function batchRevoke(address[] calldata wallets, bytes32 ref) external;

    /// @notice Denies the investor behind `wallet`, whatever else is known of him. A wallet that is not registered can be
    ///         denied too. A denial outlives `remove` and a new admission, until it is lifted here.
    function deny(address wallet, bool denied, bytes32 ref) external;

    /// @notice Gives the investor behind `first` (any of his wallets) a further wallet; at most 16 in all.
    function link(address first, address wallet) external;

    function batchLink(address[] calldata firsts, address[] calldata wallets) external;

    /// @notice Takes a wallet off: a link, or a first wallet that has none. Only an agent can bring it back.
    function remove(address wallet) external;

    /// @notice Believes what this KYC issuer signs. Only the owner.
    function trustIssuer(address issuer) external;

    /// @notice Believes nothing more of this issuer, nor his revocations. What was taken from him stays, until an admit agent
    ///         revokes it. Only the owner.
    function distrustIssuer(address issuer) external;

    /// @notice Takes an attestation over; anybody may bring it. It admits an unknown wallet or sets the standing of a known
    ///         one. It never raises what an admit agent lowered: revoked, denied, taken off, shortened or changed.
    function admitByAttestation(
        Attestation calldata attestation,
        bytes calldata issuerSignature,
        bytes calldata walletSignature
    ) external;

    /// @notice Revokes by content, used or not. If the investor's standing rests on it, his validity ends now. Its trusted
    ///         issuer, or the admit power.
    function revokeAttestation(Attestation calldata attestation) external;

    /// @notice Trusts a source for so many seconds after each answer; 0: no longer, and a refresh ends the validity of those
    ///         who follow it. Only the owner.
    function trustSource(address source, uint40 maximumAge) external;

    /// @notice Lets a source say from now on whether the investor behind `wallet` is valid: for the maximum age after each
    ///         answer on his first wallet, but never longer than an admit agent said. Zero: no source; his validity stays as
    ///         it is. Needs the admit power.
    function follow(address wallet, address source) external;

    /// @notice Asks the source of the investor behind `wallet` again, and takes its answer over. Anybody.
    function refresh(address wallet) external;

    /// @notice Trusts tokens whose code has this hash (clones of a known implementation). Only the owner.
    function trustCode(bytes32 codeHash, bool trusted) external;

    /// @notice Pushes changes to `token` from now on. Only the owner; at most 16 tokens. For a token on the list that had
    ///         another registry in between, this turns its copies on again.
    function bindToken(address token) external;

    /// @notice Looks whether a bound token has a rule book: if so, it is told of wallets that come in. Anybody may ask for
    ///         it; a rule book does when it starts to count.
    function watchAdmissions(address token) external;

    /// @notice Only a token that has replaced its registry leaves.
    function unbindToken(address token) external;

    /// @notice Everything known of a wallet, in one answer; `investor` zero: not registered.
    function standing(address wallet) external view returns (Standing memory);

    /// @notice All wallets of the investor behind `wallet`, the first one first; empty: not registered.
    function walletsOf(address wallet) external view returns (address[] memory);

    function boundTokens() external view returns (address[] memory);

    function isBound(address token) external view returns (bool);

    function isTrustedIssuer(address issuer) external view returns (bool);

    function attestationState(Attestation calldata attestation) external view returns (AttestationState);

    /// @notice What issuer and wallet sign.
    function attestationDigest(Attestation calldata attestation) external view returns (bytes32);

    /// @notice When something was last said against an investor (or attested of him), in unix seconds, and whether an admit
    ///         agent lowered him since he last raised him.
    function lastWorsening(address investor) external view returns (uint256 notBefore, bool byAgent);

    /// @notice The source that keeps the investor behind `wallet` valid, and the last second it may give him (unix).
    function sourceOf(address wallet) external view returns (address source, uint256 ceiling);

    /// @notice Seconds for which an answer of `source` counts; 0: it is not trusted.
    function maximumAgeOf(address source) external view returns (uint256);

    function deployedBlock() external view returns (uint256);
}
