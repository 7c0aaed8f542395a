"""The one way by which an event becomes effects: find who it concerns, and ask the book."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from bot.engine import conversing
from bot.engine.book import Book
from bot.engine.keeping import full, said_in
from bot.engine.questions import piece_of
from bot.engine.talk import Begin
from bot.engine.typed import chosen
from bot.model.effects import Effect, KeepDraft, Send, SetResident, SetTimer, Toast
from bot.model.events import (
    AudienceCounted,
    BotBlocked,
    BotUnblocked,
    ButtonPressed,
    ClockDoubted,
    CommandGiven,
    DeliveryChanged,
    Event,
    ForumReachable,
    ForumUnreachable,
    MediaReceived,
    OccurrenceEnded,
    TextEdited,
    TextReceived,
    TimerFired,
    UnsupportedReceived,
)
from bot.model.ids import LANGUAGES
from bot.model.messages import Action, Message
from bot.model.people import Piece as StoryPiece
from bot.model.situation import Situation
from bot.model.text import N_

OLD_BUTTON = N_("This button is old. Please use the newest message.")
UNSUPPORTED = N_("Sorry, we cannot take this kind of message here. Please send text, a voice note or a photo.")
SENT_ALREADY = N_("This has already been sent as it was. To add or correct something, please write it as a new message.")


def decide(book: Book, situation: Situation, event: Event) -> tuple[Effect, ...]:
    """Return everything that the event causes. Pure: the same situation and event give the same effects."""
    match event:
        case TimerFired():
            handler = book.timers.get(event.kind)
            return tuple(handler(situation, event)) if handler else ()
        case (
            BotBlocked()
            | BotUnblocked()
            | DeliveryChanged()
            | ForumUnreachable()
            | ForumReachable()
            | AudienceCounted()
            | OccurrenceEnded()
            | ClockDoubted()
        ):
            news = book.news.get(type(event))
            return tuple(news(situation, event)) if news else ()
        case _ if situation.place == "private":
            return tuple(_private(book, situation, event))
        case _:
            return tuple(_desk(book, situation, event))


def _desk(book: Book, situation: Situation, event: Event) -> Iterator[Effect]:
    if isinstance(event, ButtonPressed):
        handler = book.desk.get(event.action.verb) if event.action else None
        if handler is None or event.action is None:
            yield Toast(OLD_BUTTON, alert=True)
        else:
            yield from handler(situation, event.action)
    elif isinstance(event, CommandGiven):
        if (command := book.desk_commands.get(event.name)) is not None:
            yield from command(situation, event)
    elif (other := book.desk_events.get(type(event))) is not None:
        yield from other(situation, event)


def _private(book: Book, situation: Situation, event: Event) -> Iterator[Effect]:
    resident = conversing.resident_of(situation)
    for_a_forum, alarm = situation.forum is not None, _typed_emergency(book, situation, event)
    answers = for_a_forum and not isinstance(event, ButtonPressed | CommandGiven) and not alarm
    if resident.asked is not None and not answers and not isinstance(event, TextEdited):
        yield SetResident(resident.id, reask=True)
    if isinstance(event, TextReceived | MediaReceived) and not (for_a_forum and situation.draft is None):
        yield from book.reflex(situation, event)
    if isinstance(event, ButtonPressed) and event.action is not None and event.action.verb == "language" and event.action.args:
        yield from _speak(book, situation, event.action)
    elif isinstance(event, ButtonPressed) and event.action is not None and event.action.verb in book.always:
        yield from book.always[event.action.verb](situation, event.action)
    elif alarm:
        yield from book.always["emergency"](situation, Action("emergency"))
    elif for_a_forum:
        yield from _desk(book, situation, event)
    elif resident.language is None:
        yield from _before_language(book, situation, event)
    elif isinstance(event, CommandGiven):
        yield from _command(book, situation, event)
    elif isinstance(event, ButtonPressed):
        yield from _button(book, situation, event.action)
    else:
        yield from _words(book, situation, event)


def _typed_emergency(book: Book, situation: Situation, event: Event) -> bool:
    if not isinstance(event, TextReceived) or "emergency" not in book.always:
        return False
    return chosen(situation, event.text, [conversing.emergency_label(situation)], digits=False) == 0


def _speak(book: Book, situation: Situation, action: Action) -> Iterator[Effect]:
    """A language was chosen: from now on everything is in it, and what was open goes on."""
    resident = conversing.resident_of(situation)
    language = next((tag for tag in LANGUAGES if tag == action.args[0]), None)
    if language is None:
        yield Toast(OLD_BUTTON)
        return
    first_time = resident.language is None
    yield SetResident(resident.id, language=language)
    spoken = replace(situation, resident=replace(resident, language=language))
    if situation.draft is not None:
        notice = None if first_time else N_("The language is now English.")
        yield from conversing.carry_on(book, spoken, notice=notice)
    elif not resident.consented:
        yield from conversing.begin(book, spoken, Begin(book.first))
    else:
        yield conversing.say(spoken, Message(N_("The language is now English.")))
        yield from book.home(spoken)


def _before_language(book: Book, situation: Situation, event: Event) -> Iterator[Effect]:
    """Whatever comes first is kept, and the languages are shown."""
    if isinstance(event, ButtonPressed):
        yield Toast(OLD_BUTTON)
    piece, point = piece_of(event), conversing.point_of(book, situation, event)
    if piece is not None or point:
        resident = conversing.resident_of(situation)
        draft = situation.draft or conversing.fresh(situation, Begin(book.first))
        if situation.draft is None:
            due = situation.now + situation.province.draft_reminder
            yield SetTimer(conversing.timer_key(draft), "draft", due, resident=resident.id)
        kept = draft.kept if piece is None or full(said_in(draft)) else (*draft.kept, piece)
        yield KeepDraft(resident.id, replace(draft, kept=kept, answers={**draft.answers, **point}, touched=situation.now))
    if not _of_the_same_album(piece, situation):
        yield from book.languages(situation)


def _of_the_same_album(piece: StoryPiece | None, situation: Situation) -> bool:
    """Whether this is one more of an album of which something has been answered already."""
    kept = situation.draft.kept if situation.draft is not None else ()
    return piece is not None and bool(piece.album) and any(each.album == piece.album for each in kept)


def _command(book: Book, situation: Situation, event: CommandGiven) -> Iterator[Effect]:
    resident = conversing.resident_of(situation)
    if event.name == "language":
        yield from book.languages(situation)
    elif event.name == "cancel" and situation.draft is not None:
        yield from conversing.ask_whether_to_cancel(situation, situation.draft)
    elif (command := book.commands.get(event.name)) is not None and event.name != "start":
        yield from _done(book, situation, command(situation, event))
    elif not resident.consented and situation.draft is None:
        yield from conversing.begin(book, situation, Begin(book.first))
    elif situation.draft is not None and situation.draft.flow == book.first:
        yield from conversing.carry_on(book, situation)
    elif event.name == "start" and (start := book.commands.get("start")) is not None:
        yield from _done(book, situation, start(situation, event))
    else:
        yield from book.home(situation)


def _button(book: Book, situation: Situation, action: Action | None) -> Iterator[Effect]:
    if action is None:
        yield Toast(OLD_BUTTON)
        yield from _show_where_we_are(book, situation)
    elif action.verb in ("answer", "back", "cancel", "drop", "resume"):
        yield from conversing.press(book, situation, action)
    elif not conversing.resident_of(situation).consented and action.verb not in ("privacy", "languages", "home"):
        yield Toast(OLD_BUTTON)
        yield from _show_where_we_are(book, situation)
    elif (handler := book.buttons.get(action.verb)) is not None:
        yield from _done(book, situation, handler(situation, action))
    else:
        yield Toast(OLD_BUTTON)
        yield from _show_where_we_are(book, situation)


def _show_where_we_are(book: Book, situation: Situation) -> Iterator[Effect]:
    if situation.draft is not None:
        yield from conversing.carry_on(book, situation)
    elif not conversing.resident_of(situation).consented:
        yield from conversing.begin(book, situation, Begin(book.first))
    else:
        yield from book.home(situation)


def _words(book: Book, situation: Situation, event: Event) -> Iterator[Effect]:
    if isinstance(event, TextEdited):
        if situation.draft is not None:
            yield from conversing.correct(book, situation, event)
        else:
            yield conversing.say(situation, Message(SENT_ALREADY))
    elif isinstance(event, UnsupportedReceived):
        yield conversing.say(situation, Message(UNSUPPORTED))
    elif situation.draft is not None and not _about_a_ticket(situation):
        yield from conversing.hear(book, situation, event)
    elif not conversing.resident_of(situation).consented:
        piece = piece_of(event)
        opening = Begin(book.first, answers=conversing.point_of(book, situation, event))
        yield from conversing.begin(book, situation, opening, kept=(piece,) if piece else ())
    else:
        yield from _without_conversation(book, situation, event)


def _about_a_ticket(situation: Situation) -> bool:
    """Whether the resident replied to a message about a ticket, which is said to its thread even while another conversation is open."""
    ticket, draft = situation.ticket, situation.draft
    return ticket is not None and (draft is None or draft.about != ticket.id)


def _without_conversation(book: Book, situation: Situation, event: Event) -> Iterator[Effect]:
    if isinstance(event, TextReceived) and situation.ticket is None:
        action = _typed_button(book, situation, event.text)
        if action is not None:
            yield from _button(book, situation, action)
            return
    point = conversing.point_of(book, situation, event)
    yield from _done(book, situation, book.messages(situation, event), piece_of(event), point)


def _done(
    book: Book,
    situation: Situation,
    meant: Iterable[Effect] | Begin,
    piece: StoryPiece | None = None,
    point: Mapping[str, Any] = conversing.NOTHING,
) -> Iterator[Effect]:
    """Do what a handler decided, or open the conversation that it named."""
    if not isinstance(meant, Begin):
        yield from meant
        return
    if not conversing.resident_of(situation).consented:
        yield from _show_where_we_are(book, situation)
        return
    notice = conversing.KEPT if (piece or point) and meant.about is None else None
    kept = (piece,) if piece else ()
    opening = replace(meant, answers={**meant.answers, **point})
    yield from conversing.begin(book, situation, opening, kept=kept, notice=notice)


def _typed_button(book: Book, situation: Situation, text: str) -> Action | None:
    """Return what was typed means as a button: of the main menu, or named otherwise. Where a forum may wait, numbers are answers."""
    unasked = conversing.resident_of(situation).focus is None
    for effect in book.home(situation):
        if isinstance(effect, Send):
            buttons = [button for row in effect.message.rows for button in row]
            index = chosen(situation, text, [button.label for button in buttons], digits=unasked)
            return buttons[index].action if index is not None else book.typed(situation, text)
    return None
