"""What people wrote about a session, in full, page by page: words without who."""

from __future__ import annotations

from bot.model.effects import Effect, Priority, Send
from bot.model.messages import Button, Message, ToForum, plan_slot
from bot.model.text import C_, N_, Words, lines, paragraphs
from handlers.sessions.authority import OLD, Plan, press, refuse
from handlers.sessions.plan import button
from handlers.sessions.summary import RATINGS

PAGE = 3
"""Words of at most 1000 characters each: a page is one message."""


def _read(plan: Plan) -> list[Effect]:
    session, situation = plan.session, plan.situation
    said = [each for each in situation.feedback if each.words]
    match plan.args:
        case (token, number) if number.isdecimal() and said and situation.forum is not None:
            last = (len(said) - 1) // PAGE
            page = min(int(number), last)
        case ():
            return _read(Plan(situation, session, plan.member, (situation.chance.token(), "0"))) if said else refuse(OLD)
        case _:
            return refuse(OLD)
    body = paragraphs(
        N_("Words about the session “{topic}”, page {page} of {pages}:", topic=Words(session.topic), page=page + 1, pages=last + 1),
        *(lines(RATINGS[each.rating], Words(each.words)) for each in said[page * PAGE : (page + 1) * PAGE]),
    )
    earlier: tuple[Button, ...] = (button(C_("button", "Earlier"), "words", session, token, str(page - 1)),) if page else ()
    later: tuple[Button, ...] = (button(C_("button", "Later"), "words", session, token, str(page + 1)),) if page < last else ()
    rows = (row,) if (row := (*earlier, *later)) else ()
    message = Message(body, rows, protect=True, answers=plan_slot(session.id))
    return [Send(ToForum(situation.forum), message, Priority.REPLY, slot=f"words:{session.id}:{token}", session=session.id)]


read_words = press(frozenset({"held"}), _read)
