"""What survives: the same folder, opened again after a stop and after `kill -9`."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import aiohttp

from sandbox.telegram import TelegramServer
from tests.sandbox.telegram.conftest import TOKEN, Api

HOME = {"inline_keyboard": [[{"text": "Home", "callback_data": "h"}]]}

CHILD = """
import asyncio, sys
from pathlib import Path
from sandbox.telegram import TelegramServer

async def main():
    server = TelegramServer(Path(sys.argv[1]))
    server.add_bot("1234:abc", "loket_bot", "Loket")
    server.add_phone("Anna", username="annaj")
    await server.start()
    print(server.base_url, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


def opened(folder: Path) -> TelegramServer:
    server = TelegramServer(folder)
    server.add_bot(TOKEN, "loket_bot", "Loket")
    return server


async def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    first = opened(tmp_path)
    anna = first.add_phone("Anna", username="annaj")
    group = first.add_group("Kantoor", [anna], forum=True)
    await first.start()
    async with aiohttp.ClientSession() as client:
        api = Api(first, client)
        await anna.start()
        await anna.send_document("a.pdf", b"%PDF")
        await api.ok("sendMessage", chat_id=anna.chat_id, text="<b>dag</b>", parse_mode="HTML", reply_markup=HOME)
        topic = await api.ok("createForumTopic", chat_id=group.chat_id, name="x")
        await api.ok("setMyCommands", commands=[{"command": "home", "description": "Begin"}])
        tap = await anna.tap("Home")
        pending = await api.updates()
        await first.stop()

        second = opened(tmp_path)
        again = second.add_phone("Anna", username="annaj")
        await second.start()
        api = Api(second, client)
        assert again.user_id == anna.user_id
        assert [message.text for message in again.messages] == ["/start", "", "dag"]
        assert again.messages[1].file is not None
        assert again.messages[1].file.content() == b"%PDF"
        assert again.screen.labels() == ["Home"]
        assert await api.updates() == pending
        await api.ok("answerCallbackQuery", callback_query_id=tap.query)
        where = {"chat_id": group.chat_id, "message_thread_id": topic["message_thread_id"]}
        await api.ok("sendMessage", **where, text="nog steeds")
        assert again.commands == [{"command": "home", "description": "Begin"}]
        said = await again.say("verder")
        assert said.id > again.messages[2].id
        newest = (await api.updates(offset=-1))[0]["update_id"]
        assert newest == pending[-1]["update_id"] + 1
        await second.stop()


async def test_confirmed_updates_stay_confirmed_and_ids_go_on(tmp_path: Path) -> None:
    first = opened(tmp_path)
    phone = first.add_phone("Anna", username="annaj")
    await first.start()
    async with aiohttp.ClientSession() as client:
        await phone.start()
        [update] = await Api(first, client).updates()
        await Api(first, client).updates(offset=update["update_id"] + 1)
        await first.stop()
        second = opened(tmp_path)
        await second.start()
        assert await Api(second, client).updates() == []
        await second.phone("annaj").say("x")
        assert (await Api(second, client).updates())[0]["update_id"] == update["update_id"] + 1
        await second.stop()


async def test_what_was_answered_survives_kill_9(tmp_path: Path) -> None:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHILD, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    base = (await child.stdout.readline()).decode().strip()
    async with aiohttp.ClientSession() as client:
        phone = f"{base}/sandbox/telegram/phones/annaj"
        for number in range(20):
            async with client.post(f"{phone}/say", json={"text": f"bericht {number}"}) as answer:
                assert answer.status == 200
    os.kill(child.pid, signal.SIGKILL)
    await child.wait()
    server = opened(tmp_path)
    texts = [message.text for message in server.phone("annaj").messages]
    assert texts == [f"bericht {number}" for number in range(20)]
    assert len(server.bots[0].updates) == 20
    await server.stop()
