// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {
    IIdentityRegistry,
    IRuleBook,
    Kind,
    RuleBookFixture,
    TokenTerms,
    Verdict
} from "./Fixture.sol";

/// @notice Most units of one investor over all his wallets, from the token's first day.
contract RuleBookTest is RuleBookFixture {
    function _units(address wallet) private view returns (uint256) {
        return book.unitsOf(investorOf(wallet));
    }

    function test_max_counts_over_two_wallets() public {
        give(carol, 600);
        give(carol2, 400);
        same(_units(carol), 1_000, "units");
        same(token.explainMovement(Kind.Issue, address(0), carol2, 1), Verdict.MAX_UNITS, "issue");
        vm.expectRevert();
        give(carol2, 1);
        give(alice, 1);
        expectRefused(alice, carol2, 1, Verdict.MAX_UNITS);
        redeem(carol, 600);
        same(_units(carol), 400, "units");
        move(alice, carol, 1);
    }

    function test_max_lets_an_investor_move_within_himself() public {
        give(carol, 1_000);
        move(carol, carol2, 700);
        move(carol2, carol2, 700);
        same(_units(carol), 1_000, "units");
        vm.prank(agent);
        book.setMaxUnits(500); // below what he holds
        move(carol2, carol, 700);
        same(token.balanceOf(carol), 1_000, "carol");
    }

    function test_max_lets_zero_pass_and_counts_forced_units() public {
        give(alice, 500);
        give(bob, 1_000);
        expectRefused(alice, bob, 1, Verdict.MAX_UNITS);
        move(alice, bob, 0);
        vm.prank(agent);
        token.forcedTransfer(alice, bob, 500, REF);
        same(_units(bob), 1_500, "told");
        same(_units(alice), 0, "told");
        move(bob, alice, 1_000);
        vm.prank(agent);
        token.burn(bob, 500);
        same(_units(bob), 0, "told");
    }

    function test_max_is_lowered_by_the_rules_power_and_raised_by_the_owner() public {
        vm.startPrank(agent);
        book.setMaxUnits(900);
        vm.expectRevert(abi.encodeWithSelector(IRuleBook.NotAllowed.selector, agent));
        book.setMaxUnits(901);
        vm.expectRevert(abi.encodeWithSelector(IRuleBook.NotAllowed.selector, agent));
        book.setMaxUnits(0);
        vm.stopPrank();
        vm.prank(issuer);
        book.setMaxUnits(0);
        give(alice, 5_000);
        vm.prank(agent);
        book.setMaxUnits(100);
        same(token.explainMovement(Kind.Issue, address(0), alice, 1), Verdict.MAX_UNITS, "verdict");
    }

    function test_only_the_token_tells() public {
        bytes memory error = abi.encodeWithSelector(IRuleBook.NotTheToken.selector, address(this));
        vm.expectRevert(error);
        book.moved(Kind.Move, alice, bob, 1);
        vm.expectRevert(error);
        book.rekeyed(alice, 1, alice, bob);
        vm.expectRevert(error);
        book.installed(address(registry));
        vm.expectRevert(error);
        book.registryReplaced(address(registry));
        vm.expectRevert(abi.encodeWithSelector(IRuleBook.AlreadyInitialised.selector));
        book.initialize(address(registry), 1);
    }

    // ------------------------------------------------------------------------------- wallets that change hands

    function test_rekey_a_removed_wallet_takes_its_units_along() public {
        give(carol2, 400);
        give(carol, 100);
        vm.prank(admitter);
        registry.remove(carol2);
        same(_units(carol), 100, "without the wallet");
        redeem(carol2, 100); // nobody's units
        same(_units(carol), 100, "unchanged");
        vm.prank(admitter);
        registry.link(bob, carol2);
        same(_units(bob), 300, "with the wallet");
        move(carol2, alice, 300);
        same(_units(bob), 0, "moved on");
        same(_units(alice), 300, "arrived");
    }

    function test_rekey_to_another_investor_in_two_steps() public {
        give(alice, 400);
        vm.prank(admitter);
        registry.remove(alice);
        admitAs(registry, alice, investorOf(bob), RETAIL, HK);
        same(_units(alice), 0, "old");
        same(_units(bob), 400, "new");
        same(token.explain(bob, alice, 0), 0, "one investor now");
    }

    // ------------------------------------------------------------------------------------------------- preset

    function test_B3_preset_is_needed_after_another_registry_and_arms_only_when_complete() public {
        give(alice, 400);
        give(carol2, 300);
        _replaceRegistry();
        no(book.armed(), "disarmed");
        same(token.explainMovement(Kind.Issue, address(0), bob, 1), Verdict.COMPLIANCE, "issue");
        expectRefused(alice, bob, 1, Verdict.COMPLIANCE);
        redeem(alice, 100); // redemption waits for nobody
        vm.expectRevert(abi.encodeWithSelector(IRuleBook.NotHalted.selector));
        vm.prank(agent);
        book.preset(sorted());
        halt();
        vm.prank(agent);
        book.preset(_one(alice < carol2 ? alice : carol2));
        no(book.armed(), "incomplete");
        vm.prank(agent);
        book.preset(_one(alice < carol2 ? carol2 : alice));
        yes(book.armed(), "complete");
        same(_units(alice), 300, "alice");
        same(_units(carol), 300, "carol");
    }

    function test_preset_wants_ascending_addresses() public {
        give(alice, 400);
        _replaceRegistry();
        halt();
        address[] memory twice = new address[](2);
        (twice[0], twice[1]) = (alice, alice);
        vm.expectRevert(abi.encodeWithSelector(IRuleBook.PresetOutOfOrder.selector, alice));
        vm.prank(agent);
        book.preset(twice);
        vm.expectRevert(abi.encodeWithSelector(IRuleBook.NotAllowed.selector, stranger));
        vm.prank(stranger);
        book.preset(twice);
    }

    function test_preset_counts_nothing_into_an_armed_book() public {
        give(alice, 400);
        halt();
        vm.expectRevert(abi.encodeWithSelector(IRuleBook.PresetOutOfOrder.selector, alice));
        vm.prank(agent);
        book.preset(_one(alice));
        same(_units(alice), 400, "counted once");
    }

    function test_preset_can_be_started_anew() public {
        give(alice, 400);
        halt();
        vm.prank(agent);
        book.startPreset();
        no(book.armed(), "disarmed");
        vm.prank(agent);
        book.preset(sorted());
        yes(book.armed(), "armed");
        same(_units(alice), 400, "counted once");
    }

    /// Units that move between two calls of a preset would be counted where they were.
    function test_preset_starts_anew_when_units_move_meanwhile() public {
        (address low, address high) = alice < bob ? (alice, bob) : (bob, alice);
        give(low, 400);
        give(high, 400);
        give(venue, 400);
        _replaceRegistry();
        halt();
        vm.prank(agent);
        book.preset(_one(low));
        vm.prank(issuer);
        token.unhalt(REF);
        vm.prank(agent);
        token.forcedTransfer(low, venue, 400, REF);
        halt();
        _expectPresetIsHonest();
    }

    /// A wallet that goes to another investor between two calls of a preset.
    function test_preset_starts_anew_when_a_wallet_changes_hands_meanwhile() public {
        give(alice, 400);
        give(bob, 400);
        IIdentityRegistry next = _replaceRegistry();
        halt();
        address low = alice < bob ? alice : bob;
        vm.prank(agent);
        book.preset(_one(low));
        vm.prank(admitter);
        next.remove(low);
        admitAs(next, low, investorOf(carol), RETAIL, HK);
        _expectPresetIsHonest();
    }

    function _expectPresetIsHonest() private {
        vm.prank(agent);
        book.preset(sorted());
        yes(book.armed(), "armed");
        address[] memory wallets = sorted();
        IIdentityRegistry now_ = IIdentityRegistry(token.identityRegistry());
        for (uint256 i = 0; i < wallets.length; ++i) {
            uint256 sum;
            for (uint256 k = 0; k < wallets.length; ++k) {
                if (now_.identity(wallets[k]) == now_.identity(wallets[i])) sum += token.balanceOf(wallets[k]);
            }
            same(book.unitsOf(now_.identity(wallets[i])), sum, "units");
        }
    }

    // ---------------------------------------------------------------------------------- only with a push behind it

    function test_book_does_not_arm_before_the_registry_pushes() public {
        (token, book) = newToken(terms(), "unbound");
        no(book.armed(), "no push, no count");
        same(token.explainMovement(Kind.Issue, address(0), alice, 1), Verdict.COMPLIANCE, "issue");
        bind(registry, token);
        yes(book.armed(), "armed");
        give(alice, 1_000);
        vm.prank(admitter);
        registry.remove(alice);
        same(_units(alice), 0, "told");
    }

    function test_book_binding_again_does_not_disarm() public {
        give(alice, 1);
        bind(registry, token);
        yes(book.armed(), "armed");
    }

    function _replaceRegistry() private returns (IIdentityRegistry next) {
        next = newRegistry();
        admitAll(next);
        vm.prank(issuer);
        token.setIdentityRegistry(address(next));
        vm.warp(block.timestamp + DELAY);
        vm.prank(issuer);
        token.applyIdentityRegistry();
        bind(next, token);
    }

    function _one(address wallet) private pure returns (address[] memory list) {
        list = new address[](1);
        list[0] = wallet;
    }
}

