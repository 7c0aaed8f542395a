"""Danger comes first: the number to call, before any question, and the words by which it is recognised.

The words are a reflex, not a judgement: a false alarm shows a number once, a missed one may cost a life. Each pattern is matched against
folded text (`bot.model.folding.fold`), so spellings, diacritics and keyboards do not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.model.effects import Effect, Priority, Send
from bot.model.events import Event, MediaReceived, TextReceived
from bot.model.folding import fold
from bot.model.ids import ForumId
from bot.model.messages import Message, ToResident
from bot.model.situation import Situation
from bot.model.text import N_, Piece, Text

_DANGER = (
    # Arabic and Iraqi speech: shooting, killing, stabbing, fire, a bomb, a lost or kidnapped child, beating at home, "come quickly"
    "اطلاق نار|رمي|يرمون|تفجير|انفجار|عبوه|قنبله|حريق|يحترق|نار بال|طعن|سكين|خطف|مخطوف|انخطف|ضايع|مفقود|ضاع ابني|ضاعت بنتي",
    "يضربني|يضربونا|يضرب الجهال|يريد يقتل|راح يقتل|يقتلني|يقتلونا|يهدد بالقتل|يذبح|الحگونا|الحقونا|انقذونا|انقذوني|تعالو بسرعه|اسعاف",
    # Sorani and Southern Kurdish
    "تەقە|ئاگر|سوتا|دەسوتێ|ون بوو|رفاند|فراند|چەقۆ|بۆمب|تەقینەوە|دەمکوژ|بمکوژ|کوشت|فریام بکەو|فریامان بکەو|خێرا وەرن|لێم دەدات|لێمان دەدات",
    # English, and Arabic and Kurdish in Latin letters
    r"shooting|gunfire|\bfire\b|bomb|stabb|kidnap|missing (child|girl|boy|person)|kill (me|us|him|her)|beat(s|ing) me|help us now",
    r"el7gona|al7gona|il7gona|alhagona|\brami\b|6al8 nar|harig|taqa dakat|friam",
)
_SELF_HARM = (
    "اريد اموت|اقتل نفسي|انتحر|انهي حياتي|ما اريد اعيش|تعبت من هالعيش",
    "نامەوێت بژیم|نامەوێ بژیم|خۆم بکوژم|خۆم دەکوژم|دەمەوێت بمرم",
    "kill myself|suicide|want to die|end my life|areed amoot|nameweit bjim",
)


def _pattern(alternatives: tuple[str, ...]) -> re.Pattern[str]:
    """Compile words, each folded as the text will be."""
    parts = [part if "\\" in part or "(" in part else fold(part) for group in alternatives for part in group.split("|")]
    return re.compile("|".join(parts) if "(" not in "".join(alternatives) else "|".join(_whole(alternatives)))


def _whole(alternatives: tuple[str, ...]) -> Iterator[str]:
    """Keep a group with regular expressions whole; fold the words of the others."""
    for group in alternatives:
        yield group if "\\" in group or "(" in group else "|".join(fold(part) for part in group.split("|"))


DANGER = _pattern(_DANGER)
SELF_HARM = _pattern(_SELF_HARM)


def sounds_dangerous(text: str) -> bool:
    """Whether words speak of danger to life right now."""
    return DANGER.search(fold(text)) is not None


def sounds_like_self_harm(text: str) -> bool:
    """Whether somebody speaks of ending their own life."""
    return SELF_HARM.search(fold(text)) is not None


def danger_now(number: str) -> Text:
    """Return what is said to somebody in danger."""
    return N_(
        "Please call {emergency_number} now. The call is free.\n"
        "This bot is not an emergency service, and the volunteers may not read your message at once.\n"
        "When you are safe, you can continue here.",
        emergency_number=number,
    )


def call(situation: Situation, forum: ForumId | None = None) -> tuple[str, Piece]:
    """Return the number to tap, and what it is called."""
    number = situation.province.emergency(forum)
    line = next((line for line in situation.province.hotlines if line.number == number), None)
    return number, line.names if line else N_("Emergency")


def emergency(situation: Situation) -> Iterator[Effect]:
    """Show the number."""
    if situation.resident is not None:
        number = call(situation)
        message = Message(danger_now(number[0]), call=number)
        yield Send(ToResident(situation.resident.id), message, Priority.REPLY)


def reflex(situation: Situation, event: Event) -> Iterator[Effect]:
    """Show the number before anything else when words speak of danger."""
    text = event.text if isinstance(event, TextReceived) else event.caption if isinstance(event, MediaReceived) else ""
    if situation.resident is None or not text:
        return
    number = call(situation)
    if sounds_like_self_harm(text):
        support = N_(
            "Thank you for telling us. Your life matters, and you are not alone.\n"
            "Please speak now with someone you trust, or call {emergency_number}.",
            emergency_number=number[0],
        )
        yield Send(ToResident(situation.resident.id), Message(support, call=number), Priority.REPLY)
    elif sounds_dangerous(text):
        yield from emergency(situation)
