"""A mail before it is rendered, and the words that it is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from core import texts
from core.office import Office
from mailbridge.composing.letters import Letter
from mailbridge.composing.rendering import isolated, moment


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture within the HTML, shown as `cid:CONTENT_ID`."""

    content_id: str
    subtype: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Face:
    """A mail before it is rendered. `sender_name` is empty for the office itself; `is_answer` says that a mail asked for it."""

    template: str
    subject: str
    values: Mapping[str, Any]
    pictures: tuple[Picture, ...] = ()
    sender_name: str = ""
    is_answer: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """A mail of one line that the reader may send us: a link that opens it, addressed and written.

    `label` stands on the link (empty: the words themselves). Without a `body` the words are the subject only, so that
    something can be written or attached.
    """

    words: str
    label: str = ""
    body: bool = True

    @property
    def begun(self) -> bool:
        """Whether the reader writes on behind these words."""
        return self.words.endswith(" ")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list: what it is, smaller what belongs to it, and what can be asked about it."""

    title: str
    detail: str = ""
    asks: tuple[Ask, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A list with its title; `dense` for lines that are read as one block."""

    title: str
    rows: tuple[Row, ...]
    dense: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """What a mail of the common kind says, in plain text and in this order.

    `about` is a line of facts below the title; `digits` a code to copy; `said` a person's own words; `rows` a list with the
    title `listed`, `sections` more of them; `asks` what the reader may ask next by a mail of one line; `button` the words of a
    link to Telegram, left out where the office has none; `closing` stands smaller at the end. `answerable` puts our marker above it, `greets` the reader's name before it.
    """

    subject: str
    title: str
    paragraphs: tuple[str, ...]
    about: tuple[str, ...] = ()
    digits: str = ""
    said: str = ""
    listed: str = ""
    rows: tuple[Row, ...] = ()
    sections: tuple[Section, ...] = ()
    after: tuple[str, ...] = ()
    asks: tuple[Ask, ...] = ()
    button: str = ""
    closing: tuple[str, ...] = ()
    answerable: bool = False
    greets: bool = True
    sender_name: str = ""
    is_answer: bool = False

    @property
    def lists(self) -> tuple[Section, ...]:
        """All its lists, in order."""
        own = (Section(self.listed, self.rows),) if self.rows else ()
        return (*own, *self.sections)


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences of one letter, in its reader's language, and the values that it tells."""

    letter: Letter
    office: Office

    def say(self, key: str, *, n: int | None = None, **values: object) -> str:
        """The sentence `mail.KEY`. What fills it can't bring control characters along."""
        filled = {name: isolated(value) for name, value in values.items()}
        return texts.template_of(self.letter.language, f"mail.{key}", n=n).format(n=n, **filled)

    def of(self, name: str) -> str:
        """A value as text; empty where there is none."""
        value = self.letter.values.get(name)
        return "" if value is None else str(value)

    def moment(self, name: str) -> str:
        """A value that is a moment (ISO with offset), in the office's time zone."""
        return moment(self.office, self.letter.language, datetime.fromisoformat(self.letter.values[name]))

    def day(self, iso: str) -> str:
        """A date (ISO) as people write it."""
        return texts.day(self.office, self.letter.language, date.fromisoformat(iso))

    @property
    def hours(self) -> str:
        """When the office is open, in the reader's language."""
        return texts.hours(self.office, self.letter.language)

    def size(self, count: int) -> str:
        """A size in bytes as people write it."""
        return texts.size(self.letter.language, count)

    def dossier(self, values: Mapping[str, Any] | None = None) -> str:
        """The line that names a dossier."""
        given = self.letter.values if values is None else values
        return self.say("about.dossier", number=given["dossier_number"], description=given["dossier_description"])
