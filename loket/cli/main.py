"""The top of the command line: options before the command, and the subjects."""

from pathlib import Path
from typing import Annotated

import typer

from loket import __version__
from loket.cli import (
    accounts,
    audits,
    backups,
    deliveries,
    documents,
    dossiers,
    feeds,
    intakes,
    messages,
    persons,
    quarantines,
    running,
    staff,
    trying,
)
from loket.cli.edge import chosen

app = typer.Typer(
    help="Loket: a customer portal without a website. Customers use Telegram or mail; this is the office's side.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for name, subject in {
    "staff": staff,
    "person": persons,
    "account": accounts,
    "dossier": dossiers,
    "document": documents,
    "message": messages,
    "feed": feeds,
    "deliveries": deliveries,
    "intake": intakes,
    "quarantine": quarantines,
    "audit": audits,
}.items():
    app.add_typer(subject.app, name=name)
for flat in (persons, running, backups, trying):
    flat.add_to(app)


@app.callback()
def options(
    settings: Annotated[
        Path | None, typer.Option(help="The settings file (default: $LOKET_SETTINGS or loket.toml).")
    ] = None,
    staff_email: Annotated[str, typer.Option("--as", help="Act as this staff member (email address).")] = "",
) -> None:
    """Before every command."""
    chosen.settings_file = settings
    chosen.staff_email = staff_email


@app.command()
def version() -> None:
    """The version of the product."""
    typer.echo(f"Loket {__version__}")


def main() -> None:
    """The program `loket`."""
    app()
