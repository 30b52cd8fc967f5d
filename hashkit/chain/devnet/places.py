"""Where does a project keep its local chain, and which one is running? Floor 2."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from hashkit.errors import NodeError

Engine = Literal["anvil", "py-evm"]


@dataclass(frozen=True, slots=True)
class Running:
    """A local chain that answers. ``note`` is a sentence for the user, empty when there is nothing to say."""

    url: str
    engine: Engine
    chain_id: int
    pid: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Places:
    """The files of one project's chain, all under ``<root>/.hashkit/devnet``."""

    root: Path

    @property
    def home(self) -> Path:
        """The folder; its path, free of links, is also how a process of ours is recognised."""
        return self.root.resolve() / ".hashkit" / "devnet"

    @property
    def record(self) -> Path:
        return self.home / "running.json"

    @property
    def log(self) -> Path:
        return self.home / "engine.log"

    @property
    def anvil_state(self) -> Path:
        return self.home / "anvil.json"

    @property
    def anvil_spare(self) -> Path:
        """The state as it was when anvil last started: anvil writes in place, so a power cut may halve it."""
        return self.home / "anvil.previous.json"

    @property
    def evm_state(self) -> Path:
        return self.home / "py-evm.sqlite"

    def kept_engine(self) -> Engine | None:
        """The engine whose state lies here, if any. Neither can read the other's."""
        if self.evm_state.exists():
            return "py-evm"
        return "anvil" if self.anvil_state.exists() else None

    def make(self) -> None:
        """Make the folder, readable by its owner only."""
        self.home.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.home.mkdir(exist_ok=True, mode=0o700)

    def wipe(self) -> None:
        """Forget the chain: every file of it but the lock, which somebody may be waiting for."""
        for path in (self.record, self.log, self.anvil_state, self.anvil_spare, self.evm_state):
            path.unlink(missing_ok=True)
        for suffix in ("-wal", "-shm"):
            self.evm_state.with_name(self.evm_state.name + suffix).unlink(missing_ok=True)
        shutil.rmtree(self.home / "anvil-cache", ignore_errors=True)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """One starter or stopper at a time, also among processes."""
        self.make()
        with (self.home / "lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)  # the kernel frees it when we die
            yield

    def write_record(self, running: Running) -> None:
        """Remember what runs, whole or not at all."""
        handle, name = tempfile.mkstemp(prefix=".running.", dir=self.home)
        with os.fdopen(handle, "w") as file:
            json.dump(asdict(running), file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, self.record)

    def read_record(self) -> Running | None:
        """What was last written, whether it still runs or not."""
        try:
            return Running(**json.loads(self.record.read_text()))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError) as problem:
            raise NodeError(
                "The record of the local chain cannot be read.",
                why=f"{self.record} was changed by somebody else ({type(problem).__name__}).",
                next_step="End the chain's process if it runs, delete the file, then `hashkit devnet up`.",
                code="DEVNET_RECORD",
            ) from None
