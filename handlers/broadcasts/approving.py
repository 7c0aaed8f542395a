"""The approval by a second person: the card in the province's group, and what coordinators press and write about it (B87)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.model.broadcasts import Broadcast, home
from bot.model.effects import Effect, MoveBroadcast, Priority, Send, Toast, Withdraw
from bot.model.ids import PROVINCE
from bot.model.messages import Action, Button, Message, Recipient, ToForum, approval_slot, cast_slot
from bot.model.situation import Situation
from bot.model.text import C_, N_, Piece, Text, Words, paragraphs
from handlers.broadcasts import starting
from handlers.broadcasts.authority import Case, allowed, refuse
from handlers.broadcasts.facts import facts, missing
from handlers.broadcasts.filling import CHANGED_MEANWHILE, OLD, revised
from handlers.broadcasts.message import message_for
from handlers.broadcasts.panel import panel, title
from handlers.broadcasts.pending import Pending, holding
from handlers.broadcasts.prompts import ask_for
from handlers.broadcasts.steps import Row
from handlers.clock import DOUBTED
from handlers.desk.authority import refuse_aloud
from handlers.may import Refused

OFFICE = ToForum(PROVINCE)
LONGEST_REASON = 500
NOT_WAITING = N_("This broadcast does not wait for an approval now.")
SHORTER = N_("Please write at most {limit} characters, as a reply to the same message.", limit=LONGEST_REASON)
BEING_SENT = N_("It is being sent at this moment. Stop the sending first.")


def card(broadcast: Broadcast, situation: Situation, approver: str = "") -> Send:
    """Return the card in the province's group as the broadcast stands now; `approver` is the name of who has just approved it."""
    body = paragraphs(title(broadcast, situation), _written_by(broadcast), facts(broadcast, situation), _status(broadcast, approver))
    return Send(OFFICE, Message(body, _rows(broadcast)), Priority.CARD, slot=approval_slot(broadcast.id))


def submitted(case: Case, broadcast: Broadcast, *, again: bool) -> list[Effect]:
    """Bring a broadcast before the province: what people will read, then the card. One that was there before is pointed to below."""
    situation = case.situation
    elsewhere = home(broadcast) != OFFICE
    pointer = Message(N_("This broadcast was submitted again."), answers=approval_slot(broadcast.id))
    announced = Send(OFFICE, Message(N_("A broadcast waits for approval. People will read it like this:"), silent=True), Priority.CARD)
    return [
        *([announced, *previews(broadcast, situation, Priority.CARD)] if elsewhere else []),
        card(broadcast, situation),
        *([Send(OFFICE, pointer, Priority.CARD)] if again else []),
    ]


def previews(broadcast: Broadcast, situation: Situation, priority: Priority, here: Recipient = OFFICE) -> list[Effect]:
    """Show, without a sound, what each language's readers will get, to the letter."""
    return [Send(here, replace(message, silent=True), priority) for message in message_for(broadcast, situation).values()]


def cast_ok(situation: Situation, action: Action) -> Iterable[Effect]:
    """Do what a button of the card says, if it was made for what the broadcast is now."""
    decides = action.args[:1] in (("approve",), ("return",))
    case = allowed(situation, "approve" if decides else "write", action.args)
    if isinstance(case, Refused):
        return refuse(case.text)
    if situation.forum != PROVINCE or len(action.args) != 2:
        return refuse(OLD)
    step, revision = action.args
    if revision != str(case.broadcast.revision):
        return refuse(CHANGED_MEANWHILE)
    match step:
        case "preview":
            return previews(case.broadcast, situation, Priority.REPLY)
        case "approve":
            return _approve(case)
        case "return":
            return ask_for(case.broadcast, situation, "return") if case.broadcast.state == "submitted" else refuse(NOT_WAITING)
        case "back" | "leave" | "undo":
            return _taking_back(case, step)
        case _:
            return refuse(OLD)


def _approve(case: Case) -> list[Effect]:
    """Approve exactly this revision; of two who press at once the second finds it done."""
    broadcast, situation = case.broadcast, case.situation
    if broadcast.state != "submitted":
        return refuse(NOT_WAITING)
    if situation.doubted:
        return refuse(DOUBTED)
    if lacking := missing(broadcast, situation):  # its day may be over by now, or an area gone from the configuration
        return refuse(N_("Still missing: {what}", what=lacking[0]))
    approved = replace(
        holding(broadcast, Pending(again=True)),
        state="approved",
        approved=broadcast.revision,
        approver=case.member.id,
        since=starting.wall_now(situation),
    )
    return [
        MoveBroadcast(approved),
        panel(approved, situation),
        card(approved, situation, case.member.name),
        *_tell_author(approved, N_("The province has approved this broadcast.")),
        *starting.approved(replace(case, broadcast=approved)),
        case.audit("approve", str(approved.revision)),
    ]


