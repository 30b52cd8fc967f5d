// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {
    Fixture,
    IAssetToken,
    IAssetTokenControl,
    IERC20Errors,
    IERC7943Fungible,
    Kind,
    Verdict,
    Vm
} from "./Fixture.sol";

contract ForceTest is Fixture {
    bytes32 private constant FROZEN = keccak256("Frozen(address,uint256)");

    function setUp() public override {
        super.setUp();
        give(alice, 1_000);
    }

    function _force(address from, address to, uint256 amount) private {
        vm.prank(agent);
        token.forcedTransfer(from, to, amount, REF);
    }

    function test_force_moves_units_of_a_frozen_expired_and_denied_holder() public {
        freeze(alice);
        expire(alice);
        deny(alice);
        vm.startPrank(agent);
        token.pause();
        token.setLockUp(START + 1);
        vm.stopPrank();
        _force(alice, bob, 1_000);
        same(token.balanceOf(bob), 1_000, "bob");
        yes(token.isFrozen(alice), "the account freeze stays");
    }

    function test_force_logs_the_act_with_its_paper() public {
        vm.expectEmit(address(token));
        emit IERC7943Fungible.ForcedTransfer(alice, bob, 1);
        vm.expectEmit(address(token));
        emit IAssetToken.Acted(REF, agent, bytes4(keccak256("forcedTransfer(address,address,uint256,bytes32)")));
        _force(alice, bob, 1);
        vm.expectEmit(address(token));
        emit IAssetToken.Acted(0, agent, bytes4(0x9fc1d0e7));
        vm.prank(agent);
        yes(token.forcedTransfer(alice, bob, 1), "answer");
    }

    function test_force_lowers_the_freeze_exactly_and_logs_it_first() public {
        freezeAmount(alice, 700);
        vm.recordLogs();
        _force(alice, bob, 450); // 300 free, 150 frozen
        Vm.Log[] memory logs = vm.getRecordedLogs();
        uint256 frozen = indexOf(logs, FROZEN, 0);
        yes(frozen < indexOf(logs, TRANSFER, 0), "Frozen before Transfer");
        same(abi.decode(logs[frozen].data, (uint256)), 550, "Frozen");
        same(token.getFrozenTokens(alice), 550, "frozen");
        same(token.balanceOf(alice), 550, "alice");
    }

    function test_force_within_the_free_units_leaves_the_freeze() public {
        freezeAmount(alice, 700);
        vm.recordLogs();
        _force(alice, bob, 300);
        same(count(vm.getRecordedLogs(), FROZEN), 0, "Frozen");
        same(token.getFrozenTokens(alice), 700, "frozen");
    }

    function testFuzz_force_and_burn_take_from_the_freeze_what_is_not_free(uint256 frozen, uint256 amount, bool burn)
        public
    {
        uint256 x = within(amount, 0, 1_000);
        freezeAmount(alice, frozen);
        uint256 free = frozen < 1_000 ? 1_000 - frozen : 0;
        if (burn) {
            vm.prank(agent);
            token.burn(alice, x);
        } else {
            _force(alice, bob, x);
        }
        same(token.balanceOf(alice), 1_000 - x, "balance");
        same(token.getFrozenTokens(alice), frozen - (x > free ? x - free : 0), "frozen");
        same(token.explain(alice, bob, 1) == 0, token.balanceOf(alice) > token.getFrozenTokens(alice), "partly");
    }

    function test_force_to_oneself_leaves_the_freeze() public {
        freezeAmount(alice, 1_000);
        _force(alice, alice, 1_000);
        same(token.getFrozenTokens(alice), 1_000, "frozen");
        same(token.balanceOf(alice), 1_000, "alice");
    }

    function test_force_is_refused_when_the_receiver_cannot_receive() public {
        _refused(stranger, Verdict.TO_IDENTITY);
        expire(bob);
        _refused(bob, Verdict.TO_EXPIRED);
        freeze(carol);
        _refused(carol, Verdict.TO_FROZEN);
        deny(carol2); // the same investor
        _refused(carol, Verdict.TO_FROZEN | Verdict.TO_DENIED);
    }

    function _refused(address to, uint256 verdict) private {
        no(token.canReceive(to), "canReceive");
        same(token.explainMovement(Kind.Force, alice, to, 1), verdict, "verdict");
        vm.expectRevert(abi.encodeWithSelector(IERC7943Fungible.ERC7943CannotReceive.selector, to));
        _force(alice, to, 1);
    }

    function test_force_and_burn_need_the_balance_and_no_halt() public {
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, alice, 1_000, 1_001));
        _force(alice, bob, 1_001);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, address(0)));
        _force(alice, address(0), 1);
        halt();
        vm.expectRevert();
        _force(alice, bob, 1);
        vm.expectRevert();
        vm.prank(agent);
        token.burn(alice, 1);
    }

    function test_burn_takes_frozen_units_and_logs_the_freeze_first() public {
        freezeAmount(alice, 1_000);
        vm.recordLogs();
        vm.prank(agent);
        token.burn(alice, 1_000);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        yes(indexOf(logs, FROZEN, 0) < indexOf(logs, TRANSFER, 0), "Frozen before Transfer");
        same(token.totalSupply(), 0, "supply");
        same(token.getFrozenTokens(alice), 0, "frozen");
    }
}
