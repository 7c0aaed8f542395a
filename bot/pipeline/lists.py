"""Lists: where new tickets come faster than a group can be shown their cards, one message tells of several.

A group takes twenty calls a minute. When more cards wait for it than its minute has places left, a list names those that nobody has seen
yet: number and type, the urgent first, and a button for each. Their cards follow in their turn, without a sound; who presses a number has
that one at once. Two lists are `Lists.gap` seconds apart, as many as the minute keeps places for; a single card that waits goes itself.

The list is a row of the outbox like any other, put there in the transaction that marks what it tells of. So over a crash, a refusal or a
group that is lost, what holds for every message holds for it, and nothing is told of twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.model.effects import Priority
from bot.model.ids import ForumId, Language
from bot.model.messages import ToForum, list_slot
from bot.model.outgoing import Label, Outgoing
from bot.model.text import N_, P_, Piece
from bot.pipeline.pace import MINUTE, Pace
from bot.pipeline.surroundings import Surroundings
from bot.storage import lists, outbox, posts
from bot.storage.database import Database
from bot.storage.errors import StorageUnavailable
from bot.storage.lists import Crowd
from bot.storage.outbox import Row
from bot.storage.upsert import hold

log = structlog.get_logger()

LOOK_SECONDS: Final = 0.5
SETTLE: Final = timedelta(seconds=2)
"""So long the first of several waits, so that what comes together stands together."""
MOST: Final = 60
"""So many lines has a list at most: Telegram takes 100 buttons, and nobody reads more."""
UNITS: Final = 3_600
"""So long are its lines at most; with heading and foot it stays below Telegram's 4,096 UTF-16 units."""
ROW: Final = 5
"""So many buttons stand side by side."""
RIGHT_TO_LEFT_MARK: Final = "\u200f"
"""Sets a line from the right of which every word stands in an isolate, so that urgent lines and others begin on one side."""
_RIGHT_TO_LEFT: Final[tuple[Language, ...]] = ("ar", "ckb")
FOLLOW: Final = N_("Each report follows by itself. To see one of them now, press its number.")


class Lists:
    """Puts lists into the outbox where they are needed; `added` is called then. `groups` has the recipient of each forum."""

    def __init__(
        self, db: Database, around: Surroundings, pace: Pace, groups: Mapping[ForumId, str], clock: Clock, *, added: Callable[[], None]
    ) -> None:
        self._db = db
        self._around = around
        self._pace = pace
        self._forums = {recipient: forum for forum, recipient in groups.items()}
        self._clock = clock
        self._added = added
        self._last: dict[str, float] = {}

    @property
    def gap(self) -> float:
        """Seconds between two lists in one group."""
        return MINUTE / self._pace.lists

    async def run(self) -> None:
        """Look every half second, until cancelled."""
        while self._pace.lists:
            try:
                await self._look()
            except StorageUnavailable:
                pass
            except Exception as error:  # nothing else may stop for it: the cards themselves go all the same
                log.error("alarm", about="lists", meaning="a list of new tickets cannot be made; trying again", exc_info=error)
            await asyncio.sleep(LOOK_SECONDS)

    async def _look(self) -> None:
        now = self._clock.monotonic()
        if not any(self._pace.minute(recipient, now) for recipient in self._forums):
            return
        for crowd in await self._db.read(lists.crowds):
            if crowd.recipient in self._forums and self._is_due(crowd, now):
                await self._db.transact(partial(self._tell, recipient=crowd.recipient))
                self._last[crowd.recipient] = now
                self._added()

    def _is_due(self, crowd: Crowd, now: float) -> bool:
        if crowd.listing or crowd.fresh + crowd.told <= self._pace.places(crowd.recipient, now):
            return False
        waited = self._clock.now() - crowd.since
        return waited >= SETTLE and now - self._last.get(crowd.recipient, float("-inf")) >= self.gap

    async def _tell(self, conn: AsyncConnection, recipient: str) -> None:
        await hold(conn, recipient)
        to, keys = ToForum(self._forums[recipient]), self._around.keys
        seen: list[Row] = []
        fresh: list[Row] = []
        for row in await lists.fresh(conn, keys, recipient, MOST):
            shown = row.slot is not None and await posts.shown(conn, keys, to, row.slot)
            (seen if shown else fresh).append(row)
        await lists.dismiss(conn, seen)
        if len(fresh) == 1:
            await lists.hurry(conn, recipient, fresh[0])
        elif fresh:
            await self._put(conn, to, fresh, self._clock.now())

    async def _put(self, conn: AsyncConnection, to: ToForum, fresh: list[Row], now: datetime) -> None:
        language = self._around.province.forum_language(to.forum)
        told, outgoing = composed(fresh, language, self._around.words)
        slot = list_slot(self._around.chance.token())
        row = await outbox.put(conn, self._around.keys, to, outgoing, Priority.REPLY, slot, None, None, now)
        await lists.told(conn, told, row)
        log.info("list", row=row, lines=len(told))


def composed(fresh: list[Row], language: Language, words: Callable[[Piece, Language], str]) -> tuple[list[Row], Outgoing]:
    """Return a list of as many of these as fit into one message, and which those are."""
    side = RIGHT_TO_LEFT_MARK if language in _RIGHT_TO_LEFT else ""
    told: list[Row] = []
    lines: list[str] = []
    buttons: list[Label] = []
    for number, row in enumerate(fresh[:MOST], 1):
        line, action = row.outgoing.line or ("", None)
        lines.append(f"{side}{number}. {line}")
        if told and _units("\n".join(lines)) > UNITS:
            lines.pop()
            break
        told.append(row)
        if action is not None:
            buttons.append(Label(str(number), action))
    heading = words(P_("{count} new report:", "{count} new reports:", len(told)), language)
    text = "\n".join([heading, *lines]) + "\n\n" + words(FOLLOW, language)
    rows = tuple(tuple(buttons[start : start + ROW]) for start in range(0, len(buttons), ROW))
    return told, Outgoing(text, language, rows=rows, protect=True)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
