"""What people press below a broadcast: an answer to its quiz, stop, and "report this". Nobody learns who pressed what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta

from bot.engine.conversing import resident_of, say
from bot.engine.talk import Begin
from bot.model.broadcasts import VOICES_KEPT, Broadcast, Occurrence, Question, Quiz
from bot.model.effects import CountOptOut, CountVote, Effect, Toast
from bot.model.messages import Action, Message
from bot.model.situation import Situation
from bot.model.subscriptions import TOPICS, Topic
from bot.model.text import N_, Piece, Words, paragraphs
from handlers.area import my_area
from handlers.start import start_dialogue, start_report
from handlers.stopping import resume_row, stop_with

ALERT = 200
"""Characters that Telegram shows in the answer to a press; what is longer becomes a message."""
AT_ONCE = timedelta(seconds=1)
"""A press that has waited longer was answered without words already."""

PREVIEW = N_("This is a preview. In the message that is sent, this button works.")
OVER = N_("Thank you. This question is closed, and answers are not counted any more.")
COUNTED = N_("Thank you, your answer is counted. Nobody sees who chose what.")
COUNTED_BEFORE = N_("Your answer is already counted, thank you.")


def preview(_: Situation, __: Action) -> Iterator[Effect]:
    """Say that a button of a preview decides nothing."""
    yield Toast(PREVIEW, alert=True)


def quiz(situation: Situation, action: Action) -> Iterator[Effect]:
    """Count an answer, once a person and sending, and say what is right. Which answer was whose is written down nowhere."""
    if action.occurrence is None:
        yield from preview(situation, action)
        return
    asked = _asked(situation)
    if asked is None:
        yield from _answer(situation, OVER)
        return
    occurrence, quiz, question = asked
    chosen = next((index for index in range(len(question.options)) if action.args == (str(index),)), None)
    if chosen is None or _closed(occurrence, situation):
        yield from _answer(situation, paragraphs(OVER, _solution(quiz, question)))
    elif situation.voted:
        yield from _answer(situation, paragraphs(COUNTED_BEFORE, _solution(quiz, question)))
    else:
        yield CountVote(occurrence.id, resident_of(situation).id, chosen)
        yield from _answer(situation, _verdict(quiz, question, chosen))


def optout(situation: Situation, action: Action) -> Iterator[Effect]:
    """Stop what a message is about with one tap: the topic, in all areas. Open tickets are not touched."""
    topic = _topic(action)
    if action.occurrence is None:
        yield from preview(situation, action)
    elif topic is None:
        yield from my_area(situation)
    else:
        if situation.occurrence is not None and not situation.subscription.empty and topic in situation.subscription.topics:
            yield CountOptOut(situation.occurrence.id, resident_of(situation).id)
        yield from stop_with(situation, topic)


def about(situation: Situation, action: Action) -> Iterable[Effect] | Begin:
    """Begin a report of what a message is about, or a request where it is about sessions; what is being written is not lost for it."""
    topic = _topic(action)
    if topic == "sessions":
        return start_dialogue(situation)
    if situation.draft is None and topic is not None and situation.province.category(topic) is not None:
        return Begin("report", answers={"category": topic})
    return start_report(situation)


def _asked(situation: Situation) -> tuple[Occurrence, Quiz, Question] | None:
    """Return the quiz as it was sent, in the reader's language; None where it is gone, or no longer reads as it was sent."""
    broadcast, occurrence = situation.broadcast, situation.occurrence
    if broadcast is None or occurrence is None or broadcast.quiz is None or broadcast.revision != occurrence.revision:
        return None
    question = _in_language(broadcast, broadcast.quiz, situation)
    return (occurrence, broadcast.quiz, question) if question is not None else None


def _in_language(broadcast: Broadcast, quiz: Quiz, situation: Situation) -> Question | None:
    """Return the question in the reader's language, or in one of those in which it was sent."""
    texts = [quiz.texts[language] for language in (situation.language(), *sorted(broadcast.audience.languages)) if language in quiz.texts]
    return texts[0] if texts else None


def _closed(occurrence: Occurrence, situation: Situation) -> bool:
    """Whether it is so long ago that nobody knows any more who has answered."""
    return occurrence.ended is not None and situation.now - occurrence.ended >= VOICES_KEPT


def _verdict(quiz: Quiz, question: Question, chosen: int) -> Piece:
    if quiz.right is None:
        return paragraphs(COUNTED, _explained(question))
    if chosen == quiz.right:
        return paragraphs(N_("That is right. Thank you!"), _explained(question))
    return paragraphs(N_("Thank you for your answer."), _solution(quiz, question))


def _solution(quiz: Quiz, question: Question) -> Piece | None:
    """Return the right answer, if there is one, and why."""
    if quiz.right is None or not 0 <= quiz.right < len(question.options):
        return _explained(question)
    right = N_("The right answer is: {option}", option=Words(question.options[quiz.right]))
    return paragraphs(right, _explained(question))


def _explained(question: Question) -> Words | None:
    return Words(question.explanation) if question.explanation else None


def _answer(situation: Situation, told: Piece) -> Iterator[Effect]:
    """Answer the press itself where that can hold it, so that thousands of answers take no turn away from a reply; else in a message."""
    prompt = situation.now - situation.at <= AT_ONCE
    if prompt and len(situation.words(told, situation.language())) <= ALERT:
        yield Toast(told, alert=True)
    else:
        yield say(situation, Message(told, resume_row(situation)))


def _topic(action: Action) -> Topic | None:
    return next((topic for topic in TOPICS if action.args == (topic,)), None)


BROADCAST_BUTTONS: Mapping[str, Callable[[Situation, Action], Iterable[Effect] | Begin]] = {"quiz": quiz, "about": about}
"""A resident's."""
BROADCAST_ALWAYS: Mapping[str, Callable[[Situation, Action], Iterable[Effect]]] = {"optout": optout}
"""Stopping needs no language, no consent and no end of what is being written."""
PREVIEW_DESK: Mapping[str, Callable[[Situation, Action], Iterable[Effect]]] = {"quiz": preview, "optout": preview, "about": preview}
"""The same buttons below a preview in a group."""
