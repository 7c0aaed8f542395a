"""What Telegram says of the bot: is the token good, do our clocks agree, is anything in its way?

The requests go past the bot's own channel: what is examined must not be what examines. An examination only asks, and never for updates.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp

from bot.check.finding import Finding, fine, mind, wrong
from bot.clock import Clock

PATIENCE = 10.0
"""Seconds to wait for one answer, and again as many for Telegram to take a call that it refuses with 429."""

MESSAGES_PER_STAR = 10
"""A message sent at a price costs 0.1 Telegram Stars (sendMessage, allow_paid_broadcast)."""

CLOCK_SECONDS = 30
"""How far the clocks may be apart."""


class Unreachable(Exception):
    """No answer, or one that is not Telegram's."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a method answered: its result, or the error code and description; the seconds to wait after 429; the server's time in UTC."""

    result: Any
    code: int
    description: str
    retry_after: float
    time: datetime | None


@dataclass(frozen=True, slots=True)
class Api:
    """The Bot API for one bot."""

    session: aiohttp.ClientSession
    url: str

    async def ask(self, method: str, **parameters: str | int) -> Answer:
        """Call a method; where Telegram asks for a short wait, which a bot at work can bring about, wait and call again.

        Raises:
            Unreachable: there is no answer, or not from a Bot API server.
        """
        patience = PATIENCE
        while (answer := await self._asked(method, parameters)).code == 429 and answer.retry_after <= patience:
            patience -= max(1.0, answer.retry_after)
            await asyncio.sleep(answer.retry_after)
        return answer

    async def _asked(self, method: str, parameters: dict[str, str | int]) -> Answer:
        try:
            async with self.session.post(f"{self.url}/{method}", json=parameters) as response:
                body = await response.json(content_type=None)
                date = response.headers.get("Date")
                return Answer(
                    body.get("result"),
                    0 if body["ok"] else int(body["error_code"]),
                    str(body.get("description", "")),
                    float(body.get("parameters", {}).get("retry_after", 0)),
                    parsedate_to_datetime(date).astimezone(UTC) if date else None,
                )
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            # The text of these errors holds the address, and so the token.
            raise Unreachable(type(error).__name__) from None


@asynccontextmanager
async def connected(api_url: str, token: str) -> AsyncIterator[Api]:
    """Open a session with the Bot API."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE)) as session:
        yield Api(session, f"{api_url}/bot{token}")


async def examine(api: Api, clock: Clock) -> tuple[int | None, list[Finding]]:
    """Return the bot's id, None if Telegram does not know it, and what was found."""
    try:
        me = await api.ask("getMe")
    except Unreachable as error:
        return None, [
            wrong("Telegram", f"cannot be reached ({error})", "see whether this machine's network and [telegram] api_url are right")
        ]
    if me.code in (401, 404):
        return None, [wrong("token", "Telegram does not know it", "ask @BotFather for the token (/token) and give the bot that one")]
    if me.code:
        return None, [wrong("Telegram", f"answered with error {me.code}", "try again later")]
    findings = [fine("token", f"it is that of @{me.result.get('username')}"), _clock(me, clock)]
    if me.result.get("can_read_all_group_messages"):
        remedy = (
            "the bot needs only commands and replies: @BotFather, /setprivacy, Enable; then take the bot out of the groups and in again"
        )
        findings.append(mind("privacy mode", "is off, so Telegram hands the bot all talk of the groups", remedy))
    else:
        findings.append(fine("privacy mode", "is on"))
    if not me.result.get("can_join_groups", True):
        findings.append(wrong("groups", "the bot may not be added to groups", "@BotFather, /setjoingroups, Enable"))
    return int(me.result["id"]), findings


def _clock(answer: Answer, clock: Clock) -> Finding:
    if answer.time is None:
        return mind("clock", "Telegram did not tell its time", "compare this machine's clock with another")
    apart = (clock.now() - answer.time).total_seconds()
    if abs(apart) > CLOCK_SECONDS:
        direction = "ahead of" if apart > 0 else "behind"
        return wrong(
            "clock", f"{abs(apart):.0f} s {direction} Telegram's", "let the machine keep its time by NTP: timedatectl set-ntp true"
        )
    return fine("clock", "agrees with Telegram's")


async def stars(api: Api) -> Finding:
    """Examine whether there is anything to pay broadcasts with."""
    try:
        balance = await api.ask("getMyStarBalance")
    except Unreachable as error:
        return wrong("Stars", f"Telegram cannot be reached ({error})", "check again")
    if balance.code:
        return mind("Stars", "Telegram does not tell the bot's balance", "look at it in @BotFather")
    amount = int(balance.result.get("amount", 0))
    if amount <= 0:
        return wrong("Stars", "broadcasts shall be paid for, and the balance is empty", "fill it, or set paid = false under [broadcasts]")
    return fine("Stars", f"{amount:,} on the balance, for {amount * MESSAGES_PER_STAR:,} messages of broadcasts")
