// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Claimer, Hostile} from "./Contracts.sol";
import {
    Fixture,
    IAssetToken,
    IAssetTokenControl,
    IIdentityRegistry,
    IToken,
    Power,
    TokenTerms,
    Verdict
} from "./Fixture.sol";
import {Config} from "../../contracts/token/Config.sol";
import {Record} from "../../contracts/token/Record.sol";

contract SlotsTest is Fixture {
    using Record for uint256;

    bytes32 private constant REGISTRY = "identityRegistry";
    bytes32 private constant COMPLIANCE = "compliance";
    IIdentityRegistry private _next;

    function setUp() public override {
        super.setUp();
        give(alice, 1_000);
        _next = newRegistry();
    }

    function _propose(address candidate) private {
        vm.prank(issuer);
        token.setIdentityRegistry(candidate);
    }

    function _apply() private {
        vm.prank(issuer);
        token.applyIdentityRegistry();
    }

    function test_registry_is_replaced_after_the_delay_only() public {
        vm.expectEmit(address(token));
        emit IAssetTokenControl.SlotProposed(REGISTRY, address(_next), START + DELAY);
        _propose(address(_next));
        same(token.identityRegistry(), address(registry), "not yet");
        vm.warp(START + DELAY - 1);
        vm.expectRevert(abi.encodeWithSelector(IAssetTokenControl.SlotNotReady.selector, REGISTRY, START + DELAY));
        _apply();
        vm.warp(START + DELAY);
        vm.expectEmit(address(token));
        emit IAssetTokenControl.EpochSet(2);
        vm.expectEmit(address(token));
        emit IAssetTokenControl.IdentityRegistryAdded(address(_next));
        _apply();
        same(token.identityRegistry(), address(_next), "applied");
        vm.expectRevert(abi.encodeWithSelector(IAssetTokenControl.SlotNotReady.selector, REGISTRY, 0));
        _apply();
    }

    function test_registry_replaced_makes_every_copy_stale_and_unbinds() public {
        same(token.recordOf(alice).copyEpoch(), 1, "copied");
        _replace(_next);
        same(token.explain(alice, bob, 1), Verdict.FROM_IDENTITY | Verdict.TO_IDENTITY, "verdict");
        admitAll(_next);
        move(alice, bob, 1);
        same(token.recordOf(alice).copyEpoch(), 0, "no copy before it is bound");
        bind(_next, token);
        move(alice, bob, 1);
        same(token.recordOf(alice).copyEpoch(), 2, "copy");
        vm.prank(issuer);
        registry.unbindToken(address(token));
        expire(alice); // the old registry's word counts no more
        move(alice, bob, 1);
    }

    function test_registry_still_bound_elsewhere_does_not_stop_a_push() public {
        (IToken second,) = newToken(terms(), "second");
        bind(registry, second);
        _replace(_next); // `token` is still on the old registry's list
        expire(alice);
        same(second.explain(alice, bob, 0), Verdict.FROM_EXPIRED, "second");
    }

    function test_registry_that_a_token_comes_back_to_can_bind_it_again() public {
        _replace(_next);
        _replace(registry);
        no(token.config() & Config.BOUND != 0, "asked live");
        bind(registry, token);
        yes(token.config() & Config.BOUND != 0, "bound");
        same(registry.boundTokens().length, 1, "once on the list");
        expire(alice);
        same(token.explain(alice, bob, 1), Verdict.FROM_EXPIRED, "verdict");
    }

    function _replace(IIdentityRegistry by) private {
        _propose(address(by));
        vm.warp(block.timestamp + DELAY);
        _apply();
    }

    function test_proposal_is_cancelled_by_a_pause_agent_or_the_owner() public {
        _propose(address(_next));
        expectPowerMissing(approver, Power.PAUSE);
        vm.prank(approver);
        token.cancelIdentityRegistry();
        vm.expectEmit(address(token));
        emit IAssetTokenControl.SlotCancelled(REGISTRY, address(_next));
        vm.prank(agent);
        token.cancelIdentityRegistry();
        vm.warp(START + DELAY);
        vm.expectRevert(abi.encodeWithSelector(IAssetTokenControl.SlotNotReady.selector, REGISTRY, 0));
        _apply();
        _propose(address(_next));
        vm.prank(issuer);
        token.cancelIdentityRegistry();
        (address candidate, uint256 readyAt) = token.pendingIdentityRegistry();
        same(candidate, address(0), "candidate");
        same(readyAt, 0, "readyAt");
    }

    function test_proposal_anew_starts_the_delay_anew() public {
        _propose(address(_next));
        vm.warp(START + DELAY - 1);
        _propose(address(newRegistry()));
        vm.warp(START + DELAY);
        vm.expectRevert(
            abi.encodeWithSelector(IAssetTokenControl.SlotNotReady.selector, REGISTRY, START + 2 * DELAY - 1)
        );
        _apply();
    }

    function test_proposal_needs_the_owner_and_a_fitting_contract() public {
        expectNotOwner(agent);
        vm.prank(agent);
        token.setIdentityRegistry(address(_next));
        expectNotOwner(agent);
        vm.prank(agent);
        token.applyIdentityRegistry();
        vm.expectRevert(abi.encodeWithSelector(IAssetTokenControl.SlotInvalid.selector, REGISTRY, stranger));
        _propose(stranger);
        vm.expectRevert(abi.encodeWithSelector(IAssetTokenControl.SlotInvalid.selector, REGISTRY, address(lens)));
        _propose(address(lens));
        vm.expectRevert(abi.encodeWithSelector(IAssetTokenControl.SlotInvalid.selector, COMPLIANCE, stranger));
        vm.prank(issuer);
        token.setCompliance(stranger);
    }

    function test_compliance_is_replaced_after_the_delay_and_logs_the_standard_event() public {
        Hostile hostile = new Hostile();
        hostile.set(Hostile.Temper.Refusing, address(0), "");
        vm.prank(issuer);
        token.setCompliance(address(hostile));
        move(alice, bob, 1);
        vm.warp(START + DELAY);
        vm.expectEmit(address(token));
        emit IAssetTokenControl.ComplianceAdded(address(hostile));
        vm.prank(issuer);
        token.applyCompliance();
        expectRefused(alice, bob, 1, Verdict.COMPLIANCE);
        vm.prank(issuer);
        token.setCompliance(address(0));
        vm.warp(START + 2 * DELAY);
        vm.prank(issuer);
        token.applyCompliance();
        move(alice, bob, 1);
    }

    function test_compliance_cancel() public {
        vm.prank(issuer);
        token.setCompliance(address(0));
        vm.expectEmit(address(token));
        emit IAssetTokenControl.SlotCancelled(COMPLIANCE, address(0));
        vm.prank(agent);
        token.cancelCompliance();
    }

    function test_compliance_refuses_a_rule_book_of_another_token() public {
        Claimer claimer = new Claimer(address(1));
        vm.prank(issuer);
        token.setCompliance(address(claimer));
        vm.warp(START + DELAY);
        vm.expectRevert(abi.encodeWithSelector(IAssetTokenControl.SlotInvalid.selector, COMPLIANCE, address(claimer)));
        vm.prank(issuer);
        token.applyCompliance();
    }

    // ----------------------------------------------------------------------------------------------- the delay

    function test_delay_is_a_day_at_least_outside_devnet() public {
        vm.chainId(177);
        TokenTerms memory t = terms();
        t.slotDelay = 1 days - 1;
        vm.expectRevert(
            abi.encodeWithSelector(IAssetTokenControl.SlotDelayTooShort.selector, uint256(1 days - 1), uint256(1 days))
        );
        this.make(t);
        vm.chainId(31337);
        this.make(t);
    }

    function test_delay_without_end_does_not_wrap_to_none() public {
        TokenTerms memory t = terms();
        t.slotDelay = type(uint40).max;
        token = this.make(t);
        uint256 never = uint256(START) + type(uint40).max;
        vm.expectRevert(abi.encodeWithSelector(IAssetTokenControl.SlotNotReady.selector, REGISTRY, never));
        _propose(address(_next));
    }

    function make(TokenTerms calldata t) external returns (IToken) {
        (address made,) = factory.createToken(t, "made");
        return IToken(made);
    }
}
