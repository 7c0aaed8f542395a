"""What a turn may know: everything a decision is allowed to look at, loaded before it and handed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bot.model.broadcasts import Broadcast, Figures, Occurrence
from bot.model.calendar import Calendar
from bot.model.ids import BroadcastId, Chance, ForumId, Language, ResidentId
from bot.model.messages import Recipient, ToForum, ToResident
from bot.model.people import Actor, Draft, Member, Resident
from bot.model.province import Province
from bot.model.sessions import Answer, Feedback, Person, Promise, Round, Session, Tally
from bot.model.subscriptions import Subscription
from bot.model.text import Piece
from bot.model.tickets import Entry, Ticket

ForumState = Literal["linked", "unlinked", "lost"]


EVERY_DAY = Calendar()
NOBODY = Tally()
NOTHING = Subscription()
NO_FIGURES = Figures()


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
        forum: in a linked group, the forum it is; None in a strange group. In private it is PROVINCE for what somebody who is or was a
            coordinator does to broadcasts there, and None for everything else.
        actor: who acts, for `may`.
        member: the person who acts for the forum, where it is a person.
        leaver: the member who left, for `MemberLeft`.
        ticket, entries: the ticket that the button, reply, timer or delivery is about, with its thread, oldest first.
        shown: whether the group in which a button was pressed has the card of the button's ticket.
        prompt: the slot of the bot's message that was replied to, if it was one.
        forums: what is known of each forum's group.
        held: tickets that a lost forum has not closed, for `ForumUnreachable`, `ForumReachable`, `GroupLost` and `GroupJoined`.
        calendar: the rules of time in force, in every situation.
        calendars: in the province's group, their last versions, newest first; the configuration's is the last of them.
        subscription: of a resident, what they want to be told.
        session, tally, promises, feedback: the session that the button, reply, timer, conversation or joined ticket is about, with what
            belongs to it. Nobody else's answer to it is stored before this turn is.
        answer: what this resident has answered to it.
        waiting: who can be reached of its waiting list, first come first: in a private chat as many as seats are free, and one more if
            this resident has one to give up, but never this resident; elsewhere 200 at most.
        asked: the requests that were joined to it.
        alike: of a dialogue request's forum, or the session's, its other open dialogue requests that are not joined to that session.
        sessions: in a group the forum's, in the province's group all, for a resident those of their own requests, answers and
            subscriptions that were announced; coming ones first, then the last ten. In a group where the command, button or reply is
            about no report and no session, or about a dialogue request; in private for the command and buttons `sessions…` and for words
            outside a conversation. `promises` are then those of all of them.
        round, people: for `TimerFired("round")`, what is being told, and the next people to be told, each with their place: `CHUNK` of
            them at most. Nobody comes twice in a round. `tally` and `promises` are there, what would cost more is not.
        reached: how far the round has come when these people are told, None where they are its last.
        broadcast: the broadcast that the button, replied prompt, timer or news is about, or the occurrence belongs to. Nobody else changes
            it before this turn is stored.
        occurrence, figures: the occurrence that it is about, and what became of it so far.
        occurrences: of `broadcast`, its last ten occurrences, newest first.
        voted: whether this resident has answered the occurrence's quiz.
        broadcasts: in a group that asks for the list, the forum's broadcasts, in the province's all, the last twenty, newest first; for
            each with an occurrence `latest` has the last one, with its figures.
        myself: the resident behind the member who presses a broadcast's button, for a test to themselves; None if the bot may not write
            to them in private.
        doubted: seconds by which the clock has jumped, while nobody has confirmed the time; 0 where it is trusted.
        restored: when the database was last made of a backup: what was due until then may have happened, and be forgotten. Where
            broadcasts are decided about.
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
    shown: bool = False
    prompt: str | None = None
    forums: Mapping[ForumId, ForumState] = field(default_factory=dict)
    held: tuple[Ticket, ...] = ()
    code: ForumId | None = None
    calendar: Calendar = EVERY_DAY
    calendars: tuple[Calendar, ...] = ()
    subscription: Subscription = NOTHING
    session: Session | None = None
    tally: Tally = NOBODY
    answer: Answer | None = None
    waiting: tuple[Person, ...] = ()
    asked: tuple[Ticket, ...] = ()
    alike: tuple[Ticket, ...] = ()
    promises: tuple[Promise, ...] = ()
    sessions: tuple[Session, ...] = ()
    feedback: tuple[Feedback, ...] = ()
    broadcast: Broadcast | None = None
    occurrence: Occurrence | None = None
    figures: Figures = NO_FIGURES
    occurrences: tuple[Occurrence, ...] = ()
    voted: bool = False
    broadcasts: tuple[Broadcast, ...] = ()
    latest: Mapping[BroadcastId, tuple[Occurrence, Figures]] = field(default_factory=dict)
    myself: ResidentId | None = None
    doubted: int = 0
    restored: datetime | None = None
    round: Round | None = None
    people: tuple[Person, ...] = ()
    reached: int | None = None

    @property
    def here(self) -> Recipient | None:
        """Return the chat in which it happened: None in a strange group and inside the machine."""
        if self.place == "private":
            return ToResident(self.resident.id) if self.resident is not None else None
        return ToForum(self.forum) if self.place == "group" and self.forum is not None else None

    def language(self) -> Language:
        """Return the language to speak here: the resident's choice, or that of the forum's group."""
        if self.forum is not None and self.place != "private":
            return self.province.forum_language(self.forum)
        if self.resident is not None and self.resident.language is not None:
            return self.resident.language
        return self.province.language
