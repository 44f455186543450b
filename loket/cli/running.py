"""`loket run`, `bot`, `mail`, `worker`, `migrate`, `check`: the product's processes and their upkeep."""

import asyncio
from dataclasses import asdict

import typer

from core.errors import Misconfigured
from loket.cli.edge import Json, done, errors, fail, settings, show
from loket.collecting import loading
from loket.wiring import open_product


def run() -> None:
    """Everything in one process: enough for an office."""
    _run("bot", "mail", "worker")


def bot() -> None:
    """Telegram's side: take updates in and answer them. Behind a webhook, as many processes as wanted."""
    _run("bot")


def mail() -> None:
    """The mailbox's side: take mails in and handle them. A second process waits for the first to fail."""
    _run("mail")


def worker() -> None:
    """Deliveries: send what is on its way. As many processes as wanted."""
    _run("worker")


def _run(*parts: str) -> None:
    with loading():
        from loket.running import Part, run_parts, stop_on_signals  # costly to import, and needed here only

    read = settings()

    async def running() -> None:
        stop = asyncio.Event()
        stop_on_signals(stop)
        async with open_product(read) as product:
            await run_parts(product, frozenset(map(Part, parts)), stop)

    try:
        asyncio.run(running())
    except Misconfigured as mistake:
        fail(str(mistake))


def migrate() -> None:
    """Bring the database to this version's revision."""
    from migrations import revisions

    read = settings()
    read.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    revisions.upgrade(read.database_url)
    done(f"The database is at revision {revisions.head()}.")


def check(as_json: Json = False) -> None:
    """Whether database, storage, bot, webhook, IMAP and SMTP work, and what to do if not."""
    with loading():
        from loket.checking import check as find

    findings = asyncio.run(find(settings()))
    rows = [asdict(finding) for finding in findings]
    if not as_json:
        rows = [row | {"ok": {True: "✓", False: "✗", None: "–"}[row["ok"]]} for row in rows]
    show(rows, as_json=as_json)
    if any(finding.ok is False for finding in findings):
        errors.print("Mend what is marked ✗ and run this again.", style="red")
        raise typer.Exit(1)


def add_to(top: typer.Typer) -> None:
    """The commands of this subject that stand at the top."""
    for command in (run, bot, mail, worker, migrate, check):
        top.command()(command)
