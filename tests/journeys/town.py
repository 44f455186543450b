"""The try-out's world with the product in it, as `loket demo` sets it up, on the database that a test chooses."""

import asyncio
import io
import json
import os
import socket
import struct
import sys
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from loket.demo.child import Child
from loket.demo.office import bring_in_sample, write_settings
from loket.demo.people import CUSTOMERS, HANDLER, settle
from loket.settings import read_settings
from migrations import upgrade
from sandbox.mail import Mailbox
from sandbox.telegram import Phone
from sandbox.world import World

PATIENCE = 90.0
"""Seconds that a journey waits for what a person would wait for; the machines are shared and slow."""


@dataclass(slots=True)
class Town:
    """The world, the running product, and the people in it."""

    world: World
    child: Child
    settings_file: Path
    running: asyncio.Task[None]
    stop: asyncio.Event

    @property
    def anna(self) -> Phone:
        """The phone of the customer who buys a house; Dutch, one dossier."""
        return self.world.telegram.phone(CUSTOMERS[0].username)

    @property
    def tom(self) -> Phone:
        """The phone of the customer who makes a will; English, one dossier."""
        return self.world.telegram.phone(CUSTOMERS[1].username)

    @property
    def pieter(self) -> Phone:
        """The phone of the customer with two dossiers, one of them closed."""
        return self.world.telegram.phone(CUSTOMERS[2].username)

    def box(self, address: str) -> Mailbox:
        """A mailbox of the world."""
        return self.world.mail.mailbox(address)

    @property
    def annas_box(self) -> Mailbox:
        """Anna's mailbox."""
        return self.box(CUSTOMERS[0].email)

    @property
    def handlers_box(self) -> Mailbox:
        """The mailbox of the handler of all dossiers."""
        return self.box(HANDLER[1])

    async def loket(self, *arguments: str, fails: bool = False) -> str:
        """What the command line prints; its errors are raised, unless it must fail: then they are returned."""
        code, out, err = await self.loket_says(*arguments)
        if (code != 0) is not fails:
            raise AssertionError(f"loket {arguments} ended with {code}:\n{out}\n{err}")
        return err if fails else out

    async def loket_says(self, *arguments: str) -> tuple[int, str, str]:
        """Exit code, standard output and standard error of a command."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "loket",
            "--settings",
            str(self.settings_file),
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=os.environ | {"COLUMNS": "200"},
        )
        out, err = await process.communicate()
        return process.returncode or 0, out.decode(), err.decode()

    async def listing(self, *arguments: str) -> list[dict[str, Any]]:
        """A listing of the command line, as data."""
        rows: list[dict[str, Any]] = json.loads(await self.loket(*arguments, "--json"))
        return rows

    async def counts(self, name: str, **labels: str) -> float:
        """A metric of the running product, now (0 when it isn't there): costs a thousandth of a command."""
        wanted = ",".join(f'{key}="{value}"' for key, value in labels.items())
        async with (
            aiohttp.ClientSession() as client,
            client.get(self.child.health.removesuffix("/health") + "/metrics") as answer,
        ):
            lines = (await answer.text()).splitlines()
        return next((float(line.split()[-1]) for line in lines if line.startswith(f"{name}{{{wanted}}}")), 0.0)

    async def until_counted(self, name: str, atleast: int = 1, **labels: str) -> None:
        """Wait until a metric says so many."""
        async with asyncio.timeout(PATIENCE):
            while await self.counts(name, **labels) < atleast:  # noqa: ASYNC110  # what is waited for is in another process
                await asyncio.sleep(0.1)

    async def kill(self) -> None:
        """`kill -9` the product, whatever it does; it starts again by itself."""
        await self.child.kill()

    async def close(self) -> None:
        """End the product and the world."""
        self.stop.set()
        await self.running
        await self.world.stop()


@asynccontextmanager
async def town(
    folder: Path, *, database_url: str = "", more: str = "", office: str = "", http_port: int = 0
) -> AsyncIterator[Town]:
    """The world and the product under `folder`. In the settings file `office` is put below `[office]`, and `more` at the end,
    where `[http]` stands; the running product reads nothing from the environment."""
    world = World(folder / "world", domain="delinde.example")
    settle(world)
    await world.start()
    settings_file = folder / "loket.toml"
    port = http_port or free_port()
    write_settings(settings_file, world, data=folder / "product", http_port=port)
    if database_url:
        more = f'{more}\n[database]\nurl = "{database_url}"\n'
    settled = settings_file.read_text(encoding="utf-8").replace("[office]\n", f"[office]\n{office}\n")
    settings_file.write_text(settled + more, encoding="utf-8")
    settings = read_settings(settings_file)
    if database_url:
        await asyncio.to_thread(upgrade, settings.database_url)
    await bring_in_sample(settings)
    stop = asyncio.Event()
    child = Child(settings_file, health=f"http://127.0.0.1:{port}/health", log=folder / "product.log")
    place = Town(world, child, settings_file, asyncio.get_running_loop().create_task(child.keep_running(stop)), stop)
    try:
        await child.until_healthy()
        yield place
    finally:
        await place.close()


async def until(condition: Callable[[], Any], *, seconds: float = PATIENCE, what: str = "") -> Any:
    """The first true value of `condition`, looked at often; AssertionError that says `what` was waited for."""
    try:
        async with asyncio.timeout(seconds):
            while not (found := condition()):  # noqa: ASYNC110  # what is waited for is in another process
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"not in {seconds:.0f} s: {what}") from None
    return found


async def link(place: Town, phone: Phone, mailbox: Mailbox) -> None:
    """Invite and link a person, as step 1 and 2 of the story."""
    before = mailbox.mails[-1].id if mailbox.mails else 0
    await place.loket("invite", mailbox.address)
    first = await mailbox.wait(lambda mail: "start=" in "".join(mail.links), timeout=PATIENCE, after=before)
    code = next(url for url in first.links if "start=" in url).split("start=")[1]
    await phone.start(code)
    await phone.wait(lambda p: "@" in p.screen.text or "e-mail" in p.screen.text.lower(), timeout=PATIENCE)
    await phone.say(mailbox.address)
    second = await mailbox.wait(lambda mail: digits_in(mail.text) != "", timeout=PATIENCE, after=first.id)
    await phone.wait(lambda p: bool(p.screen.buttons), timeout=PATIENCE)
    await phone.say(digits_in(second.text))


def digits_in(text: str) -> str:
    """The six digits of a mail with a code."""
    import re

    found = re.search(r"(?<![\d+])(\d{3} ?\d{3})(?!\d)", text)
    return found.group(1).replace(" ", "") if found else ""


def png(width: int = 40, height: int = 30, shade: int = 120) -> bytes:
    """A real picture of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes((shade, 90, 60)) * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def pdf(title: str = "Koopovereenkomst") -> bytes:
    """A small real PDF."""
    out = io.BytesIO(b"")
    out.write(
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"
    )
    out.write(b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n")
    out.write(f"% {title}\ntrailer<</Root 1 0 R>>\n%%EOF\n".encode())
    return out.getvalue()


def free_port() -> int:
    """A port that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
