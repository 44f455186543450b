"""What lists and screens show of messages, as values."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from core.messages.models import Direction, Message


class AttachmentRow(NamedTuple):
    """A file of a message; `size` in bytes. `id` opens it (`messages.attachment`)."""

    id: int
    name: str
    size: int
    media_type: str
    file_id: int


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message as a list shows it. `author` is empty for the office itself; `attachments` is how many there are."""

    id: int
    direction: Direction
    author: str
    subject: str
    sent_at: datetime
    unread: bool
    attachments: int
    edited: bool = False


@dataclass(frozen=True, slots=True)
class OpenMessage:
    """A message as it is opened, with the one that it answers; `versions` is how many older ones are kept."""

    message: Message
    author: str
    attachments: tuple[AttachmentRow, ...]
    original: Message | None
    original_author: str
    versions: int = 0
