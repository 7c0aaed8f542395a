"""The message with which a session is planned and later followed: what it says and which buttons stand under it.

There is one for each session, in the group of its forum (or in the province's, while that group cannot be reached), always edited and
never sent twice. It is made from the session alone, so whoever refreshes it shows the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import time
from zlib import crc32

from bot.model.effects import Priority, Send
from bot.model.ids import LANGUAGES, PROVINCE, ForumId
from bot.model.messages import Action, Button, Message, ToForum, plan_slot
from bot.model.sessions import Session
from bot.model.situation import Situation
from bot.model.text import C_, N_, InLanguage, Names, Piece, Text, Words, lines, paragraphs
from handlers.inviting import invitation
from handlers.session_words import session_facts
from handlers.sessions import steps
from handlers.sessions.days import Rows
from handlers.sessions.pending import Step, as_changed, pending
from handlers.sessions.summary import held_body, held_rows, tally_body

NOT_YET = C_("plan", "not chosen yet")


def plan_message(session: Session, situation: Situation) -> Send:
    """Return the plan's message as the session stands now."""
    message = _message(session, situation)
    return Send(ToForum(desk_of_session(session, situation)), message, Priority.CARD, slot=plan_slot(session.id), session=session.id)


def desk_of_session(session: Session, situation: Situation) -> ForumId:
    """Return the group in which the session is arranged."""
    return session.forum if situation.forums.get(session.forum) == "linked" else PROVINCE


def is_complete(session: Session) -> bool:
    """Whether everything is chosen that an invitation must say."""
    return bool(session.topic and session.place and session.starts)


def fingerprint(session: Session) -> str:
    """Return what tells two announcements apart: a button made for one never sends the other."""
    told = (
        session.topic,
        session.wall,
        session.place,
        session.latitude,
        session.longitude,
        session.capacity,
        session.offices,
        session.office,
        session.audience,
        session.language,
    )
    return f"{crc32(repr(told).encode()):08x}"


def button(label: Text | Names, verb: str, session: Session, *args: str) -> Button:
    """Return a button that does something to a session."""
    return Button(label, Action(verb, None, args, session.id))


def date_and_time(session: Session) -> tuple[Text, Text]:
    """Return the two lines that say when."""
    if session.wall is None:
        return N_("Date: {date}", date=NOT_YET), N_("Time: {time}", time=NOT_YET)
    hour = session.wall.time() if session.wall.time() != time.min else NOT_YET
    return N_("Date: {date}", date=session.wall.date()), N_("Time: {time}", time=hour)


def _message(session: Session, situation: Situation) -> Message:
    match session.state:
        case "planned":
            return _planned(session, situation)
        case "announced":
            return _announced(session, situation)
        case "held":
            return _held(session, situation)
        case "cancelled":
            return Message(_cancelled(session))


def _planned(session: Session, situation: Situation) -> Message:
    step = pending(session).step
    if step == "preview":
        return _preview(session, situation)
    body = paragraphs(
        N_("Plan of a dialogue session – {district}", district=situation.province.forum_names(session.forum)),
        _facts(session, situation),
    )
    if step in _STEPS:
        question, rows = _STEPS[step](session, situation)
        return Message(paragraphs(body, question), (*rows, (_back(session),)))
    missing = N_("Choose topic, day, time and place. Then look at the invitation.")
    return Message(paragraphs(body, None if is_complete(session) else missing), _fields(session))


def _announced(session: Session, situation: Situation) -> Message:
    open_now = pending(session)
    told = paragraphs(
        N_("Dialogue session – {district}", district=situation.province.forum_names(session.forum)),
        _facts(session, situation),
        tally_body(session, situation.tally),
    )
    if not open_now.step:
        change = button(C_("button", "Change"), "plan", session, "change")
        seats = button(C_("button", "Seats"), "plan", session, "capacity")
        return Message(told, ((change, seats), (_cancel(session),)))
    if open_now.step == "capacity":
        question, rows = steps.capacity(session, situation)
        return Message(paragraphs(told, question), (*rows, (_back(session),)))
    changed = as_changed(session)
    draft = lines(
        N_("Change, not told to anybody yet:"),
        *date_and_time(changed),
        N_("Place: {place}", place=Words(changed.place)),
    )
    if open_now.step in ("day", "time"):
        question, rows = _STEPS[open_now.step](session, situation)
        return Message(paragraphs(told, draft, question), (*rows, (button(C_("button", "Back"), "plan", session, "change"),)))
    return Message(paragraphs(told, draft), _changing(session))


