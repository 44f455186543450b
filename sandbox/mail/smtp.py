"""SMTP with AUTH for whoever has a mailbox here, and plain relay for everyone else. aiosmtpd speaks the protocol."""

import asyncio
import base64
import logging
from collections.abc import Callable, Iterable
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from sandbox.mail.accounts import Account, Accounts
from sandbox.mail.mailbox import Post

Refused = Callable[[str, str, str], None]
"""Hears of an address that was refused: envelope sender, recipient, the answer."""


logging.getLogger("mail.log").setLevel(
    logging.ERROR
)  # aiosmtpd warns at each login of an attribute that it sets itself


class Connection(SMTP):
    """One SMTP connection that is known to the server, so that it can be broken."""

    def __init__(self, known: "set[Connection]", handler: "Door", *, name: str) -> None:
        super().__init__(
            handler,
            hostname=name,
            ident="ESMTP",
            data_size_limit=handler.size_limit,
            enable_SMTPUTF8=True,
            authenticator=handler.authenticate,
            auth_require_tls=False,
            loop=asyncio.get_running_loop(),
        )
        self._known = known
        self.ended = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._known.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._known.discard(self)
        self.ended.set()
        super().connection_lost(error)

    def abort(self) -> None:
        """Break the connection without a word."""
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()


class Door:
    """What happens at each step of an SMTP conversation. `size_limit` is announced as SIZE, in bytes."""

    def __init__(self, accounts: Accounts, post: Post, refused: Refused, size_limit: int) -> None:
        self.size_limit = size_limit
        self._accounts = accounts
        self._post = post
        self._refused = refused

    def authenticate(self, *step: Any) -> AuthResult:
        """PLAIN and LOGIN. `handled` must be False on failure, or aiosmtpd never answers."""
        proof = step[-1]
        if not isinstance(proof, LoginPassword):
            return AuthResult(success=False, handled=False)
        account = self._accounts.named(proof.login.decode("utf-8", "replace"))
        right = account is not None and account.password.encode() == proof.password
        return AuthResult(success=right, handled=right, auth_data=account)

    async def auth_XOAUTH2(self, server: SMTP, words: list[str]) -> AuthResult:  # noqa: N802  # aiosmtpd finds it by this name
        """`AUTH XOAUTH2 base64(user=ADDRESS ^A auth=Bearer TOKEN ^A ^A)`; refused after a challenge, as the big ones do."""
        try:
            user, bearer = base64.b64decode("".join(words[1:])).decode().split("\x01")[:2]
        except ValueError:
            return AuthResult(success=False, handled=False)
        account = self._accounts.named(user.removeprefix("user="))
        if account is None or bearer.removeprefix("auth=Bearer ") not in account.tokens:
            await server.challenge_auth('{"status":"400","schemes":"Bearer"}')
            return AuthResult(success=False, handled=False)
        return AuthResult(success=True, handled=True, auth_data=account)

    async def handle_RCPT(  # noqa: N802  # aiosmtpd finds the hook by this name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await self._accounts.faults.pause()
        refused = self._accounts.faults.refusal_for(address) or self._nobody(address)
        if refused is not None:
            self._refused(envelope.mail_from or "", address, refused)
            return refused
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  # aiosmtpd finds the hook by this name
        self, server: Connection, session: Session, envelope: Envelope
    ) -> str:
        await self._accounts.faults.pause()
        owner = session.auth_data if isinstance(session.auth_data, Account) else None
        content = envelope.original_content or b""
        await self._post(content, mail_from=envelope.mail_from or "", recipients=_once(envelope.rcpt_tos), owner=owner)
        if self._accounts.faults.loses_answer():
            server.abort()
        return "250 2.0.0 OK: queued"

    def _nobody(self, address: str) -> str | None:
        if self._accounts.owner_of(address) or address.lower() in self._accounts.faults.bouncing:
            return None
        if self._accounts.serves(address.rpartition("@")[2]):
            return "550 5.1.1 No such user here"
        return "550 5.4.4 Host or domain name not found"


def _once(addresses: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(addresses))
