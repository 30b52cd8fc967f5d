"""The sender on real chains: whatever the node, the signer or the machine does, one mined transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hashkit.chain import sender as sender_module
from hashkit.chain.signing import created_address, read_signed
from hashkit.contracts.hashing import checksum, keccak
from hashkit.errors import (
    AccountError,
    NodeError,
    OutcomeUnknown,
    Refused,
    RpcError,
    TransactionFailed,
)
from hashkit.rpc.client import Endpoint
from hashkit.store.journal import Journal
from tests.chain.sending import (
    COUNTER,
    SOMEBODY,
    BadNode,
    Key,
    balance,
    bump,
    count,
    new_step,
    nonce,
    open_journal,
    pay,
    sender,
)

SEND = "eth_sendRawTransaction"


@pytest.fixture
def url(fresh_chain: Callable[[str], str]) -> str:
    return fresh_chain("anvil")


@pytest.fixture
def node(url: str) -> Endpoint:
    return Endpoint(url)


@pytest.fixture
def journal(tmp_path: Path, node: Endpoint) -> Iterator[Journal]:
    with open_journal(tmp_path, node) as opened:
        yield opened


def caught_up(node: Endpoint, journal: Journal) -> None:
    """What every run begins with."""
    send = sender(node, journal)
    send.send_again(send.take_stock())


@pytest.mark.parametrize("engine", ["anvil", "py-evm"])
def test_perform_then_pays_deploys_and_calls(
    tmp_path: Path, fresh_chain: Callable[[str], str], engine: str
) -> None:
    node = Endpoint(fresh_chain(engine))
    told: list[str] = []
    with open_journal(tmp_path, node) as journal:
        send = sender(node, journal, on_event=lambda kind, tx, text: told.append(kind))
        before = balance(node, Key().address)
        receipt = send.perform(new_step(journal, "pay"), pay(5))
        assert balance(node) == 5 and receipt.succeeded and receipt.contract is None
        assert balance(node, Key().address) == before - 5 - receipt.fee
        assert told == ["signed", "sent", "mined"]
        made = send.perform(new_step(journal, "deploy"), COUNTER)
        assert made.contract is not None
        assert node.call("eth_getCode", (made.contract, "latest")) == "0x" + COUNTER.init_code[9:].hex()
        send.perform(new_step(journal, "bump"), bump(made.contract))
        assert count(node, made.contract) == 1
        assert journal.next_nonce() == nonce(node) == 3
        journal.verify()


def test_perform_when_the_contract_would_refuse_then_says_why_and_signs_nothing(
    journal: Journal, node: Endpoint
) -> None:
    send = sender(node, journal)
    counter = send.perform(new_step(journal, "deploy"), COUNTER).contract
    assert counter is not None
    with pytest.raises(Refused, match="not halted") as caught:
        send.perform(new_step(journal, "bad"), bump(counter, b""))
    assert any("NotHalted" in line for line in caught.value.details)
    assert nonce(node) == journal.next_nonce() == 1


def test_perform_when_it_reverts_in_the_block_then_fails_with_reason_and_may_run_again(
    journal: Journal, url: str, node: Endpoint
) -> None:
    made = sender(node, journal).perform(new_step(journal, "deploy"), COUNTER)
    counter = str(made.contract)

    def lock(value: int) -> None:
        node.call("anvil_setStorageAt", (counter, "0x" + "00" * 31 + "01", f"0x{value:064x}"))

    def others_first(params: Any, ask: Callable[[], Any]) -> Any:
        lock(1)
        return ask()

    step = new_step(journal, "bump")
    with pytest.raises(TransactionFailed, match="not halted") as caught:
        sender(BadNode(url, **{SEND: others_first}), journal).perform(step, bump(counter))
    assert caught.value.code == "REVERTED" and count(node, counter) == 0
    lock(0)
    receipt = sender(node, journal).perform(step, bump(counter))
    assert receipt.succeeded and count(node, counter) == 1
    assert [attempt.nonce for attempt in journal.attempts(step)] == [1, 2]
    assert sender(node, journal).perform(step, bump(counter)) == receipt
    assert nonce(node) == 3


def test_perform_when_the_node_serves_another_chain_then_signs_nothing(
    journal: Journal, url: str, node: Endpoint
) -> None:
    other = BadNode(url, eth_chainId=lambda params, ask: "0xb1")
    with pytest.raises(NodeError, match="serves chain 177") as caught:
        sender(other, journal).perform(new_step(journal), pay())
    assert caught.value.code == "WRONG_CHAIN"
    assert journal.next_nonce() == nonce(node) == 0


@pytest.mark.parametrize(
    "change",
    [
        {"to": "0x" + "22" * 20},
        {"value": 2},
        {"nonce": 9},
        {"chainId": 177},
        {"gas": 9_000_000},
        {"maxFeePerGas": 10**15},
        {"data": "0x01"},
        {"accessList": [{"address": SOMEBODY, "storageKeys": []}]},
    ],
    ids=lambda change: next(iter(change)),
)
def test_perform_when_the_signer_cheats_then_stops_before_the_journal(
    journal: Journal, node: Endpoint, change: dict[str, Any]
) -> None:
    class Cheat(Key):
        def sign_transaction(self, fields: dict[str, Any]) -> bytes:
            return super().sign_transaction({**fields, **change})

    with pytest.raises(AccountError) as caught:
        replace(sender(node, journal), signer=Cheat()).perform(new_step(journal), pay())
    assert caught.value.code == "BAD_SIGNATURE" and next(iter(change)) in caught.value.why
    assert journal.next_nonce() == nonce(node) == 0


@pytest.mark.parametrize("raw", [b"", b"\x02", b"\x02\xc0", b"\x01" * 90])
def test_perform_when_the_signer_returns_rubbish_or_another_key_then_stops(
    journal: Journal, node: Endpoint, raw: bytes
) -> None:
    class Rubbish(Key):
        def sign_transaction(self, fields: dict[str, Any]) -> bytes:
            return raw or Key(1).sign_transaction(fields)

    with pytest.raises(AccountError, match="another transaction"):
        replace(sender(node, journal), signer=Rubbish()).perform(new_step(journal), pay())
    assert journal.next_nonce() == 0


def test_perform_when_the_node_took_it_but_the_answer_is_lost_then_one_transaction(
    journal: Journal, url: str, node: Endpoint
) -> None:
    def lost(params: Any, ask: Callable[[], Any]) -> Any:
        ask()
        raise NodeError("The node did not answer in time.")

    step = new_step(journal)
    told: list[str] = []
    bad = BadNode(url, **{SEND: lost})
    receipt = sender(bad, journal, on_event=lambda kind, tx, text: told.append(kind)).perform(step, pay(7))
    assert receipt.succeeded and balance(node) == 7 and nonce(node) == 1
    assert "unsure" in told


def test_perform_when_the_bytes_never_arrive_then_the_same_bytes_are_sent_again(
    journal: Journal, url: str, node: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender_module, "_REBROADCAST", 0.2)
    seen: list[str] = []

    def first_is_lost(params: Any, ask: Callable[[], Any]) -> Any:
        seen.append(params[0])
        if len(seen) < 3:
            raise NodeError("The node did not answer in time.")
        return ask()

    receipt = sender(BadNode(url, **{SEND: first_is_lost}), journal).perform(new_step(journal), pay(7))
    assert receipt.succeeded and len(seen) == 3 and len(set(seen)) == 1 and balance(node) == 7


def test_perform_when_the_node_refuses_in_unknown_words_then_unknown_and_the_next_run_finishes(
    journal: Journal, url: str, node: Endpoint
) -> None:
    def refuse(params: Any, ask: Callable[[], Any]) -> Any:
        raise RpcError(SEND, -32000, "address is on the list")

    step = new_step(journal)
    with pytest.raises(OutcomeUnknown, match="same command again") as caught:
        sender(BadNode(url, **{SEND: refuse}), journal).perform(step, pay(7))
    assert "address is on the list" in caught.value.why and journal.step(step).state == "SIGNED"
    assert sender(node, journal).perform(step, pay(7)).succeeded
    assert balance(node) == 7 and len(journal.attempts(step)) == 1


def test_perform_when_receipts_are_null_for_a_while_then_waits(journal: Journal, url: str) -> None:
    asked: list[int] = []

    def stale(params: Any, ask: Callable[[], Any]) -> Any:
        asked.append(1)
        if len(asked) == 2:
            raise NodeError("The node did not answer in time.")
        return ask() if len(asked) > 4 else None

    bad = BadNode(url, eth_getTransactionReceipt=stale)
    assert sender(bad, journal).perform(new_step(journal), pay()).succeeded
    assert len(asked) == 5


@pytest.mark.parametrize("lie", [{"status": None}, {"gasUsed": "zero"}])
def test_perform_when_the_receipt_makes_no_sense_then_node_error(
    journal: Journal, url: str, lie: dict[str, Any]
) -> None:
    bad = BadNode(url, eth_getTransactionReceipt=lambda params, ask: ask() and {**ask(), **lie})
    with pytest.raises(NodeError, match="makes no sense"):
        sender(bad, journal).perform(new_step(journal), pay())


def test_perform_when_no_block_comes_then_unknown_and_the_next_run_signs_nothing_new(
    journal: Journal, node: Endpoint
) -> None:
    node.call("evm_setAutomine", (False,))
    step = new_step(journal)
    for _ in range(2):
        with pytest.raises(OutcomeUnknown) as caught:
            sender(node, journal, wait_seconds=0.3).perform(step, pay(7))
        assert caught.value.details[0].startswith("https://explorer.test/tx/0x")
    node.call("evm_mine")
    assert sender(node, journal).perform(step, pay(7)).succeeded
    assert len(journal.attempts(step)) == 1 and balance(node) == 7


def test_perform_when_somebody_else_used_the_nonce_then_stops(
    journal: Journal, url: str, node: Endpoint
) -> None:
    def refuse(params: Any, ask: Callable[[], Any]) -> Any:
        raise RpcError(SEND, -32000, "try later")

    step = new_step(journal)
    with pytest.raises(OutcomeUnknown):
        sender(BadNode(url, **{SEND: refuse}), journal).perform(step, pay(7))
    foreign = read_signed(journal.attempts(step)[0].raw)
    for name in ("v", "r", "s", "accessList"):
        del foreign[name]
    raw = Key().sign_transaction({**foreign, "to": Key(1).address, "value": 1})
    node.call(SEND, ("0x" + raw.hex(),))
    for _ in range(2):
        with pytest.raises(AccountError, match="somebody else") as caught:
            sender(node, journal).perform(step, pay(7))
        assert caught.value.code == "NONCE_FOREIGN"
    assert balance(node) == 0 and len(journal.attempts(step)) == 1
    caught_up(node, journal)  # and other steps are not held up by it
    assert sender(node, journal).perform(new_step(journal, "other"), pay(1)).succeeded


def test_perform_when_the_base_fee_jumps_then_same_nonce_same_content_more_money(
    journal: Journal, url: str, node: Endpoint
) -> None:
    jumped: list[int] = []

    def jump(params: Any, ask: Callable[[], Any]) -> Any:
        if not jumped:
            jumped.append(1)
            node.call("anvil_setNextBlockBaseFeePerGas", (hex(50 * 10**9),))
            node.call("evm_mine")
        return ask()

    step = new_step(journal)
    assert sender(BadNode(url, **{SEND: jump}), journal).perform(step, pay(7)).succeeded
    cheap, dear = (read_signed(attempt.raw) for attempt in journal.attempts(step))
    assert dear["maxFeePerGas"] > cheap["maxFeePerGas"] and dear["maxPriorityFeePerGas"] > 0
    for name in ("nonce", "to", "value", "data", "gas", "chainId"):
        assert dear[name] == cheap[name]
    assert balance(node) == 7 and nonce(node) == 1


def test_perform_when_the_account_is_empty_then_names_the_sum(journal: Journal, node: Endpoint) -> None:
    node.call("anvil_setBalance", (Key().address, hex(10**12)))
    with pytest.raises(Refused, match=r"cannot pay") as caught:
        sender(node, journal).perform(new_step(journal), pay())
    assert caught.value.code == "GAS" and "HSK" in caught.value.next_step
    assert journal.next_nonce() == 0


def test_catch_up_when_a_reorganisation_threw_it_out_then_sends_the_same_bytes(
    journal: Journal, node: Endpoint
) -> None:
    step = new_step(journal)
    first = sender(node, journal).perform(step, pay(7))
    journal.record_done(step)
    node.call("anvil_rollback", (1,))
    assert balance(node) == 0
    caught_up(node, journal)
    again = journal.receipt(step)
    assert again is not None and again.tx_hash == first.tx_hash and balance(node) == 7
    assert journal.step(step).state == "MINED" and len(journal.attempts(step)) == 1


def test_catch_up_when_several_were_signed_and_never_sent_then_lowest_nonce_first(
    journal: Journal, url: str, node: Endpoint
) -> None:
    def refuse(params: Any, ask: Callable[[], Any]) -> Any:
        raise RpcError(SEND, -32000, "try later")

    steps = [new_step(journal, f"k{n}") for n in range(3)]
    for step in steps:
        with pytest.raises(OutcomeUnknown):
            sender(BadNode(url, **{SEND: refuse}), journal).perform(step, pay(7))
    assert nonce(node) == 0 and journal.next_nonce() == 3
    caught_up(node, journal)
    assert nonce(node) == 3 and balance(node) == 21
    assert [journal.step(step).state for step in steps] == ["MINED"] * 3


def test_nonce_when_the_journal_is_behind_the_chain_then_the_chain_counts(
    journal: Journal, node: Endpoint
) -> None:
    node.call("anvil_setNonce", (Key().address, "0x29"))
    step = new_step(journal)
    sender(node, journal).perform(step, pay())
    assert journal.attempts(step)[0].nonce == 41


@pytest.mark.parametrize("number", [0, 1, 127, 128, 255, 256, 2**32, 2**63])
def test_created_address_then_is_what_the_yellow_paper_says(number: int) -> None:
    import rlp

    expected = keccak(rlp.encode([bytes.fromhex(SOMEBODY[2:]), number]))[12:]
    assert created_address(SOMEBODY, number) == checksum(expected)
