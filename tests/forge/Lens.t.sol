// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Oracle} from "./Contracts.sol";
import {IAssetToken, Kind, Lens, Mode, RuleBookFixture, Verdict} from "./Fixture.sol";

contract LensTest is RuleBookFixture {
    function setUp() public override {
        super.setUp();
        give(alice, 1_000);
    }

    function _ask(Kind kind, address spender, address from, address to, uint256 amount)
        private
        view
        returns (uint256 verdict, Lens.Reason[] memory reasons)
    {
        return lens.explain(Lens.Question(IAssetToken(address(token)), kind, spender, from, to, amount));
    }

    function _expect(Lens.Reason memory r, uint256 rule, address account, uint256 have, uint256 need) private pure {
        same(uint256(1) << r.rule, rule, "rule");
        same(r.account, account, "account");
        same(r.have, have, "have");
        same(r.need, need, "need");
    }

    function test_lens_allowed_has_no_reasons() public view {
        (uint256 verdict, Lens.Reason[] memory r) = _ask(Kind.Move, alice, alice, bob, 1);
        same(verdict, 0, "verdict");
        same(r.length, 0, "reasons");
    }

    function test_lens_names_amounts() public {
        freezeAmount(alice, 900);
        vm.prank(alice);
        token.approve(stranger, 7);
        (uint256 verdict, Lens.Reason[] memory r) = _ask(Kind.Move, stranger, alice, bob, 1_001);
        same(verdict, token.explainFrom(stranger, alice, bob, 1_001), "verdict");
        same(r.length, 4, "reasons");
        _expect(r[0], Verdict.MAX_UNITS, bob, 0, MAX);
        _expect(r[1], Verdict.FROZEN_AMOUNT, alice, 100, 1_001);
        _expect(r[2], Verdict.BALANCE, alice, 1_000, 1_001);
        _expect(r[3], Verdict.ALLOWANCE, stranger, 7, 1_001);
    }

    function test_lens_names_who_and_what_of_the_identity() public {
        expire(carol);
        vm.startPrank(agent);
        token.setClasses(uint16(1 << RETAIL));
        token.setCountryList(true);
        vm.stopPrank();
        (, Lens.Reason[] memory r) = _ask(Kind.Move, alice, bob, carol2, 0);
        same(r.length, 4, "reasons");
        _expect(r[0], Verdict.TO_EXPIRED, carol2, 0, START);
        _expect(r[1], Verdict.FROM_COUNTRY, bob, CH, 0);
        _expect(r[2], Verdict.TO_COUNTRY, carol2, US, 0);
        _expect(r[3], Verdict.FROM_CLASS, bob, PROFESSIONAL, 0);
    }

    function test_lens_names_the_token_s_own_state() public {
        vm.startPrank(agent);
        token.setMode(Mode.VenueOnly);
        token.setLockUp(START + 9);
        token.setCap(1_000);
        token.pause();
        token.halt(REF);
        vm.stopPrank();
        (, Lens.Reason[] memory r) = _ask(Kind.Move, alice, alice, bob, 1);
        same(r.length, 4, "reasons");
        _expect(r[0], Verdict.HALTED, address(0), 0, 0);
        _expect(r[1], Verdict.PAUSED, address(0), 0, 0);
        _expect(r[2], Verdict.MODE, address(0), uint256(Mode.VenueOnly), 0);
        _expect(r[3], Verdict.LOCK_UP, address(0), START, START + 9);
        (, r) = _ask(Kind.Issue, address(0), address(0), bob, 1);
        same(r.length, 2, "reasons");
        _expect(r[1], Verdict.CAP, address(0), 1_000, 1_000);
    }

    function test_lens_names_the_classes_of_a_role_matrix() public {
        vm.prank(agent);
        token.setMode(Mode.RoleMatrix);
        vm.prank(issuer);
        token.setRoleMatrix(uint16(1 << ((RETAIL - 1) * 4 + VENUE - 1) | 1)); // retail to retail and venue
        (, Lens.Reason[] memory r) = _ask(Kind.Move, alice, alice, bob, 1);
        same(r.length, 1, "reasons");
        _expect(r[0], Verdict.MODE, alice, PROFESSIONAL, 1 << RETAIL | 1 << VENUE);
        (, r) = _ask(Kind.Move, bob, bob, alice, 0);
        same(r.length, 1, "reasons");
        _expect(r[0], Verdict.MODE, bob, RETAIL, 0);
        vm.etch(address(registry), hex"5f5ffd");
        (, r) = _ask(Kind.Move, bob, bob, stranger, 0);
        _expect(r[2], Verdict.MODE, bob, 0, 0); // a registry that fails says nothing, and the lens goes on
    }

    function test_lens_names_the_spender() public {
        freeze(carol);
        deny(carol);
        (, Lens.Reason[] memory r) = _ask(Kind.Move, carol, alice, bob, 0);
        same(r.length, 2, "reasons");
        _expect(r[0], Verdict.SPENDER_FROZEN, carol, 0, 0);
        _expect(r[1], Verdict.SPENDER_DENIED, carol, 0, 0);
    }

    function test_lens_names_what_the_rule_book_counts() public {
        give(venue, 1_000); // alice and he: two in HK
        vm.startPrank(agent);
        book.setDenomination(3);
        book.setMinimumHolding(995);
        book.setMaxHolders(2);
        book.setMaxHoldersIn(CH, 1);
        book.setVelocity(5, 1 days);
        book.setHoldingPeriod(77);
        vm.stopPrank();
        admit(registry, stranger, RETAIL, US);
        (, Lens.Reason[] memory r) = _ask(Kind.Move, alice, alice, stranger, 10);
        same(r.length, 5, "reasons");
        _expect(r[0], Verdict.DENOMINATION, address(0), 10, 3);
        _expect(r[1], Verdict.MINIMUM_HOLDING, alice, 990, 995);
        _expect(r[2], Verdict.HOLDERS, stranger, 2, 2);
        _expect(r[3], Verdict.VELOCITY, alice, 0, 5);
        _expect(r[4], Verdict.HOLDING_PERIOD, alice, START, START + 77);
        (, r) = _ask(Kind.Issue, address(0), address(0), stranger, 3);
        same(r.length, 2, "reasons");
        _expect(r[0], Verdict.MINIMUM_HOLDING, stranger, 3, 995);
    }

    function test_lens_names_holders_of_a_country_and_who_is_sanctioned() public {
        give(bob, 1_000);
        Oracle oracle = new Oracle();
        oracle.list(alice, true);
        vm.startPrank(agent);
        book.setMaxHoldersIn(CH, 1);
        book.setSanctionsOracle(address(oracle));
        vm.stopPrank();
        admit(registry, stranger, RETAIL, CH);
        (, Lens.Reason[] memory r) = _ask(Kind.Move, alice, alice, stranger, 1_000);
        same(r.length, 2, "reasons");
        _expect(r[0], Verdict.HOLDERS_COUNTRY, stranger, 1, 1);
        _expect(r[1], Verdict.SANCTIONS, alice, 0, 0);
    }
}
