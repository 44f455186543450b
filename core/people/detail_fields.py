"""The details that a person keeps themselves: how each is checked, kept, and which may be empty (DET-1, DET-3)."""

import re
import unicodedata
from enum import StrEnum

from core import clock
from core.actor import Language
from core.errors import Refused
from core.office import Office
from core.people import persons
from core.people.models import Person


class Field(StrEnum):
    """One detail; its value is the name of the column too."""

    NAME = "name"
    EMAIL = "email"
    MOBILE = "mobile"
    PROFESSIONAL_NUMBER = "professional_number"
    LANGUAGE = "language"


REQUIRED = frozenset({Field.NAME, Field.EMAIL, Field.LANGUAGE})
"""Never empty; an office may require more (`Office.required_details`)."""

LONGEST = {Field.NAME: 300, Field.PROFESSIONAL_NUMBER: 40}
"""Characters, as the columns have them."""

_PROFESSIONAL_NUMBER = re.compile(r"[^\W_][\w ./-]*")


def checked(field: Field, text: str, *, office: Office) -> str | None:
    """What a person typed, as it is kept; None for nothing.

    Refused: `details.required`, `details.too_long` (limit), `details.language`, `email.form`, `mobile.form`,
    `professional_number.form`.
    """
    value = persons.one_line(text)
    if not value:
        if field in REQUIRED or field in office.required_details:
            raise Refused("details.required")
        return None
    if field in LONGEST and len(value) > LONGEST[field]:
        raise Refused("details.too_long", limit=LONGEST[field])
    return _formed(field, value)


def value_of(person: Person, field: Field) -> str | None:
    """What stands there now."""
    value = getattr(person, field.value)
    return str(value) if value is not None else None


def put(person: Person, field: Field, value: str | None, *, proven: bool) -> None:
    """Let `value` stand from now on. A mobile number is proven by the person's own contact card, or not at all."""
    setattr(person, field.value, Language(value) if field is Field.LANGUAGE and value else value)
    if field is Field.MOBILE:
        person.mobile_proven_at = clock.now() if proven and value else None


def _formed(field: Field, value: str) -> str:
    match field:
        case Field.NAME:
            if not any(unicodedata.category(character)[0] == "L" for character in value):
                raise Refused("details.name_form")
            return value
        case Field.EMAIL:
            return persons.valid_email(value)
        case Field.MOBILE:
            return persons.valid_mobile(value)
        case Field.PROFESSIONAL_NUMBER:
            if not _PROFESSIONAL_NUMBER.fullmatch(value):
                raise Refused("professional_number.form")
            return value
        case Field.LANGUAGE:
            if value not in set(Language):
                raise Refused("details.language")
            return value
