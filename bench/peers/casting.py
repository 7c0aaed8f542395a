"""A broadcast on python-telegram-bot, while an echo answers whoever writes. BENCH_MODE says how it is sent.

    together     with AIORateLimiter, all sends started at once: what its documentation leads to
    one_by_one   the same, each after the one before
    paid         paid for, without a limiter, a few at once: more make it slower
.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any

from telegram.error import TelegramError
from telegram.ext import AIORateLimiter, Application, MessageHandler, filters

from bench.peers.echo import echo

App = Application[Any, Any, Any, Any, Any, Any]
MODE = os.environ["BENCH_MODE"]
FIRST, COUNT, WORDS = int(os.environ["BENCH_FIRST"]), int(os.environ["BENCH_COUNT"]), os.environ["BENCH_WORDS"]
AT_ONCE = 20
RETRIES = 5
under_way: set[asyncio.Task[None]] = set()


async def tell(application: App, chat: int) -> None:
    try:
        await application.bot.send_message(chat, WORDS, allow_paid_broadcast=True if MODE == "paid" else None)
    except TelegramError as error:
        print(f"not delivered: {type(error).__name__}")


async def cast(application: App) -> None:
    chats = range(FIRST, FIRST + COUNT)
    if MODE == "together":
        await asyncio.gather(*(tell(application, chat) for chat in chats))
    elif MODE == "one_by_one":
        for chat in chats:
            await tell(application, chat)
    else:
        left = iter(chats)

        async def some() -> None:
            for chat in left:
                await tell(application, chat)

        await asyncio.gather(*(some() for _ in range(AT_ONCE)))


async def begin(application: App) -> None:
    under_way.add(asyncio.create_task(cast(application)))


def main() -> None:
    builder: Any = Application.builder().token(os.environ["BENCH_TOKEN"]).base_url(os.environ["BENCH_URL"] + "/bot").post_init(begin)
    if MODE != "paid":
        builder = builder.rate_limiter(AIORateLimiter(max_retries=RETRIES))
    application: App = builder.build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.run_polling(timeout=5)


if __name__ == "__main__":
    main()
