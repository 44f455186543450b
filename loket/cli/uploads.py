"""`loket upload`: what the office asks of its customers, and what it thinks of the files that came (DOC-7)."""

from datetime import datetime
from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Actor
from core.documents import upload_requests
from core.documents.models import RequestState, UploadRequest
from core.dossiers import dossiers
from core.people import persons
from loket.cli.dossiers import Number, found_dossier
from loket.cli.edge import LARGEST, LINES, Json, act, done, fail, show
from loket.cli.persons import found
from loket.wiring import Product

app = typer.Typer(help="Upload requests: files that the office asks of its customers.", no_args_is_help=True)
RequestNumber = Annotated[int, typer.Argument(min=1, max=LARGEST, help="The request's number in `loket upload list`.")]
FileNumbers = Annotated[
    list[int], typer.Argument(min=1, max=LARGEST, help="The files' numbers in `loket upload files`.")
]
FileNumber = Annotated[int, typer.Argument(min=1, max=LARGEST, help="The file's number in `loket upload files`.")]


@app.command()
def ask(
    number: Number,
    title: Annotated[str, typer.Argument(help="What is wanted, in a few words: 'Copy of passport'.")],
    explanation: Annotated[str, typer.Option(help="What it must look like, or what it is for.")] = "",
    person: Annotated[str, typer.Option(help="Ask only this participant (email address); default: all.")] = "",
    due: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day.")] = None,
) -> None:
    """Ask the participants of a dossier for files; they are told, and it is an action until they supply them."""

    async def work(product: Product, session: AsyncSession, actor: Actor) -> int:
        if due and due.date() < clock.now().astimezone(product.office.timezone).date():
            fail(f"The last day, {due:%Y-%m-%d}, is over. Give a day that is still to come.")
        request = await upload_requests.ask(
            session,
            await found_dossier(session, number, actor),
            title=title,
            explanation=explanation,
            person=await found(session, person) if person else None,
            due_on=due.date() if due else None,
            actor=actor,
            office=product.office,
        )
        return request.id

    done(f"Upload request {act(work)}: {title}. {person or 'The participants'} of dossier {number} asked.")


@app.command("list")
def listing(
    number: Annotated[str, typer.Argument(help="The dossier's number; default: of all dossiers.")] = "",
    state: Annotated[
        RequestState | None, typer.Option(help="open: the customer must act; supplied: you must decide.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10000, help=LINES)] = 50,
    as_json: Json = False,
) -> None:
    """Upload requests that you may see, newest first."""

    async def work(_: Product, session: AsyncSession, actor: Actor) -> list[dict[str, Any]]:
        dossier_id = (await found_dossier(session, number, actor)).id if number else None
        rows = await upload_requests.listing(session, actor, dossier_id=dossier_id, state=state, limit=limit)
        return [await _row(session, actor, request) for request in rows]

    show(act(work), as_json=as_json, empty="No upload requests. Ask for something: loket upload ask NUMBER TITLE")


@app.command()
def files(request: RequestNumber, as_json: Json = False) -> None:
    """What was supplied for a request, and what was decided."""

    async def work(_: Product, session: AsyncSession, actor: Actor) -> list[dict[str, Any]]:
        asked = await upload_requests.access(session, actor, request)
        return [
            {
                "id": row.id,
                "name": row.name,
                "size": row.size,
                "supplied_at": row.supplied_at,
                "decision": row.decision,
                "reason": row.reason,
                "document_id": row.document_id,
            }
            for row in await upload_requests.files_of(session, asked.id)
        ]

    show(act(work), as_json=as_json, empty="Nothing was supplied yet.")


@app.command()
def accept(numbers: FileNumbers) -> None:
    """These files are what was wanted; once none is left to decide on, the customer hears that it is complete."""

    async def work(product: Product, session: AsyncSession, actor: Actor) -> None:
        for number in numbers:
            supplied = await upload_requests.supplied(session, actor, number)
            await upload_requests.accept(session, supplied, actor, office=product.office)

    act(work)
    done(f"Accepted: {', '.join(map(str, numbers))}.")


@app.command()
def reject(
    number: FileNumber,
    reason: Annotated[str, typer.Argument(help="Why; the customer reads it.")],
) -> None:
    """A file is not what was wanted: the customer reads why, and is asked again."""

    async def work(product: Product, session: AsyncSession, actor: Actor) -> None:
        supplied = await upload_requests.supplied(session, actor, number)
        await upload_requests.reject(session, supplied, reason, actor, office=product.office)

    act(work)
    done(f"Rejected: {number}. The customer is asked again.")


@app.command()
def withdraw(request: RequestNumber) -> None:
    """It is no longer wanted; who still had to supply it is told."""

    async def work(product: Product, session: AsyncSession, actor: Actor) -> bool:
        asked = await upload_requests.access(session, actor, request)
        return await upload_requests.withdraw(session, asked, actor, office=product.office)

    done("Withdrawn." if act(work) else "This request was over already; nothing changed.")


async def _row(session: AsyncSession, actor: Actor, request: UploadRequest) -> dict[str, Any]:
    dossier = await dossiers.access(session, actor, request.dossier_id)
    person = await persons.by_id(session, request.person_id) if request.person_id else None
    supplied = await upload_requests.files_of(session, request.id)
    return {
        "id": request.id,
        "dossier": dossier.number,
        "title": request.title,
        "person": person.email if person else None,
        "state": request.state,
        "due_on": request.due_on,
        "asked_at": request.asked_at,
        "files": len(supplied),
        "to_decide": sum(row.decision is None for row in supplied),
    }
