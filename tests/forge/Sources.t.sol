// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ISource} from "../../contracts/interfaces/ISource.sol";
import {EasAttestations} from "../../contracts/sources/EasAttestations.sol";
import {HashKeyKyc} from "../../contracts/sources/HashKeyKyc.sol";
import {Fixture, IIdentityRegistry, Power, Verdict} from "./Fixture.sol";
import {Eas, KycSbt} from "./Sources.sol";

/// @notice The KYC SBT as a source: asked live, taken over for a maximum age, believed only where it is sure.
contract KycSourceTest is Fixture {
    uint40 private constant _AGE = 7 days;

    KycSbt private _sbt;
    HashKeyKyc private _source;

    function setUp() public override {
        super.setUp();
        _sbt = new KycSbt();
        _source = new HashKeyKyc(address(_sbt), 2);
        _sbt.approveKyc(alice, "alice.hsk", 2);
        give(alice, 100);
        vm.prank(issuer);
        registry.trustSource(address(_source), _AGE);
        vm.prank(admitter);
        registry.follow(alice, address(_source));
    }

    function _verified(address wallet) private view returns (bool ok) {
        (ok,,,) = _source.check(wallet);
    }

    function _validUntil() private view returns (uint256) {
        return registry.standing(alice).validUntil;
    }

    function test_kyc_level_and_address_are_configuration() public {
        same(address(_source.sbt()), address(_sbt), "address");
        no(_verified(bob), "unknown");
        _sbt.approveKyc(bob, "bob.hsk", 1);
        no(_verified(bob), "too low");
        _sbt.approveKyc(bob, "bob.hsk", 4);
        yes(_verified(bob), "ultimate");
        vm.expectRevert(abi.encodeWithSelector(HashKeyKyc.LevelInvalid.selector, 0));
        new HashKeyKyc(address(_sbt), 0);
        vm.expectRevert(abi.encodeWithSelector(HashKeyKyc.LevelInvalid.selector, 5));
        new HashKeyKyc(address(_sbt), 5);
    }

    function test_kyc_maximum_age_holds_from_the_first_moment() public {
        same(_validUntil(), START + _AGE, "no longer the agent's year");
        vm.warp(START + _AGE + 1);
        same(token.explain(alice, bob, 1), Verdict.FROM_EXPIRED, "too old");
        vm.prank(stranger);
        registry.refresh(alice);
        same(_validUntil(), START + 2 * _AGE + 1, "asked again, by anybody");
        same(token.explain(alice, bob, 1), 0, "valid");
    }

    function test_kyc_silent_expiry_ends_the_validity_at_a_refresh_or_by_age() public {
        vm.warp(START + 365 days - 1 days);
        vm.prank(admitter);
        registry.renew(alice, START + 1000 days, "file");
        registry.refresh(alice);
        same(token.explain(alice, bob, 1), 0, "valid to the last day");
        vm.warp(START + 365 days + 1);
        same(_sbt.balanceOf(alice), 1, "the balance says nothing");
        yes(registry.isVerified(alice), "nobody told us");
        registry.refresh(alice);
        no(registry.isVerified(alice), "asked");
    }

    function test_kyc_revoked_by_the_investor_himself() public {
        vm.prank(alice);
        _sbt.revokeKyc(alice);
        same(_sbt.balanceOf(alice), 1, "not burned");
        (,, uint8 status,) = _sbt.kycInfos(alice);
        same(status, 2, "revoked is 2 here, approved is 2 elsewhere");
        registry.refresh(alice);
        same(token.explain(alice, bob, 1), Verdict.FROM_EXPIRED, "at once in the token");
        redeem(alice, 100); // he can always leave
        _sbt.approveKyc(alice, "alice2.hsk", 3);
        registry.refresh(alice);
        yes(registry.isVerified(alice), "approved anew");
    }

    function test_kyc_fails_closed() public {
        for (uint8 t = 1; t <= uint8(type(KycSbt.Temper).max); ++t) {
            _sbt.set(KycSbt.Temper(t));
            no(_verified(alice), "unsure");
        }
        HashKeyKyc empty = new HashKeyKyc(stranger, 1);
        (bool ok,,,) = empty.check(alice);
        no(ok, "no code");
        _sbt.set(KycSbt.Temper.Reverting);
        registry.refresh(alice);
        no(registry.isVerified(alice), "ended");
        _sbt.set(KycSbt.Temper.Kind);
        registry.refresh(alice);
        yes(registry.isVerified(alice), "back");
    }

    /// A caller who pays little gas must not make the source say no.
    function testFuzz_kyc_little_gas_never_ends_a_validity(uint256 gas_) public {
        gas_ = within(gas_, 30_000, 400_000);
        (bool ok,) = address(registry).call{gas: gas_}(abi.encodeCall(registry.refresh, (alice)));
        ok;
        yes(registry.isVerified(alice), "valid still");
    }

    function test_kyc_is_not_asked_with_little_gas() public {
        vm.expectRevert(abi.encodeWithSelector(ISource.GasTooLow.selector, 164_687));
        _source.check{gas: 100_000}(alice);
    }

    function test_kyc_only_who_follows_is_refreshed() public {
        _sbt.approveKyc(bob, "bob.hsk", 4);
        bytes memory error = abi.encodeWithSelector(IIdentityRegistry.SourceNotTrusted.selector, address(0));
        vm.expectRevert(error);
        registry.refresh(bob);
        (address source, uint256 ceiling) = registry.sourceOf(alice);
        same(source, address(_source), "source");
        same(ceiling, VALID, "what the agent said");
    }

    function test_kyc_never_longer_than_an_agent_said_and_never_against_him() public {
        vm.prank(admitter);
        registry.renew(alice, START + 2 days, "shorter");
        registry.refresh(alice);
        same(_validUntil(), START + 2 days, "ceiling");
        vm.prank(admitter);
        registry.revoke(alice, "paper");
        registry.refresh(alice);
        same(_validUntil(), 0, "revoked stays revoked");
        vm.prank(admitter);
        registry.renew(alice, VALID, "raised");
        registry.refresh(alice);
        same(_validUntil(), START + _AGE, "open again");
        deny(alice);
        registry.refresh(alice);
        no(registry.isVerified(alice), "denied");
    }

    /// Revoked by an agent while the source had already ended it: that counts as the agent's act too.
    function test_kyc_revoked_twice_is_revoked_by_the_agent() public {
        vm.prank(alice);
        _sbt.revokeKyc(alice);
        registry.refresh(alice);
        vm.prank(admitter);
        registry.revoke(alice, "paper");
        (, bool byAgent) = registry.lastWorsening(investorOf(alice));
        yes(byAgent, "agent");
        _sbt.approveKyc(alice, "alice.hsk", 4);
        registry.refresh(alice);
        same(_validUntil(), 0, "stays");
    }

    function test_kyc_an_attestation_does_not_pass_the_source_by() public {
        IIdentityRegistry.Attestation memory a;
        (address kyc, address dave) = (vm.addr(11), vm.addr(12));
        vm.prank(issuer);
        registry.trustIssuer(kyc);
        admit(registry, dave, RETAIL, HK);
        vm.prank(admitter);
        registry.follow(dave, address(_source)); // not human: ended at once
        no(registry.isVerified(dave), "not human");
        vm.warp(START + 1);
        a = IIdentityRegistry.Attestation(kyc, dave, investorOf(dave), HK, RETAIL, VALID, START + 1);
        bytes memory one = _signature(11, a);
        bytes memory two = _signature(12, a);
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.FollowsSource.selector, dave));
        registry.admitByAttestation(a, one, two);
    }

    function _signature(uint256 key, IIdentityRegistry.Attestation memory a) private view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, registry.attestationDigest(a));
        return abi.encodePacked(r, s, v);
    }

    function test_kyc_distrusted_source_vouches_for_nobody_and_the_agent_takes_over() public {
        vm.prank(issuer);
        registry.trustSource(address(_source), 0);
        registry.refresh(alice);
        no(registry.isVerified(alice), "ended");
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.SourceNotTrusted.selector, address(_source)));
        vm.prank(admitter);
        registry.follow(bob, address(_source));
        vm.startPrank(admitter);
        registry.follow(alice, address(0));
        registry.renew(alice, VALID, "the issuer's own list");
        vm.stopPrank();
        yes(registry.isVerified(alice), "valid");
        same(registry.maximumAgeOf(address(_source)), 0, "age");
    }

    function test_kyc_powers() public {
        expectNotOwner(admitter);
        vm.prank(admitter);
        registry.trustSource(address(_source), 1);
        expectPowerMissing(issuer, Power.ADMIT);
        vm.prank(issuer);
        registry.follow(alice, address(_source));
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.SourceNotTrusted.selector, stranger));
        vm.prank(issuer);
        registry.trustSource(stranger, 1);
    }
}

