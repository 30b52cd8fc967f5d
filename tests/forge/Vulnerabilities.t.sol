// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Hostile} from "./Contracts.sol";
import {Fixture, IAssetToken, IPowers, IToken, Kind, Order, Power, RuleBookFixture, Verdict, Vm} from "./Fixture.sol";
import {Merkle} from "./Merkle.sol";

/// @notice The classes of vulnerabilities found in tokens of this kind, V-1 to V-24, each with a named test.
///
///         Elsewhere: V-17 (salt not bound to caller and configuration) Factory.t.sol; V-23 (statement without chain or
///         expiry) Attestation.t.sol; V-24 (single-step ownership) Powers.t.sol.
///
///         Not applicable while nothing is paid out and nothing is distributed:
///         V-9  payout liquidity in two buckets, a price bounded in one contract only: no payout, no price
///         V-12  a payment token assumed to have 18 decimals: no payment token
///         V-20  payment tokens that lie, re-enter or black-list: no payment token
///         V-21  snapshots or dividends counted twice: no snapshots, no dividends
contract VulnerabilitiesTest is Fixture {
    uint256 private constant _OWNER_KEY = 0x0712;

    function setUp() public override {
        super.setUp();
        give(alice, 1_000);
    }

    /// Frozen above the balance: no view underflows.
    function test_V01_more_frozen_than_there_is() public {
        freezeAmount(alice, type(uint256).max);
        same(token.explain(alice, bob, 1), Verdict.FROZEN_AMOUNT, "nothing is free");
        same(token.explain(alice, bob, 0), 0, "nothing moves");
        no(token.canTransfer(alice, bob, 1), "view");
        vm.prank(agent);
        token.forcedTransfer(alice, bob, 1_000);
        same(token.getFrozenTokens(alice), type(uint256).max - 1_000, "what was taken");
    }

    /// Force to the same account is no way to melt a freeze.
    function test_V02_a_forced_transfer_to_oneself_lifts_no_freeze() public {
        freezeAmount(alice, 900);
        vm.prank(agent);
        token.forcedTransfer(alice, alice, 1_000);
        same(token.getFrozenTokens(alice), 900, "frozen");
        same(token.balanceOf(alice), 1_000, "balance");
    }

    /// Every batch refuses what its single act refuses.
    function test_V03_no_batch_skips_a_check() public {
        freeze(bob);
        (address[] memory one, uint256[] memory amounts) = (new address[](1), new uint256[](1));
        (address[] memory from, bool[] memory flags) = (new address[](1), new bool[](1));
        (one[0], amounts[0], from[0], flags[0]) = (bob, 1, alice, true);
        vm.expectRevert();
        vm.prank(alice);
        token.batchTransfer(one, amounts);
        bytes[3] memory calls = [
            abi.encodeWithSignature("batchMint(address[],uint256[])", one, amounts),
            abi.encodeWithSignature("batchForcedTransfer(address[],address[],uint256[])", from, one, amounts),
            abi.encodeWithSignature("batchBurn(address[],uint256[])", one, amounts) // he holds nothing
        ];
        for (uint256 i = 0; i < 3; ++i) {
            vm.prank(agent);
            (bool ok,) = address(token).call(calls[i]);
            no(ok, "passed");
        }
        vm.prank(alice); // nor the power
        (bool opened,) = address(token).call(abi.encodeWithSignature("batchSetAddressFrozen(address[],bool[])", one, flags));
        no(opened, "without the power");
    }

    /// Restricted on the way in, on the way across and on the way out.
    function test_V04_each_leg_is_checked() public {
        deny(alice);
        same(token.explainMovement(Kind.Issue, address(0), alice, 1), Verdict.TO_DENIED, "in");
        same(token.explain(alice, bob, 1), Verdict.FROM_DENIED, "across, sender");
        same(token.explain(bob, alice, 0), Verdict.TO_DENIED, "across, receiver");
        same(token.explainMovement(Kind.Redeem, alice, address(0), 1), Verdict.FROM_DENIED, "out");
        vm.expectRevert();
        redeem(alice, 1);
    }

    /// The one division there is, in the mint window, never rounds for him who mints.
    function test_V05_the_mint_window_rounds_against_who_mints() public {
        vm.prank(agent);
        token.setMintWindow(3, 10);
        give(bob, 3);
        for (uint256 t = 1; t <= 10; ++t) {
            vm.warp(START + t);
            (,, uint256 available) = token.mintWindow();
            same(available, 3 * t / 10, "whole units that ran out");
        }
    }

    /// Who signs a permit loses nothing when somebody else hands it in first; another chain is another domain.
    function test_V07_a_permit_handed_in_by_another_still_counts() public {
        address owner = vm.addr(_OWNER_KEY);
        admit(registry, owner, RETAIL, HK);
        give(owner, 10);
        bytes32 domain = token.DOMAIN_SEPARATOR();
        bytes32 kind = keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        bytes32 content = keccak256(abi.encode(kind, owner, bob, 10, 0, VALID));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_OWNER_KEY, keccak256(abi.encodePacked("\x19\x01", domain, content)));
        vm.prank(stranger);
        token.permit(owner, bob, 10, VALID, v, r, s);
        vm.expectRevert();
        token.permit(owner, bob, 10, VALID, v, r, s);
        vm.prank(bob);
        token.transferFrom(owner, bob, 10);
        same(token.balanceOf(bob), 10, "moved all the same");
        vm.chainId(1);
        no(token.DOMAIN_SEPARATOR() == domain, "fork");
    }

    /// Two orders never share an identity: rows approved under one id are nothing under another.
    function test_V10_an_order_s_rows_are_approved_under_its_id_alone() public {
        bytes32[] memory rows = new bytes32[](2);
        (rows[0], rows[1]) = (Merkle.row(alice, 1), Merkle.row(bob, 2));
        bytes32 root = Merkle.root(Merkle.leaves("first", rows, 2));
        bytes32[] memory none = new bytes32[](0);
        vm.startPrank(approver);
        token.openOrder(Order("first", root, "file", 2, 3, VALID));
        vm.expectRevert(abi.encodeWithSelector(IAssetToken.OrderExists.selector, bytes32("first")));
        token.openOrder(Order("first", "other", "file", 2, 3, VALID));
        token.openOrder(Order("second", root, "file", 2, 3, VALID)); // the same root, copied
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(IAssetToken.OrderRowsNotApproved.selector, bytes32("second"), 0));
        vm.prank(agent);
        token.issue("second", 0, rows, none, false);
        vm.prank(agent);
        token.issue("first", 0, rows, none, false);
        same(token.totalSupply(), 1_003, "once");
    }

    /// A blocked account's units can be burned and taken.
    function test_V11_a_blocked_account_is_not_out_of_reach() public {
        freeze(alice);
        deny(alice);
        expire(alice);
        vm.startPrank(agent);
        token.burn(alice, 400, REF);
        token.forcedTransfer(alice, bob, 600);
        vm.stopPrank();
        same(token.balanceOf(alice), 0, "alice");
        same(token.totalSupply(), 600, "supply");
    }

    /// A burn makes room under the cap, once.
    function test_V13_the_cap_follows_the_supply_through_burn_and_redemption() public {
        give(bob, CAP - 1_000);
        same(token.explainMovement(Kind.Issue, address(0), bob, 1), Verdict.CAP, "full");
        redeem(alice, 300);
        vm.prank(agent);
        token.burn(alice, 200);
        same(token.explainMovement(Kind.Issue, address(0), bob, 501), Verdict.CAP, "no unit more");
        give(bob, 500);
        same(token.totalSupply(), CAP, "full again");
    }

    /// Nobody is believed to be somebody else because an address stands at the end of a call.
    function test_V14_the_sender_is_who_sends() public {
        bytes memory call = abi.encodePacked(abi.encodeCall(token.transfer, (bob, 5)), alice);
        vm.prank(venue);
        (bool ok,) = address(token).call(call);
        no(ok, "moved with another's units");
        same(token.balanceOf(alice), 1_000, "alice");
        bytes[] memory calls = new bytes[](1);
        calls[0] = call;
        vm.prank(venue);
        (ok,) = address(token).call(abi.encodeWithSignature("multicall(bytes[])", calls));
        no(ok, "no multicall");
        vm.prank(venue); // through the other half neither
        (ok,) = address(token).call(abi.encodePacked(abi.encodeWithSignature("halt(bytes32)", REF), agent));
        no(ok, "halted with another's power");
    }

    /// No implementation can be taken into possession, nor does one move anything. More: I-24 in Factory.t.sol.
    function test_V15_implementations_belong_to_nobody() public {
        IToken hot = IToken(factory.tokenImplementation());
        IToken rare = IToken(hot.control());
        IToken[2] memory halves = [hot, rare];
        for (uint256 i = 0; i < 2; ++i) {
            same(halves[i].owner(), address(0), "owner");
            vm.expectRevert();
            vm.prank(stranger);
            halves[i].acceptOwnership();
            vm.expectRevert();
            vm.prank(agent);
            halves[i].mint(alice, 1);
        }
    }

    /// What the rare half writes it writes into the token. The layout itself: tests/contracts/test_two_halves.py.
    function test_V16_both_halves_keep_one_storage() public {
        vm.startPrank(issuer);
        token.grantPowers(bob, Power.FREEZE);
        token.transferOwnership(carol);
        vm.stopPrank();
        freezeAmount(alice, 7);
        same(token.getFrozenTokens(alice), 7, "read by the hot half");
        same(token.explain(alice, bob, 994), Verdict.FROZEN_AMOUNT, "and by its gate");
        IPowers rare = IPowers(token.control());
        same(rare.powersOf(bob), 0, "nothing in the rare half itself");
        same(rare.pendingOwner(), address(0), "nor this");
    }

    /// Neither who issues nor who raises goes beyond cap and window; the owner himself has no such power.
    function test_V18_no_single_key_makes_units_without_end() public {
        expectPowerMissing(issuer, Power.RAW_SUPPLY);
        vm.prank(issuer);
        token.mint(alice, 1);
        expectNotOwner(agent);
        vm.prank(agent);
        token.setCap(CAP + 1);
        vm.expectRevert(abi.encodeWithSelector(IAssetToken.CapExceeded.selector, CAP, 1_000, CAP));
        give(alice, CAP);
    }

    /// Six zeros too many: the window stops what the cap would let pass.
    function test_V19_a_slip_of_the_finger_hits_the_window() public {
        vm.prank(agent);
        token.setMintWindow(500, 1 days);
        vm.expectRevert(abi.encodeWithSelector(IAssetToken.MintWindowExceeded.selector, 500, 100_000));
        give(alice, 100_000);
        give(alice, 500);
    }

    /// He moved before the freeze arrived: the freeze of the receiver holds, and force brings the units back.
    function test_V22_units_moved_ahead_of_a_freeze_come_back() public {
        move(alice, bob, 1_000);
        freeze(alice);
        freeze(bob);
        vm.prank(agent);
        token.forcedTransfer(bob, venue, 1_000, REF);
        same(token.balanceOf(venue), 1_000, "in custody");
    }
}

