"""What came of a session, in numbers and promises: the same for the forum and the province. Of people it knows only how many."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import get_args

from bot.model.messages import Button
from bot.model.sessions import Feedback, Promise, PromiseState, Rating, Session, Tally
from bot.model.situation import Situation
from bot.model.text import C_, N_, P_, Joined, Piece, Text, Words, lines, paragraphs
from handlers.session_words import promiser

MakeButton = Callable[..., Button]
WORDS_SHOWN, LETTERS_SHOWN = 5, 200
"""So many of the words that people wrote about a session are shown, and so much of each: all of them are behind a button."""
PROMISES_SHOWN = 10

PROMISE_STATES: Mapping[PromiseState, Text] = {
    "open": C_("promise", "open"),
    "kept": C_("promise", "kept"),
    "moved": C_("promise", "moved"),
    "broken": C_("promise", "not kept"),
}
RATINGS: Mapping[Rating, Text] = {
    "good": C_("rating", "Good"),
    "fair": C_("rating", "Fair"),
    "bad": C_("rating", "Bad"),
}


def tally_body(session: Session, tally: Tally) -> Piece:
    """Return the answers as numbers."""
    told = N_(
        "Answers for “{topic}”:\nComing: {coming}\nNot coming: {not_coming}\nMaybe: {maybe}",
        topic=Words(session.topic),
        coming=tally.coming,
        not_coming=tally.no,
        maybe=tally.maybe,
    )
    return lines(told, N_("Waiting for a seat: {waiting}", waiting=tally.waiting) if tally.waiting else None)


def held_body(session: Session, situation: Situation) -> Piece:
    """Return the summary of a session that has taken place."""
    came = session.attendance
    return paragraphs(
        lines(
            N_("Dialogue session – {district}", district=situation.province.forum_names(session.forum)),
            N_("Topic: {topic}", topic=Words(session.topic)),
            N_("Date: {date}", date=session.wall.date()) if session.wall else None,
            N_("Place: {place}", place=Words(session.place)),
        ),
        N_("Came: {men} men, {women} women, {youth} young people", men=came.men, women=came.women, youth=came.youth)
        if came
        else N_("The session is over. How many people came?"),
        tally_body(session, situation.tally),
        N_("Minutes: {minutes}", minutes=Words(session.summary)) if session.summary else None,
        promises_body(situation.promises) if situation.promises else None,
        feedback_body(situation.feedback) if situation.feedback else None,
    )


def promises_body(promises: tuple[Promise, ...]) -> Piece:
    """Return who promised what by when, and what became of it."""
    first = sorted(promises, key=lambda promise: (promise.state != "open", promise.due, promise.id))[:PROMISES_SHOWN]
    rest = len(promises) - len(first)
    more = P_("and {count} more promise", "and {count} more promises", rest) if rest else None
    return lines(N_("Promises:"), *(promise_line(promise) for promise in first), more)


def promise_line(promise: Promise) -> Text:
    """Return one promise in a line."""
    return N_(
        "• {institution}: {promise} – by {date} – {state}",
        institution=promiser(promise.who),
        promise=Words(promise.what),
        date=promise.due,
        state=PROMISE_STATES[promise.state],
    )


def feedback_body(feedback: tuple[Feedback, ...]) -> Piece:
    """Return what people thought: how many, and words without who."""
    counts = Joined(
        tuple(
            N_("{rating}: {number}", rating=RATINGS[rating], number=sum(each.rating == rating for each in feedback))
            for rating in get_args(Rating)
        ),
        " · ",
    )
    words = [each.words for each in feedback if each.words][-WORDS_SHOWN:]
    quoted = lines(N_("Words from people who came:"), *(N_("– {words}", words=Words(_short(each))) for each in words)) if words else None
    return paragraphs(counts, quoted)


def _short(words: str) -> str:
    return words if len(words) <= LETTERS_SHOWN else f"{words[:LETTERS_SHOWN].rstrip()}…"


def held_rows(session: Session, situation: Situation, make: MakeButton) -> tuple[tuple[Button, ...], ...]:
    """Return what can be written down about a session that has taken place, and read."""
    came = make(C_("button", "How many came"), "plan", session, "came")
    minutes = make(C_("button", "Minutes"), "plan", session, "minutes")
    promise = make(C_("button", "Write down a promise"), "plan", session, "who_promised")
    closing = make(C_("button", "Close the requests"), "finish", session)
    reading = ((make(C_("button", "Read all words"), "words", session),),) if any(each.words for each in situation.feedback) else ()
    open_ones = any(each.state == "open" for each in situation.promises)
    became = ((make(C_("button", "What became of a promise"), "plan", session, "promises"),),) if open_ones else ()
    return ((came, minutes), (promise,), *became, *reading, (closing,))
