"""The groups in which a broadcast is written and approved: turn after turn, as the machine would load and store it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from bot.model.broadcasts import Broadcast, Counted, Occurrence
from bot.model.buttons import decode, encode
from bot.model.effects import (
    CountAudience,
    DropBroadcast,
    Effect,
    MoveBroadcast,
    MoveOccurrence,
    OpenBroadcast,
    OpenOccurrence,
    Send,
    Withdraw,
)
from bot.model.events import AudienceCounted, CommandGiven, Event, MediaReceived, TextReceived
from bot.model.ids import PROVINCE, Language, MemberId, ResidentId
from bot.model.messages import Action, Attachment, AttachmentKind, Button, ToForum, approval_slot, cast_slot
from bot.model.people import Member
from bot.model.situation import Situation
from handlers import BOOK
from handlers.broadcasts.message import units
from tests.handlers.build import KHANAQIN, PLACES, english, situation

SARA = Member(MemberId("memberssaraa"), KHANAQIN, "Sara K.", person="person-sara")
AZAD = Member(MemberId("membersazada"), KHANAQIN, "Azad M.", person="person-azad")
LAYLA = Member(MemberId("memberslayla"), PROVINCE, "Layla H.", "coordinator", person="person-layla")
OMAR = Member(MemberId("membersomara"), PROVINCE, "Omar S.", "coordinator", person="person-omar")
SARA_IN_THE_PROVINCE = Member(MemberId("memberssara2"), PROVINCE, "Sara K.", "coordinator", person="person-sara")
MYSELF = ResidentId("residentsara")
FORUM, OFFICE = ToForum(KHANAQIN), ToForum(PROVINCE)

TEXTS: dict[Language, str] = {
    "ar": "المخدرات تدمر العوائل.\nللمساعدة اكتبوا لنا.",
    "ckb": "ماددەی هۆشبەر خێزان وێران دەکات.\nبۆ یارمەتی بۆمان بنووسن.",
    "en": "Drugs destroy families.\nWrite to us for help.",
}
QUIZ = "What do you do with an unknown link?\nOpen it\n* Delete it\nSend it on\n\nSuch links steal accounts."


def seated(member: Member) -> dict[str, Any]:
    """Return what differs when somebody acts in their group."""
    return {"member": member, "forum": member.forum, "actor": member.role}


@dataclass
class Writing:
    """One broadcast and the two groups that see it; `shown` is what stands in each of their slots, the newest last."""

    here: Situation = field(default_factory=lambda: situation(ticket=None, member=SARA, myself=MYSELF))
    shown: dict[tuple[str, str], Send] = field(default_factory=dict)
    said: list[Effect] = field(default_factory=list)
    counts: list[CountAudience] = field(default_factory=list)
    gone: bool = False

    @property
    def broadcast(self) -> Broadcast:
        assert self.here.broadcast is not None
        return self.here.broadcast

    def state(self) -> str:
        """Return the broadcast's state."""
        return self.broadcast.state

    @property
    def panel(self) -> Send:
        return self.shown[self.broadcast.forum, cast_slot(self.broadcast.id)]

    @property
    def card(self) -> Send:
        return self.shown[PROVINCE, approval_slot(self.broadcast.id)]

    def reads(self) -> str:
        """Return what the broadcast's message says."""
        return english(self.panel.message.body)

    def labels(self, send: Send | None = None) -> list[str]:
        return [english(button.label) for row in (send or self.panel).message.rows for button in row]

    def command(self, **changes: Any) -> list[Effect]:
        here = replace(self.here, **changes)
        self.here = replace(self.here, forum=here.forum, member=here.member, actor=here.actor)
        return self._decided(BOOK.desk_commands["broadcast"](here, CommandGiven("broadcast")))

    def press(self, step: str, value: str = "", *, revision: int | None = None, verb: str = "cast", **changes: Any) -> list[Effect]:
        """Press a button of the composer as it would have been made for a revision, by default this one."""
        made = str(self.broadcast.revision if revision is None else revision)
        args = (step, value, made) if verb == "cast" else (step, made)
        return self.presses(Action(verb, None, args, broadcast=self.broadcast.id), **changes)

    def presses(self, action: Action, **changes: Any) -> list[Effect]:
        here = replace(self.here, prompt=None, **changes)
        return self._decided(BOOK.desk[action.verb](here, action))

    def taps(self, label: str, send: Send | None = None, **changes: Any) -> list[Effect]:
        """Press the button of this label: of a message, or of what was shown last."""
        for each in [send] if send else reversed(self.shown.values()):
            for button in (button for row in each.message.rows for button in row):
                if english(button.label) == label:
                    return self.presses(travelled(button), **changes)
        raise AssertionError(f"no button {label}")

    def replies(self, event: Event | str, **changes: Any) -> list[Effect]:
        """Reply to the last prompt."""
        slot = next(slot for _, slot in reversed(self.shown) if slot.startswith("cast:") and slot.count(":") == 3)
        return self.replies_to(slot, event, **changes)

    def replies_to(self, slot: str, event: Event | str, **changes: Any) -> list[Effect]:
        heard = TextReceived(event) if isinstance(event, str) else event
        return self._decided(BOOK.desk_events[type(heard)](replace(self.here, prompt=slot, **changes), heard))

    def sends(self, kind: AttachmentKind, caption: str = "", **changes: Any) -> list[Effect]:
        return self.replies(MediaReceived(Attachment(kind, f"file-{kind}", **changes), caption))

    def counted(self, people: int = 1240, **changes: Any) -> list[Effect]:
        """Let the counting that was asked for last end."""
        asked = self.counts[-1]
        apart = {"ar": people - people // 4, "ckb": people // 4}
        numbers = {"by_language": {language: apart.get(language, 0) for language in asked.audience.languages}, **changes}
        told = Counted(asked.revision, people, **numbers)
        machine = replace(self.here, place="machine", forum=None, member=None, actor="stranger", prompt=None)
        return self._decided(BOOK.news[AudienceCounted](machine, AudienceCounted(asked.broadcast, told)))

    def _decided(self, effects: Iterable[Effect]) -> list[Effect]:
        self.said = list(effects)
        moved = False
        for effect in self.said:
            match effect:
                case OpenBroadcast(broadcast):
                    self.here = replace(self.here, broadcast=broadcast)
                case MoveBroadcast(broadcast):
                    assert broadcast.version == self.broadcast.version
                    assert not moved, "a broadcast is moved once in a turn"
                    moved = True
                    self.here = replace(self.here, broadcast=replace(broadcast, version=broadcast.version + 1))
                case DropBroadcast():
                    self.here, self.gone = replace(self.here, broadcast=None), True
                case OpenOccurrence(occurrence):
                    self.here = replace(self.here, occurrences=(occurrence, *self.here.occurrences))
                case MoveOccurrence(occurrence):
                    self._occurred(occurrence)
                case CountAudience():
                    self.counts.append(effect)
                case Send(to) if isinstance(to, ToForum):
                    self._show(to, effect)
                case Withdraw(to, slot) if isinstance(to, ToForum):
                    self.shown.pop((to.forum, slot), None)
                case _:
                    pass
        return self.said

    def _occurred(self, occurrence: Occurrence) -> None:
        others = tuple(each for each in self.here.occurrences if each.id != occurrence.id)
        self.here = replace(self.here, occurrences=(occurrence, *others))

    def _show(self, to: ToForum, send: Send) -> None:
        for button in (button for row in send.message.rows for button in row):
            encode(button.action)
        assert units(self.here.words(send.message.body, PLACES.forum_language(to.forum))) > 0
        key = (to.forum, send.slot or f"once:{len(self.shown)}")
        self.shown.pop(key, None)
        self.shown[key] = send


def travelled(button: Button) -> Action:
    return decode(encode(button.action))


def begun(member: Member = SARA, **changes: Any) -> Writing:
    """Return a broadcast about drugs, just begun in the group of a member."""
    writing = Writing()
    writing.here = replace(writing.here, **changes)
    writing.command(**seated(member))
    writing.taps("Protection from drugs")
    return writing


def written(member: Member = SARA, languages: Iterable[Language] = ("ar", "ckb", "en"), **changes: Any) -> Writing:
    """Return a broadcast with a text in these languages, which are its audience, and its people counted."""
    writing = begun(member, **changes)
    for language in TEXTS:
        if language not in languages:
            writing.press("lang", f"-{language}")
    for language in languages:
        writing.press("text", language)
        writing.replies(TEXTS[language])
    writing.counted()
    return writing


def submitted(member: Member = SARA, **changes: Any) -> Writing:
    """Return a broadcast that waits for its approval."""
    writing = written(member, **changes)
    writing.taps("Preview", writing.panel)
    writing.taps("Submit", writing.panel)
    assert writing.broadcast.state == "submitted"
    return writing


def approved(member: Member = SARA, **changes: Any) -> Writing:
    """Return a broadcast that another coordinator has approved."""
    writing = submitted(member, **changes)
    writing.taps("Approve", writing.card, **seated(OMAR))
    assert writing.broadcast.state == "approved"
    return writing
