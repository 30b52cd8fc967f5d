"""One deployed asset with 10,000 admitted wallets, made once; every pass issues on a copy of it, on its own anvil."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.issue import ROWS
from hashkit.chain import devnet
from hashkit.contracts.hashing import checksum, keccak
from hashkit.issuer.asset import Asset
from hashkit.issuer.client import Hashkit
from hashkit.store.sheets import read_investors

SYMBOL = "HKGREEN"
TERMS = Path(__file__).parents[2] / "hashkit/store/templates/assets" / f"{SYMBOL}.toml"
FILE = "rows.csv"
WALLETS = [checksum(keccak(b"benchmark %d" % number)[:20]) for number in range(ROWS)]


def make(folder: Path) -> None:
    """The project and its chain, ended again. Every wallet is another investor's."""
    with served(folder) as url:
        hk = Hashkit.connect("devnet", "issuer", project=folder, rpc_url=url)
        asset = hk.deploy(TERMS).send()
        known = "HK,professional,2035-12-31"
        lines = [f"INV-{n:05d},{wallet},{known}" for n, wallet in enumerate(WALLETS)]
        sheet = folder / "investors.csv"
        sheet.write_text("\n".join(["investor_id,wallet,country,class,kyc_expires", *lines]) + "\n", "utf-8")
        asset.investors.load(read_investors(sheet).rows).send()
    write_rows(folder / FILE, ROWS)


def write_rows(path: Path, rows: int) -> None:
    """An issue file: the wallets in turn, no two rows of one amount."""
    with path.open("w", encoding="utf-8") as file:
        file.write("external_id,wallet,amount\n")
        file.writelines(f"S-{n:07d},{WALLETS[n % ROWS]},{1 + n / 10**6:.6f}\n" for n in range(rows))


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The folder's own anvil, ended at the end."""
    try:
        yield devnet.up(folder, engine="anvil").url
    finally:
        devnet.down(folder)


@contextmanager
def copied(template: Path, folder: Path) -> Iterator[str]:
    """A copy of ``template`` in ``folder`` with its chain running; its URL."""
    shutil.copytree(template, folder)
    try:
        with served(folder) as url:
            yield url
    finally:
        shutil.rmtree(folder)


def asset_at(url: str, folder: Path) -> Asset:
    """The asset of the project in ``folder``."""
    return Hashkit.connect("devnet", "issuer", project=folder, rpc_url=url).asset(SYMBOL)
