"""The value that a bounce is."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """What became of the mail for one recipient (RFC 3464, section 2.3.3)."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"


@dataclass(frozen=True, slots=True)
class Bounce:
    """One recipient of a mail that came back.

    `hard` means that mailing this address again is useless. `status` is an enhanced status code such as `5.1.1`
    (RFC 3463). `original_message_id` is without angle brackets.
    """

    address: str | None
    hard: bool
    status: str | None
    original_message_id: str | None
    action: Action = Action.FAILED


_NOT_THE_ADDRESS = ("5.2.2", "5.2.3", "5.3.1", "5.3.4", "5.4.5", "5.4.7", "5.7.")


_ENHANCED = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?!\.?\d)")
_CODE = re.compile(r"(?:^|[\s#;])([45]\d\d)(?=[\s,-])")
_MEANINGS = {"552": "5.2.2", "452": "4.2.2"}
"""Codes of RFC 5321 that say more than their class: no room for the mail."""


def status_in(words: str) -> str | None:
    """The enhanced status code in what a server said, or what its code of three digits stands for."""
    if found := _ENHANCED.search(words):
        return found[1]
    code = _CODE.search(words)
    return _MEANINGS.get(code[1], f"{code[1][0]}.0.0") if code else None


def is_hard(action: Action, status: str | None) -> bool:
    """Whether the failure lies in the address: not a full mailbox, a size limit, a policy or a passing trouble."""
    if action is not Action.FAILED or (status or "").startswith("4"):
        return False
    return not (status or "").startswith(_NOT_THE_ADDRESS)
