"""What became of everything: read from what Telegram was asked, told and shows; where the promise is about tickets, from the disk too.

    kills = ...                                     # each `died(town, number)`
    await settled(town)
    (await judge(town, kills, threads)).sound()     # says what is wrong, and where to find it

Each promise is a function that returns what breaks it, one line each. The bot's memory, log and word are asked for nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache

from bot.demo.world import Call, World
from bot.model.ids import LANGUAGES
from bot.model.tickets import number_in
from tests.fire.kept import Kept, kept
from tests.town.town import Town
from tests.town.words import REFERENCE, parts, plain

SENDS = frozenset({"sendMessage", "sendPhoto", "sendVoice", "sendVideo", "sendVideoNote", "sendAudio", "sendDocument", "sendMediaGroup"})
EDITS = frozenset({"editMessageText", "editMessageCaption", "editMessageMedia"})
MARK = re.compile(r"\b([a-z]+\d+)/(\d+)\b")
"""How `Thread` marks its words: `s17/3` is the third thing that was said in the thread s17."""

RECEIPTS = ("Your follow-up number is {reference}. Please keep it.", "Follow-up number: {reference}.")
"""How somebody is told that what they sent is stored, and under which number."""


@dataclass
class Thread:
    """What one person says on its way to one chat, numbered: all of it has to come there, in its order."""

    name: str
    chat: int
    said: int = 0

    def next(self, words: str) -> str:
        """Return words with the next number behind them."""
        self.said += 1
        return f"{words} {self.last}"

    @property
    def last(self) -> str:
        """What marks the newest words."""
        return f"{self.name}/{self.said}"


@dataclass(frozen=True, slots=True)
class Kill:
    """One death of the bot; `calls` is the number of the last call that Telegram had taken from it."""

    number: int
    calls: int


@dataclass(frozen=True, slots=True)
class Said:
    """One call of the bot that showed something in a chat; an album is one. `n` is the call's number."""

    n: int
    chat: int
    method: str
    text: str

    @property
    def is_edit(self) -> bool:
        """Whether it changed a message that was there."""
        return self.method in EDITS

    @property
    def tells(self) -> bool:
        """Whether it says what is said only once: it holds a ticket's number or numbered words, and is no question."""
        return bool(REFERENCE.search(self.text) or MARK.search(self.text)) and not _questions().search(self.text)

    def __str__(self) -> str:
        return f"call {self.n} in chat {self.chat}: {self.text[:90]!r}"


@dataclass(frozen=True, slots=True)
class Copy:
    """Something that was said once more, and the kill that explains it, if one does."""

    said: Said
    first: int
    kill: int | None

    def __str__(self) -> str:
        why = "no kill explains it" if self.kill is None else f"kill {self.kill}"
        return f"repeats call {self.first} ({why}): {self.said}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong, by promise; `copies` are allowed as far as a kill explains them, one for each chat."""

    receipts_without_ticket: Sequence[str]
    tickets_without_receipt: Sequence[str]
    tickets_without_card: Sequence[str]
    strayed: Sequence[str]
    out_of_order: Sequence[str]
    lost: Sequence[str]
    unexplained: Sequence[str]
    left_over: Sequence[str]
    copies: Sequence[Copy]

    def sound(self) -> None:
        """Fail, with everything that is wrong, unless nothing is."""
        wrong = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "copies"}
        told = [
            f"{name.replace('_', ' ')} ({len(lines)}):" + "".join(f"\n    {line}" for line in lines[:12])
            for name, lines in wrong.items()
            if lines
        ]
        assert not told, "\n".join(told)


def died(town: Town, number: int) -> Kill:
    """Note a death that has just happened; `Town.kill` has waited until Telegram was done with what it had been asked."""
    return Kill(number, town.world.counters.calls - 1)


async def judge(town: Town, kills: Sequence[Kill] = (), threads: Iterable[Thread] = ()) -> Verdict:
    """Judge a town whose bot has nothing to do any more; `threads` is what had to arrive."""
    disk, world = await kept(town), town.world
    found = copies(world, kills)
    return Verdict(
        receipts_without_ticket(world, disk),
        tickets_without_receipt(world, disk),
        tickets_without_card(town, disk),
        strayed(town, disk),
        out_of_order(world),
        lost(world, threads),
        [str(copy) for copy in unexplained(found)],
        left_over(disk),
        found,
    )


def receipts_without_ticket(world: World, disk: Kept) -> list[str]:
    """Whatever number somebody was told in private is a ticket's."""
    return [f"{reference}: {one}" for one in said(world) if one.chat > 0 for reference in references(one) if reference not in disk.tickets]


def tickets_without_receipt(world: World, disk: Kept) -> list[str]:
    """Whoever sent a ticket was told its number."""
    told = {(one.chat, receipt(one.text)) for one in said(world)}
    return [str(ticket) for ticket in disk.tickets.values() if ticket.owner is not None and (ticket.owner, ticket.reference) not in told]


def tickets_without_card(town: Town, disk: Kept) -> list[str]:
    """Each ticket is to be seen in the group that has to see it, by itself and not only in a list; an erased one was."""
    shown = {
        (forum.id, reference)
        for forum in town.forums.values()
        for message in forum.chat.from_bot
        if (reference := number_in(plain(message.text))) is not None
    }
    return [str(ticket) for ticket in disk.tickets.values() if (ticket.desk, ticket.reference) not in shown]


def drafts_lost(expected: Mapping[int, str], disk: Kept) -> list[str]:
    """Whoever left at a question is still there; `expected` names it for each chat."""
    return [
        f"chat {chat} left at {step!r}, is at {disk.drafts.get(chat)!r}" for chat, step in expected.items() if disk.drafts.get(chat) != step
    ]


