// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IAssetToken} from "../../contracts/interfaces/IAssetToken.sol";
import {IERC7943Fungible} from "../../contracts/interfaces/IERC7943.sol";
import {Symbolic} from "./Symbolic.sol";

/// @notice What acts of authority do, to the unit, and what stops them.
contract AuthorityProperties is Symbolic {
    /// Shows: a forced transfer moves its amount and lowers the frozen amount by exactly what was not free
    /// Bound: any two balances, frozen amount and amount; one call
    function check_force_lowers_the_freeze_by_what_was_not_free(uint128 a, uint128 b, uint256 frozen, uint256 amount) public {
        _give(alice, a, bob, b);
        freezeAmount(alice, frozen);
        bool ok = _try(agent, abi.encodeCall(IERC7943Fungible.forcedTransfer, (alice, bob, amount)));
        assert(ok == (amount <= a));
        assert(token.balanceOf(alice) == (ok ? a - amount : a));
        assert(token.balanceOf(bob) == (ok ? b + amount : b));
        assert(token.totalSupply() == uint256(a) + b);
        _checkFreeze(a, frozen, ok ? amount : 0);
    }

    /// Shows: a burn ends its amount, lowers the supply by it, and the frozen amount as a forced transfer does
    /// Bound: any two balances, frozen amount and amount; one call
    function check_burn_lowers_the_freeze_by_what_was_not_free(uint128 a, uint128 b, uint256 frozen, uint256 amount) public {
        _give(alice, a, bob, b);
        freezeAmount(alice, frozen);
        bool ok = _try(agent, abi.encodeWithSignature("burn(address,uint256,bytes32)", alice, amount, REF));
        assert(ok == (amount <= a));
        assert(token.balanceOf(alice) == (ok ? a - amount : a));
        assert(token.balanceOf(bob) == b);
        assert(token.totalSupply() == uint256(a) + b - (ok ? amount : 0));
        _checkFreeze(a, frozen, ok ? amount : 0);
    }

    function _checkFreeze(uint256 balance, uint256 frozen, uint256 taken) private view {
        uint256 free = frozen < balance ? balance - frozen : 0;
        uint256 left = token.getFrozenTokens(alice);
        assert(left == (taken > free ? frozen - (taken - free) : frozen));
        // A freeze within the balance stays within it.
        if (frozen <= balance) assert(left <= token.balanceOf(alice));
    }

    /// Shows: a forced transfer to the same account changes neither balance nor freeze
    /// Bound: any balance, frozen amount and amount; one call
    function check_force_to_the_same_account_changes_nothing(uint128 a, uint256 frozen, uint256 amount) public {
        give(alice, a);
        freezeAmount(alice, frozen);
        _try(agent, abi.encodeCall(IERC7943Fungible.forcedTransfer, (alice, alice, amount)));
        assert(token.balanceOf(alice) == a && token.getFrozenTokens(alice) == frozen && token.totalSupply() == a);
    }

    /// Shows: a mint adds its amount to one balance and to the supply, and never beyond the cap
    /// Bound: any cap, balance, amount and third account; one call
    function check_mint_adds_to_one_balance_and_never_beyond_the_cap(uint128 cap, uint128 a, uint256 amount, address third)
        public
    {
        vm.assume(third != bob && cap != type(uint128).max);
        vm.prank(agent);
        token.setCap(cap);
        vm.assume(a <= cap);
        give(alice, a);
        uint256 before = token.balanceOf(third);
        bool ok = _try(agent, abi.encodeWithSignature("mint(address,uint256)", bob, amount));
        assert(ok == (amount <= uint256(cap) - a));
        assert(token.totalSupply() == (ok ? a + amount : a) && token.totalSupply() <= token.cap());
        assert(token.balanceOf(bob) == (ok ? amount : 0));
        assert(token.balanceOf(third) == before);
    }

    /// Shows: the cap never falls below the supply
    /// Bound: any supply and new cap; one call
    function check_cap_never_below_the_supply(uint128 a, uint128 cap) public {
        give(alice, a);
        _try(agent, abi.encodeWithSignature("setCap(uint128)", cap));
        assert(token.cap() >= token.totalSupply());
    }

    /// Shows: a paper is redeemed once, whoever holds and whatever the amounts
    /// Bound: any ref, two balances and amounts, either holder the second time; two calls
    function check_a_ref_is_redeemed_once(bytes32 ref, uint128 a, uint128 b, uint256 x, uint256 y, bool same) public {
        _give(alice, a, bob, b);
        bool first = _try(agent, abi.encodeCall(IAssetToken.redeem, (alice, x, ref)));
        assert(first == (ref != 0 && x <= a));
        assert(token.refConsumed(ref) == first);
        if (!first) return;
        assert(!_try(agent, abi.encodeCall(IAssetToken.redeem, (same ? alice : bob, y, ref))));
        assert(token.totalSupply() == uint256(a) + b - x);
    }

    /// Shows: freezing sets the amount of one account and moves no unit
    /// Bound: any account, amount and balance; one call
    function check_freezing_moves_nothing(uint128 a, address account, uint256 amount, address third) public {
        vm.assume(third != account);
        give(alice, a);
        freezeAmount(account, amount);
        assert(token.getFrozenTokens(account) == amount && token.getFrozenTokens(third) == 0);
        assert(token.balanceOf(alice) == a && token.totalSupply() == a);
    }

    /// Shows: in a halt no door moves a unit, not even the agent's
    /// Bound: any balance and amount, every door that moves units but orders, the agent holding every power; one call
    function check_a_halt_stops_every_door(uint128 a, uint256 amount, uint8 door) public {
        give(alice, a);
        halt();
        address who = door % 2 == 0 ? alice : agent;
        bool ok = _try(who, _movement(door, amount));
        assert(!ok);
        assert(token.balanceOf(alice) == a && token.balanceOf(bob) == 0 && token.totalSupply() == a);
    }

    /// Shows: a pause stops holders and their spenders, for every amount
    /// Bound: any balance and amount, transfer and transferFrom; two calls
    function check_a_pause_stops_holders(uint128 a, uint256 amount) public {
        give(alice, a);
        vm.prank(alice);
        token.approve(bob, type(uint256).max);
        vm.prank(agent);
        token.pause();
        assert(!_try(alice, abi.encodeCall(IERC20.transfer, (bob, amount))));
        assert(!_try(bob, abi.encodeCall(IERC20.transferFrom, (alice, bob, amount))));
    }

    function _movement(uint8 door, uint256 amount) private view returns (bytes memory) {
        vm.assume(door < 14);
        if (door < 2) return abi.encodeCall(IERC20.transfer, (bob, amount));
        if (door < 4) return abi.encodeCall(IAssetToken.redeem, (alice, amount, REF));
        if (door < 6) return abi.encodeCall(IERC7943Fungible.forcedTransfer, (alice, bob, amount));
        if (door < 8) return abi.encodeWithSignature("mint(address,uint256)", alice, amount);
        if (door < 10) return abi.encodeWithSignature("burn(address,uint256)", alice, amount);
        if (door < 12) return abi.encodeWithSignature("burn(address,uint256,bytes32)", alice, amount, REF);
        return abi.encodeCall(IERC20.transferFrom, (alice, bob, amount));
    }
}
