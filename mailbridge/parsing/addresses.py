"""Addresses in header values (RFC 5322, section 3.4), read strictly.

The standard library can be talked into the wrong address (CVE-2023-27043: `piet@bank)<eva@evil>`); here an address
counts only when there is one way to read it.
"""

import re
from collections.abc import Iterator

from mailbridge.parsing import words
from mailbridge.parsing.values import Address

_LOCAL = re.compile(r"[^\s\x00-\x20\x7f()<>\[\]:;@\\,\".]+(?:\.[^\s\x00-\x20\x7f()<>\[\]:;@\\,\".]+)*")
_DOMAIN = re.compile(r"(?=.{1,253}$)[^\W_](?:[\w-]{0,61}[^\W_])?(?:\.[^\W_](?:[\w-]{0,61}[^\W_])?)*", re.UNICODE)
_IN_TEXT = re.compile(r"[\w.+%-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_DEPTH = 5
_LONGEST = 2_000


def read_addresses(value: str, most: int = 500) -> tuple[Address, ...]:
    """The addresses of a list that can be read in one way only; the others are left out."""
    found = (_mailbox(element) for element in _elements(value, most))
    return tuple(address for address in found if address is not None)


def only_address(values: tuple[str, ...]) -> Address | None:
    """The address, when the header occurs once and holds exactly one, in a form that can be read in one way only."""
    if len(values) != 1 or any(letter < " " and letter != "\t" for letter in values[0]):
        return None
    elements = list(_elements(values[0], 2))
    return _mailbox(elements[0]) if len(elements) == 1 else None


def names_another(address: Address) -> bool:
    """Whether the display name shows an address other than the real one: a trick to mislead the reader."""
    shown = {match[0].lower() for match in _IN_TEXT.finditer(address.name[:500])}
    return bool(shown) and address.addr_spec.lower() not in shown


def addresses_in_text(text: str) -> tuple[str, ...]:
    """Everything in a text that looks like an address, in order, each once."""
    return tuple(dict.fromkeys(match[0].rstrip(".-") for match in _IN_TEXT.finditer(text)))


def _elements(value: str, most: int) -> Iterator[str]:
    """Split at commas and semicolons outside quotes, angles and comments; group names are dropped."""
    start, count, quoted, angle, depth = 0, 0, False, False, 0
    position, length = 0, len(value)
    while position < length and count < most:
        letter = value[position]
        if letter == "\\" and (quoted or depth):
            position += 1
        elif letter == '"' and not depth:
            quoted = not quoted
        elif quoted:
            pass
        elif letter in "()":
            depth = max(0, depth + (1 if letter == "(" else -1))
        elif depth:
            pass
        elif letter in "<>":
            angle = letter == "<"
        elif letter in ",;" and not angle:
            if element := value[start:position].strip():
                count += 1
                yield element
            start = position + 1
        elif letter == ":" and not angle and "@" not in value[start:position]:
            start = position + 1
        position += 1
    if count < most and (element := value[start:].strip()):
        yield element


def _mailbox(element: str) -> Address | None:
    if len(element) > _LONGEST:
        return None
    bare = _without_comments(element)
    if bare is None:
        return None
    text, comment = bare
    if text.endswith(">"):
        name, _, address = text[:-1].rpartition("<")
        name = name.strip()
        if set(_outside_quotes(name)) & set('<>"'):
            return None
        return _address(address, name)
    return _address(text, comment) if not set(text) & set('<>"') else None


def _address(text: str, name: str) -> Address | None:
    local, at, domain = text.strip().rpartition("@")
    domain = domain.rstrip(".").lower()
    if not at or len(local) > 64 or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        return None
    return Address(local, domain, words.one_line(_unquoted(name), 200))


def _without_comments(text: str) -> tuple[str, str] | None:
    """The text outside comments and the first comment; None when brackets don't match or nest too deep."""
    if "(" not in text and ")" not in text:
        return text.strip(), ""
    out: list[str] = []
    comment: list[str] = []
    depth, quoted, escaped = 0, False, False
    for letter in text:
        if escaped:
            escaped = False
        elif letter == "\\" and (quoted or depth):
            escaped = True
        elif letter == '"' and not depth:
            quoted = not quoted
        elif letter in "()" and not quoted:
            depth += 1 if letter == "(" else -1
            if not 0 <= depth <= _DEPTH:
                return None
            continue
        (comment if depth else out).append(letter)
    return None if depth or quoted else ("".join(out).strip(), "".join(comment).strip())


def _outside_quotes(text: str) -> str:
    """The text without its quoted strings; an unclosed quote stays, so that it shows."""
    out: list[str] = []
    start, escaped = -1, False
    for position, letter in enumerate(text):
        if escaped:
            escaped = False
        elif letter == "\\" and start >= 0:
            escaped = True
        elif letter == '"':
            start = position if start < 0 else -1
        elif start < 0:
            out.append(letter)
    return "".join(out) + (text[start:] if start >= 0 else "")


def _unquoted(name: str) -> str:
    return re.sub(r"\\(.)", r"\1", name.replace('"', "")) if '"' in name else name
