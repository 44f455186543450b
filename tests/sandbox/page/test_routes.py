import asyncio
import json
from pathlib import Path

import aiohttp
import pytest

from sandbox.mail import attachment
from tests.sandbox.page.conftest import ANNA, OFFICE, Scene, build


async def test_the_page_and_its_parts_are_served_shut_in(scene: Scene) -> None:
    for path in ("", "static/main.js", "static/base.css", "static/icon.svg"):
        async with scene.http.get(scene.world.url + path) as answer:
            assert answer.status == 200
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


async def test_the_world_tells_all_there_is_to_draw(scene: Scene) -> None:
    told = await scene.get("api/world")
    assert [person["mailbox"] for person in told["people"]] == [ANNA, OFFICE]
    assert told["people"][0]["user_id"] == scene.anna.user_id
    assert [action["id"] for action in told["actions"]] == ["greet", "fail"]
    assert [step["done"] for step in told["steps"]] == [False, False]
    assert told["product"] == [{"name": "loket", "state": "ok", "detail": "pid 1"}]
    assert not any(switch["on"] for switch in told["switches"])


async def test_a_mail_is_listed_read_and_answered_as_its_reader_would(scene: Scene) -> None:
    files = [attachment("akte één.pdf", b"%PDF-1.7")]
    await scene.world.mail.mailbox(OFFICE).send(ANNA, "Akte", "Dag Anna", html="<p>Dag</p>", attachments=files)
    (line,) = (await scene.get(f"api/mail/{ANNA}"))["mails"]
    assert (line["subject"], line["unread"], line["files"], line["forged"]) == ("Akte", True, 1, False)
    mail = await scene.get(f"api/mail/{ANNA}/{line['id']}")
    assert mail["html"].strip() == "<p>Dag</p>"
    async with scene.http.get(f"{scene.world.url}api/mail/{ANNA}/{line['id']}/files/0") as answer:
        assert await answer.read() == b"%PDF-1.7"
        assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''akte%20%C3%A9%C3%A9n.pdf"
    await scene.http.post(f"{scene.world.url}api/mail/{ANNA}/{line['id']}/read")
    assert (await scene.get("api/mail"))[1] == {"address": ANNA, "name": "Anna Jansen", "unread": 0}
    form = aiohttp.FormData({"text": "Akkoord", "style": "outlook", "language": "nl"}, quote_fields=False)
    form.add_field("files", b"handtekening", filename="getekend.pdf", content_type="application/pdf")
    async with scene.http.post(f"{scene.world.url}api/mail/{ANNA}/{line['id']}/reply", data=form) as answer:
        assert answer.status == 200
    answered = await scene.world.mail.mailbox(OFFICE).wait()
    assert answered.text.startswith("Akkoord\n\nVan: Notaris Van Dalen")
    assert answered.attachment("getekend.pdf").content == b"handtekening"


async def test_inline_images_show_without_a_request(scene: Scene) -> None:
    raw = (
        "From: x@post.example\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n"
        '<img src="cid:logo">\r\n--b\r\nContent-Type: image/png\r\nContent-ID: <logo>\r\n\r\nPNG\r\n--b--\r\n'
    )
    mail_id = await scene.world.mail.inject(raw.encode(), ANNA)
    assert 'src="data:image/png;base64,UE5H"' in (await scene.get(f"api/mail/{ANNA}/{mail_id}"))["html"]


async def test_a_forged_mail_can_be_written_and_is_marked(scene: Scene) -> None:
    form = aiohttp.FormData({"to": ANNA, "subject": "Betaal", "text": "nu", "from": "bank@elders.example"})
    form.add_field("files", b"", filename="", content_type="application/octet-stream")
    async with scene.http.post(f"{scene.world.url}api/mail/{OFFICE}/send", data=form) as answer:
        assert answer.status == 200
    (line,) = (await scene.get(f"api/mail/{ANNA}"))["mails"]
    assert (line["sender"], line["forged"], line["files"]) == ("bank@elders.example", True, 0)


@pytest.mark.parametrize(
    ("path", "status"),
    [("api/mail/niemand@x", 404), ("api/mail/anna@post.example/99", 404), ("static/../app.py", 404), ("nergens", 404)],
)
async def test_what_is_not_there_is_not_found(scene: Scene, path: str, status: int) -> None:
    async with scene.http.get(scene.world.url + path) as answer:
        assert answer.status == status


