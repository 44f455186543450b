"""What all commands share: the product opened, one transaction, refusals told, tables and JSON printed."""

import asyncio
import json
import sys
import unicodedata
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import OFFICE, Actor, ActorKind, Channel
from core.database import transaction
from core.errors import Misconfigured, Refused
from core.staff import members
from core.texts import refusal
from loket.logs import start_logging
from loket.settings import Settings, read_settings
from loket.wiring import Product, open_product

Result = TypeVar("Result")
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
LARGEST = 2**63 - 1
"""The highest number that a row of the database can have."""

LINES = "How many lines, the newest first."
"""What `--limit` says of itself."""

console = Console()
errors = Console(stderr=True)


@dataclass(slots=True)
class Chosen:
    """What the options before the command say; filled by the main callback."""

    settings_file: Path | None = None
    staff_email: str = ""


chosen = Chosen()


def settings() -> Settings:
    """The settings, with logging started; ends the program with the mistakes when there are any."""
    try:
        read = read_settings(chosen.settings_file)
    except Misconfigured as mistake:
        fail(str(mistake))
    start_logging(read.log)
    return read


def fail(sentence: str) -> NoReturn:
    """Say why not, and end with exit code 1."""
    errors.print(sentence, style="red", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(1)


def act(work: Callable[[Product, AsyncSession, Actor], Awaitable[Result]]) -> Result:
    """Run `work` in one transaction of the opened product, as the chosen staff member or as the office."""

    async def whole(product: Product) -> Result:
        async with transaction(product.sessions) as session:
            return await work(product, session, await acting(session))

    return with_product(whole)


def with_product(work: Callable[[Product], Awaitable[Result]], *, migrated: bool = True) -> Result:
    """Run `work` with the opened product; a refusal or a wrong setting ends the program with its sentence."""

    async def opened() -> Result:
        async with open_product(read, migrated=migrated) as product:
            return await work(product)

    read = settings()
    try:
        return asyncio.run(opened())
    except Refused as refused:
        fail(refusal("en", refused))
    except Misconfigured as mistake:
        fail(str(mistake))


async def acting(session: AsyncSession) -> Actor:
    """The staff member named with `--as`, or the office itself."""
    if not chosen.staff_email:
        return OFFICE
    member = await members.by_email(session, chosen.staff_email)
    if member is None:
        raise Refused("staff.unknown", email=chosen.staff_email)
    return Actor(kind=ActorKind.STAFF, id=member.id, channel=Channel.CLI, language=member.language)


def show(rows: Sequence[Mapping[str, Any]], *, as_json: bool, title: str = "", empty: str = "Nothing here.") -> None:
    """Rows as a table for people, or as a JSON list for programs (moments in ISO 8601)."""
    if as_json:
        sys.stdout.write(json.dumps([dict(row) for row in rows], default=_plain, ensure_ascii=False, indent=2) + "\n")
        return
    if not rows:
        console.print(empty)
        return
    table = Table(title=title or None, title_justify="left")
    for name in rows[0]:
        table.add_column(name.replace("_", " "), overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(_cell(value))) for value in row.values()))
    console.print(table)


def show_whole(row: Mapping[str, Any], *, as_json: bool) -> None:
    """One thing with long texts: a line a value for people, or a JSON list with one object for programs."""
    if as_json:
        show([row], as_json=True)
        return
    table = Table(show_header=False)
    for name, value in row.items():
        table.add_row(name.replace("_", " "), Text(printable(_cell(value))))
    console.print(table)


def columns(things: Iterable[object], names: str) -> list[dict[str, Any]]:
    """The named attributes (one string, with spaces between) of each thing, as the rows of a listing."""
    return [{name: getattr(thing, name) for name in names.split()} for thing in things]


def done(sentence: str) -> None:
    """One line that says what was done."""
    console.print(sentence, markup=False, highlight=False, soft_wrap=True)


def printable(text: str) -> str:
    """Text without what would steer the terminal: names and subjects are what customers made of them."""
    return "".join(letter if letter == "\n" or unicodedata.category(letter) != "Cc" else "�" for letter in text)


def _plain(value: object) -> object:
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    return value.value if isinstance(value, Enum) else str(value)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone().strftime("%Y-%m-%d %H:%M")
    return str(value.value if isinstance(value, Enum) else value)
