// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IIdentityRegistry, Standing} from "./Fixture.sol";
import {HandlerMoves} from "./HandlerMoves.sol";
import {InvariantBase} from "./InvariantBase.sol";
import {Replay} from "./Replay.sol";
import {Config} from "../../contracts/token/Config.sol";

/// @notice I-26: the events of a random history, replayed by somebody who never reads storage, rebuild all that storage holds
///         but copies and allowances. The same in Python, through the audit's own replay: tests/audit.
contract InvariantReplayTest is InvariantBase {
    using Config for uint256;

    function invariant_I26_events_rebuild_balances_freezes_and_orders() public view {
        Replay replay = _handler.replay();
        same(replay.supply(), _token.totalSupply(), "supply");
        for (uint256 i = 0; i < PEOPLE; ++i) {
            address who = _handler.people(i);
            same(replay.balances(who), _token.balanceOf(who), "balance");
            same(replay.frozenAmounts(who), _token.getFrozenTokens(who), "frozen amount");
            same(replay.frozen(who), _token.isFrozen(who), "frozen");
        }
        for (uint256 i = 0; i < _handler.batches(); ++i) {
            HandlerMoves.Batch memory b = _handler.batch(i);
            (bytes32 root, uint256 rows, uint256 next, uint256 total, uint256 issued, uint256 deadline, bool closed) =
                replay.orders(b.id);
            bytes32 told = keccak256(abi.encode(root, rows, next, total, issued, deadline));
            same(uint256(told), uint256(_handler.orderHash(b.id)), "order");
            (,,,,,, bool isClosed) = _token.orderOf(b.id);
            same(closed, isClosed, "closed");
        }
        for (uint256 ref = 1; ref < 40; ++ref) {
            same(replay.refs(bytes32(ref)), _token.refConsumed(bytes32(ref)), "ref");
        }
    }

    function invariant_I26_events_rebuild_terms_slots_and_powers() public view {
        Replay replay = _handler.replay();
        uint256 config = _token.config();
        same(replay.terms("cap"), _token.cap(), "cap");
        same(replay.terms("mode"), uint256(_token.mode()), "mode");
        same(replay.terms("roleMatrix"), _token.roleMatrix(), "role matrix");
        same(replay.terms("lockUp"), _token.lockUpUntil(), "lock-up");
        same(replay.terms("classes"), config.classes(), "classes");
        same(replay.terms("countryList") != 0, config & Config.COUNTRY_LIST != 0, "country list");
        same(replay.terms("epoch"), config.epoch(), "epoch");
        same(replay.terms("paused") != 0, _token.paused(), "paused");
        same(replay.terms("halted") != 0, _token.halted(), "halted");
        same(replay.terms("bound") != 0, config & Config.BOUND != 0, "bound");
        same(replay.terms("registry"), uint160(_token.identityRegistry()), "registry");
        same(replay.terms("compliance"), uint160(_token.compliance()), "compliance");
        (uint256 size, uint256 period,) = _token.mintWindow();
        same(replay.terms("windowSize"), size, "window");
        same(replay.terms("windowPeriod"), period, "window's period");
        (,, uint256 readyAt) = _token.pendingMintWindow();
        same(replay.terms("widerReadyAt"), readyAt, "wider window");
        uint16[3] memory countries = [uint16(344), 756, 840];
        for (uint256 i = 0; i < 3; ++i) {
            if (config & Config.COUNTRY_LIST == 0) break;
            same(replay.countries(countries[i]), _token.isCountryAllowed(countries[i]), "country");
        }
        _checkSlots(replay);
    }

    function _checkSlots(Replay replay) private view {
        (address candidate, uint256 readyAt) = replay.slots("identityRegistry");
        (address pending, uint256 pendingAt) = _token.pendingIdentityRegistry();
        yes(candidate == pending && readyAt == pendingAt, "proposed registry");
        (candidate, readyAt) = replay.slots("compliance");
        (pending, pendingAt) = _token.pendingCompliance();
        yes(candidate == pending && readyAt == pendingAt, "proposed compliance");
        same(replay.owner(), _token.owner(), "owner");
        same(replay.heir(), _token.pendingOwner(), "heir");
        for (uint256 i = 0; i < PEOPLE + 5; ++i) {
            address who = _handler.powerful(i);
            same(replay.powers(who), _token.powersOf(who), "powers");
            (candidate, readyAt) = replay.recoveries(who);
            (pending, pendingAt) = _token.pendingRecovery(who);
            yes(candidate == pending && readyAt == pendingAt, "proposed recovery");
        }
    }

    function invariant_I26_events_rebuild_the_registry_and_the_rules() public view {
        Replay replay = _handler.replay();
        IIdentityRegistry registry = _handler.current();
        for (uint256 i = 0; i < PEOPLE; ++i) {
            address who = _handler.people(i);
            Standing memory s = registry.standing(who);
            Standing memory told = replay.standing(address(registry), who);
            same(uint256(keccak256(abi.encode(told))), uint256(keccak256(abi.encode(s))), "standing");
        }
        same(replay.rules("maxUnits"), _book.maxUnits(), "maximum");
        same(replay.rules("minimumHolding"), _book.minimumHolding(), "minimum");
        same(replay.rules("maxHolders"), _book.maxHolders(), "holders");
        same(replay.holdersIn(344), _book.maxHoldersIn(344), "holders in HK");
        same(replay.holdersIn(840), _book.maxHoldersIn(840), "holders in US");
        (uint256 units, uint256 period) = _book.velocity();
        same(replay.rules("velocity"), units, "velocity");
        same(replay.rules("velocityPeriod"), period, "its period");
        same(replay.rules("holdingPeriod"), _book.holdingPeriod(), "holding period");
        same(replay.rules("denomination"), _book.denomination(), "denomination");
    }
}
