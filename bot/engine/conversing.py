"""A resident's side of every conversation, written once: back, edit, cancel, language, old and doubled buttons, words sent too early.

A draft's buttons carry its id, so that a press is known to be of this conversation, of which question, and of which choice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from bot.engine.book import Book
from bot.engine.keeping import FULL, corrected, full, said_in
from bot.engine.places import located
from bot.engine.questions import SKIPPED, piece_of
from bot.engine.talk import Answered, Asking, Begin, Ended, GoTo, Misfit, Progress, Say, Taken, replay
from bot.engine.typed import chosen
from bot.model.effects import DropDraft, DropTimer, Effect, KeepDraft, Priority, Send, SetTimer, Toast
from bot.model.events import Event, LocationReceived, TextEdited
from bot.model.ids import DraftId
from bot.model.messages import Action, Button, Message, ToResident
from bot.model.people import Draft, Resident
from bot.model.people import Piece as StoryPiece
from bot.model.situation import Situation
from bot.model.text import C_, N_, Piece, Text, paragraphs

STEP_DONE = N_("This step is already done.")
KEPT = N_("Thank you, we keep this as part of your report.")
NOTHING: Mapping[str, Any] = {}
CANCELLED = N_("Cancelled. Nothing was sent.")


def timer_key(draft: Draft) -> str:
    """Return the key of the timer that watches an unfinished conversation."""
    return f"draft:{draft.id}"


def begin(
    book: Book,
    situation: Situation,
    opening: Begin,
    *,
    kept: tuple[StoryPiece, ...] = (),
    notice: Piece | None = None,
) -> Iterator[Effect]:
    """Open a conversation, with what was already sent as part of its story or as answers."""
    draft = fresh(situation, opening, kept)
    if situation.draft is not None:
        yield DropTimer(timer_key(situation.draft))
    due = situation.now + situation.province.draft_reminder
    yield SetTimer(timer_key(draft), "draft", due, resident=resident_of(situation).id)
    yield from carry_on(book, replace(situation, draft=draft), notice=notice)


def fresh(situation: Situation, opening: Begin, kept: tuple[StoryPiece, ...] = ()) -> Draft:
    """Return a new conversation that nothing has been asked in yet."""
    return Draft(
        DraftId(situation.chance.token()),
        opening.flow,
        situation.now,
        reference=situation.chance.reference(),
        answers=dict(opening.answers),
        kept=kept,
        touched=situation.now,
        about=opening.about,
        session=opening.session,
    )


def carry_on(
    book: Book, situation: Situation, *, notice: Piece | None = None, album: str = "", quiet: bool = False, in_place: bool = False
) -> Iterator[Effect]:
    """Ask the open question of the situation's draft, or end the conversation and do what it decided."""
    draft = draft_of(situation)
    reached = replay(book.flows[draft.flow], situation, draft.answers, draft.at)
    if isinstance(reached, Ended):
        yield DropDraft(resident_of(situation).id)
        yield DropTimer(timer_key(draft))
        yield from _say(situation, reached.said)
        for effect in reached.effects:
            if isinstance(effect, Begin):
                known = {name: stored for name, stored in draft.answers.items() if name == book.where}
                yield from begin(
                    book, replace(situation, draft=None), replace(effect, answers={**effect.answers, **known}), kept=draft.kept
                )
            else:
                yield effect
        return
    news = draft.pending != reached.question.name and draft.at is None
    shown = draft.shown if in_place else draft.shown + 1
    kept = replace(draft, pending=reached.question.name, touched=situation.now, cancelling=False, shown=shown)
    yield KeepDraft(resident_of(situation).id, kept)
    if not quiet:
        said = reached.said if news else ()
        yield from _say(situation, tuple(say for say in said if say.call))
        plain = tuple(say.body for say in said if not say.call)
        yield from _ask(replace(situation, draft=kept), reached, (*plain, *([notice] if notice else [])), album)


def press(book: Book, situation: Situation, action: Action) -> Iterator[Effect]:
    """A button of a conversation: `answer`, `back`, `cancel` and its answers, `resume`."""
    draft = situation.draft
    if draft is None or not action.args or action.args[0] != draft.id:
        yield Toast(STEP_DONE)
        yield from (carry_on(book, situation) if draft else book.home(situation))
        return
    match action.verb, action.args[1:]:
        case "answer", (name, key):
            yield from _answer_by_button(book, situation, draft, name, key)
        case "back", _:
            yield from _back(book, situation, draft)
        case "cancel", _:
            yield from ask_whether_to_cancel(situation, draft)
        case "drop", _ if draft.cancelling:
            yield from drop(book, situation, draft)
        case "drop", _:  # the Yes to a question that was answered long ago
            yield from ask_whether_to_cancel(situation, draft)
        case _:
            yield from carry_on(book, replace(situation, draft=replace(draft, cancelling=False)))


