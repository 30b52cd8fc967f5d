"""What is true? Chain and journal read without hashkit: raw JSON-RPC and raw SQL."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import urllib.request
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_account.typed_transactions import TypedTransaction
from eth_utils import keccak
from hexbytes import HexBytes

TRANSFER = "0x" + keccak(b"Transfer(address,address,uint256)").hex()
ZERO_TOPIC = "0x" + "00" * 32
BALANCE_OF = keccak(b"balanceOf(address)")[:4].hex()
SUPPLY = "0x" + keccak(b"totalSupply()")[:4].hex()


@dataclass(frozen=True)
class Chain:
    """The node itself, past the proxy."""

    url: str

    def ask(self, method: str, *params: Any) -> Any:
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        asked = urllib.request.Request(self.url, body, {"content-type": "application/json"})
        with urllib.request.urlopen(asked, timeout=60) as reply:
            answer = json.load(reply)
        assert "result" in answer, (method, answer)
        return answer["result"]

    def credits(self, token: str, since: int) -> Counter[tuple[str, int]]:
        """How often each (wallet, amount) was minted after block ``since``."""
        wanted = {
            "address": token,
            "fromBlock": hex(since + 1),
            "toBlock": "latest",
            "topics": [TRANSFER, ZERO_TOPIC],
        }
        logs = self.ask("eth_getLogs", wanted)
        return Counter(("0x" + log["topics"][2][-40:], int(log["data"], 16)) for log in logs)

    def balance_of(self, token: str, wallet: str) -> int:
        data = "0x" + BALANCE_OF + wallet[2:].lower().rjust(64, "0")
        return int(self.ask("eth_call", {"to": token, "data": data}, "latest"), 16)

    def supply(self, token: str) -> int:
        return int(self.ask("eth_call", {"to": token, "data": SUPPLY}, "latest"), 16)

    def nonce(self, account: str) -> int:
        return int(self.ask("eth_getTransactionCount", account, "latest"), 16)

    def sent_by(self, account: str, since: int) -> dict[int, str]:
        """Nonce -> hash of what an account brought into a block after block ``since``."""
        found = {}
        for number in range(since + 1, int(self.ask("eth_blockNumber"), 16) + 1):
            for each in self.ask("eth_getBlockByNumber", hex(number), True)["transactions"]:
                if each["from"].lower() == account.lower():
                    found[int(each["nonce"], 16)] = each["hash"]
        return found


def journal_faults(path: Path, chain: Chain, account: str, since: int) -> list[str]:
    """Where journal and chain differ, in words; empty when they agree."""
    raw = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    raw.row_factory = sqlite3.Row
    try:
        return [*_chain_of_hashes(raw), *_attempts(raw, chain, account, since)]
    finally:
        raw.close()


def replaced(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields of the first and the last attempt with the first nonce that has several."""
    raw = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    first = "SELECT min(nonce) FROM (SELECT nonce FROM attempts GROUP BY nonce HAVING count(*) > 1)"
    found = raw.execute(f"SELECT raw FROM attempts WHERE nonce = ({first}) ORDER BY rowid").fetchall()
    raw.close()
    assert len(found) > 1, "nothing was replaced"
    first, last = (TypedTransaction.from_bytes(HexBytes(row[0])).as_dict() for row in (found[0], found[-1]))
    return first, last


def _chain_of_hashes(raw: sqlite3.Connection) -> list[str]:
    last = "0" * 64
    for number, row in enumerate(raw.execute("SELECT * FROM entries ORDER BY n"), 1):
        told = json.dumps([number, row["at"], row["kind"], row["body"], last])
        if row["previous"] != last or hashlib.sha256(told.encode()).hexdigest() != row["digest"]:
            return [f"entry {number} breaks the chain of hashes"]
        last = row["digest"]
    return []


def _attempts(raw: sqlite3.Connection, chain: Chain, account: str, since: int) -> list[str]:
    faults = []
    truth = chain.sent_by(account, since)
    known: dict[int, list[sqlite3.Row]] = {}
    for row in raw.execute("SELECT * FROM attempts ORDER BY rowid"):
        known.setdefault(row["nonce"], []).append(row)
    for nonce, tx_hash in truth.items():
        rows = {row["tx_hash"]: row for row in known.get(nonce, [])}
        if tx_hash not in rows:
            faults.append(f"nonce {nonce}: {tx_hash} is on chain and not in the journal")
            continue
        row, receipt = rows[tx_hash], chain.ask("eth_getTransactionReceipt", tx_hash)
        told = (row["state"], row["block_hash"], row["succeeded"])
        if told != ("MINED", receipt["blockHash"], int(receipt["status"], 16)):
            faults.append(f"nonce {nonce}: the journal says {told}, the chain {receipt['blockHash']}")
    for nonce, rows in known.items():
        mined = [row for row in rows if row["state"] == "MINED"]
        if len(mined) > 1:
            faults.append(f"nonce {nonce}: two attempts are mined")
        if mined and nonce not in truth and mined[0]["block"] > since:
            faults.append(f"nonce {nonce}: mined in the journal, not on chain")
    open_steps = raw.execute("SELECT title, state FROM steps WHERE state <> 'DONE'").fetchall()
    return faults + [f"step {row['title']} is {row['state']}" for row in open_steps]
