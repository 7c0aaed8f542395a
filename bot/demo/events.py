"""`GET /world/events`: what changes, as server-sent events; the shapes are in `server.py`."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from bot.demo import view
from bot.demo.world import Person, World

Json = dict[str, Any]

COUNTERS_EVERY = 0.25  # seconds
BEAT = 1.0  # how often silence is used to notice that the bot stopped asking
BACKLOG = 10_000  # events a slow reader may be behind before it is cut off


class Stream:
    """One reader's view of what changes."""

    def __init__(self, world: World, viewer: Person | None) -> None:
        self._world = world
        self._viewer = viewer
        self._queue: asyncio.Queue[tuple[str, Json]] = asyncio.Queue(BACKLOG)
        self._loop = asyncio.get_running_loop()
        self._counters_due = 0.0
        self._was_up = world.bot_is_up

    async def lines(self) -> AsyncIterator[bytes]:
        """The stream's bytes, until the reader goes."""
        self._world.listeners.add(self._heard)
        try:
            yield b"retry: 500\n\n"
            while True:
                for event, body in await self._next():
                    yield f"id: {self._world.seq}\nevent: {event}\ndata: {json.dumps(body, ensure_ascii=False)}\n\n".encode()
        finally:
            self._world.listeners.discard(self._heard)
            self._world.bell.ring()

    def _heard(self, event: str, body: Json) -> None:
        self._loop.call_soon_threadsafe(self._put, event, body)

    def _put(self, event: str, body: Json) -> None:
        if not self._queue.full():
            self._queue.put_nowait((event, body))

    async def _next(self) -> list[tuple[str, Json]]:
        """What the next change, or a second of silence, means for this reader."""
        try:
            async with asyncio.timeout(BEAT):
                event, body = await self._queue.get()
        except TimeoutError:
            return [*self._bot(), *self._counters()]
        shown = self._shown(event, body)
        return [*([shown] if shown else []), *self._bot(), *self._counters()]

    def _bot(self) -> list[tuple[str, Json]]:
        if self._world.bot_is_up == self._was_up:
            return []
        self._was_up = not self._was_up
        return [("bot", {"seq": self._world.seq, "up": self._was_up})]

    def _counters(self) -> list[tuple[str, Json]]:
        now = self._loop.time()
        if now < self._counters_due:
            return []
        self._counters_due = now + COUNTERS_EVERY
        told = [("counters", {"seq": self._world.seq} | view.counters(self._world))]
        if self._world.crowd is not None:
            told.append(("crowd", {"seq": self._world.seq} | view.crowd(self._world.crowd)))
        return told

    def _shown(self, event: str, body: Json) -> tuple[str, Json] | None:
        if event in {"counters", "bot"}:
            return None
        if event == "person":
            return event, {"seq": body["seq"], "person": view.person(self._world.people[body["person_id"]])}
        chat_id = body.get("chat_id")
        if chat_id is None:
            return event, body
        chat = self._world.find(chat_id)
        if chat is None or not view.sees(chat, self._viewer):
            return None
        if event == "chat":
            return event, {"seq": body["seq"], "chat_id": chat_id, "chat": view.chat_head(chat, self._viewer)}
        if event in {"message", "edited"}:
            raw = chat.messages.get(body["message_id"])
            if raw is None:
                return None
            shown = view.message(chat, raw, self._viewer)
            return event, {"seq": body["seq"], "chat_id": chat.id, "message": shown}
        return event, body
