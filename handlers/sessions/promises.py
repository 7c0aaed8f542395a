"""Promises made at a session: written down in three steps, asked about when they fall due, and told to those who asked and came."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from bot.model.effects import DropTimer, Effect, Priority, Send, SetPromise
from bot.model.events import TimerFired
from bot.model.ids import PromiseId
from bot.model.messages import Action, Button, Message, ToForum, plan_slot
from bot.model.sessions import Promise, Session
from bot.model.situation import Situation
from bot.model.text import C_, N_, Text, Words, lines
from handlers.session_timers import promise_timer
from handlers.session_words import OFFICE_NAMES, promiser
from handlers.sessions.aftermath import tell_province
from handlers.sessions.announcing import starts_round
from handlers.sessions.asking import ask_for
from handlers.sessions.authority import OLD, Plan, press, refuse, say
from handlers.sessions.days import FARTHEST, LEGEND, PAST_DAY, TOO_FAR, Rows, day_of, month_of, month_rows, today
from handlers.sessions.filling import LONGEST, TOO_LONG, moved
from handlers.sessions.pending import Pending, holding, opened, pending
from handlers.sessions.plan import desk_of_session, plan_message
from handlers.sessions.summary import PROMISE_STATES, promise_line
from handlers.thread import shows_who_someone_is

WITHOUT_NAMES = N_("Please write it without phone numbers and names of accounts, as a reply to the same message.")


def set_who(plan: Plan, value: str) -> list[Effect]:
    """Take the office that was tapped: it is remembered by its key, so that each reads its name in their language."""
    known = value in OFFICE_NAMES and value != "other" and plan.session.state == "held"
    return _who(plan, value) if known else refuse(OLD)


def take_office(plan: Plan, words: str) -> list[Effect]:
    """Take the name of the office that was written."""
    return _unfit(plan, words) or _who(plan, words.strip())


def take_what(plan: Plan, words: str) -> list[Effect]:
    """Take what was promised; then the day is chosen."""
    if no := _unfit(plan, words):
        return no
    if not pending(plan.session).who:
        return say(plan.situation, plan.session, OLD)
    return moved(plan, opened(plan.session, step="due", what=words.strip(), month=""))


def set_due(plan: Plan, token: str) -> list[Effect]:
    """Take the day; the promise is written down with it, and its timer is set."""
    session, situation, open_now = plan.session, plan.situation, pending(plan.session)
    if session.state != "held" or not (open_now.who and open_now.what):
        return refuse(OLD)
    if (month := month_of(token)) is not None:
        return moved(plan, opened(session, step="due", month=f"{month:%Y-%m}"))
    day = day_of(token)
    if day is None or day < today(situation) or day > today(situation) + FARTHEST:
        return refuse(OLD if day is None else PAST_DAY if day < today(situation) else TOO_FAR)
    promise = Promise(PromiseId(situation.chance.token()), session.id, open_now.who, open_now.what, day)
    known = replace(situation, promises=(*situation.promises, promise))
    written: list[Effect] = [SetPromise(promise), promise_timer(promise)]
    shown = moved(replace(plan, situation=known), holding(session, Pending()))
    return [*written, *shown, *tell_province(session, known), plan.audit("promise")]


def promise_due(situation: Situation, event: TimerFired) -> Iterable[Effect]:
    """Ask the forum what became of a promise, on the day by which it was promised."""
    session = situation.session
    promise = next((each for each in situation.promises if event.key == f"promise:{each.id}" and each.state == "open"), None)
    if session is None or promise is None:
        return []
    return [_ask(session, promise, situation)]


def _came_of(plan: Plan) -> list[Effect]:
    session, situation = plan.session, plan.situation
    match plan.args:
        case (id, what):
            promise = next((each for each in situation.promises if each.id == id and each.state == "open"), None)
        case _:
            return refuse(OLD)
    if promise is None:
        return refuse(OLD)
    match what:
        case "kept":
            return _told(plan, replace(promise, state="kept"))
        case "broken":
            return _told(plan, replace(promise, state="broken"))
        case "moved":
            return [_ask_day(session, promise, situation, today(situation).replace(day=1))]
        case "ask":
            return [_ask(session, promise, situation)]
        case _:
            return _moves(plan, promise, what)


def _moves(plan: Plan, promise: Promise, token: str) -> list[Effect]:
    session, situation = plan.session, plan.situation
    if (month := month_of(token)) is not None:
        return [_ask_day(session, promise, situation, month)]
    day = day_of(token)
    if day is None or day <= today(situation):
        return refuse(OLD if day is None else PAST_DAY)
    return [*_told(plan, replace(promise, due=day)), promise_timer(replace(promise, due=day))]


def _told(plan: Plan, promise: Promise) -> list[Effect]:
    """Store what became of a promise and tell it to those who asked and came. One that is moved is open again, with a later day."""
    session, situation = plan.session, plan.situation
    known = replace(situation, promises=tuple(promise if each.id == promise.id else each for each in situation.promises))
    told = lines(promise_line(promise), N_("This is being told to those who asked and came."))
    dropped = [] if promise.state == "open" else [DropTimer(f"promise:{promise.id}")]
    return [
        SetPromise(promise),
        *dropped,
        _show(session, promise, situation, Message(told, answers=plan_slot(session.id))),
        plan_message(session, known),
        *tell_province(session, known),
        starts_round(session, situation, "promise", "answered", promise.id),
        plan.audit("promise", promise.state),
    ]


def _ask(session: Session, promise: Promise, situation: Situation) -> Send:
    question = lines(
        N_("A promise from the session “{topic}” is due:", topic=Words(session.topic)),
        N_("{office} promised: {promise}", office=promiser(promise.who), promise=Words(promise.what)),
        N_("What became of it?"),
    )
    kept = _button(PROMISE_STATES["kept"], session, promise, "kept")
    later = _button(PROMISE_STATES["moved"], session, promise, "moved")
    broken = _button(PROMISE_STATES["broken"], session, promise, "broken")
    return _show(session, promise, situation, Message(question, ((kept, later, broken),), answers=plan_slot(session.id)))


def _ask_day(session: Session, promise: Promise, situation: Situation, month: date) -> Send:
    question = lines(
        N_("{office} promised: {promise}", office=promiser(promise.who), promise=Words(promise.what)),
        N_("By which day now?"),
        LEGEND,
    )
    rows: Rows = month_rows(
        month, situation, lambda label, value: Button(label, Action("came_of", None, (promise.id, value), session.id)), from_today=False
    )
    back = _button(C_("button", "Back"), session, promise, "ask")
    return _show(session, promise, situation, Message(question, (*rows, (back,)), answers=plan_slot(session.id)))


def _show(session: Session, promise: Promise, situation: Situation, message: Message) -> Send:
    desk = ToForum(desk_of_session(session, situation))
    return Send(desk, message, Priority.REPLY, slot=f"promise:{promise.id}", session=session.id)


def _button(label: Text, session: Session, promise: Promise, what: str) -> Button:
    return Button(label, Action("came_of", None, (promise.id, what), session.id))


def _who(plan: Plan, name: str) -> list[Effect]:
    kept = holding(plan.session, replace(pending(plan.session), step="who", who=name, what=""))
    return [*moved(plan, kept), *ask_for(kept, plan.situation, "what")]


def _unfit(plan: Plan, words: str) -> list[Effect]:
    if not 0 < len(words.strip()) <= LONGEST:
        return say(plan.situation, plan.session, TOO_LONG)
    return say(plan.situation, plan.session, WITHOUT_NAMES) if shows_who_someone_is(words) else []


came_of = press(frozenset({"held"}), _came_of)
