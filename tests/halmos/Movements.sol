// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Mode} from "../../contracts/interfaces/Types.sol";
import {Symbolic} from "./Symbolic.sol";

/// @notice What no holder's movement can do, for every amount and balance.
contract MovementProperties is Symbolic {
    /// Shows: a transfer takes from one what it gives to the other, keeps the supply and touches no third account
    /// Bound: any two balances, amount and third account; one call
    function check_transfer_conserves(uint128 a, uint128 b, uint256 amount, address third) public {
        vm.assume(third != alice && third != bob);
        _give(alice, a, bob, b);
        uint256 before = token.balanceOf(third);
        bool ok = _try(alice, abi.encodeCall(IERC20.transfer, (bob, amount)));
        assert(ok == (amount <= a));
        assert(token.balanceOf(alice) == (ok ? a - amount : a));
        assert(token.balanceOf(bob) == (ok ? b + amount : b));
        assert(token.balanceOf(third) == before);
        assert(token.totalSupply() == uint256(a) + b);
    }

    /// Shows: nobody who is unknown to the registry receives, and nobody but the two parties changes
    /// Bound: any balance and amount; to a holder, an unknown account, nobody, the token or its registry; one call
    function check_transfer_to_anybody(uint128 a, uint256 amount, uint8 which) public {
        vm.assume(which < 5);
        address to = which == 0 ? bob : which == 1 ? stranger : which == 2 ? address(0) : address(token);
        if (which == 4) to = address(registry);
        give(alice, a);
        bool known = registry.isVerified(to);
        bool ok = _try(alice, abi.encodeCall(IERC20.transfer, (to, amount)));
        if (ok) assert(known && to != address(0) && to != address(token));
        assert(token.balanceOf(alice) == (ok ? a - amount : a));
        assert(token.balanceOf(to) == (ok ? amount : 0));
    }

    /// Shows: a transfer to oneself passes within the balance and changes nothing
    /// Bound: any balance and amount; one call
    function check_transfer_to_oneself_changes_nothing(uint128 a, uint256 amount) public {
        give(alice, a);
        bool ok = _try(alice, abi.encodeCall(IERC20.transfer, (alice, amount)));
        assert(ok == (amount <= a));
        assert(token.balanceOf(alice) == a && token.totalSupply() == a);
    }

    /// Shows: an allowance falls by exactly what was moved, the largest one never, and nobody moves beyond it
    /// Bound: any balance, allowance, amount and spender; one call
    function check_transferFrom_spends_the_allowance(uint128 a, uint256 allowed, uint256 amount, address spender) public {
        vm.assume(spender != address(0) && spender != alice);
        give(alice, a);
        vm.prank(alice);
        token.approve(spender, allowed);
        bool ok = _try(spender, abi.encodeCall(IERC20.transferFrom, (alice, bob, amount)));
        assert(ok == (amount <= allowed && amount <= a));
        uint256 left = ok && allowed != type(uint256).max ? allowed - amount : allowed;
        assert(token.allowance(alice, spender) == left);
        assert(token.balanceOf(bob) == (ok ? amount : 0));
    }

    /// Shows: approving sets one allowance and no other
    /// Bound: any two pairs of accounts and amounts; two calls
    function check_approve_sets_one_allowance(address a, address b, address c, address d, uint256 x, uint256 y) public {
        vm.assume(b != address(0) && d != address(0) && (a != c || b != d));
        vm.prank(a);
        token.approve(b, x);
        vm.prank(c);
        token.approve(d, y);
        assert(token.allowance(a, b) == x && token.allowance(c, d) == y);
    }

    /// Shows: the view and the door agree: `explain` answers 0 exactly when the transfer passes
    /// Bound: any balance and amount, a good, an unknown and an impossible receiver, with or without a freeze; one call
    function check_explain_is_what_transfer_does(uint128 a, uint256 amount, uint8 which, bool partly) public {
        vm.assume(which < 4);
        address to = which == 0 ? bob : which == 1 ? alice : which == 2 ? stranger : address(token);
        give(alice, a);
        if (partly) freezeAmount(alice, 400);
        uint256 verdict = token.explain(alice, to, amount);
        assert(_try(alice, abi.encodeCall(IERC20.transfer, (to, amount))) == (verdict == 0));
    }

    /// Shows: the same under the terms: lock-up, pause and mode
    /// Bound: any lock-up, each mode (no pair in the role matrix), with or without a pause; any balance and amount; one call
    function check_explain_is_what_transfer_does_under_terms(uint128 a, uint256 amount, uint40 until, uint8 mode, bool paused)
        public
    {
        vm.assume(mode < 4);
        give(alice, a);
        vm.prank(issuer);
        token.grantPowers(issuer, AGENT_POWERS);
        vm.startPrank(issuer);
        if (until != 0) token.setLockUp(until);
        if (mode == 1) token.setMode(Mode.PrimaryOnly);
        if (mode == 2) token.setMode(Mode.VenueOnly);
        if (mode == 3) token.setMode(Mode.RoleMatrix);
        if (paused) token.pause();
        vm.stopPrank();
        uint256 verdict = token.explain(alice, bob, amount);
        bool ok = _try(alice, abi.encodeCall(IERC20.transfer, (bob, amount)));
        assert(ok == (verdict == 0));
        assert(ok == (amount <= a && block.timestamp >= until && mode == 0 && !paused));
    }

    /// Shows: no holder moves more than balance less frozen amount, which may exceed the balance
    /// Bound: any frozen amount below 2^64 and any amount; a balance of 1,000,000; one call
    function check_a_holder_moves_only_what_is_free(uint64 frozen, uint256 amount) public {
        uint256 a = 1_000_000;
        give(alice, a);
        freezeAmount(alice, frozen);
        bool ok = _try(alice, abi.encodeCall(IERC20.transfer, (bob, amount)));
        if (frozen >= a) assert(ok == (amount == 0));
        else assert(ok == (amount <= a - frozen));
        assert(token.getFrozenTokens(alice) == frozen);
    }

    /// Shows: a frozen account neither sends, nor receives, nor moves for another
    /// Bound: any balance, amount and which of the three is frozen; three calls
    function check_a_frozen_account_takes_no_part(uint128 a, uint256 amount, uint8 which) public {
        vm.assume(which < 3);
        give(alice, a);
        vm.prank(alice);
        token.approve(carol, type(uint256).max);
        freeze(which == 0 ? alice : which == 1 ? bob : carol);
        assert(!_try(carol, abi.encodeCall(IERC20.transferFrom, (alice, bob, amount))));
        if (which < 2) assert(!_try(alice, abi.encodeCall(IERC20.transfer, (bob, amount))));
        assert(token.balanceOf(alice) == a && token.balanceOf(bob) == 0);
    }
}
