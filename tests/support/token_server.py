"""A token server as those of Microsoft and Google answer (RFC 6749), on this machine."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.test_utils import TestServer

SECRET = "cl1ent-s3cret-of-the-tests"


@dataclass(slots=True)
class TokenServer:
    """Hands out `token-1`, `token-2`, ... that live for `life` seconds; `gives` hears of each before it goes out.

    With `refuses` it answers that error code instead.
    """

    life: float = 3600
    refuses: str = ""
    gives: Callable[[str], object] = str
    asked: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        """One answer, with Microsoft's kind of explanation when it refuses."""
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append(form)
        if self.refuses:
            why = f"AADSTS7000215: Invalid client secret provided: {form.get('client_secret')}. Trace ID: 1"
            return web.json_response({"error": self.refuses, "error_description": why}, status=401)
        token = f"token-{len(self.asked)}"
        self.gives(token)
        return web.json_response({"token_type": "Bearer", "expires_in": self.life, "access_token": token})


@asynccontextmanager
async def token_server() -> AsyncIterator[TokenServer]:
    """One that listens."""
    made = TokenServer()
    application = web.Application()
    application.router.add_post("/token", made.answer)
    async with TestServer(application) as listening:
        made.url = str(listening.make_url("/token"))
        yield made
