"""`loket dossier`: dossiers, their participants, handler, status and progress."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import Actor
from core.dossiers import dossiers
from core.dossiers.models import Dossier
from core.messages import notes
from core.staff import members
from loket.cli.accounts import found_account
from loket.cli.edge import Json, act, done, fail, show
from loket.cli.persons import Email, found
from loket.cli.staff import found_member
from loket.wiring import Product

app = typer.Typer(help="Dossiers: cases of an account.", no_args_is_help=True)
NOTES_SHOWN = 5
"""Notes that `dossier show` shows; `note list` shows all."""

Number = Annotated[str, typer.Argument(help="The dossier's number.")]


async def found_dossier(session: AsyncSession, number: str, actor: Actor) -> Dossier:
    """The dossier with this number that the actor may see, or a refusal."""
    return await dossiers.by_number(session, actor, number)


@app.command()
def add(
    account: Annotated[str, typer.Argument(help="The account's number.")],
    number: Number,
    description: Annotated[str, typer.Argument(help="What it is about, as its participants see it.")],
    status: Annotated[str, typer.Option(help="The office's word; default: the one of dossiers being worked on.")] = "",
    kind: Annotated[str, typer.Option(help="The office's word for this kind of case.")] = "",
    handler: Annotated[str, typer.Option(help="The handler's email address.")] = "",
) -> None:
    """Open a dossier."""

    async def work(product: Product, session: AsyncSession, actor: Actor) -> None:
        owner = await found_account(session, account)
        member = await found_member(session, handler) if handler else None
        await dossiers.create(
            session,
            account_id=owner.id,
            number=number,
            description=description,
            status=status or product.office.status_in_progress,
            kind=kind,
            handler_id=member.id if member else None,
            actor=actor,
        )

    act(work)
    done(f"Dossier {number} is open.")


@app.command("list")
def listing(
    limit: Annotated[int, typer.Option(min=1, max=100000, help="How many lines.")] = 100,
    as_json: Json = False,
) -> None:
    """Dossiers that you may see, newest activity first."""

    async def work(_: Product, session: AsyncSession, actor: Actor) -> list[dict[str, Any]]:
        return [
            {
                "number": d.number,
                "description": d.description,
                "status": d.status,
                "activity_at": d.activity_at,
                "closed_at": d.closed_at,
            }
            for d in await dossiers.listing(session, actor, limit=limit)
        ]

    show(act(work), as_json=as_json, empty="No dossiers yet. Open one: loket dossier add ACCOUNT NUMBER DESCRIPTION")


@app.command("show")
def show_one(number: Number, as_json: Json = False) -> None:
    """One dossier: handler, participants, progress, and the office's notes."""

    async def work(_: Product, session: AsyncSession, actor: Actor) -> dict[str, Any]:
        dossier = await found_dossier(session, number, actor)
        people = await dossiers.participants(session, dossier.id)
        steps = await dossiers.progress(session, dossier.id)
        handler = await members.by_id(session, dossier.handler_id) if dossier.handler_id else None
        noted = await notes.listing(session, actor, dossier.id, limit=NOTES_SHOWN)
        return {
            "number": dossier.number,
            "description": dossier.description,
            "status": dossier.status,
            "kind": dossier.kind,
            "handler": handler.email if handler else "",
            "closed_at": dossier.closed_at,
            "participants": ", ".join(person.email for person in people),
            "progress": ", ".join(f"{step.label}{' ✓' if step.done_at else ''}" for step in steps),
            "notes": "\n".join(note.text for note in noted),
        }

    show([act(work)], as_json=as_json)


@app.command("participant")
def participant(
    number: Number,
    email: Email,
    remove: Annotated[bool, typer.Option("--remove", help="They no longer see it, at once.")] = False,
) -> None:
    """Let a person see a dossier, or not any more."""

    async def work(_: Product, session: AsyncSession, actor: Actor) -> None:
        dossier, person = await found_dossier(session, number, actor), await found(session, email)
        verb = dossiers.remove_participant if remove else dossiers.add_participant
        await verb(session, dossier, person, actor)

    act(work)
    done(f"{email} {'can no longer see' if remove else 'sees'} dossier {number}.")


@app.command("handler")
def handler(
    number: Number,
    email: Annotated[str, typer.Argument(help="The handler's email address; '' for nobody: then managers are told.")],
) -> None:
    """Hand a dossier over to a staff member."""

    async def work(_: Product, session: AsyncSession, actor: Actor) -> None:
        dossier = await found_dossier(session, number, actor)
        await dossiers.set_handler(session, dossier, await found_member(session, email) if email else None, actor)

    act(work)
    done(f"{email or 'Nobody'} handles dossier {number}.")


@app.command("describe")
def describe(number: Number, description: Annotated[str, typer.Argument(help="What the dossier is about.")]) -> None:
    """Change what stands behind a dossier's number, as its participants see it."""
    if not description.strip():
        fail("A dossier needs a description.")

    async def work(_: Product, session: AsyncSession, actor: Actor) -> None:
        await dossiers.set_description(session, await found_dossier(session, number, actor), description, actor)

    act(work)
    done(f"Dossier {number}: {description}.")


@app.command("status")
def status(number: Number, word: Annotated[str, typer.Argument(help="The office's word.")]) -> None:
    """Set a dossier's status."""

    async def work(_: Product, session: AsyncSession, actor: Actor) -> None:
        await dossiers.set_status(session, await found_dossier(session, number, actor), word, actor)

    act(work)
    done(f"Dossier {number}: {word}.")


@app.command("close")
def close(number: Number) -> None:
    """Close a dossier: it stays readable, new messages are flagged."""

    async def work(_: Product, session: AsyncSession, actor: Actor) -> bool:
        return await dossiers.close(session, await found_dossier(session, number, actor), actor)

    done(f"Dossier {number} is closed." if act(work) else f"Dossier {number} was closed; nothing changed.")


@app.command("reopen")
def reopen(number: Number) -> None:
    """Open a closed dossier again."""

    async def work(_: Product, session: AsyncSession, actor: Actor) -> bool:
        return await dossiers.reopen(session, await found_dossier(session, number, actor), actor)

    done(f"Dossier {number} is open again." if act(work) else f"Dossier {number} was open; nothing changed.")


@app.command("progress")
def progress(
    number: Number,
    steps: Annotated[
        list[str], typer.Argument(help="Labels in order; '+' before a label: done today, or '+2026-07-03 ' before it.")
    ],
) -> None:
    """Set the steps of a dossier, for example: '+2026-07-03 Intake' '+Concept' Ondertekening."""

    wanted = [_step(step) for step in steps]
    if not all(label.strip() for label, _ in wanted):
        fail("A step needs a label, for example: '+2026-07-03 Intake'.")

    async def work(_: Product, session: AsyncSession, actor: Actor) -> int:
        dossier = await found_dossier(session, number, actor)
        await dossiers.set_progress(session, dossier, wanted, actor=actor)
        return len(steps)

    done(f"Dossier {number} has {act(work)} steps.")


def _step(text: str) -> tuple[str, datetime | None]:
    if not text.startswith("+"):
        return text, None
    first, _, rest = text[1:].partition(" ")
    try:
        return (rest or first), datetime.fromisoformat(first).replace(tzinfo=UTC)
    except ValueError:
        return text[1:], datetime.now(UTC)
