"""An order's chunks are under way together: none of them twice, whatever happens to one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hashkit.chain import fees, sender
from hashkit.chain.devaccounts import DEV_ACCOUNTS
from hashkit.chain.fees import prices
from hashkit.contracts.asset_token import AssetToken
from hashkit.contracts.call import Call
from hashkit.errors import BatchIncomplete, OutcomeUnknown, RpcError
from hashkit.issuer import issue as issue_module
from hashkit.issuer import write as write_module
from hashkit.issuer.asset import Asset
from hashkit.issuer.steps import Event
from hashkit.rpc.client import Endpoint
from tests.chain.sending import BadNode

ROWS = 700
SEND = "eth_sendRawTransaction"
ISSUER, OTHER = DEV_ACCOUNTS[0].address, DEV_ACCOUNTS[9].address
ROWS_OF = [("INV-1" if number % 3 else "INV-2", f"1.{number:03}") for number in range(ROWS)]


def on(asset: Asset, node: Endpoint) -> Asset:
    return Asset(replace(asset.context, endpoint=node), asset.deployment)


def act(asset: Asset, call: Call, by: str) -> None:
    """Somebody does something, past the journal, and it is mined."""
    asked = {"from": by, "to": call.to, "data": "0x" + call.data.hex(), "gas": hex(10**6)}
    sent = asset.context.endpoint.call("eth_sendTransaction", (asked,))
    while asset.context.endpoint.call("eth_getTransactionReceipt", (sent,)) is None:
        pass


def nonce(asset: Asset) -> int:
    return int(asset.context.endpoint.call("eth_getTransactionCount", (ISSUER, "latest")), 16)


def mined(asset: Asset, since: int) -> set[str]:
    """Hashes of the issuer's transactions from a nonce on."""
    ask = asset.context.endpoint.call
    newest = int(ask("eth_blockNumber"), 16)
    blocks = [ask("eth_getBlockByNumber", (hex(number), True)) for number in range(newest + 1)]
    sent = [found for block in blocks for found in block["transactions"] if found["from"] == ISSUER.lower()]
    return {found["hash"] for found in sent if int(found["nonce"], 16) >= since}


def issue(asset: Asset, told: list[Event] | None = None) -> Any:
    return asset.issue(ROWS_OF, external_id="S-1").send(None if told is None else told.append)


def all_issued(asset: Asset) -> None:
    """Every row once; the same once more sends nothing."""
    before = nonce(asset)
    again = issue(asset)
    assert (again.rows, again.outcome.sent, nonce(asset)) == (ROWS, 0, before)
    assert asset.info().supply.raw == sum(int(amount.replace(".", "") + "000") for _, amount in ROWS_OF)


def test_the_chunks_after_the_first_are_sent_before_any_of_them_is_waited_for(asset):
    told: list[Event] = []
    before = nonce(asset)
    assert issue(asset, told).outcome.sent == nonce(asset) - before == 8
    kinds = [event.kind for event in told if event.kind in ("sent", "mined", "done")]
    alone = ["sent", "mined", "done"]
    assert kinds == alone * 2 + ["sent"] * 6 + ["mined"] * 6 + ["done"] * 6
    all_issued(asset)


def test_all_that_go_together_are_written_down_before_the_first_goes_out(asset):
    told: list[Event] = []
    issue(asset, told)
    kinds = [event.kind for event in told if event.kind in ("signed", "sent")]
    assert kinds == ["signed", "sent"] * 2 + ["signed"] * 6 + ["sent"] * 6


def test_an_interrupt_in_the_middle_of_signing_keeps_every_signature(asset):
    class Interrupted:
        address = ISSUER
        signed = 0

        def sign_transaction(self, fields: dict[str, Any]) -> bytes:
            self.signed += 1
            if self.signed == 5:  # the third of those that go together
                raise KeyboardInterrupt
            return asset.context.signer.sign_transaction(fields)

    before = nonce(asset)
    with pytest.raises(KeyboardInterrupt, match="2 of 8 steps"):
        issue(Asset(replace(asset.context, signer=Interrupted()), asset.deployment))
    with asset.context.open_journal() as journal:
        kept = [attempt for attempt in journal.unsettled(0) if attempt.nonce >= before]
    assert (nonce(asset) - before, len(kept)) == (2, 4)
    assert issue(asset).outcome.sent == 6
    assert {attempt.tx_hash for attempt in kept} <= mined(asset, before)
    all_issued(asset)


def test_one_that_reverts_stops_those_behind_it_and_all_are_made_up_for(asset, deployed):
    asset.powers.grant(OTHER, "pause", "token").send()
    token, sent = AssetToken(asset.address), []

    def halted(params: Any, ask: Any) -> Any:
        sent.append(params)
        if len(sent) == 5:  # the third of those that go together
            act(asset, token.halt(True, b"\x01" * 32), OTHER)
        return ask()

    told: list[Event] = []
    with pytest.raises(BatchIncomplete, match="4 of 8 steps") as caught:
        issue(on(asset, BadNode(deployed.stage.url, **{SEND: halted})), told)
    assert "halt" in caught.value.why.lower()
    assert len([event for event in told if event.kind == "failed"]) == 1
    act(asset, token.halt(False, b"\x01" * 32), ISSUER)
    assert issue(asset).outcome.sent == 4
    all_issued(asset)


