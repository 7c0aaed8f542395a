"""Run the real bot as `python -m bot` does, without limits of its own: what it could do if Telegram let it.

BENCH_LAUNCH=ungrouped takes only a group's limit away, so that somebody can press the same button again and again.
"""

from __future__ import annotations

import os
from dataclasses import replace

from bot import app
from bot.channels.telegram import TelegramChannel
from bot.config import Config
from bot.pipeline.limits import Limits

UNLIMITED = Limits(per_second=5000.0, per_chat_seconds=0.0, group_per_minute=0)


def _no_limits(config: Config, telegram: TelegramChannel) -> Limits:
    return UNLIMITED


def _no_groups(config: Config, telegram: TelegramChannel) -> Limits:
    return replace(_of_config(config, telegram), group_per_minute=0)


_of_config = app._limits


if __name__ == "__main__":
    from bot.cli import main
    from bot.pipeline import pace

    ungrouped = os.environ.get("BENCH_LAUNCH") == "ungrouped"
    vars(app)["_limits"] = _no_groups if ungrouped else _no_limits
    if ungrouped:
        vars(pace)["GAP"] = 0.0
    main()
