"""What a turn may know: everything a decision is allowed to look at, loaded before it and handed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bot.model.ids import Chance, ForumId, Language
from bot.model.people import Actor, Draft, Member, Resident
from bot.model.province import Province
from bot.model.text import Piece
from bot.model.tickets import Entry, Ticket

ForumState = Literal["linked", "unlinked", "lost"]


@dataclass(frozen=True, slots=True)
class Situation:
    """What one turn knows.

    Attributes:
        now: UTC.
        at: when the event happened, UTC; long before `now` after a power cut.
        place: where it happened: a private chat, a group, or inside the machine (timers, what the sender learnt).
        words: renders a piece of text in a language, to compare what was typed with what a button says.
        resident, draft: in a private chat.
        tickets: the resident's own tickets, newest first.
        forum: in a linked group, the forum it is; None in a strange group.
        actor: who acts, for `may`.
        member: in a linked group, the person who acts, where it is a person.
        leaver: the member who left, for `MemberLeft`.
        ticket, entries: the ticket that the button, reply, timer or delivery is about, with its thread, oldest first.
        prompt: the slot of the bot's message that was replied to, if it was one.
        forums: what is known of each forum's group.
        held: tickets that a lost forum has not closed, for `ForumUnreachable`, `GroupLost` and `GroupJoined`.
        code: whether a link code given here is valid, and for which forum.
    """

    now: datetime
    at: datetime
    province: Province
    chance: Chance
    place: Literal["private", "group", "machine"]
    words: Callable[[Piece, Language], str]
    resident: Resident | None = None
    draft: Draft | None = None
    tickets: tuple[Ticket, ...] = ()
    forum: ForumId | None = None
    actor: Actor = "stranger"
    member: Member | None = None
    leaver: Member | None = None
    ticket: Ticket | None = None
    entries: tuple[Entry, ...] = ()
    prompt: str | None = None
    forums: Mapping[ForumId, ForumState] = field(default_factory=dict)
    held: tuple[Ticket, ...] = ()
    code: ForumId | None = None

    def language(self) -> Language:
        """Return the language to speak here: the resident's choice, or that of the forum's group."""
        if self.forum is not None:
            return self.province.forum_language(self.forum)
        if self.resident is not None and self.resident.language is not None:
            return self.resident.language
        return self.province.language
