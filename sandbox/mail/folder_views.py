"""Folders and mails in the shape in which pymap wants to see them."""

from collections.abc import AsyncIterable, Iterable, Sequence
from datetime import datetime
from typing import Any

from pymap.backend.mailbox import MailboxDataInterface, MailboxSetInterface
from pymap.bytes import Writeable
from pymap.concurrent import Event
from pymap.exceptions import NotSupportedError
from pymap.flags import FlagOp
from pymap.interfaces.message import CachedMessage
from pymap.listtree import ListTree
from pymap.mailbox import MailboxSnapshot
from pymap.message import BaseLoadedMessage, BaseMessage
from pymap.mime import MessageContent
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials import FetchRequirement, ObjectId
from pymap.parsing.specials.flag import Flag, Seen
from pymap.selected import SelectedMailbox, SelectedSet

from sandbox.mail.folders import Folder, Folders
from sandbox.mail.store import Entry


class Message(BaseMessage):
    """A mail as pymap wants it."""

    __slots__ = ("_folder", "entry")

    def __init__(self, folder: Folder, entry: Entry, *, expunged: bool = False) -> None:
        super().__init__(
            entry.uid,
            entry.at,
            [Flag(flag) for flag in entry.flags],
            expunged=expunged,
            email_id=ObjectId(b"M%d" % entry.id),
            thread_id=ObjectId(b"T%d" % entry.id),
        )
        self._folder = folder
        self.entry = entry

    async def load_content(self, requirement: FetchRequirement) -> "Loaded":
        return Loaded(self, requirement, self._folder, self.entry)


class Loaded(BaseLoadedMessage):
    """A mail with its bytes, which are read and parsed only when a client asks for them."""

    __slots__ = ("_entry", "_folder")

    def __init__(self, message: Message, requirement: FetchRequirement, folder: Folder, entry: Entry) -> None:
        super().__init__(message, requirement, None)
        self._folder = folder
        self._entry = entry

    @property
    def content(self) -> MessageContent:
        if self._content is None:
            self._content = MessageContent.parse(self._folder.raw(self._entry) or b"")
        return self._content

    def get_body(self, section: Sequence[int] | None = None, binary: bool = False) -> Any:
        if section or binary:
            return super().get_body(section, binary)
        return Writeable.wrap(self._folder.raw(self._entry) or b"")

    def get_size(self, section: Sequence[int] | None = None) -> int:
        return super().get_size(section) if section else len(self._folder.raw(self._entry) or b"")


class MailboxView(MailboxDataInterface[Message]):
    """One folder as pymap wants it; one view a folder, shared by every connection."""

    readonly = False

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self._updated = Event.for_asyncio()
        self._selected_set = SelectedSet()
        folder.listeners.append(self._updated.set)

    @property
    def mailbox_id(self) -> ObjectId:
        return ObjectId(b"F%d" % self.folder.id)

    @property
    def uid_validity(self) -> int:
        return self.folder.uid_validity

    @property
    def selected_set(self) -> SelectedSet:
        return self._selected_set

    async def update_selected(self, selected: SelectedMailbox, *, wait_on: Event | None = None) -> SelectedMailbox:
        if wait_on is not None and selected.mod_sequence == len(self.folder.changes):
            await wait_on.or_event(self._updated).wait()
        known: int | None = selected.mod_sequence
        selected.mod_sequence = len(self.folder.changes)
        touched = set(self.folder.entries if known is None else self.folder.changes[known:])
        present = [self._message(uid) for uid in sorted(touched) if uid in self.folder.entries]
        selected.add_updates(present, [uid for uid in touched if uid not in self.folder.entries])
        return selected

    async def append(self, append_msg: AppendMessage, *, recent: bool = False) -> Message:
        entry = self.folder.add(
            bytes(append_msg.literal), at=_aware(append_msg.when), flags=_names(append_msg.flag_set), recent=recent
        )
        return Message(self.folder, entry)

    async def copy(self, uid: int, destination: "MailboxView", *, recent: bool = False) -> int | None:
        entry = self.folder.entries.get(uid)
        raw = None if entry is None else self.folder.raw(entry)
        if entry is None or raw is None:
            return None
        return destination.folder.add(raw, at=entry.at, flags=entry.flags, recent=recent).uid

    async def move(self, uid: int, destination: "MailboxView", *, recent: bool = False) -> int | None:
        moved = self.folder.move(uid, destination.folder, recent)
        return None if moved is None else moved.uid

    async def get(self, uid: int, cached_msg: CachedMessage) -> Message:
        if uid in self.folder.entries:
            return self._message(uid)
        assert isinstance(cached_msg, Message)
        return Message(self.folder, cached_msg.entry, expunged=True)

    async def update(self, uid: int, cached_msg: CachedMessage, flag_set: frozenset[Flag], mode: FlagOp) -> Message:
        entry = self.folder.entries.get(uid)
        if entry is not None:
            flags = _names(mode.apply(frozenset(Flag(flag) for flag in entry.flags), flag_set))
            self.folder.mark(uid, flags=flags, recent=entry.recent)
        return await self.get(uid, cached_msg)

    async def delete(self, uids: Iterable[int]) -> None:
        self.folder.remove(uids)

    async def claim_recent(self, selected: SelectedMailbox) -> None:
        for entry in [entry for entry in self.folder.entries.values() if entry.recent]:
            self.folder.mark(entry.uid, flags=entry.flags, recent=False)
            selected.session_flags.add_recent(entry.uid)

    async def cleanup(self) -> None:
        return None

    async def messages(self) -> AsyncIterable[Message]:
        for uid in list(self.folder.entries):
            yield self._message(uid)

    async def snapshot(self) -> MailboxSnapshot:
        entries = list(self.folder.entries.values())
        unseen = [number for number, entry in enumerate(entries, 1) if str(Seen) not in entry.flags]
        return MailboxSnapshot(
            self.mailbox_id,
            False,
            self.uid_validity,
            self.permanent_flags,
            self.session_flags,
            len(entries),
            sum(entry.recent for entry in entries),
            len(unseen),
            unseen[0] if unseen else None,
            self.folder.next_uid,
        )

    def _message(self, uid: int) -> Message:
        return Message(self.folder, self.folder.entries[uid])


class MailboxViews(MailboxSetInterface[MailboxView]):
    """The folders of one account as pymap wants them."""

    delimiter = "/"

    def __init__(self, folders: Folders) -> None:
        self._folders = folders
        self._views: dict[int, MailboxView] = {}

    async def set_subscribed(self, name: str, subscribed: bool) -> None:
        """Every folder counts as subscribed."""

    async def list_subscribed(self) -> ListTree:
        return await self.list_mailboxes()

    async def list_mailboxes(self) -> ListTree:
        return ListTree(self.delimiter).update(*self._folders.names)

    async def get_mailbox(self, name: str) -> MailboxView:
        folder = self._folders.get(name)
        if folder.id not in self._views:
            self._views[folder.id] = MailboxView(folder)
        return self._views[folder.id]

    async def add_mailbox(self, name: str) -> ObjectId:
        self._folders.make(name)
        return (await self.get_mailbox(name)).mailbox_id

    async def delete_mailbox(self, name: str) -> None:
        self._folders.delete(name)

    async def rename_mailbox(self, before: str, after: str) -> None:
        if before.upper() == "INBOX":
            raise NotSupportedError
        self._folders.rename(before, after)


def _names(flags: Iterable[Flag]) -> frozenset[str]:
    return frozenset(str(flag) for flag in flags)


def _aware(when: datetime | None) -> datetime | None:
    return when if when is None or when.tzinfo else when.astimezone()
