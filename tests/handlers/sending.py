"""An approved broadcast as time goes by: timers fire, occurrences open, as the machine would load and store them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from bot.model.broadcasts import Broadcast, Counted, Figures, Occurrence, Schedule
from bot.model.buttons import decode, encode
from bot.model.calendar import Calendar, in_utc
from bot.model.effects import Audit, DropTimer, Effect, MoveBroadcast, MoveOccurrence, OpenOccurrence, Send, SetTimer, Toast, Withdraw
from bot.model.events import OccurrenceEnded, TimerFired
from bot.model.ids import PROVINCE, BroadcastId, OccurrenceId
from bot.model.messages import Action, ToForum, cast_slot, progress_slot
from bot.model.situation import Situation
from handlers import BOOK
from handlers.broadcasts.authority import Case
from handlers.broadcasts.starting import approved, wall_now
from tests.handlers.build import KHANAQIN, NOW, english, situation
from tests.handlers.casting import OMAR, SARA, TEXTS, seated

FORUM, OFFICE = ToForum(KHANAQIN), ToForum(PROVINCE)
EVERY_HOUR = Calendar(quiet_from=time(0), quiet_until=time(0), friday_from=time(0), friday_until=time(0))
"""Rules that nothing is held up by."""
WEEKLY = Schedule("weekly", days=("mon",), at=time(10))
STATES = Broadcast(
    BroadcastId("broadcastaaa"),
    KHANAQIN,
    SARA.id,
    SARA.person,
    "submitted",
    topic="drugs",
    texts=TEXTS,
    revision=3,
    previewed=3,
    counted=Counted(3, 1240),
)


@dataclass
class Course:
    """One broadcast, its occurrences and timers; `sent` is when each began, by its due time on the wall."""

    schedule: Schedule = WEEKLY
    calendar: Calendar = EVERY_HOUR
    now: datetime = NOW
    changes: dict[str, Any] = field(default_factory=dict)
    timers: dict[str, SetTimer] = field(default_factory=dict)
    occurrences: list[Occurrence] = field(default_factory=list)
    sent: dict[datetime, datetime] = field(default_factory=dict)
    skipped: list[datetime] = field(default_factory=list)
    said: list[Effect] = field(default_factory=list)
    shown: dict[tuple[str, str], Send] = field(default_factory=dict)
    figures: Figures = field(default_factory=Figures)

    def __post_init__(self) -> None:
        self.broadcast = replace(STATES, schedule=self.schedule)
        self.chance = situation().chance

    def here(self, **changes: Any) -> Situation:
        """Return the machine's situation about the broadcast."""
        found: dict[str, Any] = {
            "now": self.now,
            "at": self.now,
            "chance": self.chance,
            "place": "machine",
            "forum": None,
            "actor": "stranger",
            "member": None,
            "ticket": None,
            "calendar": self.calendar,
            "broadcast": self.broadcast,
            "occurrences": tuple(self.occurrences[:10]),
            "figures": self.figures,
            **self.changes,
        }
        return replace(situation(), **{**found, **changes})

    def about(self, occurrence: Occurrence | None = None, **changes: Any) -> Situation:
        """Return the situation about an occurrence, by default the newest."""
        return self.here(occurrence=occurrence or self.newest, **changes)

    @property
    def newest(self) -> Occurrence:
        return self.occurrences[0]

    def approve(self) -> Course:
        """Approve it as a coordinator does."""
        here = self.here(**seated(OMAR), place="group")
        self.broadcast = replace(
            self.broadcast, state="approved", approved=self.broadcast.revision, approver=OMAR.id, since=wall_now(here), asking=""
        )
        self.feels(approved(Case(replace(here, broadcast=self.broadcast), self.broadcast, OMAR)))
        return self

    def fires(self, now: datetime | None = None) -> list[Effect]:
        """Let the timer come, at its time or at another."""
        [timer] = [timer for timer in self.timers.values() if timer.kind == "cast_due"]
        self.now = timer.due if now is None else now
        del self.timers[timer.key]
        return self.feels(BOOK.timers["cast_due"](self.here(), TimerFired("cast_due", timer.key)))

    def fires_again(self, **changes: Any) -> list[Effect]:
        """Let a timer come that nobody waits for any more: after a restart, or of another process."""
        return self.feels(BOOK.timers["cast_due"](self.here(**changes), TimerFired("cast_due", f"cast_due:{self.broadcast.id}")))

    def looks(self) -> list[Effect]:
        """Let the next look at the newest occurrence come."""
        [timer] = [timer for timer in self.timers.values() if timer.kind == "cast_progress"]
        self.now = timer.due
        del self.timers[timer.key]
        return self.feels(BOOK.timers["cast_progress"](self.about(), TimerFired("cast_progress", timer.key)))

    def ends(self) -> list[Effect]:
        """Let the last message of the newest occurrence be settled."""
        return self.feels(BOOK.news[OccurrenceEnded](self.about(), OccurrenceEnded(self.newest.id)))

    def presses(self, what: str, about: OccurrenceId | None = None, member: Any = SARA, **changes: Any) -> list[Effect]:
        """Press a button of the newest occurrence, as it travels."""
        action = decode(encode(Action("cast_go", None, (what,), occurrence=about or self.newest.id)))
        return self.feels(BOOK.desk["cast_go"](self.about(**{"place": "group", **seated(member), **changes}), action))

    def goes_on(self, until: datetime) -> Course:
        """Let the timer come whenever it is due; each occurrence ends before the next."""
        for _ in range(5000):
            due = [timer.due for timer in self.timers.values() if timer.kind == "cast_due"]
            if not due or due[0] > until:
                return self
            self.fires()
            self.timers = {key: timer for key, timer in self.timers.items() if timer.kind == "cast_due"}
            self.occurrences = [each if each.state == "skipped" else replace(each, state="done") for each in self.occurrences]
        raise AssertionError("it does not get any further")

    def reads(self, group: ToForum = FORUM, slot: str | None = None) -> str:
        """Return what stands in a slot of a group, by default the newest occurrence's card."""
        return english(self.shown[group.forum, slot or progress_slot(self.newest.id)].message.body)

    def labels(self, group: ToForum = FORUM) -> list[str]:
        rows = self.shown[group.forum, progress_slot(self.newest.id)].message.rows
        return [english(button.label) for row in rows for button in row]

    def told(self, group: ToForum = FORUM) -> str:
        """Return what the last turn said to a group beside the messages that are edited in place."""
        kept = (cast_slot(self.broadcast.id),)
        return "\n---\n".join(
            english(each.message.body) for each in self.said if isinstance(each, Send) and each.to == group and each.slot not in kept
        )

    def toasts(self) -> list[str]:
        return [english(each.text) for each in self.said if isinstance(each, Toast)]

    def opened(self) -> list[OpenOccurrence]:
        return [each for each in self.said if isinstance(each, OpenOccurrence)]

    def audits(self) -> list[str]:
        return [each.action for each in self.said if isinstance(each, Audit)]

    def feels(self, effects: Iterable[Effect]) -> list[Effect]:
        """Store what a turn decided."""
        self.said = list(effects)
        assert sum(isinstance(each, MoveBroadcast) for each in self.said) <= 1
        for effect in self.said:
            self._feel(effect)
        return self.said

    def _feel(self, effect: Effect) -> None:
        match effect:
            case MoveBroadcast(broadcast):
                assert broadcast.version == self.broadcast.version
                self.broadcast = replace(broadcast, version=broadcast.version + 1)
            case SetTimer():
                self.timers[effect.key] = effect
            case DropTimer(key):
                self.timers.pop(key, None)
            case OpenOccurrence(occurrence):
                self._open(occurrence)
            case MoveOccurrence(occurrence):
                [before] = [each for each in self.occurrences if each.id == occurrence.id]
                assert before.version == occurrence.version
                if occurrence.state == "sending" and before.state == "held":
                    self.sent[occurrence.wall] = self.now
                moved = replace(occurrence, version=occurrence.version + 1)
                self.occurrences = [moved if each.id == moved.id else each for each in self.occurrences]
            case Send(to) if isinstance(to, ToForum):
                for button in (button for row in effect.message.rows for button in row):
                    encode(button.action)
                self.shown[to.forum, effect.slot or f"once:{len(self.shown)}"] = effect
            case Withdraw(to, slot) if isinstance(to, ToForum):
                self.shown.pop((to.forum, slot), None)
            case _:
                pass

    def _open(self, occurrence: Occurrence) -> None:
        assert occurrence.wall not in {each.wall for each in self.occurrences}, "one occurrence for each due time"
        assert occurrence.due == in_utc(occurrence.wall)
        assert occurrence.revision == self.broadcast.approved
        self.occurrences.insert(0, occurrence)
        if occurrence.state == "sending":
            assert self.calendar.sendable(self.now)
            self.sent[occurrence.wall] = self.now
        elif occurrence.state == "skipped":
            self.skipped.append(occurrence.wall)


def wall(day: date | str, hour: str = "10:00") -> datetime:
    """Return an hour of a day on the wall, such as `wall("2026-11-23", "21:30")`."""
    return datetime.combine(date.fromisoformat(day) if isinstance(day, str) else day, time.fromisoformat(hour))


def at(day: date | str, hour: str = "10:00") -> datetime:
    """Return the same in UTC."""
    return in_utc(wall(day, hour))


def later(moment: datetime, **span: float) -> datetime:
    return moment.astimezone(UTC) + timedelta(**span)
