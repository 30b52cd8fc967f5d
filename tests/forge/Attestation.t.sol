// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Wallet1271} from "./Contracts.sol";
import {Fixture, IIdentityRegistry, Standing, Verdict} from "./Fixture.sol";

/// @notice Attestations of KYC issuers: believed once, by content, in their order, and never against an admit agent.
contract AttestationTest is Fixture {
    uint256 private constant _ISSUER_KEY = 0x1551;
    uint256 private constant _WALLET_KEY = 0x3A11;
    uint256 private constant _ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141; // of secp256k1

    address private immutable _kyc = vm.addr(_ISSUER_KEY);
    address private immutable _dave = vm.addr(_WALLET_KEY);

    function setUp() public override {
        super.setUp();
        vm.prank(issuer);
        registry.trustIssuer(_kyc);
        vm.warp(START + 1 days);
    }

    function _attestation() private view returns (IIdentityRegistry.Attestation memory a) {
        a.issuer = _kyc;
        a.wallet = _dave;
        a.investor = investorOf(_dave);
        (a.country, a.class) = (HK, PROFESSIONAL);
        (a.validUntil, a.issuedAt) = (VALID, START);
    }

    function _sign(uint256 key, IIdentityRegistry.Attestation memory a) private view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, registry.attestationDigest(a));
        return abi.encodePacked(r, s, v);
    }

    /// Signed by both, brought by a stranger.
    function _bring(IIdentityRegistry.Attestation memory a) private {
        (bytes memory one, bytes memory two) = (_sign(_ISSUER_KEY, a), _sign(_WALLET_KEY, a));
        vm.prank(stranger);
        registry.admitByAttestation(a, one, two);
    }

    function _refused(IIdentityRegistry.Attestation memory a, bytes memory error) private {
        (bytes memory one, bytes memory two) = (_sign(_ISSUER_KEY, a), _sign(_WALLET_KEY, a));
        vm.expectRevert(error);
        vm.prank(stranger);
        registry.admitByAttestation(a, one, two);
    }

    function _error(bytes4 selector, uint256 one) private pure returns (bytes memory) {
        return abi.encodeWithSelector(selector, one);
    }

    function _outOfTime(uint256 issuedAt, uint256 notBefore) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IIdentityRegistry.AttestationOutOfTime.selector, issuedAt, notBefore);
    }

    function _state(IIdentityRegistry.Attestation memory a) private view returns (uint256) {
        return uint256(registry.attestationState(a));
    }

    function _used(IIdentityRegistry.Attestation memory a) private {
        bytes32 kind = keccak256(
            "Attestation(address issuer,address wallet,address investor,uint16 country,uint8 class,uint40 validUntil,uint40 issuedAt)"
        );
        _refused(a, _error(IIdentityRegistry.AttestationUsed.selector, uint256(keccak256(abi.encode(kind, a)))));
    }

    // ------------------------------------------------------------------------------------------------ believed

    function test_what_was_brought_is_logged_once() public {
        vm.recordLogs();
        _bring(_attestation());
        same(count(vm.getRecordedLogs(), IIdentityRegistry.AttestationConsumed.selector), 1, "AttestationConsumed");
    }

    function test_an_investor_brings_his_own_onboarding() public {
        IIdentityRegistry.Attestation memory a = _attestation();
        _bring(a);
        Standing memory s = registry.standing(_dave);
        same(s.investor, a.investor, "investor");
        same(s.country, HK, "country");
        same(s.class, PROFESSIONAL, "class");
        same(s.validUntil, VALID, "valid until");
        same(_state(a), 1, "consumed");
        give(_dave, 10);
        move(_dave, alice, 10);
    }

    function test_a_later_attestation_sets_the_standing_and_reaches_the_token() public {
        _bring(_attestation());
        give(_dave, 10);
        vm.prank(agent);
        token.setClasses(uint16(1 << PROFESSIONAL));
        same(token.explain(_dave, bob, 1), 0, "professional");
        vm.prank(_dave);
        token.transfer(bob, 1); // from now on the token believes its copy
        IIdentityRegistry.Attestation memory a = _attestation();
        (a.class, a.issuedAt) = (RETAIL, START + 1);
        _bring(a);
        same(token.explain(_dave, bob, 1), Verdict.FROM_CLASS, "retail, at once");
    }

    function test_an_attestation_for_a_link_reaches_the_investor() public {
        vm.prank(admitter);
        registry.link(carol, _dave);
        IIdentityRegistry.Attestation memory a = _attestation();
        (a.investor, a.validUntil) = (investorOf(carol), VALID + 7);
        _bring(a);
        same(registry.standing(carol).validUntil, VALID + 7, "first wallet");
        vm.prank(admitter);
        registry.remove(_dave);
        vm.prank(_kyc);
        registry.revokeAttestation(a);
        no(registry.isVerified(carol), "revoked though its wallet has left");
    }

    function test_contracts_sign_as_issuer_and_as_wallet() public {
        Wallet1271 firm = new Wallet1271(_kyc);
        Wallet1271 purse = new Wallet1271(_dave);
        vm.prank(issuer);
        registry.trustIssuer(address(firm));
        IIdentityRegistry.Attestation memory a = _attestation();
        (a.issuer, a.wallet) = (address(firm), address(purse));
        bytes memory one = _contractSignature(_ISSUER_KEY, a);
        bytes memory two = _contractSignature(_WALLET_KEY, a);
        vm.expectRevert(_error(IIdentityRegistry.SignatureNotOf.selector, uint160(address(purse))));
        registry.admitByAttestation(a, one, one);
        registry.admitByAttestation(a, one, two);
        yes(registry.isVerified(address(purse)), "admitted");
    }

    function _contractSignature(uint256 key, IIdentityRegistry.Attestation memory a)
        private
        view
        returns (bytes memory)
    {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, registry.attestationDigest(a));
        return abi.encode(r, s, v);
    }

    // ------------------------------------------------------------------------------------------------ signatures

    function test_only_a_trusted_issuer_and_the_wallet_itself() public {
        IIdentityRegistry.Attestation memory a = _attestation();
        (bytes memory one, bytes memory two) = (_sign(_ISSUER_KEY, a), _sign(_WALLET_KEY, a));
        vm.expectRevert(_error(IIdentityRegistry.SignatureNotOf.selector, uint160(_kyc)));
        registry.admitByAttestation(a, two, two);
        vm.expectRevert(_error(IIdentityRegistry.SignatureNotOf.selector, uint160(_dave)));
        registry.admitByAttestation(a, one, one);
        vm.prank(issuer);
        registry.distrustIssuer(_kyc);
        no(registry.isTrustedIssuer(_kyc), "distrusted");
        _refused(a, _error(IIdentityRegistry.IssuerNotTrusted.selector, uint160(_kyc)));
    }

    function test_V23_another_chain_or_registry_is_another_statement() public {
        IIdentityRegistry.Attestation memory a = _attestation();
        (bytes memory one, bytes memory two) = (_sign(_ISSUER_KEY, a), _sign(_WALLET_KEY, a));
        IIdentityRegistry other = newRegistry();
        vm.prank(issuer);
        other.trustIssuer(_kyc);
        bytes memory error = _error(IIdentityRegistry.SignatureNotOf.selector, uint160(_kyc));
        vm.expectRevert(error);
        other.admitByAttestation(a, one, two);
        vm.chainId(1);
        vm.expectRevert(error);
        registry.admitByAttestation(a, one, two);
    }

    function testFuzz_no_field_can_be_changed_under_a_signature(uint8 field, uint40 value) public {
        IIdentityRegistry.Attestation memory a = _attestation();
        (bytes memory one, bytes memory two) = (_sign(_ISSUER_KEY, a), _sign(_WALLET_KEY, a));
        bytes32 digest = registry.attestationDigest(a);
        if (field % 6 == 0) a.wallet = address(uint160(value));
        if (field % 6 == 1) a.investor = address(uint160(value));
        if (field % 6 == 2) a.country = uint16(value);
        if (field % 6 == 3) a.class = uint8(value);
        if (field % 6 == 4) a.validUntil = value;
        if (field % 6 == 5) a.issuedAt = value;
        vm.assume(registry.attestationDigest(a) != digest);
        vm.expectRevert();
        registry.admitByAttestation(a, one, two);
    }

    /// The same statement under other signature bytes: v of 0 or 1, or the mirrored s.
    function test_B1_malleable_signatures_are_refused_and_would_not_help() public {
        IIdentityRegistry.Attestation memory a = _attestation();
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_ISSUER_KEY, registry.attestationDigest(a));
        bytes memory wallet = _sign(_WALLET_KEY, a);
        bytes memory low = abi.encodePacked(r, s, v - 27);
        bytes memory mirrored = abi.encodePacked(r, bytes32(_ORDER - uint256(s)), v == 27 ? uint8(28) : uint8(27));
        bytes memory error = _error(IIdentityRegistry.SignatureNotOf.selector, uint160(_kyc));
        vm.expectRevert(error);
        registry.admitByAttestation(a, low, wallet);
        vm.expectRevert(error);
        registry.admitByAttestation(a, mirrored, wallet);
        _bring(a);
        vm.prank(_kyc);
        registry.revokeAttestation(a);
        bytes[3] memory forms = [low, mirrored, abi.encodePacked(r, s, v)];
        for (uint256 i = 0; i < 3; ++i) {
            vm.expectRevert();
            registry.admitByAttestation(a, forms[i], wallet);
        }
        no(registry.isVerified(_dave), "revoked for ever");
    }

    // ------------------------------------------------------------------------------------------ once, in order

    function test_consumed_once_even_after_the_wallet_was_taken_off() public {
        IIdentityRegistry.Attestation memory a = _attestation();
        _bring(a);
        _used(a);
        vm.prank(admitter);
        registry.remove(_dave);
        _used(a);
        a.issuedAt = START + 2 days;
        vm.warp(START + 2 days);
        _refused(a, _error(IIdentityRegistry.LoweredByAgent.selector, uint160(a.investor)));
        a.investor = investorOf(stranger); // under another name
        _refused(a, _error(IIdentityRegistry.LoweredByAgent.selector, uint160(a.investor)));
    }

    function test_revoked_before_it_was_used() public {
        IIdentityRegistry.Attestation memory a = _attestation();
        vm.expectRevert(_error(IIdentityRegistry.IssuerNotTrusted.selector, uint160(stranger)));
        vm.prank(stranger);
        registry.revokeAttestation(a);
        vm.prank(_kyc);
        registry.revokeAttestation(a);
        same(_state(a), 2, "revoked");
        _used(a);
        vm.expectRevert();
        vm.prank(_kyc);
        registry.revokeAttestation(a);
    }

    function test_revocation_ends_the_validity_that_rests_on_it_in_every_token() public {
        IIdentityRegistry.Attestation memory a = _attestation();
        _bring(a);
        give(_dave, 10);
        vm.prank(_kyc);
        registry.revokeAttestation(a);
        same(token.explain(_dave, bob, 1), Verdict.FROM_EXPIRED, "at once");
        a.validUntil = VALID + 1; // older than the revocation
        _refused(a, _outOfTime(START, block.timestamp));
        a.issuedAt = uint40(block.timestamp); // not later than it
        _refused(a, _outOfTime(block.timestamp, block.timestamp));
        vm.warp(block.timestamp + 1);
        a.issuedAt = uint40(block.timestamp);
        _bring(a);
        yes(registry.isVerified(_dave), "a new statement counts");
    }

    function test_revocation_of_an_outdated_attestation_harms_nobody() public {
        IIdentityRegistry.Attestation memory old = _attestation();
        _bring(old);
        IIdentityRegistry.Attestation memory a = _attestation();
        (a.issuedAt, a.validUntil) = (START + 1, VALID + 1);
        _bring(a);
        vm.prank(_kyc);
        registry.revokeAttestation(old);
        yes(registry.isVerified(_dave), "rests on the later one");
        vm.prank(admitter);
        registry.renew(_dave, VALID + 2, "file");
        vm.prank(_kyc);
        registry.revokeAttestation(a);
        yes(registry.isVerified(_dave), "rests on the agent's word");
    }

    function test_an_older_statement_does_not_overtake_a_newer_one() public {
        IIdentityRegistry.Attestation memory a = _attestation();
        a.issuedAt = START + 10;
        _bring(a);
        IIdentityRegistry.Attestation memory old = _attestation();
        old.class = VENUE;
        _refused(old, _outOfTime(START, START + 10));
        old.issuedAt = START + 10;
        _refused(old, _outOfTime(START + 10, START + 10));
    }

    function test_neither_from_the_future_nor_over() public {
        IIdentityRegistry.Attestation memory a = _attestation();
        a.issuedAt = uint40(block.timestamp + 1);
        _refused(a, _outOfTime(a.issuedAt, 0));
        a.issuedAt = START;
        a.validUntil = uint40(block.timestamp - 1);
        _refused(a, _error(IIdentityRegistry.AttestationExpired.selector, a.validUntil));
    }

    // -------------------------------------------------------------------------------- never against an admit agent

    function test_nothing_raises_what_an_admit_agent_lowered() public {
        _bring(_attestation());
        bytes[5] memory acts = [
            abi.encodeCall(registry.revoke, (_dave, "paper")),
            abi.encodeCall(registry.renew, (_dave, VALID - 1, "paper")),
            abi.encodeCall(registry.setStanding, (_dave, HK, RETAIL, VALID, "paper")),
            abi.encodeCall(registry.updateCountry, (_dave, US)),
            abi.encodeCall(registry.deny, (_dave, true, "paper"))
        ];
        for (uint256 i = 0; i < acts.length; ++i) {
            _lowered(acts[i]);
        }
    }

    function _lowered(bytes memory act) private {
        vm.startPrank(admitter);
        registry.setStanding(_dave, HK, PROFESSIONAL, VALID, "known good");
        registry.renew(_dave, VALID, "raised");
        (bool ok,) = address(registry).call(act);
        vm.stopPrank();
        yes(ok, "act");
        uint40 lowered = uint40(block.timestamp);
        (uint256 at, bool byAgent) = registry.lastWorsening(investorOf(_dave));
        yes(at == lowered && byAgent, "marked");
        vm.warp(lowered + 1);
        IIdentityRegistry.Attestation memory a = _attestation();
        (a.issuedAt, a.validUntil) = (lowered + 1, VALID + 5);
        _refused(a, _error(IIdentityRegistry.LoweredByAgent.selector, uint160(a.investor)));
        vm.prank(admitter);
        registry.renew(_dave, VALID, "raised by an agent");
        if (registry.standing(_dave).denied) {
            _refused(a, _error(IIdentityRegistry.LoweredByAgent.selector, uint160(a.investor)));
            return;
        }
        a.issuedAt = lowered;
        _refused(a, _outOfTime(lowered, lowered));
        a.issuedAt = lowered + 1;
        _bring(a);
        vm.warp(lowered + 10);
    }

    function test_not_for_a_denied_wallet_nor_under_another_investor() public {
        vm.prank(admitter);
        registry.deny(_dave, true, "list");
        IIdentityRegistry.Attestation memory a = _attestation();
        _refused(a, _error(IIdentityRegistry.WalletDenied.selector, uint160(_dave)));
        vm.prank(admitter);
        registry.deny(_dave, false, "list");
        _bring(a);
        (a.investor, a.issuedAt) = (investorOf(alice), START + 1);
        _refused(a, _error(IIdentityRegistry.WalletKnown.selector, uint160(_dave)));
    }

    /// A denied investor brings a fresh wallet, on an attestation that names him.
    function test_not_for_another_wallet_of_an_investor_an_agent_lowered() public {
        deny(alice);
        vm.warp(block.timestamp + 1);
        IIdentityRegistry.Attestation memory a = _attestation();
        (a.investor, a.issuedAt) = (investorOf(alice), uint40(block.timestamp));
        bytes memory error = _error(IIdentityRegistry.LoweredByAgent.selector, uint160(a.investor));
        _refused(a, error);
        vm.prank(admitter);
        registry.renew(alice, VALID + 1, "longer, but denied");
        _refused(a, error);
        vm.startPrank(admitter);
        registry.deny(alice, false, "lifted");
        vm.stopPrank();
        _refused(a, error);
        vm.prank(admitter);
        registry.renew(alice, VALID + 1, "and raised");
        _bring(a);
    }

    function test_a_new_investor_id_inherits_what_was_said_against_the_old_one() public {
        _bring(_attestation());
        vm.startPrank(admitter);
        registry.revoke(_dave, "paper");
        registry.updateIdentity(_dave, address(77));
        vm.stopPrank();
        vm.warp(block.timestamp + 1);
        IIdentityRegistry.Attestation memory a = _attestation();
        (a.investor, a.issuedAt) = (address(77), uint40(block.timestamp));
        _refused(a, _error(IIdentityRegistry.LoweredByAgent.selector, 77));
    }

    function test_trust_is_the_owner_s() public {
        expectNotOwner(admitter);
        vm.prank(admitter);
        registry.trustIssuer(stranger);
        expectNotOwner(admitter);
        vm.prank(admitter);
        registry.distrustIssuer(_kyc);
        vm.expectRevert(_error(IIdentityRegistry.IssuerNotTrusted.selector, 0));
        vm.prank(issuer);
        registry.trustIssuer(address(0));
    }
}
