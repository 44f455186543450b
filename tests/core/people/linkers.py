"""Words for telling the story of linking in a test, one transaction a step, as the edge does it."""

import json
from dataclasses import dataclass

from sqlalchemy import select

from core.actor import OFFICE, Language
from core.crypto import Keys
from core.database import Sessions, transaction
from core.deliveries.models import Delivery
from core.office import Office
from core.people import invitations, linking, persons
from core.people.chat_key import ChatKey
from core.people.linking import LinkOutcome
from core.people.models import Person

CHAT = ChatKey(bot_id=7_000_000_001, chat_id=5_000_000_123)
OTHER_CHAT = ChatKey(bot_id=7_000_000_001, chat_id=5_000_000_456)


@dataclass
class Story:
    """A person and the office, and what happens between them."""

    sessions: Sessions
    keys: Keys
    office: Office

    async def person(self, name: str = "Anna de Vries", email: str = "anna@post.example") -> Person:
        async with transaction(self.sessions) as session:
            return await persons.create(session, name=name, email=email, language=Language.NL, actor=OFFICE)

    async def invite(self, person: Person) -> str:
        async with transaction(self.sessions) as session:
            person = await session.get_one(Person, person.id)
            _, code = await invitations.invite(session, person, keys=self.keys, office=self.office, actor=OFFICE)
        return code

    async def begin(self, chat: ChatKey = CHAT) -> LinkOutcome:
        async with transaction(self.sessions) as session:
            return await linking.begin_without_code(session, chat)

    async def code(self, code: str, chat: ChatKey = CHAT) -> LinkOutcome:
        async with transaction(self.sessions) as session:
            return await linking.give_code(session, chat, code, keys=self.keys)

    async def email(self, email: str, chat: ChatKey = CHAT) -> LinkOutcome:
        async with transaction(self.sessions) as session:
            return await linking.give_email(session, chat, email, keys=self.keys)

    async def resend(self, chat: ChatKey = CHAT) -> LinkOutcome:
        async with transaction(self.sessions) as session:
            return await linking.resend(session, chat, keys=self.keys)

    async def press(self, key: str, chat: ChatKey = CHAT) -> str:
        async with transaction(self.sessions) as session:
            return await linking.press(session, chat, key)

    async def enter(self, digits: str, chat: ChatKey = CHAT) -> LinkOutcome:
        async with transaction(self.sessions) as session:
            return await linking.enter(session, chat, digits, keys=self.keys, telegram_name="Anna V.")

    async def mails(self, kind: str) -> list[Delivery]:
        """The mails of one kind that were queued, oldest first."""
        async with transaction(self.sessions) as session:
            return list(await session.scalars(select(Delivery).where(Delivery.kind == kind).order_by(Delivery.id)))

    async def mailed_code(self, kind: str = "linking_code") -> str:
        """The code in the newest mail of this kind, as its reader sees it."""
        newest = (await self.mails(kind))[-1]
        secret = self.keys.decrypt(newest.secret or b"")
        return str(json.loads(secret or b"{}")["code"])

    async def link(self, person: Person, chat: ChatKey = CHAT) -> LinkOutcome:
        """The whole way without a code, at once."""
        await self.begin(chat)
        await self.email(person.email, chat)
        return await self.enter(await self.mailed_code(), chat)


def wrong(digits: str) -> str:
    """Six digits that are not these."""
    return f"{(int(digits) + 1) % 1_000_000:06d}"


def refused(outcome: LinkOutcome) -> str | None:
    """The code of the refusal; None when there is none."""
    return outcome.refused.code if outcome.refused else None
