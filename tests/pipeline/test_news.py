"""What the machine tells itself survives the way through the inbox."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.model.events import BotBlocked, BotUnblocked, DeliveryChanged, ForumUnreachable, TimerFired
from bot.model.ids import EntryId, ForumId, ResidentId, TicketId
from bot.pipeline.news import News, item, read

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    "news",
    [
        News(DeliveryChanged(EntryId("e"), TicketId("t"), "blocked"), ticket=TicketId("t")),
        News(ForumUnreachable(ForumId("khanaqin"), "chat_lost")),
        News(BotBlocked(), ResidentId("r")),
        News(BotUnblocked(), ResidentId("r")),
    ],
)
def test_news_are_read_as_they_were_written(news: News) -> None:
    assert read(item("lane", "token", news, NOW).raw) == news


def test_a_timer_is_read_as_storage_writes_it() -> None:
    raw = b'{"timer": "draft", "key": "draft:d", "resident": "r", "ticket": null}'
    assert read(raw) == News(TimerFired("draft", "draft:d"), ResidentId("r"))


@pytest.mark.parametrize("raw", [b"{}", b"[]", b"7", b'{"timer": 7}', b'{"delivery": "eaten", "entry": "e", "ticket": "t"}', b"\xff", b""])
def test_anything_else_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match="unknown news"):
        read(raw)
