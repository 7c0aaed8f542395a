"""Run the real bot as `python -m bot` does, with what a test turns off or up, by the words in TOWN:

quick   a group may have any number of messages a minute, as nobody's patience is tested (Telegram's own limits: `test_limits.py`)
loud    every log line of every library is heard, down to DEBUG
"""

from __future__ import annotations

import logging
import os
from typing import Any

import structlog

WORDS = frozenset(os.environ.get("TOWN", "").split())


def _quicken() -> None:
    from bot.channels.telegram.channel import TelegramChannel
    from bot.pipeline import pace

    shown = TelegramChannel.capabilities
    TelegramChannel.capabilities = type(shown)(
        text=shown.text, caption=shown.caption, buttons=shown.buttons, edits=shown.edits, group_per_minute=0, per_chat_seconds=0.0
    )
    vars(pace)["GAP"] = 0.0


def _speak_up() -> None:
    from bot import app, log

    configure = log.configure

    def loudly(*args: Any, **named: Any) -> None:
        configure(*args, **named)
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG))
        root = logging.getLogger()
        root.setLevel(logging.DEBUG)
        for handler in root.handlers:
            handler.setLevel(logging.DEBUG)
        for name in log.FOREIGN:
            logging.getLogger(name).setLevel(logging.DEBUG)

    vars(app)["configure"] = loudly


if __name__ == "__main__":
    from bot.__main__ import main

    if "quick" in WORDS:
        _quicken()
    if "loud" in WORDS:
        _speak_up()
    main()
