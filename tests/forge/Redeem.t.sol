// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Hostile} from "./Contracts.sol";
import {Fixture, IAssetToken, IERC20Errors, IERC7943Fungible, Kind, Power, Verdict, Vm} from "./Fixture.sol";

contract RedeemTest is Fixture {
    function setUp() public override {
        super.setUp();
        give(alice, 1_000);
    }

    function _redeem(uint256 amount, bytes32 ref) private {
        vm.prank(agent);
        token.redeem(alice, amount, ref);
    }

    function test_redeem_ends_units_against_a_paper() public {
        vm.expectEmit(address(token));
        emit IAssetToken.Redeemed("paper", alice, 400);
        _redeem(400, "paper");
        same(token.balanceOf(alice), 600, "alice");
        same(token.totalSupply(), 600, "supply");
        yes(token.refConsumed("paper"), "consumed");
    }

    function test_redeem_takes_a_ref_once_and_never_zero() public {
        _redeem(1, "paper");
        vm.expectRevert(abi.encodeWithSelector(IAssetToken.RefInvalid.selector, bytes32("paper")));
        _redeem(1, "paper");
        vm.expectRevert(abi.encodeWithSelector(IAssetToken.RefInvalid.selector, bytes32(0)));
        _redeem(1, 0);
    }

    function test_redeem_a_refused_one_consumes_nothing() public {
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, alice, 1_000, 1_001));
        _redeem(1_001, "paper");
        no(token.refConsumed("paper"), "consumed");
        _redeem(1_000, "paper");
    }

    function test_redeem_needs_the_power() public {
        expectPowerMissing(alice, Power.REDEEM);
        vm.prank(alice);
        token.redeem(alice, 1, "paper");
    }

    function test_redeem_is_refused_when_frozen_denied_or_halted() public {
        freeze(alice);
        _refused(1, Verdict.FROM_FROZEN, abi.encodeWithSelector(IERC7943Fungible.ERC7943CannotSend.selector, alice));
        vm.prank(agent);
        token.setAddressFrozen(alice, false);
        deny(alice);
        _refused(1, Verdict.FROM_DENIED, abi.encodeWithSelector(IERC7943Fungible.ERC7943CannotSend.selector, alice));
        halt();
        _refused(
            1,
            Verdict.HALTED | Verdict.FROM_DENIED,
            abi.encodeWithSelector(IERC7943Fungible.ERC7943CannotTransfer.selector, alice, address(0), 1)
        );
    }

    function test_redeem_leaves_the_frozen_part() public {
        freezeAmount(alice, 700);
        _refused(
            301,
            Verdict.FROZEN_AMOUNT,
            abi.encodeWithSelector(IERC7943Fungible.ERC7943InsufficientUnfrozenBalance.selector, alice, 301, 300)
        );
        _redeem(300, "paper");
    }

    function _refused(uint256 amount, uint256 verdict, bytes memory error) private {
        same(token.explainMovement(Kind.Redeem, alice, address(0), amount), verdict, "verdict");
        vm.expectRevert(error);
        _redeem(amount, "refused");
    }

    function test_redeem_needs_no_live_kyc() public {
        expire(alice);
        _redeem(1, "expired");
        vm.warp(VALID + 1);
        _redeem(1, "late");
        vm.prank(admitter);
        registry.remove(alice);
        _redeem(998, "removed");
    }

    function test_redeem_passes_a_pause_a_lock_up_and_a_mode() public {
        vm.startPrank(agent);
        token.pause();
        token.setLockUp(START + 1);
        vm.stopPrank();
        _redeem(1, "paper");
    }

    function test_redeem_does_not_depend_on_a_failing_compliance_contract() public {
        Hostile hostile = new Hostile();
        vm.startPrank(issuer);
        token.setCompliance(address(hostile));
        vm.warp(START + DELAY);
        token.applyCompliance();
        vm.stopPrank();
        Hostile.Temper[4] memory bad =
            [Hostile.Temper.Failing, Hostile.Temper.Mute, Hostile.Temper.Greedy, Hostile.Temper.Bombing];
        for (uint256 i = 0; i < bad.length; ++i) {
            hostile.set(bad[i], address(0), "");
            vm.expectEmit(address(token));
            emit IAssetToken.ComplianceHookFailed(Hostile.destroyed.selector, address(hostile));
            vm.prank(agent);
            token.redeem{gas: 10_000_000}(alice, 1, bytes32(i + 1));
            same(token.balanceOf(alice), 999 - i, "alice");
        }
    }
}
