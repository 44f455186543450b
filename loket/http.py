"""HTTP: health, Prometheus metrics, Telegram's webhook (OPS-3), and the click that stops news (NOTE-5)."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import text

from core.database import reading
from core.deliveries import ledger as deliveries
from core.intake import ledger as intake
from core.intake.settling import described
from loket import unsubscribing
from loket.wiring import Product

TakeIn = Callable[[bytes], Awaitable[None]]
WEBHOOK_PATH = "/telegram"
UPDATE_LIMIT = 1024 * 1024
"""Bytes; an update is a few kB, Telegram sends no files in it."""

log = structlog.get_logger()


def app(product: Product, *, take_in: TakeIn | None = None) -> web.Application:
    """The application; `take_in` stores a raw update durably before Telegram gets its 200."""
    application = web.Application(client_max_size=UPDATE_LIMIT)
    application.router.add_get("/health", _health(product))
    application.router.add_get("/metrics", _metrics(product))
    if product.settings.http.web and product.settings.mail.address:
        unsubscribing.add_routes(application, product)
    if take_in is not None:
        secret = product.settings.telegram.webhook_secret.get_secret_value()
        application.router.add_post(WEBHOOK_PATH, _webhook(take_in, secret))
    return application


async def serve(application: web.Application, *, host: str, port: int, stop: asyncio.Event) -> None:
    """Serve until `stop`, then finish what is under way."""
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        log.info("http listens", host=host, port=port)
        await stop.wait()
    finally:
        await runner.cleanup()


def _health(product: Product) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def health(_: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(5), reading(product.sessions) as session:
                await session.execute(text("SELECT 1"))
        except Exception as error:  # noqa: BLE001  # whatever it is, the answer is "not healthy"
            log.warning("not healthy", cause=type(error).__name__)
            return web.json_response({"healthy": False, "database": False}, status=503)
        return web.json_response({"healthy": True, "database": True})

    return health


def _webhook(take_in: TakeIn, secret: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def webhook(request: web.Request) -> web.Response:
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not secret or not hmac.compare_digest(given.encode(errors="replace"), secret.encode()):
            return web.Response(status=401)
        try:
            await take_in(await request.read())
        except ValueError:
            return web.Response(status=400)
        except Exception as error:  # noqa: BLE001  # Telegram sends it again; a traceback may hold what a person wrote
            log.warning("an update could not be stored; Telegram sends it again", error=described(error))
            return web.Response(status=500)
        return web.Response()

    return webhook


class _Counts(Collector):
    """The ledgers' counts at the moment of asking."""

    def __init__(self, out: dict[tuple[str, str], int], came: dict[tuple[str, str], int]) -> None:
        self._out, self._came = out, came

    def collect(self) -> list[GaugeMetricFamily]:
        """Two families: loket_deliveries and loket_intake, by channel and state."""
        families = []
        for name, title, counts in (
            ("loket_deliveries", "Deliveries by channel and state", self._out),
            ("loket_intake", "Intake by channel and state", self._came),
        ):
            family = GaugeMetricFamily(name, title, labels=["channel", "state"])
            for (channel, state), count in counts.items():
                family.add_metric([channel, state], count)
            families.append(family)
        return families


def _metrics(product: Product) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def metrics(_: web.Request) -> web.Response:
        async with reading(product.sessions) as session:
            out, came = await deliveries.counts(session), await intake.counts(session)
        registry = CollectorRegistry()
        registry.register(_Counts(_plain(out), _plain(came)))
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return metrics


def _plain(counts: Mapping[Any, int]) -> dict[tuple[str, str], int]:
    return {(str(channel), str(state)): count for (channel, state), count in counts.items()}
