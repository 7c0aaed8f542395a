"""A sample of the table through the whole bot: presses that its own key has signed, by people who may not, and by some who may."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bot.demo.world import Chat, Message, Person
from bot.demo.world.membership import remove
from bot.model.buttons import decode
from bot.model.ids import ForumId, TicketId
from bot.model.messages import Action, Recipient, ToForum, ToResident, recipient_key
from bot.pipeline.surroundings import signed
from bot.storage import residents
from bot.storage.seal import Keyring
from tests.fire.authorisation.areas import expected
from tests.fire.authorisation.table import REPORTS
from tests.fire.kept import opened, settled
from tests.town.people import Forum, Resident
from tests.town.town import Town, raised
from tests.town.words import plain

SAMPLE: Final = 150
ARGS: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("take", "release", "reply", "note", "transfer", "return", "close", "write", "reopen"), ()),
    **dict.fromkeys(("to", "move"), ("mandali", "token0000001")),
    **dict.fromkeys(("outcome", "skip"), ("resolved", "token0000001")),
}
Cell = tuple[str, str, str]
"""Who, what, in which state."""


@dataclass
class Square:
    """A town with reports in several states, and those who press, each on the bot's last message in their chat."""

    town: Town
    reports: dict[str, TicketId] = field(default_factory=dict)
    people: dict[str, tuple[Person, Chat, Recipient]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.keys = Keyring.parse((self.town.folder / "alwand.key").read_text(encoding="ascii"))

    def presses(self, cell: Cell) -> None:
        """Let somebody press a button about a report, signed by the bot's own key for their chat."""
        name, verb, state = cell
        person, chat, here = self.people[name]
        person.presses_data(chat.last, signed(self.keys, recipient_key(here), Action(verb, self.reports[state], ARGS[verb])))

    def cells(self) -> Iterator[Cell]:
        """Yield everybody with everything."""
        yield from ((name, verb, state) for name in self.people for verb in ARGS for state in self.reports)

    def shows(self) -> dict[str, list[str]]:
        """Return all that every group shows."""
        return {id: [_shown(message) for message in forum.chat.from_bot] for id, forum in self.town.forums.items()}

    def seat(self, name: str, person: Person, forum: Forum) -> None:
        """Let somebody press in a forum's group."""
        self.people[name] = person, forum.chat, ToForum(ForumId(forum.id))

    async def settle(self, name: str, resident: Resident) -> None:
        """Let somebody press in private."""
        async with opened(self.town) as db:
            known = await db.read(lambda conn: residents.find(conn, db.keys, "telegram", str(resident.person.id)))
        assert known is not None
        self.people[name] = resident.person, resident.talk, ToResident(known.id)


def _shown(message: Message) -> str:
    return f"{message.id} {plain(message.text)} {message.labels}"


async def _reported(square: Square, resident: Resident, state: str, forum: Forum, district: str) -> None:
    card = await forum.offers(await forum.card(await resident.reports(f"A story that is {state}.", district=district)), "Take")
    action = decode(card.buttons[0][0]["callback_data"].rpartition(".")[0])
    assert action.ticket is not None
    square.reports[state] = action.ticket


async def peopled(town: Town) -> Square:
    """Let reports come into several states, and everybody into their chats."""
    square, khanaqin, mandali = Square(town), town.forums["khanaqin"], town.forums["mandali"]
    sara, omid, layla = town.resident("en", "Sara"), town.resident("en", "Omid"), Resident(town.province.zainab, "en")
    for name, resident in (("owner", sara), ("resident", omid), ("alone", layla)):
        await resident.arrives()
        await square.settle(name, resident)
    await omid.reports("Another story.", district="Khanaqin")
    for state in ("new", "theirs", "closed"):
        await _reported(square, sara, state, khanaqin, "Khanaqin")
    await _reported(square, sara, "moved away", mandali, "Mandali")
    for forum in (khanaqin, town.province):
        forum.zainab.writes("/open", forum.chat)  # by which the bot knows them
    await settled(town)
    remove(khanaqin.chat, khanaqin.zainab, khanaqin.hiwa)
    town.province.zainab.joins(khanaqin.chat)
    square.seat("member", khanaqin.ali, khanaqin)
    square.seat("former", khanaqin.zainab, khanaqin)
    square.seat("elsewhere", mandali.ali, mandali)
    square.seat("coordinator", town.province.zainab, khanaqin)
    square.seat("head", town.province.zainab, town.province)
    for cell in (("member", "take", "theirs"), ("member", "skip", "closed")):
        square.presses(cell)
    await settled(town)
    return square


async def test_a_signed_button_still_does_nothing_for_who_may_not(tmp_path: Path) -> None:
    """B45, B71: as if somebody had the key. What the groups show is the judge."""
    async with raised(tmp_path) as town:
        square = await peopled(town)
        before = square.shows()
        denied = [cell for cell in square.cells() if not expected(REPORTS, *cell)]
        for cell in random.Random(5).sample(denied, SAMPLE):
            square.presses(cell)
        await settled(town)
        await town.until(lambda: all(press.is_answered for press in town.world.presses.values()))
        assert square.shows() == before

        allowed = (
            ("member", "note", "theirs"),
            ("member", "take", "new"),
            ("head", "note", "moved away"),
            ("elsewhere", "take", "moved away"),
            ("coordinator", "close", "theirs"),
            ("owner", "reopen", "closed"),
        )
        for cell in allowed:
            assert expected(REPORTS, *cell)
            before = square.shows()
            square.presses(cell)
            await settled(town)
            assert square.shows() != before, cell
