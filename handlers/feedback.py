"""What people who said they would come think of a session: one tap, and words if they like. Nobody learns who."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from bot.engine.conversing import draft_of, resident_of, say
from bot.engine.questions import Option, choose, write
from bot.engine.talk import Begin
from bot.model.effects import Effect, SetFeedback, SetTimer
from bot.model.ids import SessionId
from bot.model.messages import Action, Button, Message
from bot.model.sessions import Rating, Session
from bot.model.situation import Situation
from bot.model.text import C_, N_, Text, Words

RATING_NAMES: dict[Rating, Text] = {
    "good": C_("rating", "Good"),
    "fair": C_("rating", "Fair"),
    "bad": C_("rating", "Bad"),
}


def rating_question(session: Session) -> Message:
    """Return the question that goes to everybody who said they would come."""
    body = N_("How was the session “{topic}”? Your answer is not linked to your name.", topic=Words(session.topic))
    rows = tuple(Button(name, Action("rate", None, (rating,), session.id)) for rating, name in RATING_NAMES.items())
    return Message(body, (rows,))


def rate(situation: Situation, action: Action) -> Iterator[Effect]:
    """Keep what was tapped, and offer to add words."""
    session, rating = situation.session, _rating(action.args[:1])
    if session is None or rating is None or not _asked(session, situation):
        yield say(situation, Message(NOT_ASKED))
        return
    yield SetFeedback(session.id, resident_of(situation).id, rating)
    yield _shown_to_the_forum(session.id, situation)
    words = Button(C_("button", "Add words"), Action("opine", None, (rating,), session.id))
    yield say(situation, Message(THANKS, ((words,), (Button(C_("button", "Sessions"), Action("sessions")),))))


THANKS = N_("Thank you. This helps us to do better.")
NOT_ASKED = N_("This question is only for those who said they would come.")


def _asked(session: Session, situation: Situation) -> bool:
    """Whether somebody is asked at all: who said they would come, once it has taken place."""
    return session.state == "held" and situation.answer in ("coming", "maybe")


def opine(situation: Situation, action: Action) -> Iterable[Effect] | Begin:
    """Begin to ask for words; what is being written elsewhere is not lost for it."""
    session, rating = situation.session, _rating(action.args[:1])
    if session is None or rating is None or not _asked(session, situation):
        return [say(situation, Message(NOT_ASKED))]
    if situation.draft is not None:
        return [say(situation, Message(N_("Please finish first what you are writing now; then press “Add words” again.")))]
    return Begin("feedback", session=session.id, answers={"rating": rating})


async def feedback(situation: Situation) -> Iterable[Effect]:
    """How it was, and why: the words go to the forum without a name."""
    draft = draft_of(situation)
    options = [Option(rating, name) for rating, name in RATING_NAMES.items()]
    rating = await choose("rating", N_("How was the session?"), options, columns=3)
    words = await write("words", WHY, limit=1000, only_words=True)
    known = _rating((rating,))
    if draft.session is None or known is None:
        return [say(situation, Message(N_("This session is no longer there.")))]
    kept = SetFeedback(draft.session, resident_of(situation).id, known, words)
    return [kept, _shown_to_the_forum(draft.session, situation), say(situation, Message(THANKS))]


WHY = N_("What was good, what was missing? The forum reads your words without your name.")


def _shown_to_the_forum(session: SessionId, situation: Situation) -> SetTimer:
    """Return what shows the forum the new numbers and words: at the full hour, together, so that the hour of one says nothing."""
    hour = situation.now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return SetTimer(f"summary:{session}", "summary", hour, session=session)


def _rating(args: tuple[str, ...]) -> Rating | None:
    return next((rating for rating in RATING_NAMES if args == (rating,)), None)
