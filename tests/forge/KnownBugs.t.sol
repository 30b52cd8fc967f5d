// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Hostile} from "./Contracts.sol";
import {Fixture, IAssetTokenControl, IIdentityRegistry, Kind, Power, Verdict} from "./Fixture.sol";

/// @notice Behaviours that were shown on published tokens of this kind, and that a tranche does not have.
contract KnownBugsTest is Fixture {
    address private immutable _recoverer = actor("recoverer");

    function setUp() public override {
        super.setUp();
        give(alice, 80);
        vm.prank(issuer);
        token.grantPowers(_recoverer, Power.RECOVER);
    }

    /// A revoked investor stays revoked, whatever he does himself; the statement itself: Attestation.t.sol.
    function test_B1_a_revoked_investor_does_not_come_back_by_himself() public {
        expire(alice);
        vm.startPrank(alice);
        IIdentityRegistry.Admission[] memory again = new IIdentityRegistry.Admission[](1);
        again[0] = IIdentityRegistry.Admission(alice, investorOf(alice), HK, RETAIL, VALID);
        vm.expectRevert();
        registry.admit(again, "");
        vm.expectRevert();
        registry.renew(alice, VALID, "");
        vm.expectRevert();
        registry.link(bob, alice);
        vm.stopPrank();
        same(token.explainMovement(Kind.Issue, address(0), alice, 1), Verdict.TO_EXPIRED, "issue");
    }

    /// Another investor behind a wallet, or none, stops no burn, no redemption and no forced transfer.
    function test_B2_burn_and_redeem_never_depend_on_identity_or_a_counter() public {
        Hostile hostile = new Hostile();
        hostile.set(Hostile.Temper.Mute, address(0), "");
        vm.startPrank(issuer);
        token.setCompliance(address(hostile));
        vm.warp(START + DELAY);
        token.applyCompliance();
        vm.stopPrank();
        vm.prank(admitter);
        registry.remove(alice);
        admitAs(registry, alice, investorOf(bob), PROFESSIONAL, CH);
        redeem(alice, 10);
        vm.prank(admitter);
        registry.remove(alice);
        redeem(alice, 10);
        vm.startPrank(agent);
        token.burn(alice, 10, REF);
        token.forcedTransfer(alice, bob, 10, REF);
        vm.stopPrank();
        same(token.totalSupply(), 50, "supply");
    }

    // B3, counters that start wrong: RuleBook.t.sol, the preset.

    function test_B4_a_transfer_of_nothing_passes_and_changes_nothing() public {
        uint256 before = token.recordOf(alice);
        move(alice, bob, 0);
        same(token.recordOf(alice), before, "alice");
        same(token.recordOf(bob), 0, "bob");
    }

    function test_B5_a_holder_who_left_the_registry_cannot_send() public {
        vm.prank(admitter);
        registry.remove(alice);
        expectRefused(alice, bob, 1, Verdict.FROM_IDENTITY);
    }

    function test_B6_a_frozen_spender_moves_nothing() public {
        vm.prank(alice);
        token.approve(venue, 80);
        freeze(venue);
        same(token.explainFrom(venue, alice, bob, 1), Verdict.SPENDER_FROZEN, "verdict");
        vm.expectRevert();
        vm.prank(venue);
        token.transferFrom(alice, bob, 1);
    }

    function test_B7_no_recovery_to_another_investors_wallet() public {
        vm.prank(admitter);
        registry.link(bob, stranger); // bob's second wallet
        address[2] memory named = [investorOf(bob), investorOf(alice)];
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IAssetTokenControl.RecoveryInvalid.selector, alice, stranger));
            vm.prank(_recoverer);
            token.recoveryAddress(alice, stranger, named[i]);
        }
    }

    function test_B8_recovery_to_a_wallet_the_investor_has_already() public {
        give(carol, 5);
        give(carol2, 7);
        vm.prank(_recoverer);
        yes(token.recoveryAddress(carol, carol2, investorOf(carol)), "at once");
        same(token.balanceOf(carol2), 12, "merged");
    }

    function test_B9_a_halt_stops_mint_and_burn_where_a_pause_does_not() public {
        vm.startPrank(agent);
        token.pause();
        token.mint(alice, 1);
        token.burn(alice, 1);
        token.halt(REF);
        vm.expectRevert();
        token.mint(alice, 1);
        vm.expectRevert();
        token.burn(alice, 1);
        vm.stopPrank();
    }
}
