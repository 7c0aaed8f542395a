"""One cell: somebody tries something, through the real loading of what a turn may know and the real decision; nothing of it stays."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.engine.decide import decide
from bot.i18n import render
from bot.model.effects import (
    DropDraft,
    DropTimer,
    Effect,
    KeepDraft,
    SayHere,
    SayHereAndLeave,
    Send,
    SetResident,
    SetSubscription,
    SetTimer,
    Toast,
    Withdraw,
)
from bot.model.events import Arrival, ButtonPressed, CommandGiven, Event, TextReceived
from bot.model.ids import SessionId, TicketId
from bot.model.messages import Action, ToForum, recipient_key
from bot.model.situation import Situation
from bot.pipeline import timekeeping
from bot.pipeline.situation import load
from bot.pipeline.surroundings import Loaded, signed
from bot.storage import posts, settings
from handlers import BOOK
from tests.fire.authorisation.hamlet import Hamlet, Somebody
from tests.handlers.build import KHANAQIN
from tests.pipeline.wire import NAME, NOW

PROMPT = "777"
"""The number of the message that is answered."""


@dataclass(frozen=True)
class Reply:
    """Words that answer the bot's message of this slot, about this ticket or session."""

    slot: str | None
    event: Event
    ticket: TicketId | None = None
    session: SessionId | None = None


@dataclass(frozen=True)
class Command:
    """A typed command."""

    name: str
    argument: str = ""


@dataclass(frozen=True)
class Raw:
    """A button's data as it is, signed or not."""

    data: str


Said = Action | Reply | Command | Raw


@dataclass(frozen=True)
class Cell:
    """What came of it.

    Attributes:
        hidden: words that are not for everybody's eyes.
        only: what the action is known by, where it otherwise only says how things stand.
    """

    loaded: Loaded
    effects: tuple[Effect, ...]
    hidden: tuple[str, ...] = field(default=())

    only: type[Effect] | None = None

    @property
    def acts(self) -> bool:
        """Whether anything was done, or anything shown of what is for others' eyes."""
        if self.only is not None:
            return any(isinstance(effect, self.only) for effect in self.effects)
        done = [effect for effect in self.effects if not harmless(effect, self.loaded.situation)]
        if all(isinstance(effect, Withdraw) for effect in done) and any(isinstance(effect, Toast) for effect in self.effects):
            done = []  # a question that has been answered is taken away, whoever presses it
        return bool(done) or self.reveals

    @property
    def reveals(self) -> bool:
        """Whether anything of what is hidden was said."""
        return any(words in self.said for words in self.hidden)

    @property
    def said(self) -> str:
        """All that was said to anybody."""
        pieces: list[Any] = [effect.message.body for effect in self.effects if isinstance(effect, Send)]
        pieces += [effect.text for effect in self.effects if isinstance(effect, Toast)]
        files = [effect.message.attachment for effect in self.effects if isinstance(effect, Send) and effect.message.attachment]
        return "\n".join([*(render(piece, "en") for piece in pieces), *(file.made for file in files)])


def harmless(effect: Effect, situation: Situation) -> bool:
    """Whether an effect only answers whoever tried, or is about themselves alone: their own conversation, their own wishes.

    To who acts for a forum an answer is a message without a slot and buttons: what is in a slot, a prompt or a list, is more than that.
    """
    match effect:
        case Toast() | SayHere() | SayHereAndLeave():
            return True
        case Send(to, message) if situation.forum is not None:
            return to == situation.here and effect.slot is None and not message.rows and message.attachment is None
        case Send(to):
            return to == situation.here
        case SetResident(who, focus=None) | DropDraft(who) | SetSubscription(who):
            return situation.place == "private" and situation.resident is not None and who == situation.resident.id
        case KeepDraft(who, draft):
            about_themselves = draft.about is None and draft.session is None
            return situation.place == "private" and situation.resident is not None and who == situation.resident.id and about_themselves
        case SetTimer():
            return situation.resident is not None and effect.resident == situation.resident.id and effect.ticket is None
        case DropTimer(key):
            return situation.draft is not None and key == f"draft:{situation.draft.id}"
        case _:
            return False


async def tries(
    hamlet: Hamlet,
    conn: AsyncConnection,
    who: Somebody,
    said: Said,
    *,
    hidden: Iterable[str] = (),
    only: type[Effect] | None = None,
    doubted: bool = False,
) -> Cell:
    """Let somebody try something, and take all of it back."""
    async with conn.begin_nested() as before:
        if doubted:
            belief = json.dumps({"wall": NOW.isoformat(), "steady": 0.0, "boot": "", "doubted": 7200, "least": False, "accepted": False})
            await settings.put(conn, hamlet.db.keys, timekeeping.NAME, belief)
        arrival = await _arrival(hamlet, conn, who, said)
        loaded = await load(conn, hamlet.around, arrival, NOW)
        assert loaded is not None
        effects = tuple(decide(BOOK, loaded.situation, loaded.event))
        await before.rollback()
    return Cell(loaded, effects, tuple(hidden), only)


async def _arrival(hamlet: Hamlet, conn: AsyncConnection, who: Somebody, said: Said) -> Arrival:
    place = "group" if who.chat.startswith("-") else "private"
    plain = Arrival(NAME, place, who.chat, who.person, who.speaker, f"Member {who.person}", NOW, ButtonPressed(None))  # type: ignore[arg-type]
    match said:
        case Action():
            return replace(plain, button=signed(hamlet.db.keys, recipient_key(who.here or ToForum(KHANAQIN)), said))
        case Raw(data):
            return replace(plain, button=data)
        case Command(name, argument):
            return replace(plain, event=CommandGiven(name, argument))
        case Reply(slot, event):
            if who.here is not None:
                await posts.record(conn, hamlet.db.keys, who.here, [PROMPT], slot, said.ticket, None, NOW, said.session)
            return replace(plain, event=event, reply_to=PROMPT)


def words(text: str) -> TextReceived:
    """Return what somebody typed."""
    return TextReceived(text, "5")