def give_back(case: Case, reason: str) -> list[Effect]:
    """Give a broadcast back to where it was written, with the reason."""
    broadcast, situation, words = case.broadcast, case.situation, reason.strip()
    if broadcast.state != "submitted":
        return refuse_aloud(situation, NOT_WAITING)
    if not 0 < len(words) <= LONGEST_REASON:
        return refuse_aloud(situation, SHORTER)
    returned = replace(holding(broadcast, Pending(returned=words, again=True)), state="draft")
    told = N_("The province gave it back: {reason}", reason=Words(words))
    return [
        MoveBroadcast(returned),
        panel(returned, situation),
        card(returned, situation),
        *_tell_author(returned, told),
        case.audit("return"),
    ]


def taken_back(case: Case) -> list[Effect]:
    """Take submission and approval back: a new revision, nothing of which is sent before it is approved again."""
    if any(each.state in ("sending", "paused") for each in case.situation.occurrences):
        return refuse(BEING_SENT)
    draft, counting = revised(case, holding(case.broadcast, Pending(again=True)))
    situation = case.situation
    return [
        MoveBroadcast(draft),
        replace(panel(draft, situation), priority=Priority.REPLY),
        card(draft, situation),
        *counting,
        *starting.withdrawn(replace(case, broadcast=draft)),
        case.audit("take_back"),
    ]


def _taking_back(case: Case, step: str) -> list[Effect]:
    """Ask a coordinator whether they mean it, below the card, and then do it."""
    question = f"approve:{case.broadcast.id}:back"
    asked_before = Withdraw(OFFICE, question)
    if case.broadcast.state != "approved":
        return [asked_before, Toast(NOT_APPROVED, alert=True)]
    if step == "leave":
        return [asked_before]
    if step == "undo":
        told = N_("The province has taken its approval of this broadcast back.")
        effects = taken_back(case)
        done = any(isinstance(effect, MoveBroadcast) for effect in effects)
        return [*effects, asked_before, *(_tell_author(case.broadcast, told) if done else [])]
    told = N_("Take the approval back? Nothing of this broadcast is sent then until it is approved again.")
    rows = ((_button(C_("button", "Yes"), "undo", case.broadcast), _button(C_("button", "No"), "leave", case.broadcast)),)
    message = Message(told, rows, answers=approval_slot(case.broadcast.id))
    return [Send(OFFICE, message, Priority.REPLY, slot=question)]


NOT_APPROVED = N_("This broadcast is not approved now.")


def _tell_author(broadcast: Broadcast, told: Text) -> list[Effect]:
    return [Send(home(broadcast), Message(told, answers=cast_slot(broadcast.id)), Priority.CARD)]


def _written_by(broadcast: Broadcast) -> Text | None:
    """Return who wrote it: a forum's members are called by name in their own group alone, where the title does not name the forum."""
    return (
        N_("Written by: {member}", member=Words(broadcast.author_name)) if broadcast.forum == PROVINCE and broadcast.author_name else None
    )


def _status(broadcast: Broadcast, approver: str) -> Piece:
    match broadcast.state:
        case "submitted":
            return N_("Please look at every language, then approve it or give it back. Who wrote in it cannot approve it.")
        case "approved":
            return N_("Approved by: {member}", member=Words(approver)) if approver else N_("It is approved.")
        case "finished":
            return N_("This broadcast is over.")
        case "draft":
            if broadcast.desk is not None:
                return N_("It does not wait for an approval now: its author is changing it.")
            return N_("It does not wait for an approval now: its group is changing it.")


def _rows(broadcast: Broadcast) -> tuple[Row, ...]:
    preview = _button(C_("button", "Preview"), "preview", broadcast)
    match broadcast.state:
        case "submitted":
            approve = _button(C_("button", "Approve"), "approve", broadcast)
            back = _button(C_("button", "Give it back"), "return", broadcast)
            return ((preview,), (approve, back))
        case "approved":
            return ((preview,), (_button(C_("button", "Take the approval back"), "back", broadcast),))
        case "draft" | "finished":
            return ()


def _button(label: Text, step: str, broadcast: Broadcast) -> Button:
    return Button(label, Action("cast_ok", None, (step, str(broadcast.revision)), broadcast=broadcast.id))
