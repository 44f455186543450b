"""`loket document`: publishing files in a dossier."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer

from core.database import transaction
from core.documents import documents
from core.documents.models import Shelf
from core.files import files as stored
from core.files import policy
from loket.cli.dossiers import found_dossier
from loket.cli.edge import Json, act, acting, done, fail, show, with_product
from loket.wiring import Product

app = typer.Typer(help="Documents: files that stand in a dossier.", no_args_is_help=True)


@app.command()
def publish(
    number: Annotated[str, typer.Argument(help="The dossier's number.")],
    path: Annotated[Path, typer.Argument(help="The file.", exists=True, dir_okay=False)],
    shelf: Annotated[Shelf, typer.Option()] = Shelf.DOCUMENTS,
    name: Annotated[str, typer.Option(help="The name that customers see (default: the file's).")] = "",
    confidential: Annotated[bool, typer.Option(help="Never attached to a mail, protected in Telegram.")] = False,
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
                office=product.office,
            )

    with_product(work)
    done(f"{name or path.name} stands in dossier {number}; its participants are told.")


@app.command("list")
def listing(number: str, shelf: Annotated[Shelf, typer.Option()] = Shelf.DOCUMENTS, as_json: Json = False) -> None:
    """The documents on a shelf of a dossier."""

    async def work(_: Product, session: Any, actor: Any) -> list[dict[str, Any]]:
        dossier = await found_dossier(session, number, actor)
        rows, _total = await documents.page(session, actor, dossier.id, shelf=shelf, offset=0, limit=10000)
        return [
            {"id": r.id, "name": r.name, "size": r.size, "published_at": r.published_at, "confidential": r.confidential}
            for r in rows
        ]

    show(act(work), as_json=as_json)
