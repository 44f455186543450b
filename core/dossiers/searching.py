"""Finding dossiers as people search: whatever the capitals, the accents and the punctuation of numbers (DOS-3). Pure but for
the condition that it makes."""

import re
import unicodedata

from sqlalchemy import BindParameter, ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

ESCAPE = "/"
"""What makes the next character of a pattern a plain one."""

MOST_WORDS = 8
"""Words of a question that count; what is longer than that is no question but a text."""

MOST_BYTES = 2_200
"""Of what a dossier is found by, in UTF-8; more than number and description give unless they are made of what unfolds. A row of
an index of PostgreSQL holds 2,704 bytes."""

_APART = re.compile(r"[^0-9a-z]+")
_PLAIN = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
"""Letters that are no letter with an accent in Unicode, and yet are typed as one."""


def folded(text: str) -> str:
    """The text in small letters without accents; a ligature or a wide letter is its plain one (NFKD)."""
    apart = unicodedata.normalize("NFKD", text).casefold().translate(_PLAIN)
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def searchable(number: str, description: str) -> str:
    """What a dossier is found by: its number as written and without punctuation, and its description, all folded."""
    plain = folded(number)
    found_by = " ".join(dict.fromkeys((plain, _APART.sub("", plain), *folded(description).split())))
    return found_by.encode()[:MOST_BYTES].decode(errors="ignore")


def patterns(words: str) -> tuple[str, ...]:
    """For each word of a question the pattern of LIKE that a dossier's `searchable` must match."""
    return tuple(f"%{escaped(word)}%" for word in dict.fromkeys(folded(words).split()[:MOST_WORDS]))


def matches(searchable_column: InstrumentedAttribute[str], pattern: BindParameter[str] | str) -> ColumnElement[bool]:
    """The condition that a dossier matches one of `patterns`."""
    return searchable_column.like(pattern, escape=ESCAPE)


def escaped(word: str) -> str:
    """A word as a literal part of a pattern of LIKE."""
    for special in (ESCAPE, "%", "_"):
        word = word.replace(special, ESCAPE + special)
    return word
