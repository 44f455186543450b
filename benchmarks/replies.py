"""How well replies are read and mails are told apart, on the customer's corpora beside this checkout (`../shared/corpus`)."""

import asyncio
import json
import re
import sys
from pathlib import Path

from benchmarks.figures import Figure

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT.parent / "shared" / "corpus"


async def measure() -> list[Figure]:
    """The corpora's own score programs, run on `benchmarks.corpus`; nothing where the corpora are absent."""
    if not CORPUS.is_dir():
        print("not measured: the corpora are not beside this checkout", file=sys.stderr)
        return []
    return await _replies() + await _mails()


async def _replies() -> list[Figure]:
    scored = json.loads(await _score("replies", "benchmarks.corpus:reply_text", "--quiet"))
    dutch = scored["nl"]
    return [
        Figure("replies: exact", scored["exact"], "%", ">= 90", scored["exact"] >= 90),
        Figure("replies: customer's text lost", scored["loss"], "%", "<= 1", scored["loss"] <= 1),
        Figure("replies in Dutch: exact", dutch["exact"], "%", ">= 90", dutch["exact"] >= 90),
        Figure("replies in Dutch: lost", dutch["loss"], "%", "0", dutch["loss"] == 0),
    ]


async def _mails() -> list[Figure]:
    text = await _score("mails", "benchmarks.corpus:classify")
    crashes = int(_found(r"crashes (\d+)", text)[0])
    dropped, humans = map(int, _found(r"dropped as machine: (\d+)/(\d+)", text))
    accepted, machines = map(int, _found(r"machine mail accepted: (\d+)/(\d+)", text))
    caught, spoofs = map(int, _found(r"spoof caught: (\d+)/(\d+)", text))
    found, bounced = map(int, _found(r"bounce addresses (\d+)/(\d+)", text))
    share, hit = round(100 * accepted / machines, 1), round(100 * found / bounced, 1)
    return [
        Figure("mails: crashes", crashes, "", "0", crashes == 0),
        Figure("mails of people dropped as machine mail", dropped, f"of {humans}", "0", dropped == 0),
        Figure("machine mail accepted", share, "%", "<= 2", share <= 2),
        Figure("forged mails caught", caught, f"of {spoofs}", "all", caught == spoofs),
        Figure("bounced addresses found", hit, "%", ">= 95", hit >= 95),
    ]


async def _score(which: str, adapter: str, *more: str) -> str:
    program = CORPUS / which / "score.py"
    process = await asyncio.create_subprocess_exec(
        sys.executable, program, "--path", ROOT, "--cmd", adapter, *more, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    return out.decode()


def _found(pattern: str, text: str) -> tuple[str, ...]:
    found = re.search(pattern, text)
    assert found, f"{pattern} not in {text}"
    return found.groups()
