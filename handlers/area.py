"""My area: of which districts and topics a resident wants to hear. Only their own tap decides it, never what they reported.

The pages change where they stand: their buttons carry the token of the message that they are in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from bot.engine.conversing import resident_of, say
from bot.model.effects import Effect, Send, SetSubscription
from bot.model.ids import ForumId
from bot.model.messages import Action, Button, Message
from bot.model.situation import NOTHING, Situation
from bot.model.subscriptions import CIRCLES, TOPICS, Circle, Subscription, Topic
from bot.model.text import C_, N_, Joined, Names, Piece, Text, paragraphs
from handlers.stopping import marked, marks, stop_topic, stopped, undo_row
from handlers.topics import CIRCLE_NAMES, TOPIC_NAMES

ALL_TOPICS = frozenset(TOPICS)
ONLY_SESSIONS: frozenset[Topic] = frozenset({"sessions"})
BELONGING: dict[Circle, Text] = {
    "women": C_("button", "I am a woman"),
    "youth": C_("button", "I am between 15 and 29"),
}
BACK = Button(C_("button", "Back"), Action("home"))

Rows = tuple[tuple[Button, ...], ...]


def my_area(situation: Situation, action: Action | None = None) -> Iterator[Effect]:
    """List the districts, ✓ on those that are heard of; with `args` (in or out or stop, district), change that first."""
    what, name, token, asked = _read(action, situation)
    wished = situation.subscription
    asked = wished.topics if what in ("out", "stop") and not wished.empty else asked
    told: Piece | None = None
    undo: Rows = ()
    match what:
        case "in" if district := situation.province.district(ForumId(name)):
            wished = joined(wished, district.id, asked)
            told = welcomed(wished, district.names)
            yield SetSubscription(resident_of(situation).id, wished)
        case "out":
            wished = without(wished, ForumId(name))
            told = _left(situation, ForumId(name))
            yield SetSubscription(resident_of(situation).id, wished)
        case "stop":
            undo = undo_row(situation, wished, TOPICS)
            wished, told = NOTHING, stopped(None)
            yield SetSubscription(resident_of(situation).id, wished)
    yield _areas(situation, wished, token, told=told, asked=asked, above=undo)


def _areas(
    situation: Situation,
    wished: Subscription,
    token: str,
    *,
    told: Piece | None = None,
    asked: frozenset[Topic] = ALL_TOPICS,
    above: Rows = (),
) -> Send:
    """Return the list of districts; `asked` is what the first one begins with where nothing is wanted yet."""
    purpose = (
        N_("If you wish, the forum can send you short messages here, about: {topics}", topics=named(asked))
        if wished.empty
        else N_("You receive messages about: {topics}", topics=named(wished.topics))
    )
    question = N_("From which areas do you want messages? One tap starts them, one more stops them.")
    parts = (told, purpose, question, _private())
    return _page(situation, token, parts, (*above, *_area_rows(situation, wished, token, marks(asked))))


def joined(before: Subscription, district: ForumId, asked: frozenset[Topic]) -> Subscription:
    """Return what is wanted with one district more: of the topics that are wanted already, or `asked` where nothing is."""
    if before.empty:
        return Subscription(frozenset({district}), asked, before.circles)
    return replace(before, districts=before.districts | {district})


def without(before: Subscription, district: ForumId) -> Subscription:
    """Return what is wanted without a district."""
    after = replace(before, districts=before.districts - {district})
    return NOTHING if after.empty else after


def welcomed(wished: Subscription, district: Names) -> Text:
    """Return what a tap on a district has brought."""
    if wished.topics == ONLY_SESSIONS:
        return N_("Done. We will tell you of the dialogue sessions of the forum of {district}.", district=district)
    return N_("Done. You will receive awareness messages from the forum of {district}.", district=district)


def topics(situation: Situation, action: Action) -> Iterator[Effect]:
    """List the topics, ✓ on those that are heard of; with `args` (in or out, topic), change one of them first."""
    what, name, token, _ = _read(action, situation)
    before = situation.subscription
    topic = next((topic for topic in TOPICS if topic == name and what in ("in", "out")), None)
    if before.empty:  # a topic is heard of somewhere: first the areas
        asked = frozenset({topic}) if topic and what == "in" else ALL_TOPICS
        yield _areas(situation, NOTHING, token, asked=asked)
        return
    wished, told = _changed(before, topic, on=what == "in") if topic else (before, None)
    if topic is not None:
        yield SetSubscription(resident_of(situation).id, wished)
    if topic is not None and wished.empty:
        yield _areas(situation, wished, token, told=told, above=undo_row(situation, before, (topic,)))
        return
    question = N_("About what do you want messages? One tap starts them, one more stops them.")
    buttons = [_ticked(TOPIC_NAMES[each], each in wished.topics, "topics", each, token) for each in TOPICS]
    yield _page(situation, token, (told, question, _private()), (*((button,) for button in buttons), _to_area(token)))


def _changed(before: Subscription, topic: Topic, *, on: bool) -> tuple[Subscription, Text]:
    """Return what is wanted with or without a topic, and what is said of it."""
    if on:
        return replace(before, topics=before.topics | {topic}), _now_about(topic)
    after = stop_topic(before, topic)
    return after, stopped(None if after.empty else topic)


def circles(situation: Situation, action: Action) -> Iterator[Effect]:
    """Ask who would like the messages that are only for women or only for young people; change it with `args` (in or out, circle)."""
    what, name, token, _ = _read(action, situation)
    wished = situation.subscription
    told: Piece | None = None
    circle = next((circle for circle in CIRCLES if circle == name), None)
    if wished.empty:
        yield from my_area(situation)
        return
    if circle is not None and what in ("in", "out"):
        belonging = wished.circles | {circle} if what == "in" else wished.circles - {circle}
        wished = replace(wished, circles=belonging)
        told = _now_of(circle) if what == "in" else N_("Done. This is no longer kept.")
        yield SetSubscription(resident_of(situation).id, wished)
    buttons = [_ticked(BELONGING[each], each in wished.circles, "circles", each, token) for each in CIRCLES]
    rows = (*((button,) for button in buttons), _to_area(token))
    yield _page(situation, token, (told, CIRCLES_ASKED), rows)


CIRCLES_ASKED = N_(
    "Some messages are only for women, others only for young people. If you wish, say that you belong to them: then you get these too. "
    "You do not have to say anything.\n"
    "We keep your answer encrypted. Nobody in the forum sees it."
)


def _area_rows(situation: Situation, wished: Subscription, token: str, asked: str) -> Iterator[tuple[Button, ...]]:
    buttons = [
        _ticked(each.names, not wished.empty and each.id in wished.districts, "area", each.id, token, asked)
        for each in situation.province.districts
    ]
    yield from (tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2))
    if not wished.empty:
        yield (Button(C_("button", "Choose topics"), Action("topics", None, ("show", "", token))),)
        yield (Button(C_("button", "For women or young people"), Action("circles", None, ("show", "", token))),)
        yield (Button(C_("button", "Stop all messages"), Action("area", None, ("stop", "", token))),)
    yield (BACK,)


def _ticked(label: Text | Names, on: bool, verb: str, name: str, *rest: str) -> Button:
    """Return the button of something that can be had or left; it says what it does, not "the opposite of now"."""
    if on:
        return Button(C_("ticked", "✓ {option}", option=label), Action(verb, None, ("out", name, *rest)))
    return Button(label, Action(verb, None, ("in", name, *rest)))


def _to_area(token: str) -> tuple[Button, ...]:
    return (Button(C_("button", "My area"), Action("area", None, ("show", "", token))), BACK)


def named(topics: Collection[Topic]) -> Joined:
    """Return topics in a row, in their order."""
    return Joined(tuple(TOPIC_NAMES[topic] for topic in TOPICS if topic in topics), " · ")


def _left(situation: Situation, district: ForumId) -> Text:
    return N_(
        "Done. You will not receive messages from the forum of {district} any more. Answers to your reports and requests will still reach "
        "you.",
        district=situation.province.forum_names(district),
    )


def _now_about(topic: Topic) -> Text:
    return N_("Done. You will receive messages about this: {topic}", topic=TOPIC_NAMES[topic])


def _now_of(circle: Circle) -> Text:
    return N_("Thank you. You will also receive these messages: {circle}", circle=CIRCLE_NAMES[circle])


def _private() -> Text:
    return N_("Nobody in the forum learns who gets these messages.")


def _read(action: Action | None, situation: Situation) -> tuple[str, str, str, frozenset[Topic]]:
    """Return what to do, to which district, topic or circle, the token of the message to do it in, and the topics to begin with.

    A press without a token is of the time when there were only invitations to sessions: it begins with these, in a new message.
    """
    args = action.args if action else ()
    what, name, token, asked = (*args, "", "", "", "")[:4]
    topics = marked(asked) or (ONLY_SESSIONS if what == "in" and not token else ALL_TOPICS)
    return what, name, token or situation.chance.token(), topics


def _page(situation: Situation, token: str, parts: Iterable[Piece | None], rows: Iterable[tuple[Button, ...]]) -> Send:
    return say(situation, Message(paragraphs(*parts), tuple(rows)), slot=f"area:{token}")
