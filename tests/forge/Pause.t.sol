// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Fixture, IAssetToken, IAssetTokenControl, Kind, Power, Verdict} from "./Fixture.sol";

contract PauseTest is Fixture {
    function setUp() public override {
        super.setUp();
        give(alice, 1_000);
    }

    function test_pause_stops_moves_and_nothing_else() public {
        vm.expectEmit(address(token));
        emit IAssetTokenControl.Paused(agent);
        vm.prank(agent);
        token.pause();
        yes(token.paused(), "paused");
        expectRefused(alice, bob, 1, Verdict.PAUSED);
        expectRefused(alice, bob, 0, Verdict.PAUSED);
        no(token.canTransfer(alice, bob, 1), "canTransfer");
        yes(token.canSend(alice), "canSend is about the account");
        yes(token.canReceive(bob), "canReceive is about the account");
        give(bob, 1);
        redeem(alice, 1);
        vm.prank(agent);
        token.forcedTransfer(alice, bob, 1);
        vm.prank(agent);
        token.unpause(REF);
        move(alice, bob, 1);
    }

    function test_halt_stops_everything() public {
        vm.expectEmit(address(token));
        emit IAssetTokenControl.Halted(agent);
        halt();
        for (uint8 kind = 0; kind <= uint8(type(Kind).max); ++kind) {
            same(token.explainMovement(Kind(kind), alice, bob, 1), Verdict.HALTED, "verdict");
        }
        no(token.canSend(alice), "canSend");
        no(token.canReceive(bob), "canReceive");
        vm.expectRevert();
        give(bob, 1);
        vm.expectRevert();
        redeem(alice, 1);
        vm.expectRevert();
        move(alice, bob, 1);
    }

    function test_unhalt_needs_the_owner() public {
        halt();
        expectNotOwner(agent);
        vm.prank(agent);
        token.unhalt(REF);
        vm.expectEmit(address(token));
        emit IAssetTokenControl.Unhalted(issuer);
        vm.prank(issuer);
        token.unhalt(REF);
        move(alice, bob, 1);
    }

    function test_pause_and_halt_are_refused_when_nothing_would_change() public {
        bytes memory error = abi.encodeWithSelector(IAssetTokenControl.AlreadyInThatState.selector);
        vm.expectRevert(error);
        vm.prank(agent);
        token.unpause();
        halt();
        vm.expectRevert(error);
        halt();
    }

    function test_pause_and_halt_need_the_power() public {
        expectPowerMissing(issuer, Power.PAUSE);
        vm.prank(issuer);
        token.pause();
        expectPowerMissing(approver, Power.PAUSE);
        vm.prank(approver);
        token.halt(REF);
    }
}
