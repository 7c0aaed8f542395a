"""Begin to plan a session: from a request's card, or without one by `/session`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.model.effects import Audit, Effect, OpenSession, Priority, Send, Toast
from bot.model.events import CommandGiven
from bot.model.ids import PROVINCE, ForumId, SessionId
from bot.model.messages import Action, Button, Message, ToForum, plan_slot
from bot.model.people import Member
from bot.model.sessions import Session
from bot.model.situation import Situation
from bot.model.text import N_, Words
from bot.model.tickets import Ticket
from handlers.desk.asking import ask_slot, old_button, withdraw
from handlers.desk.authority import Case, refuse_aloud
from handlers.desk.authority import press as desk_press
from handlers.desk.together import suggest
from handlers.likeness import CLOSE, likeness, most_alike
from handlers.may import stranger
from handlers.sessions.asking import ask_for
from handlers.sessions.authority import ANY_STATE, OLD, Plan, press, refuse
from handlers.sessions.joining import joins, live, planned_from
from handlers.sessions.pending import Pending, holding
from handlers.sessions.plan import desk_of_session, plan_message


def _schedule(case: Case) -> list[Effect]:
    """Open a plan with what the request asks for; like requests are offered first. A live plan is only shown again."""
    situation, ticket = case.situation, case.ticket
    if ticket.kind != "dialogue":
        return [Toast(old_button(ticket), alert=True)]
    known = situation.session
    if known is not None and live(known):
        return _shown_again(known, situation)
    if not case.args and _arranged_already(ticket, situation):
        return suggest(ticket, situation, or_alone=True)
    asked_before = withdraw(situation, ticket, ask_slot(ticket.id, case.args[1])) if len(case.args) == 2 else []
    return [*asked_before, *_planned(case)]


def _arranged_already(ticket: Ticket, situation: Situation) -> bool:
    """Whether the request most like this one is in a session that is still being arranged."""
    other = most_alike(ticket, situation.alike)
    return other is not None and any(each.id == other.session and live(each) for each in situation.sessions)


def _planned(case: Case) -> list[Effect]:
    situation, ticket, member, known = case.situation, case.ticket, case.member, case.situation.session
    session = planned_from(ticket, situation, member)
    former = [each for each in situation.asked if known is not None and known.state == "cancelled" and each.id != ticket.id]
    open_ones = [each for each in former if each.state in ("new", "taken")]
    if any(likeness(ticket, other) >= CLOSE for other in situation.alike if other.session is None):
        session = holding(session, Pending(step="asked"))
    moves = [effect for each in (ticket, *open_ones) for effect in joins(each, session, situation, member)]
    asked = tuple(replace(each, session=session.id) for each in (ticket, *open_ones))
    shown = replace(situation, session=session, asked=asked)
    return [OpenSession(session), *moves, plan_message(session, shown), case.audit("schedule")]


def session_command(situation: Situation, _: CommandGiven) -> Iterable[Effect]:
    """Plan a session without a request: for the forum whose group it is; the province chooses the forum."""
    forum, member = situation.forum, situation.member
    if forum is None:
        return []
    if (no := stranger(situation.actor, member)) or member is None:
        return refuse_aloud(situation, no.text) if no else []
    if situation.actor != "coordinator":
        return refuse_aloud(situation, N_("Only a coordinator can plan a session without a request. Press “Schedule” on a request."))
    if forum != PROVINCE:
        return _opened(situation, forum, member)
    buttons = [Button(district.names, Action("open", None, (district.id,))) for district in situation.province.districts]
    rows = tuple(tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2))
    return [Send(ToForum(forum), Message(N_("Which forum holds the session?"), rows), Priority.REPLY)]


def open_for(situation: Situation, action: Action) -> list[Effect]:
    """The province has chosen the forum: nowhere else is there a choice."""
    if (no := stranger(situation.actor, situation.member)) or situation.member is None:
        return [Toast(no.text, alert=True)] if no else []
    if situation.actor != "coordinator" or situation.forum is None:
        return [Toast(N_("Only a coordinator can do this."), alert=True)]
    if situation.forum != PROVINCE:
        return refuse(OLD)
    district = next((each for each in situation.province.districts if action.args == (each.id,)), None)
    return _opened(situation, district.id, situation.member) if district else []


def _opened(situation: Situation, forum: ForumId, member: Member) -> list[Effect]:
    id, language = SessionId(situation.chance.token()), situation.province.forum_language(forum)
    session = Session(id, forum, "planned", "", planner=member.id, language=language)
    effects: list[Effect] = [OpenSession(session), plan_message(session, replace(situation, session=session, asked=()))]
    if desk_of_session(session, situation) == situation.forum:
        effects += ask_for(session, situation, "topic")
    elif situation.forum is not None:
        told = N_("The plan is now in the group of {district}.", district=situation.province.forum_names(forum))
        effects.append(Send(ToForum(situation.forum), Message(told), Priority.REPLY))
    return [*effects, Audit("schedule", None, forum, member.id)]


def _anew(plan: Plan) -> list[Effect]:
    return _shown_again(plan.session, plan.situation)


def _shown_again(session: Session, situation: Situation) -> list[Effect]:
    """Show the plan as it is now, and point to it below: a message has its place in a chat and cannot be moved down."""
    desk = desk_of_session(session, situation)
    told = N_("Here is the session “{topic}”.", topic=Words(session.topic)) if session.topic else N_("Here is the plan.")
    pointer = Send(ToForum(desk), Message(told, answers=plan_slot(session.id)), Priority.REPLY, session=session.id)
    if desk == situation.forum:
        return [plan_message(session, situation), pointer]
    place = N_("The plan is now in the group of {district}.", district=situation.province.forum_names(session.forum))
    return [plan_message(session, situation), pointer, Toast(place)]


schedule = desk_press("schedule", _schedule)
anew = press(ANY_STATE, _anew)
