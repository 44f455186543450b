"""Templates to text and HTML, in the reader's language.

A kind has two templates, `KIND.txt` and `KIND.mjml`, that say the same. HTML is escaped by the template engine; what a
person wrote reaches it only through `paragraphs` and autoescaping, so it can't become markup.
"""

import html
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import css_inline
import mrml
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from core import texts
from core.actor import Language
from core.office import Office

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"

_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")
NO_BREAK_SPACE, NO_BREAK_HYPHEN = "\u00a0", "\u2011"
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"
_FROM_RIGHT_TO_LEFT = frozenset({"R", "AL", "RLE", "RLO", "RLI"})
_MANY_BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Rendered:
    """Both faces of a mail."""

    text: str
    html: str


def render(kind: str, language: Language, office: Office, values: Mapping[str, Any]) -> Rendered:
    """The mail of that kind. `values` are what its templates name; a template that names another one is a defect."""
    text = _twin(_environment(escaping=False), f"{kind}.txt", language, office, values)
    mjml = _twin(_environment(escaping=True), f"{kind}.mjml", language, office, values)
    if office.phone:
        mjml = mjml.replace(str(escape(office.phone)), str(escape(office.phone)).replace(" ", NO_BREAK_SPACE))
    return Rendered(_MANY_BLANK_LINES.sub("\n\n", text).strip() + "\n", to_html(mjml))


def to_html(mjml: str) -> str:
    """MJML as HTML with its styles inline, the media queries kept, and nothing that loads from elsewhere."""
    return _INLINER.inline(mrml.to_html(mjml, render_options=_NO_FONTS).content)


_NO_FONTS = mrml.RenderOptions(disable_comments=False, fonts={})
_INLINER = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


def _twin(environment: Environment, name: str, language: Language, office: Office, values: Mapping[str, Any]) -> str:
    said = _said_in_html if name.endswith(".mjml") else _said
    functions: dict[str, Callable[..., str] | str] = {
        "hours": texts.hours(office, language),
        "t": partial(said, language),
        "day": lambda at: texts.day(office, language, datetime.fromisoformat(at)),
        "moment": lambda at: moment(office, language, datetime.fromisoformat(at)),
        "size": partial(texts.size, language),
        "mailto": partial(mailto, str(values.get("answers_to") or office.email)),
    }
    return environment.get_template(name).render({**values, **functions, "office": office, "language": language})


@cache
def _environment(*, escaping: bool) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=escaping,  # noqa: S701  # the text twin is no HTML
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["paragraphs"] = paragraphs
    environment.filters["lines"] = lines
    environment.filters["printable"] = printable
    environment.filters["bare"] = bare
    environment.filters["unbroken"] = unbroken
    return environment


def _said(language: Language, key: str, *, n: int | None = None, **values: object) -> str:
    filled = {name: isolated(value) for name, value in values.items()}
    return texts.template_of(language, f"mail.{key}", n=n).format(n=n, **filled)


def _said_in_html(language: Language, key: str, *, n: int | None = None, **values: object) -> Markup:
    filled = {name: value if isinstance(value, Markup) else isolated(value) for name, value in values.items()}
    return Markup(texts.template_of(language, f"mail.{key}", n=n)).format(n=n, **filled)  # noqa: S704  # our catalogue


def mailto(address: str, words: str, *, body: bool = True) -> str:
    """A link that opens a mail to that address with these words (RFC 6068): in the text too, since a signature may follow."""
    said = quote(printable(words), safe="")
    return f"mailto:{quote(address, safe='@+')}?subject={said}" + (f"&body={said}" if body else "")


def moment(office: Office, language: Language, at: datetime) -> str:
    """A date and time within a sentence, in the office's time zone: "3 juli 2026 om 14:05"."""
    time = f"{at.astimezone(office.timezone):%H:%M}"
    return texts.say(language, "mail.moment", day=texts.day(office, language, at), time=time)


def unbroken(title: str) -> str:
    """A title in whose "e-mail" no line ends: in large letters on a phone that is where it would."""
    return title.replace("e-mail", f"e{NO_BREAK_HYPHEN}mail")


def paragraphs(text: str) -> Markup:
    """A person's text as HTML paragraphs: blank lines part them, single line ends stay."""
    pieces = [piece for piece in _BLANK_LINES.split(printable(text)) if piece.strip()]
    made = (escape(piece.strip("\n")).replace("\n", Markup("<br />")) for piece in pieces)
    return Markup().join(Markup("<p>{}</p>").format(piece) for piece in made)


def lines(text: str) -> Markup:
    """A person's text as HTML on its lines; a dot between facts stays behind the one before it."""
    kept = printable(text).strip("\n").replace(" · ", f"{NO_BREAK_SPACE}· ")
    return escape(kept).replace("\n", Markup("<br />"))


def bare(text: str) -> str:
    """Text with nothing in it that could be markup: MJML decodes and doesn't encode again where this goes."""
    decoded = html.unescape(html.unescape(printable(text)))
    return "".join(" " if c in "<>&\n" else c for c in decoded)


def isolated(value: object) -> str:
    """Printable text to stand within a sentence: one that is written from right to left doesn't pull the rest along (UAX 9)."""
    text = printable(value)
    if any(unicodedata.bidirectional(c) in _FROM_RIGHT_TO_LEFT for c in text):
        return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}"
    return text


def printable(value: object) -> str:
    """Text without the control characters that XML, headers and readers can't take; line ends as they are."""
    text = str(value).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        c for c in text if c in "\n\t" or (unicodedata.category(c) not in {"Cc", "Cs"} and c not in "\ufffe\uffff")
    )
