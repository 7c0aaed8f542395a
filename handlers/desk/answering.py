"""Words of a member about a ticket: an answer for the reporter, a note for the forum, or first the question which of the two.

Only an explicit answer leaves the group: a reply to the answer prompt, or words of which a member then said "send to the person". What is
written in the group without replying to a message of a ticket is not looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.model.effects import AddEntry, Effect, MoveTicket, SetEntry, SetResident, Toast, Withdraw
from bot.model.events import LocationReceived, MediaReceived, TextReceived, UnsupportedReceived
from bot.model.ids import EntryId
from bot.model.messages import Attachment, ToForum, entry_slot
from bot.model.situation import Situation
from bot.model.text import N_
from bot.model.tickets import Entry, EntryKind
from handlers.cards import desk_of, refresh_cards
from handlers.desk.asking import Prompt, old_button, prompt, prompt_of, withdraw
from handlers.desk.authority import Case, allowed, press, refuse_aloud
from handlers.desk.closing import close_with_words
from handlers.desk.taking import taken_by
from handlers.desk.together import answer_others
from handlers.desk.transferring import return_with_reason
from handlers.may import DeskAction, Refused
from handlers.telling import tell_answer
from handlers.thread import show_entry, shows_who_someone_is

TEXT_OR_PHOTO = N_(
    "Please write your answer as text, or send a photo. A voice note or a video may show who you are, so it is not passed on."
)
TEXT_ONLY = N_("Please write it as text, as a reply to the same message.")


def words(situation: Situation, event: TextReceived) -> list[Effect]:
    """A member wrote something: ordinary chatter, or a reply to one of our messages about a ticket."""
    if situation.prompt is None or situation.ticket is None:
        return []
    asked = prompt_of(situation.prompt)
    case = allowed(situation, _wanted(asked))
    if isinstance(case, Refused):
        return refuse_aloud(situation, case.text)
    match asked:
        case Prompt("return"):
            return return_with_reason(case, event.text)
        case Prompt("close", outcome):
            return close_with_words(case, outcome, event.text)
        case _:
            return _heard(case, asked, event.text)


def photo(situation: Situation, event: MediaReceived) -> list[Effect]:
    """A member replied with a file: a photo is words like any other, a voice never leaves the group."""
    if situation.prompt is None or situation.ticket is None:
        return []
    asked = prompt_of(situation.prompt)
    case = allowed(situation, _wanted(asked))
    if isinstance(case, Refused):
        return refuse_aloud(situation, case.text)
    if asked is not None and asked.kind in ("return", "close"):
        return refuse_aloud(situation, TEXT_ONLY)
    if event.attachment.kind != "photo":
        return refuse_aloud(situation, TEXT_OR_PHOTO)
    if event.attachment.too_big:
        return refuse_aloud(situation, N_("This photo is too big to be passed on. Please send a smaller one."))
    return _heard(case, asked, event.caption, (event.attachment,))


def unsupported(situation: Situation, _: UnsupportedReceived | LocationReceived) -> list[Effect]:
    """A member replied with something that cannot be passed on."""
    if situation.prompt is None or situation.ticket is None:
        return []
    return refuse_aloud(situation, TEXT_OR_PHOTO)


def _wanted(asked: Prompt | None) -> DeskAction:
    return asked.kind if asked is not None else "note"


def _heard(case: Case, asked: Prompt | None, text: str, files: tuple[Attachment, ...] = ()) -> list[Effect]:
    situation, ticket = case.situation, case.ticket
    kind: EntryKind = "pending"
    if asked is not None and asked.kind == "note":
        kind = "note"
    elif asked is not None and asked.kind == "reply" and not shows_who_someone_is(text):
        kind = "answer"
    entry = Entry(EntryId(situation.chance.token()), ticket.id, kind, text, situation.at, files, case.member.id)
    # A prompt is for one answer: what others then reply to it is talk about the answer, and would go out as a second one.
    asked_here = withdraw(situation, ticket, situation.prompt) if situation.prompt and asked is not None and kind != "pending" else []
    if kind == "answer":
        entry = replace(entry, delivery="waiting")
        return [AddEntry(entry), *asked_here, *_answered(case, entry)]
    effects: list[Effect] = [AddEntry(entry), *asked_here, *show_entry(ticket, entry, situation)]
    return effects if kind == "pending" else [*effects, case.audit("note")]


def _answered(case: Case, entry: Entry) -> list[Effect]:
    """Bring an answer on its way; who answers a ticket that nobody has taken, takes it."""
    situation, ticket = case.situation, case.ticket
    effects: list[Effect] = []
    if ticket.state == "new" and situation.forum == desk_of(ticket, situation):
        ticket = taken_by(ticket, case.member)
        effects = [MoveTicket(ticket), *refresh_cards(ticket, situation), case.audit("take")]
    if ticket.resident is not None:
        effects.append(SetResident(ticket.resident, refocus=True, focus=ticket.id))
    others = answer_others(ticket, entry, situation)
    return [*effects, *tell_answer(ticket, entry), *show_entry(ticket, entry, situation), *others, case.audit("answer")]


def _reply(case: Case) -> list[Effect]:
    question = N_(
        "Write your answer for {reference} as a reply to this message. The reporter will not see your name.",
        reference=case.ticket.reference,
    )
    return prompt(case.situation, case.ticket, "reply", question)


def _note(case: Case) -> list[Effect]:
    question = N_(
        "Write your note for {reference} as a reply to this message. The reporter does not see notes.", reference=case.ticket.reference
    )
    return prompt(case.situation, case.ticket, "note", question)


def _undecided(decide: Callable[[Case, Entry], list[Effect]]) -> Callable[[Case], list[Effect]]:
    """Return the decision about words that a button carries, made only as long as nobody has decided on them."""

    def decided(case: Case) -> list[Effect]:
        found = next((entry for entry in case.situation.entries if case.args and entry.id == case.args[0]), None)
        if found is None or found.kind != "pending" or not (found.text or found.attachments):
            return [Toast(old_button(case.ticket), alert=True)]
        return decide(case, found)

    return decided


def _send(case: Case, pending: Entry) -> list[Effect]:
    entry = replace(pending, kind="answer", member=case.member.id, delivery="waiting")
    return [SetEntry(entry), *_answered(case, entry)]


def _keep(case: Case, pending: Entry) -> list[Effect]:
    entry = replace(pending, kind="note")
    return [SetEntry(entry), *show_entry(case.ticket, entry, case.situation), case.audit("note")]


def _drop(case: Case, pending: Entry) -> list[Effect]:
    emptied = replace(pending, text="", attachments=())
    desk = desk_of(case.ticket, case.situation)
    return [SetEntry(emptied), Withdraw(ToForum(desk), entry_slot(pending.id), case.ticket.id)]


reply = press("reply", _reply)
note = press("note", _note)
send = press("reply", _undecided(_send))
keep = press("note", _undecided(_keep))
drop = press("cancel", _undecided(_drop))
