"""What runs in which process, and how it keeps running (DESIGN: settings and running)."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from enum import StrEnum

import structlog
from aiogram import Bot

from bot import setup
from bot.handler import CustomerHandler
from bot.receiving import Poller
from bot.sending import TelegramSender
from bot.webhook import take_in_update
from core.actor import Channel
from core.database import forbid_network_in_transaction
from core.deliveries.leases import Leader
from core.deliveries.limits import Limits
from core.deliveries.worker import DeliveryWorker
from core.errors import Misconfigured
from core.intake.settling import described
from core.intake.worker import IntakeWorker
from core.notifications import tell
from loket import collecting, http
from loket.channels import bot_of, bot_username, mail_settings, server_access
from loket.planned import run_schedule
from loket.settings import TelegramMode
from loket.wiring import Product
from mailbridge.handler import MailHandler
from mailbridge.mailbox import Mailbox
from mailbridge.sending import SmtpSender

Loop = Callable[[asyncio.Event], Awaitable[None]]
LONGEST_PAUSE = 30.0
"""Seconds before something that broke is tried again, at most."""

log = structlog.get_logger()


class Part(StrEnum):
    """What a process does."""

    BOT = "bot"
    MAIL = "mail"
    WORKER = "worker"


def stop_on_signals(stop: asyncio.Event) -> None:
    """End cleanly on SIGTERM and Ctrl-C; and when our input closes, if whoever started us asked for that."""
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop.set)
    if os.environ.get("LOKET_END_WITH_INPUT"):
        loop.add_reader(sys.stdin.fileno(), _stop_at_the_end, stop)


def _stop_at_the_end(stop: asyncio.Event) -> None:
    if not os.read(sys.stdin.fileno(), 1024):
        stop.set()


async def run_parts(product: Product, parts: frozenset[Part], stop: asyncio.Event) -> None:
    """Run the parts until `stop`. What breaks is logged and tried again; it never takes the others down."""
    settings = product.settings
    if not settings.telegram.token.get_secret_value() and not settings.mail.imap.host:
        raise Misconfigured(
            "Neither telegram.token nor mail.imap.host is set, so there is nothing to do. See loket check."
        )
    bot = bot_of(settings)
    try:
        loops = await _loops(product, bot, parts)
        collecting.settle_in()
        log.info("started", parts=sorted(parts), database=product.engine.dialect.name)
        async with asyncio.TaskGroup() as group:
            for name, loop in loops.items():
                group.create_task(_for_ever(name, loop, stop))
    finally:
        if bot is not None:
            await bot.session.close()


async def _loops(product: Product, bot: Bot | None, parts: frozenset[Part]) -> dict[str, Loop]:
    loops: dict[str, Loop] = {}
    if bot is not None and Part.BOT in parts:
        loops |= _bot_loops(product, bot)
    if product.settings.mail.imap.host and Part.MAIL in parts:
        loops |= _mail_loops(product)
    if Part.WORKER in parts:
        loops |= await _delivery_loops(product, bot)
        loops["schedule"] = lambda stop: run_schedule(product, stop)
    if product.settings.http.port:
        loops["http"] = _http_loop(product, bot if Part.BOT in parts else None)
    return loops


def _bot_loops(product: Product, bot: Bot) -> dict[str, Loop]:
    handler = CustomerHandler(
        bot=bot, sessions=product.sessions, files=product.files, keys=product.keys, office=product.office
    )
    worker = IntakeWorker(
        product.sessions, channel=Channel.TELEGRAM, handler=handler, name=product.process_name, wake=product.wake
    )
    loops: dict[str, Loop] = {"telegram intake": worker.run, "telegram introduction": _introduction(product, bot)}
    if product.settings.telegram.mode is TelegramMode.POLLING:
        leader = Leader(product.sessions, f"polling:{bot.id}")
        poller = Poller(product.sessions, bot, worker=worker)
        loops["telegram polling"] = lambda stop: leader.run(poller.run, stop)
    return loops


def _introduction(product: Product, bot: Bot) -> Loop:
    """Commands, descriptions and the webhook, set once at the start."""

    async def introduce(_: asyncio.Event) -> None:
        forbid_network_in_transaction()
        await setup.introduce(bot, product.office)
        telegram = product.settings.telegram
        if telegram.mode is TelegramMode.WEBHOOK:
            await bot.set_webhook(
                telegram.webhook_url,
                secret_token=telegram.webhook_secret.get_secret_value(),
                allowed_updates=[],
                drop_pending_updates=False,
            )

    return introduce


def _mail_loops(product: Product) -> dict[str, Loop]:
    settings = mail_settings(product.settings, product.office)
    handler = MailHandler(
        sessions=product.sessions, files=product.files, keys=product.keys, office=product.office, settings=settings
    )
    worker = IntakeWorker(
        product.sessions, channel=Channel.EMAIL, handler=handler, name=product.process_name, wake=product.wake
    )
    mailbox = Mailbox(
        server_access(product.settings.mail.imap, product.settings.mail.oauth),
        sessions=product.sessions,
        files=product.files,
        wake=product.wake,
    )
    leader = Leader(product.sessions, "mailbox")
    return {"mail intake": worker.run, "mailbox": lambda stop: leader.run(mailbox.run, stop)}


async def _delivery_loops(product: Product, bot: Bot | None) -> dict[str, Loop]:
    loops: dict[str, Loop] = {}
    if bot is not None:
        limits = Limits(per_second=product.settings.telegram.per_second)
        sender = TelegramSender(bot, product.files)
        loops["telegram deliveries"] = DeliveryWorker(
            product.sessions,
            channel=Channel.TELEGRAM,
            sender=sender,
            name=product.process_name,
            keys=product.keys,
            wake=product.wake,
            limits=limits,
            on_failed=tell.delivery_failed,
        ).run
    if product.settings.mail.smtp.host:
        loops["mail deliveries"] = _mail_deliveries(product, await bot_username(product.settings, bot))
    return loops


def _mail_deliveries(product: Product, username: str) -> Loop:
    sender = SmtpSender(
        server_access(product.settings.mail.smtp, product.settings.mail.oauth),
        sessions=product.sessions,
        files=product.files,
        keys=product.keys,
        office=product.office,
        settings=mail_settings(product.settings, product.office, username),
    )
    worker = DeliveryWorker(
        product.sessions,
        channel=Channel.EMAIL,
        sender=sender,
        name=product.process_name,
        keys=product.keys,
        wake=product.wake,
        limits=None,
        on_failed=tell.delivery_failed,
    )

    async def run(stop: asyncio.Event) -> None:
        try:
            await worker.run(stop)
        finally:
            await sender.close()

    return run


def _http_loop(product: Product, bot: Bot | None) -> Loop:
    take_in: http.TakeIn | None = None
    if bot is not None and product.settings.telegram.mode is TelegramMode.WEBHOOK:
        bot_id = bot.id

        async def take_in(body: bytes) -> None:
            await take_in_update(product.sessions, bot_id, body)

    settings = product.settings.http
    return lambda stop: http.serve(
        http.app(product, take_in=take_in), host=settings.host, port=settings.port, stop=stop
    )


async def _for_ever(name: str, loop: Loop, stop: asyncio.Event) -> None:
    """Run a loop until it ends by itself or `stop` is set; one that breaks is started again, with growing pauses."""
    pause = 1.0
    while not stop.is_set():
        try:
            return await loop(stop)
        except Exception as error:  # noqa: BLE001  # the outermost loop; a traceback may hold what is in the database
            why = error.strerror if isinstance(error, OSError) else None
            log.error("broke and is started again", loop=name, pause=pause, error=described(error), why=why)  # noqa: TRY400
        try:
            async with asyncio.timeout(pause):
                await stop.wait()
        except TimeoutError:
            pause = min(LONGEST_PAUSE, pause * 2)
    return None
