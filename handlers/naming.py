"""Short words that name something outside a conversation: an area, a topic, or what a button about messages says."""

from __future__ import annotations

from collections.abc import Iterator

from bot.engine.conversing import say
from bot.engine.typed import chosen
from bot.model.effects import Effect
from bot.model.ids import ForumId
from bot.model.messages import Action, Button, Message
from bot.model.situation import Situation
from bot.model.subscriptions import TOPICS
from bot.model.text import C_, N_, Names, Text
from handlers.area import BACK, my_area
from handlers.offering import CHOOSE, DECLINE, accept
from handlers.topics import TOPIC_NAMES


def typed(situation: Situation, text: str) -> Action | None:
    """Return where short words lead. The name of an area or a topic leads to its own page, where it is asked what is meant."""
    named = list(_named(situation))
    index = chosen(situation, text, [label for label, _ in named], digits=False)
    return None if index is None else named[index][1]


def _named(situation: Situation) -> Iterator[tuple[Text | Names, Action]]:
    for district in situation.province.districts:
        yield district.names, Action("district", None, (district.id,))
        yield accept(district.names), Action("offer", None, ("yes", district.id))
    for topic in TOPICS:
        yield TOPIC_NAMES[topic], Action("topic", None, (topic,))
    yield C_("button", "Stop all messages"), Action("area", None, ("stop",))
    yield DECLINE, Action("offer", None, ("no",))
    yield C_("button", "Choose topics"), Action("topics")
    yield C_("button", "For women or young people"), Action("circles")
    for label in (C_("button", "Stop messages"), C_("typed", "Stop"), C_("button", "Undo"), CHOOSE, C_("button", "Receive messages")):
        yield label, Action("area")


def district(situation: Situation, action: Action) -> Iterator[Effect]:
    """Offer what can be done about one district. A tap for or against its messages turns this page into that of the areas."""
    here = situation.province.district(ForumId(action.args[0])) if action.args else None
    if here is None:
        yield from my_area(situation)
        return
    wished = situation.subscription
    heard = not wished.empty and here.id in wished.districts
    token = situation.chance.token()
    hear = Button(C_("button", "Receive messages"), Action("area", None, ("in", here.id, token)))
    end = Button(C_("button", "Stop messages"), Action("area", None, ("out", here.id, token)))
    choices = (
        (Button(C_("button", "Report a problem"), Action("report")),),
        (Button(C_("button", "Ask for a dialogue session"), Action("dialogue")),),
        (end if heard else hear,),
        (BACK,),
    )
    yield say(situation, Message(N_("{district}: what would you like to do?", district=here.names), choices), slot=f"area:{token}")


def topic(situation: Situation, action: Action) -> Iterator[Effect]:
    """Offer what can be done about one topic. A tap for or against its messages turns this page into that of the topics."""
    named = next((topic for topic in TOPICS if action.args == (topic,)), None)
    if named is None:
        yield from my_area(situation)
        return
    wished = situation.subscription
    token = situation.chance.token()
    hear = Button(C_("button", "Receive messages"), Action("topics", None, ("in", named, token)))
    end = Button(C_("button", "Stop messages"), Action("topics", None, ("out", named, token)))
    ask = Button(C_("button", "Ask for a dialogue session"), Action("dialogue"))
    choices = (
        (ask if named == "sessions" else Button(C_("button", "Report a problem"), Action("report")),),
        (end if not wished.empty and named in wished.topics else hear,),
        (BACK,),
    )
    yield say(situation, Message(N_("{topic}: what would you like to do?", topic=TOPIC_NAMES[named]), choices), slot=f"area:{token}")
