"""Who is at the desk: the values that every subject's functions take."""

from dataclasses import dataclass

from bot.answers import Show
from bot.customer.errands import Errand
from bot.screens.screen import Look, Screen
from bot.updates import Origin, Tap
from core.actor import Actor, ActorKind, Channel, Language
from core.chats.models import Chat
from core.crypto import Keys
from core.database import Session
from core.files.content import Content
from core.office import Office
from core.people.chat_key import ChatKey
from core.people.locking import Lock
from core.people.models import Person


@dataclass(frozen=True, slots=True)
class Desk:
    """What is the same for every visit to one bot."""

    office: Office
    keys: Keys
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Knock:
    """Something came from a chat. `source` names it, for what must happen once; `below`: the answer comes in a new message."""

    session: Session
    desk: Desk
    chat: ChatKey
    row: Chat
    origin: Origin
    source: str
    tap: Tap | None = None
    below: bool = False

    @property
    def look(self) -> Look:
        """How a stranger's screens are dressed."""
        return Look(Language(self.row.language), self.desk.office)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit(Knock):
    """It came from a linked person."""

    person: Person
    actions: int = 0
    """How many tasks wait for the person (HOME-2)."""

    lock: Lock | None = None
    """When this chat locks (STEP-3); None without 2-step."""

    stepped_up: bool = False
    """Whether a code was right in this chat within five minutes (STEP-1)."""

    errand: Errand | None = None
    """What came in, to be carried on with after a code."""

    full_text: Content | None = None
    """The whole text of an over-long draft that is being sent, stored before this transaction (MSG-5)."""

    @property
    def actor(self) -> Actor:
        """The person, here and now, in Telegram."""
        return Actor(
            kind=ActorKind.PERSON,
            id=self.person.id,
            channel=Channel.TELEGRAM,
            language=Language(self.person.language),
            stepped_up=self.stepped_up,
        )

    @property
    def look(self) -> Look:
        """How this person's screens are dressed."""
        return Look(Language(self.person.language), self.desk.office, actions=self.actions)

    @property
    def limit(self) -> int:
        """Characters of a message."""
        return self.desk.office.message_limit


def shown(knock: Knock, screen: Screen) -> Show:
    """The screen as the chat's card: in place of the tapped message, or at the bottom in place of the old card.

    A chat has one card: when another one was tapped (a crash between sending and remembering leaves two), it takes over.
    """
    known = knock.row.card_message_id
    if knock.tap is not None and knock.tap.message_id is not None and not knock.below:
        tapped = knock.tap.message_id
        return Show(screen, edit=tapped, card=True, removes=known if known != tapped else None)
    return Show(screen, card=True, removes=known)


def in_its_place(knock: Knock, screen: Screen) -> Show:
    """The screen in place of the tapped card, as a message that stays; no other card of the chat is left."""
    tapped = knock.tap.message_id if knock.tap else None
    known = knock.row.card_message_id
    return Show(screen, edit=tapped, removes=known if known != tapped else None)


def at_the_bottom(knock: Knock, screen: Screen) -> Show:
    """The screen as a new card below everything, whatever was tapped."""
    return Show(screen, card=True, removes=knock.row.card_message_id)
