"""`/sessions` in a group: coming ones, past ones, and the promises that are still open."""

from __future__ import annotations

from collections.abc import Iterable

from bot.model.effects import Effect, Priority, Send, Toast
from bot.model.events import CommandGiven
from bot.model.ids import PROVINCE, ForumId
from bot.model.messages import Action, Button, Message, ToForum
from bot.model.sessions import Session, SessionState
from bot.model.situation import Situation
from bot.model.text import C_, N_, Joined, Names, Piece, Text, Words, lines, paragraphs
from handlers.desk.authority import refuse_aloud
from handlers.may import stranger
from handlers.sessions.days import plain
from handlers.sessions.plan import NOT_YET, button
from handlers.sessions.summary import promise_line

PAGE = 8
STATES: dict[SessionState, Text] = {
    "planned": C_("session", "being planned"),
    "announced": C_("session", "announced"),
    "held": C_("session", "has taken place"),
    "cancelled": C_("session", "cancelled"),
}


def sessions_command(situation: Situation, _: CommandGiven) -> Iterable[Effect]:
    """List the forum's sessions, in the province's group those of all."""
    if situation.forum is None:
        return []
    if no := stranger(situation.actor, situation.member):
        return refuse_aloud(situation, no.text)
    return [_list(situation, situation.forum, situation.chance.token(), 0)]


def turn(situation: Situation, action: Action) -> Iterable[Effect]:
    """Show another page of the list in its place."""
    if situation.forum is None:
        return []
    if no := stranger(situation.actor, situation.member):
        return [Toast(no.text, alert=True)]
    match action.args:
        case (token, number) if number.isdecimal():
            return [_list(situation, situation.forum, token, int(number))]
        case _:
            return []


def _list(situation: Situation, forum: ForumId, token: str, wanted: int) -> Send:
    sessions = situation.sessions
    last = max(0, len(sessions) - 1) // PAGE
    number = min(wanted, last)
    shown = sessions[number * PAGE : (number + 1) * PAGE]
    open_ones = [promise for promise in situation.promises if promise.state == "open"]
    body: Piece = N_("There are no sessions yet.")
    if sessions:
        body = paragraphs(
            lines(N_("Sessions:"), *(_line(session, situation, forum) for session in shown)),
            lines(N_("Promises that are open:"), *(promise_line(promise) for promise in open_ones[:10]))
            if open_ones and number == 0
            else None,
        )
    opening = tuple((button(_label(session), "anew", session),) for session in shown)
    return Send(ToForum(forum), Message(body, (*opening, *_turning(token, number, last))), Priority.REPLY, slot=f"sessions:{token}")


def _line(session: Session, situation: Situation, forum: ForumId) -> Piece:
    day = session.wall.date() if session.wall else NOT_YET
    topic = Words(session.topic) if session.topic else NOT_YET
    line = N_("“{topic}” – {date} – {state}", topic=topic, date=day, state=STATES[session.state])
    if forum != PROVINCE:
        return line
    return Joined((situation.province.forum_names(session.forum), line), ": ")


def _label(session: Session) -> Text | Names:
    return plain(session.topic[:40]) if session.topic else C_("button", "Without a topic yet")


def _turning(token: str, number: int, last: int) -> tuple[tuple[Button, ...], ...]:
    earlier = Button(C_("button", "Earlier"), Action("turn", None, (token, str(number - 1))))
    later = Button(C_("button", "Later"), Action("turn", None, (token, str(number + 1))))
    row = (*((earlier,) if number > 0 else ()), *((later,) if number < last else ()))
    return (row,) if row else ()
