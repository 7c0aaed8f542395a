"""What Telegram says of the webhook: is it as the settings want it, and does it work?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bot.check.finding import Finding, fine, mind, wrong
from bot.check.telegram import Api, Unreachable
from bot.clock import Clock
from bot.config.machine import Telegram

RECENT: Final = timedelta(minutes=5)
"""Telegram tries again within two minutes: what went wrong earlier than this, and not since, is over."""
SUBJECT: Final = "webhook"
REMEDIES: Final = {
    "401": "another bot with this token set it, or the key file is another: start the bot again, and end the other one",
    "404": "the proxy sends them elsewhere: see that it passes POST requests for this path on to [telegram] webhook_host and webhook_port",
    "503": "the bot cannot store them now: its log says why; nothing is lost",
    "502": "the proxy does not reach the bot: see whether it runs, and [telegram] webhook_host and webhook_port",
    "504": "the proxy does not reach the bot: see whether it runs, and [telegram] webhook_host and webhook_port",
}
"""By the status that Telegram was answered with."""
UNREACHED: Final = (
    "see whether the address can be reached from elsewhere, and its certificate is valid: curl -i -X POST on it should answer 401"
)


async def examine(api: Api, settings: Telegram, clock: Clock) -> Finding:
    """Ask Telegram, and compare with the settings."""
    try:
        answer = await api.ask("getWebhookInfo")
    except Unreachable as error:
        return wrong(SUBJECT, f"Telegram cannot be reached ({error})", "check again")
    if answer.code:
        return wrong(SUBJECT, f"Telegram answered with error {answer.code}", "check again")
    return judge(answer.result or {}, settings, clock.now())


def judge(info: dict[str, Any], settings: Telegram, now: datetime) -> Finding:
    """Judge the Bot API's WebhookInfo."""
    url, waiting = info.get("url", ""), int(info.get("pending_update_count", 0))
    held = "nothing waits" if not waiting else f"{waiting} update{'s' if waiting > 1 else ''} wait{'' if waiting > 1 else 's'} at Telegram"
    if settings.intake == "polling":
        if not url:
            return fine(SUBJECT, "none is set")
        remedy = "end the program that set it, then `alwand webhook delete`; nothing that waits is lost"
        return wrong(SUBJECT, "one is set, and takes the bot's messages away", remedy)
    if not url:
        return mind(SUBJECT, f"none is set yet; {held}", "`alwand run` sets it")
    if url != settings.webhook_url:
        return wrong(SUBJECT, "another address is set than that in the settings", "start the bot again: it sets its own")
    return _failing(info, held, now) if waiting else fine(SUBJECT, f"it is set; {held}")


def _failing(info: dict[str, Any], held: str, now: datetime) -> Finding:
    failed_at = datetime.fromtimestamp(int(info.get("last_error_date", 0)), UTC)
    if now - failed_at > RECENT:
        return fine(SUBJECT, f"it is set; {held}")
    reason = str(info.get("last_error_message", ""))
    remedy = next((words for status, words in REMEDIES.items() if f" {status} " in f"{reason} "), UNREACHED)
    return wrong(SUBJECT, f"Telegram cannot bring what people write; {held}. Its words: {reason}", remedy)
