"""A header is made again from what a node says of it in JSON, for the fields of every fork; else it is said."""

from __future__ import annotations

import random

import pytest
import rlp as other_rlp
from eth.rlp.headers import BlockHeader
from eth.vm.forks.cancun.blocks import CancunBlockHeader
from eth.vm.forks.london.blocks import LondonBlockHeader
from eth.vm.forks.prague.blocks import PragueBlockHeader
from eth.vm.forks.shanghai.blocks import ShanghaiBlockHeader

from hashkit.contracts import rlp
from hashkit.contracts.hashing import keccak
from hashkit.contracts.header import header_of, read_header, unknown_fields
from hashkit.contracts.rlp import RlpError

NAMES = {
    "parent_hash": "parentHash",
    "uncles_hash": "sha3Uncles",
    "coinbase": "miner",
    "state_root": "stateRoot",
    "transaction_root": "transactionsRoot",
    "receipt_root": "receiptsRoot",
    "bloom": "logsBloom",
    "difficulty": "difficulty",
    "block_number": "number",
    "gas_limit": "gasLimit",
    "gas_used": "gasUsed",
    "timestamp": "timestamp",
    "extra_data": "extraData",
    "mix_hash": "mixHash",
    "nonce": "nonce",
    "base_fee_per_gas": "baseFeePerGas",
    "withdrawals_root": "withdrawalsRoot",
    "blob_gas_used": "blobGasUsed",
    "excess_blob_gas": "excessBlobGas",
    "parent_beacon_block_root": "parentBeaconBlockRoot",
    "requests_hash": "requestsHash",
}
"""py-evm's names of the fields, and JSON's."""
WIDTHS = {"coinbase": 20, "nonce": 8}


def a_header(kind, seed: int):
    """A header of another implementation with random fields, and the same as a node tells it."""
    r = random.Random(seed)
    values, told = {}, {}
    for name in kind._meta.field_names:
        if name in ("bloom", "difficulty", "block_number", "gas_limit", "gas_used", "timestamp") or "gas" in name:
            values[name] = r.choice([0, 1, r.randrange(2**63)])
            told[NAMES[name]] = "0x" + values[name].to_bytes(256).hex() if name == "bloom" else hex(values[name])
        else:
            size = r.randrange(33) if name == "extra_data" else WIDTHS.get(name, 32)
            values[name] = r.randbytes(size)
            told[NAMES[name]] = "0x" + values[name].hex()
    return other_rlp.encode(kind(**values)), {**told, "hash": "0x", "transactions": [], "size": "0x1"}


@pytest.mark.parametrize(
    "kind", [BlockHeader, LondonBlockHeader, ShanghaiBlockHeader, CancunBlockHeader, PragueBlockHeader]
)
def test_the_header_of_every_fork_hashes_to_its_block(kind):
    for seed in range(20):
        raw, told = a_header(kind, seed)
        found = header_of(told, "0x" + keccak(raw).hex())
        assert found is not None and found.raw == raw and found.hash == "0x" + keccak(raw).hex()
        assert (found.number, found.timestamp) == (int(told["number"], 16), int(told["timestamp"], 16))
        assert (found.parent_hash, "0x" + found.state_root.hex()) == (told["parentHash"], told["stateRoot"])
        assert unknown_fields(told) == []
        assert read_header(raw) == found


def test_fields_of_a_fork_to_come_are_said_and_read_over():
    raw, told = a_header(PragueBlockHeader, 1)
    later = rlp.encode([*rlp.strings(raw), b"x" * 32])
    told["blockAccessListHash"] = "0x" + (b"x" * 32).hex()
    assert header_of(told, "0x" + keccak(later).hex()) is None
    assert unknown_fields(told) == ["blockAccessListHash"]
    assert read_header(later).state_root == read_header(raw).state_root


def test_a_node_that_changes_a_field_makes_no_header():
    raw, told = a_header(PragueBlockHeader, 2)
    wanted = "0x" + keccak(raw).hex()
    for name, bad in [("stateRoot", "0x" + "11" * 32), ("number", "0x7"), ("nonce", "zz"), ("miner", None)]:
        assert header_of({**told, name: bad}, wanted) is None


def test_what_is_no_header_is_refused():
    fields = rlp.strings(a_header(PragueBlockHeader, 3)[0])
    for bad in (fields[:14], [b"short", *fields[1:]], [*fields[:8], b"\0\1", *fields[9:]], [*fields[:8], b"x" * 33]):
        with pytest.raises(RlpError):
            read_header(rlp.encode(bad))
    for bad in (b"", b"\x80", rlp.encode([[b""]] * 15)):
        with pytest.raises(RlpError):
            read_header(bad)
