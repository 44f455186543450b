"""The two ports of the mail server: opening them, breaking every connection, coming back on the same numbers."""

import asyncio
import logging
import os
import ssl
from collections.abc import Awaitable, Callable

from proxyprotocol.sock import SocketInfo
from pymap.imap import IMAPServer

from sandbox.mail.accounts import Accounts
from sandbox.mail.imap import Config, Login
from sandbox.mail.smtp import Connection, Door

HOST = "127.0.0.1"
_LINE_LIMIT = 1024 * 1024
_log = logging.getLogger(__name__)

Opener = Callable[[int], Awaitable[asyncio.Server]]


class Ports:
    """IMAP and SMTP on 127.0.0.1. `imap` and `smtp` are the port numbers; 0 until opened means any free one."""

    def __init__(self, accounts: Accounts, door: Door, *, host_name: str, tls: ssl.SSLContext | None) -> None:
        self.imap = 0
        self.smtp = 0
        self._door = door
        self._host_name = host_name
        self._tls = tls
        config = Config(host_name)
        self._imap_server = IMAPServer(Login(accounts, config), config)
        self._listening: list[asyncio.Server] = []
        self._conversations: set[asyncio.Task[None]] = set()
        self._connections: set[Connection] = set()

    async def open(self) -> None:
        """Listen. A number that is taken by now gives way to a free one."""
        if self._listening:
            return
        self.imap = await self._listen(self._open_imap, self.imap)
        self.smtp = await self._listen(self._open_smtp, self.smtp)

    async def close(self) -> None:
        """Stop listening and break every connection."""
        for server in self._listening:
            server.close()
        self._listening.clear()
        connections = list(self._connections)
        for connection in connections:
            connection.abort()
        conversations = list(self._conversations)
        for task in conversations:
            task.cancel()
        await asyncio.gather(*conversations, return_exceptions=True)
        await asyncio.gather(*(connection.ended.wait() for connection in connections))

    async def _listen(self, opener: Opener, port: int) -> int:
        try:
            server = await opener(port)
        except OSError:
            server = await opener(0)
        self._listening.append(server)
        return int(server.sockets[0].getsockname()[1])

    async def _open_imap(self, port: int) -> asyncio.Server:
        return await asyncio.start_server(self._converse, HOST, port, ssl=self._tls, limit=_LINE_LIMIT)

    async def _open_smtp(self, port: int) -> asyncio.Server:
        return await asyncio.get_running_loop().create_server(self._connection, HOST, port, ssl=self._tls)

    def _connection(self) -> Connection:
        return Connection(self._connections, self._door, name=self._host_name)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._conversations.add(task)
        try:
            info = SocketInfo.get(writer, None, unique_id=os.urandom(8))
            await self._imap_server(reader, writer, info)
        except (ConnectionError, asyncio.CancelledError):
            _log.debug("An IMAP connection broke off")
        finally:
            self._conversations.discard(task)
            if writer.transport is not None:
                writer.transport.abort()
