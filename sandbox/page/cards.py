"""What whoever starts the world tells the page: people, actions, steps and how the product is doing.

A `Words` is one text, or one text per language: `{"nl": "Nodig Anna uit", "en": "Invite Anna"}`.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, Protocol

Words = str | Mapping[str, str]


class Phone(Protocol):
    """A telephone in `sandbox.telegram`."""

    @property
    def user_id(self) -> int:
        """The Telegram user on it."""


def in_dutch(words: Words) -> str:
    """One text of it, for where only one fits."""
    return words if isinstance(words, str) else words.get("nl", next(iter(words.values()), ""))


@dataclass(frozen=True, slots=True)
class PersonCard:
    """Someone in the try-out. `mailbox` is an address of the mail server; `phone` None when they don't use Telegram."""

    name: str
    role: Words
    phone: Phone | None
    mailbox: str
    note: Words = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "role": self.role,
            "user_id": None if self.phone is None else self.phone.user_id,
            "mailbox": self.mailbox,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Field:
    """One thing an action asks. With `choices` it is a list to choose from, else a line of text."""

    name: str
    label: Words
    value: str = ""
    choices: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "label": self.label, "value": self.value, "choices": list(self.choices)}


@dataclass(frozen=True, slots=True)
class Action:
    """A button on the page. `run` gets the values of the fields and returns what to say when done.

    What it raises is shown as the reason it failed.
    """

    id: str
    label: Words
    help: Words
    run: Callable[[dict[str, str]], Awaitable[Words]]
    fields: tuple[Field, ...] = ()

    def as_json(self) -> dict[str, Any]:
        fields = [field.as_json() for field in self.fields]
        return {"id": self.id, "label": self.label, "help": self.help, "fields": fields}


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened in the world.

    channel telegram: kind "call" (`who` the bot, `title` the method, `detail` its text), "update" (`who` the person's
    user id, `title` the kind of update, `detail` the text); channel mail: kind "delivered", "bounced", "refused" (`who`
    the mailbox or recipient, `title` the subject, `detail` the sender); channel action: kind "done" (`title` its id).
    """

    channel: Literal["telegram", "mail", "action"]
    kind: str
    who: str = ""
    title: str = ""
    detail: str = ""
    ok: bool = True
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    number: int = 0
    more: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "channel": self.channel,
            "kind": self.kind,
            "who": self.who,
            "title": self.title,
            "detail": self.detail,
            "ok": self.ok,
            "at": self.at.isoformat(),
            "more": dict(self.more),
        }


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to try. It is ticked at the first happening for which `done` is true, and stays so."""

    id: str
    title: Words
    hint: Words
    done: Callable[[Happening], bool]

    def as_json(self, ticked: bool) -> dict[str, Any]:
        return {"id": self.id, "title": self.title, "hint": self.hint, "done": ticked}


@dataclass(frozen=True, slots=True)
class Status:
    """How one part of the product is doing."""

    name: Words
    state: Literal["ok", "busy", "down"]
    detail: Words = ""

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "state": self.state, "detail": self.detail}
