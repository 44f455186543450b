"""`loket document`: publishing files in a dossier."""

import asyncio
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import Actor
from core.database import transaction
from core.documents import documents
from core.documents.models import Shelf
from core.files import files as stored
from core.files import policy
from loket.cli.dossiers import found_dossier
from loket.cli.edge import LARGEST, Json, act, acting, done, fail, show, with_product
from loket.cli.piping import save
from loket.wiring import Product

Dossier = Annotated[str, typer.Argument(help="The dossier's number.")]
Number = Annotated[int, typer.Argument(min=1, max=LARGEST, help="The document's number in `loket document list`.")]

app = typer.Typer(help="Documents: files that stand in a dossier.", no_args_is_help=True)


@app.command()
def publish(
    number: Dossier,
    path: Annotated[Path, typer.Argument(help="The file.", exists=True, dir_okay=False)],
    shelf: Annotated[Shelf, typer.Option(help="Where it stands.")] = Shelf.DOCUMENTS,
    name: Annotated[str, typer.Option(help="The name that customers see (default: the file's).")] = "",
    confidential: Annotated[
        bool, typer.Option("--confidential", help="Asks a code, protected in Telegram, never attached to a mail.")
    ] = False,
    expires: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day on which it can be had.")
    ] = None,
) -> None:
    """Publish a file to the participants of a dossier; they are told."""
    if shelf is Shelf.SUPPLIED:
        fail("The shelf 'supplied' is what customers supply themselves. Choose correspondence or documents.")

    async def work(product: Product) -> None:
        content = await product.files.put(await asyncio.to_thread(path.read_bytes))
        policy.check(content, name=path.name, limit=product.office.upload_limit)
        async with transaction(product.sessions) as session:
            actor = await acting(session)
            dossier = await found_dossier(session, number, actor)
            file = await stored.record(session, content, name=name or path.name, actor=actor)
            await documents.publish(
                session,
                dossier,
                shelf=shelf,
                file=file,
                name=name or path.name,
                actor=actor,
                confidential=confidential,
                expires_on=expires.date() if expires else None,
                office=product.office,
            )

    with_product(work)
    done(f"{name or path.name} stands in dossier {number}; its participants are told.")


@app.command("list")
def listing(
    number: Dossier,
    shelf: Annotated[Shelf, typer.Option(help="Where it stands.")] = Shelf.DOCUMENTS,
    as_json: Json = False,
) -> None:
    """The documents on a shelf of a dossier; `--shelf supplied`: what customers supplied."""

    async def work(_: Product, session: AsyncSession, actor: Actor) -> list[dict[str, Any]]:
        dossier = await found_dossier(session, number, actor)
        rows, _total = await documents.page(session, actor, dossier.id, shelf=shelf, offset=0, limit=10000)
        return [
            {
                "id": r.id,
                "name": r.name,
                "size": r.size,
                "published_at": r.published_at,
                "confidential": r.confidential,
                "expires_on": r.expires_on,
            }
            for r in rows
        ]

    show(act(work), as_json=as_json, empty="Nothing on this shelf.")


@app.command("set-expiry")
def set_expiry(
    document: Number,
    day: Annotated[str, typer.Argument(help="The last day on which it can be had (2026-12-31), or never.")],
) -> None:
    """Until when a document can be had; who hasn't read it is warned a week before (DOC-11)."""
    last = None if day == "never" else _day(day)

    async def work(_: Product, session: AsyncSession, actor: Actor) -> bool:
        return await documents.set_expiry(session, await documents.access(session, actor, document), last, actor)

    changed = act(work)
    until = f"until {last}" if last else "for always"
    done(f"Document {document} can be had {until}{'' if changed else ', as before'}.")


@app.command()
def withdraw(document: Number) -> None:
    """Take a document off its shelf; whom it was not sent yet never gets it."""

    async def work(_: Product, session: AsyncSession, actor: Actor) -> None:
        await documents.withdraw(session, await documents.access(session, actor, document), actor)

    act(work)
    done(f"Document {document} is withdrawn.")


@app.command()
def download(
    document: Number,
    target: Annotated[Path, typer.Argument(help="The file to write, or an existing folder.")] = Path(),
) -> None:
    """Save a document as a file; that you did is logged."""

    async def work(product: Product) -> Path:
        async with transaction(product.sessions) as session:
            found, file = await documents.download(session, await acting(session), document)
        path = target / found.name if target.is_dir() else target
        await save(path, await product.files.get(file.sha256))
        return path

    done(f"Saved: {with_product(work)}")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        fail("Give a day as 2026-12-31, or never.")
