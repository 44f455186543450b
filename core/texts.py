"""The catalogues: every sentence that a person reads, in Dutch and English.

`locales/<language>/LC_MESSAGES/<domain>.po` (gettext); a key is `domain.name`, e.g. `bot.home.title`, and stands in both
languages. The .po files are read directly, so there is nothing to compile. Placeholders are those of `str.format`.
"""

import gettext
from datetime import date, datetime, time
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.dates import format_date, format_datetime, get_day_names
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from core.actor import Language
from core.errors import Refused
from core.office import Office

LOCALES = Path(__file__).resolve().parents[1] / "locales"


class UnknownText(LookupError):
    """A key that no catalogue has: a defect of the program, found by the tests."""


def say(language: Language | str, key: str, /, *, n: int | None = None, **values: object) -> str:
    """The sentence `key` in `language`, its placeholders filled; with `n`, its singular or plural (`{n}` is filled too)."""
    filled = values if n is None else {"n": n, **values}
    template = template_of(language, key, n=n)
    return template.format(**filled) if filled else template


def template_of(language: Language | str, key: str, /, *, n: int | None = None) -> str:
    """The sentence `key` with its placeholders still open, for a channel that escapes what it fills in."""
    catalogue = _catalogue(Language(language), key.partition(".")[0])
    text = catalogue.gettext(key) if n is None else catalogue.ngettext(key, key, n)
    if text == key:
        raise UnknownText(f"{key} ({language})")
    return text


def refusal(language: Language | str, refused: Refused) -> str:
    """The sentence that tells a person why not, and what to do."""
    template = template_of(language, refused.key)
    return template.format(**refused.values)


@cache
def _catalogue(language: Language, domain: str) -> gettext.GNUTranslations:
    path = LOCALES / language / "LC_MESSAGES" / f"{domain}.po"
    if not path.is_file():
        raise UnknownText(f"no catalogue {domain} ({language})")
    with path.open("rb") as file:
        catalogue = read_po(file, locale=str(language), domain=domain)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def keys(language: Language | str, domain: str) -> dict[str, tuple[str, ...]]:
    """Every key of a catalogue with its text (one form, or singular and plural), for the tests that compare languages."""
    path = LOCALES / str(language) / "LC_MESSAGES" / f"{domain}.po"
    with path.open("rb") as file:
        catalogue = read_po(file, locale=str(language), domain=domain)
    return {_id(message.id): _forms(message.string) for message in catalogue if message.id}


def _id(message_id: object) -> str:
    return str(message_id[0]) if isinstance(message_id, tuple | list) else str(message_id)


def _forms(text: object) -> tuple[str, ...]:
    return tuple(text) if isinstance(text, tuple | list) else (str(text),)


def day(office: Office, language: Language | str, moment: datetime | date) -> str:
    """A date as a person reads it: "3 juli 2026", "3 July 2026"."""
    local = moment.astimezone(office.timezone) if isinstance(moment, datetime) else moment
    return format_date(local, "d MMMM y", locale=str(language))


def moment(office: Office, language: Language | str, at: datetime) -> str:
    """A date and time in the office's time zone: "3 juli 2026 14:05"."""
    return format_datetime(at, "d MMMM y HH:mm", tzinfo=office.timezone, locale=str(language))


def hours(office: Office, language: Language | str) -> str:
    """When the office is open: in its own language its own words, in another one made of its days and times ("Mon-Fri
    9:00-17:00"). Empty where the office says nothing."""
    if not office.hours or not office.weekdays or Language(language) is office.language:
        return office.hours
    names = get_day_names("abbreviated", locale=str(language))
    days, first, last = office.weekdays, office.weekdays[0], office.weekdays[-1]
    together = len(days) > 1 and days == tuple(range(first, last + 1))
    said = f"{names[first]}-{names[last]}" if together else ", ".join(names[day] for day in days)
    return f"{said} {_clock(office.opens)}-{_clock(office.closes)}"


def _clock(at: time) -> str:
    return f"{at.hour}:{at:%M}"


def size(language: Language | str, count: int) -> str:
    """A file size for people: "13 kB", "2,4 MB" (decimal units, comma in Dutch)."""
    if count < 1_000_000:
        return f"{max(1, round(count / 1000))} kB" if count else "0 kB"
    text = f"{count / 1_000_000:.1f} MB"
    return text.replace(".", ",") if Language(language) is Language.NL else text
