"""Be the real bot, as `python -m bot` is, with what a test turns off or up: the words in TOWN.

    quick   a group may have any number of messages a minute; with Telegram's own limits a dialogue would take minutes
    loud    every log line of every library is heard, down to DEBUG
    frail   a message with the word "poison" makes its decision raise
.
"""

from __future__ import annotations

import logging
import os
from typing import Any

import structlog


def main() -> None:
    """Turn what is asked for, and run."""
    from bot.cli import main as alwand

    words = os.environ.get("TOWN", "").split()
    for word, turn in (("quick", _quicken), ("loud", _speak_up), ("frail", _weaken)):
        if word in words:
            turn()
    alwand()


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


def _weaken() -> None:
    from bot import app
    from bot.model.events import TextReceived

    decide = vars(app)["_decide"]

    def frail(situation: Any, event: Any) -> Any:
        if isinstance(event, TextReceived) and "poison" in event.text:
            raise LookupError(event.text)
        return decide(situation, event)

    vars(app)["_decide"] = frail


if __name__ == "__main__":
    main()
