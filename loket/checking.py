"""`loket check`: whether each part works, and what to do when it doesn't (OPS-3)."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aiohttp
import aiosmtplib
from aiogram.exceptions import TelegramUnauthorizedError
from imapclient.exceptions import LoginError

from core.database import open_database
from core.errors import Misconfigured
from core.files.store import FileStore
from loket.channels import bot_of, server_access
from loket.settings import Settings, TelegramMode
from mailbridge.composing import STOP_PATH
from mailbridge.mailbox.connection import connect as connect_imap
from mailbridge.oauth import NoToken
from mailbridge.parsing import IncomingMail, read_mail
from mailbridge.sender import surveyed
from mailbridge.sending import connect as connect_smtp
from mailbridge.servers import ServerAccess
from migrations import revisions

SURVEYED = 20
"""Mails of a folder whose Authentication-Results are looked at."""

PATIENCE = 20.0
"""Seconds that one part may take to answer."""


TOKEN_ADVICE = {
    "invalid_client": "Look at mail.oauth.client_id and mail.oauth.client_secret; a secret at Microsoft ends after at most two years.",
    "unauthorized_client": "Let an administrator approve the application (admin consent), and look at mail.oauth.client_id.",
    "invalid_grant": "mail.oauth.refresh_token is no longer good: make a new one, as docs/operations.md says.",
    "invalid_scope": "Look at mail.oauth.scope.",
}
"""What to do, by the error codes of token servers (RFC 6749, 5.2)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one part. `ok` is None for a part that is switched off; `advice` says what to do."""

    part: str
    ok: bool | None
    detail: str
    advice: str = ""


class Trouble(Exception):
    """A part doesn't work; the text says what to do."""

    def __init__(self, detail: str, advice: str) -> None:
        super().__init__(detail)
        self.detail, self.advice = detail, advice


async def check(settings: Settings) -> list[Finding]:
    """A finding for each part; never raises, never shows a secret."""
    parts: dict[str, Callable[[Settings], Awaitable[str | None]]] = {
        "database": _database,
        "storage": _storage,
        "telegram": _telegram,
        "webhook": _webhook,
        "imap": _imap,
        "smtp": _smtp,
        "mail authentication": _authentication,
        "web": _web,
    }
    return [await _finding(name, part, settings) for name, part in parts.items()]


async def _finding(name: str, part: Callable[[Settings], Awaitable[str | None]], settings: Settings) -> Finding:
    try:
        async with asyncio.timeout(PATIENCE):
            detail = await part(settings)
    except Trouble as trouble:
        return Finding(name, ok=False, detail=trouble.detail, advice=trouble.advice)
    except TimeoutError:
        return Finding(
            name,
            ok=False,
            detail=f"no answer in {PATIENCE:.0f} s",
            advice="Is the host right, and no firewall between?",
        )
    except Exception as error:  # noqa: BLE001  # a check reports whatever it meets
        return Finding(
            name, ok=False, detail=f"{type(error).__name__}: {error}", advice=f"Look at the settings of {name}."
        )
    return Finding(name, ok=None if detail is None else True, detail=detail or "switched off: not set")


async def _database(settings: Settings) -> str:
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine, _ = open_database(settings.database_url)
    try:
        async with engine.connect() as connection:
            current = await connection.run_sync(revisions.current)
    except OSError as error:
        raise Trouble(str(error), "Is the database server running, and database.url right?") from error
    finally:
        await engine.dispose()
    if current != revisions.head():
        raise Trouble(f"at revision {current or 'none'}, this version needs {revisions.head()}", "Run: loket migrate")
    return f"{engine.dialect.name}, revision {current}"


async def _storage(settings: Settings) -> str:
    store = FileStore.open(settings.storage_url)
    content = await store.put(b"loket check")
    if await store.get(content.sha256) != b"loket check":
        raise Trouble("what was written came back changed", "Look at the disk or bucket at once.")
    return "written and read back"


async def _telegram(settings: Settings) -> str | None:
    bot = bot_of(settings)
    if bot is None:
        return None
    try:
        async with bot:
            me = await bot.get_me()
    except TelegramUnauthorizedError as error:
        raise Trouble("Telegram doesn't know this token", "Copy telegram.token from @BotFather again.") from error
    return f"@{me.username}"


