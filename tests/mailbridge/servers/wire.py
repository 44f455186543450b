"""A wire between the product and a server, that can be cut in the middle of what goes over it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass


@dataclass(slots=True)
class Wire:
    """Passes bytes on. `down` is how many more may come from the server, `up` how many may go to it, before it is cut."""

    server: int
    port: int = 0
    down: int | None = None
    up: int | None = None
    cuts: int = 0
    connections: int = 0

    @asynccontextmanager
    async def laid(self) -> AsyncIterator["Wire"]:
        """The wire, listening on `port`."""
        listening = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = int(listening.sockets[0].getsockname()[1])
        try:
            yield self
        finally:
            listening.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.server)
        except OSError:
            writer.transport.abort()
            return
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pass_on(reader, far_writer, "up"))
                group.create_task(self._pass_on(far_reader, writer, "down"))
        except* OSError:
            pass
        finally:
            for end in (writer, far_writer):
                end.transport.abort()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: str) -> None:
        while data := await reader.read(16_384):
            left = getattr(self, way)
            if left is not None and len(data) >= left:
                setattr(self, way, None)
                self.cuts += 1
                raise ConnectionResetError
            if left is not None:
                setattr(self, way, left - len(data))
            writer.write(data)
            await writer.drain()
        raise ConnectionResetError
