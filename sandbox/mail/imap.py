"""IMAP4rev1: pymap speaks the protocol; who may log in and which folders they then see stands here.

An own backend instead of pymap's Maildir: bytes are served exactly as they came in, whatever they are; IDLE
announces a new mail at once; logging in costs no password hashing.
"""

from argparse import Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from pymap.backend.session import BaseSession
from pymap.concurrent import Subsystem
from pymap.config import BackendCapability, IMAPConfig
from pymap.exceptions import AuthorizationFailure, InvalidAuth, NotSupportedError
from pymap.interfaces.login import IdentityInterface, LoginInterface
from pymap.token import AllTokens
from pymap.user import UserMetadata
from pysasl import SASLAuth
from pysasl.creds.external import ExternalVerificationRequired
from pysasl.creds.server import ServerCredentials
from pysasl.hashing import Cleartext

from sandbox.mail.accounts import Account, Accounts
from sandbox.mail.folder_views import MailboxViews, Message


class Session(BaseSession[Message]):
    """One logged-in connection."""

    def __init__(self, owner: str, config: IMAPConfig, views: MailboxViews) -> None:
        super().__init__(owner)
        self._config = config
        self._views = views

    @property
    def config(self) -> IMAPConfig:
        return self._config

    @property
    def mailbox_set(self) -> MailboxViews:
        return self._views


class Identity(IdentityInterface):
    """An account that has proven its password."""

    def __init__(self, name: str, config: IMAPConfig, views: MailboxViews) -> None:
        self._name = name
        self._config = config
        self._views = views

    @property
    def name(self) -> str:
        return self._name

    @property
    def roles(self) -> frozenset[str]:
        return frozenset()

    @asynccontextmanager
    async def new_session(self) -> AsyncIterator[Session]:
        yield Session(self.name, self._config, self._views)

    async def new_token(self, *, expiration: datetime | None = None) -> str | None:  # noqa: ARG002  # pymap's signature
        return None

    async def get(self) -> UserMetadata:
        return UserMetadata(self._config, self.name)

    async def set(self, metadata: UserMetadata) -> int | None:  # noqa: ARG002  # pymap's signature
        raise NotSupportedError

    async def delete(self) -> None:
        raise NotSupportedError


class Login(LoginInterface):
    """LOGIN, AUTH=PLAIN, AUTH=LOGIN and AUTH=XOAUTH2 against the sandbox's accounts."""

    def __init__(self, accounts: Accounts, config: IMAPConfig) -> None:
        self._tokens = AllTokens(config)
        self._accounts = accounts
        self._config = config
        self._views: dict[str, MailboxViews] = {}

    @property
    def tokens(self) -> AllTokens:
        return self._tokens

    async def authenticate(self, credentials: ServerCredentials) -> Identity:
        await self._accounts.faults.pause()
        account = self._accounts.named(credentials.authcid or credentials.authzid)
        if account is None or not self._proves(credentials, account):
            raise InvalidAuth
        if account.address not in self._views:
            self._views[account.address] = MailboxViews(account.folders)
        return Identity(account.address, self._config, self._views[account.address])

    def _proves(self, credentials: ServerCredentials, account: Account) -> bool:
        try:
            return bool(credentials.verify(UserMetadata(self._config, account.address, password=account.password)))
        except ExternalVerificationRequired as bearer:
            return bearer.token in account.tokens

    async def authorize(self, authenticated: IdentityInterface, authzid: str) -> Identity:
        if authzid and self._accounts.named(authzid) is not self._accounts.named(authenticated.name):
            raise AuthorizationFailure
        return Identity(authenticated.name, self._config, self._views[authenticated.name])


class Config(IMAPConfig):
    """pymap's settings: plain passwords in memory, no name look-ups, everything in this event loop."""

    def __init__(self, host_name: str) -> None:
        here = Subsystem.for_asyncio()
        super().__init__(
            Namespace(passlib_cfg=None, proxy_protocol=None),
            host=None,
            port=0,
            subsystem=here,
            cpu_subsystem=here,
            tls_enabled=False,
            hash_context=Cleartext(),
            reject_dnsbl=False,
            max_append_len=200_000_000,
        )
        self._host_name = host_name

    @property
    def tls_auth(self) -> SASLAuth:
        return SASLAuth.named([b"PLAIN", b"LOGIN", b"XOAUTH2"])

    @property
    def greeting(self) -> bytes:
        return b"Server ready " + self._host_name.encode("ascii")

    @property
    def backend_capability(self) -> BackendCapability:
        return BackendCapability(idle=True, object_id=True, multi_append=True)
