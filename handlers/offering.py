"""The offer of messages, after the receipt of somebody's first report or request: once, and never more than an offer."""

from __future__ import annotations

from collections.abc import Iterator

from bot.engine.conversing import resident_of, say
from bot.model.effects import Effect, SetSubscription
from bot.model.ids import ForumId
from bot.model.messages import Action, Button, Message
from bot.model.situation import Situation
from bot.model.subscriptions import TOPICS
from bot.model.text import C_, N_, Names, Text, paragraphs
from bot.model.tickets import Ticket
from handlers.area import ALL_TOPICS, joined, my_area, named, welcomed

CHOOSE = C_("button", "Choose")
DECLINE = C_("button", "No, thank you")


def accept(district: Names) -> Text:
    """Return what the yes for a district is called."""
    return C_("button", "Yes, for {district}", district=district)


def offer_messages(situation: Situation, ticket: Ticket) -> Iterator[Effect]:
    """Offer messages to whoever has sent something for the first time and gets none.

    Not after a sensitive report: it is not the moment, and a message that comes later could show the chat to whoever must not see it.
    """
    if situation.tickets or not situation.subscription.empty or ticket.sensitive:
        return
    words = paragraphs(
        N_("If you wish, the forum can send you short messages here, about: {topics}", topics=named(TOPICS)),
        N_("You can stop them at any time with one tap. Nobody in the forum learns who gets these messages. Do you want them?"),
    )
    district = situation.province.district(ticket.home)
    yes = (Button(accept(district.names), Action("offer", None, ("yes", district.id))),) if district else ()
    others = (Button(CHOOSE, Action("area")), Button(DECLINE, Action("offer", None, ("no",))))
    yield say(situation, Message(words, (yes, others) if yes else (others,)))


def offer(situation: Situation, action: Action) -> Iterator[Effect]:
    """Take the answer to the offer; also years later it does what its button says."""
    area = Button(C_("button", "My area"), Action("area"))
    match action.args:
        case ("yes", name) if district := situation.province.district(ForumId(name)):
            wished = joined(situation.subscription, district.id, ALL_TOPICS)
            yield SetSubscription(resident_of(situation).id, wished)
            topics = Button(C_("button", "Choose topics"), Action("topics"))
            yield say(situation, Message(welcomed(wished, district.names), ((topics, area),)))
        case ("no",):
            declined = N_("That is all right. If you change your mind, you find it in “My area”.")
            yield say(situation, Message(declined, ((area, Button(C_("button", "Back"), Action("home"))),)))
        case _:
            yield from my_area(situation)
