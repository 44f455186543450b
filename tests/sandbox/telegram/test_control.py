"""The people's side over HTTP, as the page uses it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from sandbox.telegram import Phone, TelegramServer
from tests.sandbox.telegram.conftest import Api


class Page:
    """Asks the control."""

    def __init__(self, api: Api) -> None:
        self.base = f"{api.server.base_url}/sandbox/telegram"
        self.client = api.client

    async def get(self, path: str, **query: str) -> Any:
        async with self.client.get(f"{self.base}{path}", params=query) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def post(self, path: str, status: int = 200, **body: Any) -> Any:
        async with self.client.post(f"{self.base}{path}", json=body) as answer:
            assert answer.status == status, await answer.text()
            return await answer.json()


@pytest.fixture
def page(api: Api) -> Page:
    return Page(api)


async def test_a_conversation_over_http(page: Page, api: Api, anna: Phone) -> None:
    await page.post("/phones/annaj/start", payload="CODE12345")
    markup = {"inline_keyboard": [[{"text": "Home", "callback_data": "h", "style": "primary"}]]}
    await api.ok("sendMessage", chat_id=anna.chat_id, text="<i>dag</i>", parse_mode="HTML", reply_markup=markup)
    chat = await page.get("/phones/annaj/messages")
    assert [message["text"] for message in chat["messages"]] == ["/start CODE12345", "dag"]
    assert chat["messages"][1]["html"] == "<i>dag</i>"
    [[button]] = chat["messages"][1]["buttons"]
    assert (button["text"], button["kind"], button["style"]) == ("Home", "callback_data", "primary")
    tap = await page.post("/phones/annaj/tap", button="Home", message=chat["messages"][1]["id"])
    await api.ok("answerCallbackQuery", callback_query_id=tap["query"], text="gezien")
    said = await page.post("/phones/annaj/say", text="fuot", reply_to=chat["messages"][1]["id"])
    assert said["reply_to"]["text"].startswith("dag")
    await page.post("/phones/annaj/edit", message=said["id"], text="fout")
    changed = await page.get("/phones/annaj/messages", since=str(chat["revision"]))
    assert [(message["text"], message["edited"]) for message in changed["messages"]] == [("fout", True)]
    assert changed["toasts"] == [{"text": "gezien", "alert": False, "url": "", "query": tap["query"]}]
    await page.post("/phones/annaj/delete", message=said["id"])
    gone = await page.get("/phones/annaj/messages", since=str(changed["revision"]))
    assert [(message["id"], message["deleted"]) for message in gone["messages"]] == [(said["id"], True)]


async def test_files_over_http(page: Page, api: Api, started: Phone) -> None:
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("caption", "twee stukken")
    for name in ("één.pdf", "twee.html"):
        form.add_field("file", b"inhoud van " + name.encode(), filename=name)
    async with api.client.post(f"{page.base}/phones/annaj/files", data=form) as answer:
        sent = (await answer.json())["messages"]
    assert sent[0]["album"] == sent[1]["album"]
    assert [message["text"] for message in sent] == ["twee stukken", ""]
    assert sent[0]["file"]["name"] == "één.pdf"
    async with api.client.get(f"{page.base}/files/{sent[1]['file']['file_id']}") as answer:
        assert await answer.read() == b"inhoud van twee.html"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_who_there_is(page: Page, telegram: TelegramServer, started: Phone) -> None:
    await page.post("/phones", first_name="Ben", username="ben", language_code="en")
    await page.post("/groups", title="Kantoor", members=["annaj"], forum=True)
    await page.post("/phones/annaj/block")
    state = await page.get("/state")
    people = {phone["username"]: phone for phone in state["phones"]}
    assert people["annaj"]["blocked"] is True
    assert (people["ben"]["started"], people["ben"]["language_code"]) == (False, "en")
    [group] = state["groups"]
    assert (group["title"], group["members"], group["forum"]) == ("Kantoor", ["annaj"], True)
    await page.post("/phones/annaj/say", text="hallo allemaal", group=group["id"])
    room = await page.get(f"/groups/{group['id']}/messages")
    assert [(message["sender"], message["text"]) for message in room["messages"]] == [("Anna", "hallo allemaal")]


async def test_refusals_are_readable(page: Page, started: Phone) -> None:
    missing = await page.post("/phones/annaj/tap", status=404, button="Weg")
    assert "no button Weg" in missing["error"]
    await page.post("/phones/niemand/say", status=404, text="x")
    started.block()
    blocked = await page.post("/phones/annaj/say", status=400, text="x")
    assert "blocked" in blocked["error"]


async def test_another_sites_page_is_refused(page: Page, api: Api, started: Phone) -> None:
    headers = {"Origin": "https://elders.example"}
    async with api.client.post(f"{page.base}/phones/annaj/block", headers=headers) as answer:
        assert answer.status == 403
    assert started.chat.blocked is False
    own = {"Origin": api.server.base_url}
    async with api.client.get(f"{page.base}/state", headers=own) as answer:
        assert answer.status == 200


async def test_faults_and_calls_over_http(page: Page, api: Api, started: Phone) -> None:
    fault = await page.post("/faults", method="sendMessage", kind="429", times=2)
    assert (await page.get("/faults"))[0] == fault
    assert (await api.refused("sendMessage", chat_id=started.chat_id, text="x"))[0] == 429
    async with api.client.delete(f"{page.base}/faults"):
        pass
    await api.ok("sendMessage", chat_id=started.chat_id, text="y")
    calls = await page.get("/calls")
    assert [call["ok"] for call in calls if call["method"] == "sendMessage"] == [False, True]
    assert await page.get("/calls", since=str(calls[-1]["number"])) == []


async def test_events_stream_as_they_happen(page: Page, api: Api, started: Phone) -> None:
    async with api.client.get(f"{page.base}/events") as stream:
        assert stream.content_type == "text/event-stream"
        assert await stream.content.readuntil(b"\n\n") == b": open\n\n"
        await api.ok("sendMessage", chat_id=started.chat_id, text="dag")
        kinds = {}
        async with asyncio.timeout(10):
            while "call" not in kinds:
                raw = await stream.content.readuntil(b"\n\n")
                event = json.loads(raw.removeprefix(b"data: "))
                kinds[event["kind"]] = event
    assert kinds["message"]["phone"] == "annaj"
    assert kinds["message"]["message"]["text"] == "dag"
    assert kinds["call"]["call"]["method"] == "sendMessage"


@pytest.mark.parametrize("kind", ["document", "photo", "voice", "video"])
async def test_one_file_of_each_kind(page: Page, api: Api, started: Phone, kind: str) -> None:
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("as", kind)
    form.add_field("file", b"bytes", filename="naam.bin")
    async with api.client.post(f"{page.base}/phones/annaj/files", data=form) as answer:
        [sent] = (await answer.json())["messages"]
    assert (sent["file"]["kind"], sent["file"]["size"]) == (kind, 5)
    [update] = await api.updates()
    assert kind in update["message"]


async def test_the_other_acts(page: Page, api: Api, started: Phone) -> None:
    assert (await page.post("/phones/annaj/contact"))["contact"]["user_id"] == started.user_id
    foreign = await page.post("/phones/annaj/contact", own=False, first_name="Bert", phone_number="+31611111111")
    assert foreign["contact"] == {"phone_number": "+31611111111", "first_name": "Bert"}
    assert (await page.post("/phones/annaj/location"))["location"]["latitude"] > 50
    await page.post("/phones/annaj/block")
    await page.post("/phones/annaj/unblock")
    assert started.chat.blocked is False
    await page.post("/phones/annaj/fly", status=404)
    assert await page.get("/phones/annaj/commands") == []


async def test_a_topic_deleted_by_a_member(page: Page, api: Api, telegram: TelegramServer, started: Phone) -> None:
    group = telegram.add_group("Kantoor", [started], forum=True)
    topic = await api.ok("createForumTopic", chat_id=group.chat_id, name="x")
    thread = topic["message_thread_id"]
    said = await page.post("/phones/annaj/say", text="hier", group=group.chat_id, topic=thread)
    assert said["topic"] == thread
    await page.post(f"/groups/{group.chat_id}/topics/{thread}/delete")
    assert group.topics == []


async def test_a_stream_that_can_not_keep_up_is_told_to_ask_again(
    page: Page, api: Api, telegram: TelegramServer, started: Phone
) -> None:
    async with api.client.get(f"{page.base}/events") as stream:
        await stream.content.readuntil(b"\n\n")
        for _ in range(1200):
            telegram.state.hub.tell("action", started.chat.key, "typing")
        async with asyncio.timeout(10):
            raw = await stream.content.readuntil(b"\n\n")
    assert json.loads(raw.removeprefix(b"data: "))["kind"] == "reset"
