"""A forum's group that arranges a session: turn after turn, as the machine would load and store it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.model.buttons import decode, encode
from bot.model.effects import Effect, MoveSession, MoveTicket, OpenSession, Send, SetPromise, StartRound
from bot.model.events import CommandGiven, Event, TextReceived, TimerFired
from bot.model.ids import TicketId
from bot.model.messages import Action, Button, ToForum, plan_slot
from bot.model.sessions import Request, Round, Session
from bot.model.situation import Situation
from bot.model.tickets import Content, Ticket
from handlers import BOOK
from tests.handlers.build import KHANAQIN, english, sends, situation, ticket

GROUP = ToForum(KHANAQIN)
ASKED = Request("Water in the old town", ("municipality", "utilities"), audience="everyone")


def request(topic: str = ASKED.topic, **changes: Any) -> Ticket:
    content = Content("The taps are dry since spring.", request=replace(ASKED, topic=topic))
    return ticket(**{"kind": "dialogue", "category": "dialogue", "reference": "KHN-AAAA", "content": content, **changes})


def another(topic: str, number: int, **changes: Any) -> Ticket:
    return request(topic, id=TicketId(f"ticketother{number}"), reference=f"KHN-BBB{number}", **changes)


@dataclass
class Meeting:
    """The group of Khanaqin, its requests and its one session."""

    here: Situation = field(default_factory=lambda: situation(request(), session=None))
    tickets: dict[TicketId, Ticket] = field(default_factory=dict)
    shown: dict[str, Send] = field(default_factory=dict)
    rounds: list[Round] = field(default_factory=list)
    said: list[Effect] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.here.ticket is not None:
            self.tickets[self.here.ticket.id] = self.here.ticket

    def knows(self, *others: Ticket) -> Meeting:
        self.tickets.update({other.id: other for other in others})
        return self

    @property
    def session(self) -> Session:
        assert self.here.session is not None
        return self.here.session

    @property
    def plan(self) -> Send:
        return self.shown[plan_slot(self.session.id)]

    def reads(self) -> str:
        """Return what the plan's message says."""
        return english(self.plan.message.body)

    def labels(self) -> list[str]:
        return [english(button.label) for row in self.plan.message.rows for button in row]

    def command(self, name: str, **changes: Any) -> list[Effect]:
        here = replace(self.here, prompt=None, ticket=None, session=None, **changes)
        return self._decided(BOOK.desk_commands[name](here, CommandGiven(name)))

    def press(self, verb: str, *args: str, about: Ticket | None = None, **changes: Any) -> list[Effect]:
        """Press a button: of a request's card where one is named, else of the session."""
        session = None if about is not None else self.session.id
        return self._pressed(Action(verb, about.id if about is not None else None, args, session), **changes)

    def taps(self, label: str, **changes: Any) -> list[Effect]:
        """Press the button of this label, on the plan or on what else was shown, the last first."""
        for send in reversed([*self.shown.values(), self.plan] if self.here.session else list(self.shown.values())):
            for button in (button for row in send.message.rows for button in row):
                if english(button.label) == label:
                    return self._pressed(_travelled(button), **changes)
        raise AssertionError(f"no button {label}")

    def replies(self, event: Event | str, slot: str | None = None, **changes: Any) -> list[Effect]:
        """Reply to the last prompt."""
        found = slot or next(slot for slot in reversed(self.shown) if slot.startswith("field:"))
        heard = TextReceived(event) if isinstance(event, str) else event
        here = replace(self.loaded(None), prompt=found, **changes)
        return self._decided(BOOK.desk_events[type(heard)](here, heard))

    def fires(self, kind: str, key: str, now: datetime) -> list[Effect]:
        self.here = replace(self.here, now=now, at=now)
        here = replace(self.loaded(None), place="machine", forum=None, actor="stranger", member=None)
        return self._decided(BOOK.timers[kind](here, TimerFired(kind, key)))

    def _pressed(self, action: Action, **changes: Any) -> list[Effect]:
        return self._decided(BOOK.desk[action.verb](replace(self.loaded(action.ticket), **changes), action))

    def loaded(self, about: TicketId | None) -> Situation:
        """Return the situation as the machine loads it: of a request its session, of a session its requests."""
        subject = self.tickets[about] if about is not None else None
        session = self.here.session
        if subject is not None and (session is None or subject.session != session.id):
            session = None
        joined = tuple(each for each in self.tickets.values() if session is not None and each.session == session.id)
        ours = (each for each in self.tickets.values() if each.kind == "dialogue" and each.forum == KHANAQIN)
        open_ones = (each for each in ours if each.state in ("new", "taken"))
        alike = tuple(each for each in open_ones if each.id != about and each not in joined)
        listed = (self.here.session,) if self.here.session is not None else ()
        return replace(self.here, ticket=subject, session=session, asked=joined, alike=alike, sessions=listed, prompt=None)

    def _decided(self, effects: Iterable[Effect]) -> list[Effect]:
        self.said = list(effects)
        moved: set[str] = set()
        for effect in self.said:
            self._feel(effect, moved)
        return self.said

    def _feel(self, effect: Effect, moved: set[str]) -> None:
        match effect:
            case OpenSession(session):
                self.here = replace(self.here, session=session)
            case MoveSession(session):
                assert session.version == self.session.version
                assert session.id not in moved
                moved.add(session.id)
                self.here = replace(self.here, session=replace(session, version=session.version + 1))
            case MoveTicket(changed):
                assert changed.id not in moved, "a ticket is moved once in a turn"
                moved.add(changed.id)
                self.tickets[changed.id] = replace(changed, version=changed.version + 1)
            case SetPromise(promise):
                others = tuple(each for each in self.here.promises if each.id != promise.id)
                self.here = replace(self.here, promises=(*others, promise))
            case StartRound(begun):
                self.rounds.append(begun)
            case Send(to, _) if isinstance(to, ToForum):
                for button in (button for row in effect.message.rows for button in row):
                    encode(button.action)
                slot = effect.slot or f"once:{len(self.shown)}"
                self.shown.pop(slot, None)
                self.shown[slot] = effect
            case _:
                pass


def _travelled(button: Button) -> Action:
    return decode(encode(button.action))


def scheduled(meeting: Meeting | None = None) -> Meeting:
    """Return a plan that a request has begun."""
    meeting = meeting or Meeting()
    meeting.press("schedule", about=next(iter(meeting.tickets.values())))
    return meeting


def filled(meeting: Meeting | None = None) -> Meeting:
    """Return a plan with everything that an invitation must say: Saturday 5 December, 16:00, in the public library."""
    meeting = scheduled(meeting)
    if "Which requests" in meeting.reads():
        meeting.taps("Back")
    meeting.taps("Day")
    meeting.taps("Later")
    meeting.taps("°5")
    meeting.taps("16:00")
    meeting.taps("Place")
    meeting.replies("Public library")
    return meeting


def announced(meeting: Meeting | None = None) -> Meeting:
    """Return a session that people have been invited to."""
    meeting = filled(meeting)
    meeting.taps("Look at the invitation")
    meeting.taps("Announce")
    return meeting


def held(meeting: Meeting | None = None) -> Meeting:
    """Return a session that has just ended."""
    meeting = announced(meeting)
    assert meeting.session.starts is not None
    meeting.fires("over", f"session:{meeting.session.id}:over", datetime.fromisoformat("2026-12-05T14:30:00+00:00"))
    return meeting


def to_group(effects: Iterable[Effect]) -> str:
    return "\n---\n".join(english(send.message.body) for send in sends(effects, GROUP))
