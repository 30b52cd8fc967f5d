"""The event store in columns: Parquet files and a manifest, a folder a token and chain. Floor 2.

Beside the words of ``ranges.LogStore``: files of a chunk are written first and the manifest last, so that a stop
at any moment leaves the old state or the new one. Each file's SHA-256 stands in the manifest and is looked at
whenever the file is read. The manifest's chunks carry end-block and parent hashes, so that when the newest block
is still on the chain, all of it is. Needs the extra ``audit``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from hashkit.contracts.columns import LogColumns, Logs, columns_of
from hashkit.contracts.hashing import checksum
from hashkit.domain.facts import RawLog
from hashkit.errors import InputError
from hashkit.store.accounts import Accounts
from hashkit.store.files import inside, locked, private_folder, write_atomic
from hashkit.store.manifest import Chunk, Manifest, Part, read_manifest
from hashkit.store.parts import encoded, fixed, read_columns, tables
from hashkit.store.ranges import Covered, check_link, check_stored, damaged

if TYPE_CHECKING:
    from hashkit.contracts.columns import Array


class ParquetStore:
    """The stored logs of ``addresses`` on one chain, below ``root``.

    A history of another chain with the same id (by ``genesis_hash``, where it is told) is dropped.
    """

    def __init__(
        self, root: Path, chain_id: int, addresses: Sequence[str], *, genesis_hash: str = "", code_hash: str = ""
    ) -> None:
        named = tuple(sorted({checksum(address) for address in addresses}))
        self.token = named[0] if len(named) == 1 else ""
        """Whose transfers stand apart; empty for a store of several contracts."""
        own = named[0].lower() if self.token else "set-" + sha256(",".join(named).encode()).hexdigest()[:32]
        self.folder = inside(private_folder(root), str(chain_id), own)
        self._addresses = {bytes.fromhex(address[2:]) for address in named}
        self._accounts: Accounts | None = None
        fresh = Manifest(chain_id, named, genesis_hash, code_hash)
        try:
            private_folder(self.folder)
            self._manifest = read_manifest(self.folder) or fresh
        except OSError as error:
            raise self._unusable(error) from None
        known = self._manifest.genesis_hash
        if genesis_hash and known and known != genesis_hash:
            self._replace(fresh)
        else:
            code_hash = code_hash or self._manifest.code_hash
            self._manifest = replace(self._manifest, genesis_hash=genesis_hash or known, code_hash=code_hash)

    def __enter__(self) -> ParquetStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing stays open."""

    def covered(self) -> Covered | None:
        """What is in the store; None when it is empty."""
        return self._manifest.covered

    def ranges(self) -> list[Covered]:
        """The chunks as they were taken in, upwards."""
        return [Covered(chunk.first, chunk.last, chunk.end_hash) for chunk in self._manifest.chunks]

    def chunks(self, last: int) -> list[Chunk]:
        """The chunks that begin at or before block ``last``."""
        return [chunk for chunk in self._manifest.chunks if chunk.first <= last]

    def add(self, first: int, last: int, logs: Logs, *, parent_hash: str, end_hash: str) -> None:
        """Take in all logs of blocks ``first`` to ``last``, in order; all of them or, at any trouble, none.

        Errors as ``ranges.LogStore`` says them; and NodeError ``REORG`` when a block has two hashes.
        """
        columns = columns_of(logs, self.token)
        self._check(first, last, columns, end_hash)
        with self._writing():
            check_link(self.covered(), first, parent_hash)
            accounts = self._known_accounts()
            files: dict[str, Part] = {}
            try:
                for name, table in tables(columns, accounts):
                    path, data = _path(name, first, last), encoded(table)
                    write_atomic(self.folder / path, data, mode=0o600)
                    files[path] = Part(sha256(data).hexdigest(), table.num_rows)
                chunk = Chunk(first, last, parent_hash.lower(), end_hash.lower(), len(columns), files)
                self._save(replace(self._manifest, chunks=(*self._manifest.chunks, chunk)))
            except BaseException:  # the accounts that were numbered are not on the disk
                self._accounts = None
                raise

    def rewind(self, to_block: int) -> Covered | None:
        """Drop every chunk that reaches beyond ``to_block``, and say what is left."""
        with self._writing():
            self._replace(self._manifest.up_to(to_block))
        return self.covered()

    def logs(self, first: int, last: int) -> Iterator[RawLog]:
        """The stored logs of blocks ``first`` to ``last``, in order, a chunk in memory at a time.

        ValueError when not all of these blocks are stored, InputError when a file was changed.
        """
        check_stored(self.covered(), first, last)
        for chunk in self.chunks(last):
            if chunk.last >= first:
                yield from self.columns(chunk).between(first, last)

    def columns(self, chunk: Chunk) -> LogColumns:
        """The logs of one chunk."""
        files = {name: self.table(chunk, name) for name in _families(chunk)}
        return read_columns(self.token, files, self.addresses(chunk.last))

    def events(self, chunk: Chunk, families: Sequence[str] | None = None) -> LogColumns:
        """The logs of one chunk that are no transfers, or only those of some families."""
        wanted = [name for name in _families(chunk) if name.startswith("event/")] if families is None else families
        files = {name: self.table(chunk, name) for name in [*wanted, "block"] if self.has(chunk, name)}
        return read_columns(self.token, files, self.addresses(-1))

    def has(self, chunk: Chunk, family: str) -> bool:
        """Whether a chunk has a file of this family."""
        return family in _families(chunk)

    def addresses(self, last: int) -> Array:
        """The addresses of all accounts of the chunks that begin at or before ``last``, by number: rows of 20 bytes."""
        import numpy as np

        tables_ = [
            self.table(chunk, "account", ["address"]) for chunk in self.chunks(last) if self.has(chunk, "account")
        ]
        return np.concatenate([np.zeros((1, 20), np.uint8), *(fixed(table, "address", 20) for table in tables_)])

    def table(self, chunk: Chunk, family: str, columns: Sequence[str] | None = None) -> Any:
        """One file of a chunk as an Arrow table, after its bytes were compared with the manifest."""
        return self.file(chunk, family).read(columns=columns)

    def file(self, chunk: Chunk, family: str) -> Any:
        """One file of a chunk as a ParquetFile of pyarrow, after its bytes were compared with the manifest."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        return pq.ParquetFile(pa.BufferReader(self._bytes(chunk, family)))

    def path(self, chunk: Chunk, family: str) -> Path | None:
        """Where a file of a chunk lies, after its bytes were compared with the manifest; None when it has none."""
        if not self.has(chunk, family):
            return None
        self._bytes(chunk, family)
        return self.folder / _path(family, chunk.first, chunk.last)

    def _bytes(self, chunk: Chunk, family: str) -> bytes:
        path = _path(family, chunk.first, chunk.last)
        try:
            data = (self.folder / path).read_bytes()
        except OSError:
            data = b""
        if sha256(data).hexdigest() != chunk.files[path].sha256:
            raise damaged(self.folder, (chunk.first, chunk.last))
        return data

    def families(self, last: int) -> list[str]:
        """The families of files in the chunks that begin at or before ``last``."""
        return sorted({name for chunk in self.chunks(last) for name in _families(chunk)})

    def _check(self, first: int, last: int, logs: LogColumns, end_hash: str) -> None:
        block, index = logs.places
        if not 0 <= first <= last or ((block[1:] == block[:-1]) & (index[1:] == index[:-1])).any():
            raise ValueError("a range runs upwards, and so do its logs")
        events = logs.events
        by = {row.tobytes() for row in events.address} - self._addresses
        outside = len(block) and (block[0] < first or block[-1] > last)
        if outside or by or (len(logs.transfers) and not self.token):
            raise ValueError("a log of another block or address")
        for table in (logs.transfers, events):
            if table.ordered() is not table:
                raise ValueError("a range runs upwards, and so do its logs")
        numbered, hashes = logs.blocks()
        if len(numbered) and numbered[-1] == last and hashes[-1].tobytes().hex() != end_hash.lower()[2:]:
            raise ValueError(f"block {last} has two hashes")

    def _known_accounts(self) -> Accounts:
        if self._accounts is None:
            self._accounts = Accounts()
            last = self._manifest.chunks[-1].last if self._manifest.chunks else -1
            self._accounts.numbers(self.addresses(last))
        return self._accounts

    def _replace(self, manifest: Manifest) -> None:
        """Write a shorter manifest, then remove the files that only the longer one named."""
        gone = {p for c in self._manifest.chunks for p in c.files} - {p for c in manifest.chunks for p in c.files}
        self._accounts = None
        self._save(manifest)
        for path in gone:
            (self.folder / path).unlink(missing_ok=True)

    def _save(self, manifest: Manifest) -> None:
        manifest.write(self.folder)
        self._manifest = manifest

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One process at a time, over what is on the disk now."""
        try:
            with locked(self.folder):
                now = read_manifest(self.folder)
                if now is not None and now.chunks != self._manifest.chunks:
                    self._manifest, self._accounts = now, None
                yield
        except OSError as error:
            raise self._unusable(error) from None

    def _unusable(self, error: OSError) -> InputError:
        return InputError(
            f"{self.folder} cannot be used.",
            why=f"{error.strerror or type(error).__name__}.",
            next_step="Free the disk, or name another folder.",
            code="EVENT_STORE",
        )


def _families(chunk: Chunk) -> list[str]:
    return [path.rpartition("/")[0] for path in chunk.files]


def _path(family: str, first: int, last: int) -> str:
    return f"{family}/{first}-{last}.parquet"
