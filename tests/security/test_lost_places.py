"""What waits for a chat, an address or a mailbox that is no longer somebody's is not sent there."""

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import OFFICE, Channel, Language
from core.crypto import Keys
from core.database import Sessions, transaction
from core.deliveries import outbox
from core.deliveries.models import Delivery, DeliveryState
from core.messages import messages
from core.office import Office
from core.people import addresses, links
from core.staff import members
from core.staff.models import StaffRole
from tests.core.dossiers.situation import customer, on_telegram, situation
from tests.core.people.linkers import CHAT, OTHER_CHAT, Story


@pytest.fixture
def story(sessions: Sessions, keys: Keys, office: Office) -> Story:
    return Story(sessions, keys, office)


async def to_chat(session: AsyncSession, person_id: int) -> None:
    await outbox.queue(
        session,
        channel=Channel.TELEGRAM,
        address=CHAT.address,
        language=Language.NL,
        kind="file",
        values={"caption": "Dossier 2026-0012"},
        person_id=person_id,
        key="file",
    )


async def queued(sessions: Sessions, channel: Channel) -> list[Delivery]:
    query = select(Delivery).where(Delivery.state == DeliveryState.QUEUED, Delivery.channel == channel)
    async with transaction(sessions) as session:
        return list(await session.scalars(query.order_by(Delivery.id)))


@pytest.mark.parametrize("relinked", [False, True])
async def test_nothing_more_goes_to_a_chat_that_was_unlinked(story: Story, *, relinked: bool) -> None:
    """A stolen telephone: what was asked for a moment ago must not arrive after the link was cut (LINK-9, LINK-13)."""
    anna = await story.person()
    await story.link(anna)
    async with transaction(story.sessions) as session:
        await to_chat(session, anna.id)
    if relinked:
        await story.link(anna, OTHER_CHAT)
    else:
        async with transaction(story.sessions) as session:
            await links.unlink(session, anna.id, actor=OFFICE, reason="staff")
    assert [each.kind for each in await queued(story.sessions, Channel.TELEGRAM)] == ["unlinked_here"]


async def test_mail_that_waits_follows_the_person_and_codes_do_not(sessions: Sessions, keys: Keys) -> None:
    """The office corrects an address: its earlier one may be a stranger's."""
    async with transaction(sessions) as session:
        here = await situation(session)
        for kind, secret in (("message_new", None), ("linking_code", {"code": "123456"})):
            await outbox.queue(
                session,
                channel=Channel.EMAIL,
                address=here.anna.email,
                language=Language.NL,
                kind=kind,
                values={},
                person_id=here.anna.id,
                secret=secret,
                keys=keys,
            )
    async with transaction(sessions) as session:
        await addresses.put(session, here.anna.id, Channel.EMAIL, "anna@elders.example")
    told = [(each.kind, each.address) for each in await queued(sessions, Channel.EMAIL)]
    assert told == [("message_new", "anna@elders.example")]
    async with transaction(sessions) as session:
        code = (await session.scalars(select(Delivery).where(Delivery.kind == "linking_code"))).one()
        assert (code.state, code.secret) == (DeliveryState.CANCELLED, None)


@pytest.mark.parametrize("with_manager", [True, False])
async def test_customers_mail_does_not_go_to_who_left_the_office(
    sessions: Sessions, office: Office, *, with_manager: bool
) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        await on_telegram(session, here.anna, 5)
        if not with_manager:
            await members.set_role(session, here.mia, StaffRole.HANDLER, actor=OFFICE)
        await messages.post(
            session, here.dossier, actor=customer(here.anna), subject="Bod", text="Geheim", office=office
        )
    async with transaction(sessions) as session:
        await members.remove(session, here.hugo, actor=OFFICE)
    told = [each for each in await queued(sessions, Channel.EMAIL) if each.kind == "message_staff"]
    if not with_manager:
        assert told == []
        return
    assert [(each.address, each.staff_id, each.values["name"]) for each in told] == [
        (here.mia.email, here.mia.id, "Mia")
    ]
