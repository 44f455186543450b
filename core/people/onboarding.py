"""The onboarding checklist, as data (DET-9): what is done, what is open, what comes later. It can be resumed at any time."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Actor
from core.audit import log
from core.people import links, persons
from core.people.models import Person


class Part(StrEnum):
    """The parts, in their order."""

    LINK = "link"
    DETAILS = "details"
    COMPANY = "company"
    SUBSCRIPTION = "subscription"
    USERS = "users"
    CONTRACT = "contract"


class State(StrEnum):
    """How a part stands. Later: the portal doesn't have it yet."""

    DONE = "done"
    OPEN = "open"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the checklist."""

    part: Part
    state: State


async def checklist(session: AsyncSession, person: Person) -> tuple[Step, ...]:
    """Every part with its state for this person."""
    known = {
        Part.LINK: await links.link_of(session, person.id) is not None,
        Part.DETAILS: person.details_right_at is not None,
    }
    return tuple(Step(part, _state(known.get(part))) for part in Part)


async def details_right(session: AsyncSession, person: Person, actor: Actor) -> None:
    """The person looked at their details and says that they are right. Repeating it changes nothing."""
    person = await persons.held(session, person)
    if person.details_right_at is not None:
        return
    person.details_right_at = clock.now()
    await session.flush()
    await log.record(session, actor, "person.details_right", subject=("person", person.id))


def _state(done: bool | None) -> State:
    if done is None:
        return State.LATER
    return State.DONE if done else State.OPEN
