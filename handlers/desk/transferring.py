"""Move a ticket to another forum, or send it back with a reason. The first group's card loses its content.

After `province.transfers` moves only the province moves it on, so that two forums cannot pass it back and forth for ever.
"""

from __future__ import annotations

from dataclasses import replace

from bot.model.effects import Effect, MoveTicket, Toast
from bot.model.ids import PROVINCE, ForumId
from bot.model.messages import Button
from bot.model.province import Province
from bot.model.situation import Situation
from bot.model.text import C_, N_, P_, Names, Piece, Text, lines
from bot.model.tickets import Ticket
from handlers.cards import clear_desk, desk_button, desk_of, place_cards, refresh_cards, take_away
from handlers.desk.asking import ask, ask_slot, old_button, prompt, withdraw
from handlers.desk.authority import Case, press, refuse_aloud
from handlers.desk.taking import freed
from handlers.telling import tell_moved
from handlers.thread import show_thread, shows_who_someone_is


def _transfer(case: Case) -> list[Effect]:
    situation, ticket = case.situation, case.ticket
    token = situation.chance.token()
    if _only_upwards(situation, ticket):
        question = P_(
            "Report {reference} has been moved {count} time already, so it can now only go to the provincial head of the forums. "
            "Send it there?",
            "Report {reference} has been moved {count} times already, so it can now only go to the provincial head of the forums. "
            "Send it there?",
            ticket.hops,
            reference=ticket.reference,
        )
        return ask(situation, ticket, token, question, (_yes(ticket, PROVINCE, token),))
    buttons = [
        desk_button(_label(situation.province, forum), "to", ticket.id, forum, token) for forum in _choices(ticket, situation.province)
    ]
    rows = tuple(tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2))
    return ask(situation, ticket, token, N_("Which forum should {reference} go to?", reference=ticket.reference), rows)


def _to(case: Case) -> list[Effect]:
    situation, ticket = case.situation, case.ticket
    chosen = _chosen(case)
    if chosen is None:
        return [Toast(old_button(ticket), alert=True)]
    forum, token = chosen
    question = N_(
        "Move {reference} to the forum of {to_district}? New messages about it will no longer come to this group.",
        reference=ticket.reference,
        to_district=situation.province.forum_names(forum),
    )
    return ask(situation, ticket, token, question, (_yes(ticket, forum, token),))


def _move(case: Case) -> list[Effect]:
    situation, ticket = case.situation, case.ticket
    chosen = _chosen(case)
    if chosen is None:
        return [Toast(old_button(ticket), alert=True)]
    forum, token = chosen
    asked = withdraw(situation, ticket, ask_slot(ticket.id, token))
    return [*asked, *_hand_over(case, forum), case.audit("transfer", forum)]


def _return(case: Case) -> list[Effect]:
    situation, ticket = case.situation, case.ticket
    question = N_(
        "Why does {reference} go back? Write the reason for the other forum as a reply to this message.", reference=ticket.reference
    )
    return prompt(situation, ticket, "return", question)


def return_with_reason(case: Case, reason: str) -> list[Effect]:
    """Send a ticket back to the forum it came from."""
    origin = case.ticket.came_from
    if origin is None:
        return []
    if shows_who_someone_is(reason):
        return refuse_aloud(case.situation, N_("Please write the reason without names and phone numbers, as a reply to the same message."))
    return [*_hand_over(case, origin, reason=reason), case.audit("return", origin)]


def _hand_over(case: Case, wanted: ForumId, *, reason: str = "") -> list[Effect]:
    situation, ticket = case.situation, case.ticket
    stopped = wanted != PROVINCE and _only_upwards(situation, ticket)
    to = PROVINCE if stopped else wanted
    session = ticket.session if to == ticket.forum else None
    moved = replace(freed(ticket), forum=to, came_from=ticket.forum, return_reason=reason, hops=ticket.hops + 1, session=session)
    closer = not reason and to != PROVINCE
    news = tell_moved(ticket, to, situation.province, closer=closer) if to != ticket.forum else []
    return [MoveTicket(moved), *_change_desks(situation, ticket, moved, stopped=stopped), *news]


def _change_desks(situation: Situation, before: Ticket, after: Ticket, *, stopped: bool) -> list[Effect]:
    """Empty what the former groups show, and put the ticket before the new one with what was written so far."""
    left, entered = desk_of(before, situation), desk_of(after, situation)
    instead = _moved_away(after, situation.province, stopped=stopped)
    effects: list[Effect] = []
    if left == entered:
        effects += refresh_cards(after, situation)
    else:
        effects += clear_desk(before, situation.entries, left, instead)
        effects += [*place_cards(after, situation), *show_thread(after, situation.entries, situation)]
    if before.sensitive and before.forum not in (PROVINCE, after.forum) and situation.forums.get(before.forum) == "linked":
        effects += clear_desk(before, situation.entries, before.forum, instead)
    if situation.forums.get(before.forum) == "lost" and before.forum != after.forum:
        effects += take_away(before, situation.entries, before.forum)
    return effects


def _moved_away(ticket: Ticket, province: Province, *, stopped: bool) -> Piece:
    told = N_(
        "Report {reference} was moved to the forum of {to_district}.",
        reference=ticket.reference,
        to_district=province.forum_names(ticket.forum),
    )
    return lines(told, N_("It has been moved too often, so the provincial head of the forums decides now.") if stopped else None)


def _only_upwards(situation: Situation, ticket: Ticket) -> bool:
    return situation.actor != "coordinator" and ticket.hops >= situation.province.transfers


def _choices(ticket: Ticket, province: Province) -> list[ForumId]:
    everywhere = [*(district.id for district in province.districts), PROVINCE]
    return [forum for forum in everywhere if forum != ticket.forum]


def _chosen(case: Case) -> tuple[ForumId, str] | None:
    match case.args:
        case (forum, token) if ForumId(forum) in _choices(case.ticket, case.situation.province):
            return ForumId(forum), token
        case _:
            return None


def _label(province: Province, forum: ForumId) -> Text | Names:
    return C_("button", "Provincial head") if forum == PROVINCE else province.forum_names(forum)


def _yes(ticket: Ticket, forum: ForumId, token: str) -> tuple[Button, ...]:
    return (desk_button(C_("button", "Yes"), "move", ticket.id, forum, token),)


transfer = press("transfer", _transfer)
to = press("transfer", _to)
move = press("transfer", _move)
send_back = press("return", _return)
