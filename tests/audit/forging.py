"""Changes one byte of a saved audit, again and again: is every one found?

Two forgers. The plain one changes a byte of any file. The careful one changes a byte of the evidence and makes the
manifest anew, so that every hash in it fits. `make prove PART=evidence` runs many of both.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from collections import Counter
from hashlib import sha256
from pathlib import Path

from hashkit.audit import audit, save
from hashkit.audit.bundle import FOLDER, MANIFEST, manifest
from hashkit.audit.verify import read_manifest, verify_files
from hashkit.rpc.client import Endpoint
from tests.audit.conftest import live, ref
from tests.audit.world import KEYS, NETWORK, WALLETS, World
from tests.conftest import fresh

_KINDS = {
    "manifest.json": "manifest",
    "evidence/nodes.txt": "proofs",
    "evidence/block.json": "header",
    "evidence/logs.txt": "logs",
}


def lived(url: str, steps: int = 0) -> World:
    """A token with orders, movements, a freeze, and as many random acts as wanted."""
    made = World(Endpoint(url, chain_id=31337)).deploy()
    made.issue([(WALLETS[0], 10_000), (WALLETS[1], 5_000), (WALLETS[2], 1)])
    made.do(made.token.transfer(WALLETS[3], 2_500), KEYS[WALLETS[0]])
    made.do(made.token.set_frozen_tokens(WALLETS[1], 70, ref("freeze")))
    live(made, seed=9, steps=steps)
    return made


def files_of(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def forged(files: dict[str, bytes], changed: dict[str, bytes]) -> dict[str, bytes]:
    """The files with some changed, and a manifest that fits them."""
    made = files | changed
    digests, formats = read_manifest(files[MANIFEST])
    made[MANIFEST] = manifest({name: sha256(made[name]).hexdigest() for name in digests}, formats)
    return made


def one_byte(files: dict[str, bytes], r: random.Random, *, careful: bool) -> tuple[str, dict[str, bytes]]:
    """A file and the bundle in which one byte of it is another."""
    kinds = {name: kind(name) for name, data in files.items() if data and not (careful and FOLDER not in name)}
    wanted = r.choice(sorted(set(kinds.values())))
    name = r.choice(sorted(name for name, found in kinds.items() if found == wanted))
    data = bytearray(files[name])
    data[r.randrange(len(data))] ^= r.randrange(1, 256)
    changed = {name: bytes(data)}
    return name, forged(files, changed) if careful else files | changed


def kind(name: str) -> str:
    """Proofs, header, logs, manifest, other evidence or report."""
    return _KINDS.get(name, "other evidence" if name.startswith(FOLDER) else "report")


def sample(files: dict[str, bytes], block_hash: str, many: int, *, careful: bool) -> tuple[Counter[str], Counter[str]]:
    """How many changes of each kind were tried, and how many were accepted."""
    r, tried, accepted = random.Random(many), Counter(), Counter()
    for _ in range(many):
        name, changed = one_byte(files, r, careful=careful)
        tried[kind(name)] += 1
        accepted[kind(name)] += not verify_files(changed, block_hash).differences
    return tried, accepted


def main(plain: int, careful: int) -> None:
    """The figures as JSON on stdout."""
    with tempfile.TemporaryDirectory() as folder, fresh("anvil", Path(folder) / "chain") as running:
        world = lived(running.url, steps=40)
        result = audit(world.endpoint, NETWORK, world.token.address)
        save(result, Path(folder) / "bundle")
        files = files_of(Path(folder) / "bundle")
    assert verify_files(files, result.block.hash).differences == ()
    found = {
        "plain": sample(files, result.block.hash, plain, careful=False),
        "careful": sample(files, result.block.hash, careful, careful=True),
    }
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
