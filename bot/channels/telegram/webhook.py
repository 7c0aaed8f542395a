"""From Telegram to the store, the other way round: Telegram brings each update, and is answered with 200 once it is on disk.

Anything but 2xx makes Telegram bring it again, so what could not be stored is not lost, and what was stored and whose answer got lost comes
a second time, which the store's unique key drops. Until it is taken, Telegram brings nothing else of the same chat: the order in which we
store is the order in which it was written. (Presses go a way of their own and may overtake what was written: docs/decisions/0013.)

Whoever else finds the address does not know the secret that comes with each update. It is made of our key, so all processes share it
without being told, and of the address, so that another path is another secret.
"""

from __future__ import annotations

import asyncio
import hmac
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from telegram import Bot
from telegram.error import TelegramError

from bot.channels.base import Received, Store
from bot.channels.telegram.batch import single
from bot.channels.telegram.intake import KINDS, Alarm, Intake
from bot.channels.telegram.transport import Refused, Transport
from bot.crash import crash_point
from bot.serving import served

SECRET_HEADER: Final = "x-telegram-bot-api-secret-token"  # noqa: S105 - the name of a header
LARGEST: Final = 4 * 1024**2
"""Bytes of an update: many times what Telegram lets people write."""
BODY_SECONDS: Final = 10.0
AGAIN_SECONDS: Final = 2
"""When Telegram is to come again with what could not be stored; unasked it waits twice as long each time, up to two minutes."""
LOOK_SECONDS: Final = 20.0
"""How often Telegram is asked whether it can bring what people write."""
RECENT_SECONDS: Final = 720.0
"""So long ago Telegram may have failed at what waits for its next try: that comes within two minutes, and our clock may be off by ten."""
BATCH: Final = 100
SPARE: Final = 32
"""Connections beyond those that Telegram may open: of a proxy that keeps some, of somebody who tries."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where updates are to be brought.

    Attributes:
        url: public, as Telegram is told.
        secret: 1 to 256 characters of A-Z, a-z, 0-9, _ and -.
        sock: where we listen.
        connections: how many Telegram may open at once.
    """

    url: str
    secret: str = field(repr=False)
    sock: socket.socket
    connections: int = 40


