"""`loket note`: what staff remark in a dossier for each other."""

from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import Actor
from core.messages import notes
from core.messages.models import Note
from core.staff import members
from loket.cli.dossiers import Number, found_dossier
from loket.cli.edge import LINES, Json, act, done, show
from loket.wiring import Product

app = typer.Typer(help="Notes in a dossier, for staff only: no customer ever sees one.", no_args_is_help=True)


@app.command()
def add(
    number: Number,
    text: Annotated[str, typer.Argument(help="The note, or - to read it from standard input.")],
) -> None:
    """Keep a note in a dossier; `loket --as EMAIL note add …` says whose it is."""
    said = typer.get_text_stream("stdin").read() if text == "-" else text

    async def work(_: Product, session: AsyncSession, actor: Actor) -> None:
        await notes.add(session, await found_dossier(session, number, actor), actor=actor, text=said)

    act(work)
    done(f"Noted in dossier {number}, for staff only.")


@app.command("list")
def listing(
    number: Number, limit: Annotated[int, typer.Option(min=1, max=10000, help=LINES)] = 50, as_json: Json = False
) -> None:
    """The notes of a dossier, newest first: also what came by mail after `#intern`."""

    async def work(_: Product, session: AsyncSession, actor: Actor) -> list[dict[str, Any]]:
        dossier = await found_dossier(session, number, actor)
        return [await _row(session, note) for note in await notes.listing(session, actor, dossier.id, limit=limit)]

    show(act(work), as_json=as_json, empty="No notes in this dossier.")


async def _row(session: AsyncSession, note: Note) -> dict[str, Any]:
    author = await members.by_id(session, note.staff_id) if note.staff_id else None
    return {
        "id": note.id,
        "created_at": note.created_at,
        "author": author.name if author else "",
        "text": note.text,
        "files": ", ".join(file["name"] for file in note.files),
    }
