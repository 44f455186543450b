"""`loket backup` and `loket restore`."""

from pathlib import Path
from typing import Annotated

import typer

from core.errors import Misconfigured
from loket.backups import backup as write_backup
from loket.backups import restore as read_backup
from loket.cli.edge import done, fail, settings


def backup(target: Annotated[Path, typer.Argument(help="A new folder.")]) -> None:
    """Write a backup of the database, the files and the key, while the product runs."""
    try:
        for said in write_backup(settings(), target):
            done(f"Backed up {said}.")
    except Misconfigured as mistake:
        fail(str(mistake))


def restore(
    source: Annotated[Path, typer.Argument(help="The folder of a backup.", exists=True, file_okay=False)],
) -> None:
    """Put a backup back, where nothing stands yet. Stop the product first."""
    try:
        for said in read_backup(settings(), source):
            done(f"Restored {said}.")
    except Misconfigured as mistake:
        fail(str(mistake))


def add_to(top: typer.Typer) -> None:
    """The commands of this subject that stand at the top."""
    top.command()(backup)
    top.command()(restore)
