"""Taking stock: journal and chain are compared by reading alone, whatever died or was thrown out in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hashkit.chain.signing import fields, sign
from hashkit.chain.stock import _receipts_of, ask, take_stock
from hashkit.domain.attempts import Attempt
from hashkit.errors import NodeError
from hashkit.rpc.client import Endpoint
from hashkit.store.journal import Journal
from tests.chain.sending import NETWORK, BadNode, Key, new_step, open_journal, pay, sender

PUBLIC = replace(NETWORK, dev=False)
RECEIPT, BLOCK = "eth_getTransactionReceipt", "eth_getBlockByNumber"


@pytest.fixture
def url(fresh_chain: Callable[[str], str]) -> str:
    return fresh_chain("anvil")


@pytest.fixture
def journal(tmp_path: Path, url: str) -> Iterator[Journal]:
    with open_journal(tmp_path, Endpoint(url)) as opened:
        yield opened


def signed(journal: Journal, step: int, nonce: int, wei: int = 1) -> Attempt:
    """Signed and written down; no node has heard of it."""
    raw, tx_hash = sign(Key(), fields(pay(), chain_id=31337, nonce=nonce, gas=21_000, max_fee=wei, priority_fee=0))
    made = Attempt(step, nonce, raw, tx_hash, 21_000, wei, 0)
    journal.record_signed(made)
    return made


def stock(node: Endpoint, journal: Journal, network: Any = PUBLIC) -> tuple[list[str], list[tuple[str, str, str]]]:
    """Hashes of what is missing, and what was told."""
    told: list[tuple[str, str, str]] = []
    missing = take_stock(node, network, Key().address, journal, lambda *event: told.append(event))
    return [each.tx_hash for each in missing], told


def receipts(**blocks: str) -> Callable[[Any, Any], Any]:
    """A node that shows these transactions, each in a block with this hash, and no other."""

    def answer(params: Any, ask: Any) -> Any:
        if (block := blocks.get(params[0])) is None:
            return None
        told = {"blockNumber": "0x5", "blockHash": block, "status": "0x1", "gasUsed": "0x5208"}
        return {**told, "transactionHash": params[0], "effectiveGasPrice": "0x1"}

    return answer


def test_what_no_block_holds_is_missing_the_dearest_of_each_nonce(journal: Journal, url: str) -> None:
    first, second = new_step(journal, "a"), new_step(journal, "b")
    signed(journal, first, 0)
    dearer, other = signed(journal, first, 0, 2), signed(journal, second, 1)
    assert stock(Endpoint(url), journal) == ([dearer.tx_hash, other.tx_hash], [])


def test_a_block_that_came_after_the_crash_is_written_down_and_told_once(journal: Journal, url: str) -> None:
    step = new_step(journal)
    attempt = signed(journal, step, 0)
    node = BadNode(url, **{RECEIPT: receipts(**{attempt.tx_hash: "0xaa"})})
    assert stock(node, journal) == ([], [("mined", attempt.tx_hash, "block 5")])
    found = journal.receipt(step)
    assert found is not None and (found.block_hash, found.fee) == ("0xaa", 21_000)
    assert stock(node, journal) == ([], []), "known by now"
    node.faults[RECEIPT] = receipts(**{attempt.tx_hash: "0xbb"})
    assert stock(node, journal) == ([], [("mined", attempt.tx_hash, "block 5")]), "it moved to another block"


def test_a_rival_in_its_place_takes_the_block_from_it(journal: Journal, url: str) -> None:
    step = new_step(journal)
    cheap, dear = signed(journal, step, 0), signed(journal, step, 0, 2)
    waiting = signed(journal, new_step(journal, "b"), 1)
    node = BadNode(url, **{RECEIPT: receipts(**{cheap.tx_hash: "0xaa"})})
    assert stock(node, journal)[0] == [waiting.tx_hash]
    assert [each.state for each in journal.attempts(step)] == ["MINED", "SIGNED"]
    node.faults[RECEIPT] = receipts(**{dear.tx_hash: "0xbb"})
    assert stock(node, journal) == ([waiting.tx_hash], [("mined", dear.tx_hash, "block 5")])
    assert [each.state for each in journal.attempts(step)] == ["SENT", "MINED"]
    node.faults[RECEIPT] = receipts()
    assert stock(node, journal) == ([dear.tx_hash, waiting.tx_hash], []), "thrown out: it is to go out again"
    assert [each.state for each in journal.attempts(step)] == ["SENT", "MINED"], "until then its block is remembered"


@pytest.mark.parametrize(("final", "asked"), [("0x5", 1), ("0x4", 2), ("five", 2), (None, 2)])
def test_what_a_final_block_holds_is_not_asked_about_again(
    journal: Journal, url: str, final: str | None, asked: int
) -> None:
    old, new = signed(journal, new_step(journal, "a"), 0), signed(journal, new_step(journal, "b"), 1)
    stock(BadNode(url, **{RECEIPT: receipts(**{old.tx_hash: "0xaa"})}), journal)
    seen: list[str] = []

    def listen(params: Any, ask: Any) -> Any:
        seen.append(params[0])
        return receipts(**{old.tx_hash: "0xaa"})(params, ask)

    def tell(params: Any, ask: Any) -> Any:
        assert params[0] in ("finalized", "0x5") and params[1] is False
        return None if final is None or params[0] == "0x5" else {"number": final}

    node = BadNode(url, **{RECEIPT: listen, BLOCK: tell})
    assert stock(node, journal)[0] == [new.tx_hash] and len(seen) == asked
    seen.clear()
    assert stock(node, journal, NETWORK)[0] == [new.tx_hash] and len(seen) == 2, "an embedded chain may be rolled back"


def test_a_node_that_does_not_answer_is_asked_later_and_not_believed(journal: Journal, url: str) -> None:
    def silent(params: Any, ask: Any) -> Any:
        raise NodeError("The node did not answer in time.")

    attempt = signed(journal, new_step(journal), 0)
    assert stock(BadNode(url, **{RECEIPT: silent, BLOCK: silent}), journal) == ([attempt.tx_hash], [])
    assert ask(BadNode(url, **{BLOCK: silent}), BLOCK, "latest", False) is None
    assert ask(Endpoint(url), "eth_chainId") == "0x7a69"


def test_only_what_the_chain_has_no_nonce_for_goes_out_again(journal: Journal, url: str) -> None:
    """Nonce 0 was used by somebody else: those bytes are dead, and only the next ones are sent."""
    node = Endpoint(url)
    node.call("anvil_setNonce", (Key().address, "0x1"))
    dead, alive = signed(journal, new_step(journal, "a"), 0, 10**10), signed(journal, new_step(journal, "b"), 1, 10**10)
    sent: list[str] = []

    def note(params: Any, ask: Any) -> Any:
        sent.append(params[0])
        return ask()

    told: list[tuple[str, str]] = []
    send = sender(BadNode(url, eth_sendRawTransaction=note), journal, on_event=lambda *e: told.append(e[:2]))
    missing = send.take_stock()
    assert missing == (dead, alive)
    send.send_again(missing)
    assert sent == ["0x" + alive.raw.hex()]
    assert told == [(kind, alive.tx_hash) for kind in ("resumed", "sent", "mined")]


def test_what_a_block_holds_that_still_stands_is_not_asked_for(journal: Journal, url: str) -> None:
    first, second = (signed(journal, new_step(journal, str(n)), n) for n in range(2))
    heads = {5: "0xaa", 6: "0xbb"}

    def node(**more: Any) -> BadNode:
        asked.clear()

        def receipt(params: Any, ask: Any) -> Any:
            asked.append(params[0])
            return told(params, ask)

        def head(params: Any, ask: Any) -> Any:
            return {"number": params[0], "hash": heads[5]} if params[0] == "0x5" else None

        return BadNode(url, **{RECEIPT: receipt, BLOCK: head, **more})

    asked: list[str] = []
    told = receipts(**{first.tx_hash: "0xaa", second.tx_hash: "0xaa"})
    assert stock(node(), journal)[0] == [] and asked == [first.tx_hash, second.tx_hash]
    assert stock(node(), journal) == ([], []) and asked == [], "their block is where it was"

    def silent(params: Any, ask: Any) -> Any:
        raise NodeError("no")

    assert stock(node(**{BLOCK: silent}), journal) == ([], []) and len(asked) == 2, "nobody says where it is"
    heads[5] = "0xcc"
    told = receipts(**{first.tx_hash: "0xcc"})
    missing, events = stock(node(), journal)
    assert missing == [second.tx_hash] and [event[:2] for event in events] == [("mined", first.tx_hash)]
    assert len(asked) == 2


def test_a_failure_that_was_made_up_is_corrected_when_the_node_tells_the_truth(journal: Journal, url: str) -> None:
    sent = signed(journal, new_step(journal), 0)

    def node(status: str) -> BadNode:
        def receipt(params: Any, ask: Any) -> Any:
            return {**receipts(**{sent.tx_hash: "0xaa"})(params, ask), "status": status}

        def head(params: Any, ask: Any) -> Any:
            return {"number": params[0], "hash": "0xaa"}

        return BadNode(url, **{RECEIPT: receipt, BLOCK: head})

    assert stock(node("0x0"), journal)[1] == [("mined", sent.tx_hash, "block 5")]
    assert stock(node("0x0"), journal)[1] == [], "it says the same again"
    assert stock(node("0x1"), journal)[1] == [("mined", sent.tx_hash, "block 5")]
    found = journal.receipt(sent.step)
    assert found is not None and found.succeeded


def test_receipts_of_many_are_asked_for_in_parts(journal: Journal, url: str) -> None:
    many = [signed(journal, new_step(journal, str(n)), n) for n in range(60)]
    asked: list[int] = []

    class Counting(BadNode):
        def batch(self, calls: Any) -> list[Any]:
            asked.append(len(calls))
            return super().batch(calls)

    node = Counting(url, **{RECEIPT: receipts(**{many[55].tx_hash: "0xaa"})})
    found = list(_receipts_of(node, many, Key().address))
    assert [n for n, receipt in enumerate(found) if receipt is not None] == [55] and len(found) == 60
    assert asked == [50, 10]
