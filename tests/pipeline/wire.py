"""Real turns on a real database without a network: a messenger of two lines of JSON, and whoever has an account there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.base import Capabilities, Sign, Store, Sure, always
from bot.engine.decide import decide
from bot.i18n import render
from bot.model.effects import Effect, SetResident, SetSubscription
from bot.model.events import Arrival, ButtonPressed, CommandGiven, Event, TextReceived
from bot.model.ids import PROVINCE, ForumId, Language, ResidentId, SessionId
from bot.model.messages import Action, ToForum, ToResident, recipient_key
from bot.model.outgoing import Outcome, Outgoing, Sent
from bot.model.sessions import Session
from bot.model.subscriptions import Subscription
from bot.pipeline import commit
from bot.pipeline.chance import SystemChance
from bot.pipeline.limits import Limits
from bot.pipeline.situation import load
from bot.pipeline.surroundings import Loaded, Surroundings, blank, signed
from bot.pipeline.turn import Turns
from bot.storage import forums, inbox, lanes, outbox, residents, sessions, timers
from bot.storage.database import Database
from handlers import BOOK
from tests.handlers.build import JALAWLA, KHANAQIN, MANDALI, PLACES

NAME = "wire"
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
CHATS = {KHANAQIN: "-1", JALAWLA: "-2", MANDALI: "-3", PROVINCE: "-9"}
_EVENTS: dict[str, type[Any]] = {"press": ButtonPressed, "text": TextReceived, "command": CommandGiven}


class Wire:
    """A messenger that loses nothing and limits nothing; what is said there is read from the outbox."""

    name = NAME
    heard: float | None = None
    waiting: int | None = None
    alone = True
    capabilities = Capabilities(text=4096, caption=1024, buttons=True, edits=True, group_per_minute=0, per_chat_seconds=0.0)

    def read(self, raw: bytes) -> Arrival | None:
        told = json.loads(raw)
        kind = told["kind"]
        event: Event = ButtonPressed(None) if kind == "press" else _EVENTS[kind](told["words"])
        place = "group" if told["chat"].startswith("-") else "private"
        button = told["words"] if kind == "press" else None
        return Arrival(NAME, place, told["chat"], told["person"], "person", told["person"], NOW, event, button=button)  # type: ignore[arg-type]

    async def receive(self, store: Store) -> None:
        await asyncio.Event().wait()

    async def send(
        self, chat: str, outgoing: Outgoing, *, shown: tuple[str, ...], answers: str | None, sign: Sign, sure: Sure = always
    ) -> Outcome:
        return Sent()

    async def answers(self) -> bool:
        return True

    async def takes(self, chat: str) -> bool:
        return False

    async def acknowledge(self, press: str, text: str, *, alert: bool) -> None: ...

    async def set_chat_menu(self, chat: str, language: Language) -> bool:
        return True

    async def leave(self, chat: str) -> None: ...


class StillClock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.time = NOW

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return self.time.timestamp()


def sessions_in(*districts: ForumId) -> Subscription:
    """Return what somebody wants who wants to hear of the sessions in these districts."""
    return Subscription(frozenset(districts), frozenset({"sessions"}))


@dataclass
class Village:
    """Four linked groups, residents, and the turns of the bot that serves them."""

    db: Database
    clock: StillClock = field(default_factory=StillClock)
    items: int = 0

    def __post_init__(self) -> None:
        self.around = Surroundings(self.db.keys, PLACES, SystemChance(), render)
        limits = Limits(attempts=1)
        self.turns = Turns(
            self.db, self.around, {NAME: Wire()}, self._decide, limits, self.clock, sends=lambda: None, told=lambda: None
        )  # fmt: skip

    @staticmethod
    def _decide(situation: Any, event: Event) -> Iterable[Effect]:
        return decide(BOOK, situation, event)

    async def founded(self) -> Village:
        await self.db.transact(lambda conn: forums.ensure(conn, CHATS, CHATS, NAME, NOW))
        return self

    async def settled(self, name: str, *subscribed: ForumId, language: Language = "en") -> ResidentId:
        """Return somebody who has chosen a language and agreed."""
        id = ResidentId(f"resident{name}")

        async def work(conn: AsyncConnection) -> None:
            await residents.create(conn, self.db.keys, id, NAME, name, name, NOW.date())
            await self.writes(conn, SetResident(id, language=language, consented=True), SetSubscription(id, sessions_in(*subscribed)))

        await self.db.transact(work)
        return id

    async def does(self, *effects: Effect) -> None:
        """Write down effects as a turn inside the machine does."""
        await self.db.transact(lambda conn: self.writes(conn, *effects))

    async def writes(self, conn: AsyncConnection, *effects: Effect) -> None:
        """As `does`, in a transaction that has begun."""
        situation = await blank(conn, self.around, self.clock.now(), self.clock.now(), "machine")
        turn = commit.Turn(self.around, Loaded(situation, TextReceived("")), None, self.clock.now())
        await commit.apply(conn, turn, effects)

    def raw(self, chat: str, person: str, said: Action | str) -> bytes:
        """Return an update: a button pressed, a command (`/…`) or words."""
        if isinstance(said, Action):
            here = next((ToForum(forum) for forum, known in CHATS.items() if known == chat), None)
            whose = recipient_key(here or ToResident(ResidentId(f"resident{chat}")))
            return json.dumps({"kind": "press", "words": signed(self.db.keys, whose, said), "chat": chat, "person": person}).encode()
        kind = "command" if said.startswith("/") else "text"
        return json.dumps({"kind": kind, "words": said.removeprefix("/"), "chat": chat, "person": person}).encode()

    def arrival(self, chat: str, person: str, said: Action | str) -> Arrival:
        read = Wire().read(self.raw(chat, person, said))
        assert read is not None
        return read

    async def sees(self, chat: str, person: str, said: Action | str, **changes: Any) -> Any:
        """Return the situation that the turn for this would have."""
        arrival = replace(self.arrival(chat, person, said), **changes)
        found = await self.db.transact(lambda conn: load(conn, self.around, arrival, self.clock.now()))
        assert found is not None
        return found.situation

    async def arrives(self, said: Sequence[tuple[str, Action | str]]) -> None:
        """Let residents say these things at the same time, each in their own order, and handle all of it side by side."""
        keys = self.db.keys
        items = []
        for name, what in said:
            self.items += 1
            lane = lanes.of_chat(keys, NAME, name)
            raw = name.encode() + b"\n" + self.raw(name, name, what)
            items.append(inbox.NewItem(NAME, str(self.items), lane, raw, self.clock.now()))
        await self.db.transact(lambda conn: inbox.store(conn, keys, items))
        await self.handles()

    async def handles(self) -> None:
        """Handle what waits, lanes side by side, until nothing does."""
        while due := await self.db.read(lambda conn: inbox.waiting_lanes(conn, self.clock.now(), 100)):
            await asyncio.gather(*(self._lane(lane) for lane in due))
        assert (await self.db.read(lambda conn: inbox.backlog(conn, self.clock.now()))).parked == 0

    async def _lane(self, lane: str) -> None:
        while await self.turns.handle(lane):
            pass

    async def wakes(self) -> int:
        """Let what is due fall due once, handle it, and return how many timers that were."""
        moved = await self.db.transact(lambda conn: timers.move_due(conn, self.db.keys, self.clock.now(), 100))
        await self.handles()
        return moved

    async def said(self) -> list[outbox.Row]:
        """Send all that waits, in its order, and return it."""
        rows: list[outbox.Row] = []
        while heads := await self.db.read(lambda conn: outbox.heads(conn, self.clock.now(), 500)):
            rows.extend(await self.db.transact(lambda conn, heads=heads: self._sent(conn, heads)))  # type: ignore[misc]
        return rows

    async def _sent(self, conn: AsyncConnection, heads: Sequence[outbox.Head]) -> list[outbox.Row]:
        claimed = [await outbox.claim(conn, self.db.keys, head.id, self.clock.now()) for head in heads]
        rows = [row for row in claimed if row is not None]
        for row in rows:
            await outbox.sent(conn, self.db.keys, row)
        return rows

    async def reads(self, work: Callable[[AsyncConnection], Awaitable[Any]]) -> Any:
        return await self.db.read(work)


def announced(id: str = "sessionaaaaa", **changes: Any) -> Session:
    starts = NOW + timedelta(days=3)
    plain = Session(
        SessionId(id), KHANAQIN, "announced", "Water in Nasr",
        wall=(starts + timedelta(hours=3)).replace(tzinfo=None), starts=starts, place="Town hall",
    )  # fmt: skip
    return replace(plain, **changes)


async def opens(village: Village, session: Session) -> Session:
    await village.db.transact(lambda conn: sessions.open_session(conn, village.db.keys, session))
    return session
