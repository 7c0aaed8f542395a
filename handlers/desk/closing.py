"""Close a ticket, open it again, and delete it when its time is over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.model.effects import AddEntry, Audit, DropTimer, Effect, EraseTicket, MoveTicket, Priority, Send, SetResident, SetTimer, Toast
from bot.model.events import TimerFired
from bot.model.ids import EntryId
from bot.model.messages import Message, ToForum, card_slot
from bot.model.situation import Situation
from bot.model.text import N_, Text, lines
from bot.model.tickets import OUTCOMES, Entry, Outcome, Ticket
from handlers.cards import OUTCOME_NAMES, clear_everywhere, desk_button, desk_of, refresh_cards
from handlers.desk.asking import ask, ask_slot, old_button, prompt_slot, prompt_with_skip, withdraw
from handlers.desk.authority import Case, press, refuse_aloud
from handlers.desk.taking import freed, taken_by
from handlers.telling import tell_closed, tell_reopened
from handlers.thread import can_be_answered, show_entry, shows_who_someone_is


def purge_key(ticket: Ticket) -> str:
    """Return the key of the timer that deletes a closed ticket."""
    return f"purge:{ticket.id}"


def reopen(ticket: Ticket, situation: Situation) -> list[Effect]:
    """Open a closed ticket again at its reporter's wish: the desk is told on the card and below it, and the reporter that it knows."""
    if ticket.state != "closed":
        return []
    again = replace(freed(ticket), outcome=None)
    told = N_("The reporter says the problem in {reference} is not solved. The report is open again.", reference=ticket.reference)
    notice = Message(told, answers=card_slot(ticket.id))
    return [
        MoveTicket(again),
        DropTimer(purge_key(ticket)),
        *refresh_cards(again, situation),
        Send(ToForum(desk_of(again, situation)), notice, Priority.CARD, ticket=ticket.id),
        *tell_reopened(again),
        Audit("reopen", ticket.id, ticket.forum),
    ]


def purge(situation: Situation, _: TimerFired) -> Iterable[Effect]:
    """Delete what a ticket said, a fixed time after it was closed; its reference, area, type and days stay as a count."""
    ticket = situation.ticket
    if ticket is None or ticket.state != "closed":
        return []
    told = N_(
        "Report {reference} was closed long ago, and its data is deleted now. Please delete any copies you made.",
        reference=ticket.reference,
    )
    return [
        *clear_everywhere(ticket, situation.entries, situation, told),
        EraseTicket(ticket.id),
        Audit("purge", ticket.id, ticket.forum),
    ]


def _close(case: Case) -> list[Effect]:
    situation, ticket = case.situation, case.ticket
    token = situation.chance.token()
    rows = tuple((desk_button(OUTCOME_NAMES[outcome], "outcome", ticket.id, outcome, token),) for outcome in OUTCOMES)
    return ask(situation, ticket, token, N_("Why is {reference} being closed?", reference=ticket.reference), rows)


def _outcome(case: Case) -> list[Effect]:
    situation, ticket = case.situation, case.ticket
    outcome, token = _chosen(case.args)
    if outcome is None:
        return [Toast(old_button(ticket), alert=True)]
    asked = withdraw(situation, ticket, ask_slot(ticket.id, token))
    if not can_be_answered(ticket):
        return [*asked, *_closed(case, outcome, "")]
    question = lines(
        N_("Write one or two simple sentences for the reporter: what was done?"),
        N_("Please write it as a reply to this message. To close {reference} without words, press “Skip”.", reference=ticket.reference),
    )
    return [*asked, *prompt_with_skip(situation, ticket, "close", token, outcome, question)]


def _skip(case: Case) -> list[Effect]:
    situation, ticket = case.situation, case.ticket
    outcome, token = _chosen(case.args)
    if outcome is None:
        return [Toast(old_button(ticket), alert=True)]
    asked = withdraw(situation, ticket, prompt_slot("close", ticket.id, token, outcome))
    return [*asked, *_closed(case, outcome, "")]


def close_with_words(case: Case, detail: str, words: str) -> list[Effect]:
    """Close a ticket with words for its reporter; `detail` is the outcome that was chosen before."""
    outcome = next((outcome for outcome in OUTCOMES if outcome == detail), None)
    if outcome is None:
        return []
    if shows_who_someone_is(words):
        return refuse_aloud(case.situation, _WITHOUT_NAMES)
    slot = case.situation.prompt
    asked = withdraw(case.situation, case.ticket, slot) if slot else []
    return [*asked, *_closed(case, outcome, words)]


def _closed(case: Case, outcome: Outcome, words: str) -> list[Effect]:
    situation, ticket = case.situation, case.ticket
    closed = replace(taken_by(ticket, case.member), state="closed", outcome=outcome)
    effects: list[Effect] = [MoveTicket(closed), *refresh_cards(closed, situation)]
    entry: Entry | None = None
    if words and can_be_answered(ticket):
        entry = Entry(EntryId(situation.chance.token()), ticket.id, "answer", words, situation.at, (), case.member.id, "waiting")
        effects += [AddEntry(entry), *show_entry(closed, entry, situation)]
    if ticket.resident is not None:  # a free "thank you" must not open it again; a reply to its message, or the button, does
        effects.append(SetResident(ticket.resident, refocus=True, focus=None))
    due = situation.now + situation.province.keep_after_close
    return [
        *effects,
        *tell_closed(closed, entry),
        SetTimer(purge_key(ticket), "purge", due, ticket=ticket.id),
        case.audit("close", outcome),
    ]


def _chosen(args: tuple[str, ...]) -> tuple[Outcome | None, str]:
    match args:
        case (chosen, token):
            return next((outcome for outcome in OUTCOMES if outcome == chosen), None), token
        case _:
            return None, ""


_WITHOUT_NAMES: Text = N_(
    "Your words contain a phone number or a name, which may show who someone is. "
    "Please write them again without it, as a reply to the same message, or press “Skip”."
)

close = press("close", _close)
outcome = press("close", _outcome)
skip = press("close", _skip)
