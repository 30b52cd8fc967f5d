"""F29, F30 and F35 to F37: what signers, clocks, nodes that lie and people can do."""

from __future__ import annotations

import signal
import time
from random import Random
from typing import Any

from tests.conftest import free_port
from tests.faults import faults as f
from tests.faults.cases_node import CALL, RECEIPT, SEND, ends, fails, named, passes
from tests.faults.child import POINTS
from tests.faults.world import ISSUER, Case

# F29 signers

for _cheat in ("refuse", "other-nonce", "other-chain", "other-data", "high-s", "rubbish"):

    def _signer(case: Case, rng: Random, cheat: str = _cheat) -> None:
        before = case.chain.nonce(ISSUER)
        nth = rng.randrange(4)
        ran = case.run(fault=f"signer@{nth + 1}:{cheat}")
        assert ran.code == (6 if nth else 4), (ran.code, ran.err)
        assert case.chain.nonce(ISSUER) == before + nth, "something was sent after a bad signature"
        case.cured()

    named(f"F29-{_cheat}")(_signer)


@named("F29-times-out")
def _(case: Case, rng: Random) -> None:
    """A program that signs, and does not answer."""
    told = f'command = ["sleep", "600"]\naddress = "{ISSUER}"\ntimeout_seconds = 1'
    case.setting("accounts.slow", told)
    before = case.chain.nonce(ISSUER)
    ran = case.run(env={"HASHKIT_ACCOUNT": "slow"})
    ends(ran, 4)
    assert "does not answer" in ran.error["message"] and case.chain.nonce(ISSUER) == before
    case.cured()


# F30 clocks

for _days in (-1, 1):

    def _clock(case: Case, rng: Random, days: int = _days) -> None:
        ran = case.run(fault=f"between-chunks@{1 + rng.randrange(3)}:kill", shift=days * 86_400)
        assert ran.code == -9
        case.cured()

    named(f"F30-clock-{_days:+d}-day")(_clock)


# F35 lies


@named("F35-forged-success")
def _(case: Case, rng: Random) -> None:
    """The node swallows a transaction and shows a receipt for it: the contract does not, so nothing is done."""

    def forged(exchange: Any) -> Any:
        made = {"transactionHash": exchange.params[0], "blockNumber": "0x1", "blockHash": "0x" + "ab" * 32}
        return exchange.answer({**made, "status": "0x1", "gasUsed": "0x5208", "logs": []})

    case.proxy.script(SEND, lambda e: e.answer("0x" + "00" * 32))
    case.proxy.always(RECEIPT, forged)
    fails(case, 10, "NOT_SHOWN")
    case.cured()


@named("F35-wrong-block-hash")
def _(case: Case, rng: Random) -> None:
    case.proxy.script(RECEIPT, *[f.changed(blockHash="0x" + "ab" * 32)] * 3, skip=rng.randrange(3))
    passes(case)


@named("F35-forged-failure")
def _(case: Case, rng: Random) -> None:
    """Mined and good, and the node says that it reverted: the contract knows better."""
    case.proxy.script(RECEIPT, f.reverted, skip=rng.randrange(3))
    assert case.run().code in (0, 10)
    case.cured()


@named("F35-forged-logs")
def _(case: Case, rng: Random) -> None:
    """Logs in receipts are believed by nobody."""
    log = {"address": case.world.token, "topics": ["0x" + "11" * 32], "data": "0x", "logIndex": "0x0"}
    case.proxy.always(RECEIPT, f.changed(logs=[log]))
    assert case.run().code == 0
    case.cured()


@named("F35-forged-truth")
def _(case: Case, rng: Random) -> None:
    """The node answers rubbish to a question about the contract."""
    case.proxy.script(CALL, f.says("0x"), skip=8 + rng.randrange(12))
    ran = case.run()
    ends(ran, 0, 3, 5, 6, 10)
    case.cured()


# F36 no node


@named("F36-all-down")
def _(case: Case, rng: Random) -> None:
    case.proxy.script("eth_estimateGas", *[None] * (1 + rng.randrange(2)))
    case.proxy.script("eth_estimateGas", f.then(lambda e: e.proxy.always("*", f.lost_before)))
    case.wait = 2.0
    ran = case.run()
    ends(ran, 5, 6, 10)
    case.cured()


@named("F36-nobody-listens")
def _(case: Case, rng: Random) -> None:
    ran = case.run(env={"HASHKIT_RPC_URL": f"http://127.0.0.1:{free_port()}"})
    assert (ran.code, ran.error["code"]) == (5, "UNREACHABLE"), ran.err
    case.cured()


@named("F36-no-such-host")
def _(case: Case, rng: Random) -> None:
    ran = case.run(env={"HASHKIT_RPC_URL": "http://node.invalid:8545"})
    assert (ran.code, ran.error["code"]) == (5, "UNREACHABLE"), ran.err
    case.cured()


@named("F36-tls")
def _(case: Case, rng: Random) -> None:
    ran = case.run(env={"HASHKIT_RPC_URL": case.proxy.url.replace("http:", "https:")})
    assert (ran.code, ran.error["code"]) == (5, "UNREACHABLE"), ran.err
    case.cured()


# F37 people stop it


@named("F37-ctrl-c")
def _(case: Case, rng: Random) -> None:
    point = rng.choice([name for name in POINTS if name not in ("replacing", "report", "start", "signer")])
    ran = case.run(fault=f"{point}@{1 + rng.randrange(3)}:interrupt")
    assert ran.code == 130 and "same command again" in ran.err, (point, ran.code, ran.err)
    case.cured()


for _signal in (signal.SIGTERM, signal.SIGHUP):

    def _ended(case: Case, rng: Random, number: signal.Signals = _signal) -> None:
        """Whoever ends it kindly is told how to go on."""
        case.proxy.script(RECEIPT, f.first(lambda e: case.world.commands.kill(number)), skip=rng.randrange(4))
        ran = case.run()
        assert ran.code == 130 and "same command again" in ran.err, (ran.code, ran.err)
        case.cured()

    named(f"F37-{_signal.name}")(_ended)


@named("F37-sleep")
def _(case: Case, rng: Random) -> None:
    """The laptop sleeps in mid-send, longer than the node waits."""
    case.proxy.script(SEND, f.then(lambda e: case.world.commands.kill(signal.SIGSTOP)), skip=rng.randrange(4))
    case.start()
    while case.proxy.left:
        time.sleep(0.02)
    time.sleep(0.5)
    case.world.commands.kill(signal.SIGCONT)
    assert case.world.commands.wait().code == 0
    case.cured()
