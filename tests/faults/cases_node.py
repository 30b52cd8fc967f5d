"""F15 to F28: what a node or a line can do. Each case scripts it, runs the issue, and cures it by the same command."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from tests.faults import faults as f
from tests.faults.dialects import DIALECTS, refusal
from tests.faults.world import DENIED, ISSUER, Case, Ran

SEND, RECEIPT, CALL, COUNT = (
    "eth_sendRawTransaction",
    "eth_getTransactionReceipt",
    "eth_call",
    "eth_getTransactionCount",
)
READS = (RECEIPT, CALL, COUNT, "eth_estimateGas", "eth_chainId", "eth_getBlockByNumber")
Play = Callable[[Case, Random], None]
CASES: dict[str, tuple[str, Play]] = {}
"""Name -> dialect of the node, and what happens."""


def named(name: str, dialect: str = "geth") -> Callable[[Play], Play]:
    """Enter a case under its name."""

    def enter(play: Play) -> Play:
        assert name not in CASES
        CASES[name] = dialect, play
        return play

    return enter


def passes(case: Case, rng: Random | None = None) -> None:
    """The fault is overcome within the run; the same command again has nothing left."""
    ran = case.run()
    assert ran.code == 0, ran.err
    assert case.proxy.left == 0, "the fault never came"
    case.cured()


def ends(ran: Ran, *codes: int) -> None:
    """The run ends with one of these codes; with an error, it says what happened and what to do."""
    assert ran.code in codes, (ran.code, ran.out, ran.err)
    if ran.code:
        assert ran.error["exit"] == ran.code, ran.error
        assert ran.error["message"] and ran.error["hint"], ran.error


def fails(case: Case, code: int, *names: str) -> dict[str, Any]:
    """The run ends with this exit code and one of these codes; its error."""
    ran = case.run()
    ends(ran, code)
    assert ran.error["code"] in names, ran.error
    return ran.error


# F15 the node limits us


@named("F15-reads")
def _(case: Case, rng: Random) -> None:
    for method in READS:
        case.proxy.script(method, f.limited(0), f.limited(0), skip=rng.randrange(2))
    passes(case)


@named("F15-send")
def _(case: Case, rng: Random) -> None:
    case.proxy.script(SEND, f.limited(0), skip=rng.randrange(3))
    passes(case)


@named("F15-for-good")
def _(case: Case, rng: Random) -> None:
    case.proxy.script("eth_estimateGas", *[None] * rng.randrange(3))
    case.proxy.always("eth_estimateGas", f.limited(0))
    case.settings["hashkit.rpc.client._BUDGET"] = 2.0
    ran = case.run()
    ends(ran, 5, 6)
    assert "limits us" in ran.err, ran.err
    case.cured()


# F16 error pages and broken answers

BROKEN: dict[str, f.Fault] = {
    "500": f.http_error(500),
    "502": f.http_error(502),
    "html": f.http_error(200),
    "empty": f.http_error(200, b""),
    "truncated": f.truncated,
    "cut": f.cut,
    "lost": f.lost_before,
}


def _broken_reads(fault: f.Fault) -> Play:
    def play(case: Case, rng: Random) -> None:
        for method in READS:
            case.proxy.script(method, fault, skip=rng.randrange(2))
        passes(case)

    return play


def _broken_send(fault: f.Fault) -> Play:
    def play(case: Case, rng: Random) -> None:
        case.proxy.script(SEND, fault, skip=rng.randrange(4))
        passes(case)

    return play


for _name, _fault in BROKEN.items():
    named(f"F16-reads-{_name}")(_broken_reads(_fault))
    named(f"F16-send-{_name}")(_broken_send(_fault))
named("F16-send-taken-502")(_broken_send(f.http_error(502, after=True)))

# F17, F18


named("F17-taken-answer-lost")(_broken_send(f.lost_after))


@named("F17-timeout")
def _(case: Case, rng: Random) -> None:
    case.timeout = 2.0
    case.proxy.script(SEND, f.then(f.slow_act(3.0)), skip=rng.randrange(4))
    passes(case)


named("F18-reads-wrong-id")(_broken_reads(f.wrong_id))
named("F18-send-wrong-id")(_broken_send(f.wrong_id))


# F19, F20 the words of every client


def _known(dialect: str) -> Play:
    def play(case: Case, rng: Random) -> None:
        told = refusal(dialect, "known")
        case.proxy.script(SEND, f.took_but_says(told["message"], told["code"]), skip=rng.randrange(4))
        passes(case)

    return play


def _own_nonce(dialect: str) -> Play:
    def play(case: Case, rng: Random) -> None:
        told = refusal(dialect, "nonce", next=11, nonce=10)
        case.proxy.script(SEND, f.took_but_says(told["message"], told["code"]), skip=rng.randrange(4))
        passes(case)

    return play


for _dialect in DIALECTS:
    named(f"F19-{_dialect}", _dialect)(_known(_dialect))
    named(f"F20-own-{_dialect}", _dialect)(_own_nonce(_dialect))


@named("F20-foreign")
def _(case: Case, rng: Random) -> None:
    def others_first(exchange: Any) -> None:
        case.foreign_transaction()

    case.proxy.script(SEND, f.first(others_first), skip=rng.randrange(4))
    ran = case.run()
    ends(ran, 4, 6)
    assert "somebody else" in ran.err, ran.err
    case.cured(foreign=1)


# F21 gaps


@named("F21-nonce-too-high")
def _(case: Case, rng: Random) -> None:
    case.proxy.script(SEND, f.refuses("nonce too high"), skip=rng.randrange(4))
    assert case.run().code == 10
    case.cured()


@named("F21-gap")
def _(case: Case, rng: Random) -> None:
    assert case.run(fault=f"before-send@{1 + rng.randrange(4)}:kill").code == -9
    case.proxy.script("eth_getTransactionByHash", f.null, f.null)
    case.cured()


# F22 fees


def _spike(dialect: str) -> Play:
    def play(case: Case, rng: Random) -> None:
        case.proxy.script(SEND, f.first(lambda e: case.base_fee(50)), skip=rng.randrange(4))
        passes(case)
        cheap, dear = case.replaced()
        assert dear["maxFeePerGas"] * 8 >= cheap["maxFeePerGas"] * 9
        assert dear["maxPriorityFeePerGas"] * 8 >= cheap["maxPriorityFeePerGas"] * 9
        assert (dear["nonce"], dear["data"], dear["to"]) == (cheap["nonce"], cheap["data"], cheap["to"])

    return play


for _dialect in DIALECTS:
    named(f"F22-spike-{_dialect}", _dialect)(_spike(_dialect))


@named("F22-ceiling")
def _(case: Case, rng: Random) -> None:
    case.setting("networks.devnet", "max_fee = 20000000000")
    case.proxy.script(SEND, f.first(lambda e: case.base_fee(50)), skip=rng.randrange(4))
    error = fails(case, 10, "FEE_CEILING")
    assert "20" in error["message"] + error["why"]
    assert case.run().code in (3, 10)
    case.base_fee(1)
    case.cured()


def _underpriced(dialect: str) -> Play:
    def play(case: Case, rng: Random) -> None:
        told = refusal(dialect, "replace")
        case.proxy.script(SEND, f.refuses(told["message"], told["code"]), skip=rng.randrange(4))
        passes(case)

    return play


for _dialect in DIALECTS:
    named(f"F22-underpriced-{_dialect}", _dialect)(_underpriced(_dialect))


# F23 the pool forgets


@named("F23-dropped")
def _(case: Case, rng: Random) -> None:
    pool = case.proxy.pool

    def forget(exchange: Any) -> None:
        pool.drop()
        pool.closed = False

    case.proxy.script(SEND, f.first(lambda e: setattr(pool, "closed", True)), skip=rng.randrange(4))
    case.proxy.script("eth_getTransactionByHash", f.first(forget))
    passes(case)


@named("F23-never-mined")
def _(case: Case, rng: Random) -> None:
    """The makers of blocks leave it lying while they take others; a better offer moves them."""
    case.proxy.pool.lazy_below = 2 * 10**9
    case.settings["hashkit.chain.sender._IMPATIENT"] = 1.0
    passes(case)
    cheap, dear = case.replaced()
    assert dear["maxPriorityFeePerGas"] > cheap["maxPriorityFeePerGas"] and dear["data"] == cheap["data"]


# F24 reorganisations


def _reorg_after(depth: int) -> Play:
    def play(case: Case, rng: Random) -> None:
        assert case.run().code == 0
        case.reorganise(depth, keep=rng.random() < 0.5)
        case.cured()

    return play


def _reorg_within(depth: int) -> Play:
    def play(case: Case, rng: Random) -> None:
        case.proxy.script(RECEIPT, f.then(lambda e: case.reorganise(depth)), skip=6 + rng.randrange(6))
        ran = case.run()
        ends(ran, 0, 3, 5, 6, 10)
        case.cured()

    return play


for _depth in (1, 2, 4):
    named(f"F24-after-{_depth}")(_reorg_after(_depth))
    named(f"F24-within-{_depth}")(_reorg_within(_depth))


@named("F24-after-10")
def _(case: Case, rng: Random) -> None:
    """Ten blocks deep, the opening of the order among them."""
    case.chain.ask("anvil_mine", hex(6))
    assert case.run().code == 0
    case.reorganise(10)
    case.cured()


# F25 receipts that do not come, and nodes that lag


@named("F25-null-receipts")
def _(case: Case, rng: Random) -> None:
    case.proxy.script(RECEIPT, *[f.null] * 20, skip=rng.randrange(8))
    passes(case)


@named("F25-null-for-good")
def _(case: Case, rng: Random) -> None:
    """Mined, and this node never says so: unknown, never failed, never another signature."""
    case.wait = 3.0
    case.proxy.always(RECEIPT, f.null)
    ran = case.run()
    assert ran.code == 10 and ran.error["code"] == "OUTCOME_UNKNOWN", ran.err
    case.cured()


@named("F25-stale-node")
def _(case: Case, rng: Random) -> None:
    for method in (COUNT, RECEIPT, CALL):
        case.proxy.script(method, *[f.behind(1)] * (1 + rng.randrange(3)), skip=rng.randrange(12))
    ran = case.run()
    ends(ran, 0, 3, 6, 10)
    case.cured()


# F26 a row becomes ineligible between the rehearsal and the block


@named("F26-mined-and-reverted")
def _(case: Case, rng: Random) -> None:
    case.proxy.script(SEND, f.first(lambda e: case.standing(False)), skip=1 + rng.randrange(3))
    error = fails(case, 10, "REVERTED")
    assert DENIED in str(error), error
    case.standing(True)
    case.cured()


@named("F26-refused-in-rehearsal")
def _(case: Case, rng: Random) -> None:
    case.proxy.script("eth_estimateGas", f.first(lambda e: case.standing(False)), skip=1 + rng.randrange(2))
    ran = case.run()
    ends(ran, 3, 6)
    assert DENIED in ran.err, ran.err
    case.standing(True)
    case.cured()


# F27 another chain


@named("F27-at-start")
def _(case: Case, rng: Random) -> None:
    case.proxy.always("eth_chainId", f.says("0xb1"))
    fails(case, 5, "WRONG_CHAIN")
    assert SEND not in case.proxy.seen
    case.cured()


@named("F27-later")
def _(case: Case, rng: Random) -> None:
    case.proxy.script("eth_chainId", *[None] * (2 + rng.randrange(4)))
    case.proxy.always("eth_chainId", f.says("0xb1"))
    before = case.chain.nonce(ISSUER)
    ran = case.run()
    ends(ran, 5, 6)
    assert "serves chain 177" in ran.err, ran.err
    assert case.proxy.seen.count(SEND) == case.chain.nonce(ISSUER) - before
    case.cured()


# F28 the money runs out


@named("F28-before-the-rehearsal")
def _(case: Case, rng: Random) -> None:
    case.proxy.script("eth_chainId", f.first(lambda e: case.money(10**15)), skip=4 + rng.randrange(2))
    ran = case.run()
    ends(ran, 3, 6)
    assert "HSK" in ran.err, ran.err
    case.money(10**21)
    case.cured()


def _no_funds(dialect: str) -> Play:
    def play(case: Case, rng: Random) -> None:
        case.proxy.script(SEND, f.first(lambda e: case.money(10**12)), skip=rng.randrange(4))
        ran = case.run()
        ends(ran, 3, 6)
        assert "HSK" in ran.err, ran.err
        case.money(10**21)
        case.cured()

    return play


for _dialect in DIALECTS:
    named(f"F28-{_dialect}", _dialect)(_no_funds(_dialect))
