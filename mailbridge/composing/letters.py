"""What a mail is made from, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.actor import Language
from mailbridge.tokens import BOUNCE, REPLY


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The mail side of the office's settings.

    `domain` is that of the reply addresses; `portal` the one fixed sender, an address in it; `bot` the username of the
    Telegram bot without @ (empty: no Telegram); `authserv_id` names our own receiving server in Authentication-Results
    (RFC 8601); `reply_local` stands before the + of reply addresses and may be the portal's own local part; `logo` is the picture itself (PNG, JPEG or GIF; empty: the office's name instead).
    `web` is where our own HTTP server is reached from outside (https; empty: it isn't): news can then be stopped by one click.
    """

    domain: str
    portal: str
    bot: str = ""
    authserv_id: str = ""
    reply_local: str = REPLY
    logo: bytes = field(default=b"", repr=False)
    web: str = ""

    @property
    def bounce_local(self) -> str:
        """What stands before the + of bounce addresses: `b`, unless the office has one mailbox for all of them."""
        return BOUNCE if self.reply_local == REPLY else self.reply_local


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes with a letter, whole."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that did not fit; `size` in bytes."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Letter:
    """One delivery by mail, ready to be written.

    `values` are those of its kind, `secret` the ones that are kept encrypted until now. Exactly one of `person_id` and
    `staff_id` is set, or neither for a stranger. `actions` is how many wait for the person; None where that says
    nothing (staff, strangers). `in_telegram`: the person has a linked chat, so a way there is offered. `attempt_at` becomes
    the Date.
    """

    delivery_id: int
    kind: str
    address: str
    language: Language
    values: Mapping[str, Any]
    attempt_at: datetime
    secret: Mapping[str, Any] = field(default_factory=dict, repr=False)
    person_id: int | None = None
    staff_id: int | None = None
    dossier_id: int | None = None
    message_id: int | None = None
    thread: str | None = None
    in_reply_to: str | None = None
    enclosures: tuple[Enclosure, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    actions: int | None = None
    in_telegram: bool = True
