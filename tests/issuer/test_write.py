"""The one write path: killed anywhere, run again, exactly one transaction; what is done is skipped."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hashkit.contracts.call import Truth
from hashkit.domain.verdict import Reason, Verdict
from hashkit.errors import (
    AccountError,
    BatchIncomplete,
    InputError,
    NodeError,
    OutcomeUnknown,
    Refused,
    RpcError,
    TransactionFailed,
    TransferRefused,
)
from hashkit.issuer.context import Context
from hashkit.issuer.plan import Plan
from hashkit.issuer.steps import Check, Event, Outcome, Step
from hashkit.rpc.client import Endpoint
from hashkit.store.project import Project
from tests.chain.sending import (
    COUNTER,
    NETWORK,
    SOMEBODY,
    BadNode,
    Key,
    balance,
    bump,
    clock,
    count,
    nonce,
    pay,
)

ROOT = Path(__file__).parents[2]


@pytest.fixture
def url(fresh_chain: Callable[[str], str]) -> str:
    return fresh_chain("anvil")


def context(folder: Path, endpoint: Endpoint, **more: Any) -> Context:
    given = {"signer": Key(), "clock": clock, "wait_seconds": 20.0, **more}
    return Context(Project.scratch(folder), NETWORK, endpoint, **given)


def plan(ctx: Context, *steps: Step, **more: Any) -> Plan[Outcome]:
    return Plan(ctx, "Test", lambda outcome: outcome, steps, **more)


def echo(said: int, wanted: int) -> Truth:
    """A truth about the identity precompile, which answers what it is told."""
    return Truth("0x" + "00" * 19 + "04", said.to_bytes(32), "identity", 0, wanted)


def counting(ctx: Context, times: int = 2) -> Plan[Outcome]:
    """Deploy the counter, then bump it; the address is bound late."""
    bumps = [
        Step(f"bump {n}", f"Bump {n}", lambda done: bump(str(done["deploy"].contract)))
        for n in range(1, times + 1)
    ]
    return plan(ctx, Step("deploy", "Deploy the counter", COUNTER), *bumps)


def test_send_then_does_the_steps_in_order_and_tells(tmp_path: Path, dev_url: str) -> None:
    node = Endpoint(dev_url)
    told: list[Event] = []
    ctx = context(tmp_path, node, signer=Key(3))
    before = balance(node, Key(3).address)
    outcome = counting(ctx).send(told.append)
    counter = outcome.results["deploy"].contract
    assert counter and count(node, counter) == 2
    assert outcome.sent == 3 and outcome.batch == "b-20261124-01"
    assert before - balance(node, Key(3).address) == outcome.fee
    assert outcome.link == f"https://explorer.test/tx/{outcome.transaction}"
    assert outcome.block == outcome.results["bump 2"].block
    assert [e.kind for e in told] == ["step", "signed", "sent", "mined", "done"] * 3
    assert told[0].text == "1 of 3" and told[-1].step == "Bump 2"
    assert outcome.to_dict()["feeWei"] == str(outcome.fee)


def test_send_when_everything_is_done_then_sends_nothing_and_says_so(tmp_path: Path, url: str) -> None:
    node = Endpoint(url)
    first = counting(context(tmp_path, node)).send()
    told: list[Event] = []
    again = counting(context(tmp_path, node)).send(told.append)
    assert again.sent == 0 and again.fee == 0 and nonce(node) == 3
    assert again.results == first.results and again.batch == first.batch
    assert [event.kind for event in told] == ["skipped"] * 3


def test_send_when_same_key_but_other_content_then_refused(tmp_path: Path, url: str) -> None:
    ctx = context(tmp_path, Endpoint(url))
    plan(ctx, Step("S-1", "Pay S-1", pay(5))).send()
    with pytest.raises(InputError, match="already done with other content") as caught:
        plan(ctx, Step("S-1", "Pay S-1", pay(6))).send()
    assert caught.value.code == "INTENT_CHANGED" and balance(Endpoint(url)) == 5


def test_send_when_repeatable_then_each_run_is_a_new_act(tmp_path: Path, url: str) -> None:
    ctx = context(tmp_path, Endpoint(url))
    for _ in range(2):
        assert plan(ctx, Step("pay", "Pay", pay(5), repeatable=True)).send().sent == 1
    assert balance(Endpoint(url)) == 10


CRASH = """
import os, signal, sys
from pathlib import Path
from tests.chain.sending import BadNode, Key
from tests.issuer.test_write import context, counting, plan, pay
from hashkit.issuer.steps import Step
from hashkit.issuer.write import _Run

