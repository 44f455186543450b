"""Recognising what should not stay in a chat: codes and passwords that somebody typed (STEP-6). Pure; errs towards deleting nothing.

A dossier number can have six digits too: who asks looks for that first.
"""

import re

from core.people import invitations, recovery
from core.people.keypad import bare

_NAMED = re.compile(
    r"\b(wachtwoord|wachtwoorden|wachtzin|ww|password|passwd|pwd|passphrase|pincode|pin-code|inlogcode)\b"
    r"\s*(is|was|=|:|->)\s*\S{3,}",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r".+@.+\..+|[a-z][a-z+.-]*://.*|www\..*", re.IGNORECASE)
_FILE_NAME = re.compile(r".+\.[A-Za-z][A-Za-z0-9]{1,4}")
_ONE_CODE = re.compile(r"[A-Z0-9]{10}")
_HALVES = re.compile(r"[A-Za-z0-9]{5}[ -][A-Za-z0-9]{5}")
_SIX_DIGITS = re.compile(r"\d{3}[\s-]?\d{3}")


def looks_like_code(text: str) -> bool:
    """Six digits, or the form of an invitation code or a recovery code, and nothing else."""
    said = text.strip()
    if _SIX_DIGITS.fullmatch(said):
        return True
    code = bare(said) if _ONE_CODE.fullmatch(said) else bare(said.upper()) if _HALVES.fullmatch(said) else ""
    return recovery.has_form(code) and bool(set(code) & set(invitations.DIGITS))


def looks_like_password(text: str) -> bool:
    """A sentence that names its password, or one word that mixes small letters, digits, and capitals or other signs."""
    if _NAMED.search(text):
        return True
    word = text.strip()
    if not 8 <= len(word) <= 64 or re.search(r"\s", word) or word[0] in "/#@":
        return False
    if _ADDRESS.fullmatch(word) or _FILE_NAME.fullmatch(word):
        return False
    small, capital = any(map(str.islower, word)), any(map(str.isupper, word))
    digit, sign = any(map(str.isdigit, word)), any(not (mark.isalnum() or mark in "-/.") for mark in word)
    return small and digit and (capital or sign)
