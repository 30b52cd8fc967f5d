"""What the doctor finds: a node behind, a clock that is wrong, nobody who acts, records that outlived their chain."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hashkit.issuer import doctor
from hashkit.issuer.context import Context
from tests.chain.sending import BadNode


def found(context: Context, what: str) -> list[tuple[str, str]]:
    return [(one.state, one.text) for one in doctor.examine(context) if one.what == what]


def aged(asset, seconds: int, *, dev: bool = True) -> Context:
    """The asset's context with a node whose newest block is so many seconds older than it is."""

    def shifted(params: Any, ask: Any) -> Any:
        block = ask()
        return {**block, "timestamp": hex(int(block["timestamp"], 16) - seconds)}

    context: Context = asset.context
    node = BadNode(context.network.rpc_urls[0], eth_getBlockByNumber=shifted)
    return replace(context, endpoint=node, network=replace(context.network, dev=dev))


def test_the_age_of_the_newest_block_is_weighed(asset):
    assert found(aged(asset, 0), "block")[0][0] == "ok"
    assert found(aged(asset, 600), "block")[0][0] == "ok", "the embedded chain makes blocks only when asked to"
    assert found(aged(asset, 600, dev=False), "block")[0][0] == "warn"
    ((state, text),) = found(aged(asset, -600), "clock")
    assert state == "warn" and "in the future of this machine" in text


def test_without_an_account_reading_works(asset):
    ((state, text),) = found(replace(asset.context, signer=None, account=None), "account")
    assert state == "warn" and "no account is chosen" in text
    assert found(asset.context, "account")[0][0] == "ok"


def test_nodes_behind_or_of_another_chain_are_told(asset, monkeypatch):
    from hashkit.rpc.survey import survey

    (true,) = survey(asset.context.endpoint)
    asked = [replace(true, lag=16), replace(true, lag=15), replace(true, chain_id=5), replace(true, problem="odd")]
    monkeypatch.setattr(doctor, "survey", lambda endpoint: asked)
    assert [state for state, _ in found(asset.context, "node")] == ["warn", "ok", "FAIL", "warn"]


def test_what_is_not_there_is_told(asset):
    nowhere = "0x" + "11" * 20
    for oracle, state in ((nowhere, "warn"), (asset.address, "ok")):
        network = replace(asset.context.network, gas_price_oracle=oracle)
        context = replace(asset.context, network=network)
        assert [state for state, _ in found(context, "contract")] == [state]
    assert found(context, "asset") == [("ok", f"HKGREEN at {asset.address}")]
