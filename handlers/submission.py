"""What every conversation that ends in a ticket has in common: the ticket to be, and bringing it before its forum."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.engine.conversing import draft_of, resident_of
from bot.engine.places import Where
from bot.engine.questions import agree, write
from bot.model.calendar import BAGHDAD
from bot.model.effects import Audit, Effect, OpenTicket, SetResident
from bot.model.ids import TicketId
from bot.model.messages import Attachment
from bot.model.people import Piece as StoryPiece
from bot.model.situation import Situation
from bot.model.text import N_, Text
from bot.model.tickets import Content, Ticket, TicketKind
from handlers.cards import place_cards

OUTSIDE = "DYL"
"""The first letters of a number where no district is meant: the province's own."""


MEDIA_PRIVACY = N_(
    "Photos and voice notes may show who you are: your face, your voice or your home may be recognised.\nDo you want to send it?"
)


async def agreed(situation: Situation, pieces: tuple[StoryPiece, ...], instead: Text) -> tuple[str, tuple[Attachment, ...]]:
    """Ask whether files may be passed on, and where nothing is left to pass on, for words `instead`; return the words and the files."""
    files = tuple(piece.attachment for piece in pieces if piece.attachment)
    if files and await agree("media", MEDIA_PRIVACY) == "no":
        files = ()
    text = "\n".join(piece.text for piece in pieces if piece.text)
    if not files and (not text or "words" in draft_of(situation).answers):
        own = await write("words", instead)
        text = "\n".join(filter(None, (own, text)))
    return text, files


def ticket_to_be(
    situation: Situation,
    kind: TicketKind,
    category: str,
    where: Where,
    content: Content,
    *,
    contact: bool,
    urgent: bool = False,
    sensitive: bool = False,
) -> Ticket:
    """Return the ticket that the open conversation leads to: what the review shows is what is stored."""
    district = situation.province.district(where.forum)
    draft = draft_of(situation)
    return Ticket(
        id=TicketId(draft.id),
        reference=f"{district.code if district else OUTSIDE}-{draft.reference}",
        kind=kind,
        resident=resident_of(situation).id,
        home=where.forum,
        forum=where.forum,
        category=category,
        urgent=urgent,
        sensitive=sensitive,
        contact=contact,
        state="new",
        opened=situation.now.astimezone(BAGHDAD).date(),
        content=replace(content, language=resident_of(situation).language),
    )


def submit(situation: Situation, ticket: Ticket) -> Iterator[Effect]:
    """Store the ticket and bring its card to the forum; what the resident writes next is no answer to an earlier one."""
    yield OpenTicket(ticket)
    yield Audit("open", ticket.id, ticket.forum)
    yield from place_cards(ticket, situation)
    yield SetResident(resident_of(situation).id, refocus=True, focus=None)