async def _webhook(settings: Settings) -> str | None:
    bot = bot_of(settings)
    if bot is None:
        return None
    async with bot:
        info = await bot.get_webhook_info()
    wants = settings.telegram.mode is TelegramMode.WEBHOOK
    if not wants:
        return "polling" if not info.url else "polling; a webhook still set elsewhere is removed at the start"
    if not settings.telegram.webhook_secret.get_secret_value():
        raise Trouble("there is no secret", "Set telegram.webhook_secret to 32 random characters of A-Z a-z 0-9 _ -.")
    if info.url != settings.telegram.webhook_url:
        return f"will be set to {settings.telegram.webhook_url} at the start"
    if info.last_error_message:
        raise Trouble(
            f"Telegram says: {info.last_error_message}", "Is telegram.webhook_url reachable from outside, over TLS?"
        )
    return f"{info.pending_update_count} updates waiting"


async def _imap(settings: Settings) -> str | None:
    if not settings.mail.imap.host:
        return None
    access = server_access(settings.mail.imap, settings.mail.oauth)
    try:
        client = await asyncio.to_thread(connect_imap, access)
    except LoginError as error:
        raise _login_trouble("imap", access) from error
    except NoToken as error:
        raise _token_trouble(error) from error
    try:
        status = await asyncio.to_thread(client.folder_status, "INBOX", ["MESSAGES"])
    finally:
        await asyncio.to_thread(client.logout)
    return f"{status[b'MESSAGES']} mails in the INBOX{_how(access)}"


async def _smtp(settings: Settings) -> str | None:
    if not settings.mail.smtp.host:
        return None
    access = server_access(settings.mail.smtp, settings.mail.oauth)
    try:
        client = await connect_smtp(access)
    except aiosmtplib.SMTPAuthenticationError as error:
        raise _login_trouble("smtp", access) from error
    except NoToken as error:
        raise _token_trouble(error) from error
    await client.quit()
    return f"connected and logged in{_how(access)}"


def _how(access: ServerAccess) -> str:
    return " (with an access token)" if access.tokens else ""


def _login_trouble(server: str, access: ServerAccess) -> Trouble:
    if access.tokens is None:
        return Trouble("the mail server refuses the login", f"Look at mail.{server}.user and mail.{server}.password.")
    return Trouble(
        "there is an access token, but the mail server refuses it",
        f"Look at mail.{server}.user and mail.oauth.scope: may this client open that mailbox? See docs/operations.md.",
    )


def _token_trouble(error: NoToken) -> Trouble:
    return Trouble(
        error.reason, TOKEN_ADVICE.get(error.code, "Look at mail.oauth.token_url and the other settings of mail.oauth.")
    )


async def _authentication(settings: Settings) -> str | None:
    if not settings.mail.imap.host:
        return None
    if not settings.mail.authserv_id:
        raise Trouble(
            "mail.authserv_id is not set, so no mail can be proven and every one is quarantined",
            "Copy the first word of the Authentication-Results header of a mail that the portal's mailbox received.",
        )
    if "@" not in settings.mail.address:
        raise Misconfigured("mail.address must be the portal's own address, such as portaal@kantoor.nl")
    advice = surveyed(await asyncio.to_thread(_newest_mails, settings), settings.mail.authserv_id)
    if advice:
        raise Trouble("the newest mails can't all be proven", advice)
    return settings.mail.authserv_id


async def _web(settings: Settings) -> str | None:
    """Whether the page that stops news is reached from outside, as far as can be seen from here."""
    http = settings.http
    if not http.web:
        return None
    local = "127.0.0.1" if http.host == "0.0.0.0" else http.host  # noqa: S104  # compared, not listened on
    if not http.port or not await _is_our_page(f"http://{local}:{http.port}"):
        return f"{http.web}, not looked at: no Loket serves it on this machine now"
    if not await _is_our_page(http.web):
        raise Trouble(
            f"the page that stops news isn't reached at {http.web}",
            f"Let your proxy pass {STOP_PATH} to http://{http.host}:{http.port}, or correct http.web.",
        )
    return f"{http.web}, reached"


async def _is_our_page(base: str) -> bool:
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as client,
            client.get(f"{base.rstrip('/')}{STOP_PATH}check") as answer,
        ):
            return answer.status == 200 and "List-Unsubscribe" in await answer.text()
    except (aiohttp.ClientError, TimeoutError, UnicodeDecodeError):
        return False


def _newest_mails(settings: Settings) -> list[IncomingMail]:
    """The headers of the newest mails that came in, handled or not."""
    client = connect_imap(server_access(settings.mail.imap, settings.mail.oauth))
    try:
        found: list[bytes] = []
        for folder in ("INBOX", "Processed"):
            if client.folder_exists(folder):
                client.select_folder(folder, readonly=True)
                newest = client.search()[-SURVEYED:]
                found += [row[b"BODY[HEADER]"] for row in client.fetch(newest, ["BODY.PEEK[HEADER]"]).values()]
    finally:
        client.logout()
    return [read_mail(header) for header in found]
