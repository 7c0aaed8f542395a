"""What is said of the webhook, from what Telegram knows of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.check.webhook import judge
from bot.config.machine import Telegram

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
URL = "https://bot.example/telegram"
POLLING = Telegram()
WEBHOOK = Telegram(intake="webhook", webhook_url=URL)


def info(url: str = URL, waiting: int = 0, error: str = "", ago: timedelta = timedelta(seconds=20)) -> dict[str, Any]:
    """The Bot API's WebhookInfo."""
    failed = {"last_error_date": int((NOW - ago).timestamp()), "last_error_message": error} if error else {}
    return {"url": url, "has_custom_certificate": False, "pending_update_count": waiting, **failed}


@pytest.mark.parametrize(
    ("settings", "told", "level", "words"),
    [
        (POLLING, info(url="", waiting=3), "fine", "none is set"),
        (POLLING, info(), "wrong", "takes the bot's messages away"),
        (WEBHOOK, info(), "fine", "it is set; nothing waits"),
        (WEBHOOK, info(url="", waiting=1), "mind", "none is set yet; 1 update waits at Telegram"),
        (WEBHOOK, info(url="https://other.example"), "wrong", "another address"),
        (WEBHOOK, info(waiting=2), "fine", "it is set; 2 updates wait at Telegram"),
        (WEBHOOK, info(waiting=2, error="Connection timed out", ago=timedelta(hours=1)), "fine", "2 updates wait"),
        (WEBHOOK, info(error="Connection timed out"), "fine", "nothing waits"),
        (WEBHOOK, info(waiting=2, error="Connection timed out"), "wrong", "cannot bring what people write; 2 updates wait"),
    ],
)
def test_the_webhook_is_judged_by_what_the_settings_want(settings: Telegram, told: dict[str, Any], level: str, words: str) -> None:
    found = judge(told, settings, NOW)
    assert (found.level, words in found.words) == (level, True), found


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        ("Wrong response from the webhook: 401 Unauthorized", "start the bot again"),
        ("Wrong response from the webhook: 404 Not Found", "passes POST requests"),
        ("Wrong response from the webhook: 503 Service Unavailable", "nothing is lost"),
        ("Wrong response from the webhook: 502 Bad Gateway", "webhook_host and webhook_port"),
        ("SSL error {error:0A000086:SSL routines::certificate verify failed}", "its certificate is valid"),
        ("Connection refused", "can be reached from elsewhere"),
    ],
)
def test_what_went_wrong_last_is_told_with_its_remedy(error: str, remedy: str) -> None:
    found = judge(info(waiting=1, error=error), WEBHOOK, NOW)
    assert error in found.words
    assert remedy in found.remedy
