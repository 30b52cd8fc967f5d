// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {
    Fixture,
    IAssetToken,
    IAssetTokenControl,
    IERC20Errors,
    IERC7943Fungible,
    IPowers,
    Mode,
    Power,
    Vm
} from "./Fixture.sol";

contract RecoveryTest is Fixture {
    address private immutable _recoverer = actor("recoverer");
    address private immutable _new = actor("new wallet");

    function setUp() public override {
        super.setUp();
        give(carol, 1_000);
        vm.prank(issuer);
        token.grantPowers(_recoverer, Power.RECOVER);
    }

    function _recover(address lost, address to) private returns (bool) {
        address investor = registry.identity(lost);
        vm.prank(_recoverer);
        return token.recoveryAddress(lost, to, investor, REF);
    }

    function _invalid(address lost, address to) private {
        address investor = registry.identity(lost);
        vm.expectRevert(abi.encodeWithSelector(IAssetTokenControl.RecoveryInvalid.selector, lost, to));
        vm.prank(_recoverer);
        token.recoveryAddress(lost, to, investor);
    }

    // ---------------------------------------------------------------------------------------------- linked wallet

    function test_recover_to_a_linked_wallet_happens_at_once() public {
        vm.expectEmit(address(token));
        emit IAssetTokenControl.RecoverySuccess(carol, carol2, investorOf(carol));
        vm.expectEmit(address(token));
        emit IAssetToken.Acted(
            REF, _recoverer, bytes4(keccak256("recoveryAddress(address,address,address,bytes32)"))
        );
        yes(_recover(carol, carol2), "answer");
        same(token.balanceOf(carol), 0, "lost");
        same(token.balanceOf(carol2), 1_000, "new");
        same(token.totalSupply(), 1_000, "supply");
    }

    function test_recover_takes_the_freezes_along() public {
        freezeAmount(carol, 700);
        freezeAmount(carol2, 50);
        freeze(carol);
        vm.recordLogs();
        _recover(carol, carol2);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        bytes32 frozen = keccak256("Frozen(address,uint256)");
        uint256 moved = indexOf(logs, TRANSFER, 0);
        yes(indexOf(logs, frozen, 0) < moved && moved < indexOf(logs, frozen, moved), "lifted, moved, laid on");
        same(token.getFrozenTokens(carol), 0, "amount of the lost one");
        same(token.getFrozenTokens(carol2), 750, "amount of the new one");
        yes(token.isFrozen(carol), "no recovery lifts an account freeze");
        yes(token.isFrozen(carol2), "account");
    }

    function testFuzz_recover_conserves_balances_and_frozen_amounts(uint256 a, uint256 b, uint256 x, uint256 y) public {
        (a, b, x, y) = (within(a, 0, CAP / 4), within(b, 0, CAP / 4), within(x, 0, CAP), within(y, 0, CAP));
        give(carol, a);
        give(carol2, b);
        freezeAmount(carol, x);
        freezeAmount(carol2, y);
        _recover(carol, carol2);
        same(token.balanceOf(carol), 0, "lost");
        same(token.balanceOf(carol2), 1_000 + a + b, "new");
        same(token.getFrozenTokens(carol), 0, "frozen of the lost one");
        same(token.getFrozenTokens(carol2), x + y, "frozen of the new one");
        uint256 free = token.balanceOf(carol2) > x + y ? token.balanceOf(carol2) - x - y : 0;
        same(token.explain(carol2, bob, free), 0, "free units move");
        no(token.explain(carol2, bob, free + 1) == 0, "frozen ones do not");
    }

    function test_recover_works_for_an_expired_investor_while_paused_and_locked() public {
        vm.startPrank(agent);
        token.pause();
        token.setMode(Mode.PrimaryOnly);
        token.setLockUp(START + 100);
        vm.stopPrank();
        expire(carol);
        yes(_recover(carol, carol2), "answer");
    }

    function test_recover_is_refused_in_a_halt() public {
        halt();
        address investor = investorOf(carol);
        vm.expectRevert(
            abi.encodeWithSelector(IERC7943Fungible.ERC7943CannotTransfer.selector, carol, carol2, 1_000)
        );
        vm.prank(_recoverer);
        token.recoveryAddress(carol, carol2, investor);
    }

    // -------------------------------------------------------------------------------------------------- refusals

    function test_recover_refuses_places_that_are_no_wallet() public {
        _invalid(carol, address(registry));
        _invalid(carol, carol);
        address investor = investorOf(carol);
        address[2] memory nowhere = [address(0), address(token)];
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, nowhere[i]));
            vm.prank(_recoverer);
            token.recoveryAddress(carol, nowhere[i], investor);
        }
    }

    function test_recover_refuses_another_investors_wallet() public {
        _invalid(carol, bob);
        _recover(carol, _new);
        admit(registry, _new, RETAIL, US); // under an investor of its own
        vm.warp(START + 1 days);
        _invalid(carol, _new);
    }

    function test_recover_refuses_another_investor_than_the_registry_names() public {
        address other = investorOf(bob);
        vm.expectRevert(abi.encodeWithSelector(IAssetTokenControl.RecoveryInvalid.selector, carol, carol2));
        vm.prank(_recoverer);
        token.recoveryAddress(carol, carol2, other);
    }

    function test_recover_refuses_a_frozen_or_denied_receiver() public {
        freeze(carol2);
        address investor = investorOf(carol);
        vm.expectRevert(abi.encodeWithSelector(IERC7943Fungible.ERC7943CannotReceive.selector, carol2));
        vm.prank(_recoverer);
        token.recoveryAddress(carol, carol2, investor);
    }

    function test_recover_and_admit_are_never_in_one_hand() public {
        vm.prank(issuer);
        token.grantPowers(admitter, Power.RECOVER); // the token alone cannot know
        address investor = investorOf(carol);
        vm.expectRevert(
            abi.encodeWithSelector(IPowers.PowersInvalid.selector, Power.ADMIT | Power.RECOVER)
        );
        vm.prank(admitter);
        token.recoveryAddress(carol, carol2, investor);
        vm.prank(issuer);
        registry_().revokePowers(admitter, Power.ADMIT);
        vm.prank(admitter);
        yes(token.recoveryAddress(carol, carol2, investor), "without admit");
    }

    function registry_() private view returns (IPowers) {
        return IPowers(address(registry));
    }

    function test_recover_needs_its_power() public {
        address investor = investorOf(carol);
        expectPowerMissing(agent, Power.RECOVER);
        vm.prank(agent);
        token.recoveryAddress(carol, carol2, investor);
    }

    // --------------------------------------------------------------------------------------------------- the delay

    function test_recover_to_an_unknown_wallet_is_proposed_and_waits_a_day() public {
        vm.expectEmit(address(token));
        emit IAssetTokenControl.RecoveryProposed(carol, _new, START + 1 days);
        no(_recover(carol, _new), "only proposed");
        same(token.balanceOf(carol), 1_000, "nothing moved");
        (address to, uint256 readyAt) = token.pendingRecovery(carol);
        same(to, _new, "to");
        same(readyAt, START + 1 days, "ready");
        vm.warp(START + 1 days - 1);
        address investor = investorOf(carol);
        vm.expectRevert(
            abi.encodeWithSelector(IAssetTokenControl.RecoveryNotReady.selector, carol, START + 1 days)
        );
        vm.prank(_recoverer);
        token.recoveryAddress(carol, _new, investor);
        vm.warp(START + 1 days);
        yes(_recover(carol, _new), "done");
        same(token.balanceOf(_new), 1_000, "new");
        (, readyAt) = token.pendingRecovery(carol);
        same(readyAt, 0, "nothing pending");
    }

    function test_recover_at_once_when_the_wallet_is_linked_in_the_meantime() public {
        _recover(carol, _new);
        vm.prank(admitter);
        registry.link(carol, _new);
        yes(_recover(carol, _new), "done");
        (, uint256 readyAt) = token.pendingRecovery(carol);
        same(readyAt, 0, "nothing pending");
    }

    function test_recover_to_another_wallet_starts_the_delay_anew() public {
        _recover(carol, _new);
        vm.warp(START + 1 days - 1);
        no(_recover(carol, stranger), "proposed anew");
        vm.warp(START + 1 days);
        no(_recover(carol, _new), "and anew");
        same(token.balanceOf(carol), 1_000, "nothing moved");
    }

    function test_recover_from_a_wallet_that_the_registry_forgot_waits() public {
        vm.prank(admitter);
        registry.remove(carol2);
        give2(carol2);
        no(_recover(carol2, carol), "proposed");
        vm.warp(START + 1 days);
        yes(_recover(carol2, carol), "done");
        same(token.balanceOf(carol), 1_005, "carol");
    }

    /// Units that a wallet holds which the registry does not know.
    function give2(address wallet) private {
        vm.prank(admitter);
        registry.link(carol, wallet);
        give(wallet, 5);
        vm.prank(admitter);
        registry.remove(wallet);
    }

    function test_recover_is_cancelled_by_the_lost_wallet_an_admit_or_a_pause_agent() public {
        address[3] memory may = [carol, admitter, agent];
        for (uint256 i = 0; i < may.length; ++i) {
            _recover(carol, _new);
            vm.expectEmit(address(token));
            emit IAssetTokenControl.RecoveryCancelled(carol, _new);
            vm.prank(may[i]);
            token.cancelRecovery(carol, REF);
            vm.warp(block.timestamp + 1 days);
            no(_recover(carol, _new), "proposed anew");
            vm.prank(may[i]);
            token.cancelRecovery(carol, REF);
        }
        _recover(carol, _new);
        address[4] memory mayNot = [stranger, _recoverer, approver, issuer];
        for (uint256 i = 0; i < mayNot.length; ++i) {
            expectPowerMissing(mayNot[i], Power.PAUSE);
            vm.prank(mayNot[i]);
            token.cancelRecovery(carol, REF);
        }
    }

    function test_cancel_needs_a_proposal() public {
        vm.expectRevert(abi.encodeWithSelector(IAssetTokenControl.RecoveryNotReady.selector, carol, 0));
        vm.prank(carol);
        token.cancelRecovery(carol, REF);
    }

    function test_the_lost_wallet_can_still_move_its_units_in_the_delay() public {
        _recover(carol, _new);
        move(carol, bob, 1_000);
        vm.warp(START + 1 days);
        _recover(carol, _new);
        same(token.balanceOf(_new), 0, "nothing left");
    }
}