def hear(book: Book, situation: Situation, event: Event) -> Iterator[Effect]:
    """Words or files while a conversation is open: an answer to its question, a typed label, or kept for the story."""
    draft = draft_of(situation)
    if draft.cancelling and isinstance(text := getattr(event, "text", None), str):
        answer = chosen(situation, text, [C_("button", "Yes"), C_("button", "No")])
        if answer is not None:
            yield from drop(book, situation, draft) if answer == 0 else carry_on(book, situation)
            return
    reached = replay(book.flows[draft.flow], situation, draft.answers, draft.at)
    if isinstance(reached, Ended):
        yield from carry_on(book, situation)
        return
    typed = _typed_navigation(situation, event)
    if typed == "back":
        yield from _back(book, situation, draft)
        return
    if typed == "cancel":
        yield from ask_whether_to_cancel(situation, draft)
        return
    taken = reached.question.take(situation, event, draft.answers.get(reached.question.name))
    yield from _take(book, situation, draft, reached.question.name, taken, event)


def correct(book: Book, situation: Situation, event: TextEdited) -> Iterator[Effect]:
    """An earlier message now reads differently: where it is part of the unfinished story, so does the story, and a review of it."""
    draft = draft_of(situation)
    yield from carry_on(book, replace(situation, draft=corrected(draft, event)))


def ask_whether_to_cancel(situation: Situation, draft: Draft) -> Iterator[Effect]:
    """Cancel asks once."""
    yield KeepDraft(resident_of(situation).id, replace(draft, cancelling=True, touched=situation.now))
    yes = Button(C_("button", "Yes"), Action("drop", None, (draft.id,)))
    no = Button(C_("button", "No"), Action("resume", None, (draft.id,)))
    yield say(situation, Message(N_("Do you want to stop? What you wrote here will be deleted, and nothing is sent."), ((yes, no),)))


def drop(book: Book, situation: Situation, draft: Draft) -> Iterator[Effect]:
    """Leave no draft."""
    yield DropDraft(resident_of(situation).id)
    yield DropTimer(timer_key(draft))
    yield say(situation, Message(CANCELLED))
    yield from book.home(replace(situation, draft=None))


def _answer_by_button(book: Book, situation: Situation, draft: Draft, name: str, key: str) -> Iterator[Effect]:
    reached = replay(book.flows[draft.flow], situation, draft.answers, draft.at)
    if isinstance(reached, Asking) and reached.question.name == name:
        taken = reached.question.choose(situation, key, draft.answers.get(name))
        if isinstance(taken, Misfit):
            yield Toast(STEP_DONE)
        yield from _take(book, situation, draft, name, taken, None)
        return
    if name not in draft.answers or name not in reached.path:
        yield Toast(STEP_DONE)
        yield from carry_on(book, situation)
        return
    earlier = replay(book.flows[draft.flow], situation, draft.answers, name)
    taken = earlier.question.choose(situation, key, draft.answers[name]) if isinstance(earlier, Asking) else Misfit()
    if isinstance(taken, Answered) and taken.stored not in (SKIPPED, draft.answers[name]):
        yield from _take(book, situation, draft, name, taken, None)
        return
    # A second tap, a step that another one has replaced, or Skip, which takes back no words: the question asked last stands.
    yield Toast(STEP_DONE)


def _take(book: Book, situation: Situation, draft: Draft, name: str, taken: Taken, event: Event | None) -> Iterator[Effect]:
    match taken:
        case Answered(stored):
            at = None if draft.at == name else draft.at
            answered = replace(draft, answers={**draft.answers, name: stored}, at=at, pending=name)
            yield from carry_on(book, replace(situation, draft=answered))
        case Progress(stored, notice, album, in_place):
            further = replace(draft, answers={**draft.answers, name: stored}, pending=name)
            if in_place:
                yield from carry_on(book, replace(situation, draft=further), in_place=True)
            else:
                yield from _progress(book, replace(situation, draft=further), notice, album)
        case GoTo(other):
            open_again = {key: value for key, value in draft.answers.items() if key != name}
            yield from carry_on(book, replace(situation, draft=replace(draft, answers=_reopen(open_again, other), at=other)))
        case Misfit(notice):
            yield from _keep(book, situation, draft, notice, event)


def _progress(book: Book, situation: Situation, notice: Piece | None, album: str) -> Iterator[Effect]:
    """A story says only what has arrived; any other question shows its new face."""
    draft = draft_of(situation)
    reached = replay(book.flows[draft.flow], situation, draft.answers, draft.at)
    if notice is None or isinstance(reached, Ended) or not isinstance(draft.answers.get(draft.pending or ""), dict):
        yield from carry_on(book, situation, notice=notice, album=album)
        return
    shown = reached.question.show(situation, draft.answers.get(reached.question.name))
    if not any(key == "done" for row in shown.choices for _, key in row):
        yield from carry_on(book, situation, notice=notice, album=album)
        return
    yield from carry_on(book, situation, quiet=True)
    yield _question_message(situation, reached, notice, album)


