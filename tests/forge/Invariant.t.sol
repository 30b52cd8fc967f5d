// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {InvariantBase} from "./InvariantBase.sol";
import {Kind, Verdict} from "./Fixture.sol";
import {Record} from "../../contracts/token/Record.sol";

/// @notice Units, freezes and movements: I-1 to I-14. What they count is kept in Stage.sol.
contract InvariantTest is InvariantBase {
    function invariant_I01_the_sum_of_balances_is_the_supply() public view {
        uint256 sum;
        for (uint256 i = 0; i < PEOPLE; ++i) {
            sum += _token.balanceOf(_handler.people(i));
        }
        same(sum, _token.totalSupply(), "sum");
    }

    function invariant_I02_the_supply_is_what_was_minted_less_what_was_burned_within_the_cap() public view {
        same(_token.totalSupply(), _handler.minted() - _handler.burned(), "supply");
        yes(_token.totalSupply() <= _token.cap(), "cap");
        _unbroken(2);
    }

    /// No partitions, no locks but one: the frozen amount.
    function invariant_I03_the_frozen_amount_is_the_only_lock_and_its_bit_says_so() public view {
        for (uint256 i = 0; i < PEOPLE; ++i) {
            address who = _handler.people(i);
            same(_token.recordOf(who) & Record.PARTLY_FROZEN != 0, _token.getFrozenTokens(who) != 0, "bit");
        }
    }

    function invariant_I04_free_is_balance_less_frozen_or_nothing() public view {
        _checkFree();
    }

    function invariant_I05_nothing_but_force_takes_more_than_is_free() public view {
        _unbroken(5);
    }

    function invariant_I06_force_takes_its_amount_and_lifts_what_was_not_free() public view {
        _unbroken(6);
    }

    function invariant_I07_a_movement_to_oneself_changes_nothing() public view {
        _unbroken(7);
    }

    function invariant_I08_a_movement_of_nothing_obeys_the_checks_and_changes_nothing() public view {
        _unbroken(8);
    }

    function invariant_I09_no_movement_with_a_frozen_party() public view {
        _unbroken(9);
    }

    function invariant_I10_nobody_receives_who_is_not_eligible() public view {
        _unbroken(10);
    }

    function invariant_I11_the_view_says_what_the_door_does() public view {
        _unbroken(11);
    }

    function invariant_I12_a_pause_stops_holders_and_a_halt_everything() public view {
        _unbroken(12);
    }

    function invariant_I13_a_recovery_moves_all_within_one_investor_or_waits() public view {
        _unbroken(13);
    }

    function invariant_I14_no_recovery_to_a_place_that_is_no_wallet() public view {
        _unbroken(14);
        address[4] memory nowhere = [address(0), address(_token), _token.identityRegistry(), _token.compliance()];
        for (uint256 i = 0; i < 4; ++i) {
            same(_token.balanceOf(nowhere[i]), 0, "units nowhere");
        }
    }
}
