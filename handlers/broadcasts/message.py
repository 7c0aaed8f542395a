"""What people read: a broadcast as each of them gets it, in its own language whoever shows it.

The preview in a group, the test to oneself and what is sent are made here and nowhere else, so they are the same to the letter. Whatever
language a group is addressed in, body and labels are fixed in the reader's.
"""

from __future__ import annotations

from typing import Final

from bot.model.broadcasts import Broadcast, Question
from bot.model.ids import LANGUAGES, Language, OccurrenceId
from bot.model.messages import Action, Button, Message
from bot.model.province import District
from bot.model.situation import Situation
from bot.model.text import C_, N_, InLanguage, Joined, Names, Piece, Text, Words, lines, paragraphs

LONGEST: Final = 3500
LONGEST_CAPTION: Final = 800
"""Letters (UTF-16 units) of a text, alone and under a file: with the footer, and a quiz of the usual length, it stays one message."""
_MESSAGE: Final = 4096
_CAPTION: Final = 1024
"""What a channel takes in one message, and under a file."""
_BLANK: Final = "\u115f\u1160\u2800\u3164\ufe0e\ufe0f\uffa0"
_ON_A_BUTTON: Final = 30
"""Letters of an option that a button shows on a small phone; longer ones stand above, and the buttons have their numbers."""


def message_for(broadcast: Broadcast, situation: Situation, occurrence: OccurrenceId | None = None) -> dict[Language, Message]:
    """Return what is read in each language of the audience in which something is said; a preview has no occurrence."""
    spoken = [language for language in LANGUAGES if language in broadcast.audience.languages and says(broadcast, language)]
    return {language: _message(broadcast, situation, language, occurrence) for language in spoken}


def channel_message(broadcast: Broadcast, district: District) -> Message:
    """Return the post in a district's public channel: all languages one after another, and the way to the bot."""
    spoken = [language for language in LANGUAGES if language in broadcast.audience.languages and says(broadcast, language)]
    told = [InLanguage(_said(broadcast, language, listed=True), language) for language in spoken]
    signed = N_("Community Policing Forum of {district}", district=district.names)
    body = paragraphs(*told, signed)
    return Message(body, attachment=broadcast.attachment, door=C_("button", "Write to the forum"))


def says(broadcast: Broadcast, language: Language) -> bool:
    """Whether anything is said in a language."""
    return bool(broadcast.texts.get(language)) or question(broadcast, language) is not None


def question(broadcast: Broadcast, language: Language) -> Question | None:
    """Return the quiz in a language."""
    return broadcast.quiz.texts.get(language) if broadcast.quiz else None


def excess(broadcast: Broadcast, situation: Situation, language: Language) -> int:
    """Return by how many letters (UTF-16 units) what is said in a language is too long for one message; 0 if it fits."""
    message = message_for(broadcast, situation).get(language)
    if message is None:
        return 0
    whole, own = (_CAPTION, LONGEST_CAPTION) if broadcast.attachment else (_MESSAGE, LONGEST)
    shown = units(situation.words(message.body, language))
    return max(0, shown - whole, units(broadcast.texts.get(language, "")) - own)


def units(text: str) -> int:
    """Return the length as channels count it, in UTF-16 units."""
    return len(text) + sum(character > "\uffff" for character in text)


def visible(text: str) -> str:
    """Return the letters of a text that can be seen: marks of direction and letters that fill a place with nothing cannot."""
    return "".join(letter for letter in text if letter.isprintable() and not letter.isspace() and letter not in _BLANK)


def plain(label: str) -> Names:
    """Return a label that reads the same whoever reads it."""
    return Names(label, label, label)


def _message(broadcast: Broadcast, situation: Situation, language: Language, occurrence: OccurrenceId | None) -> Message:
    def button(label: Text | Names, verb: str, argument: str, about: OccurrenceId | None) -> tuple[Button, ...]:
        return (Button(plain(situation.words(label, language)), Action(verb, None, (argument,), occurrence=about)),)

    asked = question(broadcast, language)
    numbered = asked is not None and _numbered(asked)
    footer = N_(
        "You get this because you chose to receive awareness messages from the forum of {district}. To stop, press “Stop messages”.",
        district=_from(broadcast, situation),
    )
    topic = broadcast.topic or ""
    options = enumerate(asked.options if asked else ())
    rows = (
        *(button(plain(str(index + 1) if numbered else option), "quiz", str(index), occurrence) for index, option in options),
        button(C_("button", "Report this"), "about", topic, None),
        button(C_("button", "Stop messages"), "optout", topic, occurrence),
    )
    body = InLanguage(paragraphs(_said(broadcast, language, listed=numbered), footer), language)
    return Message(body, rows, attachment=broadcast.attachment)


def _from(broadcast: Broadcast, situation: Situation) -> Names:
    """Return whose message it is: the one district's that it is for, or the province's."""
    districts = broadcast.audience.districts
    return situation.province.forum_names(next(iter(districts)) if len(districts) == 1 else broadcast.forum)


def _said(broadcast: Broadcast, language: Language, *, listed: bool) -> Joined:
    """Return text and quiz; `listed` names the options too, where no button does."""
    text, asked = broadcast.texts.get(language), question(broadcast, language)
    return paragraphs(
        Words(text) if text else None,
        lines(Words(asked.question), *(_option(index, option) for index, option in enumerate(asked.options) if listed)) if asked else None,
    )


def _option(index: int, option: str) -> Piece:
    return Joined((plain(f"{index + 1}."), Words(option)), " ")


def _numbered(asked: Question) -> bool:
    return any(len(option) > _ON_A_BUTTON for option in asked.options)
