// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {
    AgentGrant,
    Fixture,
    IAssetTokenControl,
    IIdentityRegistry,
    IPowers,
    IToken,
    IdentityRegistry,
    Power,
    Standing,
    TokenTerms,
    Verdict
} from "./Fixture.sol";
import {Config} from "../../contracts/token/Config.sol";
import {Record} from "../../contracts/token/Record.sol";

/// @notice What the registry says reaches every bound token in the same transaction; unbound tokens ask.
contract RegistryTest is Fixture {
    using Record for uint256;

    IToken private _second; // bound too
    IToken private _unbound;

    function setUp() public override {
        super.setUp();
        (_second,) = newToken(terms(), "second");
        bind(registry, _second);
        (_unbound,) = newToken(terms(), "unbound");
        _giveEverywhere(alice);
        _giveEverywhere(carol2);
    }

    function _giveEverywhere(address to) private {
        vm.startPrank(agent);
        token.mint(to, 1_000);
        _second.mint(to, 1_000);
        _unbound.mint(to, 1_000);
        vm.stopPrank();
    }

    function _expectEverywhere(address from, uint256 verdict) private view {
        same(token.explain(from, bob, 1), verdict, "bound");
        same(_second.explain(from, bob, 1), verdict, "second");
        same(_unbound.explain(from, bob, 1), verdict, "unbound");
    }

    // ---------------------------------------------------------------------------------------------------- push

    function test_push_revoke_reaches_every_token_and_every_wallet() public {
        _expectEverywhere(carol2, 0);
        expire(carol);
        _expectEverywhere(carol2, Verdict.FROM_EXPIRED);
        same(token.recordOf(carol2).copyEpoch(), 0, "no copy left");
    }

    function test_push_deny_beats_everything() public {
        deny(carol);
        _expectEverywhere(carol2, Verdict.FROM_DENIED);
        vm.prank(admitter);
        registry.setStanding(carol, HK, PROFESSIONAL, VALID + 1, "file");
        _expectEverywhere(carol2, Verdict.FROM_DENIED);
        vm.prank(admitter);
        registry.deny(carol2, false, REF);
        _expectEverywhere(carol2, 0);
    }

    function test_push_a_change_of_country_or_class() public {
        uint16[] memory countries = new uint16[](2);
        (countries[0], countries[1]) = (HK, CH);
        IToken[3] memory all = [token, _second, _unbound];
        for (uint256 i = 0; i < 3; ++i) {
            vm.startPrank(issuer);
            all[i].allowCountries(countries, true);
            all[i].setClasses(0);
            vm.stopPrank();
            vm.startPrank(agent);
            all[i].setCountryList(true);
            all[i].setClasses(uint16(1 << RETAIL | 1 << PROFESSIONAL));
            vm.stopPrank();
        }
        _giveEverywhere(alice); // copies under these lists
        vm.prank(admitter);
        registry.setStanding(alice, US, RETAIL, VALID, "moved");
        _expectEverywhere(alice, Verdict.FROM_COUNTRY);
        vm.prank(admitter);
        registry.setStanding(alice, HK, VENUE, VALID, "other class");
        _expectEverywhere(alice, Verdict.FROM_CLASS);
        vm.prank(admitter);
        registry.setStanding(alice, HK, RETAIL, VALID, "back");
        _expectEverywhere(alice, 0);
    }

    function test_push_remove_and_shorter_validity() public {
        vm.prank(admitter);
        registry.renew(alice, START, "shorter");
        vm.warp(START + 1);
        _expectEverywhere(alice, Verdict.FROM_EXPIRED);
        vm.prank(admitter);
        registry.remove(alice);
        _expectEverywhere(alice, Verdict.FROM_IDENTITY);
    }

    function test_extension_needs_no_push_and_is_asked_when_the_copy_fails() public {
        same(token.recordOf(alice).validUntil(), VALID, "copy");
        uint256 before = token.recordOf(alice);
        vm.prank(admitter);
        registry.renew(alice, VALID + 100, "longer");
        same(token.recordOf(alice), before, "untouched");
        vm.prank(admitter);
        registry.renew(bob, VALID + 100, "longer");
        vm.warp(VALID + 1);
        _expectEverywhere(alice, 0);
        move(alice, bob, 1);
        same(token.recordOf(alice).validUntil(), VALID + 100, "copied on the way");
    }

    function test_unbound_keeps_no_copy() public view {
        same(_unbound.recordOf(alice).copyEpoch(), 0, "unbound");
        same(token.recordOf(alice).copyEpoch(), 1, "bound");
        no(_unbound.config() & Config.BOUND != 0, "flag");
        yes(token.config() & Config.BOUND != 0, "flag");
    }

    function test_push_is_taken_from_the_registry_only() public {
        vm.expectRevert(abi.encodeWithSelector(IAssetTokenControl.NotTheRegistry.selector, issuer));
        vm.prank(issuer);
        token.identityChanged(alice, address(0), address(1));
        vm.expectRevert(abi.encodeWithSelector(IAssetTokenControl.NotTheRegistry.selector, issuer));
        vm.prank(issuer);
        token.registryBound();
    }

    // ------------------------------------------------------------------------------------------------- its birth

    function test_registry_is_born_with_owner_agents_and_block() public {
        AgentGrant[] memory agents = new AgentGrant[](2);
        agents[0] = AgentGrant(bob, Power.ADMIT);
        agents[1] = AgentGrant(carol, Power.RECOVER);
        vm.roll(77);
        vm.prank(stranger); // who deploys it gets nothing
        IdentityRegistry made = new IdentityRegistry(issuer, agents);
        vm.roll(99);
        same(made.deployedBlock(), 77, "block");
        same(made.owner(), issuer, "owner");
        same(made.pendingOwner(), address(0), "pending");
        same(made.powersOf(bob), Power.ADMIT, "bob");
        same(made.powersOf(carol), Power.RECOVER, "carol");
        same(made.powersOf(stranger), 0, "deployer");
        same(made.powersOf(issuer), 0, "an owner is no agent");
    }

    function test_registry_without_owner_or_with_both_hands_in_one_is_not_born() public {
        AgentGrant[] memory agents = new AgentGrant[](1);
        agents[0] = AgentGrant(bob, Power.ADMIT);
        vm.expectRevert(abi.encodeWithSelector(IPowers.OwnableInvalidOwner.selector, address(0)));
        new IdentityRegistry(address(0), agents);
        agents[0].powers = Power.ADMIT | Power.RECOVER;
        vm.expectRevert(abi.encodeWithSelector(IPowers.PowersInvalid.selector, agents[0].powers));
        new IdentityRegistry(issuer, agents);
    }

    // ------------------------------------------------------------------------------------------------- wallets

    function test_link_shares_the_record_and_remove_ends_it() public {
        Standing memory s = registry.standing(carol2);
        same(s.investor, investorOf(carol), "investor");
        same(s.country, US, "country");
        same(registry.walletsOf(carol2).length, 2, "wallets");
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.WalletHasLinks.selector, carol));
        vm.prank(admitter);
        registry.remove(carol);
        vm.prank(admitter);
        registry.remove(carol2);
        same(registry.walletsOf(carol).length, 1, "wallets");
        same(registry.walletsOf(carol2).length, 0, "none");
        _expectEverywhere(carol2, Verdict.FROM_IDENTITY);
        vm.prank(admitter);
        registry.remove(carol);
        no(registry.contains(carol), "gone");
    }

    function test_remove_a_link_from_the_middle_keeps_the_others() public {
        address[3] memory more = [actor("c3"), actor("c4"), actor("c5")];
        vm.startPrank(admitter);
        for (uint256 i = 0; i < 3; ++i) {
            registry.link(carol2, more[i]);
        }
        registry.remove(more[0]);
        registry.link(carol, actor("c6"));
        vm.stopPrank();
        address[] memory wallets = registry.walletsOf(actor("c6"));
        same(wallets.length, 5, "wallets");
        for (uint256 i = 0; i < wallets.length; ++i) {
            same(registry.identity(wallets[i]), investorOf(carol), "investor");
            no(wallets[i] == more[0], "the one taken off");
            for (uint256 j = 0; j < i; ++j) {
                no(wallets[i] == wallets[j], "twice");
            }
        }
        expire(carol);
        no(registry.isVerified(more[2]), "later link");
    }

    function test_link_stops_at_sixteen_wallets() public {
        vm.startPrank(admitter);
        for (uint160 i = 0; i < 14; ++i) {
            registry.link(carol, address(0x1000 + i));
        }
        same(registry.walletsOf(carol).length, 16, "wallets");
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.LinksFull.selector, carol));
        registry.link(carol, address(0x2000));
        vm.stopPrank();
    }

    function test_admit_refuses_known_and_empty_wallets() public {
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.WalletKnown.selector, alice));
        admit(registry, alice, RETAIL, HK);
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.AdmissionInvalid.selector, address(0)));
        admit(registry, address(0), RETAIL, HK);
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.AdmissionInvalid.selector, stranger));
        admitAs(registry, stranger, address(0), RETAIL, HK);
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.WalletKnown.selector, carol2));
        vm.prank(admitter);
        registry.link(alice, carol2);
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.WalletUnknown.selector, stranger));
        expire(stranger);
    }

    function test_every_change_needs_the_admit_power() public {
        bytes[6] memory calls = [
            abi.encodeCall(IIdentityRegistry.setStanding, (alice, HK, RETAIL, VALID, "")),
            abi.encodeCall(IIdentityRegistry.renew, (alice, VALID, "")),
            abi.encodeCall(IIdentityRegistry.revoke, (alice, "")),
            abi.encodeCall(IIdentityRegistry.deny, (alice, true, "")),
            abi.encodeCall(IIdentityRegistry.link, (alice, stranger)),
            abi.encodeCall(IIdentityRegistry.remove, (alice))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            expectPowerMissing(issuer, Power.ADMIT);
            vm.prank(issuer);
            (bool ok,) = address(registry).call(calls[i]);
            ok;
        }
    }

    // ------------------------------------------------------------------------------------------------- binding

    function test_bind_takes_known_code_that_has_this_registry() public {
        vm.startPrank(issuer);
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.TokenInvalid.selector, address(this)));
        registry.bindToken(address(this));
        vm.stopPrank();
        IIdentityRegistry other = newRegistry();
        vm.prank(issuer);
        other.trustCode(address(token).codehash, true);
        vm.expectRevert(abi.encodeWithSelector(IAssetTokenControl.NotTheRegistry.selector, address(other)));
        vm.prank(issuer);
        other.bindToken(address(token));
        expectNotOwner(admitter);
        vm.prank(admitter);
        registry.bindToken(address(_unbound));
    }

    function test_unbind_only_after_the_token_has_left() public {
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.TokenInvalid.selector, address(token)));
        vm.prank(issuer);
        registry.unbindToken(address(token));
    }

    function test_bind_at_most_sixteen_tokens() public {
        TokenTerms memory t = terms();
        for (uint256 i = 2; i < 16; ++i) {
            (IToken more,) = newToken(t, bytes32(i));
            bind(registry, more);
        }
        (IToken last,) = newToken(t, "last");
        vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.TokensFull.selector));
        vm.prank(issuer);
        registry.bindToken(address(last));
        expire(carol);
        same(last.explain(carol2, bob, 0), Verdict.FROM_EXPIRED, "asked live");
    }
}
