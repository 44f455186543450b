"""From settings to the values that the channels work with."""

import contextlib
from pathlib import Path

import structlog
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramAPIError

from core.errors import Misconfigured
from core.office import Office
from loket.settings import OauthSettings, ServerSettings, Settings
from mailbridge.composing import MailSettings
from mailbridge.oauth import AccessTokens, Grant
from mailbridge.servers import Protection, ServerAccess

log = structlog.get_logger()


def bot_of(settings: Settings) -> Bot | None:
    """The bot, or None when no token is set. Raises Misconfigured for what can't be a token."""
    token = settings.telegram.token.get_secret_value()
    if not token:
        return None
    session = AiohttpSession(api=TelegramAPIServer.from_base(settings.telegram.api))
    try:
        return Bot(token, session=session)
    except ValueError:
        raise Misconfigured(
            "Setting telegram.token isn't a bot token: it looks like 1234567890:AA… from @BotFather."
        ) from None


async def bot_username(settings: Settings, bot: Bot | None) -> str:
    """The bot's username for the links in mails: asked of Telegram, or as it was when Telegram last answered."""
    if bot is None:
        return ""
    kept = settings.data / "bot-username"
    try:
        username = (await bot.me()).username or ""
    except (TelegramAPIError, OSError) as error:
        log.warning("Telegram can't be reached; links in mails use the bot's last known name", cause=str(error))
        with contextlib.suppress(FileNotFoundError):
            return kept.read_text(encoding="ascii")
        return ""
    kept.write_text(username, encoding="ascii")
    return username


def server_access(server: ServerSettings, oauth: OauthSettings) -> ServerAccess:
    """How to reach a mail server; with tokens when it has an account without a password and there is a way to have them."""
    by_token = bool(server.user and not server.password.get_secret_value() and oauth.token_url)
    return ServerAccess(
        host=server.host,
        port=server.port,
        user=server.user,
        password=server.password.get_secret_value(),
        tls=Protection(server.tls),
        verify=server.verify,
        tokens=AccessTokens(_grant(oauth)) if by_token else None,
    )


def _grant(oauth: OauthSettings) -> Grant:
    return Grant(
        token_url=oauth.token_url,
        client_id=oauth.client_id,
        client_secret=oauth.client_secret.get_secret_value(),
        refresh_token=oauth.refresh_token.get_secret_value(),
        scope=oauth.scope,
    )


def mail_settings(settings: Settings, office: Office, bot: str = "") -> MailSettings:
    """The mail side of the office's settings. Raises Misconfigured when the portal has no address."""
    local, at, domain = settings.mail.address.rpartition("@")
    if not (local and at and domain):
        raise Misconfigured("Setting mail.address must be the portal's own address, such as portaal@kantoor.nl.")
    return MailSettings(
        domain=domain,
        portal=settings.mail.address,
        bot=bot,
        authserv_id=settings.mail.authserv_id,
        reply_local=settings.mail.reply_local_part,
        logo=Path(office.logo).read_bytes() if office.logo else b"",
        web=settings.http.web,
    )
