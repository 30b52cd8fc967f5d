"""One asset, sixty wallets and an order of 300 rows in three chunks; every case starts from the same block."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hashkit.chain import devnet
from hashkit.contracts.asset_token import AssetToken
from hashkit.contracts.call import Call
from hashkit.contracts.hashing import checksum
from hashkit.contracts.identity_registry import IdentityRegistry
from hashkit.domain.parties import Power
from hashkit.issuer.client import Hashkit
from hashkit.store.deployments import Deployment
from hashkit.store.sheets import read_investors
from tests.conftest import fresh
from tests.faults.proxy import Proxy
from tests.faults.reader import Chain, journal_faults, replaced

ROOT = Path(__file__).resolve().parents[2]
ISSUER, OTHER = devnet.DEV_ACCOUNTS[0].address, devnet.DEV_ACCOUNTS[9].address
WALLETS = [checksum(bytes([0xA0 + n // 16, n]) * 10) for n in range(60)]
DENIED = WALLETS[17]
ROWS = 300
TERMS = ROOT / "hashkit/store/templates/assets/HKGREEN.toml"


def amount(row: int) -> int:
    """Smallest units of a row: no two rows get the same, so a credit tells its row."""
    return 1_000_000 + row


def rows_file(rows: int = ROWS) -> str:
    """The file that is issued."""
    lines = [f"S-{n:05d},{WALLETS[n % 60]},{amount(n) / 10**6:.6f}" for n in range(rows)]
    return "external_id,wallet,amount\n" + "\n".join(lines) + "\n"


@dataclass(frozen=True)
class Ran:
    """What one command did. ``code`` is negative when a signal ended it."""

    code: int
    out: str
    err: str

    @property
    def error(self) -> dict[str, Any]:
        """The error document."""
        return dict(json.loads(self.err[self.err.index("{") :])["error"])

    @property
    def data(self) -> dict[str, Any]:
        """The answer document."""
        return dict(json.loads(self.out)["data"])

    @property
    def items(self) -> list[dict[str, Any]]:
        """The answer document of a command that lists."""
        return list(json.loads(self.out)["data"])


class Commands:
    """Runs ``hashkit`` in forks of one warm process."""

    def __init__(self) -> None:
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        kept = {k: v for k, v in os.environ.items() if not k.startswith("HASHKIT_") or k == "HASHKIT_ANVIL"}
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.child"],
            cwd=ROOT,
            env={**kept, "PYTHONPATH": path, "COLUMNS": "80"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._hear("ready")
        self.pid = 0

    def start(self, words: list[str], folder: Path, out: Path, **more: Any) -> None:
        """Start a command; ``wait`` gives what came of it."""
        request = {"words": words, "folder": str(folder), "out": str(out), "env": {}, "settings": {}, **more}
        assert self._server.stdin is not None
        self._server.stdin.write(json.dumps(request) + "\n")
        self._server.stdin.flush()
        self._out = out
        self.pid = int(self._hear("started"))

    def wait(self) -> Ran:
        """The end of the command that was started."""
        code = int(self._hear("ended"))
        files = [Path(f"{self._out}.{name}") for name in ("out", "err")]
        out, err = (file.read_text("utf-8") if file.exists() else "" for file in files)  # killed before it wrote any
        assert "Traceback" not in out + err, err
        return Ran(code, out, err)

    def kill(self, number: int) -> None:
        """Send the running command a signal, unless it has ended."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def close(self) -> None:
        """End the server."""
        assert self._server.stdin is not None
        self._server.stdin.close()
        self._server.wait(30)

    def _hear(self, word: str) -> str:
        assert self._server.stdout is not None
        line = self._server.stdout.readline().split()
        assert line[:1] == [word], line
        return line[1] if line[1:] else ""


@dataclass
class World:
    """The chain, the project as it was before the order, and where commands run."""

    url: str
    template: Path
    token: str
    registry: str
    contracts: dict[str, str]
    commands: Commands
    snapshot: str = ""
    start: str = ""

    @property
    def chain(self) -> Chain:
        """The node, past the proxy."""
        return Chain(self.url)

    def rewind(self) -> None:
        """The chain as it was before the order."""
        ask = self.chain.ask
        ask("anvil_dropAllTransactions")
        ask("evm_setAutomine", True)
        if self.snapshot:
            assert ask("evm_revert", self.snapshot)
        self.snapshot = ask("evm_snapshot")
        # Going back leaves anvil the base fee of the case before, and the state of the old block where it may lose it.
        ask("anvil_setNextBlockBaseFeePerGas", hex(10**9))
        ask("anvil_mine", "0x1")
        self.start = ask("evm_snapshot")

    def restart(self) -> None:
        """The chain as it was when the case began: anvil may have lost that state, but not a snapshot of it."""
        assert self.chain.ask("evm_revert", self.start)
        self.start = self.chain.ask("evm_snapshot")


