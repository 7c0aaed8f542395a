"""Stopping messages with one tap, wherever the button is, and taking that back. Open reports and requests are not touched by it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from bot.engine.conversing import resident_of, say
from bot.model.buttons import encode
from bot.model.effects import Effect, Send, SetSubscription
from bot.model.ids import ForumId
from bot.model.messages import Action, Button, Message
from bot.model.situation import NOTHING, Situation
from bot.model.subscriptions import CIRCLES, TOPICS, Subscription, Topic
from bot.model.text import C_, N_, Joined, Piece, Text
from handlers.topics import CIRCLE_NAMES, TOPIC_NAMES

TOPIC_MARKS: dict[Topic, str] = {"drugs": "d", "online": "o", "harassment": "h", "services": "v", "sessions": "s"}
"""Topics in a button's few bytes; they are in messages that may be pressed years later, so none ever changes its meaning."""


def marks(topics: Collection[Topic]) -> str:
    """Return topics as a button carries them."""
    return "".join(mark for topic, mark in TOPIC_MARKS.items() if topic in topics)


def marked(marks: str) -> frozenset[Topic]:
    """Return the topics that a button carries; a mark that means nothing is none."""
    return frozenset(topic for topic, mark in TOPIC_MARKS.items() if mark in marks)


def stop_topic(before: Subscription, topic: Topic) -> Subscription:
    """Return what is wanted without a topic, in all districts; without the last one nothing is."""
    after = Subscription(before.districts, before.topics - {topic}, before.circles)
    return NOTHING if after.empty else after


def stopped(topic: Topic | None) -> Text:
    """Return what is said once a topic has been stopped, or with None all messages."""
    if topic is None:
        return N_(
            "Done. You will not receive awareness messages or invitations any more. Answers to your reports and requests will still reach "
            "you."
        )
    return N_(
        "Done. You will not receive messages about this any more: {topic}\nAnswers to your reports and requests will still reach you.",
        topic=TOPIC_NAMES[topic],
    )


def stop_with(situation: Situation, topic: Topic) -> Iterator[Effect]:
    """Stop a topic at the press of a message's button, and offer what may have been meant instead. A second press changes nothing."""
    before = situation.subscription
    after = stop_topic(before, topic)
    if after != before:
        yield SetSubscription(resident_of(situation).id, after)
    more = (Button(C_("button", "Stop all messages"), Action("area", None, ("stop",))),) if not after.empty else ()
    undo = undo_row(situation, before, (topic,)) if topic in before.topics else ()
    yield _told(situation, stopped(None if after.empty else topic), (*undo, more))


def stop(situation: Situation, action: Action) -> Iterator[Effect]:
    """Stop the invitations of one district with an invitation's button.

    Who hears of sessions alone leaves the district; anybody else stops hearing of sessions, and keeps the other topics there.
    """
    before = situation.subscription
    here = ForumId(action.args[0]) if action.args else None
    others = before.districts - {here} if here else frozenset()
    if before.topics != {"sessions"} or not others:
        yield from stop_with(situation, "sessions")
        return
    yield SetSubscription(resident_of(situation).id, Subscription(frozenset(others), before.topics, before.circles))
    told = N_("Done. We will not tell you of sessions there any more. Answers to your reports and requests will still reach you.")
    yield _told(situation, told, ())


def undo_row(situation: Situation, before: Subscription, topics: Collection[Topic]) -> tuple[tuple[Button, ...], ...]:
    """Return the button that brings back what is being stopped; none where nothing was, or where it is more than a button holds."""
    stopping = marks(before.topics.intersection(topics))
    codes = ".".join(each.code for each in situation.province.districts if each.id in before.districts)
    circles = "".join(circle[0] for circle in CIRCLES if circle in before.circles)
    if not stopping or not codes:
        return ()
    action = Action("undo", None, (stopping, codes, circles))
    try:
        encode(action)
    except ValueError:
        return ()
    return ((Button(C_("button", "Undo"), action),),)


def undo(situation: Situation, action: Action) -> Iterator[Effect]:
    """Bring back topics that were stopped. Whoever has chosen areas since keeps these, else the former ones come back too."""
    stopped_then, codes, circles = (*action.args, "", "", "")[:3]
    now = situation.subscription
    topics = marked(stopped_then)
    districts = frozenset(each.id for each in situation.province.districts if each.code in codes.split("."))
    before = Subscription(districts, frozenset(), frozenset(circle for circle in CIRCLES if circle[0] in circles)) if now.empty else now
    wished = Subscription(before.districts, before.topics | topics, before.circles)
    if not topics or wished.empty:
        yield _told(situation, stopped(None), ())
        return
    if wished != now:
        yield SetSubscription(resident_of(situation).id, wished)
    yield _told(situation, received(situation, wished), ())


def received(situation: Situation, wished: Subscription) -> Piece:
    """Return what somebody receives from now on, and from where."""
    about = tuple(TOPIC_NAMES[topic] for topic in TOPICS if topic in wished.topics)
    areas = tuple(each.names for each in situation.province.districts if each.id in wished.districts)
    own = tuple(CIRCLE_NAMES[circle] for circle in CIRCLES if circle in wished.circles)
    return N_(
        "Done. You will receive messages about: {topics}\nFrom: {districts}",
        topics=Joined((*about, *own), " · "),
        districts=Joined(areas, " · "),
    )


def _told(situation: Situation, told: Piece, rows: Iterable[tuple[Button, ...]]) -> Send:
    """Say what has become of it; who was writing something can go on."""
    area = (Button(C_("button", "My area"), Action("area")),)
    return say(situation, Message(told, (*filter(None, rows), area, *resume_row(situation))))


def resume_row(situation: Situation) -> tuple[tuple[Button, ...], ...]:
    """Return the button that goes back to the open conversation, if there is one."""
    draft = situation.draft
    return ((Button(C_("button", "Continue"), Action("resume", None, (draft.id,))),),) if draft is not None else ()
