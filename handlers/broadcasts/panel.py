"""The message in its author's chat with which a broadcast is written, and later followed: what it says and which buttons stand under it.

There is one for each broadcast, always edited and never sent twice. It is made from the broadcast alone, so whoever refreshes it shows the
same.
"""

from __future__ import annotations

from typing import assert_never

from bot.model.broadcasts import Broadcast, home
from bot.model.effects import Priority, Send
from bot.model.messages import Action, Button, Message, cast_slot
from bot.model.situation import Situation
from bot.model.text import C_, N_, Joined, Piece, Text, Words, lines, paragraphs
from handlers.broadcasts import choosing
from handlers.broadcasts.facts import current, excerpt, facts, missing, spoken
from handlers.broadcasts.message import plain, question
from handlers.broadcasts.pending import pending
from handlers.broadcasts.steps import Row, asked, button, pairs
from handlers.session_words import LANGUAGE_NAMES

REASON = 250
"""Letters of the province's reason that stay in the message; all of it was told when it came."""


def panel(broadcast: Broadcast, situation: Situation) -> Send:
    """Return the broadcast's message as it stands now."""
    body = paragraphs(title(broadcast, situation), facts(broadcast, situation))
    question, rows = _below(broadcast, situation)
    return Send(home(broadcast), Message(paragraphs(body, question), rows), Priority.CARD, slot=cast_slot(broadcast.id))


def title(broadcast: Broadcast, situation: Situation) -> Text:
    """Return the line above the facts."""
    return N_("Broadcast – {district}", district=situation.province.forum_names(broadcast.forum))


def _below(broadcast: Broadcast, situation: Situation) -> tuple[Piece | None, tuple[Row, ...]]:
    step = asked(broadcast, situation)
    match broadcast.state:
        case "draft":
            return choosing.asked(broadcast, situation) or step or (_status(broadcast, situation), _fields(broadcast))
        case "submitted":
            return step or (N_("It waits for another coordinator of the province to approve it."), (_change(broadcast),))
        case "approved":
            return step or (N_("It is approved. Nothing of it can be changed without a new approval."), (_change(broadcast),))
        case "finished":
            return N_("This broadcast is over."), ()
        case _:
            assert_never(broadcast.state)


def _status(broadcast: Broadcast, situation: Situation) -> Piece:
    """Return what is still to be done."""
    returned = pending(broadcast).returned
    lacking = missing(broadcast, situation)
    return paragraphs(
        N_("The province gave it back: {reason}", reason=Words(excerpt(returned, REASON))) if returned else None,
        lines(N_("Still missing:"), *(Joined((plain("•"), each), " ") for each in lacking))
        if lacking
        else N_("Everything is there. “Submit” asks the province for its approval."),
    )


def _fields(broadcast: Broadcast) -> tuple[Row, ...]:
    def field(label: Text, step: str, value: str = "", *, there: bool) -> Button:
        return button(C_("chosen", "✓ {name}", name=label) if there else label, broadcast, step, value)

    texts = [
        field(C_("button", "Text: {language}", language=LANGUAGE_NAMES[each]), "text", each, there=bool(broadcast.texts.get(each)))
        for each in spoken(broadcast)
    ]
    quiz = any(question(broadcast, each) for each in spoken(broadcast))
    file = field(C_("button", "Picture, video, voice, file"), "open", "file", there=True)
    attach = file if broadcast.attachment else field(C_("button", "Picture, video, voice, file"), "file", there=False)
    time = Button(C_("button", "Time"), Action("cast_when", None, ("open", "", str(broadcast.revision)), broadcast=broadcast.id))
    uncounted = broadcast.topic is not None and current(broadcast) is None
    preview = button(C_("button", "Preview"), broadcast, "preview")
    submit = button(C_("button", "Submit"), broadcast, "submit")
    return (
        (
            field(C_("button", "Topic"), "open", "topic", there=broadcast.topic is not None),
            button(C_("button", "Audience"), broadcast, "open", "audience"),
        ),
        *pairs(texts),
        (attach,),
        (field(C_("button", "Quiz"), "open", "quiz", there=quiz), time),
        (preview, submit),
        (button(C_("button", "Delete"), broadcast, "open", "delete"),),
        *(((button(C_("button", "Count again"), broadcast, "count"),),) if uncounted else ()),  # comes and goes: nothing moves above it
    )


def _change(broadcast: Broadcast) -> Row:
    return (button(C_("button", "Change"), broadcast, "open", "change"),)
