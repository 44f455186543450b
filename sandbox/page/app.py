"""The page as an HTTP application.

GET  /                    the page; /static/... its parts
GET  /api/world           title, people, actions, steps, switches, product, bot; everything to draw with
GET  /api/happenings      the last 400 happenings, oldest first
GET  /api/events          server-sent events: happening, mail, telegram, steps, switches, product
POST /api/actions/{id}    JSON object of field values; answers {"ok": bool, "text": "..."}
POST /api/switches/{id}   {"on": bool}
and what `mail_routes` and the control of `sandbox.telegram` (under /sandbox/telegram) add.

Only for browsers on this machine: requests for another host, or from a page of another origin, are refused.
"""

import contextlib
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from aiohttp import web

from sandbox.page.cards import Happening, Words, in_dutch
from sandbox.page.feed import Feed, sse

STATIC = Path(__file__).parent / "static"
_LOCAL = {"127.0.0.1", "localhost", "::1"}
_STATUS_SECONDS = 1.0
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_log = logging.getLogger(__name__)


class Shown(Protocol):
    """What the page needs of the world."""

    feed: Feed

    async def as_json(self) -> dict[str, Any]:
        """Everything to draw the page with."""

    async def product(self) -> list[dict[str, Any]]:
        """How the product is doing."""

    async def act(self, action_id: str, values: dict[str, str]) -> Words:
        """Run an action. KeyError when there is none of that id."""

    async def switch(self, switch_id: str, on: bool) -> None:
        """Turn a trouble on or off. KeyError when there is none of that id."""


def page_app(world: Shown, others: list[web.RouteDef]) -> web.Application:
    """The application, with the routes of others beside its own."""
    app = web.Application(middlewares=[only_here], client_max_size=80 * 1024 * 1024)
    page = Page(world)
    app.add_routes(
        [
            web.get("/", page.index),
            web.get("/api/world", page.world),
            web.get("/api/happenings", page.happenings),
            web.get("/api/events", page.events),
            web.post("/api/actions/{id}", page.action),
            web.post("/api/switches/{id}", page.switch),
            *others,
            web.static("/static", STATIC),
        ]
    )
    app.on_response_prepare.append(_safe_headers)
    return app


class Page:
    """Handlers of the page itself."""

    def __init__(self, world: Shown) -> None:
        self._world = world

    async def index(self, _: web.Request) -> web.FileResponse:
        return web.FileResponse(STATIC / "index.html")

    async def world(self, _: web.Request) -> web.Response:
        return web.json_response(await self._world.as_json())

    async def happenings(self, _: web.Request) -> web.Response:
        return web.json_response([happening.as_json() for happening in self._world.feed.happenings])

    async def events(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):  # the page was closed
            await self._pour(response)
        return response

    async def _pour(self, response: web.StreamResponse) -> None:
        shown: list[dict[str, Any]] = []
        with self._world.feed.stream() as stream:
            while not self._world.feed.ended:
                status = await self._world.product()
                if status != shown:
                    await response.write(sse("product", status))
                    shown = status
                await response.write(await stream.take(_STATUS_SECONDS) or b": still here\n\n")

    async def action(self, request: web.Request) -> web.Response:
        action_id, values = request.match_info["id"], await request.json()
        try:
            text = await self._world.act(action_id, {str(name): str(value) for name, value in values.items()})
        except KeyError:
            raise web.HTTPNotFound from None
        except Exception as error:  # noqa: BLE001  # whatever an action raises is for the person who pressed it
            _log.warning("The action %s failed: %s", action_id, type(error).__name__)
            self._world.feed.add(Happening("action", "done", title=action_id, detail=str(error), ok=False))
            return web.json_response({"ok": False, "text": str(error) or type(error).__name__})
        self._world.feed.add(Happening("action", "done", title=action_id, detail=in_dutch(text)))
        return web.json_response({"ok": True, "text": text})

    async def switch(self, request: web.Request) -> web.Response:
        wanted = await request.json()
        try:
            await self._world.switch(request.match_info["id"], bool(wanted.get("on")))
        except KeyError:
            raise web.HTTPNotFound from None
        return web.json_response({"ok": True})


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def only_here(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse other hosts (DNS rebinding) and posts from other origins."""
    origin = request.headers.get("Origin")
    if request.url.host not in _LOCAL or (origin is not None and urlsplit(origin).netloc != request.host):
        raise web.HTTPForbidden(text="This page is only for a browser on the machine it runs on.")
    return await handler(request)


async def _safe_headers(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.setdefault("Content-Security-Policy", _POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("Cache-Control", "no-cache")
