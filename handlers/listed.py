"""A ticket as one line among others. A line holds nothing that its reporter wrote: a list cannot be emptied when a card is."""

from __future__ import annotations

from bot.model.ids import PROVINCE, ForumId
from bot.model.messages import Action, Line
from bot.model.province import Province
from bot.model.text import C_, N_, Piece
from bot.model.tickets import Ticket


def kind_of(ticket: Ticket, province: Province) -> Piece:
    """Return what a ticket is about, as far as a list may say it; of a sensitive one only that it is."""
    if ticket.sensitive:
        return C_("type", "sensitive report")
    if ticket.kind == "dialogue":
        return C_("type", "request for a dialogue session")
    category = province.category(ticket.category)
    return category.names if category is not None else C_("type", "report")


def new_line(ticket: Ticket, province: Province, desk: ForumId) -> Line:
    """Return how a list tells of a ticket whose card has to wait; its button puts the card up, where members may act on it."""
    kind = kind_of(ticket, province)
    words = N_("{reference} – {category}", reference=ticket.reference, category=kind)
    if ticket.urgent:
        words = N_("URGENT: {reference} – {category}", reference=ticket.reference, category=kind)
    return Line(words, None if ticket.sensitive and desk != PROVINCE else Action("card", ticket.id))
