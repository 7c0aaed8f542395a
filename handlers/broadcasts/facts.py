"""How a broadcast reads to those who write, approve and follow it: what is said, to whom, to how many, and what is still missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from bot.model.broadcasts import Broadcast, Counted, Question
from bot.model.ids import LANGUAGES, PROVINCE, Language
from bot.model.messages import AttachmentKind
from bot.model.situation import Situation
from bot.model.text import C_, N_, P_, Joined, Names, Piece, Text, Words, lines, paragraphs
from handlers.broadcasts import when
from handlers.broadcasts.choosing import choosing
from handlers.broadcasts.message import excess, message_for, question
from handlers.session_words import LANGUAGE_NAMES
from handlers.topics import CIRCLE_NAMES, TOPIC_NAMES

FEW = 5
"""Fewer people than this are not told apart (B55)."""
FEWER = C_("number", "fewer than 5")
STEP = 5
ROUNDED = N_("Rounded to fives, so that nobody can be recognised.")
EXCERPT, EXCERPT_OF_OPTION = 120, 30
"""Letters of a text, and of an answer to a quiz, that stand among the facts; the preview shows all of them."""
NOT_YET = C_("plan", "not chosen yet")
NOT_WRITTEN = C_("text", "not written yet")
NOBODY = N_("Nobody has asked to receive messages in these areas yet.")
FILES: Mapping[AttachmentKind, Text] = {
    "photo": C_("file", "picture"),
    "video": C_("file", "video"),
    "voice": C_("file", "voice"),
    "document": C_("file", "document"),
}
Key = TypeVar("Key")


def facts(broadcast: Broadcast, situation: Situation) -> Joined:
    """Return everything that has been chosen so far."""
    audience = broadcast.audience
    return paragraphs(
        lines(
            N_("Topic: {topic}", topic=TOPIC_NAMES[broadcast.topic] if broadcast.topic else NOT_YET),
            *(_text(broadcast, language) for language in spoken(broadcast)),
            _same(broadcast),
            N_("With a file: {kind}", kind=FILES[broadcast.attachment.kind]) if broadcast.attachment else None,
            *(_quiz(broadcast, language) for language in spoken(broadcast)),
        ),
        lines(
            N_("Areas: {districts}", districts=_districts(broadcast, situation)),
            N_("Languages: {languages}", languages=_named(spoken(broadcast))),
            _left_out(broadcast),
            N_("Only for those who said so of themselves: {circle}", circle=CIRCLE_NAMES[audience.circle]) if audience.circle else None,
            N_("Also one post in the public channel of each of these areas that has one.") if audience.channels else None,
        ),
        numbers(broadcast, situation) if broadcast.state != "finished" else None,
        when.when_text(broadcast, situation) if choosing(broadcast) is None else None,
    )


def spoken(broadcast: Broadcast) -> list[Language]:
    """Return the languages of the audience in their usual order."""
    return [language for language in LANGUAGES if language in broadcast.audience.languages]


def current(broadcast: Broadcast) -> Counted | None:
    """Return the people counted for what the broadcast is now."""
    counted = broadcast.counted
    return counted if counted is not None and counted.revision == broadcast.revision else None


def numbers(broadcast: Broadcast, situation: Situation) -> Piece | None:
    """Return how many people it would reach and who is left out, as far as it is known."""
    counted = current(broadcast)
    if broadcast.topic is None:
        return None
    if counted is None:
        return N_("The people whom it will reach are being counted.")
    district_names = {district.id: district.names for district in situation.province.districts}
    languages = {language: counted.by_language.get(language, 0) for language in spoken(broadcast)}
    districts = {district: number for district, number in counted.by_district.items() if district in district_names}
    return lines(
        _reached(counted.people),
        _breakdown(languages, LANGUAGE_NAMES),
        _breakdown(districts, district_names) if broadcast.forum == PROVINCE else None,
        _left("other_languages", counted.other_languages),
        _left("blocked", counted.blocked),
        _left("quiet", counted.quiet),
        _price(counted.people, situation),
        ROUNDED if counted.people >= FEW else None,
    )


def missing(broadcast: Broadcast, situation: Situation) -> list[Text]:
    """Return what keeps it from being submitted, in the order in which it is filled in; empty once it can be."""
    found = [*unsaid(broadcast, situation)]
    if (no := when.missing(broadcast, situation)) is not None:
        found.append(no)
    counted = current(broadcast)
    if counted is not None and not counted.people:
        found.append(NOBODY)
    elif counted is None and broadcast.topic is not None:
        found.append(C_("missing", "how many people it reaches"))
    if not found and broadcast.previewed != broadcast.revision:
        found.append(C_("missing", "a look at the preview"))
    return found


def unsaid(broadcast: Broadcast, situation: Situation) -> list[Text]:
    """Return what is missing of what people will read: an empty translation keeps it from everybody (B88)."""
    languages = spoken(broadcast)
    found = [] if broadcast.topic else [C_("missing", "the topic")]
    quizzes = [question(broadcast, language) for language in languages]
    has_text, has_quiz = any(broadcast.texts.get(language) for language in languages), any(quizzes)
    for language, asked in zip(languages, quizzes, strict=True):
        name = LANGUAGE_NAMES[language]
        if not broadcast.texts.get(language) and (has_text or not has_quiz):
            found.append(C_("missing", "the text: {language}", language=name))
        if asked is None and has_quiz:
            found.append(C_("missing", "the quiz: {language}", language=name))
        if over := excess(broadcast, situation, language):
            found.append(_too_long(over, name))
    if len({len(asked.options) for asked in quizzes if asked}) > 1:
        found.append(C_("missing", "as many answers to the quiz in each language"))
    return found


def complete(broadcast: Broadcast, situation: Situation) -> bool:
    """Whether people would read something whole in each language."""
    return not unsaid(broadcast, situation) and bool(message_for(broadcast, situation))


def rounded(number: int) -> int:
    """Return a number of people that may be asked for again and again: two exact ones, subtracted, would tell what one person did."""
    return (number + STEP // 2) // STEP * STEP


def breakdown(cells: Mapping[Key, int]) -> tuple[dict[Key, int | None], tuple[frozenset[Key], int] | None]:
    """Return what may be told of numbers whose sum is known: each one, None for a few; and several that are told only together.

    Where the sum would give away how many the few are, they are told together, with the smallest other number if there is one.
    """
    few = {key for key, number in cells.items() if number < FEW}
    rest = sum(cells[key] for key in few)
    others = sorted((key for key in cells if key not in few), key=lambda key: cells[key])
    exact = rest > (FEW - 1) * len(few) - 2  # of two who are eight together, both fewer than five, there are four each
    if not rest or (rest < FEW and not others) or (rest >= FEW and not exact):
        return {key: None if key in few else number for key, number in cells.items()}, None
    joined = frozenset({*few, *others[:1]})
    return {key: number for key, number in cells.items() if key not in joined}, (joined, rest + sum(cells[key] for key in others[:1]))


def _breakdown(cells: Mapping[Key, int], names: Mapping[Key, Names]) -> Piece | None:
    if len(cells) < 2 or sum(cells.values()) < FEW:
        return None
    apart, together = breakdown(cells)
    told: list[Piece] = [
        N_("{name}: {number}", name=names[key], number=FEWER if few is None else rounded(few)) for key, few in apart.items()
    ]
    if together is not None:
        group = Joined(tuple(names[key] for key in cells if key in together[0]), " + ")
        told.append(N_("{name}: {number}", name=group, number=rounded(together[1])))
    return Joined(tuple(told), " · ")


def _reached(people: int) -> Text:
    if not people:
        return NOBODY
    if people < FEW:
        return N_("The message will go to fewer than 5 people.")
    return P_("The message will go to {count} person.", "The message will go to {count} people.", rounded(people))


def _left(why: str, number: int) -> Text | None:
    shown = FEWER if number < FEW else rounded(number)
    match why:
        case _ if not number:
            return None
        case "other_languages":
            return N_("Left out because they read another language: {number}", number=shown)
        case "blocked":
            return N_("Left out because they cannot be reached: {number}", number=shown)
        case _:
            return N_("Left out because they have not been here for a year: {number}", number=shown)


def _price(people: int, situation: Situation) -> Text | None:
    # A message beyond the free rate costs 0.1 Stars (Bot API, `allow_paid_broadcast`).
    stars = -(-(rounded(people) + STEP // 2) // 10)
    return (
        N_("Sent at the paid rate. Price in Telegram Stars, at most: {stars}", stars=stars) if situation.province.paid and people else None
    )


def _text(broadcast: Broadcast, language: Language) -> Text:
    text = broadcast.texts.get(language)
    return N_("Text, {language}: {text}", language=LANGUAGE_NAMES[language], text=Words(excerpt(text)) if text else NOT_WRITTEN)


def _same(broadcast: Broadcast) -> Text | None:
    """Return which languages have one and the same text: most often one of them was written in the place of another."""
    texts = [broadcast.texts.get(language, "") for language in spoken(broadcast)]
    twice = [language for language, text in zip(spoken(broadcast), texts, strict=True) if text and texts.count(text) > 1]
    return N_("⚠ The same text stands in several languages: {languages}", languages=_named(twice)) if twice else None


def excerpt(text: str, letters: int = EXCERPT) -> str:
    """Return the beginning of a text, in one line."""
    line = " ".join(text.split())
    return line if len(line) <= letters else f"{line[:letters].rstrip()}…"


def _quiz(broadcast: Broadcast, language: Language) -> Piece | None:
    asked = question(broadcast, language)
    if asked is None or broadcast.quiz is None:
        return None
    heading = N_("Quiz, {language}: {text}", language=LANGUAGE_NAMES[language], text=Words(excerpt(asked.question)))
    return lines(heading, *_answers(asked, broadcast.quiz.right))


def _answers(asked: Question, right: int | None) -> Iterable[Piece]:
    for index, option in enumerate(asked.options):
        mark = "✓" if index == right else "•"
        yield Joined((Names(mark, mark, mark), Words(excerpt(option, EXCERPT_OF_OPTION))), " ")


def _districts(broadcast: Broadcast, situation: Situation) -> Piece:
    chosen = broadcast.audience.districts
    if not chosen:
        return C_("areas", "all")
    known = [district.names for district in situation.province.districts if district.id in chosen]
    return Joined(tuple(known), " · ") if known else NOT_YET


def _named(languages: Iterable[Language]) -> Joined:
    return Joined(tuple(LANGUAGE_NAMES[language] for language in languages), " · ")


def _left_out(broadcast: Broadcast) -> Text | None:
    others = [language for language in LANGUAGES if language not in broadcast.audience.languages]
    return N_("People who read one of these get nothing: {languages}", languages=_named(others)) if others else None


def _too_long(count: int, language: Names) -> Text:
    return P_(
        "{language}: {count} letter too long for one message",
        "{language}: {count} letters too long for one message",
        count,
        language=language,
    )
