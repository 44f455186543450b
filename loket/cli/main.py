"""The top of the command line: options before the command, and the subjects."""

from pathlib import Path
from typing import Annotated

import typer

from loket import __version__
from loket.cli import (
    accounts,
    audits,
    backups,
    documents,
    dossiers,
    feeds,
    invitations,
    ledgers,
    messages,
    notes,
    persons,
    quarantines,
    running,
    staff,
    trying,
    uploads,
)
from loket.cli.edge import chosen

app = typer.Typer(
    help="Loket: a customer portal without a website. Customers use Telegram or mail; this is the office's side.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for name, subject in {
    "staff": staff.app,
    "person": persons.app,
    "account": accounts.app,
    "dossier": dossiers.app,
    "document": documents.app,
    "upload": uploads.app,
    "message": messages.app,
    "note": notes.app,
    "feed": feeds.app,
    "deliveries": ledgers.outgoing,
    "intake": ledgers.incoming,
    "quarantine": quarantines.app,
    "audit": audits.app,
}.items():
    app.add_typer(subject, name=name)
for flat in (invitations, running, backups, trying):
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
