// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {Claimer, Oracle} from "./Contracts.sol";
import {IAssetToken, IRuleBook, Kind, RuleBookFixture, TokenTerms, Verdict} from "./Fixture.sol";
import {ICompliance} from "../../contracts/interfaces/ICompliance.sol";

/// @notice Each rule of the rule book at its edges.
contract RulesTest is RuleBookFixture {
    function setUp() public override {
        super.setUp();
        vm.prank(issuer);
        book.setMaxUnits(0);
        give(alice, 100);
    }

    function _issue(address to, uint256 amount) private view returns (uint256) {
        return token.explainMovement(Kind.Issue, address(0), to, amount);
    }

    function _redemption(address from, uint256 amount) private view returns (uint256) {
        return token.explainMovement(Kind.Redeem, from, address(0), amount);
    }

    // -------------------------------------------------------------------------------------------- denomination

    function test_denomination_holds_but_not_against_redeeming_everything() public {
        vm.prank(agent);
        book.setDenomination(30);
        same(_issue(bob, 31), Verdict.DENOMINATION, "issue");
        same(_redemption(alice, 10), Verdict.DENOMINATION, "redeem");
        vm.expectRevert();
        redeem(alice, 10);
        move(alice, bob, 60);
        same(_redemption(alice, 40), 0, "everything");
        redeem(alice, 40);
        same(token.balanceOf(alice), 0, "gone");
        same(book.unitsOf(investorOf(alice)), 0, "counted");
    }

    function test_denomination_of_eighteen_decimals_fits() public {
        vm.prank(agent);
        book.setDenomination(125_000e18);
        same(book.denomination(), 125_000e18, "denomination");
        vm.expectRevert(abi.encodeWithSelector(IRuleBook.LimitInvalid.selector));
        vm.prank(issuer);
        book.setDenomination(1e18 + 1);
    }

    // ----------------------------------------------------------------------------------------- minimum holding

    function test_minimum_counts_over_all_wallets_and_lets_one_leave() public {
        give(carol, 60);
        vm.prank(agent);
        book.setMinimumHolding(50);
        expectRefused(alice, bob, 51, Verdict.MINIMUM_HOLDING); // 49 stay
        expectRefused(alice, bob, 49, Verdict.MINIMUM_HOLDING); // 49 arrive
        move(alice, bob, 50);
        move(carol, carol2, 59); // one investor
        same(_issue(carol2, 1), 0, "has enough in all");
        same(_redemption(carol2, 58), Verdict.MINIMUM_HOLDING, "a part");
        same(_redemption(carol2, 59), 0, "all of a wallet");
        same(token.explainMovement(Kind.Redeem, carol2, carol2, 58), Verdict.MINIMUM_HOLDING, "whoever is named");
        redeem(carol2, 59);
        redeem(carol, 1);
        move(alice, bob, 50);
        same(book.holders(), 1, "bob alone");
    }

    // ------------------------------------------------------------------------------------------------- holders

    function test_holders_counts_investors_not_wallets_and_one_may_take_the_place_of_another() public {
        give(carol, 10);
        give(carol2, 10);
        same(book.holders(), 2, "alice, carol");
        vm.prank(agent);
        book.setMaxHolders(2);
        expectRefused(alice, bob, 99, Verdict.HOLDERS);
        same(_issue(bob, 1), Verdict.HOLDERS, "issue");
        move(alice, bob, 100);
        same(book.holders(), 2, "bob, carol");
        move(carol, bob, 10);
        expectRefused(bob, alice, 1, Verdict.HOLDERS); // carol2 still holds
        redeem(carol2, 10);
        move(bob, alice, 1);
    }

    function test_holders_in_a_country_follow_the_investor_s_country() public {
        vm.startPrank(agent);
        book.setMaxHoldersIn(HK, 1);
        book.setMaxHoldersIn(CH, 1);
        vm.stopPrank();
        same(_issue(venue, 1), Verdict.HOLDERS_COUNTRY, "a second one in HK");
        give(bob, 5);
        expectRefused(alice, venue, 99, Verdict.HOLDERS_COUNTRY);
        expectRefused(bob, venue, 5, Verdict.HOLDERS_COUNTRY); // makes room elsewhere
        vm.prank(admitter);
        registry.setStanding(alice, US, RETAIL, VALID, "file");
        same(book.holdersIn(HK), 0, "left");
        same(book.holdersIn(US), 1, "arrived");
        give(venue, 1);
        same(book.holdersIn(HK), 1, "one");
    }

    function test_holders_follow_removed_and_linked_wallets() public {
        vm.startPrank(admitter);
        registry.remove(alice);
        same(book.holders(), 0, "nobody's");
        registry.link(carol, alice);
        vm.stopPrank();
        same(book.holders(), 1, "carol's");
        same(book.holdersIn(US), 1, "where carol is");
        give(carol, 5);
        same(book.unitsOf(investorOf(carol)), 105, "both wallets");
        vm.prank(admitter);
        registry.remove(alice);
        same(book.unitsOf(investorOf(carol)), 5, "one wallet");
    }

    // ------------------------------------------------------------------------------------------------ velocity

    function test_velocity_counts_all_wallets_of_an_investor_within_a_window() public {
        give(carol, 50);
        give(carol2, 50);
        vm.prank(agent);
        book.setVelocity(40, 1 days);
        move(carol, carol2, 50); // within himself
        move(carol2, bob, 30);
        same(book.spentBehind(carol), 30, "spent");
        expectRefused(carol2, bob, 11, Verdict.VELOCITY);
        move(carol2, bob, 10);
        redeem(carol2, 5); // not a move
        vm.warp((block.timestamp / 1 days + 1) * 1 days - 1);
        expectRefused(carol2, bob, 1, Verdict.VELOCITY);
        vm.warp(block.timestamp + 1);
        move(carol2, bob, 40);
    }

    function test_velocity_follows_an_investor_who_gets_a_second_wallet() public {
        vm.prank(agent);
        book.setVelocity(40, 1 days);
        move(alice, bob, 40);
        vm.prank(admitter);
        registry.link(alice, stranger);
        move(alice, stranger, 60);
        expectRefused(stranger, bob, 1, Verdict.VELOCITY);
        expectRefused(alice, bob, 1, Verdict.VELOCITY | Verdict.BALANCE);
    }

    function test_velocity_that_is_off_counts_nothing() public {
        move(alice, bob, 40);
        same(book.spentBehind(alice), 0, "never on");
        vm.prank(agent);
        book.setVelocity(40, 1 days);
        move(alice, bob, 30);
        same(book.spentBehind(alice), 30, "on");
        vm.prank(issuer);
        book.setVelocity(0, 0);
        move(alice, bob, 20);
        same(book.spentBehind(alice), 0, "off");
    }

    // ------------------------------------------------------------------------------------------ holding period

    function test_holding_holds_the_whole_wallet_from_the_last_issue() public {
        vm.prank(agent);
        book.setHoldingPeriod(10);
        expectRefused(alice, bob, 1, Verdict.HOLDING_PERIOD); // issued before: counts as issued now
        redeem(alice, 1);
        vm.warp(START + 10);
        move(alice, bob, 1);
        give(alice, 1);
        expectRefused(alice, bob, 1, Verdict.HOLDING_PERIOD);
        move(bob, carol, 1); // nothing was issued to him
        vm.warp(START + 20);
        move(alice, bob, 99);
        same(book.heldUntil(alice), START + 20, "until");
    }

    /// Nobody waits for units that were never out: where none is, only what is issued from then on is held.
    function test_holding_set_before_the_first_unit_holds_only_what_is_issued() public {
        redeem(alice, 99);
        uint256 before = vm.snapshotState();
        vm.prank(agent);
        book.setHoldingPeriod(10);
        same(book.heldUntil(alice), START + 10, "one unit is out, nobody knows since when");
        vm.revertToState(before);
        redeem(alice, 1);
        vm.prank(agent);
        book.setHoldingPeriod(10);
        same(book.heldUntil(bob), 0, "not held");
        give(alice, 5);
        vm.prank(agent);
        token.forcedTransfer(alice, bob, 5, REF);
        move(bob, carol, 5); // nothing was issued to him
    }

    // ----------------------------------------------------------------------------------------------- sanctions

    function test_sanctions_are_asked_live_and_fail_closed() public {
        Oracle oracle = new Oracle();
        vm.prank(agent);
        book.setSanctionsOracle(address(oracle));
        move(alice, bob, 1);
        oracle.list(alice, true);
        expectRefused(alice, bob, 0, Verdict.SANCTIONS);
        same(_issue(alice, 1), Verdict.SANCTIONS, "issue");
        same(_redemption(alice, 1), 0, "redeem");
        oracle.list(alice, false);
        for (uint8 mood = 1; mood < 4; ++mood) {
            oracle.set(Oracle.Mood(mood));
            expectRefused(alice, bob, 1, Verdict.SANCTIONS);
            same(_redemption(alice, 1), 0, "redeem");
        }
        vm.expectRevert(abi.encodeWithSelector(IRuleBook.NotAllowed.selector, agent));
        vm.prank(agent);
        book.setSanctionsOracle(address(0));
        vm.prank(issuer);
        book.setSanctionsOracle(address(0));
        move(alice, bob, 1);
    }

    function test_sanctions_ask_of_the_receiver_at_the_door() public {
        Oracle oracle = new Oracle();
        oracle.list(bob, true);
        vm.prank(agent);
        book.setSanctionsOracle(address(oracle));
        expectRefused(alice, bob, 1, Verdict.SANCTIONS);
        vm.expectRevert();
        give(bob, 1);
    }

    function test_plain_rules_name_every_reason_together() public {
        Oracle oracle = new Oracle();
        oracle.list(bob, true);
        vm.startPrank(agent);
        book.setDenomination(10);
        book.setHoldingPeriod(1 days);
        book.setSanctionsOracle(address(oracle));
        vm.stopPrank();
        give(alice, 10);
        expectRefused(alice, bob, 5, Verdict.DENOMINATION | Verdict.HOLDING_PERIOD | Verdict.SANCTIONS);
    }

    // -------------------------------------------------------------------------------------- who may set what

    function test_tightening_needs_the_rules_power_and_loosening_the_owner() public {
        bytes[2][7] memory pairs = [
            [abi.encodeCall(book.setMaxUnits, (900)), abi.encodeCall(book.setMaxUnits, (901))],
            [abi.encodeCall(book.setMinimumHolding, (9)), abi.encodeCall(book.setMinimumHolding, (8))],
            [abi.encodeCall(book.setMaxHolders, (9)), abi.encodeCall(book.setMaxHolders, (10))],
            [abi.encodeCall(book.setMaxHoldersIn, (HK, 9)), abi.encodeCall(book.setMaxHoldersIn, (HK, 0))],
            [abi.encodeCall(book.setVelocity, (9, 10)), abi.encodeCall(book.setVelocity, (9, 11))],
            [abi.encodeCall(book.setHoldingPeriod, (9)), abi.encodeCall(book.setHoldingPeriod, (8))],
            [abi.encodeCall(book.setDenomination, (4)), abi.encodeCall(book.setDenomination, (2))]
        ];
        for (uint256 i = 0; i < pairs.length; ++i) {
            _may(issuer, pairs[i][0], false);
            _may(agent, pairs[i][0], true);
            _may(agent, pairs[i][1], false);
            _may(stranger, pairs[i][0], false);
            _may(issuer, pairs[i][1], true);
        }
        vm.expectRevert(abi.encodeWithSelector(IRuleBook.LimitInvalid.selector));
        vm.prank(issuer);
        book.setVelocity(1, 0);
    }

    function _may(address who, bytes memory call, bool may) private {
        vm.prank(who);
        (bool ok, bytes memory answer) = address(book).call(call);
        same(ok, may, "may");
        if (!may) yes(bytes4(answer) == IRuleBook.NotAllowed.selector, "not allowed");
    }

    /// What changes nothing tightens nothing.
    function test_the_same_limit_again_is_the_owner_s() public {
        bytes[7] memory limits = [
            abi.encodeCall(book.setMaxUnits, (900)),
            abi.encodeCall(book.setMinimumHolding, (9)),
            abi.encodeCall(book.setMaxHolders, (9)),
            abi.encodeCall(book.setMaxHoldersIn, (HK, 9)),
            abi.encodeCall(book.setVelocity, (9, 10)),
            abi.encodeCall(book.setHoldingPeriod, (9)),
            abi.encodeCall(book.setDenomination, (4))
        ];
        for (uint256 i = 0; i < limits.length; ++i) {
            _may(agent, limits[i], true);
            _may(agent, limits[i], false);
            _may(issuer, limits[i], true);
        }
    }

    // ---------------------------------------------------------------------------------------------- ERC-3643

    function test_compliance_of_ERC3643_is_answered() public {
        ICompliance c = ICompliance(address(book));
        yes(c.isTokenBound(address(token)), "bound");
        no(c.isTokenBound(address(this)), "another");
        same(c.getTokenBound(), address(token), "token");
        c.bindToken(address(token));
        vm.expectRevert(abi.encodeWithSelector(IRuleBook.NotTheToken.selector, address(this)));
        c.bindToken(address(this));
        vm.expectRevert(abi.encodeWithSelector(IRuleBook.NotAllowed.selector, address(token)));
        c.unbindToken(address(token));
        vm.prank(agent);
        book.setMaxUnits(120);
        no(c.canTransfer(alice, bob, 121), "too many");
        yes(c.canTransfer(alice, bob, 100), "fits");
        no(c.canTransfer(address(0), alice, 21), "issue");
        vm.expectRevert(abi.encodeWithSelector(IRuleBook.NotTheToken.selector, address(this)));
        c.created(alice, 1);
        vm.startPrank(address(token));
        c.created(bob, 20);
        c.transferred(alice, bob, 100);
        same(book.unitsOf(investorOf(bob)), 120, "counted");
        vm.expectRevert(abi.encodeWithSelector(IRuleBook.Refused.selector, Verdict.MAX_UNITS));
        c.created(bob, 1);
        c.destroyed(bob, 120);
        same(book.unitsOf(investorOf(bob)), 0, "counted");
        vm.stopPrank();
    }
}

