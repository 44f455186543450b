"""What a handler answers, as values: JSON on the way, kept with the update until it is sent (docs/decisions/0002).

An answer is carried out by `messenger`, after the commit.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from markupsafe import Markup

from bot.screens.screen import Button, Screen
from core.crypto import Keys


@dataclass(frozen=True, slots=True)
class Show:
    """A screen. `edit`: in place of this message when that can be done, else as a new one. `card`: a new one is remembered as
    the chat's card. `removes`: the message whose place it takes. `sealed`: it holds a secret, and is encrypted while it waits."""

    screen: Screen
    edit: int | None = None
    card: bool = False
    removes: int | None = None
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class Toast:
    """The answer to a tap: nothing, a line, or (`alert`) a box with a button. At most 200 characters."""

    query_id: str
    text: str = ""
    alert: bool = False


@dataclass(frozen=True, slots=True)
class DeleteMessage:
    """Takes a message out of the chat: a typed code, a draft's old card."""

    message_id: int


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact card in the chat (sendContact), for the telephone's own address book."""

    phone: str
    name: str
    vcard: str


Answer = Show | Toast | DeleteMessage | Contact


def packed(answers: Iterable[Answer], keys: Keys) -> list[dict[str, Any]]:
    """The answers as JSON; sealed ones can't be read in it."""
    return [_pack(answer, keys) for answer in answers]


def unpacked(answers: Iterable[Mapping[str, Any]], keys: Keys) -> list[Answer]:
    """What `packed` was given. A sealed one whose key is gone is left out."""
    found = (_unpack(answer, keys) for answer in answers)
    return [answer for answer in found if answer is not None]


def _pack(answer: Answer, keys: Keys) -> dict[str, Any]:
    match answer:
        case Toast():
            return {"do": "toast", **asdict(answer)}
        case DeleteMessage():
            return {"do": "delete", **asdict(answer)}
        case Contact():
            return {"do": "contact", **asdict(answer)}
        case Show(sealed=True):
            plain = json.dumps(_pack_show(answer)).encode()
            return {"do": "sealed", "show": keys.encrypt(plain).decode("ascii")}
        case Show():
            return {"do": "show", **_pack_show(answer)}


def _pack_show(show: Show) -> dict[str, Any]:
    screen = show.screen
    rows = [[_pack_button(button) for button in row] for row in screen.rows]
    rest = {"edit": show.edit, "card": show.card, "removes": show.removes}
    look = {"share": list(screen.share), "clears": screen.clears, "qr": screen.qr}
    return {"text": str(screen.text), "rows": rows, **{key: value for key, value in look.items() if value}, **rest}


def _pack_button(button: Button) -> dict[str, str]:
    return {key: value for key, value in asdict(button).items() if value is not None}


def _unpack(answer: Mapping[str, Any], keys: Keys) -> Answer | None:
    fields = {key: value for key, value in answer.items() if key != "do"}
    match answer["do"]:
        case "toast":
            return Toast(**fields)
        case "delete":
            return DeleteMessage(**fields)
        case "contact":
            return Contact(**fields)
        case "sealed":
            plain = keys.decrypt(fields["show"].encode("ascii"))
            return _unpack_show(json.loads(plain)) if plain is not None else None
        case _:
            return _unpack_show(fields)


def _unpack_show(fields: dict[str, Any]) -> Show:
    rows = tuple(tuple(Button(**button) for button in row) for row in fields.pop("rows"))
    text = Markup(fields.pop("text"))  # noqa: S704  # our own screen, escaped when it was made
    share, clears, qr = tuple(fields.pop("share", ())), fields.pop("clears", False), fields.pop("qr", "")
    return Show(Screen(text, rows, share, clears, qr), **fields)
