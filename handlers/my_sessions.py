"""A resident's dialogue sessions: coming and past ones of their areas, answers and requests, and what was promised there."""

from __future__ import annotations

from collections.abc import Iterator

from bot.engine.conversing import say
from bot.engine.typed import chosen
from bot.model.effects import Effect
from bot.model.ids import PROVINCE, SessionId
from bot.model.messages import Action, Button, Message
from bot.model.sessions import Answer, Promise, PromiseState, Session
from bot.model.situation import Situation
from bot.model.text import C_, N_, P_, Joined, Piece, Text, Words, lines, paragraphs
from handlers.invitations import GONE
from handlers.inviting import answer_rows, file_button, particulars, when_and_where
from handlers.session_words import day_named, promiser

SHOWN = 10
"""Sessions of one kind in the list."""

NO_SESSION = Session(SessionId(""), PROVINCE, "planned", "")
"""Whose buttons say what every invitation's say."""

ANSWER_NAMES: dict[Answer, Text] = {
    "coming": N_("Your answer: you will come."),
    "maybe": N_("Your answer: maybe."),
    "no": N_("Your answer: you will not come."),
    "waiting": N_("You are on the waiting list."),
}
PROMISE_STATES: dict[PromiseState, Text] = {
    "open": C_("promise", "open"),
    "kept": C_("promise", "kept"),
    "moved": C_("promise", "new day"),
    "broken": C_("promise", "not kept"),
}


def my_sessions(situation: Situation) -> Iterator[Effect]:
    """List what is coming and what is past, each with a button that opens it."""
    known = [session for session in situation.sessions if session.state != "planned" and session.wall is not None]
    coming = [session for session in known if _is_coming(session, situation)][:SHOWN]
    past = [session for session in known if not _is_coming(session, situation)][:SHOWN]
    back = (Button(C_("button", "My area"), Action("area")), Button(C_("button", "Back"), Action("home")))
    if not coming and not past:
        told = N_("No dialogue session is known here yet. In “My area” you choose of which areas we may tell you.")
        ask = Button(C_("button", "Ask for a dialogue session"), Action("dialogue"))
        yield say(situation, Message(told, ((ask,), back)))
        return
    owed = tuple(promise for promise in situation.promises if promise.state in ("open", "moved"))
    numbered = list(enumerate([*coming, *past], 1))
    listed = paragraphs(
        _section(N_("Coming sessions:"), numbered[: len(coming)], situation),
        _section(N_("Past sessions:"), numbered[len(coming) :], situation),
        lines(N_("Promises that are open:"), promise_lines(owed)) if owed else None,
        N_("Open a session to see what was promised there."),
    )
    buttons = [Button(_named(number, session), Action("session", None, (), session.id)) for number, session in numbered]
    pairs = tuple(tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2))
    yield say(situation, Message(listed, (*pairs, back)))


def typed(situation: Situation, text: str) -> Action | None:
    """Return the list when somebody types what a button of an invitation says: which session they mean is chosen there."""
    labels = [button.label for row in answer_rows(NO_SESSION) for button in row]
    return None if chosen(situation, text, labels, digits=False) is None else Action("sessions")


def open_session(situation: Situation) -> Iterator[Effect]:
    """Show one session: as an invitation while it is coming, afterwards with what was promised and what came of it."""
    session = situation.session
    if session is None or session.state == "planned":
        yield say(situation, Message(GONE))
        return
    others = (Button(C_("button", "Sessions"), Action("sessions")),)
    if _is_coming(session, situation):
        answer = ANSWER_NAMES[situation.answer] if situation.answer else N_("Will you come?")
        rows = (*answer_rows(session, but=situation.answer), (file_button(session),), others)
        yield say(situation, Message(paragraphs(particulars(session, situation), answer), rows))
        return
    yield say(situation, Message(_afterwards(session, situation), (others,)))


def promise_lines(promises: tuple[Promise, ...]) -> Joined:
    """Return promises line by line: who, what, by when, and what became of it."""
    return lines(*(_promised(promise) for promise in sorted(promises, key=lambda promise: (promise.due, promise.id))))


def _afterwards(session: Session, situation: Situation) -> Piece:
    facts = lines(N_("Topic: {topic}", topic=Words(session.topic)), *when_and_where(session), _outcome(session))
    if session.state == "cancelled":
        return facts
    promises = (
        lines(N_("You said – we did:"), promise_lines(situation.promises))
        if situation.promises
        else N_("No promise from this session is written down.")
    )
    return paragraphs(facts, promises)


def _outcome(session: Session) -> Piece | None:
    if session.state == "cancelled":
        reason = N_("Reason: {reason}", reason=Words(session.reason)) if session.reason else None
        return lines(N_("This session was cancelled."), reason)
    if session.attendance is None:
        return None
    came = session.attendance.men + session.attendance.women + session.attendance.youth
    return P_("{count} person came.", "{count} people came.", came) if came else None


def _promised(promise: Promise) -> Text:
    return N_(
        "• {institution}: {promise} – by {date} – {state}",
        institution=promiser(promise.who),
        promise=Words(promise.what),
        date=promise.due,
        state=PROMISE_STATES[promise.state],
    )


def _section(heading: Text, numbered: list[tuple[int, Session]], situation: Situation) -> Joined | None:
    if not numbered:
        return None
    return lines(heading, *(_line(number, session, situation) for number, session in numbered))


def _line(number: int, session: Session, situation: Situation) -> Piece:
    district = situation.province.forum_names(session.forum)
    day = day_named(session.wall.date()) if session.wall else ""
    told = N_("{number}. {topic} – {district} – {date}", number=number, topic=Words(session.topic), district=district, date=day)
    return Joined((told, N_("This session was cancelled.")), " ") if session.state == "cancelled" else told


def _named(number: int, session: Session) -> Text:
    return C_("button", "{number}. {date}", number=number, date=session.wall.date() if session.wall else "")


def _is_coming(session: Session, situation: Situation) -> bool:
    return session.state == "announced" and (session.starts is None or session.starts > situation.now)
