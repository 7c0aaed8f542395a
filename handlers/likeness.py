"""How alike two dialogue requests are: only a suggestion, members decide."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz

from bot.model.folding import fold
from bot.model.sessions import Session
from bot.model.situation import Situation
from bot.model.tickets import Ticket

CLOSE = 60
"""From this score (0 to 100) on two requests are suggested to be followed together."""


def likeness(one: Ticket, other: Ticket) -> float:
    """Return how alike two requests are, 0 to 100: by topic and words; 0 if they are for different people."""
    first, second = one.content.request, other.content.request
    if first is None or second is None or first.audience != second.audience:
        return 0
    topics = fuzz.token_set_ratio(fold(first.topic), fold(second.topic))
    words = fuzz.token_set_ratio(fold(f"{first.topic} {one.content.text}"), fold(f"{second.topic} {other.content.text}"))
    return 0.6 * topics + 0.4 * words


def most_alike(ticket: Ticket, others: Iterable[Ticket]) -> Ticket | None:
    """Return the other request that is most alike, if any is close."""
    candidates = [other for other in others if other.id != ticket.id and (other.session is None or other.session != ticket.session)]
    best = max(candidates, key=lambda other: likeness(ticket, other), default=None)
    return best if best is not None and likeness(ticket, best) >= CLOSE else None


def ranked(session: Session, situation: Situation) -> list[Ticket]:
    """Return the forum's requests that are in no session yet, the most alike to the joined ones first."""
    mine = {ticket.id for ticket in situation.asked}
    free = [ticket for ticket in situation.alike if ticket.session is None and ticket.id not in mine]

    def closeness(ticket: Ticket) -> float:
        return max((likeness(ticket, joined) for joined in situation.asked), default=fuzz.ratio(fold(session.topic), _topic(ticket)))

    return sorted(free, key=lambda ticket: (-closeness(ticket), ticket.reference))


def _topic(ticket: Ticket) -> str:
    return fold(ticket.content.request.topic) if ticket.content.request is not None else ""
