"""What came of a sending once its last message is settled: exact numbers for its author's chat and the province, in words and pictures.

Of people it knows only how many, and few are not told apart (B55): what is shown could not tell who got it, who stopped or who answered.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from bot.model.broadcasts import Broadcast, Figures, Occurrence, Question
from bot.model.effects import Effect, MoveBroadcast, Priority, Send
from bot.model.ids import LANGUAGES, ForumId, Language, OccurrenceId
from bot.model.messages import Bar, Chart, Message
from bot.model.situation import Situation
from bot.model.text import C_, N_, P_, Joined, Names, Piece, Text, Words, lines, paragraphs
from handlers.broadcasts.approving import card as approval_card
from handlers.broadcasts.facts import FEW, FEWER, ROUNDED, breakdown, rounded
from handlers.broadcasts.message import question
from handlers.broadcasts.panel import panel
from handlers.broadcasts.progress import STATES, everywhere, named, whole_of
from handlers.broadcasts.starting import over
from handlers.session_words import LANGUAGE_NAMES

BARS = 12
OPTION = 80
"""Letters of a quiz's option in the report."""


def finished(broadcast: Broadcast, situation: Situation, ended: OccurrenceId) -> list[Effect]:
    """Close a broadcast of which nothing is still to come."""
    if broadcast.state != "approved" or not over(broadcast, situation, ended):
        return []
    closed = replace(broadcast, state="finished", asking="")
    return [MoveBroadcast(closed), panel(closed, situation), approval_card(closed, situation)]


def reports(broadcast: Broadcast, occurrence: Occurrence, situation: Situation) -> list[Effect]:
    """Tell author and province how it went, with pictures of the numbers where there are enough people."""
    figures = situation.figures
    told = report(broadcast, occurrence, figures, situation)
    pictures = [message for message in (_picture(figures, situation), answered(broadcast, figures, situation)) if message]
    messages = [Message(told), *pictures]
    return [Send(chat, message, Priority.CARD) for chat in everywhere(broadcast, situation) for message in messages]


def report(broadcast: Broadcast, occurrence: Occurrence, figures: Figures, situation: Situation) -> Piece:
    """Return how a sending went, in words."""
    return paragraphs(
        named(broadcast, situation),
        lines(
            STATES[occurrence.state],
            _reached(broadcast, occurrence, figures),
            *(() if few(broadcast, occurrence, figures) else (*_lost(figures), _untried(broadcast, occurrence, figures))),
            _count(N_("Stopped these messages"), FEWER if 0 < figures.opted_out < FEW else figures.opted_out),
            _took(occurrence),
        ),
        table(figures, situation),
    )


def few(broadcast: Broadcast, occurrence: Occurrence, figures: Figures) -> bool:
    """Whether it was for so few that each number would tell of somebody."""
    return 0 < whole_of(broadcast, occurrence, figures) < FEW


def _reached(broadcast: Broadcast, occurrence: Occurrence, figures: Figures) -> Text:
    """Return how many have it: exactly, unless it was for so few that they might be guessed."""
    if few(broadcast, occurrence, figures):
        return N_("The message reached fewer than 5 people.")
    return P_("The message reached {count} person.", "The message reached {count} people.", figures.delivered)


def _lost(figures: Figures) -> Iterable[Piece | None]:
    yield _count(N_("Have blocked the bot"), figures.blocked)
    yield _count(N_("Have deleted their account"), figures.gone)
    yield _count(N_("Not taken by Telegram"), figures.refused)
    yield _count(N_("Tried twice without an answer, may have arrived"), figures.unsure)


def _untried(broadcast: Broadcast, occurrence: Occurrence, figures: Figures) -> Text | None:
    """Return how many a cancelled one was not sent to: exactly once all were found, else by the number counted before."""
    if occurrence.state != "cancelled":
        return None
    what = N_("Not tried any more, since it was cancelled")
    untried = max(0, whole_of(broadcast, occurrence, figures) - figures.settled)
    return _count(what if occurrence.listed else N_("Not tried any more, since it was cancelled, about"), untried)


def _count(what: Text, number: int | Text) -> Text | None:
    return C_("count", "{what}: {number}", what=what, number=number) if number else None