/// @notice EAS attestations as a source: schema, attester, recipient, revocation, expiry and payload.
contract EasSourceTest is Fixture {
    bytes32 private constant _SCHEMA = "uint16 country,uint8 class";

    Eas private _eas;
    EasAttestations private _source;
    address private immutable _kyc = actor("kyc firm");

    function setUp() public override {
        super.setUp();
        _eas = new Eas();
        _source = new EasAttestations(address(_eas), _SCHEMA, _kyc);
        vm.prank(issuer);
        registry.trustSource(address(_source), 30 days);
    }

    function _attest(address by, bytes32 schema, address to, uint64 until, bytes memory data)
        private
        returns (bytes32 uid)
    {
        vm.prank(by);
        uid = _eas.attest(schema, to, until, data);
    }

    function _good(address to, uint64 until) private returns (bytes32) {
        return _attest(_kyc, _SCHEMA, to, until, abi.encode(HK, RETAIL));
    }

    function _verified(address wallet) private view returns (bool ok) {
        (ok,,,) = _source.check(wallet);
    }

    function test_eas_keeps_an_investor_valid_until_it_expires() public {
        uint64 until = START + 10 days;
        bytes32 uid = _good(alice, until);
        no(_verified(alice), "not presented");
        vm.prank(stranger);
        _source.present(uid);
        same(uint256(_source.uidOf(alice)), uint256(uid), "uid");
        vm.prank(admitter);
        registry.follow(alice, address(_source));
        same(registry.standing(alice).validUntil, until - 1, "sooner than the maximum age");
        vm.warp(until);
        no(_verified(alice), "over");
    }

    function test_eas_without_end_counts_for_the_maximum_age() public {
        _source.present(_good(alice, 0));
        vm.prank(admitter);
        registry.follow(alice, address(_source));
        same(registry.standing(alice).validUntil, START + 30 days, "maximum age");
    }

    function test_eas_revocation_is_seen_at_a_refresh() public {
        bytes32 uid = _good(alice, 0);
        _source.present(uid);
        vm.prank(admitter);
        registry.follow(alice, address(_source));
        vm.prank(_kyc);
        _eas.revoke(uid);
        registry.refresh(alice);
        no(registry.isVerified(alice), "ended");
    }

    function test_eas_takes_only_what_fits() public {
        bytes memory data = abi.encode(HK, RETAIL);
        _unfit(_attest(stranger, _SCHEMA, alice, 0, data), "attester");
        _unfit(_attest(_kyc, "other", alice, 0, data), "schema");
        _unfit(_attest(_kyc, _SCHEMA, alice, START, data), "expired");
        _unfit(_attest(_kyc, _SCHEMA, address(0), 0, data), "nobody");
        _unfit(_attest(_kyc, _SCHEMA, alice, 0, ""), "no payload");
        _unfit(_attest(_kyc, _SCHEMA, alice, 0, abi.encode(HK, RETAIL, 1)), "long payload");
        _unfit(_attest(_kyc, _SCHEMA, alice, 0, abi.encode(uint256(1) << 16, RETAIL)), "country");
        _unfit(_attest(_kyc, _SCHEMA, alice, 0, abi.encode(HK, 256)), "class");
        _unfit(_attest(_kyc, _SCHEMA, alice, 0, abi.encode(0, RETAIL)), "no country");
        _unfit("no such uid", "unknown");
        _unfit(0, "zero");
    }

    function _unfit(bytes32 uid, string memory what) private {
        vm.expectRevert(abi.encodeWithSelector(EasAttestations.AttestationUnfit.selector, uid));
        _source.present(uid);
        no(_verified(alice), what);
    }

    function test_eas_an_older_attestation_never_comes_back() public {
        bytes32 old = _attest(_kyc, _SCHEMA, alice, 0, abi.encode(HK, PROFESSIONAL));
        vm.warp(START + 1);
        bytes32 uid = _good(alice, 0);
        _source.present(old);
        _source.present(uid);
        vm.prank(_kyc);
        _eas.revoke(uid);
        _unfit(old, "the later one was revoked");
    }

    function test_eas_that_knows_another_country_or_class_speaks_of_somebody_else() public {
        _source.present(_attest(_kyc, _SCHEMA, alice, 0, abi.encode(HK, PROFESSIONAL)));
        vm.prank(admitter);
        registry.follow(alice, address(_source));
        no(registry.isVerified(alice), "class");
        same(registry.standing(alice).validUntil, 0, "never was");
        vm.warp(START + 1);
        _source.present(_attest(_kyc, _SCHEMA, alice, 0, abi.encode(CH, RETAIL)));
        registry.refresh(alice);
        no(registry.isVerified(alice), "country");
        vm.warp(START + 2);
        _source.present(_good(alice, 0));
        registry.refresh(alice);
        yes(registry.isVerified(alice), "himself");
    }

    function test_eas_fails_closed_but_not_for_want_of_gas() public {
        _source.present(_good(alice, 0));
        _eas.setMute(true);
        no(_verified(alice), "mute");
        EasAttestations empty = new EasAttestations(stranger, _SCHEMA, _kyc);
        vm.expectRevert(abi.encodeWithSelector(EasAttestations.AttestationUnfit.selector, bytes32("x")));
        empty.present("x");
        _eas.setMute(false);
        vm.expectRevert(abi.encodeWithSelector(ISource.GasTooLow.selector, 319_375));
        _source.check{gas: 200_000}(alice);
    }
}