async def test_an_action_runs_and_one_that_fails_says_why(scene: Scene) -> None:
    async def run(action: str, values: dict[str, str]) -> object:
        async with scene.http.post(f"{scene.world.url}api/actions/{action}", json=values) as answer:
            return await answer.json() if answer.status == 200 else answer.status

    assert await run("greet", {"name": "Bram"}) == {"ok": True, "text": "Dag Bram"}
    assert await run("fail", {}) == {"ok": False, "text": "Het product staat al uit."}
    assert await run("nergens", {}) == 404
    happenings = await scene.get("api/happenings")
    assert [(one["title"], one["ok"]) for one in happenings] == [("greet", True), ("fail", False)]


async def test_every_switch_goes_on_and_off(scene: Scene) -> None:
    async def turn(switch: str, on: bool) -> None:
        async with scene.http.post(f"{scene.world.url}api/switches/{switch}", json={"on": on}) as answer:
            assert answer.status == 200

    for one in (await scene.get("api/world"))["switches"]:
        for on in (True, False):
            await turn(one["id"], on)
            now = {switch["id"]: switch["on"] for switch in (await scene.get("api/world"))["switches"]}
            assert now == {name: on and name == one["id"] for name in now}
    await scene.bot("getMe")


async def test_telegram_switched_off_refuses_and_comes_back_at_the_same_address(scene: Scene) -> None:
    await scene.world.switch("telegram_down", True)
    with pytest.raises(aiohttp.ClientConnectorError):
        await scene.bot("getMe")
    await scene.world.switch("telegram_down", False)
    assert (await scene.bot("getMe"))["username"] == "loket_bot"


async def test_only_a_browser_on_this_machine_from_this_page_is_heard(scene: Scene) -> None:
    url = f"{scene.world.url}api/actions/greet"
    for headers in ({"Host": "kwaad.example"}, {"Origin": "https://kwaad.example"}, {"Origin": "null"}):
        async with scene.http.post(url, json={"name": "x"}, headers=headers) as answer:
            assert answer.status == 403
    own = scene.world.url.rstrip("/")
    async with scene.http.post(url, json={"name": "x"}, headers={"Origin": own}) as answer:
        assert answer.status == 200


async def test_the_stream_tells_of_mails_steps_switches_and_the_product(scene: Scene) -> None:
    async with scene.http.get(scene.world.url + "api/events") as stream:
        async with asyncio.timeout(10):
            assert (await _next(stream, "product"))[0]["state"] == "ok"
            await scene.world.mail.mailbox(OFFICE).send(ANNA, "Akte", "Dag")
            assert (await _next(stream, "steps"))[0]["done"]
            assert (await _next(stream, "mail"))["mailbox"] == ANNA
            await scene.anna.start()
            assert (await _next(stream, "happening"))["detail"] == "/start"
            await scene.world.switch("mail_slow", True)
            assert [one["id"] for one in await _next(stream, "switches") if one["on"]] == ["mail_slow"]


async def _next(stream: aiohttp.ClientResponse, wanted: str) -> object:
    name = ""
    while True:
        line = (await stream.content.readline()).decode().rstrip("\n")
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: ") and name == wanted:
            return json.loads(line.removeprefix("data: "))


async def test_ticks_mails_chats_and_ports_outlive_a_restart(tmp_path: Path) -> None:
    async with build(tmp_path) as world:
        await world.mail.mailbox(OFFICE).send(ANNA, "Akte", "Dag")
        await world.telegram.phone("annaj").start()
        before = (world.page_port, world.telegram.base_url, world.mail.imap_port, world.mail.smtp_port)
    async with build(tmp_path) as world:
        assert (world.page_port, world.telegram.base_url, world.mail.imap_port, world.mail.smtp_port) == before
        assert [step["done"] for step in (await world.as_json())["steps"]] == [True, True]
        assert [mail.subject for mail in world.mail.mailbox(ANNA).mails] == ["Akte"]
        assert world.telegram.phone("annaj").messages[0].text == "/start"
        world.untick_all()
        assert not any(step["done"] for step in (await world.as_json())["steps"])


async def test_a_taken_page_port_is_said(tmp_path: Path, scene: Scene) -> None:
    world = build(tmp_path / "other")
    try:
        with pytest.raises(OSError):
            await world.start(scene.world.page_port)
    finally:
        await world.stop()
