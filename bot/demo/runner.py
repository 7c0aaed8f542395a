"""Run the stand-in's application on uvicorn, in the loop that is already running.

uvicorn's own main loop only ticks and listens for signals; leaving it out makes starting and stopping a matter of
milliseconds, which a suite with hundreds of stand-ins needs.
"""

import asyncio
import socket
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.demo.line import WORDS, Line
from bot.serving import quiet

Transports = dict[tuple[str, int], asyncio.Transport]


def listen(port: int) -> socket.socket:
    """A socket on 127.0.0.1; port 0 means any free one."""
    # asyncio sets TCP_NODELAY only on sockets that say they are TCP; without it every answer waits 40 ms.
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind(("127.0.0.1", port))
    except OSError:
        found.close()
        raise
    return found


class Runner:
    """One uvicorn server. `transports` maps a peer's address to its connection, so that it can be broken."""

    def __init__(self, application: Any, sock: socket.socket, transports: Transports) -> None:
        self._sock = sock
        self._transports = transports
        self._server = quiet(application, _protocol(transports), backlog=512, timeout_keep_alive=75)

    async def start(self) -> None:
        """Accept connections."""
        await self._server.startup(sockets=[self._sock])
        await self._server.on_tick(0)

    async def stop(self) -> None:
        """Break every connection and wait until their requests have ended."""
        for server in self._server.servers:
            server.close()
        for transport in list(self._transports.values()):
            transport.abort()
        tasks = set(self._server.server_state.tasks)
        if tasks:
            _, stuck = await asyncio.wait(tasks, timeout=1.0)
            for task in stuck:
                task.cancel()
            await asyncio.gather(*stuck, return_exceptions=True)
        self._sock.close()


def _protocol(transports: Transports) -> type[H11Protocol]:
    class Tracked(H11Protocol):
        """Tells who is connected, and lets bots speak on a `Line`."""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            """Remember the connection by its peer."""
            super().connection_made(transport)
            self._peer = tuple(transport.get_extra_info("peername") or ("", 0))[:2]
            self._line: Line | None = None
            self._is_new = True
            transports[self._peer] = transport

        def data_received(self, data: bytes) -> None:
            """Find out at the first bytes who speaks."""
            if self._is_new and data.startswith(WORDS):
                self._line = Line(self.app, self.transport, self.client, self.tasks)
            self._is_new = False
            rest = data if self._line is None else self._line.feed(data)
            if rest is not None:
                self._line = None
                super().data_received(rest)

        def connection_lost(self, exc: Exception | None) -> None:
            """Forget it."""
            transports.pop(self._peer, None)
            if self._line is not None:
                self._line.lost()
            super().connection_lost(exc)

    return Tracked
