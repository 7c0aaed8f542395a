"""What the machine tells itself survives the way through the inbox."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.model.broadcasts import Counted
from bot.model.events import (
    AudienceCounted,
    BotBlocked,
    BotUnblocked,
    ClockDoubted,
    DeliveryChanged,
    ForumReachable,
    ForumUnreachable,
    OccurrenceEnded,
    TimerFired,
)
from bot.model.ids import BroadcastId, EntryId, ForumId, OccurrenceId, ResidentId, TicketId
from bot.pipeline.news import News, item, read

NOW = datetime(2026, 11, 22, tzinfo=UTC)
CAST = BroadcastId("b")
COUNTED = Counted(3, 120, {"ar": 100, "ckb": 20}, {ForumId("khanaqin"): 120}, other_languages=7, quiet=2, blocked=1)


@pytest.mark.parametrize(
    "news",
    [
        News(DeliveryChanged(EntryId("e"), TicketId("t"), "blocked"), ticket=TicketId("t")),
        News(ForumUnreachable(ForumId("khanaqin"), "chat_lost")),
        News(ForumReachable(ForumId("khanaqin"))),
        News(BotBlocked(), ResidentId("r")),
        News(BotUnblocked(), ResidentId("r")),
        News(AudienceCounted(CAST, COUNTED), broadcast=CAST),
        News(AudienceCounted(CAST, Counted(1, 0)), broadcast=CAST),
        News(OccurrenceEnded(OccurrenceId("o")), occurrence=OccurrenceId("o")),
        News(ClockDoubted(-86400)),
        News(ClockDoubted(0)),
    ],
)
def test_news_are_read_as_they_were_written(news: News) -> None:
    assert read(item("lane", "token", news, NOW).raw) == news


def test_a_timer_is_read_as_storage_writes_it() -> None:
    raw = b'{"timer": "draft", "key": "draft:d", "resident": "r", "ticket": null}'
    assert read(raw) == News(TimerFired("draft", "draft:d"), ResidentId("r"))


@pytest.mark.parametrize(
    "raw", [b"{}", b"[]", b"7", b'{"timer": 7}', b'{"delivery": "eaten", "entry": "e", "ticket": "t"}', b'{"ended": true}', b"\xff", b""]
)
def test_anything_else_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match="unknown news"):
        read(raw)