/// @notice A rule book that starts with a rule without counters, in a token that lives already.
contract LateRulesTest is RuleBookFixture {
    function terms() internal view override returns (TokenTerms memory t) {
        t = super.terms();
        t.maxUnitsPerInvestor = 0;
    }

    function setUp() public override {
        super.setUp();
        give(alice, 100);
        book = IRuleBook(Clones.cloneWithImmutableArgs(factory.ruleBookImplementation(), abi.encodePacked(token)));
        book.initialize(address(registry), 0);
        _put(address(book));
    }

    function _put(address at) private {
        vm.prank(issuer);
        token.setCompliance(at);
        vm.warp(block.timestamp + DELAY);
        vm.prank(issuer);
        token.applyCompliance();
    }

    function test_late_rule_without_counters_needs_no_preset() public {
        yes(book.armed(), "nothing to count");
        vm.prank(agent);
        book.setDenomination(10);
        expectRefused(alice, bob, 11, Verdict.DENOMINATION);
        move(alice, bob, 20);
        redeem(alice, 80);
        same(book.unitsOf(investorOf(bob)), 0, "nothing counted");
    }

    function test_late_rule_that_counts_needs_a_halt_and_a_preset_of_everything() public {
        vm.expectRevert(abi.encodeWithSelector(IRuleBook.NotHalted.selector));
        vm.prank(agent);
        book.setMaxHolders(1);
        halt();
        vm.prank(agent);
        book.setMaxHolders(1);
        vm.prank(issuer);
        token.unhalt(REF);
        no(book.armed(), "must be preset");
        expectRefused(alice, bob, 1, Verdict.COMPLIANCE);
        redeem(alice, 1);
        presetAll();
        same(book.holders(), 1, "counted");
        same(book.holdersIn(HK), 1, "counted");
        same(book.unitsOf(investorOf(alice)), 99, "counted");
        expectRefused(alice, bob, 1, Verdict.HOLDERS);
    }

    /// Nothing is counted, but the clock of an issue is: the book weighs it as the view does.
    function test_late_rule_of_a_clock_asks_of_whom_an_issue_reaches() public {
        Oracle oracle = new Oracle();
        oracle.list(bob, true);
        vm.startPrank(agent);
        book.setHoldingPeriod(10);
        book.setSanctionsOracle(address(oracle));
        vm.stopPrank();
        same(token.explainMovement(Kind.Issue, address(0), bob, 1), Verdict.SANCTIONS, "view");
        vm.expectRevert();
        give(bob, 1);
    }

    /// A rule book that fails: Issue and Move stop, a redemption goes on, whatever rule might have spoken.
    function test_a_failing_rule_book_stops_no_redemption() public {
        Claimer claimer = new Claimer(address(token));
        _put(address(claimer));
        claimer.fail();
        same(token.explainMovement(Kind.Redeem, alice, address(0), 1), 0, "redeem");
        expectRefused(alice, bob, 1, Verdict.COMPLIANCE);
        vm.expectEmit(address(token));
        emit IAssetToken.ComplianceHookFailed(IRuleBook.moved.selector, address(claimer));
        redeem(alice, 1);
        same(token.balanceOf(alice), 99, "redeemed");
    }
}
