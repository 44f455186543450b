"""What staff order on the first lines of their answer, and that nothing of it ever reaches a customer."""

import pytest

from core.actor import Actor, ActorKind, Channel
from core.database import reading
from core.dossiers.models import Dossier
from core.messages import notes
from core.messages.models import Note
from sandbox.mail import Mail, attachment
from tests.mailbridge.journeys.scene import SETTINGS, Scene

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


async def _question(scene: Scene) -> Mail:
    """Anna asks something; the mail that Hugo gets of it."""
    await scene.box("anna").send(SETTINGS.portal, "Vraag over 2026-0123", "Wanneer?")
    return await scene.box("hugo").wait(lambda mail: "Wanneer?" in mail.text)


async def _notes(scene: Scene) -> list[Note]:
    async with reading(scene.sessions) as session:
        return await notes.listing(session, Actor(ActorKind.STAFF, scene.mia.id, Channel.CLI), scene.dossier.id)


async def _dossier(scene: Scene) -> Dossier:
    async with reading(scene.sessions) as session:
        return await session.get_one(Dossier, scene.dossier.id)


def _customers_read(scene: Scene, words: str) -> bool:
    return any(words in mail.text for who in ("anna", "bram", "vera") for mail in scene.box(who).mails)


@pytest.mark.rule("STAFF-2")
@pytest.mark.parametrize("style", ["outlook", "gmail", "iphone"])
async def test_a_note_stays_at_the_office(office_by_mail: Scene, style: str) -> None:
    scene = office_by_mail
    async with scene.at_work():
        told = await _question(scene)
        scan = attachment("Aantekening.pdf", PDF)
        await scene.box("hugo").reply(
            told,
            "#intern\n\nDeze klant betaalt nooit.",
            attachments=[scan],
            style=style,  # type: ignore[arg-type]  # one
        )
        done = await scene.box("hugo").wait(lambda mail: "Gedaan" in mail.subject)
    assert "Notitie bewaard" in done.text and "niets naar de klant" in done.text and "betaalt nooit" in done.text
    [note] = await _notes(scene)
    assert note.text == "Deze klant betaalt nooit." and note.staff_id == scene.hugo.id
    assert [file["name"] for file in note.files] == ["Aantekening.pdf"]
    assert not _customers_read(scene, "betaalt nooit")
    assert len(await scene.messages()) == 1


@pytest.mark.rule("STAFF-2")
async def test_a_dossier_is_closed_and_what_stands_below_is_a_note(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        told = await _question(scene)
        await scene.box("hugo").reply(told, "#SLUIT\nAlles is gepasseerd.")
        done = await scene.box("hugo").wait(lambda mail: "Gedaan" in mail.subject)
        await scene.box("hugo").reply(told, "#close")
        again = await scene.box("hugo").wait(lambda mail: "al gesloten" in mail.text)
    assert "Dossier gesloten" in done.text and again.id != done.id
    assert (await _dossier(scene)).closed_at is not None
    assert [note.text for note in await _notes(scene)] == ["Alles is gepasseerd."]
    assert not _customers_read(scene, "gepasseerd")


@pytest.mark.rule("STAFF-2")
async def test_a_dossier_is_handed_over_and_the_heir_can_answer_the_customer(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        told = await _question(scene)
        await scene.box("hugo").reply(told, "#wijs mia\nKun jij dit overnemen?", style="outlook")
        done = await scene.box("hugo").wait(lambda mail: "Overgedragen aan Mia" in mail.text)
        handed = await scene.box("mia").wait(lambda mail: "Kun jij dit overnemen?" in mail.text)
        await scene.box("mia").reply(handed, "Op 1 december.")
        await scene.box("anna").wait(lambda mail: "Op 1 december." in mail.text)
    assert "Hugo" in handed.text and "2026-0123" in done.text
    assert (await _dossier(scene)).handler_id == scene.mia.id
    assert not _customers_read(scene, "overnemen")


@pytest.mark.rule("STAFF-2")
@pytest.mark.parametrize(
    ("order", "said"),
    [
        ("#geheim\nNiet voor de klant.", "#geheim"),
        ("#wijs Pietje\nNiet voor de klant.", "Hugo, Mia"),
        ("#wijs\nNiet voor de klant.", "Hugo, Mia"),
        ("#intern", "leeg"),
        ("#intern\n#wijs Pietje\nNiet voor de klant.", "Pietje"),
    ],
)
async def test_an_order_that_can_not_be_done_does_nothing_at_all(office_by_mail: Scene, order: str, said: str) -> None:
    scene = office_by_mail
    async with scene.at_work():
        told = await _question(scene)
        await scene.box("hugo").reply(told, order)
        refused = await scene.box("hugo").wait(lambda mail: "Over uw e-mail" in mail.text)
    assert said in refused.text
    assert await _notes(scene) == [] and len(await scene.messages()) == 1
    assert (await _dossier(scene)).handler_id == scene.hugo.id
    assert not _customers_read(scene, "Niet voor de klant")


@pytest.mark.rule("STAFF-2")
@pytest.mark.parametrize(
    ("subject", "headers"),
    [
        ("Automatisch antwoord: Vraag", {"Auto-Submitted": "auto-replied"}),
        ("Afwezig: Re: Vraag over 2026-0123", {}),
        ("Out of office", {"X-Autoreply": "yes"}),
        ("Re: Vraag", {"Precedence": "auto_reply"}),
    ],
)
async def test_a_handlers_out_of_office_goes_to_nobody(
    office_by_mail: Scene, subject: str, headers: dict[str, str]
) -> None:
    scene = office_by_mail
    async with scene.at_work():
        told = await _question(scene)
        await scene.box("hugo").send(told.reply_to, subject, "Ik ben er niet. #sluit", headers=headers)
        await scene.moved("Processed", 2)
    assert len(await scene.messages()) == 1 and await _notes(scene) == []
    assert not _customers_read(scene, "Ik ben er niet") and len(scene.box("hugo").mails) == 1


@pytest.mark.rule("STAFF-2")
async def test_a_customer_can_not_give_orders(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        letter = await scene.letter_from_hugo()
        await scene.box("anna").reply(letter, "#sluit\nEn wel nu.")
        await scene.box("hugo").wait(lambda mail: "#sluit" in mail.text)
    assert (await _dossier(scene)).closed_at is None
    assert [message.message.text for message in await scene.written()] == ["#sluit\nEn wel nu."]