def _keep(book: Book, situation: Situation, draft: Draft, notice: Piece | None, event: Event | None) -> Iterator[Effect]:
    """Something else was expected: the words are not thrown away, they become part of the story."""
    point = point_of(book, situation, event)
    if point and draft.about is None:
        located = replace(draft, answers={**draft.answers, **point})
        yield from carry_on(book, replace(situation, draft=located), notice=KEPT)
        return
    piece = piece_of(event) if event is not None else None
    if piece is not None and full(said_in(draft)):
        notice = FULL
    if piece is None or notice is not None:
        yield from carry_on(book, situation, notice=notice)
        return
    kept = replace(draft, kept=(*draft.kept, piece))
    yield from carry_on(book, replace(situation, draft=kept), notice=KEPT, album=piece.album)


def point_of(book: Book, situation: Situation, event: Event | None) -> dict[str, Any]:
    """Return a point on the map as the answer to the question where; empty for anything else."""
    return {book.where: located(situation.province, event)} if isinstance(event, LocationReceived) else {}


def _back(book: Book, situation: Situation, draft: Draft) -> Iterator[Effect]:
    reached = replay(book.flows[draft.flow], situation, draft.answers, draft.at)
    if len(reached.path) < 2:
        yield from ask_whether_to_cancel(situation, draft)
        return
    previous = reached.path[-2]
    answers = {**draft.answers}
    if draft.at is None and answers.get(reached.path[-1]) == "edit":
        answers.pop(reached.path[-1])  # from the list of parts, back is the review
        previous = reached.path[-1]
    yield from carry_on(book, replace(situation, draft=replace(draft, answers=_reopen(answers, previous), at=previous)))


def _reopen(answers: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the answers with a finished story open for more."""
    stored = answers.get(name)
    return {**answers, name: {**stored, "done": False}} if isinstance(stored, dict) and "done" in stored else answers


def _typed_navigation(situation: Situation, event: Event) -> str | None:
    text = getattr(event, "text", None)
    if not isinstance(text, str) or isinstance(event, TextEdited):
        return None
    index = chosen(situation, text, [C_("button", "Back"), C_("button", "Cancel")], digits=False)
    return None if index is None else ("back", "cancel")[index]


def _ask(situation: Situation, reached: Asking, above: tuple[Piece, ...], album: str) -> Iterator[Effect]:
    yield _question_message(situation, reached, None, album, above)


def _question_message(situation: Situation, reached: Asking, instead: Piece | None, album: str, above: tuple[Piece, ...] = ()) -> Send:
    draft = draft_of(situation)
    shown = reached.question.show(situation, draft.answers.get(reached.question.name))
    rows = tuple(
        tuple(Button(label, Action("answer", None, (draft.id, reached.question.name, key))) for label, key in row) for row in shown.choices
    )
    extras = ((*shown.extras,),) if shown.extras else ()
    cancel = Button(C_("button", "Cancel"), Action("cancel", None, (draft.id,)))
    back = Button(C_("button", "Back"), Action("back", None, (draft.id,)))
    danger = Button(emergency_label(situation), Action("emergency"))
    navigation = ((back, cancel), (danger,)) if len(reached.path) > 1 else ((cancel, danger),)
    body = paragraphs(*above, instead or shown.body)
    message = Message(body, (*rows, *extras, *navigation), asks_location=shown.asks_location)
    return say(situation, message, slot=_slot(draft, reached, album))


def _slot(draft: Draft, reached: Asking, album: str) -> str | None:
    """Return the message to change: the receipt of an album, or a question whose options are ticked. Any other is a new one below."""
    if album:
        return f"album:{draft.id}:{album[-24:]}"
    return f"asked:{draft.id}:{draft.shown}" if reached.question.in_place else None


def _say(situation: Situation, said: Iterable[Say]) -> Iterator[Effect]:
    for one in said:
        yield say(situation, Message(one.body, call=one.call))


def emergency_label(situation: Situation) -> Text:
    """Return the label of the button that is never more than one tap away."""
    return C_("button", "Emergency {number}", number=situation.province.emergency())


def say(situation: Situation, message: Message, *, slot: str | None = None) -> Send:
    """Return an answer to the resident who just did something."""
    return Send(ToResident(resident_of(situation).id), message, Priority.REPLY, slot=slot)


def resident_of(situation: Situation) -> Resident:
    """Return the resident of a private chat's situation."""
    if situation.resident is None:
        raise LookupError("a conversation needs a resident")
    return situation.resident


def draft_of(situation: Situation) -> Draft:
    """Return the open conversation."""
    if situation.draft is None:
        raise LookupError("no conversation is open")
    return situation.draft