class Together:
    """Stores what is brought at the same time in one go: whoever comes while something is being stored goes with the next."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: list[tuple[Received, asyncio.Future[bool]]] = []
        self._storing: asyncio.Task[None] | None = None

    async def stored(self, received: Received) -> bool:
        """Tell, once that is known, whether it is on disk."""
        known: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((received, known))
        if self._storing is None:
            self._storing = asyncio.create_task(self._work(), name="telegram: storing")
        return await known

    async def end(self) -> None:
        """Store nothing more."""
        if self._storing is not None:
            self._storing.cancel()
            await asyncio.gather(self._storing, return_exceptions=True)

    async def _work(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
                done = await self._try([received for received, _ in batch])
                for _, known in batch:
                    if not known.done():
                        known.set_result(done)
        finally:
            self._storing = None

    async def _try(self, batch: list[Received]) -> bool:
        try:
            await self._store(batch)
        except Exception:  # noqa: BLE001, RUF100 - whatever it was: what is not stored may not be acknowledged
            return False
        return True


class Reception(Intake):
    """The webhook: `heard` is when an update was brought, or Telegram said that it has none that it could not bring."""

    def __init__(
        self, bot: Bot, transport: Transport, webhook: Webhook, *, first_pause: float, alarm: Alarm, now: Callable[[], datetime]
    ) -> None:
        super().__init__(bot, transport, first_pause=first_pause, alarm=alarm)
        self._webhook = webhook
        self._now = now
        self._together: Together | None = None
        self._is_set = False
        self._failed_at: int | None = None
        self._is_failing = False

    async def run(self, store: Store) -> None:
        """Receive until cancelled. Raises `TokenRefused` once Telegram has refused the token three times over."""
        async with self._watched(), self._open(store):
            pause = 0.0
            while True:
                await asyncio.sleep(pause)
                pause = await self._once()

    @asynccontextmanager
    async def _open(self, store: Store) -> AsyncIterator[None]:
        self._together = together = Together(store)
        try:
            async with served(self, self._webhook.sock, most=self._webhook.connections + SPARE):
                yield
        finally:
            await together.end()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take what somebody brings, as an ASGI application."""
        request = Request(scope, receive)
        try:
            status = await self._answer(request)
        except ClientDisconnect:
            return
        headers = {} if status == 200 else {"Retry-After": str(AGAIN_SECONDS)} if status == 503 else {"Connection": "close"}
        await Response(status_code=status, headers=headers)(scope, receive, send)
        if status == 200:
            crash_point("after-ack")

    async def _answer(self, request: Request) -> int:
        """Return the status. Before the secret was seen nothing is read, and what is not asked for as Telegram asks is not there."""
        if request.method != "POST":
            return 404
        if not hmac.compare_digest(request.headers.get(SECRET_HEADER, "").encode(), self._webhook.secret.encode()):
            return 401
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await _body(request)
        except TimeoutError:
            return 408
        if body is None:
            return 413
        return 200 if await self._taken(single(body)) else 503

    async def _taken(self, received: Received) -> bool:
        if self._together is None or not await self._together.stored(received):
            self._tell("store_failed")
            return False
        self._told.discard("store_failed")
        self._is_failing = False
        self._hear()
        return True

    def _hear(self) -> None:
        self.heard = time.monotonic()
        self._told.discard("deaf")

    async def _once(self) -> float:
        """See to it that Telegram knows where to bring updates; return the seconds to pause before the next time."""
        try:
            await self.own_name()
            info = await self._ask("getWebhookInfo", {})
            if not isinstance(info, dict):
                return self._pause()
            if not self._is_set or info.get("url") != self._webhook.url:
                await self._set(info)
                self._told -= {"webhook_refused", "webhook_gone"}
        except Refused as refused:
            if refused.status == 400:
                self._tell("webhook_refused")
            return await self._refused(refused)
        except TelegramError:
            return self._pause()
        self._failures = 0
        self._judge(info)
        return LOOK_SECONDS

    async def _set(self, info: dict[str, Any]) -> None:
        """Tell Telegram the address. What it failed to bring while nobody was here would wait for minutes, unless it begins anew."""
        if self._is_set:
            self._tell("webhook_gone")
        elif info.get("url") == self._webhook.url and self._puts_off(info):
            await self._ask("deleteWebhook", {"drop_pending_updates": False})
        parameters = {
            "url": self._webhook.url,
            "secret_token": self._webhook.secret,
            "max_connections": self._webhook.connections,
            "allowed_updates": KINDS,
            "drop_pending_updates": False,
        }
        await self._ask("setWebhook", parameters)
        self._is_set = True

    def _puts_off(self, info: dict[str, Any]) -> bool:
        """Whether something may wait for its next try. An error of long ago says nothing: others may be taking in what waits now."""
        ago = self._now().timestamp() - _number(info, "last_error_date")
        return _number(info, "pending_update_count") > 0 and ago < RECENT_SECONDS

    def _judge(self, info: dict[str, Any]) -> None:
        """Tell from what Telegram says whether what people write comes through to us."""
        waiting, failed_at = _number(info, "pending_update_count"), _number(info, "last_error_date")
        failed_since = self._failed_at is not None and failed_at > self._failed_at
        self.waiting, self._failed_at = waiting, failed_at
        self._is_failing = waiting > 0 and (self._is_failing or failed_since)
        if self._is_failing:
            self._tell("undelivered")
        else:
            self._told.discard("undelivered")
            self._hear()


async def _body(request: Request) -> bytes | None:
    """Return the body, or None if it is too large."""
    held = bytearray()
    async for chunk in request.stream():
        held += chunk
        if len(held) > LARGEST:
            return None
    return bytes(held)


def _number(info: dict[str, Any], name: str) -> int:
    found = info.get(name)
    return found if isinstance(found, int) else 0
