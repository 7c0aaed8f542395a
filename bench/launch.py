"""Run the real bot as `python -m bot` does, without limits of its own: what it could do if Telegram let it."""

from __future__ import annotations

from bot import app
from bot.channels.telegram import TelegramChannel
from bot.config import Config
from bot.pipeline.limits import Limits

UNLIMITED = Limits(per_second=5000.0, per_chat_seconds=0.0, group_per_minute=0)


def _no_limits(config: Config, telegram: TelegramChannel) -> Limits:
    return UNLIMITED


if __name__ == "__main__":
    from bot.cli import main

    vars(app)["_limits"] = _no_limits
    main()
