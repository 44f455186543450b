"""The line above a quote: "Op ma 3 jun. 2024 om 10:11 schreef Jan <jan@…>:", in many languages, wrapped or not.

A sentence may look like one ("Op 3 juni schreef ik u al dat …"), so the signs are counted: a date with a year or a
time, a verb of writing or an address in angle brackets at the end, no pronoun as the writer.
"""

import re

_VERB = (
    r"(?:wrote|writes|schreef|geschreven|schrieb|geschrieben|schreibt|a écrit|écrit|ha scritto|escribió|escribio|"
    r"escreveu|napisał(?:\(a\)|a)?|skrev|kirjoitti|написал(?:а|\(а\))?|пишет|napsal(?:\(a\)|a)?|"
    r"a scris|írta|yazdı|έγραψε|пише|rašė|napisao|napísal(?:\(a\)|a)?)"
)
_VERB_WITHOUT_SPACES = r"(?:写道|寫道|书写|さんは書きました|のメール|님이 작성)"
_OPENER = re.compile(
    r"(?:on|op|am|le|il|el|em|den|dnia|w dniu|in data|at|dne|på|"
    r"(?:ma|di|wo|do|vr|za|zo|mon|tue|wed|thu|fri|sat|sun|mo|mi|fr|sa|so|lun|mar|mer|jeu|ven|sam|dim|man|tir|tirs|ons|"
    r"tor|tors|fre|lør|lör|søn|sön|pe|ke|to|su|la|ti|пн|вт|ср|чт|пт|сб|вс)[a-zéäöüø]{0,9})\b\.?,?\s|\d",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b")
_TIME = re.compile(r"\b\d{1,2}[:.h]\d{2}(?!\d)")
_ANGLE = r"<[^<>\s@]{1,200}@[^<>\s]{1,200}(?:<mailto:[^<>\s]{1,200}>)?>|\[mailto:[^\[\]\s]{1,200}\]"
_ADDRESS = re.compile(rf"{_ANGLE}|\b[\w.+-]{{1,64}}@[\w-]+\.[\w.-]{{2,100}}")
_ENDS_WITH_ADDRESS = re.compile(rf"(?:{_ANGLE})\)?\s*[:：]$")
_ENDS_WITH_VERB = re.compile(rf"(?:\b{_VERB}|{_VERB_WITHOUT_SPACES})\s*[:：]?\s*-*$", re.IGNORECASE)
_VERB_WITHIN = re.compile(rf"\b{_VERB}\b", re.IGNORECASE)
_PRONOUN = re.compile(
    r"\b(?:ik|jij|je|u|hij|zij|ze|wij|we|jullie|men|i|you|he|she|they)\b\s+(?:schreef|heb|hebt|heeft|hebben|wrote)\b|"
    r"\b(?:schreef|heb|hebt|heeft|hebben)\s+(?:ik|jij|je|u|hij|zij|ze|wij|we|jullie|men)\b",
    re.IGNORECASE,
)
_QUOTING = re.compile(
    rf"(?:citeren|citeer|quoting|zitat von|citando|mensaje citado por)\s.{{0,200}}(?:{_ANGLE})\s*:", re.IGNORECASE
)
_BROKEN_OFF = re.compile(r"\s*>\s*(?::|.{0,40}:\s*$)")
_LINES = 4
_LENGTH = 400


def attribution_at(lines: list[str], start: int, quote_after: list[bool]) -> int:
    """How many lines an attribution that begins at `start` takes, 0 when none begins there.

    `quote_after[i]` tells whether the next line that isn't blank after line i is quoted.
    """
    first = lines[start][: _LENGTH + 1]
    if not (_OPENER.match(first.strip(" *_-")) or _VERB_WITHIN.search(first) or _ADDRESS.search(first)):
        return 0
    for stop in range(start, min(start + _LINES, len(lines))):
        if not lines[stop].strip() or (lines[stop].lstrip().startswith(">") and not _BROKEN_OFF.match(lines[stop])):
            return 0
        if not _attributes(lines[start : stop + 1], quoted=quote_after[stop]):
            continue
        return 0 if _begins_later(lines, start, stop, quoted=quote_after[stop]) else stop - start + 1
    return 0


def _begins_later(lines: list[str], start: int, stop: int, *, quoted: bool) -> bool:
    """Whether the attribution that ends at `stop` begins after `start`, with `start` being ordinary text."""
    first = lines[start].strip(" *_-")
    for later in range(start + 1, stop + 1):
        if _attributes(lines[later : stop + 1], quoted=quoted):
            opens = _OPENER.match(first) is not None and any(letter.isdigit() for letter in first)
            again = _OPENER.match(lines[later].strip(" *_-")) is not None and not lines[later].strip()[0].isdigit()
            return not opens or again or first[-1:] in ".?!"
    return False


def _attributes(lines: list[str], *, quoted: bool) -> bool:
    if sum(map(len, lines)) > 2 * _LENGTH:
        return False
    text = _joined(lines)
    if len(text) > _LENGTH or not text:
        return False
    year, time = _YEAR.search(text) is not None, _TIME.search(text) is not None
    if not (year or time):
        return quoted and _QUOTING.fullmatch(text) is not None
    if _ENDS_WITH_ADDRESS.search(text):
        return True
    if _PRONOUN.search(text) and not quoted:
        return False
    address = _ADDRESS.search(text) is not None
    opened = _OPENER.match(text) is not None
    if _ENDS_WITH_VERB.search(text):
        return address or (opened and (quoted or (year and time)))
    if text[-1] in ":：" and _VERB_WITHIN.search(text):
        return (address and opened) or quoted
    return False


def _joined(lines: list[str]) -> str:
    text = " ".join(line.strip() for line in lines)
    text = re.sub(r"<\s+", "<", text)
    text = re.sub(r"\s+>", ">", text)
    return text.replace("*", "").strip(" _-\t\xa0")
