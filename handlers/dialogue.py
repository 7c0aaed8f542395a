"""Ask for a dialogue session: the second door. Read it from the top: it is the conversation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.engine.conversing import say
from bot.engine.places import Where, place
from bot.engine.questions import Option, agree, choose, line, review, tell, write
from bot.engine.several import several
from bot.model.effects import Effect
from bot.model.ids import PROVINCE
from bot.model.messages import Action, Button, Message
from bot.model.people import Piece as StoryPiece
from bot.model.sessions import AUDIENCES, OFFICES, PartOfDay, Request, Size
from bot.model.situation import Situation
from bot.model.text import C_, N_, Piece, Text, lines, paragraphs
from bot.model.tickets import Content, Ticket
from handlers.cards import card_body
from handlers.offering import offer_messages
from handlers.report import WHERE_EXACTLY
from handlers.session_words import AUDIENCE_NAMES, OFFICE_NAMES, PART_NAMES, SIZE_NAMES, WEEKDAY_NAMES
from handlers.submission import agreed, submit, ticket_to_be

CATEGORY = "dialogue"
"""What a request's ticket has for a category: none of the configured ones."""


async def dialogue(situation: Situation) -> Iterable[Effect]:
    """Ask for what a forum needs to arrange a session, show the card as the forum will get it, and send it."""
    topic = await write("topic", TOPIC, limit=200)
    request = await _wishes(topic)
    where = await place("district", N_("Which area is it in? You can also write its name."))
    spot = where.locality or await line("place", WHERE_EXACTLY)
    pieces = await tell("story", REASON)
    text, files = await agreed(situation, pieces, N_("Then please write in your own words why this session is needed."))
    contact = await agree("contact", N_("May the forum ask you questions through this bot? They will not know who you are."))
    content = Content(text, files, spot, request=request)
    ticket = ticket_to_be(situation, "dialogue", CATEGORY, where, content, contact=contact == "yes")
    await review("review", _review(situation, ticket), tuple(_parts(request, where, pieces)))
    return _send(situation, ticket)


TOPIC = N_(
    "A dialogue session brings residents and government offices together to talk about a problem.\nWhat should the session be about?"
)
REASON = N_("Why is this session needed? You can write, or send a voice note or a photo.\nWhen you finish, press “Done”.")


async def _wishes(topic: str) -> Request:
    """Ask who should come, for whom it is, for how many, and when."""
    attend = await several(
        "offices",
        N_("Who should attend? You can choose several, and press “Done” at the end."),
        _options(OFFICE_NAMES),
        none=C_("button", "Skip"),
        columns=2,
    )
    office = await write("office", N_("What is the name of the other office?"), limit=100) if "other" in attend else ""
    audience = await choose("audience", N_("Who is the session for?"), _options(AUDIENCE_NAMES), alike=True)
    size = await choose("size", N_("About how many people would come?"), _options(SIZE_NAMES), alike=True)
    days = await several(
        "days",
        N_("Which days suit? You can choose several, and press “Done” at the end."),
        _options(WEEKDAY_NAMES),
        none=C_("weekday", "Any day"),
        columns=2,
    )
    part = await choose("part", N_("Which part of the day suits?"), _options(PART_NAMES), columns=2, alike=True)
    return Request(
        topic,
        tuple(office for office in OFFICES if office in attend),
        office,
        next(each for each in AUDIENCES if each == audience),
        _size(size),
        tuple(int(day) for day in days),
        _part(part),
    )


def _options(names: Mapping[Any, Text]) -> list[Option]:
    return [Option(str(key), name) for key, name in names.items()]


def _size(key: str) -> Size:
    return next(size for size in SIZE_NAMES if size == key)


def _part(key: str) -> PartOfDay:
    return next(part for part in PART_NAMES if part == key)


def _review(situation: Situation, ticket: Ticket) -> Piece:
    return paragraphs(
        N_("Please check your request. The forum will see exactly this:"),
        card_body(ticket, situation.province),
        N_("Shall we send it to the forum?"),
    )


def _parts(request: Request, where: Where, pieces: tuple[StoryPiece, ...]) -> Iterator[Option]:
    """Yield what can be changed from the review."""
    yield Option("topic", C_("part", "Topic"))
    yield Option("offices", C_("part", "Who should attend"))
    if "other" in request.offices:
        yield Option("office", C_("part", "The other office"))
    yield Option("audience", C_("part", "For whom"))
    yield Option("size", C_("part", "How many"))
    yield Option("days", C_("part", "Days"))
    yield Option("part", C_("part", "Part of the day"))
    yield Option("district", C_("part", "Area"))
    if not where.locality:
        yield Option("place", C_("part", "Place"))
    yield Option("story", C_("part", "Why"))
    if any(piece.attachment for piece in pieces):
        yield Option("media", C_("part", "Files"))
    yield Option("contact", C_("part", "Questions from the forum"))


def _send(situation: Situation, ticket: Ticket) -> Iterator[Effect]:
    """Store the ticket, bring its card to the forum, give the receipt, and offer messages to whoever is here for the first time."""
    yield from submit(situation, ticket)
    rows = ((Button(C_("button", "My reports"), Action("my_reports")), Button(C_("button", "My area"), Action("area"))),)
    yield say(situation, Message(_receipt(situation, ticket), rows))
    yield from offer_messages(situation, ticket)


def _receipt(situation: Situation, ticket: Ticket) -> Piece:
    sent = (
        N_("Thank you. Your request was sent to the provincial head of the forums.")
        if ticket.forum == PROVINCE
        else N_("Thank you. Your request was sent to the forum of {district}.", district=situation.province.forum_names(ticket.forum))
    )
    number = N_("Follow-up number: {reference}.", reference=ticket.reference)
    follows = (
        N_("We will tell you when a date is set.")
        if ticket.contact
        else N_("We will not write to you about it; you can see the state in “My reports”.")
    )
    return paragraphs(lines(sent, number, follows), N_("If someone else may look at your phone, delete this chat when you finish."))
