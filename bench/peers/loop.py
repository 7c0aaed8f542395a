"""A broadcast on aiogram as its own example sends it, while an echo answers whoever writes. Runs in the environment of the peers."""

from __future__ import annotations

import asyncio
import os

from aiogram import Bot, Dispatcher, exceptions
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message

FIRST, COUNT, WORDS = int(os.environ["BENCH_FIRST"]), int(os.environ["BENCH_COUNT"]), os.environ["BENCH_WORDS"]
PAUSE = 0.05
"""20 messages a second, with room for the rest, says the example."""


async def tell(bot: Bot, chat: int) -> bool:
    try:
        await bot.send_message(chat, WORDS)
    except exceptions.TelegramRetryAfter as error:
        await asyncio.sleep(error.retry_after)
        return await tell(bot, chat)
    except exceptions.TelegramAPIError:
        return False
    return True


async def cast(bot: Bot) -> None:
    for chat in range(FIRST, FIRST + COUNT):
        await tell(bot, chat)
        await asyncio.sleep(PAUSE)


async def echo(message: Message) -> None:
    await message.answer(message.text or "")


async def main() -> None:
    session = AiohttpSession(api=TelegramAPIServer.from_base(os.environ["BENCH_URL"]))
    async with Bot(os.environ["BENCH_TOKEN"], session=session) as bot:
        dispatcher = Dispatcher()
        dispatcher.message.register(echo)
        casting = asyncio.create_task(cast(bot))
        await dispatcher.start_polling(bot, polling_timeout=5, handle_signals=True)
        casting.cancel()


if __name__ == "__main__":
    asyncio.run(main())
