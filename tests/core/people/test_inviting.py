"""Many invitations at once, now or on a date (LINK-2)."""

from datetime import timedelta

from core import clock
from core.actor import OFFICE
from core.database import Wake, transaction
from core.deliveries.models import Lane
from core.people import inviting, persons
from core.people.models import Person
from core.schedule.scheduler import Scheduler
from tests.core.people.guards import Traveller
from tests.core.people.linkers import CHAT, Story, refused


async def _run(story: Story, wake: Wake) -> int:
    return await Scheduler(story.sessions, inviting.jobs(story.keys, story.office), wake=wake).drain()


async def test_planned_for_a_date_and_sent_then(story: Story, time: Traveller, wake: Wake) -> None:
    everybody = [await story.person(f"Nummer {number}", f"n{number}@post.example") for number in range(4)]
    linked, removed = everybody[2], everybody[3]
    cutover = clock.now() + timedelta(days=2)
    async with transaction(story.sessions) as session:
        assert await inviting.invite_many(session, everybody, actor=OFFICE, due_at=cutover) == 4
        assert await inviting.invite_many(session, everybody, actor=OFFICE) == 0
        assert len(await inviting.planned(session)) == 4
    assert await _run(story, wake) == 0
    await story.link(linked, CHAT)
    async with transaction(story.sessions) as session:
        await persons.remove(session, await session.get_one(Person, removed.id), OFFICE)

    time.forward(days=2)
    assert await _run(story, wake) == 4
    assert await _run(story, wake) == 0
    mails = await story.mails("invitation")
    assert [mail.address for mail in mails] == ["n0@post.example", "n1@post.example"]
    assert {mail.lane for mail in mails} == {Lane.BROADCAST}
    expires = clock.now() + timedelta(days=story.office.invitation_days)
    assert mails[0].values["expires_at"] == expires.isoformat()
    async with transaction(story.sessions) as session:
        assert await inviting.planned(session) == []
    assert refused(await story.code(await story.mailed_code("invitation"))) == "link.chat_linked"


async def test_taken_back_before_it_was_sent(story: Story, time: Traveller, wake: Wake) -> None:
    anna, bert = await story.person(), await story.person("Bert", "bert@post.example")
    async with transaction(story.sessions) as session:
        await inviting.invite_many(session, [anna, bert, anna], actor=OFFICE)
        assert await inviting.cancel_planned(session, anna.id, actor=OFFICE) == 1
        assert await inviting.cancel_planned(session, anna.id, actor=OFFICE) == 0
    assert await _run(story, wake) == 1
    assert [mail.address for mail in await story.mails("invitation")] == ["bert@post.example"]
