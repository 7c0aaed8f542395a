"""Report a problem: the first door. Read it from the top: it is the conversation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.engine.conversing import say
from bot.engine.places import Where, place
from bot.engine.questions import Option, agree, choose, line, review, tell
from bot.engine.talk import Say
from bot.model.effects import Effect
from bot.model.ids import PROVINCE
from bot.model.messages import Action, Button, Message
from bot.model.people import Piece as StoryPiece
from bot.model.province import Category
from bot.model.situation import Situation
from bot.model.text import C_, N_, Piece, lines, paragraphs
from bot.model.tickets import Content, Ticket
from handlers import danger
from handlers.cards import card_body
from handlers.offering import offer_messages
from handlers.submission import agreed, submit, ticket_to_be
from handlers.wording import duration


async def report(situation: Situation) -> Iterable[Effect]:
    """Ask for everything a forum needs, show the card as the forum will get it, and send it."""
    in_danger = await choose(
        "danger",
        N_("Is anyone in danger right now?"),
        [Option("yes", C_("button", "Yes")), Option("no", C_("button", "No")), Option("not_sure", C_("button", "I do not know"))],
        columns=2,
    )
    if in_danger != "no":
        number = danger.call(situation)
        await Say(danger.danger_now(number[0]), call=number)
    category = await _category(situation)
    if category.sensitive:
        await Say(N_("We are sorry this happened. It is not your fault.\nWrite only what you wish to say; details are not needed."))
    where = await place("district", N_("Which area is it in? You can also write its name."))
    spot = where.locality or await line("place", WHERE_EXACTLY)
    pieces = await tell("story", DESCRIBE if category.sensitive else paragraphs(DESCRIBE, FACTS_ONLY))
    text, files = await agreed(situation, pieces, N_("Then please write in your own words what happened."))
    when = await line("when", N_("When did it happen? For example: today, yesterday, last week, every night."))
    contact = await agree("contact", N_("May the forum ask you questions through this bot? They will not know who you are."))
    content = Content(text, files, spot, when)
    urgent = category.urgent or in_danger == "yes"
    ticket = ticket_to_be(
        situation, "report", category.key, where, content, contact=contact == "yes", urgent=urgent, sensitive=category.sensitive
    )
    await review("review", _review(situation, ticket), tuple(_parts(where, pieces)))
    return _send(situation, ticket)


DESCRIBE = N_(
    "Please tell us what happened. You can write, or send a voice note or a photo.\nWhen you finish, press “Done”.",
)
FACTS_ONLY = N_("Please write what you saw or heard yourself. If you are not sure, do not accuse anyone.")
WHERE_EXACTLY = N_(
    "Where exactly? Write the neighbourhood, the village or a known place nearby.\nPlease do not write your own home address.",
)


async def _category(situation: Situation) -> Category:
    """Ask what it is about, each kind with a hint."""
    categories = situation.province.categories
    hints = lines(*(N_("• {category}: {hint}", category=category.names, hint=category.hint) for category in categories))
    options = [Option(category.key, category.names) for category in categories]
    key = await choose("category", paragraphs(N_("What is the problem about?"), hints), options)
    return next(category for category in categories if category.key == key)


def _review(situation: Situation, ticket: Ticket) -> Piece:
    return paragraphs(
        N_("Please check your report. The forum will see exactly this:"),
        card_body(ticket, situation.province),
        N_("Shall we send it to the forum?"),
    )


def _parts(where: Where, pieces: tuple[StoryPiece, ...]) -> Iterator[Option]:
    """Yield what can be changed from the review."""
    yield Option("danger", C_("part", "Danger"))
    yield Option("category", C_("part", "Type"))
    yield Option("district", C_("part", "Area"))
    if not where.locality:
        yield Option("place", C_("part", "Place"))
    yield Option("story", C_("part", "What happened"))
    if any(piece.attachment for piece in pieces):
        yield Option("media", C_("part", "Files"))
    yield Option("when", C_("part", "Time"))
    yield Option("contact", C_("part", "Questions from the forum"))


def _send(situation: Situation, ticket: Ticket) -> Iterator[Effect]:
    """Store the ticket, bring its card to the forum, give the receipt, and offer messages to whoever is here for the first time."""
    yield from submit(situation, ticket)
    yield say(situation, Message(_receipt(situation, ticket), ((Button(C_("button", "My reports"), Action("my_reports")),),)))
    yield from offer_messages(situation, ticket)


def _receipt(situation: Situation, ticket: Ticket) -> Piece:
    province = situation.province
    sent = (
        N_("Thank you. Your report was sent to the provincial head of the forums.")
        if ticket.forum == PROVINCE
        else N_("Thank you. Your report was sent to the forum of {district}.", district=province.forum_names(ticket.forum))
    )
    answer = (
        N_("Volunteers read the reports. You will usually get an answer within {reply_time}.", reply_time=duration(province.reply_within))
        if ticket.contact
        else N_("Volunteers read the reports. They will not write to you; you can see the state in “My reports”.")
    )
    number = N_("Your follow-up number is {reference}. Please keep it.", reference=ticket.reference)
    return paragraphs(lines(sent, number, answer), N_("If someone else may look at your phone, delete this chat when you finish."))
