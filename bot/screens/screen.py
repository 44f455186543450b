"""A screen is a text and a keyboard, as a value."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from bot import limits
from bot.callbacks import Verb, pack
from bot.saying import label, say
from core import texts
from core.actor import Language
from core.office import Office

LONG: Final = 5
"""Pages after which a list has buttons to its ends."""


@dataclass(frozen=True, slots=True)
class Button:
    """One button; exactly one of `data` (a callback), `url` and `copy` (text for the clipboard) is set."""

    label: str
    data: str | None = None
    url: str | None = None
    copy: str | None = None


Row = tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Screen:
    """What is shown: Telegram HTML of at most 4096 characters, and rows of buttons.

    `share`: in place of rows the person's own keyboard, the first key shares their contact card, the others type their label;
    `clears`: that keyboard goes away, and the message that took it with it. `qr`: the screen is a picture, the QR code of this text (then at most 1024 characters).
    """

    text: Markup
    rows: tuple[Row, ...] = ()
    share: tuple[str, ...] = ()
    clears: bool = False
    qr: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """How a screen is dressed: for whom (language), of which office, with how many actions waiting (HOME-2)."""

    language: Language
    office: Office
    actions: int = 0

    def say(self, key: str, /, *, n: int | None = None, **values: object) -> Markup:
        """A sentence of the bot's catalogue, its values escaped."""
        return say(self.language, key, n=n, **values)

    def label(self, key: str, /, *, n: int | None = None, **values: object) -> str:
        """The same as plain text, for what knows no markup."""
        return label(self.language, key, n=n, **values)

    def button(
        self, key: str, verb: Verb, *args: object, n: int | None = None, below: bool = False, **values: object
    ) -> Button:
        """A button with a label of the catalogue that calls `verb`; `below` leaves the tapped message as it is."""
        text = label(self.language, key, n=n, **values)
        return Button(limits.clipped(text, limits.BUTTON_LABEL), pack(verb, *args, below=below))

    def home(self, *before: Button, below: bool = False) -> Row:
        """The last row of every card: the way home with the number of actions, after what goes one step back."""
        return (*before, self.button("button.home", Verb.HOME, n=self.actions, below=below))

    def size(self, count: int) -> str:
        """A file size for people."""
        return texts.size(self.language, count)


def named(text: str, verb: Verb, *args: object) -> Button:
    """A button that carries somebody's own words (a dossier, a file name), cut to what a phone shows."""
    return Button(limits.clipped(" ".join(text.split()) or "…", limits.BUTTON_LABEL), pack(verb, *args))


def pairs(buttons: Iterable[Button]) -> tuple[Row, ...]:
    """Buttons two in a row: what a thumb can hit."""
    row = tuple(buttons)
    return tuple(row[i : i + 2] for i in range(0, len(row), 2))


def pager(look: Look, verb: Verb, *args: object, offset: int, limit: int, total: int) -> tuple[Row, ...]:
    """[Vorige] [Volgende] where there is something to turn to; the offset becomes the last argument."""
    row = []
    if offset > 0:
        row.append(look.button("button.previous", verb, *args, max(0, offset - limit)))
    if offset + limit < total:
        row.append(look.button("button.next", verb, *args, offset + limit))
    return (tuple(row), *_ends(verb, *args, offset=offset, limit=limit, total=total)) if row else ()


def _ends(verb: Verb, *args: object, offset: int, limit: int, total: int) -> tuple[Row, ...]:
    """Of a long list also its first and its last page."""
    if total <= LONG * limit:
        return ()
    last = (total - 1) // limit * limit
    first_page = Button("« 1", pack(verb, *args, 0))
    last_page = Button(f"{last // limit + 1} »", pack(verb, *args, last))
    return (((first_page,) if offset > limit else ()) + ((last_page,) if offset + limit < last else ()),)


def span(look: Look, *, offset: int, shown: int, total: int) -> Markup:
    """ "1-8 van 12": which part of a list is on the screen."""
    return look.say("list.span", first=offset + 1, last=offset + shown, total=total)
