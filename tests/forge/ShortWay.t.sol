// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IRuleBook, Kind, RuleBookFixture, Verdict} from "./Fixture.sol";

/// @notice A plain transfer under a limit of units alone takes a short way through the rule book. It says what the view
///         predicts, and does what the long way does.
contract ShortWayTest is RuleBookFixture {
    struct Seen {
        uint256 verdict;
        uint256[5] units;
        uint256 holders;
        uint256 holdersInHk;
    }

    function setUp() public override {
        super.setUp();
        give(alice, 600);
        give(bob, 500);
        give(carol, 200);
        give(carol2, 300); // carol's second wallet
        give(venue, 50);
        redeem(venue, 50); // heard of, holds nothing
    }

    function testFuzz_short_way_is_the_long_way(uint256 who, uint256 whom, uint256 amount, uint128 limit) public {
        address from = _party(who);
        address to = _party(whom);
        (uint256 has,) = book.unitsBehind(from);
        amount = within(amount, 0, from == stranger ? 700 : has);
        limit = uint128(within(limit, 0, 1_200));
        vm.prank(limit == 0 || limit >= MAX ? issuer : agent);
        book.setMaxUnits(limit);
        uint256 before = vm.snapshotState();
        Seen memory short = _moved(from, to, amount);
        vm.revertToState(before);
        vm.prank(agent);
        book.setMaxHolders(1_000); // one more rule, which refuses nothing here: the long way
        Seen memory long = _moved(from, to, amount);
        yes(keccak256(abi.encode(short)) == keccak256(abi.encode(long)), "short way is the long way");
    }

    function test_short_way_at_the_edges() public {
        vm.prank(agent);
        book.setMaxUnits(700);
        same(_moved(alice, bob, 201).verdict, Verdict.MAX_UNITS, "one too many");
        same(_moved(alice, bob, 200).verdict, 0, "just as many");
        same(book.unitsOf(investorOf(bob)), 700, "counted");
        vm.prank(agent);
        book.setMaxUnits(600);
        same(_moved(alice, bob, 0).verdict, 0, "nothing, to one who has too much");
        same(_moved(bob, bob, 5).verdict, 0, "to oneself");
        same(_moved(alice, carol, 201).verdict, Verdict.MAX_UNITS, "over both wallets");
        same(book.holders(), 3, "three hold");
        same(_moved(alice, venue, 400).verdict, 0, "everything, to one who had nothing");
        same(book.holders(), 3, "still three");
    }

    function test_short_way_is_the_token_s_alone() public {
        same(book.check(Kind.Move, alice, bob, 1), 0, "would pass");
        vm.expectRevert(abi.encodeWithSelector(IRuleBook.NotTheToken.selector, stranger));
        vm.prank(stranger);
        book.moved(Kind.Move, alice, bob, 1);
        same(book.unitsOf(investorOf(bob)), 500, "not counted");
    }

    function _moved(address from, address to, uint256 amount) private returns (Seen memory s) {
        uint256 predicted = book.check(Kind.Move, from, to, amount);
        vm.prank(address(token));
        s.verdict = book.moved(Kind.Move, from, to, amount);
        same(s.verdict, predicted, "as predicted");
        address[5] memory parties = [alice, bob, carol, venue, stranger];
        for (uint256 i = 0; i < 5; ++i) {
            (s.units[i],) = book.unitsBehind(parties[i]);
        }
        (s.holders, s.holdersInHk) = (book.holders(), book.holdersIn(HK));
    }

    function _party(uint256 seed) private view returns (address) {
        address[6] memory parties = [alice, bob, carol, carol2, venue, stranger];
        return parties[seed % 6];
    }
}
