"""A resident's phone without a network: what they say goes straight into `decide`, and what comes back is shown in their language."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.engine.decide import decide
from bot.i18n import render
from bot.model.broadcasts import Broadcast, Occurrence
from bot.model.effects import (
    AddEntry,
    CountVote,
    DropDraft,
    DropTimer,
    Effect,
    EraseResident,
    EraseTicket,
    KeepDraft,
    MoveTicket,
    OpenTicket,
    Send,
    SetAnswer,
    SetFeedback,
    SetResident,
    SetSubscription,
    SetTimer,
    Toast,
)
from bot.model.events import ButtonPressed, CommandGiven, Event, LocationReceived, MediaReceived, TextEdited, TextReceived, TimerFired
from bot.model.ids import PROVINCE, Language, ResidentId, TicketId
from bot.model.messages import Action, Attachment, AttachmentKind, Button, Message, ToForum, ToResident
from bot.model.people import Draft, Resident
from bot.model.province import Province
from bot.model.sessions import Answer, Feedback, Person, Promise, Session, Tally
from bot.model.situation import NOBODY, NOTHING, Situation
from bot.model.subscriptions import Subscription
from bot.model.tickets import Ticket
from handlers import BOOK

NOON = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
PLAIN = str.maketrans("", "", "\u2066\u2067\u2068\u2069")


class Dice:
    """Chance with a seed: the same test draws the same ids."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)

    def token(self) -> str:
        """Return 12 characters."""
        return "".join(self._random.choices("abcdefghijklmnopqrstuvwxyz234567", k=12))

    def reference(self) -> str:
        """Return two groups of four."""
        drawn = "".join(self._random.choices("23456789ABCDEFGHJKMNPQRSTVWXYZ", k=8))
        return f"{drawn[:4]}-{drawn[4:]}"


