"""HTTP as bots speak it, on one connection: whole requests with a length, answered one after the other.

It costs a third of a full HTTP parser, which the stand-in needs at a thousand messages a second. What it does not know (chunks,
expectations, other paths) it gives back, and uvicorn takes the connection over.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

Event = MutableMapping[str, Any]
Application = Callable[[Event, Callable[[], Awaitable[Event]], Callable[[Event], Awaitable[None]]], Awaitable[None]]

WORDS = (b"POST /bot", b"GET /bot")
IDLE = 75.0  # seconds until a connection that nobody uses is closed
LONGEST_HEAD = 64 * 1024
_STATUS = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus}
_FAILED = _STATUS[500] + b"content-length: 0\r\nconnection: close\r\n\r\n"


@lru_cache(maxsize=1)
def _date(second: int) -> bytes:
    """The time as Telegram's servers tell it with each answer: bots compare their clocks with it."""
    return f"date: {formatdate(second, usegmt=True)}\r\n".encode()


class Line:
    """One connection. `give_back` is called with what has arrived when a request is not of the simple kind."""

    def __init__(self, application: Application, transport: asyncio.Transport, client: tuple[str, int] | None, tasks: set[Any]) -> None:
        self._application = application
        self._transport = transport
        self._client = client
        self._tasks = tasks
        self._loop = asyncio.get_running_loop()
        self._buffer = bytearray()
        self._scope: Event | None = None
        self._awaited = 0
        self._task: asyncio.Task[None] | None = None
        self._gone = asyncio.Event()
        self._used = self._loop.time()
        self._watch = self._loop.call_later(IDLE, self._close_idle)

    def feed(self, arrived: bytes) -> bytes | None:
        """Take what has arrived. Returns all that is unanswered when it is not for this class, which is of no use from then on."""
        self._used = self._loop.time()
        self._buffer += arrived
        return self._next()

    def lost(self) -> None:
        """The other side has gone."""
        self._gone.set()
        self._watch.cancel()

    def _next(self) -> bytes | None:
        """Begin the next request if it is complete and none is being answered."""
        if self._task is not None:
            return None
        if self._scope is None and not self._read_head():
            return self._given_back()
        if self._scope is None or len(self._buffer) < self._awaited:
            return None
        body = bytes(self._buffer[: self._awaited])
        del self._buffer[: self._awaited]
        scope, self._scope = self._scope, None
        self._task = task = self._loop.create_task(self._answer(scope, body))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return None

    def _given_back(self) -> bytes:
        self._watch.cancel()
        return bytes(self._buffer)

    def _read_head(self) -> bool:
        """Read a request's head once it is whole; False when it is not of the simple kind."""
        end = self._buffer.find(b"\r\n\r\n", 0, LONGEST_HEAD)
        if end < 0:
            return len(self._buffer) < LONGEST_HEAD
        first, *lines = bytes(self._buffer[:end]).split(b"\r\n")
        headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(b":") for line in lines)]
        known = dict(headers)
        length = known.get(b"content-length", b"0")
        if not first.startswith(WORDS) or not first.endswith(b" HTTP/1.1") or not length.isdigit():
            return False
        if b"transfer-encoding" in known or b"expect" in known or b"upgrade" in known or known.get(b"connection") == b"close":
            return False
        method, target, _ = first.split(b" ", 2)
        path, _, query = target.partition(b"?")
        read = unquote(path.decode("latin-1")) if b"%" in path else path.decode("latin-1")
        names = {"type": "http", "method": method.decode(), "path": read, "query_string": query, "headers": headers, "client": self._client}
        self._scope, self._awaited = names, int(length)
        del self._buffer[: end + 4]
        return True

    async def _answer(self, scope: Event, body: bytes) -> None:
        """Let the application answer one request, then begin the next."""
        exchange = _Exchange(self._transport, body, self._gone)
        try:
            await self._application(scope, exchange.receive, exchange.send)
        except Exception:
            logging.getLogger("uvicorn.error").exception("the stand-in failed")
            self._transport.write(_FAILED)
        if not exchange.answered:
            self._transport.close()
            return
        self._task = None
        self._used = self._loop.time()
        if self._buffer and self._next() is not None:
            self._transport.close()  # bots do not change their way of speaking while they wait for an answer

    def _close_idle(self) -> None:
        idle = self._loop.time() - self._used
        if self._task is None and idle >= IDLE:
            self._transport.close()
        else:
            self._watch = self._loop.call_later(max(IDLE - idle, 1.0), self._close_idle)


class _Exchange:
    """One request and its answer, as ASGI passes them on."""

    __slots__ = ("_body", "_gone", "_head", "_transport", "answered")

    def __init__(self, transport: asyncio.Transport, body: bytes, gone: asyncio.Event) -> None:
        self._transport = transport
        self._body: bytes | None = body
        self._gone = gone
        self._head = b""
        self.answered = False

    async def receive(self) -> Event:
        """The whole body, then nothing until the other side goes."""
        body, self._body = self._body, None
        if body is not None:
            return {"type": "http.request", "body": body, "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, event: Event) -> None:
        """Write head and body at once."""
        if event["type"] == "http.response.start":
            headers = b"".join(b"%b: %b\r\n" % header for header in event["headers"])
            self._head = _STATUS[event["status"]] + _date(int(time.time())) + headers + b"\r\n"
            return
        if not self._transport.is_closing():
            self._transport.write(self._head + event.get("body", b""))
        self.answered = True
