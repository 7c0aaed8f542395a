"""Words and files that a member is asked for: a prompt whose slot says which part of which broadcast the reply fills, as at the desk.

In private, where nobody else speaks, the next words need no reply. But a messenger keeps an answer open for long, and a report must never
become a part of a broadcast: where something else waits for words too, was done since the question, or they come late, nothing is taken
for its answer but a reply that its author must have meant.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal, get_args

from bot.model.broadcasts import Broadcast
from bot.model.effects import Effect, Priority, Send, SetResident
from bot.model.ids import Language
from bot.model.messages import Message
from bot.model.people import Asked
from bot.model.situation import Situation
from bot.model.text import N_, Piece, Text, Words, lines
from handlers.broadcasts.filling import language_of
from handlers.broadcasts.message import LONGEST, LONGEST_CAPTION
from handlers.session_words import LANGUAGE_NAMES

Field = Literal["text", "quiz", "file", "return"]
PROMPTLY = timedelta(hours=1)
"""Words in private that come later than this after the question are not taken for its answer unasked."""
APART = N_("Something else is open in this chat too, so please answer with a reply: press and hold this message, then choose to reply.")
_CERTAIN = ":certain"


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the reply to one of our messages fills; text and quiz are asked for in a language.

    `certain`: the message does not open its answer by itself, so nobody replies to it by mistake.
    """

    field: Field
    language: Language | None = None
    certain: bool = False


def ask_for(broadcast: Broadcast, situation: Situation, field: Field, language: Language | None = None) -> list[Effect]:
    """Ask for words or a file, as a reply to the message that asks."""
    if situation.here is None or situation.member is None:
        return []
    prompt, asked = Prompt(field, language), _question(broadcast, field, language)
    if situation.place == "private":
        return ask_apart(broadcast, situation, prompt, lines(asked, APART)) if waited_for(situation) else _ask(broadcast, situation, prompt)
    question = Message(lines(Words(situation.member.name), asked), expects_reply=True)
    return [Send(situation.here, question, Priority.REPLY, slot=_slot(broadcast, situation, prompt))]


def ask_apart(broadcast: Broadcast, situation: Situation, prompt: Prompt, told: Piece) -> list[Effect]:
    """Say in private something to which only a reply that is meant is an answer; what was asked before does not count any more."""
    if situation.resident is None or situation.here is None:
        return []
    slot = _slot(broadcast, situation, replace(prompt, certain=True))
    return [SetResident(situation.resident.id, reask=True), Send(situation.here, Message(told), Priority.REPLY, slot=slot)]


def _ask(broadcast: Broadcast, situation: Situation, prompt: Prompt) -> list[Effect]:
    """Ask in private, where the next words are the answer."""
    if situation.resident is None or situation.here is None:
        return []
    slot = _slot(broadcast, situation, prompt)
    question = Message(_question(broadcast, prompt.field, prompt.language), expects_reply=True)
    asked = SetResident(situation.resident.id, reask=True, asked=Asked(slot, situation.now))
    return [asked, Send(situation.here, question, Priority.REPLY, slot=slot)]


def waited_for(situation: Situation) -> bool:
    """Whether words in private may be meant for something else: a conversation, or a forum that has asked something."""
    return situation.draft is not None or (situation.resident is not None and situation.resident.focus is not None)


def in_doubt(situation: Situation, prompt: Prompt) -> bool:
    """Whether words in private may not be the answer to a prompt."""
    asked = situation.resident.asked if situation.resident is not None else None
    late = situation.prompt is None and asked is not None and situation.at - asked.at > PROMPTLY
    return not prompt.certain and (asked is None or late or waited_for(situation))


def _slot(broadcast: Broadcast, situation: Situation, prompt: Prompt) -> str:
    named = f"{prompt.field}-{prompt.language}" if prompt.language else prompt.field
    return f"cast:{broadcast.id}:{named}:{situation.chance.token()}" + (_CERTAIN if prompt.certain else "")


def prompt_of(slot: str | None) -> Prompt | None:
    """Return what a reply to this slot fills, None if the slot is no prompt of a broadcast."""
    head, _, rest = (slot or "").partition(":")
    parts = rest.split(":")
    if head != "cast" or len(parts) not in (3, 4):
        return None
    name, _, language = parts[1].partition("-")
    field = next((field for field in get_args(Field) if field == name), None)
    return Prompt(field, language_of(language), certain=len(parts) == 4) if field else None


def _question(broadcast: Broadcast, field: Field, language: Language | None) -> Text:
    match field:
        case "text" if language is not None:
            return N_(
                "Write the text as a reply to this message. Language: {language}. It may have {limit} letters at most.",
                language=LANGUAGE_NAMES[language],
                limit=LONGEST_CAPTION if broadcast.attachment else LONGEST,
            )
        case "quiz" if language is not None:
            return N_(
                "Write the quiz as a reply to this message. Language: {language}. The question comes first, then each answer in a line of "
                "its own, 2 to 6 of them, with a star before the right one; a poll has no star. After an empty line you can explain the "
                "answer: who has chosen one reads it then. For example:\n\n"
                "Somebody sends you an unknown link. What do you do?\n"
                "Open it\n"
                "* Delete it\n"
                "Send it on\n\n"
                "Such links can steal your account.",
                language=LANGUAGE_NAMES[language],
            )
        case "file":
            return N_(
                "Send the picture, video, voice note or PDF file as a reply to this message. Everybody gets the same, in every language. "
                "Under a file the text may have {limit} letters at most.",
                limit=LONGEST_CAPTION,
            )
        case _ if broadcast.desk is not None:
            return N_("Why do you give it back? Write the reason as a reply to this message. Its author will read it.")
        case _:
            return N_("Why do you give it back? Write the reason as a reply to this message. The group that wrote it will read it.")
