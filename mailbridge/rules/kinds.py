"""The kinds of mail."""

from dataclasses import dataclass
from enum import StrEnum

from mailbridge.bounces import Bounce


class Kind(StrEnum):
    """What a mail is to us."""

    REPLY = "reply"
    FORWARD = "forward"
    EMPTY = "empty"
    ENCRYPTED = "encrypted"
    REJECT = "reject"
    """Nothing to attribute: no mail, or no author that can be read in one way only. For a person to look at."""
    BOUNCE = "bounce"
    BOUNCE_TEMPORARY = "bounce-temporary"
    DSN_SUCCESS = "dsn-success"
    MDN = "mdn"
    COMPLAINT = "complaint"
    CHALLENGE = "challenge"
    AUTO_REPLY = "auto-reply"
    LOOP = "loop"
    LIST = "list"
    CALENDAR_REPLY = "calendar-reply"

    @property
    def machine(self) -> bool:
        """Whether a machine wrote it, so that it is neither a message nor answered."""
        return self not in _OF_PEOPLE


_OF_PEOPLE = frozenset({Kind.REPLY, Kind.FORWARD, Kind.EMPTY, Kind.ENCRYPTED, Kind.REJECT})


@dataclass(frozen=True, slots=True)
class Classification:
    """What a mail is, the name of the rule that decided, and for bounces the first recipient that failed."""

    kind: Kind
    rule: str
    bounce: Bounce | None = None
