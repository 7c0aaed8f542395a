"""Situations for the tests of what is decided, and a plain reading of the effects: no loop, no storage, no channel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from bot.i18n import render
from bot.model.effects import AddEntry, Effect, MoveTicket, Send, SetEntry, Toast, Withdraw
from bot.model.events import Event, TextReceived
from bot.model.ids import PROVINCE, EntryId, ForumId, Language, MemberId, ResidentId, TicketId
from bot.model.messages import Action, Button, Recipient, ToForum, ToResident, card_slot
from bot.model.people import Member
from bot.model.province import Category, District, Hotline, Province
from bot.model.situation import ForumState, Situation
from bot.model.text import Names
from bot.model.tickets import Content, Entry, Ticket
from handlers.desk import DESK, DESK_EVENTS

KHANAQIN, JALAWLA, MANDALI = ForumId("khanaqin"), ForumId("jalawla"), ForumId("mandali")
RESIDENT = ToResident(ResidentId("residentaaaa"))
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
SARA = Member(MemberId("memberssaraa"), KHANAQIN, "Sara K.")
AZAD = Member(MemberId("membersazada"), KHANAQIN, "Azad M.")
HEAD = Member(MemberId("memberssheada"), PROVINCE, "Layla H.", "coordinator")
STORY = "Two men sell pills behind the school."


def _same(name: str) -> Names:
    return Names(name, name, name)


def _district(forum: ForumId, code: str, language: Language = "en") -> District:
    return District(forum, code, _same(forum.capitalize()), (), 34.3, 45.4, language)


PLACES = Province(
    names=_same("Diyala"),
    language="en",
    districts=(_district(KHANAQIN, "KHN"), _district(JALAWLA, "JLW"), _district(MANDALI, "MND")),
    categories=(
        Category("drugs", _same("Drugs"), _same("selling, using")),
        Category("harassment", _same("Sexual harassment"), _same("anywhere"), sensitive=True),
    ),
    hotlines=(Hotline("police", "911", _same("Police"), True, None),),
)
LINKED: Mapping[ForumId, ForumState] = {KHANAQIN: "linked", JALAWLA: "linked", MANDALI: "linked", PROVINCE: "linked"}


@dataclass
class Counting:
    """Chance that can be foretold."""

    given: int = 0

    def token(self) -> str:
        self.given += 1
        return f"tokenn{self.given:06}"

    def reference(self) -> str:
        return f"{self.given:08}"


def ticket(**changes: Any) -> Ticket:
    plain = Ticket(
        id=TicketId("ticketaaaaaa"),
        reference="KHN-7F3K9",
        kind="report",
        resident=RESIDENT.resident,
        home=KHANAQIN,
        forum=KHANAQIN,
        category="drugs",
        urgent=False,
        sensitive=False,
        contact=True,
        state="new",
        opened=date(2026, 11, 22),
        content=Content(STORY, place="behind the school", when="every evening"),
    )
    return replace(plain, **changes)


def taken(**changes: Any) -> Ticket:
    return ticket(**{"state": "taken", "taker": SARA.id, "taker_name": SARA.name, **changes})


def entry(kind: Any, text: str = "words", **changes: Any) -> Entry:
    plain = Entry(EntryId(f"entry{kind}"), TicketId("ticketaaaaaa"), kind, text, NOW, member=None if kind == "message" else SARA.id)
    return replace(plain, **changes)


def situation(about: Ticket | None = None, **changes: Any) -> Situation:
    """In the group of Khanaqin, Sara acts on a ticket."""
    plain = Situation(
        now=NOW,
        at=NOW,
        province=PLACES,
        chance=Counting(),
        place="group",
        words=render,
        forum=KHANAQIN,
        actor="member",
        member=SARA,
        ticket=about if about is not None else ticket(),
        forums=LINKED,
    )
    return replace(plain, **changes)


def from_province(**changes: Any) -> dict[str, Any]:
    """Return what differs when a coordinator acts in the province's group."""
    return {"forum": PROVINCE, "actor": "coordinator", "member": HEAD, **changes}


