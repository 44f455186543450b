"""What the operator's log never holds, also when something breaks: what a person wrote, and the bot's token."""

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import ClientDecodeError
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy.exc import IntegrityError
from structlog.testing import capture_logs

from bot.receiving import Poller
from core.database import Sessions
from loket import running
from loket.http import _webhook
from tests.support.waiting import until

SAID = "mijn geheim"
SECRET = "s3cret_-"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


class Unreadable(Poller):
    """Telegram's answer can't be read; the error holds all of it, with what people wrote."""

    async def poll(self) -> int:
        raise ClientDecodeError("Failed to decode object", ValueError(SAID), {"result": [{"text": SAID}]})


async def test_an_answer_that_cannot_be_read_is_not_logged(sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    async def removed(*_: object, **__: object) -> bool:
        return True

    monkeypatch.setattr(Bot, "__call__", removed)
    stop = asyncio.Event()
    with capture_logs() as logged:
        async with asyncio.TaskGroup() as group:
            group.create_task(Unreadable(sessions, Bot("42:TOKEN-OF-THE-TEST")).run(stop))
            await until(lambda: bool(logged))
            stop.set()
    assert "ClientDecodeError" in logged[0]["error"]
    assert logged[0].get("exc_info") is None
    assert SAID not in str(logged)


def hook(take_in: Callable[[bytes], Any]) -> TestClient[Any, Any]:
    application = web.Application()
    application.router.add_post("/telegram", _webhook(take_in, SECRET))
    return TestClient(TestServer(application))


async def test_an_update_that_cannot_be_stored_is_asked_for_again_and_not_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def breaks(body: bytes) -> None:
        raise OSError(f"Failing row contains {json.loads(body)}")

    with caplog.at_level(logging.DEBUG), capture_logs() as logged:
        async with hook(breaks) as telegram:
            answer = await telegram.post("/telegram", json={"text": SAID}, headers={HEADER: SECRET})
    assert answer.status == 500
    assert "OSError" in logged[0]["error"]
    assert SAID not in str(logged) + caplog.text


@pytest.mark.parametrize("given", [None, "", "S3cret_-", "s3cret_", "\udcff\udcfe", "é"])
async def test_only_telegram_knows_the_secret(given: str | None, caplog: pytest.LogCaptureFixture) -> None:
    taken = []

    async def keeps(body: bytes) -> None:
        taken.append(body)

    async with hook(keeps) as client:
        reader, writer = await asyncio.open_connection(client.host, client.port)
        header = f"{HEADER}: {given}\r\n" if given is not None else ""
        request = f"POST /telegram HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n{header}\r\n{{}}"
        writer.write(request.encode("utf-8", "surrogateescape"))
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
    assert answer.startswith(b"HTTP/1.1 401")
    assert taken == []
    assert "Traceback" not in caplog.text


class _Failing:
    """A loop that breaks over what a person wrote, as PostgreSQL says it (DETAIL: Failing row contains ...)."""

    def __init__(self, stop: asyncio.Event) -> None:
        self._stop, self.runs = stop, 0

    async def __call__(self, _: asyncio.Event) -> None:
        self.runs += 1
        self._stop.set()
        cause = ValueError(f"DETAIL:  Failing row contains (7, {SAID}).")
        raise IntegrityError("INSERT INTO messages (text) VALUES ($1)", {"text": SAID}, cause) from cause


async def test_a_loop_that_breaks_is_logged_without_what_was_in_the_row(caplog: pytest.LogCaptureFixture) -> None:
    stop = asyncio.Event()
    loop = _Failing(stop)
    with caplog.at_level(logging.DEBUG), capture_logs() as logged:
        await running._for_ever("mailbox", loop, stop)
    [line] = logged
    assert line["loop"] == "mailbox" and line["log_level"] == "error"
    assert line["error"].startswith("IntegrityError in ") and "test_logs.py" in line["error"]
    assert line.get("exc_info") is None
    assert SAID not in str(logged) + caplog.text
