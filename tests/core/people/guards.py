"""Words for the stories of step-up, 2-step and details: a linked person, their app, and a clock that a test moves."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pyotp
import time_machine
from sqlalchemy import select

from core import clock
from core.actor import Actor, ActorKind, Channel
from core.audit.models import AuditEntry
from core.database import transaction
from core.people import details, step_up, two_factor
from core.people.chat_key import ChatKey
from core.people.detail_fields import Field
from core.people.models import Person
from core.people.new_email import DetailOutcome
from core.people.proposals import Change
from core.people.security_models import StepUp
from core.people.step_up import Act, StepUpOutcome
from core.people.two_factor import TwoFactorOutcome
from tests.core.people.linkers import CHAT, Story

NOON = datetime(2026, 7, 3, 12, 0, 5, tzinfo=UTC)
"""Five seconds into a step of an authenticator app."""


class Traveller:
    """The clock of the whole process, standing still until moved."""

    def __init__(self, travelling: time_machine.Traveller) -> None:
        self._travelling = travelling

    def forward(self, **time: float) -> None:
        """Let time pass."""
        self._travelling.move_to(clock.now() + timedelta(**time))


@contextmanager
def stopped_at_noon() -> Iterator[Traveller]:
    """From noon on, time passes by hand only."""
    with time_machine.travel(NOON, tick=False) as travelling:
        yield Traveller(travelling)


@dataclass
class Guarded:
    """A linked person, acting in their chat; or by mail with `chat=None`. One transaction a step, as the edge does it."""

    story: Story
    person: Person
    secret: str = ""

    @property
    def actor(self) -> Actor:
        return Actor(kind=ActorKind.PERSON, id=self.person.id, channel=Channel.TELEGRAM)

    @property
    def by_mail(self) -> Actor:
        return Actor(kind=ActorKind.PERSON, id=self.person.id, channel=Channel.EMAIL)

    def _actor(self, chat: ChatKey | None) -> Actor:
        return self.actor if chat else self.by_mail

    async def begin(self, act: Act = Act.DETAILS, chat: ChatKey | None = CHAT, **values: object) -> StepUp:
        async with transaction(self.story.sessions) as session:
            return await step_up.begin(
                session, self._actor(chat), act=act, keys=self.story.keys, chat=chat, values=values
            )

    async def enter(self, code: str, chat: ChatKey | None = CHAT) -> StepUpOutcome:
        async with transaction(self.story.sessions) as session:
            return await step_up.enter(session, self._actor(chat), code, keys=self.story.keys, chat=chat)

    async def fresh(self, chat: ChatKey | None = CHAT, act: Act | None = None) -> bool:
        async with transaction(self.story.sessions) as session:
            return await step_up.fresh(session, self.person.id, chat, act=act)

    async def stepped_up(self, act: Act = Act.DETAILS) -> Actor:
        """The whole way: the code is asked, read and entered; the actor that the edge makes afterwards."""
        begun = await self.begin(act)
        outcome = await self.enter(self.app() if begun.method == "totp" else await self.code())
        assert outcome.refused is None
        async with transaction(self.story.sessions) as session:
            return await step_up.confirmed(session, self.actor, CHAT)

    async def code(self) -> str:
        """The newest code of a step-up, wherever it was sent."""
        return await self.story.mailed_code("step_up_code")

    def app(self, *, ahead: float = 0) -> str:
        """What the person's app shows now, on a phone whose clock is `ahead` seconds ahead."""
        return pyotp.TOTP(self.secret).at(clock.now() + timedelta(seconds=ahead))

    async def two_factor(self, *, ahead: float = 0) -> TwoFactorOutcome:
        """Turn 2-step on."""
        actor = await self.stepped_up(Act.TWO_FACTOR_ON)
        async with transaction(self.story.sessions) as session:
            enrolment = await two_factor.enrol(session, actor, keys=self.story.keys, office=self.story.office)
        self.secret = enrolment.secret
        async with transaction(self.story.sessions) as session:
            return await two_factor.confirm(session, actor, self.app(ahead=ahead), keys=self.story.keys, chat=CHAT)

    async def propose(self, field: Field, value: str) -> Change:
        async with transaction(self.story.sessions) as session:
            return await details.propose(session, self.person, field, value, office=self.story.office)

    async def apply(self, actor: Actor, change_id: int) -> Change:
        async with transaction(self.story.sessions) as session:
            return await details.apply(session, actor, change_id, keys=self.story.keys, office=self.story.office)

    async def prove(self, digits: str) -> DetailOutcome:
        async with transaction(self.story.sessions) as session:
            return await details.prove(session, self.actor, digits, keys=self.story.keys, office=self.story.office)

    async def now(self) -> Person:
        """The person as the database has them."""
        async with transaction(self.story.sessions) as session:
            return await session.get_one(Person, self.person.id, populate_existing=True)

    async def logged(self, act: str) -> list[AuditEntry]:
        async with transaction(self.story.sessions) as session:
            return list(await session.scalars(select(AuditEntry).where(AuditEntry.act == act)))


def code_of(outcome: StepUpOutcome | TwoFactorOutcome | DetailOutcome) -> str | None:
    """The code of the refusal; None when there is none."""
    return outcome.refused.code if outcome.refused else None
