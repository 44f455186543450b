"""The words that a mail may consist of instead of a message (MAIL-8), in Dutch and English."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from mailbridge.opening import Opened
from mailbridge.routing import FromPerson

NAME_AT_MOST = 40
"""Characters that may follow a command on other lines: a name, a closing."""

WORDS_AT_MOST = 6
"""Words that may be searched for: more is a sentence."""


class Command(StrEnum):
    """What a mail of one word asks."""

    STATUS = "status"
    DOSSIER = "dossier"
    SEND = "send"
    MESSAGES = "messages"
    READ = "read"
    ACTIONS = "actions"
    SEEN = "seen"
    SEARCH = "search"
    DETAILS = "details"
    CORRECT = "correct"
    CHANGE = "change"
    NOTIFICATIONS = "notifications"
    LANGUAGE = "language"
    RELINK = "relink"
    UNLINK = "unlink"
    STOP = "stop"
    START = "start"
    HELP = "help"


_WORDS: Mapping[str, Command] = {
    "status": Command.STATUS,
    "overzicht": Command.STATUS,
    "overview": Command.STATUS,
    "dossier": Command.DOSSIER,
    "stuur": Command.SEND,
    "send": Command.SEND,
    "berichten": Command.MESSAGES,
    "messages": Command.MESSAGES,
    "lees": Command.READ,
    "read": Command.READ,
    "acties": Command.ACTIONS,
    "actions": Command.ACTIONS,
    "gelezen": Command.SEEN,
    "seen": Command.SEEN,
    "zoek": Command.SEARCH,
    "zoeken": Command.SEARCH,
    "search": Command.SEARCH,
    "gegevens": Command.DETAILS,
    "details": Command.DETAILS,
    "klopt": Command.CORRECT,
    "correct": Command.CORRECT,
    "wijzig": Command.CHANGE,
    "change": Command.CHANGE,
    "meldingen": Command.NOTIFICATIONS,
    "notifications": Command.NOTIFICATIONS,
    "taal": Command.LANGUAGE,
    "language": Command.LANGUAGE,
    "herkoppel": Command.RELINK,
    "herkoppelen": Command.RELINK,
    "relink": Command.RELINK,
    "ontkoppel": Command.UNLINK,
    "unlink": Command.UNLINK,
    "stop": Command.STOP,
    "afmelden": Command.STOP,
    "unsubscribe": Command.STOP,
    "start": Command.START,
    "help": Command.HELP,
    "hulp": Command.HELP,
}

_OURS = frozenset({Command.STATUS, Command.DETAILS, Command.HELP, Command.RELINK})
"""Words that nobody answers a person with; all others may be meant for who asked something."""

_NUMBERS = r"\d{1,4}(?:(?:\s*[,;&+]\s*|\s+(?:en|and)\s+|\s+)\d{1,4}){0,19}"
_NAMED = r"(?=\D*\d)\S{1,60}(?:\s\S{1,40}){0,2}"
"""A dossier's number: no more than three words, with a digit in them."""

_BEHIND: Mapping[Command, re.Pattern[str]] = {
    Command.SEARCH: re.compile(rf"(?:\S+(?:\s|$)){{0,{WORDS_AT_MOST}}}"),
    Command.DOSSIER: re.compile(rf"(?:{_NAMED})?"),
    Command.MESSAGES: re.compile(rf"(?:{_NAMED})?"),
    Command.SEND: re.compile(_NUMBERS, re.IGNORECASE),
    Command.READ: re.compile(_NUMBERS, re.IGNORECASE),
    Command.CHANGE: re.compile(r"\S+(?:\s\S+){0,15}"),
    Command.NOTIFICATIONS: re.compile(r"(?:\S+(?:\s\S+){2,4})?"),
    Command.LANGUAGE: re.compile(r"[^\W\d]{2,12}"),
}
"""What may stand behind a word; behind the others nothing."""

_FIRST_WORD = re.compile(r"[\W_]*stop\b", re.IGNORECASE)
_LINE = re.compile(r"[\W_]*([a-z]{2,13})(?:[\W_]*|\s*:?\s+(?P<rest>\S.*))", re.IGNORECASE)
_LINE_AT_MOST = 200
_CODE = re.compile(r"[\W_]*(\d{3})[ .-]?(\d{3})[\W_]*")
_RECOVERY_CODE = re.compile(r"[\W_]*([a-z0-9]{5}-[a-z0-9]{5})[\W_]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asked:
    """A command, what stands behind it, and whether it was written in capitals, as we show it."""

    command: Command
    words: str = ""
    in_capitals: bool = False


def command_of(opened: Opened) -> Asked | None:
    """The command that a mail is: its text is that one word, or it has no text and its subject is."""
    if opened.files or opened.refused:
        return None
    text = opened.reply.text.strip()
    line = _LINE.fullmatch((text.splitlines()[0] if text else opened.mail.subject).strip()[:_LINE_AT_MOST])
    command = _WORDS.get(line[1].lower()) if line else None
    if line is None or command is None or not _is_alone(text):
        return None
    words = " ".join((line["rest"] or "").split()).strip("\"'“”‘’")
    behind = _BEHIND.get(command)
    if not (behind.fullmatch(words) if behind else not words):
        return None
    return Asked(command, words, line[1].isupper())


def asked_by(author: FromPerson, opened: Opened) -> Asked | None:
    """The command that a person's mail is.

    As the answer to a message of the office, "Klopt." or "Stop" is meant for who wrote it: there such words count only in
    capitals, and KLOPT not at all. What changes something of the person counts in capitals only, wherever it stands.
    """
    asked = command_of(opened)
    if asked is None or asked.in_capitals:
        return None if asked and author.message_id and asked.command is Command.CORRECT else asked
    talks = author.message_id and asked.command not in _OURS
    return None if talks or asked.command in {Command.CHANGE, Command.UNLINK} else asked


def code_of(opened: Opened) -> str | None:
    """The six digits, or the recovery code, that are all that a mail says."""
    text = opened.reply.text.strip()
    if opened.files or opened.refused or not _is_alone(text):
        return None
    line = text.splitlines()[0].strip() if text else opened.mail.subject.strip()
    if (digits := _CODE.fullmatch(line)) is not None:
        return digits[1] + digits[2]
    code = _RECOVERY_CODE.fullmatch(line)
    return code[1] if code else None


def says_stop(opened: Opened) -> bool:
    """Whether the answer begins with STOP, whatever follows: for the mail where stopping is the safe side."""
    asked = command_of(opened)
    return _FIRST_WORD.match(opened.reply.text) is not None or (asked is not None and asked.command is Command.STOP)


def _is_alone(text: str) -> bool:
    """Whether no more than a name or a closing follows the word."""
    _, _, rest = text.partition("\n")
    return len(" ".join(rest.split())) <= NAME_AT_MOST