@dataclass
class Desk:
    """A ticket and its thread as turn after turn leaves them; `said` is what the last turn decided."""

    here: Situation
    said: list[Effect] = field(default_factory=list)

    def press(self, verb: str, *args: str, **changes: Any) -> list[Effect]:
        assert self.here.ticket is not None
        at = replace(self.here, prompt=None, **changes)
        return self._decided(DESK[verb](at, Action(verb, self.here.ticket.id, args)))

    def press_button(self, label: str, **changes: Any) -> list[Effect]:
        """Press what the last turn showed under this label."""
        buttons = [button for send in sends(self.said) for row in send.message.rows for button in row if english(button.label) == label]
        assert len(buttons) == 1, f"{label}: {len(buttons)} buttons"
        return self.press(buttons[0].action.verb, *buttons[0].action.args, **changes)

    def reply(self, event: Event | str, slot: str | None = None, **changes: Any) -> list[Effect]:
        """Reply to the message in a slot, by default the only one that the last turn showed to the group."""
        if slot is None:
            shown = [send.slot for send in sends(self.said) if isinstance(send.to, ToForum)]
            assert len(shown) == 1
            slot = shown[0]
        heard = TextReceived(event) if isinstance(event, str) else event
        return self._decided(DESK_EVENTS[type(heard)](replace(self.here, prompt=slot, **changes), heard))

    def reply_to_card(self, event: Event | str, **changes: Any) -> list[Effect]:
        assert self.here.ticket is not None
        return self.reply(event, card_slot(self.here.ticket.id), **changes)

    def _decided(self, effects: Iterable[Effect]) -> list[Effect]:
        self.said = list(effects)
        self.here = after(self.here, self.said)
        return self.said


def after(before: Situation, effects: Iterable[Effect]) -> Situation:
    """Return the situation as the next turn about this ticket finds it."""
    about, thread = before.ticket, {entry.id: entry for entry in before.entries}
    for effect in effects:
        match effect:
            case MoveTicket(moved) if about is not None and moved.id == about.id:
                assert moved.version == about.version, "a ticket is moved once in a turn"
                about = replace(moved, version=moved.version + 1)
            case AddEntry(added):
                assert added.id not in thread
                thread[added.id] = added
            case SetEntry(changed):
                thread[changed.id] = changed
            case _:
                pass
    return replace(before, ticket=about, entries=tuple(thread.values()))


def english(piece: Any) -> str:
    """Return a piece in English, without the isolates around values."""
    return render(piece, "en").translate({0x2068: None, 0x2069: None, 0x200E: None, 0x200F: None})


def sends(effects: Iterable[Effect], to: Recipient | None = None) -> list[Send]:
    return [effect for effect in effects if isinstance(effect, Send) and (to is None or effect.to == to)]


def told(effects: Iterable[Effect], to: Recipient) -> str:
    """Return everything that one chat is told, in English, message after message."""
    return "\n---\n".join(english(send.message.body) for send in sends(effects, to))


def in_slot(effects: Iterable[Effect], to: Recipient, slot: str) -> str:
    """Return what a slot of a chat shows."""
    [text] = [english(send.message.body) for send in sends(effects, to) if send.slot == slot]
    return text


def labels(effects: Iterable[Effect], to: Recipient, slot: str) -> list[list[str]]:
    """Return the buttons under the message in a slot, row by row."""
    [rows] = [send.message.rows for send in sends(effects, to) if send.slot == slot]
    return [[_label(button) for button in row] for row in rows]


def _label(button: Button) -> str:
    return english(button.label)


def alert(effects: Iterable[Effect]) -> str:
    """Return the refusal of a press, which is the only thing that happens."""
    [effect] = effects
    assert isinstance(effect, Toast)
    assert effect.alert
    return english(effect.text)


def only(effects: Iterable[Effect], kind: type[Any]) -> Any:
    """Return the one effect of a kind."""
    [found] = [effect for effect in effects if isinstance(effect, kind)]
    return found


def withdrawn(effects: Iterable[Effect], to: Recipient) -> list[str]:
    return [effect.slot for effect in effects if isinstance(effect, Withdraw) and effect.to == to]
