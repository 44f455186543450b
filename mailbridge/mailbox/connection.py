"""One IMAP connection, blocking: called from one thread only.

Every method may raise `imapclient.exceptions.IMAPClientError` or OSError; then the connection is of no more use.
"""

import socket
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError
from imapclient.imapclient import SocketTimeout

from mailbridge.servers import Protection, ServerAccess

INBOX = "INBOX"
CONNECT_TIMEOUT = 20.0
READ_TIMEOUT = 60.0
"""Seconds of silence after which a server is taken for gone."""

IDLE_FOR = 8 * 60.0
"""Seconds after which IDLE is renewed: servers and routers drop silent connections (RFC 2177 says 29 minutes)."""

PIECE = 512 * 1024
"""Bytes of a large mail that are fetched at once."""


def connect(access: ServerAccess) -> "_Client":
    """A client that is logged in, without Nagle's delay. `LoginError` when the login is refused, `NoToken` without one. Blocking."""
    timeout = SocketTimeout(CONNECT_TIMEOUT, READ_TIMEOUT)
    context = None if access.tls is Protection.NONE else access.tls_context()
    implicit = access.tls is Protection.IMPLICIT
    client = _Client(access.host, access.port, ssl=implicit, ssl_context=context if implicit else None, timeout=timeout)
    try:
        if access.tls is Protection.STARTTLS:
            client.starttls(context)
        client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _log_in(client, access)
    except BaseException:
        with suppress(IMAPClientError, OSError):
            client.shutdown()
        raise
    return client


def _log_in(client: IMAPClient, access: ServerAccess) -> None:
    if access.tokens is None:
        client.login(access.user, access.password)
        return
    if not client.has_capability("AUTH=XOAUTH2"):
        raise LoginError("the server doesn't offer XOAUTH2")
    token = access.tokens.current()
    try:
        client.oauth2_login(access.user, token)
    except LoginError:
        another = access.tokens.instead_of(token)
        if another is None:
            raise
        client.oauth2_login(access.user, another)


class _Client(IMAPClient):  # type: ignore[misc]  # imapclient has no types
    """An IMAPClient that waits for the server in one way only: until there is something to read.

    Its own `idle_check` overlooks what came in one packet with "+ idling", which stands in Python's buffer or in that of TLS, where
    `poll` sees nothing; and a line that comes in two packets ends the connection for it.
    """

    def speaks(self, seconds: float) -> bool:
        """Whether the server says something within so many seconds, or has ended the connection. Reads nothing."""
        sock = self.socket()
        sock.setblocking(False)
        try:
            with suppress(OSError):  # TLS says so when it has nothing whole
                if self._imap.file.peek(1):
                    return True
            return bool(self._poll_socket(sock, seconds))
        finally:
            sock.setblocking(True)
            self._set_read_timeout()


class Inbox:
    """The INBOX over one connection."""

    def __init__(self, client: _Client) -> None:
        self._client = client
        self._idle_since: float | None = None
        self._folders: dict[str, str] = {}
        self._news = False
        capabilities = set(client.capabilities())
        self._can_idle = b"IDLE" in capabilities
        self._can_move = b"MOVE" in capabilities
        self._can_expunge_some = b"UIDPLUS" in capabilities
        self._has_namespace = b"NAMESPACE" in capabilities

    def select(self) -> int:
        """Open the INBOX (again); its UIDVALIDITY, which changes when the server forgot what its UIDs meant."""
        self._awake()
        return int(self._client.select_folder(INBOX)[b"UIDVALIDITY"])

    def uids(self) -> list[int]:
        """The mails that stand in the INBOX, oldest first."""
        self._awake()
        self._client.noop()  # a server may search among what it has announced only
        self._has_news()
        return sorted(self._client.search("ALL"))

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """Their sizes in bytes, as the server says; of those that are still there."""
        self._awake()
        found = self._client.fetch(uids, ["RFC822.SIZE"])
        return {uid: int(data[b"RFC822.SIZE"]) for uid, data in found.items() if b"RFC822.SIZE" in data}

    def whole(self, uids: Sequence[int]) -> dict[int, bytes]:
        """The bytes of small mails, without marking them as read; of those that are still there."""
        self._awake()
        found = self._client.fetch(uids, ["BODY.PEEK[]"])
        return {uid: data[b"BODY[]"] or b"" for uid, data in found.items() if b"BODY[]" in data}

    def piece(self, uid: int, start: int) -> bytes:
        """At most `PIECE` bytes of a mail from `start`; empty at the end."""
        self._awake()
        found = self._client.fetch([uid], [f"BODY.PEEK[]<{start}.{PIECE}>"])
        data = found.get(uid, {})
        return next((value for key, value in data.items() if key.startswith(b"BODY[]") and value), b"")

    def pieces(self, uid: int) -> Iterator[bytes]:
        """A large mail, piece by piece."""
        start = 0
        while piece := self.piece(uid, start):
            yield piece
            start += len(piece)
            if len(piece) < PIECE:
                return

    def move(self, uids: Iterable[int], folder: str) -> None:
        """Move mails to a folder beside the INBOX, made on first use (MOVE: RFC 6851, or COPY and EXPUNGE)."""
        self._awake()
        chosen = list(uids)
        if not chosen:
            return
        target = self._folder(folder)
        if self._can_move:
            self._client.move(chosen, target)
            return
        self._client.copy(chosen, target)
        self._client.delete_messages(chosen, silent=True)
        if self._can_expunge_some:
            self._client.uid_expunge(chosen)
        else:
            self._client.expunge()

    def wait(self, seconds: float) -> bool:
        """Wait for news in the INBOX; True as soon as the server told of mails since `uids` was asked."""
        if self._has_news():
            return True
        if not self._can_idle:
            time.sleep(seconds)
            _, said = self._client.noop()
            return _tells_of_mail(said)
        if self._idle_since is not None and time.monotonic() - self._idle_since > IDLE_FOR:
            self._awake()
        if self._idle_since is None:
            self._client.idle()
            self._idle_since = time.monotonic()
        if self._client.speaks(seconds):
            self._awake()  # to the end of what it says; it says so, too, when the connection has ended
        return self._has_news()

    def close(self) -> None:
        """Log out, or just hang up."""
        with suppress(IMAPClientError, OSError):
            self._awake()
            self._client.logout()
            return
        with suppress(IMAPClientError, OSError):
            self._client.shutdown()

    def _awake(self) -> None:
        if self._idle_since is not None:
            self._idle_since = None
            _, said = self._client.idle_done()
            self._news = self._news or _tells_of_mail(said)

    def _has_news(self) -> bool:
        """Whether the server told of mails beside the answers to other commands too; told once."""
        _, counts = self._client._imap.response("EXISTS")  # noqa: SLF001  # imapclient keeps these to itself
        found, self._news = self._news or counts != [None], False
        return found

    def _folder(self, name: str) -> str:
        """The full name of a folder of ours; made and subscribed to when it doesn't exist."""
        if name not in self._folders:
            full = self._prefix() + name
            if not self._client.folder_exists(full):
                self._client.create_folder(full)
                with suppress(IMAPClientError):
                    self._client.subscribe_folder(full)
            self._folders[name] = full
        return self._folders[name]

    def _prefix(self) -> str:
        """What personal folders begin with on this server, e.g. `INBOX.` (RFC 2342)."""
        if not self._has_namespace:
            return ""
        personal = self._client.namespace().personal
        return str(personal[0][0]) if personal else ""


def _tells_of_mail(said: Iterable[Any]) -> bool:
    return any(len(line) > 1 and line[1] in {b"EXISTS", b"RECENT"} for line in said)
