"""The steps of the composer: one question each, with what can be tapped. `filling` and `audience` take what was tapped."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.model.broadcasts import Broadcast
from bot.model.ids import LANGUAGES, PROVINCE, Language
from bot.model.messages import Action, Button
from bot.model.situation import Situation
from bot.model.subscriptions import CIRCLES, TOPICS
from bot.model.text import C_, N_, Names, Piece, Text, lines
from handlers.broadcasts.facts import excerpt, spoken
from handlers.broadcasts.message import plain, question
from handlers.broadcasts.pending import Step, pending
from handlers.session_words import LANGUAGE_NAMES
from handlers.topics import CIRCLE_NAMES, TOPIC_NAMES

Row = tuple[Button, ...]
Asked = tuple[Piece, tuple[Row, ...]]
EVERYONE = C_("circle", "Everyone")


def button(label: Text | Names, broadcast: Broadcast, step: str, value: str = "") -> Button:
    """Return a button of the composer, which knows the revision that it was made for."""
    return Button(label, Action("cast", None, (step, value, str(broadcast.revision)), broadcast=broadcast.id))


def asked(broadcast: Broadcast, situation: Situation) -> Asked | None:
    """Return the question of the step that is open, None where the fields are shown."""
    step = pending(broadcast).step
    return _STEPS[step](broadcast, situation) if step else None


def pairs(buttons: list[Button]) -> tuple[Row, ...]:
    """Return buttons two a row."""
    return tuple(tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2))


def _topic(broadcast: Broadcast, _: Situation) -> Asked:
    rows = tuple((button(_ticked(TOPIC_NAMES[topic], on=broadcast.topic == topic), broadcast, "topic", topic),) for topic in TOPICS)
    back = ((_back(broadcast),),) if broadcast.topic else ()
    return N_("What is the message about? Only people who asked to hear of this topic get it."), (*rows, *back)


def _audience(broadcast: Broadcast, situation: Situation) -> Asked:
    audience = broadcast.audience
    buttons = [_switch(LANGUAGE_NAMES[each], broadcast, "lang", each, on=each in audience.languages) for each in LANGUAGES]
    circles = [button(_ticked(EVERYONE, on=audience.circle is None), broadcast, "circle", "all")]
    circles += [button(_ticked(CIRCLE_NAMES[each], on=audience.circle == each), broadcast, "circle", each) for each in CIRCLES]
    channels: tuple[Row, ...] = ()
    if audience.circle is None and has_channel(broadcast, situation):
        channels = ((_switch(C_("button", "Public channel"), broadcast, "channels", "on", on=audience.channels),),)
    rows = (
        *pairs(buttons),
        *_areas(broadcast, situation),
        *((each,) for each in circles),
        *channels,
        (_back(broadcast, C_("button", "Done")),),
    )
    return N_("Who is it for? Press one to choose it, press again to let it go."), rows


def _areas(broadcast: Broadcast, situation: Situation) -> tuple[Row, ...]:
    """The districts, for the province alone: a forum tells its own."""
    if broadcast.forum != PROVINCE:
        return ()
    chosen = broadcast.audience.districts
    each = [
        _switch(district.names, broadcast, "area", district.code, on=district.id in chosen) for district in situation.province.districts
    ]
    return ((button(_ticked(C_("button", "All areas"), on=not chosen), broadcast, "area", "all"),), *pairs(each))


def has_channel(broadcast: Broadcast, situation: Situation) -> bool:
    """Whether one of the districts meant has a public channel."""
    meant = broadcast.audience.districts
    return any(district.channel for district in situation.province.districts if not meant or district.id in meant)


def _quiz(broadcast: Broadcast, _: Situation) -> Asked:
    buttons = [
        button(_ticked(LANGUAGE_NAMES[each], on=question(broadcast, each) is not None), broadcast, "quiz", each)
        for each in spoken(broadcast)
    ]
    there = broadcast.quiz is not None
    right = ((button(C_("button", "The right answer"), broadcast, "open", "right"),),) if there else ()
    remove = ((button(C_("button", "Remove the quiz"), broadcast, "unquiz"),),) if there else ()
    told = N_("A quiz has one right answer, a poll has none. Write it in each language, with the answers in the same order.")
    return told, (*pairs(buttons), *right, *remove, (_back(broadcast),))


def _right(broadcast: Broadcast, situation: Situation) -> Asked:
    options = next((found.options for each in _own_first(broadcast, situation) if (found := question(broadcast, each))), ())
    right = broadcast.quiz.right if broadcast.quiz else None
    rows = tuple(
        (button(_ticked(plain(f"{index + 1}. {excerpt(option, 40)}"), on=index == right), broadcast, "right", str(index)),)
        for index, option in enumerate(options)
    )
    none = button(_ticked(C_("button", "None: it is a poll"), on=right is None), broadcast, "right", "none")
    return N_("Which answer is right?"), (*rows, (none,), (_back(broadcast),))


def _own_first(broadcast: Broadcast, situation: Situation) -> list[Language]:
    own = situation.province.forum_language(broadcast.forum)
    return sorted(spoken(broadcast), key=lambda language: language != own)


def _file(broadcast: Broadcast, _: Situation) -> Asked:
    rows = (
        (button(C_("button", "Another file"), broadcast, "file"),),
        (button(C_("button", "Remove the file"), broadcast, "unfile"),),
        (_back(broadcast),),
    )
    return N_("What shall happen to the file?"), rows


def _sure(broadcast: Broadcast, _: Situation) -> Asked:
    heard = pending(broadcast).kind == "voice"
    told = N_("Everybody will hear your voice. Do you want that?")
    seen = N_("Everybody will see and hear this video, and everyone who is in it. Do they all want that?")
    yes = button(C_("button", "Yes"), broadcast, "sure")
    return told if heard else seen, ((yes,), (_back(broadcast, C_("button", "No")),))


def _change(broadcast: Broadcast, _: Situation) -> Asked:
    told = lines(
        N_("A change takes the approval back: nothing of it is sent until another coordinator has approved it again."),
        N_("Do you want to change it?"),
    )
    yes = button(C_("button", "Yes, change it"), broadcast, "change", "yes")
    return told, ((yes,), (_back(broadcast, C_("button", "Leave as it was")),))


def _delete(broadcast: Broadcast, _: Situation) -> Asked:
    yes = button(C_("button", "Yes, delete it"), broadcast, "delete", "yes")
    return N_("Delete this broadcast? What was written is then gone."), ((yes,), (_back(broadcast),))


def _back(broadcast: Broadcast, label: Text | None = None) -> Button:
    return button(label or C_("button", "Back"), broadcast, "show")


def _switch(name: Text | Names, broadcast: Broadcast, step: str, value: str, *, on: bool) -> Button:
    """Return a button that says what it brings about, on or off, so that two who press it at once do not undo each other."""
    return button(_ticked(name, on=on), broadcast, step, f"{'-' if on else '+'}{value}")


def _ticked(name: Text | Names, *, on: bool) -> Text | Names:
    return C_("chosen", "✓ {name}", name=name) if on else name


_STEPS: Mapping[Step, Callable[[Broadcast, Situation], Asked]] = {
    "topic": _topic,
    "audience": _audience,
    "quiz": _quiz,
    "right": _right,
    "file": _file,
    "sure": _sure,
    "change": _change,
    "delete": _delete,
}
