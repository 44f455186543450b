"""`loket feed`: the office's dossiers from a file of JSON Lines, as often as wanted (DOS-9)."""

import json
from pathlib import Path
from typing import Annotated

import typer
from core.dossiers.feed import DocumentLine, Line, parse_line
from core.files.store import Content
from core.portal import feed
from rich.progress import Progress

from core.actor import Actor, ActorKind, Channel
from core.database import transaction
from core.errors import Refused
from core.texts import refusal
from loket.cli.edge import done, errors, fail, with_product
from loket.wiring import Product

app = typer.Typer(help="The feed: accounts, persons, dossiers, progress and documents from the office's own system.", no_args_is_help=True)
FEED = Actor(kind=ActorKind.OFFICE, id=0, channel=Channel.FEED)


@app.command()
def schema() -> None:
    """Print the JSON Schema of a line."""
    typer.echo(json.dumps(feed.json_schema(), indent=2))


@app.command()
def apply(
    path: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="JSON Lines; files stand relative to it.")],
) -> None:
    """Apply a feed. Running it twice changes nothing and sends nothing; a wrong line is named and skipped."""

    async def work(product: Product) -> tuple[int, int, int]:
        changed = same = wrong = 0
        rows = path.read_text(encoding="utf-8").splitlines()
        with Progress(console=errors, transient=True) as bar:
            for number, text in bar.track(list(enumerate(rows, 1)), description="feed"):
                if not text.strip():
                    continue
                try:
                    moved = await _apply(product, path.parent, text)
                except Refused as refused:
                    errors.print(f"Line {number}: {refusal('en', refused)}", markup=False, highlight=False)
                    wrong += 1
                else:
                    changed, same = changed + moved, same + (not moved)
        return changed, same, wrong

    changed, same, wrong = with_product(work)
    done(f"{changed} lines changed something, {same} were as they stood, {wrong} were wrong.")
    if wrong:
        fail("Mend the wrong lines and run the feed again: what is right already stays as it is.")


async def _apply(product: Product, folder: Path, text: str) -> bool:
    line: Line = parse_line(text)
    content: Content | None = None
    if isinstance(line, DocumentLine):
        content = await product.files.put((folder / line.path).read_bytes())
    async with transaction(product.sessions) as session:
        return await feed.apply(session, line, actor=FEED, content=content)
