"""One question, one answer: `explain` says yes if and only if the chain does the transfer.

1,000 random transfers on a random register: random standings, freezes, rules and amounts, drawn by
hypothesis; the judge is ``eth_call`` of the very transaction.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hashkit.chain.devaccounts import DEV_ACCOUNTS
from hashkit.contracts.call import Call
from hashkit.contracts.refusals import explain_revert
from hashkit.contracts.rule_book import RuleBook
from hashkit.domain.parties import InvestorClass
from hashkit.domain.terms import MODES
from hashkit.domain.units import Units
from hashkit.domain.verdict import Kind, bit_of
from hashkit.errors import RpcError
from hashkit.issuer.asset import Asset
from hashkit.rpc.reads import read
from tests.chain.talk import mined

WALLETS = [a.address for a in DEV_ACCOUNTS[:9]]
OUTSIDER = DEV_ACCOUNTS[9].address
ME = WALLETS[0]
EXAMPLES = 40
TRANSFERS = 25  # a register each; together 1,000

standings = st.tuples(
    st.sampled_from([344, 702, 756, 840]),  # HK, SG, CH are listed, US is not
    st.sampled_from([1, 2, 3, 4]),  # retail is not allowed by the term sheet
    st.sampled_from([0, 1, 2**33]),  # revoked, long expired, valid
    st.booleans(),  # denied
)
registers = st.fixed_dictionaries(
    {
        "standings": st.lists(st.one_of(st.none(), standings), min_size=8, max_size=8),
        "frozen": st.sets(st.sampled_from(WALLETS[1:])),
        "amounts": st.dictionaries(st.sampled_from(WALLETS[1:]), st.sampled_from([1, 50, 100, 10**9])),
        "paused": st.booleans(),
        "halted": st.booleans(),
        "mode": st.sampled_from([0, 0, 1, 2, 3, 3]),
        "matrix": st.integers(0, 2**16 - 1),
        "locked": st.booleans(),
        "limit": st.sampled_from([10_000_000_000_000, 150, 60]),
        "rules": st.fixed_dictionaries(
            {
                "minimum": st.sampled_from([0, 50, 60]),
                "denomination": st.sampled_from([0, 10, 25]),
                "holders": st.sampled_from([0, 1, 2]),
                "holders_in": st.sampled_from([0, 1, 2]),
                "velocity": st.sampled_from([0, 40, 99]),
                "holding": st.sampled_from([0, 60]),
                "oracle": st.sampled_from([0, 0, 1]),
            },
        ),
        "transfers": st.lists(
            st.tuples(
                st.sampled_from([*WALLETS[1:], OUTSIDER]),
                st.sampled_from([*WALLETS[1:], WALLETS[-1], WALLETS[-1], OUTSIDER]),
                st.sampled_from([1, 0, 40, 50, 51, 99, 100, 101, 10**9]),
                st.sampled_from([None, None, *WALLETS[1:3]]),
            ),
            min_size=TRANSFERS,
            max_size=TRANSFERS,
        ),
    }
)

# what the draw shows too seldom: everybody is fit, and his country is full
ONE_HOLDER_A_COUNTRY = {
    "standings": [(344, int(InvestorClass.PROFESSIONAL), 2**33, False)] * 8,
    "frozen": set(), "amounts": {}, "paused": False, "halted": False, "mode": 0, "matrix": 0, "locked": False,
    "limit": 10_000_000_000_000,
    "rules": {
        "minimum": 0, "denomination": 0, "holders": 0, "holders_in": 1, "velocity": 0, "holding": 0, "oracle": 0,
    },
    "transfers": [(WALLETS[1], to, 40, None) for to in WALLETS[2:]],
}  # fmt: skip


@pytest.fixture
def node(asset):
    """The asset on anvil, whose dev accounts the node signs for; all but the last start with 100 raw units."""
    for number, wallet in enumerate(WALLETS[3:], start=3):
        asset.investors.add(f"INV-{number}", wallet, country="HK").send()
    rows = [(w, Units.from_raw(100, asset.decimals)) for w in WALLETS[1:-1]]  # the last one holds nothing
    asset.issue(rows, "S-1").send()
    for wallet in (WALLETS[1], WALLETS[2]):
        for owner in WALLETS[3:6]:
            _do(asset, asset._token.approve(wallet, 60), owner)
    return asset


def _do(asset: Asset, call: Call, sender: str = ME) -> None:
    """A transaction that succeeds, or an assertion."""
    receipt = mined(asset.context.endpoint, _transaction(call, sender))
    assert receipt["status"] == "0x1", call.function


def _transaction(call: Call, sender: str) -> dict[str, str]:
    return {"from": sender, "to": call.to, "data": "0x" + call.data.hex(), "gas": hex(900_000)}


def _arrange(asset: Asset, drawn: dict) -> None:
    """The drawn register on chain."""
    registry, token, nothing = asset.investors._face, asset._token, bytes(32)
    for wallet, standing in zip(WALLETS[1:], drawn["standings"], strict=True):
        if standing is None:
            _do(asset, registry.remove(wallet))
            continue
        country, kind, valid, denied = standing
        _do(asset, registry.set_standing(wallet, country, int(InvestorClass(kind)), valid, nothing))
        if denied:
            _do(asset, registry.deny(wallet, True, nothing))
    for wallet in drawn["frozen"]:
        _do(asset, token.set_address_frozen(wallet, True, nothing))
    for wallet, amount in drawn["amounts"].items():
        _do(asset, token.set_frozen_tokens(wallet, amount, nothing))
    _do(asset, token.set_mode(drawn["mode"]))
    _do(asset, token.set_role_matrix(drawn["matrix"]))
    if drawn["locked"]:
        _do(asset, token.set_lock_up(2**34))
    book = RuleBook(asset.deployment.contracts["RuleBook"].address)
    _do(asset, book.set_max_units(drawn["limit"]))
    _set_rules(asset, book, drawn["rules"])
    if drawn["paused"]:
        _do(asset, token.pause(True, nothing))
    if drawn["halted"]:
        _do(asset, token.halt(True, nothing))


def _set_rules(asset: Asset, book: RuleBook, rules: dict) -> None:
    """The drawn rules of the rule book; an oracle that is none fails, which refuses."""
    calls = {
        "minimum": lambda n: [book.set_minimum_holding(n)],
        "denomination": lambda n: [book.set_denomination(n)],
        "holders": lambda n: [book.set_max_holders(n)],
        "holders_in": lambda n: [book.set_max_holders_in(country, n) for country in (344, 702, 756)],
        "velocity": lambda n: [book.set_velocity(n, 2**31)],
        "holding": lambda n: [book.set_holding_period(n)],
        "oracle": lambda _: [book.set_sanctions_oracle(asset.registry)],
    }
    for name, value in rules.items():
        for call in calls[name](value) if value else ():
            _do(asset, call)


def _refused_by_chain(asset: Asset, call: Call, sender: str) -> str | None:
    """The error a transaction would revert with now, None when it would pass."""
    try:
        asset.context.endpoint.call("eth_call", [_transaction(call, sender), "latest"])
    except RpcError as error:
        return explain_revert(error.data).name
    return None


seen: set[str] = set()


# The same draws every time, so that the demand below on what they show cannot fail by chance.
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@example(drawn=ONE_HOLDER_A_COUNTRY)
@given(drawn=registers)
def _explain_equals_the_chain(asset: Asset, drawn: dict) -> None:
    endpoint, token = asset.context.endpoint, asset._token
    snapshot = endpoint.call("evm_snapshot")
    _arrange(asset, drawn)
    for sender, to, amount, spender in drawn["transfers"]:
        if spender is None:
            mask = read(endpoint, token.explain_movement(Kind.MOVE, sender, to, amount), "latest")
            error = _refused_by_chain(asset, token.transfer(to, amount), sender)
        else:
            mask = read(endpoint, token.explain_from(spender, sender, to, amount), "latest")
            error = _refused_by_chain(asset, token.transfer_from(sender, to, amount), spender)
        units = Units.from_raw(amount, asset.decimals)
        assert (mask == 0) == (error is None), (mask, error)
        if spender is None:
            verdict = asset.check_transfer(sender, to, units)
            assert verdict.mask == mask and len(verdict.failed) == mask.bit_count()
            assert all(r.text and r.fix and "{" not in r.text for r in verdict.failed)
            seen.update(verdict.rules)
            seen.update(f"R-MODE {MODES[drawn['mode']]}" for rule in verdict.rules if rule == "R-MODE")
    endpoint.call("evm_revert", [snapshot])


def test_explain_equals_the_chain_for_1000_random_transfers(node):
    seen.clear()
    _explain_equals_the_chain(node)
    spoken = {
        "R-HALTED", "R-PAUSED", "R-FROZEN-FROM", "R-FROZEN-TO", "R-DENIED-FROM", "R-DENIED-TO", "R-IDENTITY-FROM",
        "R-IDENTITY-TO", "R-KYC-EXPIRED-FROM", "R-KYC-EXPIRED-TO", "R-COUNTRY-FROM", "R-COUNTRY-TO", "R-CLASS-FROM",
        "R-CLASS-TO", "R-MODE", "R-MODE primary-only", "R-MODE venue-only", "R-MODE role-matrix",
        "R-LOCKUP", "R-MAX-BALANCE", "R-FROZEN-AMOUNT", "R-BALANCE",
        "R-DENOMINATION", "R-MIN-HOLDING", "R-HOLDERS", "R-HOLDERS-COUNTRY", "R-VELOCITY", "R-HOLDING-PERIOD",
        "R-SANCTIONS",
    }  # fmt: skip
    assert spoken <= seen, f"the random registers never showed {spoken - seen}"
    assert all(bit_of(rule.split()[0]) for rule in seen)
