"""Who may do what: every actor, every action, every state of a ticket has its answer written here."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from bot.i18n import render
from bot.model.ids import LANGUAGES, PROVINCE, Language
from bot.model.people import Actor, Member
from bot.model.text import Words
from bot.model.tickets import Ticket
from handlers.may import DESK_ACTIONS, Allowed, DeskAction, Refused, may
from tests.handlers.build import AZAD, HEAD, JALAWLA, KHANAQIN, SARA, english, taken, ticket

TICKETS: dict[str, Ticket | None] = {
    "new": ticket(),
    "new, from Jalawla": ticket(came_from=JALAWLA),
    "taken by Sara": taken(),
    "taken by Azad": taken(taker=AZAD.id, taker_name=AZAD.name),
    "closed": taken(state="closed", outcome="resolved"),
    "erased": ticket(state="erased"),
    "gone": None,
    "new, no contact": ticket(contact=False),
    "taken, unreachable": taken(reachable=False),
    "new, resident erased": ticket(resident=None),
    "new, sensitive": ticket(sensitive=True),
    "taken, sensitive": taken(sensitive=True),
    "new, in Jalawla": ticket(forum=JALAWLA),
    "taken, in Jalawla": taken(forum=JALAWLA),
    "closed, in Jalawla": taken(forum=JALAWLA, state="closed"),
    "new, with the province": ticket(forum=PROVINCE),
}

# "+" is yes, "." is no; the columns are the actions in this order.
COLUMNS: tuple[DeskAction, ...] = ("take", "release", "reply", "note", "transfer", "return", "close", "cancel", "schedule")

SARA_IN_KHANAQIN = {
    "new": "+.+++.+++",
    "new, from Jalawla": "+.+++++++",
    "taken by Sara": ".++++.+++",
    "taken by Azad": "..+++.+++",
    "closed": "...+...+.",
    "erased": ".........",
    "gone": ".........",
    "new, no contact": "+..++.+++",
    "taken, unreachable": ".+.++.+++",
    "new, resident erased": "+..++.+++",
    "new, sensitive": ".........",
    "taken, sensitive": ".........",
    "new, in Jalawla": ".........",
    "taken, in Jalawla": ".........",
    "closed, in Jalawla": ".........",
    "new, with the province": ".........",
}
COORDINATOR_IN_THE_PROVINCE = {
    "new": "+.+++.+++",
    "new, from Jalawla": "+.+++++++",
    "taken by Sara": ".++++.+++",
    "taken by Azad": ".++++.+++",
    "closed": "...+...+.",
    "erased": ".........",
    "gone": ".........",
    "new, no contact": "+..++.+++",
    "taken, unreachable": ".+.++.+++",
    "new, resident erased": "+..++.+++",
    "new, sensitive": "+.+++.+++",
    "taken, sensitive": ".++++.+++",
    "new, in Jalawla": "+.+++.+++",
    "taken, in Jalawla": ".++++.+++",
    "closed, in Jalawla": "...+...+.",
    "new, with the province": "+.+++.+++",
}
NOBODY_AT_THE_DESK: tuple[Actor, ...] = ("resident", "former_member", "anonymous", "channel", "stranger")
ACTING = {"member": (KHANAQIN, SARA, SARA_IN_KHANAQIN), "coordinator": (PROVINCE, HEAD, COORDINATOR_IN_THE_PROVINCE)}


def test_the_tables_name_every_actor_and_every_action() -> None:
    assert set(ACTING) | set(NOBODY_AT_THE_DESK) == set(get_args(Actor))
    assert set(COLUMNS) == set(DESK_ACTIONS)
    for _, _, table in ACTING.values():
        assert set(table) == set(TICKETS)


@pytest.mark.parametrize("actor", ["member", "coordinator"])
@pytest.mark.parametrize("about", TICKETS)
def test_who_works_at_a_desk_may_do_what_the_table_says(actor: Actor, about: str) -> None:
    forum, member, table = ACTING[actor]
    verdicts = (may(actor, action, TICKETS[about], forum, member) for action in COLUMNS)
    assert "".join("+" if isinstance(verdict, Allowed) else "." for verdict in verdicts) == table[about]


@pytest.mark.parametrize("actor", NOBODY_AT_THE_DESK)
@pytest.mark.parametrize("member", [None, SARA, HEAD])
def test_nobody_else_may_do_anything(actor: Actor, member: Member | None) -> None:
    """B71, B86."""
    verdicts = [may(actor, action, about, KHANAQIN, member) for action in DESK_ACTIONS for about in TICKETS.values()]
    assert all(isinstance(verdict, Refused) for verdict in verdicts)


def test_each_who_may_not_is_told_why_in_words_of_their_own() -> None:
    told = [_refusal(may(actor, "take", ticket(), KHANAQIN, None)) for actor in NOBODY_AT_THE_DESK]
    assert len(set(told)) == len(told)


def test_an_anonymous_admin_is_told_how_to_become_a_member() -> None:
    """B86."""
    assert "Remain anonymous" in _refusal(may("anonymous", "take", ticket(), KHANAQIN, None))


@pytest.mark.parametrize("actor", ["member", "coordinator"])
def test_a_member_whom_the_bot_does_not_know_may_nothing(actor: Actor) -> None:
    assert all(isinstance(may(actor, action, ticket(), KHANAQIN, None), Refused) for action in DESK_ACTIONS)


@pytest.mark.parametrize(("actor", "member"), [("member", SARA), ("coordinator", HEAD)])
def test_nothing_is_done_from_a_group_that_is_no_forums(actor: Actor, member: Member) -> None:
    assert all(isinstance(may(actor, action, ticket(), None, member), Refused) for action in DESK_ACTIONS)


def test_a_member_of_another_forum_may_nothing_in_this_group() -> None:
    foreign = Member(SARA.id, JALAWLA, "Sara K.")
    assert all(isinstance(may("member", action, ticket(), KHANAQIN, foreign), Refused) for action in DESK_ACTIONS)


def test_a_coordinator_in_a_group_of_others_may_what_its_members_may() -> None:
    """What they write there, its members read: nothing sensitive, and nothing that has moved to another forum."""
    there = replace(HEAD, forum=KHANAQIN)
    verdicts = {name: may("coordinator", "note", about, KHANAQIN, there) for name, about in TICKETS.items()}
    refused = {name for name, verdict in verdicts.items() if isinstance(verdict, Refused)}
    elsewhere = {"new, in Jalawla", "taken, in Jalawla", "closed, in Jalawla", "new, with the province"}
    assert refused == {"erased", "gone", "new, sensitive", "taken, sensitive", *elsewhere}


def test_who_is_too_late_reads_who_was_first() -> None:
    """B57."""
    assert _refusal(may("member", "take", taken(), KHANAQIN, AZAD)) == "Report KHN-7F3K9 is already taken. Followed by: Sara K.."


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_fits_a_toast(language: Language) -> None:
    longest = "م" * 64
    for actor in get_args(Actor):
        for about in TICKETS.values():
            for action in DESK_ACTIONS:
                for member in (None, SARA, HEAD):
                    verdict = may(actor, action, about, KHANAQIN, member)
                    if isinstance(verdict, Refused):
                        values = {name: Words(longest) if name == "member" else value for name, value in verdict.text.values.items()}
                        text = type(verdict.text)(verdict.text.msgid, values)
                        assert len(render(text, language).encode("utf-16-le")) // 2 <= 200


def _refusal(verdict: Allowed | Refused) -> str:
    assert isinstance(verdict, Refused)
    return english(verdict.text)