def test_one_of_which_nobody_knows_whether_it_was_sent_holds_up_those_after_it(asset, deployed):
    before, sent = nonce(asset), []

    def odd(params: Any, ask: Any) -> Any:
        sent.append(params[0])
        if len(sent) == 4:  # the second of those that go together
            raise RpcError(SEND, -32000, "something odd")
        return ask()

    with pytest.raises(OutcomeUnknown, match="Nobody says yet"):
        issue(on(asset, BadNode(deployed.stage.url, **{SEND: odd})))
    assert (len(sent), nonce(asset) - before) == (4, 3)
    with asset.context.open_journal() as journal:
        kept = [attempt.tx_hash for attempt in journal.unsettled(0) if attempt.nonce >= before]
    assert len(kept) == 8
    issue(asset)
    assert mined(asset, before) == set(kept)
    all_issued(asset)


def test_one_whose_receipt_nobody_shows_leaves_those_before_it_done(asset, deployed):
    sent: list[str] = []

    def noted(params: Any, ask: Any) -> Any:
        sent.append(ask())
        return sent[-1]

    def hidden(params: Any, ask: Any) -> Any:
        return None if params[0] in sent[4:] else ask()

    node = BadNode(deployed.stage.url, **{SEND: noted, "eth_getTransactionReceipt": hidden})
    hasty = Asset(replace(asset.context, endpoint=node, wait_seconds=0.5), asset.deployment)
    with pytest.raises(OutcomeUnknown, match=r"what came of transaction 0x"):
        issue(hasty)
    with asset.context.open_journal() as journal:
        states = [attempt.state for attempt in journal.unsettled(0) if attempt.tx_hash in sent]
    assert states == ["MINED"] * 4 + ["SENT"] * 4
    issue(asset)
    all_issued(asset)


def test_one_that_is_lost_goes_out_again_unchanged(asset, deployed, monkeypatch):
    monkeypatch.setattr(sender, "_REBROADCAST", 0.2)
    sent: list[str] = []

    def swallowed(params: Any, ask: Any) -> Any:
        sent.append(params[0])
        return "0x" + "00" * 32 if len(sent) == 4 else ask()

    assert issue(on(asset, BadNode(deployed.stage.url, **{SEND: swallowed}))).rows == ROWS
    assert sent.count(sent[3]) == 2 and len(set(sent)) == 8
    all_issued(asset)


def test_a_signer_that_gives_up_in_the_middle_leaves_what_was_sent(asset):
    class Tired:
        address = ISSUER
        left = 4

        def sign_transaction(self, fields: dict[str, Any]) -> bytes:
            self.left -= 1
            return asset.context.signer.sign_transaction(fields) if self.left >= 0 else b""

    tired = Asset(replace(asset.context, signer=Tired()), asset.deployment)
    with pytest.raises(BatchIncomplete, match="4 of 8 steps"):
        issue(tired)
    assert issue(asset).outcome.sent == 4
    all_issued(asset)


@pytest.mark.parametrize(("limits", "together"), [(1.5, 1), (2.5, 2), (4.5, 4)])
def test_an_account_that_cannot_pay_for_all_at_once_sends_as_many_as_it_can_pay_for(
    asset, monkeypatch, limits, together
):
    monkeypatch.setattr(issue_module, "_gas", lambda rows: 28_000_000)
    told: list[Event] = []
    now = prices(asset.context.endpoint)
    monkeypatch.setattr(fees, "prices", lambda endpoint: now)  # else they fall from block to block
    limit = min(28_000_000 * 2, now.gas_limit) * now.max_fee
    asset.context.endpoint.call("anvil_setBalance", (ISSUER, hex(int(limits * limit))))
    assert issue(asset, told).rows == ROWS
    under_way, most = 0, 0
    for event in told:
        under_way += (event.kind == "sent") - (event.kind == "done")
        most = max(most, under_way)
    assert most == together
    all_issued(asset)


def test_of_two_groups_one_is_signed_while_the_other_goes_into_blocks(asset, monkeypatch):
    monkeypatch.setattr(write_module, "IN_FLIGHT", 4)
    told: list[Event] = []
    issue(asset, told)
    kinds = [event.kind for event in told if event.kind in ("signed", "sent", "done")][6:]
    signed, landed = ["signed"] * 2, ["sent"] * 2 + ["done"] * 2
    assert kinds == [*signed, *signed, *landed, *signed, *landed, *landed]
    all_issued(asset)


def test_a_group_behind_one_that_reverts_shares_its_fate(asset, deployed, monkeypatch):
    asset.powers.grant(OTHER, "pause", "token").send()
    token, sent = AssetToken(asset.address), []

    def halted(params: Any, ask: Any) -> Any:
        sent.append(params)
        if len(sent) == 4:  # the second of the first group
            act(asset, token.halt(True, b"\x01" * 32), OTHER)
        return ask()

    monkeypatch.setattr(write_module, "IN_FLIGHT", 4)
    with pytest.raises(BatchIncomplete, match="3 of 8 steps"):
        issue(on(asset, BadNode(deployed.stage.url, **{SEND: halted})))
    assert len(sent) == 6, "nothing goes out behind what was under way"
    act(asset, token.halt(False, b"\x01" * 32), ISSUER)
    assert issue(asset).outcome.sent == 5
    all_issued(asset)
