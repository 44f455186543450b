"""What a channel gives: a `Sender` that takes an `Outgoing`, and the four ways in which it says that sending did not work."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from core.actor import Channel, Language
from core.deliveries.models import Lane


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A delivery as its channel sees it: the fields of the row, with the secret values readable.

    `files` lists `{"file_id", "name", "media_type", "size"}`; `attempts` counts this one too.
    """

    id: int
    channel: Channel
    lane: Lane
    address: str
    language: Language
    kind: str
    values: dict[str, Any]
    attempts: int
    created_at: datetime
    give_up_at: datetime
    key: str | None = None
    person_id: int | None = None
    staff_id: int | None = None
    files: tuple[dict[str, Any], ...] = ()
    secret: dict[str, Any] = field(default_factory=dict, repr=False)
    thread: str | None = None
    in_reply_to: str | None = None
    dossier_id: int | None = None
    message_id: int | None = None


class Sender(Protocol):
    """Speaks a channel's protocol, outside any transaction. Bounds its own time: a send that hangs holds its place."""

    async def send(self, outgoing: Outgoing) -> str | None:
        """Send it; the id that the channel gave it. Raises `Temporary`, `Paused`, `Permanent` or `AnswerLost`."""
        ...


class SendingFailed(Exception):
    """It was not sent, or nobody knows. `reason` is for staff: short, without content, codes or tokens."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Temporary(SendingFailed):
    """Not now: it goes again later, after `retry_after` seconds when the other side said so."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Paused(SendingFailed):
    """Too much (429): nothing more over this channel, from any process, for `retry_after` seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__("too many requests")
        self.retry_after = retry_after


class Permanent(SendingFailed):
    """Never. `unreachable` says that the address itself is no good (blocked, chat not found, hard bounce)."""

    def __init__(self, reason: str, *, unreachable: bool = False) -> None:
        super().__init__(reason)
        self.unreachable = unreachable


class AnswerLost(SendingFailed):
    """It was handed over and no answer came: it may have arrived."""
