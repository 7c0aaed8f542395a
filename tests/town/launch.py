"""Be the real bot, as `python -m bot` is, with what a test turns off or up: the words in TOWN.

    quick   a group may have any number of messages a minute; with Telegram's own limits a dialogue would take minutes
    loud    every log line of every library is heard, down to DEBUG
    frail   a message with the word "poison" makes its decision raise; with "molasses" it never ends, with "glutton" it takes all memory
            there is, with "arsenic" it takes the process with it
    stiff   a message with the word "amber" holds up the event loop for ten minutes
    lax     SQLite does not wait for the disk before it says that something is committed
    meek    SIGUSR1 makes the SQLite database refuse to be written, SIGUSR2 takes that back
    candid  every statement that SQLite runs is told in the file `statements`, one after the other with a zero byte behind each
    mute    the process has neither stdout nor stderr
    eager   a group that is lost is tried again every moment instead of every ten minutes
.
"""

from __future__ import annotations

import logging
import os
import signal
import sqlite3
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import structlog


def main() -> None:
    """Turn what is asked for, and run."""
    from bot.cli import main as alwand

    words = os.environ.get("TOWN", "").split()
    for word, turn in TURNS.items():
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

    def never_end(text: str) -> None:
        while text:
            pass

    def take_all(text: str) -> None:
        held = [text]
        while True:
            held.append(text * 100_000)

    _at_word("poison", fail)
    _at_word("molasses", never_end)
    _at_word("glutton", take_all)
    _at_word("arsenic", _die)


def _die(_: str) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _stiffen() -> None:
    def hold_up(text: str) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})  # as code that lets no signal through, so that it cannot be cut off
        time.sleep(600)

    _at_word("amber", hold_up)


def _humble() -> None:
    held = _connections()

    def turn(to: str) -> None:
        for connection in held:
            connection.execute(f"PRAGMA query_only = {to}")

    signal.signal(signal.SIGUSR1, lambda *_: turn("ON"))
    signal.signal(signal.SIGUSR2, lambda *_: turn("OFF"))


def _disclose() -> None:
    told = (Path(os.environ["XDG_RUNTIME_DIR"]) / "statements").open("a", encoding="utf-8")
    connect = sqlite3.connect

    def tell(statement: str) -> None:
        told.write(f"{statement}\0")
        told.flush()

    def connecting(*args: Any, **named: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*args, **named)
        connection.set_trace_callback(tell)
        return connection

    vars(sqlite3)["connect"] = connecting


def _connections() -> list[sqlite3.Connection]:
    """Return a list in which every connection to SQLite will be as soon as it is made."""
    held: list[sqlite3.Connection] = []
    connect = sqlite3.connect

    def connecting(*args: Any, **named: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*args, **named)
        held.append(connection)
        return connection

    vars(sqlite3)["connect"] = connecting
    return held


def _slacken() -> None:
    from bot.storage import sqlite

    vars(sqlite)["_PRAGMAS"] = tuple(pragma.replace("synchronous = FULL", "synchronous = NORMAL") for pragma in sqlite._PRAGMAS)


def _fall_silent() -> None:
    for number in (1, 2):
        os.close(number)


def _make_eager() -> None:
    from bot.pipeline import returning

    vars(returning)["TRY_SECONDS"] = 0.2


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


TURNS: Mapping[str, Callable[[], None]] = {
    "quick": _quicken,
    "loud": _speak_up,
    "frail": _weaken,
    "stiff": _stiffen,
    "meek": _humble,
    "candid": _disclose,
    "mute": _fall_silent,
    "eager": _make_eager,
    "lax": _slacken,
}


if __name__ == "__main__":
    main()