def _took(occurrence: Occurrence) -> Text | None:
    if occurrence.started is None or occurrence.ended is None:
        return None
    minutes = round((occurrence.ended - occurrence.started) / timedelta(minutes=1))
    if minutes < 120:
        return N_("It took: {span}", span=P_("{count} minute", "{count} minutes", max(1, minutes)))
    return N_("It took: {span}", span=P_("{count} hour", "{count} hours", round(minutes / 60)))


def table(figures: Figures, situation: Situation) -> Piece | None:
    """Return who has it, district by district and language by language; few are not told apart."""
    cells = {(cell.district, cell.language): cell.delivered for cell in figures.cells}
    if len(cells) < 2 or figures.delivered < FEW:
        return None
    apart, together = breakdown(cells)
    by_district: dict[ForumId, list[Piece]] = {}
    for (district, language), number in apart.items():
        shown = FEWER if number is None else number
        by_district.setdefault(district, []).append(N_("{name}: {number}", name=LANGUAGE_NAMES[language], number=shown))
    told: list[Piece] = [
        C_("district", "{district}: {numbers}", district=situation.province.forum_names(district), numbers=Joined(tuple(numbers), " · "))
        for district, numbers in by_district.items()
    ]
    if together is not None:
        names = [_cell(*cell, situation) for cell in cells if cell in together[0]]
        told.append(N_("{name}: {number}", name=Joined(tuple(names), " + "), number=together[1]))
    return lines(N_("Delivered:"), *told)


def _cell(district: ForumId, language: Language, situation: Situation) -> Text:
    area = situation.province.forum_names(district)
    return C_("district and language", "{district}, {language}", district=area, language=LANGUAGE_NAMES[language])


def _picture(figures: Figures, situation: Situation) -> Message | None:
    """Return the table as a picture: the same cells and no others, lest picture and table together tell what each of them hides."""
    cells = {(cell.district, cell.language): cell.delivered for cell in figures.cells}
    shown = sorted(((number, cell) for cell, number in breakdown(cells)[0].items() if number is not None), reverse=True)[:BARS]
    if len(shown) < 2:
        return None
    title = N_("Delivered, by area and language")
    return Message(title, chart=Chart(title, tuple(Bar(_cell(*cell, situation), number) for number, cell in shown)))


def answered(broadcast: Broadcast, figures: Figures, situation: Situation) -> Message | None:
    """Return the answers to the quiz, the right one marked; a picture only where no answer was given by few."""
    asked = _asked(broadcast, situation)
    if asked is None or broadcast.quiz is None:
        return None
    title = N_("Answers: “{question}”", question=Words(asked.question[: 3 * OPTION]))
    told = answers(broadcast, figures, situation)
    counts = _counts(figures, asked)
    if not figures.answers or min(counts) < FEW:
        return Message(lines(title, told))
    right = broadcast.quiz.right
    options = enumerate(zip(asked.options, counts, strict=True))
    bars = tuple(Bar(Words(option[:OPTION]), rounded(number), index == right) for index, (option, number) in options)
    return Message(lines(title, told), chart=Chart(title, bars))


def answers(broadcast: Broadcast, figures: Figures, situation: Situation) -> Piece | None:
    """Return how often each answer of the quiz was given, as far as it may be told; most people answer after the report."""
    asked = _asked(broadcast, situation)
    if asked is None or broadcast.quiz is None:
        return None
    if sum(figures.answers) < FEW:
        return N_("Fewer than 5 people have answered so far. /broadcasts shows the answers at any time.")
    apart, together = breakdown(dict(enumerate(_counts(figures, asked))))
    told: list[Piece] = []
    for index, option in enumerate(asked.options):
        mark = "✓" if index == broadcast.quiz.right else "•"
        number = apart.get(index, 0)
        shown = C_("answers", "counted with others") if index not in apart else FEWER if number is None else rounded(number)
        told.append(Joined((_plain(mark), N_("{name}: {number}", name=Words(option[:OPTION]), number=shown)), " "))
    if together is not None:
        told.append(N_("Counted together: {number}", number=rounded(together[1])))
    return lines(*told, ROUNDED)


def _counts(figures: Figures, asked: Question) -> list[int]:
    return [*figures.answers, *([0] * len(asked.options))][: len(asked.options)]


def _asked(broadcast: Broadcast, situation: Situation) -> Question | None:
    own = situation.province.forum_language(broadcast.forum)
    return next((asked for language in (own, *LANGUAGES) if (asked := question(broadcast, language))), None)


def _plain(mark: str) -> Names:
    return Names(mark, mark, mark)
