"""Be the real bot, as `python -m bot` is, with what a test turns off or up: the words in TOWN.

    quick   a group may have any number of messages a minute; with Telegram's own limits a dialogue would take minutes
    loud    every log line of every library is heard, down to DEBUG
    frail   a message with the word "poison" makes its decision raise
    stiff   a message with the word "amber" holds up the event loop for ten minutes
.
"""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Callable
from typing import Any

import structlog


def main() -> None:
    """Turn what is asked for, and run."""
    from bot.cli import main as alwand

    words = os.environ.get("TOWN", "").split()
    for word, turn in (("quick", _quicken), ("loud", _speak_up), ("frail", _weaken), ("stiff", _stiffen)):
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
    def fail(text: str) -> None:
        raise LookupError(text)

    _at_word("poison", fail)


def _stiffen() -> None:
    def hold_up(text: str) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})  # as code that lets no signal through, so that it cannot be cut off
        time.sleep(600)

    _at_word("amber", hold_up)


def _at_word(word: str, happen: Callable[[str], None]) -> None:
    """Let something happen when a decision about a message with this word begins."""
    from bot import app
    from bot.model.events import TextReceived

    decide = vars(app)["_decide"]

    def deciding(situation: Any, event: Any) -> Any:
        if isinstance(event, TextReceived) and word in event.text:
            happen(event.text)
        return decide(situation, event)

    vars(app)["_decide"] = deciding


if __name__ == "__main__":
    main()
