"""The mails of every mailbox in one SQLite file, so that they (and their UIDs) outlive the process.

Not a Maildir: raw bytes come back exactly as they went in, a folder can be moved into without renaming files
between file systems, and UIDVALIDITY stays what it was after `kill -9` (WAL, one transaction a change).
"""

import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS folder (
    id INTEGER PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL,
    uid_validity INTEGER NOT NULL, next_uid INTEGER NOT NULL DEFAULT 1, UNIQUE (owner, name));
CREATE TABLE IF NOT EXISTS mail (
    id INTEGER PRIMARY KEY AUTOINCREMENT, folder_id INTEGER NOT NULL, uid INTEGER NOT NULL,
    at REAL NOT NULL, flags TEXT NOT NULL, recent INTEGER NOT NULL, raw BLOB NOT NULL, UNIQUE (folder_id, uid));
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class FolderRow:
    """One folder of one mailbox. `next_uid` is the UID the next mail will get."""

    id: int
    owner: str
    name: str
    uid_validity: int
    next_uid: int


@dataclass(slots=True)
class Entry:
    """One mail in a folder, without its bytes. `id` is for life (a move keeps it), `uid` belongs to the folder."""

    id: int
    uid: int
    at: datetime
    flags: frozenset[str]
    recent: bool


class Store:
    """All folders and mails. `path` None keeps everything in memory."""

    def __init__(self, path: Path | None) -> None:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(":memory:" if path is None else path)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        self._db.close()

    def remember(self, key: str, value: str) -> None:
        with self._db as db:
            db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def recall(self, key: str) -> str | None:
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def folder(self, owner: str, name: str) -> FolderRow | None:
        row = self._db.execute(
            "SELECT id, owner, name, uid_validity, next_uid FROM folder WHERE owner = ? AND name = ?", (owner, name)
        ).fetchone()
        return None if row is None else FolderRow(*row)

    def folder_names(self, owner: str) -> list[str]:
        rows = self._db.execute("SELECT name FROM folder WHERE owner = ? ORDER BY id", (owner,))
        return [str(name) for (name,) in rows]

    def create_folder(self, owner: str, name: str) -> FolderRow:
        """Make a folder with a UIDVALIDITY that grows (RFC 3501, 2.3.1.1), even within one second."""
        (highest,) = self._db.execute("SELECT coalesce(max(uid_validity), 0) FROM folder").fetchone()
        with self._db as db:
            db.execute(
                "INSERT INTO folder (owner, name, uid_validity) VALUES (?, ?, ?)",
                (owner, name, max(int(time.time()), highest + 1)),
            )
        made = self.folder(owner, name)
        assert made is not None
        return made

    def rename_folder(self, folder_id: int, name: str) -> None:
        with self._db as db:
            db.execute("UPDATE folder SET name = ? WHERE id = ?", (name, folder_id))

    def delete_folder(self, folder_id: int) -> None:
        with self._db as db:
            db.execute("DELETE FROM mail WHERE folder_id = ?", (folder_id,))
            db.execute("DELETE FROM folder WHERE id = ?", (folder_id,))

    def entries(self, folder_id: int) -> list[Entry]:
        """Every mail of a folder in order of UID."""
        rows = self._db.execute(
            "SELECT id, uid, at, flags, recent FROM mail WHERE folder_id = ? ORDER BY uid", (folder_id,)
        )
        return [
            Entry(mail_id, uid, datetime.fromtimestamp(at, UTC), frozenset(flags.split()), bool(recent))
            for mail_id, uid, at, flags, recent in rows
        ]

    def raw(self, mail_id: int) -> bytes | None:
        """The bytes of one mail; None when it is gone."""
        row = self._db.execute("SELECT raw FROM mail WHERE id = ?", (mail_id,)).fetchone()
        return None if row is None else bytes(row[0])

    def add(self, folder_id: int, raw: bytes, at: datetime, flags: frozenset[str], recent: bool) -> Entry:
        with self._db as db:
            uid = self._next_uid(db, folder_id)
            added = db.execute(
                "INSERT INTO mail (folder_id, uid, at, flags, recent, raw) VALUES (?, ?, ?, ?, ?, ?)",
                (folder_id, uid, at.timestamp(), " ".join(sorted(flags)), recent, raw),
            )
        return Entry(int(added.lastrowid or 0), uid, at, flags, recent)

    def move(self, mail_id: int, folder_id: int, recent: bool) -> int:
        """Put a mail in another folder; returns its UID there."""
        with self._db as db:
            uid = self._next_uid(db, folder_id)
            db.execute(
                "UPDATE mail SET folder_id = ?, uid = ?, recent = ? WHERE id = ?", (folder_id, uid, recent, mail_id)
            )
        return uid

    def mark(self, entry: Entry) -> None:
        """Write an entry's flags and its \\Recent mark."""
        with self._db as db:
            db.execute(
                "UPDATE mail SET flags = ?, recent = ? WHERE id = ?",
                (" ".join(sorted(entry.flags)), entry.recent, entry.id),
            )

    def remove(self, mail_ids: Iterable[int]) -> None:
        with self._db as db:
            db.executemany("DELETE FROM mail WHERE id = ?", [(mail_id,) for mail_id in mail_ids])

    def new_uid_validity(self, folder_id: int) -> int:
        """Give a folder a new UIDVALIDITY, as a mail server does after a restore from backup."""
        (highest,) = self._db.execute("SELECT max(uid_validity) FROM folder").fetchone()
        with self._db as db:
            db.execute("UPDATE folder SET uid_validity = ? WHERE id = ?", (highest + 1, folder_id))
        return int(highest) + 1

    @staticmethod
    def _next_uid(db: sqlite3.Connection, folder_id: int) -> int:
        (uid,) = db.execute(
            "UPDATE folder SET next_uid = next_uid + 1 WHERE id = ? RETURNING next_uid - 1", (folder_id,)
        ).fetchone()
        return int(uid)
