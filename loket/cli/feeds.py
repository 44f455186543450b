"""`loket feed`: the office's dossiers from a file of JSON Lines, as often as wanted (DOS-9)."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from core.documents import feed
from loket.cli.edge import done, errors, fail, with_product
from loket.feeding import Outcome, apply_line, lines
from loket.wiring import Product

app = typer.Typer(
    help="The feed: what the office's own system knows of accounts, persons and dossiers.", no_args_is_help=True
)


@app.command()
def schema() -> None:
    """Print the JSON Schema of a line."""
    typer.echo(json.dumps(feed.json_schema(), indent=2))


@app.command()
def apply(
    path: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="JSON Lines; files stand relative to it.")],
) -> None:
    """Apply a feed. Running it twice changes nothing and sends nothing; a wrong line is named and skipped."""

    async def work(product: Product) -> Outcome:
        outcome = Outcome()
        with Progress(console=errors, transient=True) as bar:
            for number, text in bar.track(list(lines(path)), description=path.name):
                await apply_line(product, path.parent, number, text, outcome)
        return outcome

    outcome = with_product(work)
    for sentence in outcome.wrong:
        errors.print(sentence, markup=False, highlight=False, soft_wrap=True)
    done(
        f"{outcome.changed} lines changed something, {outcome.same} were as they stood, {len(outcome.wrong)} were wrong."
    )
    if outcome.wrong:
        fail("Mend the wrong lines and run the feed again: what is right already stays as it is.")
