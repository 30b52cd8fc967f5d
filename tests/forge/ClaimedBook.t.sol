// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Fixture, Kind, Verdict} from "./Fixture.sol";

/// @notice Claims to be the rule book of a token and refuses everything it is asked or told, by every bit there is.
contract Naysayer {
    address public token;

    constructor(address token_) {
        token = token_;
    }

    function supportsInterface(bytes4 id) external pure returns (bool) {
        return id != 0xffffffff;
    }

    fallback() external {
        assembly {
            mstore(0, not(0))
            return(0, 32)
        }
    }
}

/// @notice What a rule book answers counts where a rule may refuse, by the bits of rules alone; it stops no act of authority.
contract ClaimedBookTest is Fixture {
    uint256 private constant _RULES = Verdict.DENOMINATION | Verdict.MINIMUM_HOLDING | Verdict.MAX_UNITS | Verdict.HOLDERS
        | Verdict.HOLDERS_COUNTRY | Verdict.VELOCITY | Verdict.HOLDING_PERIOD | Verdict.SANCTIONS | Verdict.COMPLIANCE;

    function setUp() public override {
        super.setUp();
        give(alice, 1_000);
        give(carol, 1_000);
        Naysayer naysayer = new Naysayer(address(token));
        vm.startPrank(issuer);
        token.setCompliance(address(naysayer));
        vm.warp(START + DELAY);
        token.applyCompliance();
        token.grantPowers(actor("recoverer"), 1 << 5);
        vm.stopPrank();
    }

    function test_it_refuses_by_the_bits_of_rules_alone() public {
        expectRefused(alice, bob, 1, _RULES);
        same(token.explainMovement(Kind.Issue, address(0), bob, 1), _RULES, "issue");
        same(
            token.explainMovement(Kind.Redeem, alice, address(0), 1),
            Verdict.DENOMINATION | Verdict.MINIMUM_HOLDING,
            "redeem"
        );
    }

    function test_it_stops_no_act_of_authority() public {
        vm.startPrank(agent);
        token.forcedTransfer(alice, bob, 10, REF);
        token.burn(alice, 10, REF);
        vm.stopPrank();
        vm.prank(actor("recoverer"));
        yes(token.recoveryAddress(carol, carol2, investorOf(carol)), "at once");
        same(token.balanceOf(alice), 980, "alice");
        same(token.balanceOf(bob), 10, "bob");
        same(token.balanceOf(carol2), 1_000, "carol");
    }
}