folder, url, where, repeatable = sys.argv[1:5]

def die(*ignored):
    os.kill(os.getpid(), signal.SIGKILL)

def hear(event):
    if event.kind == where:
        die()

def after_the_node_took_it(params, ask):
    ask()
    die()

class DyingKey(Key):
    def sign_transaction(self, fields):
        die()

faults = {"before socket": {"eth_sendRawTransaction": die},
          "after socket": {"eth_sendRawTransaction": after_the_node_took_it},
          "receipt": {"eth_getTransactionReceipt": die}}
ctx = context(Path(folder), BadNode(url, **faults.get(where, {})),
              signer=DyingKey() if where == "sign" else Key())
step = Step("S-1", "Pay S-1", pay(5), repeatable=repeatable == "1")
if where == "verify":
    _Run._holds = die
plan(ctx, step).send(hear)
"""


@pytest.mark.parametrize("repeatable", [False, True])
@pytest.mark.parametrize(
    "where",
    ["step", "sign", "signed", "before socket", "after socket", "sent", "receipt", "mined", "verify"],
)
def test_send_when_killed_then_the_same_command_finishes_with_one_transaction(
    tmp_path: Path, url: str, where: str, repeatable: bool
) -> None:
    command = [sys.executable, "-c", CRASH, str(tmp_path), url, where, str(int(repeatable))]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == -signal.SIGKILL
    node = Endpoint(url)
    step = Step("S-1", "Pay S-1", pay(5), repeatable=repeatable)
    outcome = plan(context(tmp_path, node), step).send()
    assert balance(node) == 5 and nonce(node) == 1 and outcome.steps[0].receipt is not None
    with context(tmp_path, node).open_journal() as journal:
        journal.verify()
        assert [step.state for step in journal.steps("b-20261124-01")][-1] == "DONE"


TWIN = """
import sys
from pathlib import Path
from hashkit.rpc.client import Endpoint
from tests.issuer.test_write import context, counting
counting(context(Path(sys.argv[1]), Endpoint(sys.argv[2])), 4).send()
"""


def test_send_when_two_processes_run_the_same_plan_then_each_step_happens_once(
    tmp_path: Path, url: str
) -> None:
    command = [sys.executable, "-c", TWIN, str(tmp_path), url]
    twins = [subprocess.Popen(command, cwd=ROOT) for _ in range(2)]
    assert [twin.wait(60) for twin in twins] == [0, 0]
    assert nonce(Endpoint(url)) == 5


def test_send_when_a_later_step_is_refused_then_incomplete_and_goes_on_later(
    tmp_path: Path, url: str
) -> None:
    node = Endpoint(url)
    ctx = context(tmp_path, node)
    counter = str(plan(ctx, Step("deploy", "Deploy", COUNTER)).send().results["deploy"].contract)
    steps = [Step("S-1", "Pay", pay(5)), Step("S-2", "Bump", bump(counter))]
    slot = (counter, "0x" + "00" * 31 + "01")
    node.call("anvil_setStorageAt", (*slot, "0x" + "00" * 31 + "01"))
    for _ in range(2):
        with pytest.raises(BatchIncomplete, match="1 of 2 steps of batch b-20261124-02 are done") as caught:
            plan(ctx, *steps).send()
        assert "not halted" in caught.value.why and "same command again" in caught.value.next_step
    with pytest.raises(Refused):
        plan(ctx, steps[1]).send()
    node.call("anvil_setStorageAt", (*slot, "0x" + "00" * 32))
    assert plan(ctx, *steps).send().sent == 1
    assert balance(node) == 5 and count(node, counter) == 1


def test_send_when_it_reverts_in_the_block_then_failed_and_the_next_run_does_it(
    tmp_path: Path, url: str
) -> None:
    node = Endpoint(url)
    ctx = context(tmp_path, node)
    counter = str(plan(ctx, Step("deploy", "Deploy", COUNTER)).send().results["deploy"].contract)
    slot = (counter, "0x" + "00" * 31 + "01")

    def others_first(params: Any, ask: Callable[[], Any]) -> Any:
        node.call("anvil_setStorageAt", (*slot, "0x" + "00" * 31 + "01"))
        return ask()

    step = Step("S-2", "Bump", bump(counter))
    with pytest.raises(TransactionFailed, match="not halted"):
        plan(replace(ctx, endpoint=BadNode(url, eth_sendRawTransaction=others_first)), step).send()
    with ctx.open_journal() as journal:
        found = journal.find(counter, "S-2")
        assert found is not None and found.state == "FAILED" and "not halted" in found.why
    node.call("anvil_setStorageAt", (*slot, "0x" + "00" * 32))
    assert plan(ctx, step).send().sent == 1 and count(node, counter) == 1


def test_send_when_a_reorganisation_undid_it_then_the_same_bytes_bring_it_back(
    tmp_path: Path, url: str
) -> None:
    node = Endpoint(url)
    ctx = context(tmp_path, node)
    first = plan(ctx, Step("S-1", "Pay", pay(5))).send()
    node.call("anvil_rollback", (1,))
    assert balance(node) == 0
    again = plan(ctx, Step("S-1", "Pay", pay(5))).send()
    assert balance(node) == 5 and again.transaction == first.transaction


def test_send_when_another_command_died_before_sending_then_its_bytes_go_first(
    tmp_path: Path, url: str
) -> None:
    def refuse(params: Any, ask: Callable[[], Any]) -> Any:
        raise RpcError("eth_sendRawTransaction", -32000, "try later")

    node = Endpoint(url)
    bad = context(tmp_path, BadNode(url, eth_sendRawTransaction=refuse))
    with pytest.raises(OutcomeUnknown):
        plan(bad, Step("S-1", "Pay", pay(5))).send()
    ctx = context(tmp_path, node)
    outcome = plan(ctx, Step("S-2", "Pay", pay(7))).send()
    assert balance(node) == 12 and nonce(node) == 2 and outcome.sent == 1
    assert plan(ctx, Step("S-1", "Pay", pay(5))).send().fee > 0
    assert balance(node) == 12 and nonce(node) == 2


def test_send_when_the_contract_says_it_has_happened_then_sends_nothing(tmp_path: Path, url: str) -> None:
    node = Endpoint(url)
    outcome = plan(context(tmp_path, node), Step("S-1", "Pay", pay(5), truths=(echo(1, 1),))).send()
    assert outcome.sent == 0 and outcome.steps[0].receipt is None and nonce(node) == 0


def test_send_when_the_contract_does_not_confirm_then_raises_and_stays_open(tmp_path: Path, url: str) -> None:
    ctx = context(tmp_path, Endpoint(url))
    for _ in range(2):
        with pytest.raises(TransactionFailed, match="does not show it") as caught:
            plan(ctx, Step("S-1", "Pay", pay(5), truths=(echo(1, 1), echo(1, 2)))).send()
        assert caught.value.code == "NOT_SHOWN"
    assert plan(ctx, Step("S-1", "Pay", pay(5))).send().sent == 1
    assert nonce(ctx.endpoint) == 1


def test_send_when_interrupted_then_says_how_to_go_on(tmp_path: Path, url: str) -> None:
    ctx = context(tmp_path, Endpoint(url))
    told: list[Event] = []

    def hear(event: Event) -> None:
        told.append(event)
        if (event.kind, event.step) == ("sent", "Bump 1"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt, match=r"1 of 3 steps of batch b-20261124-01.*same command"):
        counting(ctx).send(hear)
    assert told[-1].kind == "stopped"
    assert counting(ctx).send().sent == 2 and nonce(ctx.endpoint) == 3


def test_send_when_journal_was_tampered_with_then_sends_nothing(tmp_path: Path, url: str) -> None:
    import sqlite3

    ctx = context(tmp_path, Endpoint(url))
    plan(ctx, Step("S-1", "Pay", pay(5))).send()
    (path,) = ctx.project.journal.glob("*.db")
    raw = sqlite3.connect(path)
    raw.execute("UPDATE steps SET key = 'S-9'")
    raw.commit()
    raw.close()
    with pytest.raises(InputError, match=r"changed from outside.*hashkit batch recover"):
        plan(ctx, Step("S-1", "Pay", pay(5))).send()
    assert nonce(ctx.endpoint) == 1


def test_send_when_chain_is_another_then_node_error(tmp_path: Path, url: str) -> None:
    ctx = context(tmp_path, BadNode(url, eth_chainId=lambda params, ask: "0x85"))
    with pytest.raises(NodeError, match="serves chain 133"):
        plan(ctx, Step("S-1", "Pay", pay(5))).send()


def test_send_when_nobody_signs_then_account_error(tmp_path: Path, url: str) -> None:
    ctx = context(tmp_path, Endpoint(url), signer=None, account=SOMEBODY)
    assert ctx.sender == SOMEBODY
    with pytest.raises(AccountError, match="--account"):
        plan(ctx, Step("S-1", "Pay", pay(5))).send()


def test_send_when_checks_fail_then_refused_before_anything_is_sent(tmp_path: Path, url: str) -> None:
    ctx = context(tmp_path, Endpoint(url))
    checks = (Check("R-CAP", False, "The cap is full.", "Raise it."), Check("R-ROLE", True, "fine"))
    with pytest.raises(Refused, match="1 check failed") as caught:
        plan(ctx, Step("S-1", "Pay", pay(5)), checks=checks).send()
    assert caught.value.details == ("R-CAP: The cap is full. Raise it.",)
    verdict = Verdict(1, (Reason("R-PAUSED", None, "It is paused.", "Wait."),))
    with pytest.raises(TransferRefused) as refused:
        plan(ctx, Step("S-1", "Pay", pay(5)), verdict=verdict).send()
    assert refused.value.verdict is verdict and "R-PAUSED" in refused.value.why
    assert nonce(ctx.endpoint) == 0 and not ctx.project.root.joinpath(".hashkit").exists()


def test_send_when_there_is_nothing_to_do_then_returns_at_once(tmp_path: Path) -> None:
    ctx = context(tmp_path, Endpoint("http://127.0.0.1:9"), signer=None)
    made = plan(ctx, note="Nothing to do: all 3 rows were issued before.")
    assert made.send() == Outcome() and "Nothing to do" in made.table()


def test_table_and_to_dict_then_are_plain_stable_and_safe(tmp_path: Path) -> None:
    ctx = context(tmp_path, Endpoint("http://127.0.0.1:9"))
    made = plan(
        ctx,
        Step("S-1", "Pay", pay(5)),
        headings=("investor", "amount"),
        lines=(("INV-1", "500,000.00"), ("INV-\x1b[2J", "1.00")),
        totals={"total": "500,001.00"},
        warnings=("single key",),
    )
    text = made.table()
    assert "\x1b" not in text
    assert text.splitlines()[1:3] == ["  investor      amount", "  INV-1     500,000.00"]
    assert text.endswith("  1 transaction")
    document = made.to_dict()
    assert document == made.to_dict() and document["schema"] == "hashkit.plan/1"
    assert document["steps"][0]["valueWei"] == "5" and document["network"]["chainId"] == 31337
