"""Events replay equals storage: after random histories of every act, what the audit folds from events is what the
contracts hold. The same by a second reader, in Solidity: tests/forge/InvariantReplay.t.sol."""

from __future__ import annotations

import inspect
from dataclasses import replace

import pytest

from hashkit.audit import audit
from hashkit.contracts.asset_token import AssetToken
from hashkit.contracts.call import Query
from hashkit.contracts.identity_registry import IdentityRegistry
from hashkit.contracts.logs import facts
from hashkit.contracts.rule_book import RuleBook
from hashkit.domain import facts as f
from hashkit.domain.facts import ZERO
from hashkit.domain.orders import OrderState
from hashkit.domain.register import Register, fold
from hashkit.domain.units import Units
from hashkit.rpc.blocks import block
from hashkit.rpc.client import Endpoint
from hashkit.rpc.logs import read_logs
from hashkit.rpc.reads import read
from tests.audit.histories import NAMES, History
from tests.audit.world import NETWORK, TERMS, WALLETS, World

SEEDS = (1, 2)


def acts_of(face: type) -> set[str]:
    """The methods that build a call."""
    methods = [pair for pair in inspect.getmembers(face, inspect.isfunction) if pair[0][0] != "_"]
    return {name for name, method in methods if inspect.signature(method).return_annotation == "Call"}


@pytest.fixture(scope="module")
def histories(tmp_path_factory):
    """Filled by the histories below: which acts were mined in any of them."""
    return set()


class Storage:
    """Asks the contracts."""

    def __init__(self, world: World) -> None:
        self.endpoint = world.endpoint

    def __call__(self, query: Query) -> object:
        return read(self.endpoint, query, "latest")


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_events_replay_equals_storage(fresh_chain, histories, seed):
    terms = replace(TERMS, max_units_per_investor=Units.of("5000", 2))
    world = World(Endpoint(fresh_chain("anvil"), chain_id=31337)).deploy(terms)
    world.issue([(wallet, 3_000) for wallet in WALLETS])
    history = History(world, seed)
    history.live(rounds=9)
    histories.update(history.done)
    watched = [world.token.address, history.registry.address, history.other.address, history.book.address]
    found = list(facts(read_logs(world.endpoint, watched, 0, block(world.endpoint, "latest").number)))
    head = block(world.endpoint, "latest")
    register, ask = fold(found, world.token.address, cutoff=head.timestamp), Storage(world)
    assert not register.unknown and not register.irregularities
    assert register.watched.moves and register.watched.rows
    assert not [d for d in register.watched.doubts if d.broken(lambda number: block(world.endpoint, number).timestamp)]
    units(register, world, history, ask)
    rules(register, world, history, ask)
    authority(register, world, history, ask)
    documents_and_windows(found, world, ask)
    proof = audit(world.endpoint, NETWORK, world.token.address).proof
    assert proof.proved and proof.compared == ()


def units(register: Register, world: World, history: History, ask: Storage) -> None:
    token = world.token
    assert register.supply == ask(token.total_supply())
    for who in {*register.accounts, *history.people}:
        assert register.balances.get(who, 0) == ask(token.balance_of(who)), who
        assert register.frozen_amounts.get(who, 0) == ask(token.frozen_tokens(who)), who
        assert (who in register.frozen) == ask(token.is_frozen(who)), who
        for registry in (history.registry, history.other):
            known = register.registries.get(registry.address)
            if known is not None:
                assert known.standing(who) == ask(registry.standing(who)), who
                assert (known.investors.get(who, ZERO) != ZERO) == bool(ask(registry.wallets_of(who))), who
    assert history.orders and len(register.orders) > 1
    for order_id, seen in register.orders.items():
        held: OrderState = ask(token.order_of(bytes.fromhex(order_id[2:])))
        told = (seen.row_count, seen.next_row, seen.total, seen.issued, seen.deadline, seen.closed)
        assert told == (held.row_count, held.next_row, held.total, held.issued, held.deadline, held.closed)
    assert register.refs and all(ask(token.ref_consumed(bytes.fromhex(ref[2:]))) for ref in register.refs)


def rules(register: Register, world: World, history: History, ask: Storage) -> None:
    token, book, known = world.token, history.book, register.rules
    assert ("paused" in register.stops, "halted" in register.stops) == (ask(token.paused()), ask(token.halted()))
    assert known["cap"] == ask(token.cap())
    assert known.get("mode", 0) == ask(token.mode()) and known.get("lock-up", 0) == ask(token.lock_up_until())
    assert known.get("role-matrix", 0) == ask(token.role_matrix())
    if known.get("country-list"):
        for country in range(1, 900):
            assert bool(known.get(f"country:{country:03d}")) == ask(token.is_country_allowed(country)), country
    if register.slots["compliance"] != book.address:
        return
    velocity, period = ask(book.velocity())
    held = {
        "max-units-per-investor": ask(book.max_units()), "minimum-holding": ask(book.minimum_holding()),
        "max-holders": ask(book.max_holders()), "velocity": velocity, "velocity-period": period,
        "holding-period": ask(book.holding_period()), "denomination": ask(book.denomination()),
        "max-holders:344": ask(book.max_holders_in(344)), "sanctions-oracle": int(ask(book.sanctions_oracle()), 16),
    }  # fmt: skip
    assert {name: known.get(name, 0) for name in held} == held


def authority(register: Register, world: World, history: History, ask: Storage) -> None:
    token = world.token
    slots = register.slots
    assert slots["identity-registry"] == ask(token.identity_registry())
    assert slots["compliance"] == ask(token.compliance())
    asked = {"identity-registry": token.pending_identity_registry(), "compliance": token.pending_compliance()}
    for slot, query in asked.items():
        pending = register.proposals.get(slot)
        assert (pending.address, pending.ready_at) == ask(query) if pending else ask(query) == (ZERO, 0)
    assert register.owner == ask(token.owner()) == history.owner
    for face in (token, history.registry):
        agents = register.powers[face.address]
        for who in {*agents, *history.people}:
            assert agents.get(who, 0) == ask(face.powers_of(who)), who
    assert register.registries[history.registry.address].tokens == set(ask(history.registry.bound_tokens()))


def documents_and_windows(found: list[f.Fact], world: World, ask: Storage) -> None:
    last: dict[str, f.DocumentSet] = {}
    window, wider = (0, 0), 0
    for fact in found:
        if isinstance(fact, f.DocumentSet):
            last[fact.name] = fact
        elif isinstance(fact, f.MintWindowSet):
            window, wider = (fact.amount, fact.period), 0
        elif isinstance(fact, f.MintWindowProposed):
            wider = fact.ready_at
    present = {name: fact for name, fact in last.items() if fact.present}
    assert {"0x" + name.hex() for name in ask(world.token.documents())} == set(present)
    for name in NAMES:
        uri, text, _ = ask(world.token.document(name))
        told = present.get("0x" + name.hex())
        assert (uri, "0x" + text.hex()) == ((told.uri, told.document_hash) if told else ("", "0x" + "00" * 32))
    assert ask(world.token.mint_window())[:2] == window and ask(world.token.pending_mint_window())[2] == wider


@pytest.mark.slow
def test_every_act_of_every_face_was_mined_in_those_histories(histories):
    if not histories:
        pytest.skip("run with the histories")
    wanted = acts_of(AssetToken) | acts_of(IdentityRegistry) | acts_of(RuleBook)
    assert wanted - histories == set()
