"""Which group is whose: linked, lost, found again, strange."""

from __future__ import annotations

from typing import Any

from bot.model.effects import Audit, Effect, LinkForum, LoseForum, MoveForum, Priority, SayHere, SayHereAndLeave
from bot.model.events import CommandGiven, ForumReachable, ForumUnreachable, GroupJoined, GroupLost, GroupMoved
from bot.model.ids import PROVINCE, TicketId
from bot.model.messages import ToForum, card_slot
from bot.model.situation import Situation
from handlers.desk import DESK_COMMANDS, DESK_EVENTS, DESK_NEWS
from tests.handlers.build import JALAWLA, KHANAQIN, LINKED, STORY, english, in_slot, only, sends, situation, taken, ticket, told

GROUP, HEADS, CARD = ToForum(KHANAQIN), ToForum(PROVINCE), card_slot(ticket().id)
WAITING = {**LINKED, KHANAQIN: "unlinked"}
LOST = {**LINKED, KHANAQIN: "lost"}
HELD = (ticket(), taken(id=TicketId("ticketbbbbbb"), reference="KHN-22222"))


def _strange(**changes: Any) -> Situation:
    return situation(**{"forum": None, "actor": "stranger", "member": None, "ticket": None, **changes})


def _happens(event: Any, here: Situation) -> list[Effect]:
    return list(DESK_EVENTS[type(event)](here, event))


def _types_code(here: Situation) -> list[Effect]:
    return list(DESK_COMMANDS["link"](here, CommandGiven("link", "ABC")))


def test_a_code_links_a_group_and_the_group_learns_how_it_works() -> None:
    """B116."""
    effects = _types_code(_strange(code=KHANAQIN, forums=WAITING))
    assert only(effects, LinkForum) == LinkForum(KHANAQIN)
    assert "This group now belongs to the forum of Khanaqin." in told(effects, GROUP)
    assert "Press “Take” on a report to follow it." in told(effects, GROUP)
    assert only(effects, Audit) == Audit("link", forum=KHANAQIN)


def test_reports_that_came_before_the_group_come_into_it_and_leave_the_province() -> None:
    effects = _types_code(_strange(code=KHANAQIN, forums=WAITING, held=(ticket(),)))
    assert STORY in in_slot(effects, GROUP, CARD)
    assert in_slot(effects, HEADS, CARD) == "Report KHN-7F3K9 is with the forum of Khanaqin again."


def test_a_wrong_code_gets_one_sentence() -> None:
    [effect] = _types_code(_strange(forums=WAITING))
    assert isinstance(effect, SayHere)
    assert "wrong or too old" in english(effect.text)
    [in_a_forum] = sends(_types_code(situation()), GROUP)
    assert "wrong or too old" in english(in_a_forum.message.body)


def test_a_group_belongs_to_one_forum() -> None:
    effects = _types_code(situation(code=JALAWLA))
    assert told(effects, GROUP) == "This group already belongs to the forum of Khanaqin."
    assert len(effects) == 1


def test_a_strange_group_gets_one_sentence_and_the_bot_leaves() -> None:
    for effects in (_happens(GroupJoined(), _strange()), _types_code(_strange())):
        [effect] = effects
        assert isinstance(effect, SayHereAndLeave)


def test_while_a_forum_waits_for_its_group_the_bot_stays_to_hear_the_code() -> None:
    [effect] = _happens(GroupJoined(), _strange(forums=WAITING))
    assert isinstance(effect, SayHere)
    assert "/link CODE" in english(effect.text)


def test_in_a_strange_group_no_other_command_is_answered() -> None:
    for name in ("open", "help"):
        assert list(DESK_COMMANDS[name](_strange(), CommandGiven(name))) == []


def test_the_province_is_told_that_a_group_was_lost_and_gets_its_reports() -> None:
    """B74."""
    removed = _happens(GroupLost(), situation(member=None, ticket=None, held=HELD))
    refused = list(DESK_NEWS[ForumUnreachable](_strange(held=HELD), ForumUnreachable(KHANAQIN, "chat_lost")))
    for effects in (removed, refused):
        assert only(effects, LoseForum) == LoseForum(KHANAQIN)
        assert "The group of the forum of Khanaqin cannot be reached." in told(effects, HEADS)
        assert "2 open reports follow:" in told(effects, HEADS)
        assert sends(effects, HEADS)[0].priority is Priority.URGENT
        assert {send.to for send in sends(effects)} == {HEADS}
        assert {send.slot for send in sends(effects, HEADS)} == {None, *(card_slot(each.id) for each in HELD)}


def test_a_group_that_takes_messages_again_gets_its_reports_unless_it_was_linked_meanwhile() -> None:
    """F20."""
    news = ForumReachable(KHANAQIN)
    effects = list(DESK_NEWS[ForumReachable](_strange(forums=LOST, held=HELD), news))
    assert only(effects, LinkForum) == LinkForum(KHANAQIN)
    assert "The bot can write here again." in told(effects, GROUP)
    assert {card_slot(each.id) for each in HELD} <= {send.slot for send in sends(effects, GROUP)}
    assert list(DESK_NEWS[ForumReachable](_strange(held=HELD), news)) == []


def test_a_group_lost_twice_is_told_once() -> None:
    assert _happens(GroupLost(), situation(member=None, forums=LOST, held=HELD)) == []
    assert list(DESK_NEWS[ForumUnreachable](_strange(forums=LOST), ForumUnreachable(KHANAQIN, "chat_lost"))) == []


def test_a_sensitive_report_is_with_the_province_already() -> None:
    effects = _happens(GroupLost(), situation(member=None, held=(ticket(sensitive=True),)))
    assert [send.slot for send in sends(effects)] == [None]


def test_the_provinces_own_group_has_nobody_above_it() -> None:
    effects = _happens(GroupLost(), situation(forum=PROVINCE, member=None, held=HELD))
    assert sends(effects) == []
    assert only(effects, LoseForum) == LoseForum(PROVINCE)


def test_a_stranger_groups_loss_is_nobodys() -> None:
    assert _happens(GroupLost(), _strange()) == []
    assert _happens(GroupMoved("-100"), _strange()) == []


def test_a_group_that_lets_the_bot_in_again_gets_its_open_reports() -> None:
    """B74."""
    effects = _happens(GroupJoined(), situation(member=None, ticket=None, forums=LOST, held=HELD))
    assert only(effects, LinkForum) == LinkForum(KHANAQIN)
    assert {send.slot for send in sends(effects, GROUP)} == {None, *(card_slot(each.id) for each in HELD)}
    assert STORY not in told(effects, HEADS)


def test_the_bot_does_not_greet_its_own_group_twice() -> None:
    assert _happens(GroupJoined(), situation(member=None)) == []


def test_a_group_that_became_a_supergroup_shows_its_open_reports_afresh() -> None:
    """B73."""
    effects = _happens(GroupMoved("-1001"), situation(member=None, ticket=None, held=HELD))
    assert only(effects, MoveForum) == MoveForum(KHANAQIN, "-1001")
    assert {send.slot for send in sends(effects, GROUP)} == {card_slot(each.id) for each in HELD}
