// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Fixture, IAssetToken, IERC20Errors, IERC7943Fungible, Mode, Verdict} from "./Fixture.sol";

contract MoveTest is Fixture {
    function setUp() public override {
        super.setUp();
        give(alice, 1_000);
    }

    function test_transfer_moves_units_and_logs_them() public {
        vm.expectEmit(address(token));
        emit IERC20.Transfer(alice, bob, 400);
        vm.prank(alice);
        yes(token.transfer(bob, 400), "answer");
        same(token.balanceOf(alice), 600, "alice");
        same(token.balanceOf(bob), 400, "bob");
        same(token.totalSupply(), 1_000, "supply");
    }

    function test_transfer_names_the_refusal() public {
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, alice, 1_000, 1_001));
        move(alice, bob, 1_001);
        vm.expectRevert(abi.encodeWithSelector(IERC7943Fungible.ERC7943CannotReceive.selector, stranger));
        move(alice, stranger, 1);
        vm.expectRevert(abi.encodeWithSelector(IERC7943Fungible.ERC7943CannotSend.selector, stranger));
        move(stranger, alice, 0);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, address(0)));
        move(alice, address(0), 1);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, address(token)));
        move(alice, address(token), 1);
        vm.prank(agent);
        token.setMode(Mode.PrimaryOnly);
        vm.expectRevert(abi.encodeWithSelector(IERC7943Fungible.ERC7943CannotTransfer.selector, alice, bob, 1));
        move(alice, bob, 1);
    }

    function test_transfer_to_oneself_changes_nothing() public {
        move(alice, alice, 1_000);
        same(token.balanceOf(alice), 1_000, "alice");
        expectRefused(alice, alice, 1_001, Verdict.BALANCE);
        freezeAmount(alice, 400);
        move(alice, alice, 600);
        expectRefused(alice, alice, 601, Verdict.FROZEN_AMOUNT);
        same(token.getFrozenTokens(alice), 400, "frozen");
    }

    function test_transfer_of_zero_passes_the_same_checks_and_changes_nothing() public {
        uint256 from = token.recordOf(alice);
        uint256 to = token.recordOf(bob);
        vm.expectEmit(address(token));
        emit IERC20.Transfer(alice, bob, 0);
        move(alice, bob, 0);
        same(token.recordOf(alice), from, "from");
        same(token.recordOf(bob), to, "to");
        expectRefused(alice, stranger, 0, Verdict.TO_IDENTITY);
        freeze(bob);
        expectRefused(alice, bob, 0, Verdict.TO_FROZEN);
    }

    function test_transferFrom_spends_the_allowance() public {
        vm.prank(alice);
        token.approve(stranger, 300);
        vm.prank(stranger); // a spender needs no identity
        token.transferFrom(alice, bob, 200);
        same(token.allowance(alice, stranger), 100, "left");
        same(token.explainFrom(stranger, alice, bob, 101), Verdict.ALLOWANCE, "verdict");
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, stranger, 100, 101));
        vm.prank(stranger);
        token.transferFrom(alice, bob, 101);
    }

    function test_transferFrom_never_lowers_the_largest_allowance() public {
        vm.prank(alice);
        token.approve(stranger, type(uint256).max);
        vm.prank(stranger);
        token.transferFrom(alice, bob, 1_000);
        same(token.allowance(alice, stranger), type(uint256).max, "left");
    }

    function test_transferFrom_of_a_refused_transfer_spends_nothing() public {
        vm.prank(alice);
        token.approve(stranger, 300);
        freeze(bob);
        vm.expectRevert(abi.encodeWithSelector(IERC7943Fungible.ERC7943CannotReceive.selector, bob));
        vm.prank(stranger);
        token.transferFrom(alice, bob, 200);
        same(token.allowance(alice, stranger), 300, "left");
    }

    function test_transferFrom_by_oneself_needs_an_allowance_too() public {
        same(token.explainFrom(alice, alice, bob, 1), Verdict.ALLOWANCE, "verdict");
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, alice, 0, 1));
        vm.prank(alice);
        token.transferFrom(alice, bob, 1);
    }

    function test_transferFrom_refuses_a_frozen_or_denied_spender() public {
        vm.prank(alice);
        token.approve(carol, 300);
        freeze(carol);
        _spenderRefused(Verdict.SPENDER_FROZEN);
        deny(carol);
        _spenderRefused(Verdict.SPENDER_FROZEN | Verdict.SPENDER_DENIED);
        vm.prank(agent);
        token.setAddressFrozen(carol, false);
        _spenderRefused(Verdict.SPENDER_DENIED);
    }

    function _spenderRefused(uint256 verdict) private {
        same(token.explainFrom(carol, alice, bob, 1), verdict, "verdict");
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidSpender.selector, carol));
        vm.prank(carol);
        token.transferFrom(alice, bob, 1);
    }

    function test_batchTransfer_equals_single_transfers() public {
        (address[] memory to, uint256[] memory amounts) = _batch();
        vm.prank(alice);
        token.batchTransfer(to, amounts);
        same(token.balanceOf(alice), 400, "alice");
        same(token.balanceOf(bob), 400, "bob");
        same(token.balanceOf(carol), 200, "carol");
    }

    /// Words of storage and refusals, over receivers who are good, refused, twice in the list or the sender himself.
    function testFuzz_I25_batchTransfer_is_its_single_transfers(uint256 seed, bool limited) public {
        address[7] memory whom = [bob, carol, alice, stranger, venue, address(0), address(token)];
        (address[] memory to, uint256[] memory amounts) = (new address[](4), new uint256[](4));
        for (uint256 i = 0; i < 4; ++i) {
            to[i] = whom[(seed >> (i * 16)) % (seed & 64 == 0 ? 3 : 7)];
            amounts[i] = (seed >> (i * 16 + 8)) % 300;
        }
        if (limited) {
            vm.prank(agent);
            token.setFrozenTokens(alice, 400);
        }
        uint256 before = vm.snapshotState();
        vm.prank(alice);
        (bool ok, bytes memory said) = address(token).call(abi.encodeCall(token.batchTransfer, (to, amounts)));
        uint256[5] memory batch = _words();
        vm.revertToState(before);
        for (uint256 i = 0; i < 4; ++i) {
            vm.prank(alice);
            (bool each, bytes memory reason) = address(token).call(abi.encodeCall(token.transfer, (to[i], amounts[i])));
            if (each) continue;
            yes(!ok && keccak256(said) == keccak256(reason), "the same refusal");
            return;
        }
        yes(ok && keccak256(abi.encode(batch)) == keccak256(abi.encode(_words())), "the same words");
    }

    function _words() private view returns (uint256[5] memory words) {
        address[5] memory accounts = [alice, bob, carol, venue, stranger];
        for (uint256 i = 0; i < 5; ++i) {
            words[i] = token.recordOf(accounts[i]);
        }
    }

    function test_batchTransfer_is_all_or_nothing() public {
        (address[] memory to, uint256[] memory amounts) = _batch();
        freeze(carol);
        vm.expectRevert(abi.encodeWithSelector(IERC7943Fungible.ERC7943CannotReceive.selector, carol));
        vm.prank(alice);
        token.batchTransfer(to, amounts);
        same(token.balanceOf(alice), 1_000, "alice");
    }

    function test_batchTransfer_does_not_spend_a_unit_twice() public {
        (address[] memory to, uint256[] memory amounts) = _batch();
        amounts[2] = 601;
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, alice, 600, 601));
        vm.prank(alice);
        token.batchTransfer(to, amounts);
    }

    function test_batchTransfer_refuses_lists_of_unequal_length() public {
        (address[] memory to,) = _batch();
        vm.expectRevert(abi.encodeWithSelector(IAssetToken.LengthMismatch.selector));
        vm.prank(alice);
        token.batchTransfer(to, new uint256[](2));
    }

    function _batch() private view returns (address[] memory to, uint256[] memory amounts) {
        (to, amounts) = (new address[](3), new uint256[](3));
        (to[0], to[1], to[2]) = (bob, carol, bob);
        (amounts[0], amounts[1], amounts[2]) = (200, 200, 200);
    }

    function test_transfer_from_an_expired_holder_is_refused() public {
        expire(alice);
        expectRefused(alice, bob, 1, Verdict.FROM_EXPIRED);
        vm.warp(VALID + 1);
        expectRefused(alice, bob, 1, Verdict.FROM_EXPIRED | Verdict.TO_EXPIRED);
    }

    function test_transfer_passes_up_to_the_last_valid_second() public {
        vm.warp(VALID);
        move(alice, bob, 1);
        vm.warp(VALID + 1);
        expectRefused(alice, bob, 1, Verdict.FROM_EXPIRED | Verdict.TO_EXPIRED);
    }

    function test_transfer_every_failing_rule_is_named_at_once() public {
        freeze(alice);
        deny(bob);
        expire(bob);
        vm.startPrank(agent);
        token.pause();
        token.setMode(Mode.VenueOnly);
        token.setLockUp(START + 1);
        token.setFrozenTokens(alice, 900);
        vm.stopPrank();
        expectRefused(
            alice,
            bob,
            1_001,
            Verdict.PAUSED | Verdict.FROM_FROZEN | Verdict.TO_DENIED | Verdict.TO_EXPIRED | Verdict.MODE
                | Verdict.LOCK_UP | Verdict.FROZEN_AMOUNT | Verdict.BALANCE
        );
    }
}
