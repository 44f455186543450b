"""aiogram itself against the sandbox: what it sends is understood, what it gets back parses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiogram import Bot, Dispatcher, F, Router
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramRetryAfter
from aiogram.filters import CommandStart
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    CallbackQuery,
    ChatFullInfo,
    ChatMemberUpdated,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    MediaUnion,
    Message,
)
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import web

from sandbox.telegram import Document, Phone, TelegramServer
from tests.sandbox.telegram.conftest import TOKEN, eventually

HOME = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Home", callback_data="home")]])


@pytest.fixture
async def bot(telegram: TelegramServer) -> AsyncIterator[Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(telegram.base_url))
    async with Bot(TOKEN, session=session, default=DefaultBotProperties(parse_mode="HTML")) as bot:
        yield bot


def dispatcher(heard: list[object]) -> Dispatcher:
    router = Router()

    @router.message(CommandStart(deep_link=True))
    async def start(message: Message) -> None:
        await message.answer(f"<b>Welkom</b> {message.text}", reply_markup=HOME)

    @router.callback_query(F.data == "home")
    async def home(query: CallbackQuery) -> None:
        assert isinstance(query.message, Message)
        await query.answer("even kijken")
        await query.message.edit_text("Thuis", reply_markup=HOME)

    @router.message()
    @router.edited_message()
    @router.my_chat_member()
    async def other(event: Message | ChatMemberUpdated) -> None:
        heard.append(event)

    dispatcher = Dispatcher()
    dispatcher.include_router(router)
    return dispatcher


async def converse(anna: Phone, heard: list[object]) -> None:
    """A story that touches every kind of update."""
    await anna.start("CODE12345")
    await anna.wait(lambda phone: "Welkom /start CODE12345" in phone.screen.text)
    await anna.tap("Home")
    await anna.wait(lambda phone: phone.screen.text == "Thuis" and len(phone.toasts) == 1)
    said = await anna.say("vraag")
    await anna.edit(said, "betere vraag")
    await anna.send_album([Document("a.pdf", b"1"), Document("b.pdf", b"2")], "stukken")
    await anna.send_photo(b"jpg")
    await anna.send_voice(b"ogg")
    await anna.send_video(b"mp4")
    await anna.send_sticker()
    await anna.send_location()
    await anna.send_poll()
    await anna.send_contact()
    anna.block()
    await eventually(lambda: len(heard) == 12)


async def test_polling(telegram: TelegramServer, anna: Phone, bot: Bot) -> None:
    heard: list[object] = []
    polled = dispatcher(heard)
    async with asyncio.TaskGroup() as group:
        group.create_task(polled.start_polling(bot, handle_signals=False, polling_timeout=5, close_bot_session=False))
        await converse(anna, heard)
        await polled.stop_polling()
    assert any(isinstance(event, ChatMemberUpdated) for event in heard)


async def test_webhook(telegram: TelegramServer, anna: Phone, bot: Bot) -> None:
    heard: list[object] = []
    app = web.Application()
    handler = SimpleRequestHandler(dispatcher(heard), bot, secret_token="geheim", handle_in_background=False)
    handler.register(app, path="/hook")
    setup_application(app, dispatcher([]))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await bot.set_webhook(f"http://127.0.0.1:{runner.addresses[0][1]}/hook", secret_token="geheim")
    await converse(anna, heard)
    await bot.delete_webhook()
    await runner.cleanup()


async def test_files_both_ways(bot: Bot, started: Phone) -> None:
    sent = await bot.send_document(
        started.chat_id, BufferedInputFile(b"%PDF", "akte é.pdf"), caption="<i>x</i>", protect_content=True
    )
    assert sent.document is not None
    assert (sent.document.file_name, sent.has_protected_content) == ("akte é.pdf", True)
    media: list[MediaUnion] = [
        InputMediaDocument(media=BufferedInputFile(b"1", "1.pdf")),
        InputMediaDocument(media=sent.document.file_id),
    ]
    album = await bot.send_media_group(started.chat_id, media)
    assert album[0].media_group_id == album[1].media_group_id
    got = await bot.download(sent.document.file_id)
    assert got is not None
    assert got.read() == b"%PDF"


async def test_errors_become_aiograms_exceptions(telegram: TelegramServer, bot: Bot, started: Phone) -> None:
    with pytest.raises(TelegramBadRequest, match="can't parse entities"):
        await bot.send_message(started.chat_id, "<u>x")
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message(1, "x")
    telegram.faults.add(method="sendMessage", kind="429", retry_after=4)
    with pytest.raises(TelegramRetryAfter) as wait:
        await bot.send_message(started.chat_id, "x")
    assert wait.value.retry_after == 4
    started.block()
    with pytest.raises(TelegramForbiddenError):
        await bot.send_message(started.chat_id, "x")


async def test_what_else_a_bot_asks(telegram: TelegramServer, bot: Bot, started: Phone) -> None:
    assert (await bot.me()).username == "loket_bot"
    assert isinstance(await bot.get_chat(started.chat_id), ChatFullInfo)
    group = telegram.add_group("Kantoor", [started], forum=True)
    assert isinstance(await bot.get_chat(group.chat_id), ChatFullInfo)
    topic = await bot.create_forum_topic(group.chat_id, "2026-014")
    await bot.send_message(group.chat_id, "x", message_thread_id=topic.message_thread_id)
    assert len(await bot.get_chat_administrators(group.chat_id)) == 1
    assert (await bot.get_chat_member(group.chat_id, started.user_id)).status == "member"
    await bot.set_my_commands([BotCommand(command="home", description="Begin")])
    assert (await bot.get_my_commands())[0].command == "home"
    await bot.set_chat_menu_button()
    assert (await bot.get_webhook_info()).url == ""
    said = await started.say("x")
    await bot.set_message_reaction(started.chat_id, said.id, [{"type": "emoji", "emoji": "👍"}])  # type: ignore[list-item]  # aiogram takes the dict
    copy = await bot.copy_message(started.chat_id, started.chat_id, said.id)
    await bot.delete_messages(started.chat_id, [copy.message_id])
    await bot.send_chat_action(started.chat_id, "typing")
