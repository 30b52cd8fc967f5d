// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IIdentityRegistry, Standing} from "./Fixture.sol";
import {HandlerMoves} from "./HandlerMoves.sol";
import {InvariantBase} from "./InvariantBase.sol";
import {Config} from "../../contracts/token/Config.sol";
import {Record} from "../../contracts/token/Record.sol";

/// @notice Counters, orders, limits, powers and slots: I-15 to I-20 and I-23. I-21 is in InvariantAttestation.t.sol, I-22 in
///         Powers.t.sol, I-24 in Factory.t.sol, I-25 in Batches.t.sol and Move.t.sol, I-26 in InvariantReplay.t.sol.
contract InvariantBooksTest is InvariantBase {
    using Record for uint256;
    using Config for uint256;

    function invariant_I15_every_counter_is_what_the_balances_say() public view {
        _checkCounters();
    }

    function invariant_I16_an_order_issued_no_more_than_its_rows_before_the_cursor() public view {
        for (uint256 i = 0; i < _handler.batches(); ++i) {
            HandlerMoves.Batch memory b = _handler.batch(i);
            (, uint256 rowCount, uint256 next, uint256 total, uint256 issued,,) = _token.orderOf(b.id);
            if (rowCount == 0) continue; // refused when it was opened
            same(rowCount, b.rows.length, "rows");
            yes(next <= rowCount, "cursor");
            uint256 approved;
            for (uint256 r = 0; r < next; ++r) {
                approved += uint96(uint256(b.rows[r]));
            }
            yes(issued <= approved && issued <= total, "no more than approved");
            same(issued, b.issued, "what the supply saw");
        }
    }

    function invariant_I17_each_row_is_credited_at_most_once_with_exactly_its_amount() public view {
        _unbroken(17);
    }

    function invariant_I18_an_order_that_ended_never_changes_nor_comes_back() public view {
        _unbroken(18);
        for (uint256 i = 0; i < _handler.batches(); ++i) {
            HandlerMoves.Batch memory b = _handler.batch(i);
            if (b.ended != 0) same(uint256(_handler.orderHash(b.id)), uint256(b.ended), "an order that ended");
        }
    }

    function invariant_I19_the_mint_window_holds_and_nobody_raises_a_limit_alone() public view {
        _unbroken(19);
    }

    function invariant_I20_no_power_changes_hands_without_the_owner_nor_the_ownership_without_both() public view {
        same(_token.owner(), _handler.chief(), "owner");
        same(_token.pendingOwner(), _handler.heir(), "heir");
        no(_token.owner() == address(0), "no owner");
        for (uint256 i = 0; i < PEOPLE + 5; ++i) {
            address who = _handler.powerful(i);
            same(_token.powersOf(who), _handler.mandate(who), "powers");
        }
    }

    function invariant_I23_freezes_views_and_counters_hold_after_a_slot_was_replaced() public view {
        if (_handler.swaps() == 0) return;
        _checkFree();
        _unbroken(11);
        _checkCounters();
    }

    /// The part of I-26 about copies: each is stale or the registry's record.
    function invariant_I26_a_copy_of_this_epoch_is_the_registry_s_record() public view {
        IIdentityRegistry registry = _handler.current();
        for (uint256 i = 0; i < PEOPLE; ++i) {
            address who = _handler.people(i);
            uint256 record = _token.recordOf(who);
            if (record.copyEpoch() != _token.config().epoch()) continue;
            Standing memory s = registry.standing(who);
            same(record & Record.REGISTERED != 0, s.investor != address(0), "registered");
            same(record & Record.DENIED != 0, s.denied, "denied");
            same(record.class(), s.class, "class");
            yes(record.validUntil() <= s.validUntil, "at most extended since");
            same(record & Record.COUNTRY_OK != 0, _token.isCountryAllowed(s.country), "country");
            uint16 classes = _token.config().classes();
            same(record & Record.CLASS_OK != 0, classes == 0 || (classes >> s.class) & 1 != 0, "class list");
        }
    }
}