def strayed(town: Town, disk: Kept) -> list[str]:
    """No ticket was ever named in a chat that it is no business of: another resident's, another forum's."""
    forums = {forum.chat.id: forum.id for forum in town.forums.values()}
    wrong = []
    for one in said(town.world):
        for ticket in filter(None, map(disk.tickets.get, references(one))):
            business = forums[one.chat] in ticket.forums if one.chat in forums else ticket.owner in (one.chat, None)
            if not business:
                wrong.append(f"{ticket.reference} of {ticket.desk}: {one}")
    return wrong


def out_of_order(world: World) -> list[str]:
    """Of each thread, what is numbered came into each chat in its order; a repeat counts from its first time."""
    newest: defaultdict[tuple[int, str], int] = defaultdict(int)
    seen: set[tuple[int, str, int]] = set()
    wrong = []
    for one in said(world):
        for thread, number in marks(one.text):
            key = (one.chat, thread)
            if (*key, number) not in seen and number < newest[key]:
                wrong.append(f"{thread}/{number} after {thread}/{newest[key]}: {one}")
            seen.add((*key, number))
            newest[key] = max(newest[key], number)
    return wrong


def lost(world: World, threads: Iterable[Thread]) -> list[str]:
    """Everything that was said came to where it was to go."""
    came: defaultdict[int, set[tuple[str, int]]] = defaultdict(set)
    for one in said(world):
        came[one.chat].update(marks(one.text))
    return [
        f"{thread.name}/{number} never came to chat {thread.chat}"
        for thread in threads
        for number in range(1, thread.said + 1)
        if (thread.name, number) not in came[thread.chat]
    ]


def copies(world: World, kills: Sequence[Kill]) -> list[Copy]:
    """What was said once more in a chat.

    A kill explains a copy if the original was the last thing said in that chat when the bot died, and no other copy in that chat is
    explained by it. What tells (a number, numbered words) is said only once, whenever it comes again. Anything else may be asked again;
    it counts as a copy only where it came as the next thing after such a kill.
    """
    talks: defaultdict[int, list[Said]] = defaultdict(list)
    for one in said(world):
        if not one.is_edit:
            talks[one.chat].append(one)
    return [copy for talk in talks.values() for copy in _copies(talk, kills)]


def _copies(talk: Sequence[Said], kills: Sequence[Kill]) -> Iterator[Copy]:
    deadly = {place: kill.number for place, kill in _last_words(talk, kills)}
    newest: dict[tuple[str, str], int] = {}
    for place, one in enumerate(talk):
        before = newest.get((one.method, one.text))
        newest[one.method, one.text] = place
        if before is None:
            continue
        kill = deadly.get(before)
        if one.tells or (kill is not None and before == place - 1):
            yield Copy(one, talk[before].n, kill)


def _last_words(talk: Sequence[Said], kills: Sequence[Kill]) -> Iterator[tuple[int, Kill]]:
    """Yield each place in a talk after which the bot died before it said more, and the kill."""
    ends = [each.n for each in talk[1:]] + [float("inf")]
    for place, (one, end) in enumerate(zip(talk, ends, strict=True)):
        found = next((kill for kill in kills if one.n <= kill.calls < end), None)
        if found is not None:
            yield place, found


def unexplained(found: Iterable[Copy]) -> list[Copy]:
    """The copies that no kill explains; of several in one chat a kill explains one."""
    return [copy for copy in found if copy.kill is None]


def left_over(disk: Kept) -> list[str]:
    """Everything that arrived was handled, everything decided was sent, and nothing waits for a human."""
    names = ("unhandled", "parked", "unsent", "dead")
    return [f"{getattr(disk, name)} {name}" for name in names if getattr(disk, name)]


def said(world: World) -> Iterator[Said]:
    """Yield what the bot has shown to anybody, in the order in which Telegram took it; also what has been taken back since."""
    for call in world.calls:
        if call.method in SENDS | EDITS and call.status == 200 and (one := _said(world, call)) is not None:
            yield one


def _said(world: World, call: Call) -> Said | None:
    shown = call.result if isinstance(call.result, list) else [call.result]
    if call.chat_id is None or not isinstance(shown[0], dict):
        return None
    chat = world.find(call.chat_id)
    text = "\n".join(plain(each.get("text") or each.get("caption") or "") for each in shown)
    return Said(call.n, chat.id if chat is not None else call.chat_id, call.method, text)


def receipt(text: str) -> str | None:
    """Return the number that a receipt tells, None of a text that is none."""
    found = _receipts().search(plain(text))
    return next(filter(None, found.groups())) if found is not None else None


@cache
def _questions() -> re.Pattern[str]:
    """The review, and what a member is asked who presses Close, as often as they press it."""
    asked = (
        "Shall we send it to the forum?",
        "Why is {reference} being closed?",
        "Please write it as a reply to this message. To close {reference} without words, press “Skip”.",
    )
    texts = {re.escape(parts(each, language, reference="@@")) for each in asked for language in LANGUAGES}
    return re.compile("|".join(text.replace("@@", REFERENCE.pattern) for text in sorted(texts)))


@cache
def _receipts() -> re.Pattern[str]:
    texts = {re.escape(parts(receipt, language, reference="@@")) for receipt in RECEIPTS for language in LANGUAGES}
    return re.compile("|".join(text.replace("@@", f"({REFERENCE.pattern})") for text in sorted(texts)))


def references(one: Said) -> set[str]:
    """Return the tickets' numbers in a text."""
    return set(REFERENCE.findall(one.text))


def marks(text: str) -> list[tuple[str, int]]:
    """Return which numbered words a text holds, in its order."""
    return [(thread, int(number)) for thread, number in MARK.findall(text)]
