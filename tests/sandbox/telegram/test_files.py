"""Files out and in: uploads, albums, downloads and their limits."""

from __future__ import annotations

import json
import struct

import pytest

from sandbox.telegram import Document, Phone, Photo
from sandbox.telegram.limits import DOWNLOAD_BYTES, PHOTO_BYTES, UPLOAD_BYTES
from tests.sandbox.telegram.conftest import Api

PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 1600, 1200) + b"\x08\x02\x00\x00\x00rest"
JPEG = b"\xff\xd8\xff\xe0\x00\x04xx\xff\xc0\x00\x11\x08" + struct.pack(">HH", 480, 640) + b"\x03rest"


async def test_a_document_keeps_name_type_and_bytes(api: Api, started: Phone) -> None:
    status, answer = await api.form(
        "sendDocument",
        {"document": ("akte é.pdf", b"%PDF-1.7 inhoud")},
        chat_id=str(started.chat_id),
        caption="<i>concept</i>",
        parse_mode="HTML",
    )
    assert status == 200, answer
    document = answer["result"]["document"]
    assert (document["file_name"], document["mime_type"], document["file_size"]) == (
        "akte é.pdf",
        "application/pdf",
        15,
    )
    seen = started.screen
    assert seen.file is not None
    assert (seen.text, seen.html, seen.file.name) == ("concept", "<i>concept</i>", "akte é.pdf")
    assert seen.file.content() == b"%PDF-1.7 inhoud"
    again = await api.ok("sendDocument", chat_id=started.chat_id, document=document["file_id"])
    assert again["document"] == document


async def test_what_a_person_sends_can_be_downloaded(api: Api, started: Phone) -> None:
    await started.send_document("scan.pdf", b"%PDF-1.4", caption="hierbij")
    [update] = await api.updates()
    document = update["message"]["document"]
    assert (update["message"]["caption"], document["file_name"]) == ("hierbij", "scan.pdf")
    file = await api.ok("getFile", file_id=document["file_id"])
    assert file["file_unique_id"] == document["file_unique_id"]
    url = f"{api.server.base_url}/file/bot{api.token}/{file['file_path']}"
    async with api.client.get(url) as answer:
        assert (answer.status, await answer.read()) == (200, b"%PDF-1.4")
    async with api.client.get(url.replace(api.token, "1234:wrong")) as answer:
        assert answer.status == 401
    async with api.client.get(f"{url}x") as answer:
        assert answer.status == 404


async def test_over_20_mb_can_not_be_downloaded(api: Api, started: Phone) -> None:
    just, over = b"x" * DOWNLOAD_BYTES, b"x" * (DOWNLOAD_BYTES + 1)
    for content in (just, over):
        await started.send_document("groot.bin", content)
    fits, too_big = [update["message"]["document"]["file_id"] for update in await api.updates()]
    assert await api.ok("getFile", file_id=fits)
    assert await api.refused("getFile", file_id=too_big) == (400, "Bad Request: file is too big")


@pytest.mark.parametrize(("content", "size"), [(PNG, (1280, 960)), (JPEG, (640, 480)), (b"not a picture", (1280, 960))])
async def test_photos_come_in_sizes(api: Api, started: Phone, content: bytes, size: tuple[int, int]) -> None:
    await started.send_photo(content, "foto", spoiler=True)
    [update] = await api.updates()
    sizes = update["message"]["photo"]
    assert [photo["width"] for photo in sizes] == sorted(photo["width"] for photo in sizes)
    assert (sizes[-1]["width"], sizes[-1]["height"]) == size
    assert update["message"]["has_media_spoiler"] is True
    file = await api.ok("getFile", file_id=sizes[-1]["file_id"])
    async with api.client.get(f"{api.server.base_url}/file/bot{api.token}/{file['file_path']}") as answer:
        assert await answer.read() == content


