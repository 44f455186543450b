"""`loket note`: what staff remark in a dossier for each other."""

from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import Actor
from core.database import transaction
from core.messages import notes
from core.messages.models import Note
from core.staff import members
from loket.cli.dossiers import Number, found_dossier
from loket.cli.edge import LARGEST, LINES, Json, act, acting, done, fail, show, with_product
from loket.cli.piping import given, save
from loket.wiring import Product

app = typer.Typer(help="Notes in a dossier, for staff only: no customer ever sees one.", no_args_is_help=True)


@app.command()
def add(
    number: Number,
    text: Annotated[str, typer.Argument(help="The note, or - to read it from standard input.")],
) -> None:
    """Keep a note in a dossier; `loket --as EMAIL note add …` says whose it is."""
    said = given(text)

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


@app.command()
def download(
    note: Annotated[int, typer.Argument(min=1, max=LARGEST, help="The number in `loket note list`.")],
    target: Annotated[
        Path, typer.Argument(help="An existing folder; for a note with one file also its new name.")
    ] = Path(),
) -> None:
    """Save the files of a note; that you did is logged."""

    async def work(product: Product) -> list[Path]:
        async with transaction(product.sessions) as session:
            kept = await notes.files(session, await acting(session), note)
        if not kept:
            fail(f"Note {note} has no files.")
        if len(kept) > 1 and not target.is_dir():
            fail(f"Note {note} has {len(kept)} files: choose a folder that is there.")
        paths = [target / name for name in _apart([name for _, name in kept])] if target.is_dir() else [target]
        for path, (file, _) in zip(paths, kept, strict=True):
            await save(path, await product.files.get(file.sha256))
        return paths

    for path in with_product(work):
        done(f"Saved: {path}")


def _apart(names: list[str]) -> list[str]:
    """These names with a number before those that came before: a note may have two files of one name."""
    return [f"{place}-{name}" if name in names[: place - 1] else name for place, name in enumerate(names, start=1)]


async def _row(session: AsyncSession, note: Note) -> dict[str, Any]:
    author = await members.by_id(session, note.staff_id) if note.staff_id else None
    return {
        "id": note.id,
        "created_at": note.created_at,
        "author": author.name if author else "",
        "text": note.text,
        "files": ", ".join(file["name"] for file in note.files),
    }
