"""Announce a session, change it, or cancel it: what many people hear of, each once."""

from __future__ import annotations

from dataclasses import replace

from bot.model.calendar import in_utc
from bot.model.effects import Effect, MoveSession, MoveTicket, Priority, Send, StartRound
from bot.model.ids import RoundId
from bot.model.messages import Message, ToForum, plan_slot
from bot.model.sessions import Reach, Round, RoundKind, Session
from bot.model.situation import Situation
from bot.model.text import N_, Text, Words
from handlers.cards import refresh_cards
from handlers.session_timers import drop_timers, timers
from handlers.sessions.asking import ask_for
from handlers.sessions.authority import OLD, Plan, press, refuse, say
from handlers.sessions.days import blocked_day, blocked_time
from handlers.sessions.pending import as_changed
from handlers.sessions.plan import desk_of_session, fingerprint, is_complete, plan_message
from handlers.thread import shows_who_someone_is

LONGEST_REASON = 500
CHANGED_MEANWHILE = N_("The plan has been changed meanwhile. Please look at the invitation again.")
WITHOUT_NAMES = N_("Please write the reason without names and phone numbers, as a reply to the same message.")
SHORTER = N_("Please write at most {limit} characters, as a reply to the same message.", limit=LONGEST_REASON)


def starts_round(session: Session, situation: Situation, kind: RoundKind, reach: Reach, subject: str = "") -> StartRound:
    """Return the beginning of telling many people one thing."""
    return StartRound(Round(RoundId(situation.chance.token()), session.id, kind, reach, subject=subject))


def _announce(plan: Plan) -> list[Effect]:
    session, situation = plan.session, plan.situation
    if not is_complete(session) or session.wall is None:
        return refuse(OLD)
    if plan.args != (fingerprint(session),):
        return refuse(CHANGED_MEANWHILE)
    if no := blocked_day(session.wall.date(), situation):
        return refuse(no)
    if no := blocked_time(session.wall.date(), session.wall.time(), session.minutes, situation):
        return refuse(no)
    announced = replace(session, state="announced", starts=in_utc(session.wall), asking="")
    told = N_(
        "Session “{topic}”: {date}, {time}, {place}. The invitations are being sent.",
        topic=Words(session.topic),
        date=session.wall.date(),
        time=session.wall.time(),
        place=Words(session.place),
    )
    desk = ToForum(desk_of_session(session, situation))
    return [
        MoveSession(announced),
        plan_message(announced, replace(situation, session=announced)),
        Send(desk, Message(told, answers=plan_slot(session.id)), Priority.CARD, session=session.id),
        starts_round(announced, situation, "invitation", "invited"),
        *timers(announced, situation),
        plan.audit("announce"),
    ]


def change(plan: Plan, reason: str) -> list[Effect]:
    """Tell everybody of the change that is open, once, with the reason."""
    session, situation = plan.session, plan.situation
    changed = as_changed(session)
    if session.state != "announced" or changed == session or changed.wall is None:
        return say(situation, session, OLD)
    if no := _unfit(reason):
        return say(situation, session, no)
    day, hour = changed.wall.date(), changed.wall.time()
    if no := blocked_day(day, situation) or blocked_time(day, hour, session.minutes, situation):
        return say(situation, session, no)
    moved = replace(changed, starts=in_utc(changed.wall), sequence=session.sequence + 1, reason=reason.strip(), asking="")
    return [
        MoveSession(moved),
        plan_message(moved, replace(situation, session=moved)),
        *say(situation, moved, N_("The change is being told to everybody who asked or answered.")),
        starts_round(moved, situation, "changed", "answered"),
        *drop_timers(session),
        *timers(moved, situation),
        plan.audit("change_session"),
    ]


def _off(plan: Plan) -> list[Effect]:
    session, situation = plan.session, plan.situation
    if session.state == "announced":
        return ask_for(session, situation, "off")
    dropped = replace(session, state="cancelled", asking="")
    freed = [replace(ticket, session=None) for ticket in situation.asked]
    return [
        MoveSession(dropped),
        *(effect for ticket in freed for effect in (MoveTicket(ticket), *refresh_cards(ticket, situation))),
        plan_message(dropped, replace(situation, session=dropped, asked=())),
        plan.audit("drop_session"),
    ]


def cancel(plan: Plan, reason: str) -> list[Effect]:
    """Cancel an announced session and tell everybody once, with the reason. The requests stay joined: a new plan takes them over."""
    session, situation = plan.session, plan.situation
    if session.state != "announced":
        return say(situation, session, OLD)
    if no := _unfit(reason):
        return say(situation, session, no)
    cancelled = replace(session, state="cancelled", sequence=session.sequence + 1, reason=reason.strip(), asking="")
    return [
        MoveSession(cancelled),
        plan_message(cancelled, replace(situation, session=cancelled)),
        starts_round(cancelled, situation, "cancelled", "answered"),
        *drop_timers(session),
        plan.audit("cancel_session"),
    ]


def _unfit(reason: str) -> Text | None:
    if len(reason.strip()) > LONGEST_REASON:
        return SHORTER
    return WITHOUT_NAMES if shows_who_someone_is(reason) else None


announce = press(frozenset({"planned"}), _announce)
off = press(frozenset({"planned", "announced"}), _off)