contract VulnerableRulesTest is RuleBookFixture {
    /// Somebody else's dust neither starts a holding period nor stands in the way of leaving.
    function test_V06_dust_blocks_nobody() public {
        give(alice, 500);
        give(bob, 10);
        vm.prank(agent);
        book.setHoldingPeriod(1 days);
        vm.warp(START + 2 days);
        move(bob, alice, 1);
        same(token.explain(alice, venue, 501), 0, "no new period");
        vm.prank(agent);
        book.setDenomination(100);
        same(token.explain(alice, venue, 501), Verdict.DENOMINATION, "dust");
        redeem(alice, 501); // everything at once goes
        same(token.balanceOf(alice), 0, "left");
    }

    /// No minimum strands the rest: everything can always be redeemed.
    function test_V08_the_whole_remainder_can_be_redeemed() public {
        give(alice, 90);
        vm.startPrank(agent);
        book.setDenomination(50);
        vm.stopPrank();
        redeem(alice, 50);
        same(token.explainMovement(Kind.Redeem, alice, address(0), 30), Verdict.DENOMINATION, "a part");
        same(token.explainMovement(Kind.Redeem, alice, address(0), 40), 0, "the rest");
        redeem(alice, 40);
        same(token.totalSupply(), 0, "nothing stranded");
    }
}
