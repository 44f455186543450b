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
    SEARCH = "search"
    DETAILS = "details"
    CORRECT = "correct"
    RELINK = "relink"
    STOP = "stop"
    START = "start"
    HELP = "help"


_WORDS: Mapping[str, Command] = {
    "status": Command.STATUS,
    "overzicht": Command.STATUS,
    "overview": Command.STATUS,
    "zoek": Command.SEARCH,
    "zoeken": Command.SEARCH,
    "search": Command.SEARCH,
    "gegevens": Command.DETAILS,
    "details": Command.DETAILS,
    "klopt": Command.CORRECT,
    "correct": Command.CORRECT,
    "herkoppel": Command.RELINK,
    "herkoppelen": Command.RELINK,
    "relink": Command.RELINK,
    "stop": Command.STOP,
    "afmelden": Command.STOP,
    "unsubscribe": Command.STOP,
    "start": Command.START,
    "help": Command.HELP,
    "hulp": Command.HELP,
}

_TALK = frozenset({Command.CORRECT, Command.STOP, Command.START, Command.SEARCH})
"""Words that are an answer of people too, to a question of the office."""

_FIRST_WORD = re.compile(r"[\W_]*stop\b", re.IGNORECASE)
_LINE = re.compile(r"[\W_]*([a-z]{2,12})(?:[\W_]*|\s*:?\s+(?P<rest>\S.*))", re.IGNORECASE)
_LINE_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """A command, what it is to search for, and whether it was written in capitals, as we show it."""

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
    words = " ".join((line["rest"] or "").split())
    if words and (command is not Command.SEARCH or len(words.split()) > WORDS_AT_MOST):
        return None
    return Asked(command, words.strip("\"'“”‘’"), line[1].isupper())


def asked_by(author: FromPerson, opened: Opened) -> Asked | None:
    """The command that a person's mail is.

    As the answer to a message of the office, "Klopt." or "Stop" is meant for who wrote it: there such words count only in
    capitals, and KLOPT not at all.
    """
    asked = command_of(opened)
    if asked is None or not author.message_id or asked.command not in _TALK:
        return asked
    return asked if asked.in_capitals and asked.command is not Command.CORRECT else None


def says_stop(opened: Opened) -> bool:
    """Whether the answer begins with STOP, whatever follows: for the mail where stopping is the safe side."""
    asked = command_of(opened)
    return _FIRST_WORD.match(opened.reply.text) is not None or (asked is not None and asked.command is Command.STOP)


def _is_alone(text: str) -> bool:
    """Whether no more than a name or a closing follows the word."""
    _, _, rest = text.partition("\n")
    return len(" ".join(rest.split())) <= NAME_AT_MOST
