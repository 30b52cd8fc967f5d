"""The same eth_getProof proofs, verified by hashkit and by the PyPI package ``trie``.

``python -m benchmarks.audit.proofs ANVIL FILE`` has a local anvil prove storage words into FILE;
``python -m benchmarks.audit.proofs hashkit|trie FILE`` verifies them and prints one line of JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HOLDER = "0x" + "70" * 20
WORDS, AT_ONCE = 10_000, 500
_STORES = "0x5f5b8035805560200180361160015700"
"""Code that stores each word of its calldata in the slot of that number."""


def take(anvil: Path, file: Path) -> None:
    """Fill ``WORDS`` slots of a contract, and keep what the node proves of them."""
    from hashkit.contracts.hashing import keccak

    slots = [int.from_bytes(keccak(b"holder %d" % n), "big") for n in range(WORDS)]
    command = [anvil, "--port", "0", "--host", "127.0.0.1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as node:
        try:
            assert node.stdout is not None
            line = next(line for line in node.stdout if line.startswith("Listening on"))
            url = f"http://{line.split()[-1]}"
            _ask(url, [("anvil_setCode", [HOLDER, _STORES])])
            (sender, *_) = _ask(url, [("eth_accounts", [])])[0]
            for start in range(0, WORDS, AT_ONCE):
                data = "0x" + "".join(f"{slot:064x}" for slot in slots[start : start + AT_ONCE])
                call = {"from": sender, "to": HOLDER, "data": data, "gas": hex(20_000_000)}
                (sent,) = _ask(url, [("eth_sendTransaction", [call])])
                while _ask(url, [("eth_getTransactionReceipt", [sent])]) == [None]:
                    time.sleep(0.05)
            (head,) = _ask(url, [("eth_blockNumber", [])])
            proved: list[Any] = []
            for start in range(0, WORDS, AT_ONCE):
                keys = [f"0x{slot:064x}" for slot in slots[start : start + AT_ONCE]]
                (answer,) = _ask(url, [("eth_getProof", [HOLDER, keys, head])])
                root = answer["storageHash"]
                proved += answer["storageProof"]
        finally:
            node.terminate()
    file.write_text(json.dumps({"root": root, "proved": proved}))


def verify(name: str, file: Path) -> dict[str, Any]:
    """Seconds of CPU for all proofs; what is proved is compared with what the node said."""
    told = json.loads(file.read_text())
    root = bytes.fromhex(told["root"][2:])
    nodes = [[bytes.fromhex(node[2:]) for node in part["proof"]] for part in told["proved"]]
    slots, words = ([int(part[key], 16) for part in told["proved"]] for key in ("key", "value"))
    found = {"hashkit": _hashkit, "trie": _trie}[name]
    found(root, slots[:1], nodes[:1])  # what it imports is not measured
    begun = time.process_time()
    proved = found(root, slots, nodes)
    seconds = time.process_time() - begun
    if proved != words or not all(words):
        raise SystemExit(f"{name} does not find what the node proves")
    return {"own": seconds, "words": len(words)}


def _hashkit(root: bytes, slots: Sequence[int], nodes: Sequence[Sequence[bytes]]) -> list[int]:
    from hashkit.contracts.trie import Pool

    pool = Pool(node for proof in nodes for node in proof)
    return [pool.slot(root, slot) for slot in slots]


def _trie(root: bytes, slots: Sequence[int], nodes: Sequence[Sequence[bytes]]) -> list[int]:
    import rlp
    from eth_hash.auto import keccak
    from trie import HexaryTrie

    found = []
    for slot, proof in zip(slots, nodes, strict=True):
        value = HexaryTrie.get_from_proof(root, keccak(slot.to_bytes(32, "big")), [rlp.decode(node) for node in proof])
        found.append(int.from_bytes(rlp.decode(value), "big"))
    return found


def _ask(url: str, calls: Sequence[tuple[str, list[Any]]]) -> list[Any]:
    asked = [{"jsonrpc": "2.0", "id": n, "method": method, "params": p} for n, (method, p) in enumerate(calls)]
    request = urllib.request.Request(url, json.dumps(asked).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=120) as reply:
        return [answer["result"] for answer in sorted(json.load(reply), key=lambda answer: int(answer["id"]))]


def main(what: str, file: Path) -> None:
    """Take proofs, or verify them."""
    if what in ("hashkit", "trie"):
        sys.stdout.write(json.dumps(verify(what, file)) + "\n")
    else:
        take(Path(what), file)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
