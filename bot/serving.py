"""A small web server inside the loop that is already running, for what answers on a port: uvicorn without a loop and signals of its own."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from bot.errors import StartRefused

END_SECONDS: Final = 1.0
"""How long answers that have begun may take when the server ends."""
HEAD_SECONDS: Final = 10.0
"""How long somebody who connected may take to say what they want."""


@contextmanager
def listening(host: str, port: int, *, setting: str) -> Iterator[socket.socket | None]:
    """Have a port of this machine for as long as the block runs; port 0 means none.

    Raises:
        StartRefused: it cannot be had; the text names the setting to change.
    """
    if port == 0:
        yield None
        return
    with _bound(host, port, setting) as sock:
        yield sock


def _bound(host: str, port: int, setting: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sets TCP_NODELAY only on sockets that say they are TCP; without it every answer waits 40 ms.
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
        found.listen()
    except OSError as error:
        found.close()
        reason = (error.strerror or type(error).__name__).lower()
        raise StartRefused(f"{setting}: port {port} of {host} cannot be used ({reason}); choose another one") from None
    return found


@asynccontextmanager
async def served(application: Any, sock: socket.socket, *, most: int) -> AsyncIterator[None]:
    """Answer on the socket for as long as the block runs.

    Of more than `most` connections at once, the newest are cut off, and so is whoever takes `HEAD_SECONDS` over the head of a request.
    """
    server = quiet(application, _few(most), date_header=False)
    await server.startup(sockets=[sock])
    try:
        yield
    finally:
        await _end(server)


def quiet(application: Any, http: type[H11Protocol], **options: Any) -> uvicorn.Server:
    """Return a server that neither logs nor tells what it is, ready for `startup`."""
    config = uvicorn.Config(
        application,
        http=http,
        lifespan="off",
        ws="none",
        access_log=False,
        log_config=None,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        **options,
    )
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    return server


async def _end(server: uvicorn.Server) -> None:
    for listener in server.servers:
        listener.close()
    tasks = set(server.server_state.tasks)
    if tasks:
        _, stuck = await asyncio.wait(tasks, timeout=END_SECONDS)
        for task in stuck:
            task.cancel()
        await asyncio.gather(*stuck, return_exceptions=True)
    for connection in list(server.server_state.connections):
        connection.transport.abort()


def _few(most: int) -> type[H11Protocol]:
    class Few(H11Protocol):
        """Takes only so many connections, and none for nothing: whoever holds more must not use up the descriptors of the bot."""

        _patience: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            """Cut off what is too much."""
            super().connection_made(transport)
            if len(self.connections) > most:
                transport.abort()
            else:
                self._wait()

        def data_received(self, data: bytes) -> None:
            """Wait no longer once a request has begun; between two of them uvicorn's own time for that runs until the next byte."""
            super().data_received(data)
            cycle: RequestResponseCycle | None = self.cycle
            if cycle is not None and not cycle.response_complete:
                self._wait_no_more()
            elif self._patience is None:
                self._wait()

        def connection_lost(self, exc: Exception | None) -> None:
            """Forget it."""
            self._wait_no_more()
            super().connection_lost(exc)

        def _wait(self) -> None:
            self._patience = self.loop.call_later(HEAD_SECONDS, self.transport.abort)

        def _wait_no_more(self) -> None:
            if self._patience is not None:
                self._patience.cancel()
                self._patience = None

    return Few
