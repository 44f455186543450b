"""What a button carries: a version, a verb and short arguments, at most 64 bytes: "1:msg:1234:0".

Nothing is kept for a button, so it outlives restarts and replicas; authority and data are looked at again on every tap.
`+` after the version says that the tapped message stays as it is and the answer comes below it (notifications).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot import limits

VERSION: Final = "1"
LARGEST: Final = 2**63 - 1


class Verb(StrEnum):
    """What a tap asks for. A verb is never given another meaning: raise VERSION instead."""

    HOME = "hom"
    ACTIONS = "act"
    TASK = "tsk"
    SUPPLY = "sup"
    ACCOUNTS = "acs"
    ACCOUNT = "acc"
    DOSSIERS = "dsl"
    UNREAD = "unr"
    FOUND = "fnd"
    STATUSES = "sts"
    TYPED = "typ"
    DOSSIER = "dos"
    PROGRESS = "prg"
    DOCUMENTS = "dcl"
    DOWNLOAD = "get"
    MESSAGES = "msl"
    MESSAGE = "msg"
    VERSIONS = "ver"
    ATTACHMENT = "att"
    REPLY = "rep"
    NEW_MESSAGE = "new"
    DRAFT = "drf"
    DRAFT_SUBJECT = "dsu"
    DRAFT_DOSSIER = "ddo"
    DRAFT_CHOOSE = "dch"
    DRAFT_REMOVE = "drm"
    DRAFT_KEEP = "dke"
    DRAFT_DROP = "ddr"
    DRAFT_CANCEL = "dca"
    DRAFT_SEND = "dse"
    DETAILS = "det"
    LANGUAGE = "lng"
    NOTIFICATIONS = "ntf"
    WANT = "wnt"
    NEWS = "nws"
    UNLINK = "unl"
    HELP = "hlp"
    KEYPAD = "key"
    RESEND = "rsd"
    NO_MAIL = "nom"
    STOP_LINKING = "stp"
    OFFICE_CARD = "ofc"
    CODE = "cod"
    CODE_RESEND = "crs"
    CODE_STOP = "cst"
    DETAIL = "dtl"
    DETAIL_EMPTY = "dte"
    DETAIL_SAVE = "dts"
    DETAIL_STOP = "dtx"
    DETAILS_RIGHT = "dok"
    CHECKLIST = "chk"
    EMAIL_KEY = "emk"
    EMAIL_RESEND = "emr"
    TWO_FACTOR = "two"
    TWO_FACTOR_ON = "ton"
    TWO_FACTOR_KEY = "tky"
    TWO_FACTOR_STOP = "tst"
    TWO_FACTOR_OFF = "tof"
    RECOVERY = "rcv"
    RECOVERY_KEPT = "rck"
    IDLE = "idl"
    LOCK = "lck"
    MEMBERS = "mbs"
    MEMBER = "mbr"
    MEMBER_UNLINK = "mbu"


class StaleButton(Exception):
    """The button is of another version, or carries what no button of ours carries."""


@dataclass(frozen=True, slots=True)
class Callback:
    """A tap, read. `below`: the answer comes in a new message."""

    verb: Verb
    args: tuple[str, ...] = ()
    below: bool = False

    def number(self, position: int, default: int | None = None) -> int:
        """The argument at `position` as a number that a database can hold; raises StaleButton."""
        if position >= len(self.args) and default is not None:
            return default
        text = self.args[position] if position < len(self.args) else ""
        if not (text.isascii() and text.isdigit()) or int(text) > LARGEST:
            raise StaleButton
        return int(text)

    def word(self, position: int) -> str:
        """The argument at `position`; raises StaleButton when there is none."""
        if position >= len(self.args):
            raise StaleButton
        return self.args[position]


def pack(verb: Verb, *args: object, below: bool = False) -> str:
    """The data of a button; a ValueError for what doesn't fit is a defect of the screen."""
    words = [str(arg) for arg in args]
    data = ":".join([VERSION + ("+" if below else ""), verb, *words])
    if len(data.encode()) > limits.CALLBACK_DATA or any(":" in word for word in words):
        raise ValueError(f"not fit for a button: {data!r}")
    return data


def read(data: str) -> Callback:
    """What a button carries; raises StaleButton for another version or an unknown verb."""
    version, _, rest = data.partition(":")
    verb, *args = rest.split(":")
    if version.removesuffix("+") != VERSION:
        raise StaleButton
    try:
        return Callback(Verb(verb), tuple(args), below=version.endswith("+"))
    except ValueError:
        raise StaleButton from None