async def test_uploads_have_limits(api: Api, started: Phone) -> None:
    chat = str(started.chat_id)
    status, answer = await api.form("sendDocument", {"document": ("x.bin", b"x" * (UPLOAD_BYTES + 1))}, chat_id=chat)
    assert (status, answer["description"]) == (413, "Request Entity Too Large")
    status, answer = await api.form("sendPhoto", {"photo": ("x.jpg", b"x" * (PHOTO_BYTES + 1))}, chat_id=chat)
    assert status == 400
    assert "is too big for a photo" in answer["description"]
    status, answer = await api.form("sendDocument", {"document": ("x.bin", b"")}, chat_id=chat)
    assert (status, answer["description"]) == (400, "Bad Request: file must be non-empty")
    long = await api.form("sendDocument", {"document": ("x", b"x")}, chat_id=chat, caption="x" * 1025)
    assert long[1]["description"] == "Bad Request: message caption is too long"
    assert await api.refused("sendDocument", chat_id=chat) == (400, "Bad Request: there is no document in the request")
    assert await api.refused("sendDocument", chat_id=chat, document="nonsense") == (
        400,
        "Bad Request: wrong file identifier/HTTP URL specified",
    )


async def test_a_strip_is_no_photo(api: Api, started: Phone) -> None:
    strip = PNG[:16] + struct.pack(">II", 2100, 100) + PNG[24:]
    status, answer = await api.form("sendPhoto", {"photo": ("x.png", strip)}, chat_id=str(started.chat_id))
    assert (status, answer["description"]) == (400, "Bad Request: PHOTO_INVALID_DIMENSIONS")


async def test_an_album_goes_out_tied_together(api: Api, started: Phone) -> None:
    media = [
        {"type": "document", "media": "attach://one", "caption": "twee stukken"},
        {"type": "document", "media": "attach://two"},
    ]
    files = {"one": ("1.pdf", b"%PDF1"), "two": ("2.pdf", b"%PDF2")}
    status, answer = await api.form("sendMediaGroup", files, chat_id=str(started.chat_id), media=json.dumps(media))
    assert status == 200, answer
    first, second = answer["result"]
    assert first["media_group_id"] == second["media_group_id"]
    assert [message.album for message in started.messages[1:]] == [first["media_group_id"]] * 2
    assert first["caption"] == "twee stukken"


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        (["document"], "media group must include 2-10 items"),
        (["document"] * 11, "media group must include 2-10 items"),
        (["document", "photo"], "document can't be mixed with other media types"),
        (["voice", "voice"], "can't parse media: type of media group item is invalid"),
    ],
)
async def test_albums_that_can_not_be(api: Api, started: Phone, kinds: list[str], words: str) -> None:
    media = [{"type": kind, "media": "attach://x"} for kind in kinds]
    assert await api.refused("sendMediaGroup", chat_id=started.chat_id, media=media) == (400, f"Bad Request: {words}")


async def test_an_album_comes_in_as_updates_with_one_group_id(api: Api, started: Phone) -> None:
    await started.send_album([Photo(PNG), Photo(JPEG)], "twee foto's")
    await started.send_album([Document("a.pdf", b"1"), Document("b.pdf", b"2")])
    messages = [update["message"] for update in await api.updates()]
    groups = [message["media_group_id"] for message in messages]
    assert groups[0] == groups[1] != groups[2] == groups[3]
    assert [message.get("caption") for message in messages] == ["twee foto's", None, None, None]
    with pytest.raises(ValueError, match="2 to 10"):
        await started.send_album([Photo(PNG)])


async def test_every_other_kind_that_a_person_can_send(api: Api, started: Phone) -> None:
    await started.send_voice(b"OggS")
    await started.send_video(b"film", caption="kijk")
    await started.send_sticker("🎉")
    await started.send_location()
    await started.send_poll("welke dag?", ("ma", "di"))
    await started.send_contact(own=False, first_name="Bert")
    kinds = [set(update["message"]) - {"message_id", "from", "chat", "date"} for update in await api.updates()]
    assert kinds == [{"voice"}, {"video", "caption"}, {"sticker"}, {"location"}, {"poll"}, {"contact"}]


async def test_media_can_be_replaced(api: Api, started: Phone) -> None:
    _, answer = await api.form("sendPhoto", {"photo": ("a.png", PNG)}, chat_id=str(started.chat_id), caption="oud")
    status, edited = await api.form(
        "editMessageMedia",
        {"new": ("b.pdf", b"%PDF")},
        chat_id=str(started.chat_id),
        message_id=str(answer["result"]["message_id"]),
        media=json.dumps({"type": "document", "media": "attach://new", "caption": "nieuw"}),
    )
    assert status == 200, edited
    assert "photo" not in edited["result"]
    assert (edited["result"]["document"]["file_name"], edited["result"]["caption"]) == ("b.pdf", "nieuw")
