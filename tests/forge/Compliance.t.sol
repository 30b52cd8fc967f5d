// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Hostile} from "./Contracts.sol";
import {Fixture, IAssetToken, Kind, Order, Power, Verdict} from "./Fixture.sol";
import {Merkle} from "./Merkle.sol";
import {Laborious} from "./Stranger.sol";

/// @notice A stranger's compliance contract may refuse Issue and Move, by lying, failing or burning gas, and nothing else.
contract ComplianceTest is Fixture {
    Hostile private _hostile;

    function setUp() public override {
        super.setUp();
        give(alice, 1_000);
        _hostile = new Hostile();
        vm.startPrank(issuer);
        token.setCompliance(address(_hostile));
        vm.warp(START + DELAY);
        token.applyCompliance();
        vm.stopPrank();
    }

    function _be(Hostile.Temper temper) private {
        _hostile.set(temper, address(token), "");
    }

    function test_kind_it_is_told_of_every_movement_once() public {
        give(bob, 1);
        move(alice, bob, 1);
        redeem(alice, 1);
        vm.startPrank(agent);
        token.forcedTransfer(alice, bob, 1);
        token.burn(alice, 1);
        vm.stopPrank();
        same(_hostile.told(), 5, "told");
        move(alice, bob, 0);
        same(_hostile.told(), 5, "nothing moved");
    }

    function test_a_push_of_the_registry_is_no_news_to_it() public {
        vm.recordLogs();
        expire(alice);
        same(count(vm.getRecordedLogs(), IAssetToken.ComplianceHookFailed.selector), 0, "not asked, did not fail");
        no(registry.isVerified(alice), "revoked");
    }

    /// @dev A wallet that looks for the least gas with which an act passes must not find one that starves the hook.
    function test_no_act_passes_with_too_little_gas_for_its_hook() public {
        Laborious slow = new Laborious();
        vm.startPrank(issuer);
        token.setCompliance(address(slow));
        vm.warp(START + 2 * DELAY);
        token.applyCompliance();
        vm.stopPrank();
        uint256 told;
        uint256 refused;
        for (uint256 gas_ = 60_000; gas_ < 1_400_000; gas_ += 20_000) {
            vm.prank(agent);
            try token.forcedTransfer{gas: gas_}(alice, bob, 1) {
                same(slow.told(), ++told, "told");
            } catch {
                ++refused;
            }
        }
        yes(told > 5 && refused > 5, "both happened");
    }

    function test_refusing_stops_issue_and_move_only() public {
        _be(Hostile.Temper.Refusing);
        expectRefused(alice, bob, 1, Verdict.COMPLIANCE);
        same(token.explainMovement(Kind.Issue, alice, bob, 1), Verdict.COMPLIANCE, "issue");
        _othersPass(false);
    }

    function test_failing_stops_issue_and_move_only() public {
        _be(Hostile.Temper.Failing);
        vm.expectRevert(abi.encodeWithSelector(IAssetToken.ComplianceFailed.selector, address(_hostile)));
        move(alice, bob, 1);
        vm.expectRevert(abi.encodeWithSelector(IAssetToken.ComplianceFailed.selector, address(_hostile)));
        give(bob, 1);
        _othersPass(true);
    }

    function test_mute_is_a_refusal_in_every_view() public {
        _be(Hostile.Temper.Mute);
        expectRefused(alice, bob, 1, Verdict.COMPLIANCE);
        no(token.canTransfer(alice, bob, 1), "canTransfer");
        same(token.detectTransferRestriction(alice, bob, 1), 29, "1404");
        _othersPass(true);
    }

    function test_bombing_makes_no_view_revert_and_no_redemption_fail() public {
        _be(Hostile.Temper.Bombing);
        same(token.explain{gas: 5_000_000}(alice, bob, 1), Verdict.COMPLIANCE, "verdict");
        no(token.canTransfer{gas: 5_000_000}(alice, bob, 1), "canTransfer");
        _othersPass(true);
    }

    function test_greedy_stops_no_redemption() public {
        _be(Hostile.Temper.Greedy);
        _othersPass(true);
    }

    function _othersPass(bool failing) private {
        if (failing) _expectHookFailed(Hostile.destroyed.selector);
        vm.prank(agent);
        token.redeem{gas: 5_000_000}(alice, 1, "paper");
        if (failing) _expectHookFailed(Hostile.transferred.selector);
        vm.prank(agent);
        token.forcedTransfer{gas: 5_000_000}(alice, bob, 1);
        if (failing) _expectHookFailed(Hostile.destroyed.selector);
        vm.prank(agent);
        token.burn{gas: 5_000_000}(alice, 1);
    }

    function _expectHookFailed(bytes4 hook) private {
        vm.expectEmit(address(token));
        emit IAssetToken.ComplianceHookFailed(hook, address(_hostile));
    }

    // ---------------------------------------------------------------------------------------------- it calls back

    function test_entering_finds_the_units_where_they_went() public {
        _hostile.set(Hostile.Temper.Entering, address(token), abi.encodeCall(token.balanceOf, (alice)));
        move(alice, bob, 400);
        same(abi.decode(_hostile.entered(), (uint256)), 600, "balance seen from inside");
    }

    function test_entering_cannot_spend_an_allowance_twice() public {
        admit(registry, address(_hostile), VENUE, HK);
        vm.prank(alice);
        token.approve(address(_hostile), 400);
        // When told of the first 300, it takes 300 more.
        _hostile.set(
            Hostile.Temper.Entering, address(token), abi.encodeCall(token.transferFrom, (alice, bob, 300))
        );
        vm.prank(address(_hostile));
        token.transferFrom(alice, bob, 300);
        same(token.balanceOf(alice), 700, "once");
        same(token.allowance(alice, address(_hostile)), 100, "allowance");
    }

    /// Even with the issue power it cannot have a row issued again from inside.
    function test_entering_cannot_issue_the_same_row() public {
        _enterIssue(0);
        _expectOrder(1, 10);
        same(token.totalSupply(), 1_010, "supply");
    }

    function test_entering_issues_the_next_row_and_the_sum_stays_true() public {
        _enterIssue(1);
        _expectOrder(2, 30);
        same(token.totalSupply(), 1_030, "supply");
    }

    /// Issues row 0; from inside, the compliance contract issues row `inner`.
    function _enterIssue(uint256 inner) private {
        bytes32[] memory rows = new bytes32[](2);
        (rows[0], rows[1]) = (Merkle.row(alice, 10), Merkle.row(bob, 20));
        bytes32[] memory leaves = Merkle.leaves("order", rows, 1);
        vm.prank(approver);
        token.openOrder(Order("order", Merkle.root(leaves), "file", 2, 30, uint40(block.timestamp)));
        vm.prank(issuer);
        token.grantPowers(address(_hostile), Power.ISSUE);
        bytes memory call = abi.encodeCall(
            token.issue, ("order", inner, Merkle.chunk(rows, 1, inner), Merkle.proof(leaves, inner), false)
        );
        _hostile.set(Hostile.Temper.Entering, address(token), call);
        vm.prank(agent);
        token.issue("order", 0, Merkle.chunk(rows, 1, 0), Merkle.proof(leaves, 0), false);
    }

    function _expectOrder(uint256 nextRow, uint256 sum) private view {
        (,, uint256 next,, uint256 issued,,) = token.orderOf("order");
        same(next, nextRow, "cursor");
        same(issued, sum, "issued");
    }
}
