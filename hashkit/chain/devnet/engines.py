"""Which engine runs the local chain, and with which command? Floor 2."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import sys
from pathlib import Path

from hashkit.chain.devaccounts import DEV_ACCOUNTS, DEV_CHAIN_ID, DEV_MNEMONIC
from hashkit.chain.devnet.places import Engine, Places
from hashkit.errors import InputError

STATE_INTERVAL = 10
"""Seconds after which anvil writes its state again: at most so much is lost when it is killed."""

BLOCK_GAS_LIMIT = 30_000_000

NO_ANVIL_NOTE = "anvil was not found, so py-evm runs the chain: slower, and without eth_getProof and traces."


def find_anvil() -> str | None:
    """Path of anvil: $HASHKIT_ANVIL, the npm platform package from here upward, PATH, the Foundry home.

    InputError when $HASHKIT_ANVIL names no program. None when anvil is nowhere.
    """
    named = os.environ.get("HASHKIT_ANVIL")
    if named:
        if not os.access(named, os.X_OK) or not Path(named).is_file():
            raise InputError(
                "HASHKIT_ANVIL names no program.",
                why=f"{named} is missing or may not be executed.",
                next_step="Correct the variable, or unset it to let hashkit search.",
                code="ANVIL_PATH",
            )
        return named
    packaged = _npm_anvil(Path.cwd())
    home = Path.home() / ".foundry" / "bin" / "anvil"
    return packaged or shutil.which("anvil") or (str(home) if os.access(home, os.X_OK) else None)


def _npm_anvil(here: Path) -> str | None:
    # The platform package holds the real binary, so it runs without Node.
    chips = {"x86_64": "amd64", "amd64": "amd64", "arm64": "arm64", "aarch64": "arm64"}
    package = f"anvil-{sys.platform}-{chips.get(platform.machine().lower(), '')}"
    for folder in (here, *here.parents):
        program = folder / "node_modules" / "@foundry-rs" / package / "bin" / "anvil"
        if os.access(program, os.X_OK):
            return str(program)
    return None


def has_py_evm() -> bool:
    """Whether py-evm is installed; it is not imported for that."""
    return importlib.util.find_spec("eth") is not None and importlib.util.find_spec("rlp") is not None


def choose(wanted: str, kept: Engine | None) -> tuple[Engine, str]:
    """The engine to start and a note about the choice.

    ``auto`` stays with the engine that made the kept state; without one it prefers anvil. InputError when the
    wanted engine is not there, or when another one made the state.
    """
    if wanted not in ("auto", "anvil", "py-evm"):
        raise InputError(
            f"{wanted[:40]!r} is no engine.", next_step="Use auto, anvil or py-evm.", code="DEVNET_ENGINE"
        )
    if kept and wanted not in ("auto", kept):
        raise InputError(
            f"The local chain of this project runs on {kept}.",
            why=f"{wanted} cannot read its state.",
            next_step=f"Go on with --engine {kept}, or forget the chain with `hashkit devnet reset`.",
            code="DEVNET_ENGINE",
        )
    if kept or wanted != "auto":
        return _present("anvil" if "anvil" in (kept, wanted) else "py-evm"), ""
    if find_anvil():
        return "anvil", ""
    return _present("py-evm"), NO_ANVIL_NOTE


def _present(engine: Engine) -> Engine:
    if engine == "anvil" and not find_anvil():
        raise InputError(
            "anvil was not found.",
            why="Neither HASHKIT_ANVIL, node_modules, PATH nor the Foundry home has it.",
            next_step="Install Foundry, or name the program in HASHKIT_ANVIL.",
            code="NO_ANVIL",
        )
    if engine == "py-evm" and not has_py_evm():
        raise InputError(
            "There is no engine for a local chain.",
            why="anvil was not found and py-evm is not installed.",
            next_step="Run `pip install 'hashkit[devnet]'`, or install Foundry for anvil.",
            code="NO_ENGINE",
        )
    return engine


def command(engine: Engine, places: Places, port: int) -> list[str]:
    """The command line that serves the chain of ``places`` on 127.0.0.1:``port``; it names the folder."""
    if engine == "py-evm":
        server = [sys.executable, "-m", "hashkit.chain.devnet.server"]
        return [*server, "--state", str(places.evm_state), "--port", str(port)]
    return [
        find_anvil() or "anvil",
        *("--host", "127.0.0.1", "--port", str(port), "--chain-id", str(DEV_CHAIN_ID)),
        *("--accounts", str(len(DEV_ACCOUNTS)), "--mnemonic", DEV_MNEMONIC),
        *("--hardfork", "prague", "--gas-limit", str(BLOCK_GAS_LIMIT), "--slots-in-an-epoch", "0"),
        *("--state", str(places.anvil_state), "--state-interval", str(STATE_INTERVAL)),
        # Without history, a report about yesterday's block could not be made again after a restart.
        *("--preserve-historical-states", "--cache-path", str(places.home / "anvil-cache")),
    ]
