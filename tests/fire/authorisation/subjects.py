"""What is acted on: a report, a request, a session and a broadcast in every state, by what the table calls it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from bot.model.broadcasts import Audience, Broadcast, Counted, Occurrence, OccurrenceState, Question, Quiz
from bot.model.ids import LANGUAGES, PROVINCE, BroadcastId, MemberId, OccurrenceId, ResidentId, SessionId, TicketId
from bot.model.messages import Attachment
from bot.model.people import Member
from bot.model.sessions import Request, Session
from bot.model.tickets import Content, Ticket
from tests.handlers.build import JALAWLA, KHANAQIN, ticket
from tests.handlers.casting import TEXTS
from tests.pipeline.wire import NOW

STORY: Final = ("Two men sell pills", "behind the school", "every evening", "canary in the thread")
PLACE: Final = ("Town hall",)
WORDS: Final = ("Drugs destroy families.",)
"""What only they may be shown for whom it is: of a report, a session, a broadcast."""


def reports(owner: ResidentId, sara: MemberId, azad: MemberId) -> dict[str, Ticket]:
    """Return the reports of one person. "theirs" is followed by Sara, the member of the table."""
    by_sara: dict[str, Any] = {"state": "taken", "taker": sara, "taker_name": "Sara"}
    states: dict[str, dict[str, Any]] = {
        "new": {},
        "moved here": {"came_from": JALAWLA, "hops": 1},
        "theirs": by_sara,
        "a colleague's": {**by_sara, "taker": azad, "taker_name": "Azad"},
        "closed": {**by_sara, "state": "closed", "outcome": "resolved"},
        "erased": {"state": "erased"},
        "wants no answer": {"contact": False},
        "unreachable": {"reachable": False},
        "sensitive": {"sensitive": True, "category": "harassment"},
        "moved away": {"forum": JALAWLA, "came_from": KHANAQIN, "hops": 1},
    }
    plain = ticket(resident=owner)
    return {
        name: replace(plain, id=TicketId(f"ticket{number:06}"), reference=f"KHN-AAA{number}", **changes)
        for number, (name, changes) in enumerate(states.items())
    }


def request(report: Ticket) -> Ticket:
    """Return a request for a session in the state of a report."""
    asked = Content(report.content.text, request=Request("Water in the old town", ("municipality",)))
    id, reference = TicketId(report.id.replace("ticket", "reques")), report.reference.replace("AAA", "BBB")
    return replace(report, id=id, reference=reference, kind="dialogue", category="dialogue", content=asked)


def meetings() -> dict[str, Session]:
    """Return the sessions of Khanaqin."""
    soon, past = NOW + timedelta(days=3), NOW - timedelta(days=1)
    plain = Session(
        SessionId("session00000"), KHANAQIN, "planned", "Water in Nasr", place="Town hall", latitude=34.3, longitude=45.4, capacity=50,
        wall=soon.replace(tzinfo=None, hour=16, minute=0), starts=soon.replace(hour=13, minute=0),
    )  # fmt: skip
    states: dict[str, dict[str, Any]] = {
        "planned": {},
        "announced": {"state": "announced"},
        "being changed": {"state": "announced", "asking": '{"step": "change", "place": "The old library", "changing": true}'},
        "held": {
            "state": "held",
            "wall": past.replace(tzinfo=None),
            "starts": past - timedelta(hours=3),
            "asking": '{"step": "due", "who": "health", "what": "A doctor"}',
        },
        "cancelled": {"state": "cancelled"},
        "another forum's": {"forum": JALAWLA},
    }
    return {name: replace(plain, id=SessionId(f"session{n:05}"), **changes) for n, (name, changes) in enumerate(states.items())}


@dataclass(frozen=True)
class Cast:
    """A broadcast and its sending, if there is one."""

    broadcast: Broadcast
    occurrence: Occurrence | None


def casts(sara: Member, layla: Member, omar: Member, rana: Member, desk: ResidentId) -> dict[str, Cast]:
    """Return broadcasts that Sara wrote in her forum's group and Rana, a coordinator, changed; and some that Layla wrote alone."""
    quiz = Quiz({each: Question("What do you do?", ("Open it", "Delete it"), "Why") for each in LANGUAGES}, right=1)
    plain = Broadcast(
        BroadcastId("broadcast000"), KHANAQIN, sara.id, sara.person, topic="drugs", texts=TEXTS, quiz=quiz, revision=3, previewed=3,
        attachment=Attachment("photo", "file-1"), audience=Audience(frozenset({KHANAQIN})), counted=Counted(3, 1240),
        author_name=sara.name, writers=frozenset({sara.person, rana.person}), asking='{"step": "sure", "kind": "voice", "file": "file-2"}',
    )  # fmt: skip
    approved: dict[str, Any] = {
        "state": "approved", "approved": 3, "approver": omar.id, "since": NOW.replace(tzinfo=None), "asking": "",
    }  # fmt: skip
    alone: dict[str, Any] = {
        "forum": PROVINCE, "author": layla.id, "author_person": layla.person, "writers": frozenset({layla.person}), "desk": desk,
    }  # fmt: skip
    states: Mapping[str, tuple[dict[str, Any], OccurrenceState | None]] = {
        "draft": ({}, None),
        "not counted": ({"counted": None}, None),
        "submitted": ({"state": "submitted", "asking": ""}, None),
        "approved": (approved, None),
        "sending": (approved, "sending"),
        "paused": (approved, "paused"),
        "held": (approved, "held"),
        "over": ({**approved, "state": "finished"}, "done"),
        "written alone": (alone, None),
        "written alone, sending": ({**alone, **approved}, "sending"),
        "another forum's": ({"forum": JALAWLA}, None),
    }
    return {name: _cast(number, plain, changes, sending) for number, (name, (changes, sending)) in enumerate(states.items())}


def _cast(number: int, plain: Broadcast, changes: dict[str, Any], sending: OccurrenceState | None) -> Cast:
    broadcast = replace(plain, id=BroadcastId(f"broadcast{number:03}"), **changes)
    if sending is None:
        return Cast(broadcast, None)
    wall, ended = (NOW + timedelta(hours=3)).replace(tzinfo=None), NOW if sending == "done" else None
    id = OccurrenceId(f"occurrenc{number:03}")
    return Cast(broadcast, Occurrence(id, broadcast.id, broadcast.forum, wall, NOW, sending, 3, started=NOW, ended=ended))
