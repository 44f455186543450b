"""Who wrote a message, by name."""

from sqlalchemy.ext.asyncio import AsyncSession

from core.messages.models import Message
from core.people.models import Person
from core.staff.models import StaffMember


async def author_of(session: AsyncSession, message: Message) -> str:
    """The author's name; empty for the office itself."""
    if message.person_id is not None:
        return (await session.get_one(Person, message.person_id)).name
    if message.staff_id is not None:
        return (await session.get_one(StaffMember, message.staff_id)).name
    return ""
