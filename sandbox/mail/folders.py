"""The folders of a mailbox as they live in this process: an index over the store, and who wants to know of changes.

Every way in (SMTP, IMAP, the Python API, the page) goes through the same Folder, so an IDLE connection hears of a
new mail at once and without polling.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime

from sandbox.mail.store import Entry, FolderRow, Store

INBOX = "INBOX"


class Folder:
    """One folder. `changes` is the list of UIDs in the order in which something happened to them."""

    def __init__(self, store: Store, row: FolderRow) -> None:
        self.id = row.id
        self.uid_validity = row.uid_validity
        self.next_uid = row.next_uid
        self.entries: dict[int, Entry] = {entry.uid: entry for entry in store.entries(row.id)}
        self.changes: list[int] = []
        self.listeners: list[Callable[[], None]] = []
        self._store = store

    def add(
        self, raw: bytes, *, at: datetime | None = None, flags: frozenset[str] = frozenset(), recent: bool = True
    ) -> Entry:
        """Put a mail at the end of the folder and tell everyone who listens."""
        return self.take(self._store.add(self.id, raw, at or datetime.now(UTC), flags, recent))

    def raw(self, entry: Entry) -> bytes | None:
        return self._store.raw(entry.id)

    def move(self, uid: int, destination: "Folder", recent: bool) -> Entry | None:
        """Move a mail; None when it is not here (any more)."""
        entry = self.entries.pop(uid, None)
        if entry is None:
            return None
        new_uid = self._store.move(entry.id, destination.id, recent)
        self._changed(uid)
        return destination.take(replace(entry, uid=new_uid, recent=recent))

    def mark(self, uid: int, *, flags: frozenset[str], recent: bool = False) -> None:
        """Set the flags of a mail (system flags and keywords alike)."""
        entry = self.entries[uid]
        if (entry.flags, entry.recent) == (flags, recent):
            return
        entry.flags, entry.recent = flags, recent
        self._store.mark(entry)
        self._changed(uid)

    def remove(self, uids: Iterable[int]) -> None:
        gone = [self.entries.pop(uid) for uid in list(uids) if uid in self.entries]
        self._store.remove(entry.id for entry in gone)
        self._changed(*(entry.uid for entry in gone))

    def restart_uids(self) -> None:
        """Change UIDVALIDITY, as after a restore: clients must forget every UID they know."""
        self.uid_validity = self._store.new_uid_validity(self.id)

    def take(self, entry: Entry) -> Entry:
        """Have an entry that the store has put here."""
        self.entries[entry.uid] = entry
        self.next_uid = entry.uid + 1
        self._changed(entry.uid)
        return entry

    def _changed(self, *uids: int) -> None:
        self.changes.extend(uids)
        for tell in self.listeners:
            tell()


class Folders:
    """The folders of one owner, by name. INBOX is always there."""

    def __init__(self, store: Store, owner: str) -> None:
        self.owner = owner
        self._store = store
        self._live: dict[str, Folder] = {}
        if store.folder(owner, INBOX) is None:
            store.create_folder(owner, INBOX)

    @property
    def names(self) -> list[str]:
        return self._store.folder_names(self.owner)

    def get(self, name: str) -> Folder:
        """The folder of that name. KeyError when there is none."""
        name = INBOX if name.upper() == INBOX else name
        if name not in self._live:
            row = self._store.folder(self.owner, name)
            if row is None:
                raise KeyError(name)
            self._live[name] = Folder(self._store, row)
        return self._live[name]

    def make(self, name: str) -> Folder:
        """Create a folder. ValueError when it exists."""
        if name.upper() == INBOX or self._store.folder(self.owner, name) is not None:
            raise ValueError(name)
        self._store.create_folder(self.owner, name)
        return self.get(name)

    def rename(self, before: str, after: str) -> None:
        folder = self.get(before)
        self._store.rename_folder(folder.id, after)
        self._live[after] = self._live.pop(before)

    def delete(self, name: str) -> None:
        folder = self.get(name)
        self._store.delete_folder(folder.id)
        del self._live[name]
