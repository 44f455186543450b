"""One click stops news: what a mail program's own button asks of us over HTTPS (RFC 8058, NOTE-5), and its page for people.

GET shows a page with one button, because scanners of mails follow every link; only POST stops anything. Whatever the
token, the words are the same: who has none of ours learns nothing.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web
from markupsafe import Markup

from core import clock
from core.actor import Language
from core.database import Session, reading, transaction
from core.intake.settling import described
from core.texts import say
from loket.channels import mail_settings
from loket.wiring import Product
from mailbridge import answering, serving
from mailbridge.composing import STOP_PATH
from mailbridge.routing import Ways

BODY_LIMIT = 4096
"""Bytes; `List-Unsubscribe=One-Click` takes a few hundred, even as multipart/form-data."""

PATIENCE = 10.0
"""Seconds for the body to arrive, and for the database."""

AT_ONCE = 20
"""Requests in work; more are asked to come back."""

A_MINUTE = 10
"""Requests with the same token in a minute that are looked at."""

REMEMBERED = 10_000
"""Tokens whose requests are counted, the latest."""

TOKEN_LIMIT = 64
"""Characters, by which requests are counted; ours are shorter."""

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}

_PAGE = Markup("""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
body {{ font: 17px/1.5 system-ui, sans-serif; max-width: 32rem; margin: 12vh auto; padding: 0 1.25rem; }}
h1 {{ font-size: 1.35rem; }}
button {{ font: inherit; padding: .7rem 1.2rem; border: 0; border-radius: .5rem; background: #1f5f8b; color: #fff; cursor: pointer; }}
button:focus-visible {{ outline: 3px solid #7db8dc; outline-offset: 2px; }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{text}</p>
{rest}
</main>
</body>
</html>
""")

_BUTTON = Markup(
    '<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click">'
    '<button type="submit">{label}</button></form>'
)

Answer = Callable[[web.Request], Awaitable[web.Response]]
log = structlog.get_logger()


def add_routes(application: web.Application, product: Product) -> None:
    """Let the application answer under `STOP_PATH`."""
    page = _StopPage(product)
    application.router.add_get(STOP_PATH + "{token}", page.show)
    application.router.add_post(STOP_PATH + "{token}", page.stop)


class _StopPage:
    """The page and the click, with bounds on how much the outside may ask of one process: 429 beyond them (RFC 6585)."""

    def __init__(self, product: Product) -> None:
        self._product = product
        self._settings = mail_settings(product.settings, product.office)
        self._in_work = 0
        self._asked: OrderedDict[str, tuple[int, int]] = OrderedDict()

    async def show(self, request: web.Request) -> web.Response:
        """The page with its button; it changes nothing."""
        return await self._answered(request, self._asking)

    async def stop(self, request: web.Request) -> web.Response:
        """The click."""
        try:
            async with asyncio.timeout(PATIENCE):
                if not await _is_one_click(request):
                    return web.Response(status=400, text="List-Unsubscribe=One-Click is expected (RFC 8058).\n")
        except TimeoutError:
            return web.Response(status=408)
        return await self._answered(request, self._stopping)

    async def _answered(self, request: web.Request, answer: Answer) -> web.Response:
        if self._in_work >= AT_ONCE or not self._has_turn(request.match_info["token"][:TOKEN_LIMIT]):
            return web.Response(status=429, headers={"Retry-After": "60"})
        self._in_work += 1
        try:
            async with asyncio.timeout(PATIENCE):
                return await answer(request)
        except Exception as error:  # noqa: BLE001  # whatever it is, the program tries again; a traceback may hold values
            log.warning("a click that stops news could not be answered", error=described(error))
            return web.Response(status=503, headers={"Retry-After": "60"})
        finally:
            self._in_work -= 1

    def _has_turn(self, token: str) -> bool:
        minute = int(clock.now().timestamp() // 60)
        since, count = self._asked.pop(token, (minute, 0))
        count = count + 1 if since == minute else 1
        self._asked[token] = (minute, count)
        if len(self._asked) > REMEMBERED:
            self._asked.popitem(last=False)
        return count <= A_MINUTE

    async def _asking(self, request: web.Request) -> web.Response:
        async with reading(self._product.sessions) as session:
            language = await self._language(session, request)
        return self._page(language, "ask", _BUTTON.format(label=say(language, "web.stop_news.button")))

    async def _stopping(self, request: web.Request) -> web.Response:
        async with transaction(self._product.sessions) as session:
            language = await self._language(session, request)
            stopped = await serving.stop_news(session, request.match_info["token"], self._ways)
        log.info("news stopped by a click" if stopped else "a click that stops nobody's news")
        return self._page(language, "done", Markup("<p>{}</p>").format(say(language, "web.stop_news.again")))

    @property
    def _ways(self) -> Ways:
        return Ways(self._product.keys, self._settings, answering.today(self._product.office))

    async def _language(self, session: Session, request: web.Request) -> Language:
        """The reader's own; for anybody else the first of ours that the browser names, or the office's."""
        person = await serving.news_reader(session, request.match_info["token"], self._ways)
        if person is not None:
            return Language(person.language)
        named = (part.strip()[:2].lower() for part in request.headers.get("Accept-Language", "")[:200].split(","))
        return next((Language(name) for name in named if name in set(Language)), self._product.office.language)

    def _page(self, language: Language, what: str, rest: Markup) -> web.Response:
        name = self._product.office.name
        page = _PAGE.format(
            language=language,
            title=say(language, f"web.stop_news.{what}_title", office=name),
            text=say(language, f"web.stop_news.{what}", office=name),
            rest=rest,
        )
        return web.Response(text=page, content_type="text/html", charset="utf-8", headers=_HEADERS)


async def _is_one_click(request: web.Request) -> bool:
    """Whether the body is what RFC 8058 says, in either of the forms that it allows. Raises 413 for a larger one."""
    body = bytearray()
    async for piece in request.content.iter_any():
        body += piece
        if len(body) > BODY_LIMIT:
            raise web.HTTPRequestEntityTooLarge(max_size=BODY_LIMIT, actual_size=len(body))
    if request.content_type == "multipart/form-data":
        return b'name="List-Unsubscribe"' in body and b"\r\n\r\nOne-Click\r\n" in body
    return body.strip() == b"List-Unsubscribe=One-Click"
