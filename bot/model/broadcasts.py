"""Broadcasts: what coordinators tell many people who asked to be told, to whom, when, and what became of it (as numbers)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal, get_args

from bot.model.ids import LANGUAGES, BroadcastId, ForumId, Language, MemberId, OccurrenceId, ResidentId
from bot.model.messages import Attachment, Recipient, ToForum, ToResident
from bot.model.subscriptions import Circle, Subscription, Topic


@dataclass(frozen=True, slots=True)
class Question:
    """A quiz in one language: the question, its options in their order, and what is said once somebody has answered."""

    question: str = ""
    options: tuple[str, ...] = ()
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class Quiz:
    """A quiz or, without a right answer, a poll. `right` is the index of the right option. All languages have as many options."""

    texts: Mapping[Language, Question] = field(default_factory=dict)
    right: int | None = None


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is meant: those who asked to hear of the topic in one of the districts, read one of the languages and belong to the circle.

    Attributes:
        districts: empty for all that are configured.
        languages: the others get nothing, and the author was told how many that are.
        channels: also post it in the districts' public channels.
    """

    districts: frozenset[ForumId] = frozenset()
    languages: frozenset[Language] = frozenset(LANGUAGES)
    circle: Circle | None = None
    channels: bool = False

    def reached(self, subscription: Subscription, language: Language, topic: Topic) -> ForumId | None:
        """Return the district under which somebody is reached and counted (the first by name), None if they are not meant."""
        if language not in self.languages or topic not in subscription.topics:
            return None
        if self.circle is not None and self.circle not in subscription.circles:
            return None
        meant = subscription.districts & self.districts if self.districts else subscription.districts
        return min(meant, default=None)


DayName = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAY_NAMES: tuple[DayName, ...] = get_args(DayName)
"""In the order of `date.weekday()`; names, since numbers are counted differently everywhere."""
Ordinal = Literal["1st", "2nd", "3rd", "4th", "last"]
WINDOWS: tuple[int, ...] = (1, 3, 6, 12, 24)
VOICES_KEPT = timedelta(days=30)
"""For so long after the end of an occurrence it is known who has answered; a quiz takes answers until then, lest one counts twice."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When, on the clocks of Asia/Baghdad.

    Attributes:
        kind: at once after the approval, at one moment, every week on some days, every month on the first (second, …) such day.
        day: of `once`.
        at: of all but `now`.
        days: of `weekly` any, of `monthly` one.
        which: of `monthly`.
        until: the last day of what recurs, None for no end.
        on_holidays: whether what recurs is sent on a holiday or leaves it out.
        window: hours; what could not begin so long after its time is held for a decision.
    """

    kind: Literal["now", "once", "weekly", "monthly"] = "now"
    day: date | None = None
    at: time | None = None
    days: tuple[DayName, ...] = ()
    which: Ordinal = "1st"
    until: date | None = None
    on_holidays: bool = False
    window: int = 3


@dataclass(frozen=True, slots=True)
class Counted:
    """How many people a broadcast would reach, counted for one revision of it.

    Attributes:
        people: who would get it.
        by_language, by_district: the same people; each person counts under one district.
        other_languages: how many are meant but read a language that is left out.
        quiet: how many were left out because they have not been here for a year.
        blocked: how many were left out because they cannot be reached.
    """

    revision: int
    people: int
    by_language: Mapping[Language, int] = field(default_factory=dict)
    by_district: Mapping[ForumId, int] = field(default_factory=dict)
    other_languages: int = 0
    quiet: int = 0
    blocked: int = 0


BroadcastState = Literal["draft", "submitted", "approved", "finished"]


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A broadcast, from its first word to the last time it is sent.

    Attributes:
        forum: in whose group it is written: a forum tells its own district only, the province any.
        author, author_person: who wrote it, as a member of that group, and as the one person behind their memberships (`Member.person`).
        author_name: how that group calls them; told to nobody else.
        desk: the author as the bot knows them in private, where it is written there; None where it is written in the group.
        writers: everybody who has changed what is said, to whom or when, as `author_person`: none of them may approve it.
        texts: what is said, by language.
        attachment: one picture, video, voice or document for all languages.
        counted: how many it would reach, of the last revision that was counted.
        previewed: the revision that its author has seen in every language of the audience.
        approved: the revision that was approved, 0 if none; only that is ever sent.
        approver: who approved it.
        since: on the clocks of Asia/Baghdad, without a zone; its times after this one are still to come. None until it is approved.
        asking: the step of the composer that is open, with what was chosen on the way.
        revision: raised by each change of what is said, to whom, or when.
        version: raised by each change of the row.
    """

    id: BroadcastId
    forum: ForumId
    author: MemberId
    author_person: str
    state: BroadcastState = "draft"
    topic: Topic | None = None
    texts: Mapping[Language, str] = field(default_factory=dict)
    attachment: Attachment | None = None
    quiz: Quiz | None = None
    audience: Audience = Audience()
    schedule: Schedule = Schedule()
    counted: Counted | None = None
    previewed: int = 0
    approved: int = 0
    approver: MemberId | None = None
    author_name: str = ""
    desk: ResidentId | None = None
    writers: frozenset[str] = frozenset()
    since: datetime | None = None
    asking: str = ""
    revision: int = 1
    version: int = 1


def home(broadcast: Broadcast) -> Recipient:
    """Return the chat in which a broadcast is written and followed: its author's with the bot, or the group's."""
    return ToForum(broadcast.forum) if broadcast.desk is None else ToResident(broadcast.desk)


OccurrenceState = Literal["sending", "paused", "held", "done", "cancelled", "skipped"]
"""held: its time has passed beyond the window, and somebody has to decide. `done`, `cancelled`, `skipped` end it."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that a broadcast is sent; there is never a second one of the same broadcast and due time.

    Attributes:
        wall: the due time on the clocks of Asia/Baghdad, without a zone: what makes it this occurrence and no other.
        due: the same in UTC when it was opened.
        revision: the approved revision that it sends.
        started, ended: UTC.
        listed: whether everybody whom it is for has been found.
        paid: whether it is sent at the rate that is paid for.
    """

    id: OccurrenceId
    broadcast: BroadcastId
    forum: ForumId
    wall: datetime
    due: datetime
    state: OccurrenceState
    revision: int
    started: datetime | None = None
    ended: datetime | None = None
    listed: bool = False
    paid: bool = False
    version: int = 1


@dataclass(frozen=True, slots=True)
class Cell:
    """The numbers of one district and language."""

    district: ForumId
    language: Language
    listed: int = 0
    delivered: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """What became of one occurrence.

    Attributes:
        listed: people found so far whom it is for.
        delivered: who has it.
        blocked, gone: who cannot be reached: the bot is blocked, the account does not exist any more.
        refused: messages that the channel did not take.
        unsure: messages that were tried twice without an answer; they may have arrived.
        opted_out: who stopped these messages with its button.
        answers: of a quiz, how often each option was chosen.
        sending: messages on their way at this moment.
    """

    listed: int = 0
    delivered: int = 0
    blocked: int = 0
    gone: int = 0
    refused: int = 0
    unsure: int = 0
    opted_out: int = 0
    answers: tuple[int, ...] = ()
    cells: tuple[Cell, ...] = ()
    sending: int = 0

    @property
    def settled(self) -> int:
        """Return of how many people it is known what became of theirs."""
        return self.delivered + self.blocked + self.gone + self.refused + self.unsure

    @property
    def left(self) -> int:
        """Return how many of those found have not been tried to the end."""
        return self.listed - self.settled
