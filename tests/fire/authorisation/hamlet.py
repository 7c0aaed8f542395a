"""One database with everything that can be acted on, in every state, and everybody who may try."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.effects import AddEntry, DismissMember, EraseTicket, OpenOccurrence, OpenTicket, SetAnswer, SetFeedback, SetPromise
from bot.model.events import Speaker
from bot.model.ids import PROVINCE, EntryId, ForumId, MemberId, PromiseId, ResidentId
from bot.model.messages import Recipient, ToForum, ToResident
from bot.model.people import Member
from bot.model.sessions import Promise
from bot.model.tickets import Entry, Ticket
from bot.storage import broadcasts, forums, members, sessions
from tests.fire.authorisation.subjects import casts, meetings, reports, request
from tests.handlers.build import JALAWLA, KHANAQIN
from tests.pipeline.wire import CHATS, NAME, NOW, Village

CODE: Final = "LINK2345"
STRANGE: Final = "-77"
HERE, THERE, CENTRE = CHATS[KHANAQIN], CHATS[JALAWLA], CHATS[PROVINCE]
SARA, AZAD, DILAN, FORMER, LAYLA, OMAR, RANA, OWNER, OTHER = "11", "12", "13", "14", "91", "92", "93", "21", "22"
_SEATS: Final = (
    (SARA, KHANAQIN),
    (AZAD, KHANAQIN),
    (DILAN, JALAWLA),
    (FORMER, KHANAQIN),
    (LAYLA, PROVINCE),
    (OMAR, PROVINCE),
    (RANA, PROVINCE),
)


@dataclass(frozen=True)
class Somebody:
    """Who tries, and in which chat."""

    chat: str
    person: str | None
    speaker: Speaker = "person"

    @property
    def here(self) -> Recipient | None:
        """The chat as the bot knows it; None in a group that is no forum's."""
        if self.chat == STRANGE:
            return None
        forum = next((forum for forum, chat in CHATS.items() if chat == self.chat), None)
        return ToForum(forum) if forum is not None else ToResident(resident(self.chat))


def resident(name: str) -> ResidentId:
    """Return who somebody is in private."""
    return ResidentId(f"resident{name}")


PEOPLE: Final = {
    "owner": (Somebody(OWNER, OWNER),),
    "resident": (Somebody(OTHER, OTHER),),
    "member": (Somebody(HERE, SARA),),
    "colleague": (Somebody(HERE, AZAD),),
    "elsewhere": (Somebody(THERE, DILAN),),
    "former": (Somebody(HERE, FORMER),),
    "anonymous": (Somebody(HERE, None, "anonymous"), Somebody(CENTRE, None, "anonymous")),
    "channel": (Somebody(HERE, None, "channel"), Somebody(CENTRE, None, "channel")),
    "coordinator": (Somebody(HERE, OMAR),),
    "head": (Somebody(CENTRE, OMAR),),
    "writer": (Somebody(CENTRE, RANA),),
    "author alone": (Somebody(LAYLA, LAYLA),),
    "alone": (Somebody(OMAR, OMAR),),
    "stranger": (Somebody(STRANGE, "66"), Somebody(HERE, "67", "bot"), Somebody(CENTRE, "67", "bot")),
}
"""By what the table calls them; where there are several, none of them may more than it says."""


def waiting(ticket: Ticket) -> EntryId:
    """Return the words of a ticket's thread of which nobody has said yet whether they are an answer."""
    return EntryId(ticket.id.replace("ticket", "entry0").replace("reques", "entry1"))


@dataclass
class Hamlet(Village):
    """A village in which everything is there, in every state."""

    async def settles(self) -> Hamlet:
        """Let everybody be there, and store all of it."""
        await self.founded()
        for name in (OWNER, OTHER, *(name for name, _ in _SEATS)):
            await self.settled(name, KHANAQIN)
        await self.db.transact(self._settle)
        return self

    async def _settle(self, conn: AsyncConnection) -> None:
        known = {name: await self._seated(conn, name, forum) for name, forum in _SEATS}
        await self.writes(conn, DismissMember(known[FORMER].id))
        self.reports = reports(resident(OWNER), known[SARA].id, known[AZAD].id)
        self.requests = {name: request(report) for name, report in self.reports.items()}
        one_more = replace(self.requests["moved away"], id=self.requests["new"].id[:-1] + "z", reference="KHN-CCC1")  # type: ignore[arg-type]
        await self._open(conn, (*self.reports.values(), *self.requests.values(), one_more), known[SARA].id)
        await self._meet(conn)
        self.casts = casts(known[SARA], known[LAYLA], known[OMAR], known[RANA], resident(LAYLA))
        for cast in self.casts.values():
            await broadcasts.open_broadcast(conn, self.db.keys, cast.broadcast, NOW)
            if cast.occurrence is not None:
                await self.writes(conn, OpenOccurrence(cast.occurrence, cast.broadcast.audience, "drugs", {}))
        await forums.new_code(conn, self.db.keys, JALAWLA, CODE, NOW)

    async def _seated(self, conn: AsyncConnection, name: str, forum: ForumId) -> Member:
        return await members.remember(conn, self.db.keys, MemberId(f"member{name:0>6}"), forum, NAME, name, f"Member {name}")

    async def _open(self, conn: AsyncConnection, stored: Iterable[Ticket], member: MemberId) -> None:
        """Store tickets, each with words that wait to be sent or kept."""
        for ticket in stored:
            await self.writes(conn, OpenTicket(replace(ticket, state="new") if ticket.state == "erased" else ticket))
            await self.writes(conn, AddEntry(Entry(waiting(ticket), ticket.id, "pending", "canary in the thread", NOW, member=member)))
            if ticket.state == "erased":
                await self.writes(conn, EraseTicket(ticket.id))

    async def _meet(self, conn: AsyncConnection) -> None:
        """Store sessions, to each of which the owner said yes; one has been held, and something was promised there."""
        self.meetings = meetings()
        for session in self.meetings.values():
            await sessions.open_session(conn, self.db.keys, session)
            await self.writes(conn, SetAnswer(session.id, resident(OWNER), "coming"))
        held = self.meetings["held"].id
        promise = SetPromise(Promise(PromiseId("promise00000"), held, "health", "A doctor", NOW.date()))
        await self.writes(conn, promise, SetFeedback(held, resident(OWNER), "good", "Town hall: it was cold."))
