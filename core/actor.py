"""Who is acting: made once for each item at the edge and passed on, never looked up from the air."""

from dataclasses import dataclass
from enum import StrEnum


class Channel(StrEnum):
    """The way in or out."""

    TELEGRAM = "telegram"
    EMAIL = "email"
    CLI = "cli"
    FEED = "feed"


class Language(StrEnum):
    """The languages of the interface."""

    NL = "nl"
    EN = "en"


class ActorKind(StrEnum):
    """On whose side the actor stands."""

    PERSON = "person"
    STAFF = "staff"
    OFFICE = "office"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, a staff member or the office itself (feed, schedule, command line without a name).

    `id` is a `Person.id` or `StaffMember.id`; 0 for the office. `stepped_up` says that a fresh code confirmed this act.
    """

    kind: ActorKind
    id: int
    channel: Channel
    language: Language = Language.NL
    stepped_up: bool = False

    @property
    def is_person(self) -> bool:
        """Whether this is somebody on the customer's side."""
        return self.kind is ActorKind.PERSON


OFFICE = Actor(kind=ActorKind.OFFICE, id=0, channel=Channel.CLI)
