// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {
    Fixture,
    IAssetToken,
    IAssetTokenControl,
    IERC7943Fungible,
    Power,
    Verdict,
    Vm
} from "./Fixture.sol";

contract FreezeTest is Fixture {
    function setUp() public override {
        super.setUp();
        give(alice, 1_000);
        give(bob, 1_000);
    }

    function test_freeze_stops_both_sides_until_it_ends() public {
        vm.expectEmit(address(token));
        emit IAssetTokenControl.AddressFrozen(alice, true, agent);
        vm.expectEmit(address(token));
        emit IAssetToken.Acted(REF, agent, bytes4(keccak256("setAddressFrozen(address,bool,bytes32)")));
        freeze(alice);
        yes(token.isFrozen(alice), "frozen");
        expectRefused(alice, bob, 1, Verdict.FROM_FROZEN);
        expectRefused(bob, alice, 1, Verdict.TO_FROZEN);
        no(token.canSend(alice), "send");
        no(token.canReceive(alice), "receive");
        vm.expectEmit(address(token));
        emit IAssetTokenControl.AddressFrozen(alice, false, agent);
        vm.prank(agent);
        token.setAddressFrozen(alice, false);
        move(alice, bob, 1);
    }

    function test_freeze_no_epoch_thaws_an_account() public {
        freeze(alice);
        freezeAmount(bob, 400);
        vm.startPrank(issuer);
        token.setClasses(0);
        vm.stopPrank();
        expectRefused(alice, bob, 1, Verdict.FROM_FROZEN);
        expectRefused(bob, carol, 601, Verdict.FROZEN_AMOUNT);
    }

    function test_freezeAmount_holds_that_much() public {
        freezeAmount(alice, 400);
        expectRefused(alice, bob, 601, Verdict.FROZEN_AMOUNT);
        no(token.canTransfer(alice, bob, 601), "can");
        move(alice, bob, 600);
        expectRefused(alice, bob, 1, Verdict.FROZEN_AMOUNT);
        move(alice, bob, 0);
    }

    function test_freezeAmount_names_what_is_free() public {
        freezeAmount(alice, 400);
        vm.expectRevert(
            abi.encodeWithSelector(IERC7943Fungible.ERC7943InsufficientUnfrozenBalance.selector, alice, 601, 600)
        );
        move(alice, bob, 601);
    }

    function test_freezeAmount_may_exceed_the_balance() public {
        freezeAmount(alice, type(uint256).max);
        same(token.getFrozenTokens(alice), type(uint256).max, "frozen");
        expectRefused(alice, bob, 1, Verdict.FROZEN_AMOUNT);
        move(bob, alice, 1_000); // what comes in is frozen too
        expectRefused(alice, bob, 1, Verdict.FROZEN_AMOUNT);
        freezeAmount(alice, 0);
        move(alice, bob, 2_000);
    }

    function test_freezeAmount_logs_the_change_and_the_new_amount() public {
        _expectFrozen(300, 0, 300);
        vm.prank(agent);
        token.freezePartialTokens(alice, 300);
        _expectFrozen(500, 0, 800);
        vm.prank(agent);
        token.freezePartialTokens(alice, 500, REF);
        _expectFrozen(0, 100, 700);
        vm.prank(agent);
        token.unfreezePartialTokens(alice, 100);
        _expectFrozen(0, 700, 0);
        vm.prank(agent);
        token.setFrozenTokens(alice, 0, REF);
        same(token.getFrozenTokens(alice), 0, "frozen");
    }

    function _expectFrozen(uint256 more, uint256 less, uint256 now_) private {
        vm.expectEmit(address(token));
        if (more != 0) emit IAssetTokenControl.TokensFrozen(alice, more);
        else emit IAssetTokenControl.TokensUnfrozen(alice, less);
        vm.expectEmit(address(token));
        emit IERC7943Fungible.Frozen(alice, now_);
    }

    function test_unfreeze_more_than_is_frozen_is_refused() public {
        freezeAmount(alice, 400);
        vm.expectRevert(abi.encodeWithSelector(IAssetTokenControl.FrozenAmountExceeded.selector, alice, 400, 401));
        vm.prank(agent);
        token.unfreezePartialTokens(alice, 401);
    }

    function testFuzz_freeze_what_is_free_passes_and_no_unit_more(uint128 frozen, uint256 amount) public {
        freezeAmount(alice, frozen);
        uint256 free = frozen < 1_000 ? 1_000 - frozen : 0;
        uint256 x = within(amount, 0, 1_001);
        same(token.explain(alice, bob, x) == 0, x <= free, "verdict");
        if (x > free) vm.expectRevert();
        move(alice, bob, x);
    }
}
