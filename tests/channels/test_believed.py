"""What Telegram alone can say of a group, its upgrade and the bot's own standing, is believed only as Telegram says it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.model.events import GroupLost, GroupMoved
from tests.channels.test_read import BOT, GROUP, SARA, arrival_of, message

BASIC: dict[str, Any] = {"id": -55, "type": "group", "title": "Khanaqin forum"}


@pytest.mark.parametrize(
    "address", [512345678, -56, -1_000_000_000_000, -2_000_000_000_000, 1_001_000_001_009, "-1001000001009", -1e12, None]
)
def test_a_group_moves_to_a_supergroup_and_nowhere_else(address: object) -> None:
    """F21, F26: moved to a person's number, the forum's reports would be sent to that person."""
    assert arrival_of("message", message(BASIC, migrate_to_chat_id=address)) is None


def test_a_supergroup_moves_no_further() -> None:
    """F21, F26."""
    assert arrival_of("message", message(GROUP, migrate_to_chat_id=-1001000001009)) is None


@pytest.mark.parametrize("address", [-1_000_000_000_001, -1_997_852_516_352])
def test_the_first_and_the_last_supergroup_can_be_moved_to(address: int) -> None:
    """F21."""
    arrival = arrival_of("message", message(BASIC, migrate_to_chat_id=address))
    assert arrival is not None
    assert arrival.event == GroupMoved(str(address))


@pytest.mark.parametrize(
    ("before", "after"),
    [(SARA, SARA), (BOT, SARA), (SARA, BOT), ({**BOT, "id": 8}, {**BOT, "id": 8}), (BOT, {}), (BOT, {**BOT, "id": "7"})],
)
def test_only_what_is_said_of_the_bot_itself_takes_a_group_from_it(before: dict[str, Any], after: dict[str, Any]) -> None:
    """F22, F26."""
    assert (found := arrival_of("my_chat_member", removal(BOT, BOT))) is not None
    assert found.event == GroupLost()
    with pytest.raises(ValueError, match=r"another's membership|no id"):
        arrival_of("my_chat_member", removal(before, after))


def removal(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return {
        "chat": GROUP,
        "from": SARA,
        "date": 1_790_000_000,
        "old_chat_member": {"status": "member", "user": before},
        "new_chat_member": {"status": "kicked", "user": after, "until_date": 0},
    }
