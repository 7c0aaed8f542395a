"""Words and files that a member is asked for: a prompt whose slot says which part of which broadcast the reply fills, as at the desk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from bot.model.broadcasts import Broadcast
from bot.model.effects import Effect, Priority, Send
from bot.model.ids import Language
from bot.model.messages import Message, ToForum
from bot.model.situation import Situation
from bot.model.text import N_, Text, Words, lines
from handlers.broadcasts.filling import language_of
from handlers.broadcasts.message import LONGEST, LONGEST_CAPTION
from handlers.session_words import LANGUAGE_NAMES

Field = Literal["text", "quiz", "file", "return"]


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the reply to one of our messages fills; text and quiz are asked for in a language."""

    field: Field
    language: Language | None = None


def ask_for(broadcast: Broadcast, situation: Situation, field: Field, language: Language | None = None) -> list[Effect]:
    """Ask the group for words or a file, as a reply to the message that asks."""
    if situation.forum is None or situation.member is None:
        return []
    named = f"{field}-{language}" if language else field
    slot = f"cast:{broadcast.id}:{named}:{situation.chance.token()}"
    question = lines(Words(situation.member.name), _question(broadcast, field, language))
    return [Send(ToForum(situation.forum), Message(question, expects_reply=True), Priority.REPLY, slot=slot)]


def prompt_of(slot: str | None) -> Prompt | None:
    """Return what a reply to this slot fills, None if the slot is no prompt of a broadcast."""
    head, _, rest = (slot or "").partition(":")
    parts = rest.split(":")
    if head != "cast" or len(parts) != 3:
        return None
    name, _, language = parts[1].partition("-")
    field = next((field for field in get_args(Field) if field == name), None)
    return Prompt(field, language_of(language)) if field else None


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
        case _:
            return N_("Why do you give it back? Write the reason as a reply to this message. The group that wrote it will read it.")