@dataclass
class Phone:
    """A resident's phone. `says`, `taps`, `sends` act; `hears` looks at what the last act brought."""

    province: Province
    language: Language | None = None
    consented: bool = False
    now: datetime = NOON
    chance: Dice = field(default_factory=Dice)
    draft: Draft | None = None
    tickets: dict[TicketId, Ticket] = field(default_factory=dict)
    timers: dict[str, SetTimer] = field(default_factory=dict)
    screen: list[Message] = field(default_factory=list)
    toasts: list[str] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    erased: bool = False
    focus: TicketId | None = None
    reply_to: TicketId | None = None
    subscription: Subscription = NOTHING
    broadcast: Broadcast | None = None
    occurrence: Occurrence | None = None
    voted: bool = False
    session: Session | None = None
    answer: Answer | None = None
    tally: Tally = NOBODY
    waiting: tuple[Person, ...] = ()
    promises: tuple[Promise, ...] = ()
    sessions: tuple[Session, ...] = ()
    feedback: Feedback | None = None

    @property
    def resident(self) -> Resident:
        """Who holds the phone."""
        return Resident(ResidentId("resident2345"), self.language, self.consented, True, tuple(self.tickets), self.focus)

    def situation(self) -> Situation:
        """What a turn may know of this chat now."""
        forums = {**{district.id: "linked" for district in self.province.districts}, PROVINCE: "linked"}
        replied = self.tickets.get(self.reply_to) if self.reply_to else None
        return Situation(
            now=self.now,
            at=self.now,
            province=self.province,
            chance=self.chance,
            place="private",
            words=render,
            resident=self.resident,
            draft=self.draft,
            tickets=tuple(reversed(self.tickets.values())),
            actor="resident",
            ticket=replied,
            forums=forums,  # type: ignore[arg-type]  # a literal's values are not narrowed
            subscription=self.subscription,
            broadcast=self.broadcast,
            occurrence=self.occurrence,
            voted=self.voted,
            session=self.session,
            answer=self.answer,
            tally=self.tally,
            waiting=self.waiting,
            promises=self.promises,
            sessions=self.sessions,
        )

    def meets(self, event: Event) -> Phone:
        """Let an event happen."""
        self.screen, self.toasts, self.effects = [], [], []
        place = self.situation() if not isinstance(event, TimerFired) else replace(self.situation(), place="machine")
        for effect in decide(BOOK, place, event):
            self._feel(effect)
        return self

    def says(self, text: str, message: str = "") -> Phone:
        """Type something."""
        return self.meets(CommandGiven(text[1:])) if text.startswith("/") else self.meets(TextReceived(text, message))

    def edits(self, message: str, text: str) -> Phone:
        """Change an earlier message."""
        return self.meets(TextEdited(text, message))

    def sends(self, kind: AttachmentKind, caption: str = "", *, album: str | None = None, too_big: bool = False) -> Phone:
        """Send a file."""
        return self.meets(MediaReceived(Attachment(kind, f"file-{kind}", too_big=too_big), caption, album))

    def shares(self, latitude: float, longitude: float) -> Phone:
        """Share a point."""
        return self.meets(LocationReceived(latitude, longitude))

    def taps(self, label: str) -> Phone:
        """Press a button that is on the screen."""
        return self.presses(self.button(label).action)

    def presses(self, action: Action | None) -> Phone:
        """Press a button wherever it comes from."""
        return self.meets(ButtonPressed(action))

    def waits(self, time: timedelta) -> Phone:
        """Let time pass; what falls due fires."""
        self.now += time
        for timer in [timer for timer in self.timers.values() if timer.due <= self.now]:
            del self.timers[timer.key]
            self.meets(TimerFired(timer.kind, timer.key))
        return self

    def offers(self, *labels: str) -> Phone:
        """Check that buttons with these words are on the screen."""
        for label in labels:
            self.button(label)
        return self

    def button(self, label: str) -> Button:
        """Return the button whose label holds these words."""
        found = [button for button in self.buttons() if label in self.shown(button.label)]
        assert found, f"no button {label!r} among {[self.shown(button.label) for button in self.buttons()]}"
        return found[0]

    def buttons(self) -> list[Button]:
        """Return the buttons on the screen."""
        return [button for message in self.screen for row in message.rows for button in row]

    def hears(self, *words: str) -> Phone:
        """Check that the last act brought these words."""
        heard = self.heard()
        for word in words:
            assert word in heard, f"{word!r} is not in:\n{heard}"
        return self

    def hears_not(self, *words: str) -> Phone:
        """Check that the last act did not bring these words."""
        heard = self.heard()
        for word in words:
            assert word not in heard, f"{word!r} is in:\n{heard}"
        return self

    def heard(self) -> str:
        """Return everything the last act brought, without direction marks."""
        return "\n".join([*(self.shown(message.body) for message in self.screen), *self.toasts])

    def shown(self, piece: object) -> str:
        """Return a piece as it reads on this phone."""
        return render(piece, self.language or "en").translate(PLAIN)  # type: ignore[arg-type]  # labels and bodies alike

    def sent(self) -> list[Send]:
        """Return what the last act sent to forums."""
        return [effect for effect in self.effects if isinstance(effect, Send) and isinstance(effect.to, ToForum)]

    def made(self, kind: type[Effect]) -> list[Effect]:
        """Return the last act's effects of one kind."""
        return [effect for effect in self.effects if isinstance(effect, kind)]

    def _feel(self, effect: Effect) -> None:
        self.effects.append(effect)
        match effect:
            case Send(ToResident(resident), message) if resident == self.resident.id:
                self.screen.append(message)
            case Toast(text):
                self.toasts.append(self.shown(text))
            case SetResident():
                self.language = effect.language or self.language
                self.consented = self.consented if effect.consented is None else effect.consented
                self.focus = effect.focus if effect.refocus else self.focus
            case KeepDraft(_, draft):
                self.draft = draft
            case DropDraft():
                self.draft = None
            case OpenTicket(ticket) | MoveTicket(ticket):
                self.tickets[ticket.id] = ticket
            case SetTimer():
                self.timers[effect.key] = effect
            case DropTimer(key):
                self.timers.pop(key, None)
            case SetSubscription(_, subscription):
                self.subscription = NOTHING if subscription.empty else subscription
            case CountVote():
                self.voted = True
            case SetAnswer(_, resident, answer) if resident == self.resident.id:
                self.answer = answer
            case SetFeedback(_, _, rating, words):
                self.feedback = Feedback(rating, words)
            case EraseResident():
                self.erased = True
            case EraseTicket() | AddEntry() | _:
                pass


def walk(phone: Phone, acts: Iterable[Callable[[Phone], object]]) -> Phone:
    """Do one act after the other."""
    for act in acts:
        act(phone)
    return phone