/// @notice A rule book put into a token that lives already.
contract LateRuleBookTest is RuleBookFixture {
    function terms() internal view override returns (TokenTerms memory t) {
        t = super.terms();
        t.maxUnitsPerInvestor = 0;
    }

    function test_late_book_made_before_the_first_unit_counts_what_came_since() public {
        book = _made(address(1)); // a wrong registry does no harm
        give(alice, 1_500);
        _install();
        no(book.armed(), "must be preset");
        presetAll();
        yes(book.armed(), "armed");
        same(book.unitsOf(investorOf(alice)), 1_500, "counted");
        expectRefused(alice, alice, 1_501, Verdict.BALANCE);
        move(alice, bob, 700);
        give(alice, 200);
        expectRefused(bob, alice, 1, Verdict.MAX_UNITS);
    }

    function test_late_book_preset_before_it_is_installed_counts_for_nothing() public {
        book = _made(address(registry));
        give(alice, 1_000);
        presetAll();
        yes(book.armed(), "armed, but not installed");
        move(alice, bob, 1_000); // the book is not told
        _install();
        no(book.armed(), "must be preset again");
    }

    function test_late_book_put_in_again_counts_anew() public {
        book = _made(address(1)); // a wrong registry does no harm
        give(alice, 1_000);
        _install();
        presetAll();
        _put(address(0));
        move(alice, bob, 1_000);
        give(alice, 1_000);
        _install();
        no(book.armed(), "must be preset again");
        presetAll();
        same(book.unitsOf(investorOf(alice)), 1_000, "alice");
        same(book.unitsOf(investorOf(bob)), 1_000, "bob");
    }

    function _made(address identities) private returns (IRuleBook made) {
        made = IRuleBook(Clones.cloneWithImmutableArgs(factory.ruleBookImplementation(), abi.encodePacked(token)));
        made.initialize(identities, MAX);
    }

    function _install() private {
        _put(address(book));
        same(book.identityRegistry(), address(registry), "the token's registry");
    }

    function _put(address at) private {
        vm.prank(issuer);
        token.setCompliance(at);
        vm.warp(block.timestamp + DELAY);
        vm.prank(issuer);
        token.applyCompliance();
    }
}
