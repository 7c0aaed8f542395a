"""Brings the updates to the bot's webhook, in the way of the official server (`WebhookActor.cpp`).

Each chat's messages form a queue, and so do each person's presses, and what becomes of members: within a queue one after the other,
the next when the one before was taken, the queues side by side on so many connections. What is answered with anything but 2xx, or not
within a minute, is brought again: at once, then after two seconds, four, eight, up to one to two minutes, or when `Retry-After` says.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiohttp

from bot.demo.api.faults import Faults
from bot.demo.world import World
from bot.demo.world.updates import Waiting

if TYPE_CHECKING:
    from bot.demo.api.webhook import Webhook

Queue = tuple[str, int]

PATIENCE = 60.0
LONGEST_PAUSE = 60.0
LONGEST_RETRY_AFTER = 3600.0
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header


@dataclass(slots=True)
class Pause:
    """When a queue goes on whose first update was not taken (monotonic), how often that failed, and how long the last pause was."""

    until: float
    fails: int = 0
    seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class Visit:
    """One update brought to the bot: its number, and what was answered; 0 for no answer."""

    update_id: int
    status: int


class Courier:
    """Goes wherever `webhook` says.

    Attributes:
        visits: a record of all it did.
        pace: pauses last so many times as long as Telegram's.
        turned: when it was last sent elsewhere (monotonic).
    """

    def __init__(self, world: World, faults: Faults, *, pace: float = 1.0) -> None:
        self.webhook: Webhook | None = None
        self.visits: list[Visit] = []
        self.under_way = 0
        self._world = world
        self._faults = faults
        self.pace = pace
        self.turned = float("-inf")
        self._task: asyncio.Task[None] | None = None
        self._busy: set[Queue] = set()
        self._pauses: dict[Queue, Pause] = {}
        self._news = asyncio.Event()

    def turn_to(self, webhook: Webhook | None) -> None:
        """Bring everything to this address from now on, or nothing anywhere."""
        if self._task is not None:
            self._task.cancel()
        self.webhook, self._task = webhook, None
        self._busy, self._pauses = set(), {}
        self.turned, self._world.takes_in = time.monotonic(), False
        self._world.updates.bell.ring()
        if webhook is not None:
            self._task = asyncio.get_running_loop().create_task(self._run(webhook), name="courier")

    async def stop(self) -> None:
        """Go home."""
        task = self._task
        self.turn_to(None)
        if task is not None:
            await asyncio.gather(task, return_exceptions=True)

    async def _run(self, webhook: Webhook) -> None:
        connector = aiohttp.TCPConnector(limit=webhook.connections)
        ear: asyncio.Future[None] | None = None
        async with aiohttp.ClientSession(connector=connector) as session, asyncio.TaskGroup() as visits:
            while True:
                self._news.clear()
                if ear is None or ear.done():
                    ear = self._world.updates.bell.ear()
                    ear.add_done_callback(lambda _: self._news.set())
                rest = self._set_out(webhook, session, visits)
                with suppress(TimeoutError):
                    async with asyncio.timeout(rest):
                        await self._news.wait()

    def _set_out(self, webhook: Webhook, session: aiohttp.ClientSession, visits: asyncio.TaskGroup) -> float | None:
        """Begin with every queue that is free; return the seconds until the next pause ends, None if there is none."""
        now, soonest, seen = time.monotonic(), float("inf"), set[Queue]()
        for waiting in self._world.updates:
            if len(self._busy) >= webhook.connections:
                break
            queue = queue_of(waiting)
            if queue in seen or queue in self._busy:
                continue
            seen.add(queue)
            pause = self._pauses.get(queue)
            if pause is not None and pause.until > now:
                soonest = min(soonest, pause.until)
            else:
                self._busy.add(queue)
                visits.create_task(self._visit(webhook, session, queue, waiting))
        return None if soonest == float("inf") else soonest - now

    async def _visit(self, webhook: Webhook, session: aiohttp.ClientSession, queue: Queue, waiting: Waiting) -> None:
        self.under_way += 1
        try:
            status, retry_after, failure = await self._bring(webhook, session, waiting)
        finally:
            self.under_way -= 1
        self.visits.append(Visit(waiting.update_id, status))
        if failure:
            webhook.failed_at, webhook.failure = self._world.clock.stamp(), failure
            self._put_off(queue, retry_after)
        else:
            self._pauses.pop(queue, None)
            self._world.updates.forget(waiting.update_id)
        self._world.takes_in = not failure
        self._busy.discard(queue)
        self._news.set()
        self._world.bell.ring()

    def _put_off(self, queue: Queue, retry_after: float) -> None:
        pause = self._pauses.setdefault(queue, Pause(0.0))
        wait = retry_after
        if not retry_after and pause.fails:
            pause.seconds = min(LONGEST_PAUSE * random.uniform(1, 2), pause.seconds * 2)  # noqa: S311 - not a secret
            wait = pause.seconds
        pause.fails += 1
        pause.until = time.monotonic() + wait * self.pace

    async def _bring(self, webhook: Webhook, session: aiohttp.ClientSession, waiting: Waiting) -> tuple[int, float, str]:
        """Return the status (0 for none), the seconds of `Retry-After`, and what went wrong in Telegram's words."""
        fault = self._faults.meet("webhook", None)
        kind = "" if fault is None else fault.kind
        if fault is not None and kind == "delay":
            await asyncio.sleep(fault.seconds)
        if not self._world.network or kind == "reset_before":
            return 0, 0.0, "Connection timed out"
        post = asyncio.ensure_future(self._post(webhook, session, waiting))

        def cut() -> None:
            post.cancel()

        self._world.network_ends.append(cut)
        try:
            await asyncio.wait({post})
        finally:
            cut()
            if cut in self._world.network_ends:
                self._world.network_ends.remove(cut)
        if post.cancelled() or kind == "reset_after":
            return 0, 0.0, "Connection reset by peer"
        return post.result()

    async def _post(self, webhook: Webhook, session: aiohttp.ClientSession, waiting: Waiting) -> tuple[int, float, str]:
        headers = {"Content-Type": "application/json"} | ({SECRET_HEADER: webhook.secret} if webhook.secret else {})
        update = {"update_id": waiting.update_id, waiting.kind: waiting.body}
        body = json.dumps(update, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
        if not webhook.url.startswith("http://"):
            return 0, 0.0, "Failed to resolve host: Name or service not known"  # out there is nobody: this is not Telegram
        try:
            patience = aiohttp.ClientTimeout(total=PATIENCE)
            async with session.post(webhook.url, data=body, headers=headers, timeout=patience, allow_redirects=False) as answer:
                await answer.read()
        except aiohttp.ClientConnectorError:
            return 0, 0.0, "Connection refused"
        except TimeoutError:
            return 0, 0.0, "Read timeout expired"
        except (aiohttp.ClientError, OSError):
            return 0, 0.0, "Webhook connection closed"
        if 200 <= answer.status < 300:
            return answer.status, 0.0, ""
        return (
            answer.status,
            _seconds(answer.headers.get("Retry-After", "")),
            f"Wrong response from the webhook: {answer.status} {answer.reason}",
        )


def queue_of(waiting: Waiting) -> Queue:
    """Return the queue in which an update stands."""
    body = waiting.body
    match waiting.kind:
        case "callback_query":
            return "presses", int(body["from"]["id"])
        case "my_chat_member" | "chat_member":
            return waiting.kind, int(body["chat"]["id"])
        case _ if "chat" in body:
            return "messages", int(body["chat"]["id"])
        case _:
            return "alone", waiting.update_id


def _seconds(header: str) -> float:
    return min(float(header), LONGEST_RETRY_AFTER) if header.isdecimal() else 0.0