@dataclass
class Case:
    """One fault: a fresh folder, a fresh proxy, the chain before the order."""

    world: World
    folder: Path
    proxy: Proxy
    since: int
    settings: dict[str, Any] = field(default_factory=dict)
    wait: float = 60.0
    """Seconds to wait for a block; only cases in which none comes set fewer."""
    timeout: float = 30.0
    account: str = "issuer"
    runs: int = 0

    @property
    def chain(self) -> Chain:
        """The node, past the proxy."""
        return self.world.chain

    @property
    def address(self) -> str:
        """The address of the account that issues."""
        return ISSUER if self.account == "issuer" else OTHER

    @property
    def journal(self) -> Path:
        """Its journal."""
        return self.folder / f".hashkit/journal/31337-{self.address.lower()}.db"

    def request(self, fault: str = "", **more: Any) -> dict[str, Any]:
        """What a command is started with."""
        env = {
            "HASHKIT_ACCOUNT": self.account,
            "HASHKIT_FAULT": fault,
            "HASHKIT_RPC_URL": self.proxy.url,
            **more.pop("env", {}),
        }
        hasty = {"hashkit.rpc.client._FIRST_PAUSE": 0.01, "hashkit.chain.sender._REBROADCAST": 0.5}
        settings = {
            **hasty,
            "hashkit.rpc.client._BUDGET": 20.0, "hashkit.rpc.pace._WIDEST_GAP": 0.02, "hashkit.chain.sender._GRACE": 1,
            "hashkit.chain.sender._IMPATIENT": 1.0,
            **self.settings,
            **more.pop("settings", {}),
        }
        return {"env": env, "settings": settings, "wait": self.wait, "timeout": self.timeout, **more}

    def run(self, *words: str, fault: str = "", **more: Any) -> Ran:
        """``hashkit WORDS --json``; by default the issue."""
        self.start(*words, fault=fault, **more)
        return self.world.commands.wait()

    def start(self, *words: str, fault: str = "", **more: Any) -> int:
        """Start a command; its process id."""
        self.runs += 1
        given = list(words) or ["issue", "rows.csv"]
        out = self.folder / f"run-{self.runs}"
        self.world.commands.start([*given, "--json"], self.folder, out, **self.request(fault, **more))
        return self.world.commands.pid

    # What others do meanwhile, past the proxy

    def foreign_transaction(self) -> None:
        """Somebody else uses the issuer's key."""
        self.chain.ask("eth_sendTransaction", {"from": ISSUER, "to": OTHER, "value": "0x1"})

    def act(self, call: Call, by: str = OTHER) -> None:
        """The other agent, or who is named, does something, and it is mined."""
        asked = {"from": by, "to": call.to, "data": "0x" + call.data.hex(), "gas": hex(10_000_000)}
        sent = self.chain.ask("eth_sendTransaction", asked)
        while (receipt := self.chain.ask("eth_getTransactionReceipt", sent)) is None:
            time.sleep(0.01)
        assert receipt["status"] == "0x1", call.function

    def standing(self, good: bool) -> None:
        """The registry's agent denies a wallet of every chunk, or takes it back."""
        self.act(IdentityRegistry(self.world.registry).deny(DENIED, not good, b"\x01" * 32))

    def powers(self, who: str, given: bool) -> None:
        """The owner takes the power to issue from an agent, or gives it back."""
        token = AssetToken(self.world.token)
        self.act((token.grant_powers if given else token.revoke_powers)(who, Power.ISSUE), by=ISSUER)

    def money(self, wei: int) -> None:
        """What the issuer can pay with."""
        self.chain.ask("anvil_setBalance", ISSUER, hex(wei))

    def base_fee(self, gwei: int) -> None:
        """The base fee of the next block, which is mined now, and about that of the one after it.

        A block that is being made sets the fee anew, so a rise waits until what was sent before has its block.
        """
        while gwei > 1 and self.chain.ask("txpool_status")["pending"] != "0x0":
            time.sleep(0.005)
        self.chain.ask("anvil_setNextBlockBaseFeePerGas", hex(gwei * 10**9))
        self.chain.ask("anvil_mine", "0x1")

    def reorganise(self, depth: int, keep: bool = True) -> None:
        """Other blocks take the place of the last ones (``keep``), or the chain is shorter; at most to the start."""
        whole = int(self.chain.ask("eth_blockNumber"), 16) - self.since
        depth = min(depth, whole)
        if depth > 0 and depth == whole:
            self.world.restart()
            self.chain.ask("anvil_mine", hex(depth if keep else 0))
        elif depth > 0 and keep:
            self.chain.ask("anvil_reorg", depth, [])
        elif depth > 0:
            self.chain.ask("anvil_rollback", depth)

    # What the project holds

    def setting(self, table: str, line: str) -> None:
        """A line in hashkit.toml."""
        with (self.folder / "hashkit.toml").open("a", encoding="utf-8") as file:
            file.write(f"\n[{table}]\n{line}\n")

    def replaced(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The first and the last offer of the first transaction that was offered more than once."""
        return replaced(self.journal)

    def cured(self, rows: int = ROWS, foreign: int | None = 0) -> Ran:
        """The same command again, on a good line: every row exactly once, and the journal is the chain."""
        self.proxy.heal()
        self.proxy.pool.closed = False
        self.proxy.pool.lazy_below = 0
        ran = self.run()
        assert ran.code == 0, ran.err
        self.check(rows, foreign)
        before = self.chain.nonce(self.address)
        again = self.run()
        assert again.code == 0 and again.data["outcome"]["sent"] == 0, again
        assert self.chain.nonce(self.address) == before, "a finished order was sent again"
        return ran

    def check(self, rows: int = ROWS, foreign: int | None = 0) -> None:
        """Every row was credited exactly once, and the journal says what the chain says.

        ``foreign``: so many transactions of the account are somebody else's and not in the journal; None: any number.
        """
        wanted = Counter((WALLETS[n % 60].lower(), amount(n)) for n in range(rows))
        found = self.chain.credits(self.world.token, self.since)
        assert found == wanted, {"lost": wanted - found, "double or foreign": found - wanted}
        assert self.chain.supply(self.world.token) == sum(amount(n) for n in range(rows))
        for number in (0, 17, 59):
            held = sum(amount(n) for n in range(number, rows, 60))
            assert self.chain.balance_of(self.world.token, WALLETS[number]) == held
        faults = journal_faults(self.journal, self.chain, self.address, self.since)
        strange = [fault for fault in faults if "not in the journal" in fault]
        assert len(faults) == len(strange) and foreign in (None, len(strange)), faults


@contextmanager
def made_world(folder: Path) -> Iterator[World]:
    """An anvil with the asset deployed, the wallets admitted and an agent who can stand in the way."""
    with fresh("anvil", folder / "chain") as running:
        project = folder / "project"
        project.mkdir()
        commands = Commands()
        try:
            commands.start(["init"], project, folder / "init")
            assert commands.wait().code == 0
            hk = Hashkit.connect("devnet", "issuer", project=project, rpc_url=running.url)
            asset = hk.deploy(TERMS).send()
            asset.investors.load(read_investors(_investors(folder)).rows).send()
            asset.powers.grant(OTHER, "approve,issue,pause,freeze", "token").send()
            asset.powers.grant(OTHER, "admit,freeze", "registry").send()
            (project / "rows.csv").write_text(rows_file(), "utf-8")
            record = Deployment.load(hk.project, 31337, "HKGREEN")
            contracts = {name: found.address for name, found in record.contracts.items()}
            yield World(running.url, project, asset.address, contracts["IdentityRegistry"], contracts, commands)
        finally:
            commands.close()


def _investors(folder: Path) -> Path:
    lines = [f"INV-{n:02d},{wallet},HK,professional,2035-12-31" for n, wallet in enumerate(WALLETS)]
    path = folder / "investors.csv"
    path.write_text("investor_id,wallet,country,class,kyc_expires\n" + "\n".join(lines) + "\n", "utf-8")
    return path


@contextmanager
def case(world: World, folder: Path, dialect: str = "geth") -> Iterator[Case]:
    """A case of its own in ``folder``."""
    world.rewind()
    shutil.copytree(world.template, folder, dirs_exist_ok=True)
    with Proxy(world.url, dialect) as proxy:
        since = int(world.chain.ask("eth_blockNumber"), 16)
        yield Case(world, folder, proxy, since)
