"""The buttons of the try-out: what the office does, and what goes wrong in the world."""

from collections.abc import Awaitable, Callable

from core.actor import OFFICE, Actor, ActorKind, Channel
from core.clock import now
from core.database import transaction
from core.documents import documents
from core.documents.models import Shelf
from core.dossiers import dossiers
from core.errors import Refused
from core.files import files as stored
from core.people import invitations, persons
from core.staff import members
from core.texts import refusal
from loket.demo.child import Child
from loket.demo.office import SAMPLE
from loket.demo.people import CUSTOMERS, HANDLER
from loket.settings import Settings
from loket.wiring import Product, open_product
from sandbox.page.cards import Field
from sandbox.world import Action

EMAILS = tuple(customer.email for customer in CUSTOMERS)
DOSSIERS = ("2026-0143", "2026-0150", "2026-0161")
PAPERS = ("Nota van afrekening.pdf", "Volmacht hypotheek.pdf", "Bevestiging opdracht.pdf")


def actions(settings: Settings, child: Child) -> list[Action]:
    """All buttons, in the order of the story."""
    return [
        Action(
            "invite",
            {"nl": "Nodig een klant uit", "en": "Invite a customer"},
            {"nl": "Stuurt de eerste mail, met de koppelcode.", "en": "Sends the first mail, with the code."},
            _with(settings, _invite),
            (Field("email", {"nl": "Wie", "en": "Who"}, EMAILS[0], EMAILS),),
        ),
        Action(
            "publish",
            {"nl": "Publiceer een document", "en": "Publish a document"},
            {"nl": "Zet een stuk in een dossier.", "en": "Puts a paper in a dossier."},
            _with(settings, _publish),
            (
                Field("dossier", "Dossier", DOSSIERS[0], DOSSIERS),
                Field("paper", {"nl": "Stuk", "en": "Paper"}, PAPERS[0], PAPERS),
            ),
        ),
        Action(
            "progress",
            {"nl": "Zet een stap op klaar", "en": "Tick a step"},
            {"nl": "De voortgang gaat een stap verder.", "en": "The progress goes one step on."},
            _with(settings, _tick),
            (Field("dossier", "Dossier", DOSSIERS[0], DOSSIERS),),
        ),
        Action(
            "kill",
            {"nl": "kill -9", "en": "kill -9"},
            {
                "nl": "Het product valt om, midden in wat het doet, en start weer. Er gaat niets verloren.",
                "en": "The product dies in the middle of what it does and starts again. Nothing is lost.",
            },
            _kill(child),
        ),
    ]


def _with(
    settings: Settings, work: Callable[[Product, dict[str, str]], Awaitable[str]]
) -> Callable[[dict[str, str]], Awaitable[str]]:
    async def run(values: dict[str, str]) -> str:
        try:
            async with open_product(settings) as product:
                return await work(product, values)
        except Refused as refused:
            raise RuntimeError(refusal("nl", refused)) from None

    return run


async def _invite(product: Product, values: dict[str, str]) -> str:
    async with transaction(product.sessions) as session:
        person = await persons.by_email(session, values["email"])
        if person is None:
            raise Refused("person.unknown", email=values["email"])
        await invitations.invite(session, person, keys=product.keys, office=product.office, actor=OFFICE)
    return f"De uitnodiging is onderweg naar {values['email']}."


async def _publish(product: Product, values: dict[str, str]) -> str:
    content = await product.files.put((SAMPLE / "files" / values["paper"]).read_bytes())
    async with transaction(product.sessions) as session:
        handler = await members.by_email(session, HANDLER[1])
        actor = Actor(kind=ActorKind.STAFF, id=handler.id if handler else 0, channel=Channel.CLI)
        dossier = await dossiers.by_number(session, OFFICE, values["dossier"])
        file = await stored.record(session, content, name=values["paper"], actor=actor)
        await documents.publish(
            session, dossier, shelf=Shelf.DOCUMENTS, file=file, name=values["paper"], actor=actor, office=product.office
        )
    return f"{values['paper']} staat in dossier {values['dossier']}."


async def _tick(product: Product, values: dict[str, str]) -> str:
    async with transaction(product.sessions) as session:
        dossier = await dossiers.by_number(session, OFFICE, values["dossier"])
        steps = [(step.label, step.done_at) for step in await dossiers.progress(session, dossier.id)]
        ahead = next((place for place, (_, done_at) in enumerate(steps) if done_at is None), None)
        if ahead is None:
            return "Alle stappen zijn al klaar."
        steps[ahead] = (steps[ahead][0], now())
        await dossiers.set_progress(session, dossier, steps, actor=OFFICE)
    return f"Klaar: {steps[ahead][0]}."


def _kill(child: Child) -> Callable[[dict[str, str]], Awaitable[str]]:
    async def run(_: dict[str, str]) -> str:
        await child.kill()
        await child.until_healthy()
        return "Omgevallen en weer op: kijk of er iets weg is."

    return run
