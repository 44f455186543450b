"""What a handler answers, as values: JSON on the way, kept with the update until it is sent (docs/decisions/0002).

An answer is carried out by `messenger`, after the commit.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from markupsafe import Markup

from bot.screens.screen import Button, Screen


@dataclass(frozen=True, slots=True)
class Show:
    """A screen. `edit`: in place of this message when that can be done, else as a new one. `card`: a new one is remembered as
    the chat's card. `removes`: the message whose place it takes."""

    screen: Screen
    edit: int | None = None
    card: bool = False
    removes: int | None = None


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


Answer = Show | Toast | DeleteMessage


def packed(answers: Iterable[Answer]) -> list[dict[str, Any]]:
    """The answers as JSON."""
    return [_pack(answer) for answer in answers]


def unpacked(answers: Iterable[Mapping[str, Any]]) -> list[Answer]:
    """What `packed` was given."""
    return [_unpack(answer) for answer in answers]


def _pack(answer: Answer) -> dict[str, Any]:
    match answer:
        case Toast():
            return {"do": "toast", **asdict(answer)}
        case DeleteMessage():
            return {"do": "delete", **asdict(answer)}
        case Show(screen):
            rows = [[_pack_button(button) for button in row] for row in screen.rows]
            rest = {"edit": answer.edit, "card": answer.card, "removes": answer.removes}
            return {"do": "show", "text": str(screen.text), "rows": rows, **rest}


def _pack_button(button: Button) -> dict[str, str]:
    return {key: value for key, value in asdict(button).items() if value is not None}


def _unpack(answer: Mapping[str, Any]) -> Answer:
    fields = {key: value for key, value in answer.items() if key != "do"}
    match answer["do"]:
        case "toast":
            return Toast(**fields)
        case "delete":
            return DeleteMessage(**fields)
        case _:
            rows = tuple(tuple(Button(**button) for button in row) for row in fields.pop("rows"))
            screen = Screen(Markup(fields.pop("text")), rows)  # noqa: S704  # our own screen, escaped when it was made
            return Show(screen, **fields)
