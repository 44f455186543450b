"""Applying a feed file: the edge around core's verb, with the bytes of documents stored before each transaction."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from core.actor import Actor, ActorKind, Channel, Language
from core.database import reading, transaction
from core.documents import feed
from core.errors import Refused
from core.texts import refusal
from loket.wiring import Product

FEED = Actor(kind=ActorKind.OFFICE, id=0, channel=Channel.FEED, language=Language.EN)


@dataclass(slots=True)
class Outcome:
    """How many lines changed something, how many were as they stood, and a sentence for each wrong one."""

    changed: int = 0
    same: int = 0
    wrong: list[str] = field(default_factory=list)


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """The feed's lines that say something, with their numbers from 1."""
    with path.open(encoding="utf-8") as file:
        yield from ((number, text) for number, text in enumerate(file, 1) if text.strip())


async def apply_line(product: Product, folder: Path, number: int, text: str, outcome: Outcome) -> None:
    """Apply one line in a transaction of its own; a wrong one is noted and harms no other."""
    try:
        changed = await _apply(product, folder, number, text)
    except Refused as refused:
        outcome.wrong.append(refusal("en", refused))
    except OSError as error:
        outcome.wrong.append(f"Line {number}: {error.filename} can't be read: {error.strerror}.")
    else:
        outcome.changed += changed
        outcome.same += not changed


async def apply_feed(product: Product, path: Path) -> Outcome:
    """Apply a whole file."""
    outcome = Outcome()
    for number, text in lines(path):
        await apply_line(product, path.parent, number, text, outcome)
    return outcome


async def _apply(product: Product, folder: Path, number: int, text: str) -> bool:
    line = feed.read_line(text, number)
    async with reading(product.sessions) as session:
        if not await feed.is_new(session, line):
            return False
    files = {}
    for needed in feed.files_needed(line):
        path = _below(folder, needed.path, number)
        files[needed.sha256] = await product.files.put(await asyncio.to_thread(path.read_bytes))
    async with transaction(product.sessions) as session:
        return await feed.apply(session, line, actor=FEED, number=number, files=files, office=product.office)


def _below(folder: Path, name: str, number: int) -> Path:
    """The file, when it really stands below the folder of the feed: a link may point anywhere."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise feed.FeedError("feed.file_missing", line=number, field="file", value=name)
    return path