def _held(session: Session, situation: Situation) -> Message:
    open_now = pending(session)
    body = held_body(session, situation)
    if open_now.step in _STEPS:
        question, rows = _STEPS[open_now.step](session, situation)
        return Message(paragraphs(body, question), (*rows, (_back(session),)), protect=True)
    return Message(body, held_rows(session, situation, button), protect=True)


def _cancelled(session: Session) -> Piece:
    return lines(
        N_("The dialogue session “{topic}” is cancelled.", topic=Words(session.topic)),
        N_("Reason: {reason}", reason=Words(session.reason)) if session.reason else None,
    )


def _preview(session: Session, situation: Situation) -> Message:
    """The invitation exactly as it will be read, in every language."""
    read = invitation(session, situation).body
    body = paragraphs(
        N_("Please check the invitation. People will read it like this:"),
        *(InLanguage(read, language) for language in LANGUAGES),
    )
    announce = button(C_("button", "Announce"), "announce", session, fingerprint(session))
    return Message(body, ((announce,), (_back(session),)))


def _facts(session: Session, situation: Situation) -> Piece:
    references = ", ".join(sorted(ticket.reference for ticket in situation.asked))
    return lines(
        N_("Topic: {topic}", topic=Words(session.topic) if session.topic else NOT_YET),
        *date_and_time(session),
        N_("Place: {place}", place=Words(session.place) if session.place else NOT_YET),
        N_("With a point on the map") if session.latitude is not None else None,
        N_("Seats: {seats}", seats=str(session.capacity) if session.capacity else C_("seats", "no limit")),
        session_facts(session),
        N_("Requests: {references}", references=references) if references and session.state == "planned" else None,
    )


def _fields(session: Session) -> Rows:
    def field(label: Text, step: str) -> Button:
        return button(label, "plan", session, step)

    preview = (field(C_("button", "Look at the invitation"), "preview"),)
    return (
        (field(C_("button", "Topic"), "topic"), field(C_("button", "Place"), "place")),
        (field(C_("button", "Day"), "day"), field(C_("button", "Time"), "time")),
        (field(C_("button", "Seats"), "capacity"), field(C_("button", "For whom"), "audience")),
        (field(C_("button", "Who should attend"), "offices"), field(C_("button", "Language"), "language")),
        (field(C_("button", "Join requests"), "asked"),),
        *((preview,) if is_complete(session) else ()),
        (_cancel(session),),
    )


def _changing(session: Session) -> Rows:
    return (
        (button(C_("button", "Day"), "plan", session, "day"), button(C_("button", "Time"), "plan", session, "time")),
        (button(C_("button", "Place"), "plan", session, "place"),),
        (button(C_("button", "Tell everybody"), "plan", session, "reason"),),
        (button(C_("button", "Leave as it was"), "plan", session, "show"),),
    )


def _back(session: Session) -> Button:
    return button(C_("button", "Back"), "plan", session, "show")


def _cancel(session: Session) -> Button:
    label = C_("button", "Drop this plan") if session.state == "planned" else C_("button", "Cancel the session")
    return button(label, "off", session)


_STEPS: Mapping[Step, Callable[[Session, Situation], tuple[Piece, Rows]]] = {
    "asked": steps.asked,
    "day": steps.day,
    "time": steps.hour,
    "capacity": steps.capacity,
    "audience": steps.audience,
    "language": steps.language,
    "offices": steps.offices,
    "who": steps.who,
    "due": steps.due,
    "promises": steps.promises,
}
