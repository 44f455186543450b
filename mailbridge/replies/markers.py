"""The line in our own mails above which the answer goes."""

import re

MARKERS: dict[str, str] = {
    "nl": "##- Typ uw antwoord boven deze regel -##",
    "en": "##- Please type your reply above this line -##",
}

_MARKER = re.compile(
    r"[\s#>*_=-]{0,12}(?:typ uw antwoord boven deze regel|(?:please )?type your reply above this line|"
    r"(?:please )?reply above this line|antwoord(?:en)? boven deze (?:regel|lijn))[\s#*_=.-]{0,12}",
    re.IGNORECASE,
)


def is_marker(line: str) -> bool:
    """Whether the line is our marker, however a mail program decorated it."""
    return len(line) < 120 and _MARKER.fullmatch(line) is not None
