"""What a phone shows of the bot before anybody speaks."""

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from bot import setup
from core.office import Office
from sandbox.telegram import TelegramServer
from tests.bot.world import TOKEN


async def test_commands_and_descriptions_are_set_per_language(office: Office) -> None:
    server = TelegramServer()
    await server.start()
    server.add_bot(TOKEN, "loket_bot", "Loket")
    bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(server.base_url)))
    try:
        for _ in range(2):
            await setup.introduce(bot, office)
        dutch, english = server.add_phone("Anna"), server.add_phone("Eve", language_code="en")
        assert [command["command"] for command in dutch.commands] == [
            "home", "dossiers", "zoek", "acties", "nieuw", "gegevens", "help", "versie", "vergrendel", "herkoppel", "uitloggen",
        ]  # fmt: skip
        assert {"search", "logout"} <= {command["command"] for command in english.commands}
        assert office.name in (await bot.get_my_short_description()).short_description
        assert "invitation" in (await bot.get_my_description(language_code="en")).description
    finally:
        await bot.session.close()
        await server.stop()
