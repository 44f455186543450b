"""The sandbox's memory on disk: records in SQLite, contents as files, written through as things happen.

Without a folder nothing is written. With one, everything answered survives `kill -9` of the process (the journal is not
flushed to the platter, so a power cut may cost the last moments: this is a try-out).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sandbox.telegram.entities import Json

_SCHEMA = """
CREATE TABLE IF NOT EXISTS record (
    kind TEXT NOT NULL, owner TEXT NOT NULL, rank INTEGER NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (kind, owner, rank)
) WITHOUT ROWID
"""
_PUT = "INSERT OR REPLACE INTO record (kind, owner, rank, value) VALUES (?, ?, ?, ?)"


class Store:
    """Records by kind, owner and rank. Writes gather in one transaction until `flush`."""

    def __init__(self, folder: Path | None) -> None:
        self._contents: dict[str, bytes] = {}
        self._folder = folder
        self._database: sqlite3.Connection | None = None
        self._open = False
        if folder is not None:
            (folder / "files").mkdir(parents=True, exist_ok=True)
            self._database = _connect(folder / "telegram.sqlite")

    def put(self, kind: str, owner: str | int, rank: int, value: Json) -> None:
        """Keep `value`, instead of what stood under the same kind, owner and rank."""
        if database := self._begun():
            database.execute(_PUT, (kind, str(owner), rank, json.dumps(value, separators=(",", ":"))))

    def drop(self, kind: str, owner: str | int, rank: int) -> None:
        """Forget one record; it may be absent."""
        if database := self._begun():
            database.execute("DELETE FROM record WHERE kind = ? AND owner = ? AND rank = ?", (kind, str(owner), rank))

    def flush(self) -> None:
        """Make what was put and dropped permanent. Call before anybody outside hears of it."""
        if self._open and self._database is not None:
            self._database.execute("COMMIT")
            self._open = False

    def all(self, kind: str) -> Iterator[tuple[str, int, Json]]:
        """Owner, rank and value of every record of a kind, by owner and rank."""
        if self._database is None:
            return
        rows = self._database.execute(
            "SELECT owner, rank, value FROM record WHERE kind = ? ORDER BY owner, rank", (kind,)
        )
        for owner, rank, value in rows:
            yield owner, rank, json.loads(value)

    def keep_content(self, key: str, content: bytes) -> None:
        """Keep the bytes of one file under `key` (its SHA-256)."""
        if self._folder is None:
            self._contents[key] = content
            return
        path = self._folder / "files" / key
        if not path.exists():
            half = path.with_suffix(".half")
            half.write_bytes(content)
            half.replace(path)

    def content(self, key: str) -> bytes:
        """The bytes kept under `key`; KeyError or FileNotFoundError when there are none."""
        if self._folder is None:
            return self._contents[key]
        return (self._folder / "files" / key).read_bytes()

    def close(self) -> None:
        """Flush and close; the store can't be used afterwards."""
        self.flush()
        if self._database is not None:
            self._database.close()
            self._database = None

    def _begun(self) -> sqlite3.Connection | None:
        if self._database is not None and not self._open:
            self._database.execute("BEGIN")
            self._open = True
        return self._database


def _connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = OFF")
    database.execute(_SCHEMA)
    return database
