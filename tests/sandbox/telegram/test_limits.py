"""Rates, and troubles on order."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from sandbox.telegram import FaultKind, Limits, Phone, TelegramServer
from tests.sandbox.telegram.conftest import TOKEN, Api


class Clock:
    """Stands still until moved."""

    def __init__(self) -> None:
        self.at = 1_800_000_000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def telegram(clock: Clock) -> AsyncIterator[TelegramServer]:
    server = TelegramServer(limits=Limits.telegram(), now=clock)
    server.add_bot(TOKEN, "loket_bot", "Loket")
    await server.start()
    yield server
    await server.stop()


async def test_a_chat_bears_a_burst_and_then_one_a_second(api: Api, started: Phone, clock: Clock) -> None:
    for _ in range(3):
        await api.ok("sendMessage", chat_id=started.chat_id, text="x")
    status, answer = await api("sendMessage", chat_id=started.chat_id, text="x")
    assert status == 429
    assert answer == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 1",
        "parameters": {"retry_after": 1},
    }
    clock.at += 1
    await api.ok("sendMessage", chat_id=started.chat_id, text="x")


async def test_bulk_is_30_a_second_over_all_and_answers_are_free(
    api: Api, telegram: TelegramServer, clock: Clock
) -> None:
    phones = [telegram.add_phone(f"P{number}", username=f"p{number}") for number in range(32)]
    for phone in phones:
        await phone.start()
    clock.at += 60
    results = [(await api("sendMessage", chat_id=phone.chat_id, text="x"))[0] for phone in phones]
    assert results == [200] * 30 + [429] * 2
    await phones[30].say("vraag")
    await api.ok("sendMessage", chat_id=phones[30].chat_id, text="antwoord")
    assert (await api.refused("sendMessage", chat_id=phones[31].chat_id, text="x"))[0] == 429


async def test_a_group_takes_20_a_minute(api: Api, telegram: TelegramServer, started: Phone) -> None:
    group = telegram.add_group("Kantoor", [started])
    results = [(await api("sendMessage", chat_id=group.chat_id, text="x"))[0] for _ in range(21)]
    assert results == [200] * 20 + [429]


@pytest.mark.parametrize(
    ("kind", "code", "words"),
    [
        ("429", 429, "Too Many Requests: retry after 7"),
        ("403", 403, "Forbidden: bot was blocked by the user"),
        ("500", 500, "Internal Server Error"),
        ("400", 400, "Bad Request: TOPIC_DELETED"),
    ],
)
async def test_a_fault_happens_as_often_as_ordered(
    api: Api, started: Phone, telegram: TelegramServer, kind: str, code: int, words: str
) -> None:
    description = words if kind == "400" else None
    telegram.faults.add(method="sendMessage", kind=kind, times=2, retry_after=7, description=description)
    for _ in range(2):
        assert await api.refused("sendMessage", chat_id=started.chat_id, text="x") == (code, words)
    await api.ok("sendMessage", chat_id=started.chat_id, text="x")
    assert len(started.messages) == 2


async def test_a_lost_answer_is_carried_out_all_the_same(api: Api, started: Phone, telegram: TelegramServer) -> None:
    telegram.faults.add(method="sendMessage", kind=FaultKind.LOST)
    with pytest.raises(aiohttp.ClientError):
        await api("sendMessage", chat_id=started.chat_id, text="wel aangekomen")
    assert started.screen.text == "wel aangekomen"


async def test_a_fault_may_fit_one_chat_only(api: Api, started: Phone, telegram: TelegramServer) -> None:
    telegram.faults.add(method="*", kind="500", chat_id=started.chat_id + 1)
    await api.ok("sendMessage", chat_id=started.chat_id, text="x")
    telegram.faults.clear()
    assert list(telegram.faults) == []


async def test_faults_are_checked_when_ordered(telegram: TelegramServer) -> None:
    with pytest.raises(ValueError, match="418"):
        telegram.faults.add(method="sendMessage", kind="418")
    with pytest.raises(ValueError, match="at least once"):
        telegram.faults.add(method="sendMessage", kind="500", times=0)


async def test_a_slow_call_and_a_slow_download_arrive(api: Api, started: Phone, telegram: TelegramServer) -> None:
    telegram.faults.add(method="sendMessage", kind="slow", seconds=0.01)
    await api.ok("sendMessage", chat_id=started.chat_id, text="laat")
    assert started.screen.text == "laat"
    await started.send_document("a.txt", b"a")
    [update] = await api.updates()
    file = await api.ok("getFile", file_id=update["message"]["document"]["file_id"])
    telegram.faults.add(method="download", kind="500")
    url = f"{telegram.base_url}/file/bot{TOKEN}/{file['file_path']}"
    async with api.client.get(url) as answer:
        assert answer.status == 500
    async with api.client.get(url) as answer:
        assert await answer.read() == b"a"


async def test_calls_are_noted(api: Api, started: Phone, telegram: TelegramServer) -> None:
    await api.ok("sendMessage", chat_id=started.chat_id, text="x" * 1000)
    await api.refused("sendMessage", chat_id=1, text="y")
    good, bad = telegram.calls_of("sendMessage")
    assert (good.ok, good.bot, good.error, len(good.parameters["text"])) == (True, "loket_bot", None, 301)
    assert (bad.ok, bad.error) == (False, "Bad Request: chat not found")


async def test_the_server_can_be_out_for_a_while(api: Api, started: Phone, telegram: TelegramServer) -> None:
    await telegram.pause()
    with pytest.raises(aiohttp.ClientError):
        await api("getMe")
    await started.say("ondertussen")
    await telegram.resume()
    assert (await api.updates())[0]["message"]["text"] == "ondertussen"
