"""Requests that are followed together: members decide, everybody who asked is kept informed, and each sees only the forum."""

from __future__ import annotations

from dataclasses import replace

from bot.model.effects import Audit, Effect, MoveSession, MoveTicket, OpenSession, Toast
from bot.model.ids import SessionId
from bot.model.people import Member
from bot.model.sessions import Request, Session
from bot.model.situation import Situation
from bot.model.tickets import Ticket
from handlers.cards import refresh_cards
from handlers.desk.asking import ask_slot, old_button, withdraw
from handlers.desk.authority import Case, press
from handlers.desk.taking import taken_by
from handlers.inviting import invitation
from handlers.sessions.authority import OLD, Plan, refuse
from handlers.sessions.plan import plan_message
from handlers.telling import tell, tell_taken


def planned_from(ticket: Ticket, situation: Situation, member: Member) -> Session:
    """Return a new session for a request: what was asked for is filled in already."""
    request = ticket.content.request or Request(topic="")
    return Session(
        id=SessionId(situation.chance.token()),
        forum=ticket.forum,
        state="planned",
        topic=request.topic,
        planner=member.id,
        offices=request.offices,
        office=request.office,
        audience=request.audience,
        language=situation.province.forum_language(ticket.forum),
    )


def joins(ticket: Ticket, session: Session, situation: Situation, member: Member) -> list[Effect]:
    """Join a request to a session: who joins it follows it from now on, and its reporter hears so."""
    if ticket.session == session.id and ticket.state != "new":
        return []
    joined = replace(taken_by(ticket, member) if ticket.state == "new" else ticket, session=session.id)
    told = tell_taken(joined) if ticket.state == "new" else []
    if session.state == "announced":
        told += tell(joined, invitation(session, situation))
    return [MoveTicket(joined), *refresh_cards(joined, situation), *told]


def _join(case: Case) -> list[Effect]:
    situation, ticket, member = case.situation, case.ticket, case.member
    match case.args:
        case (id, token):
            other = next((each for each in situation.alike if each.id == id), None)
        case _:
            return []
    if other is None or ticket.kind != "dialogue":
        return [Toast(old_button(ticket), alert=True)]
    asked = withdraw(situation, ticket, ask_slot(ticket.id, token))
    session = live(situation.session) or live(next((each for each in situation.sessions if each.id == other.session), None))
    opening: list[Effect] = []
    if session is None:
        session = planned_from(min(ticket, other, key=lambda each: (each.opened, each.reference)), situation, member)
        opening = [OpenSession(session)]
    both = [replace(each, session=session.id) for each in (ticket, other)]
    known = [each for each in situation.asked if each.session == session.id and each.id not in (ticket.id, other.id)]
    shown = replace(situation, session=session, asked=(*known, *both))
    moves = [effect for each in (ticket, other) for effect in joins(each, session, situation, member)]
    return [*asked, *opening, *moves, plan_message(session, shown), Audit("join", ticket.id, ticket.forum, member.id)]


def live(session: Session | None) -> Session | None:
    """Return the session if it is still being arranged."""
    return session if session is not None and session.state in ("planned", "announced") else None


def toggle(plan: Plan, ticket: str) -> list[Effect]:
    """Join a request to the plan, or let it go."""
    situation, session = plan.situation, plan.session
    if (going := next((each for each in situation.asked if each.id == ticket), None)) is not None:
        free = replace(going, session=None)
        rest = tuple(each for each in situation.asked if each.id != ticket)
        shown = replace(situation, asked=rest, alike=(*situation.alike, free))
        return [MoveTicket(free), *refresh_cards(free, situation), MoveSession(session), plan_message(session, shown), plan.audit("unjoin")]
    coming = next((each for each in situation.alike if each.id == ticket and each.session is None), None)
    if coming is None:
        return refuse(OLD)
    shown = replace(situation, asked=(*situation.asked, replace(coming, session=session.id)))
    joined = joins(coming, session, situation, plan.member)
    return [*joined, MoveSession(session), plan_message(session, shown), plan.audit("join")]


join = press("schedule", _join)
