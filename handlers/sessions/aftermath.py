"""After a session: how many came, the minutes, and the summary in the forum and the province."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from bot.model.effects import Effect, MoveSession, MoveTicket, Priority, Send, SetTimer
from bot.model.events import MediaReceived, TimerFired
from bot.model.folding import fold
from bot.model.ids import PROVINCE
from bot.model.messages import Message, ToForum, plan_slot
from bot.model.sessions import Attendance, Session
from bot.model.situation import Situation
from bot.model.text import N_, Text, Words
from handlers.cards import refresh_cards
from handlers.desk.closing import purge_key
from handlers.desk.taking import taken_by
from handlers.sessions.announcing import starts_round
from handlers.sessions.authority import Plan, press, say
from handlers.sessions.filling import moved
from handlers.sessions.plan import desk_of_session, plan_message
from handlers.sessions.summary import held_body
from handlers.telling import tell_closed
from handlers.thread import shows_who_someone_is

LONGEST_MINUTES = 2000
"""Characters of minutes: the summary stays one message beside promises and words."""
MOST = 99_999
_NUMBERS = re.compile(r"[0-9]+")
THREE_NUMBERS = N_("Please write three numbers, as a reply to the same message: men, women, young people. For example: 12 9 5")
NO_NAMES = N_("Please write the minutes without phone numbers and names of accounts, as a reply to the same message.")
SHORTER = N_("Please write at most {limit} characters, as a reply to the same message.", limit=LONGEST_MINUTES)


def over(situation: Situation, _: TimerFired) -> Iterable[Effect]:
    """The session has ended: the forum is asked what came of it, and who said they would come how it was."""
    session = situation.session
    if session is None or session.state != "announced" or session.starts is None or session.starts > situation.now:
        return []
    held = replace(session, state="held", asking="")
    asked = N_("The session “{topic}” is over. Please write down how many came, the minutes and every promise.", topic=Words(session.topic))
    desk = ToForum(desk_of_session(session, situation))
    return [
        MoveSession(held),
        plan_message(held, replace(situation, session=held)),
        Send(desk, Message(asked, answers=plan_slot(session.id)), Priority.CARD, session=session.id),
        *tell_province(held, situation),
        starts_round(held, situation, "feedback", "coming"),
    ]


def summary_due(situation: Situation, _: TimerFired) -> list[Effect]:
    """People have said how it was: show the forum and the province what they said so far."""
    session = situation.session
    return [plan_message(session, situation), *tell_province(session, situation)] if session is not None and session.state == "held" else []


def take_attendance(plan: Plan, words: str) -> list[Effect]:
    """Take three numbers in digits of any script: men, women, young people."""
    numbers = [int(number) for number in _NUMBERS.findall(fold(words))]
    if len(numbers) != 3 or max(numbers) > MOST:
        return say(plan.situation, plan.session, THREE_NUMBERS)
    men, women, youth = numbers
    return _noted(plan, replace(plan.session, attendance=Attendance(men, women, youth)))


def take_minutes(plan: Plan, words: str) -> list[Effect]:
    """Take the minutes in words."""
    if no := _unfit(words):
        return say(plan.situation, plan.session, no)
    return _noted(plan, replace(plan.session, summary=words.strip()))


def take_photo(plan: Plan, photo: MediaReceived) -> list[Effect]:
    """Take a photo of the minutes: it stays in the group, the province's group gets it too, and its caption is kept as words."""
    session, situation = plan.session, plan.situation
    if photo.attachment.kind != "photo" or photo.attachment.too_big:
        return say(situation, session, N_("Please reply with text, or with a photo that is not too big."))
    if no := _unfit(photo.caption):
        return say(situation, session, no)
    caption = N_("Minutes of the session “{topic}”", topic=Words(session.topic))
    others = {desk_of_session(session, situation), PROVINCE}
    shown: list[Effect] = [
        Send(
            ToForum(desk),
            Message(caption, attachment=photo.attachment, protect=True),
            Priority.CARD,
            slot=f"minutes:{session.id}",
            session=session.id,
        )
        for desk in sorted(others)
        if situation.forums.get(desk) == "linked"
    ]
    words = photo.caption.strip() or session.summary
    return [*shown, *_noted(plan, replace(session, summary=words))]


def tell_province(session: Session, situation: Situation) -> list[Effect]:
    """Show the summary in the province's group; the same message is edited as it grows."""
    if desk_of_session(session, situation) == PROVINCE or situation.forums.get(PROVINCE) != "linked":
        return []
    message = Message(held_body(session, situation), protect=True)
    return [Send(ToForum(PROVINCE), message, Priority.CARD, slot=f"summary:{session.id}", session=session.id)]


def _finish(plan: Plan) -> list[Effect]:
    """Close every joined request at once; each reporter hears of their own."""
    situation, effects = plan.situation, list[Effect]()
    for ticket in situation.asked:
        if ticket.state in ("new", "taken"):
            closed = replace(taken_by(ticket, plan.member), state="closed", outcome="resolved")
            due = situation.now + situation.province.keep_after_close
            effects += [MoveTicket(closed), *refresh_cards(closed, situation), *tell_closed(closed, None)]
            effects += [SetTimer(purge_key(ticket), "purge", due, ticket=ticket.id)]
    done = N_("The requests of this session are closed.") if effects else N_("This session has no open requests.")
    return [*effects, *say(situation, plan.session, done), plan.audit("finish")]


def _noted(plan: Plan, session: Session) -> list[Effect]:
    return [*moved(plan, session), *tell_province(session, plan.situation), plan.audit("aftermath")]


def _unfit(words: str) -> Text | None:
    if len(words.strip()) > LONGEST_MINUTES:
        return SHORTER
    return NO_NAMES if shows_who_someone_is(words) else None


finish = press(frozenset({"held"}), _finish)
