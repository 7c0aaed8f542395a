"""Where bots are born quickly: a process that has imported everything once, and forks.

Each line on stdin is a wish in JSON, each answer a line on stdout: `{"start": argv, "env": {...}, "log": file, "cwd": folder}` answers
the new process's number, `{"wait": number}` its exit code (negative for a signal) once it has ended. A bot born here runs the very
`main` of `python -m bot`, and is as mortal. The nursery ends with its stdin, and whoever was born here with it. TOWN_UNDER in the
environment is a program, with its options, to run the bot under: such a bot imports everything itself.
"""

from __future__ import annotations

import json
import os
import shlex
import signal
import sys
from typing import Any

from alembic import command

import handlers
from bot import app
from bot.cli import run
from tests.town import launch

BORN_WITH = (app, command, handlers, run)


def main() -> None:
    """Serve until stdin ends; in each child, be the bot."""
    alive: set[int] = set()
    for line in sys.stdin:
        wish: dict[str, Any] = json.loads(line)
        if "wait" in wish:
            _, status = os.waitpid(wish["wait"], 0)
            alive.discard(wish["wait"])
            answer(os.waitstatus_to_exitcode(status))
            continue
        child = os.fork()
        if child == 0:
            be_born(wish)
            if under := shlex.split(os.environ.pop("TOWN_UNDER", "")):
                os.execvp(under[0], [*under, sys.executable, "-m", "tests.town.launch", *wish["start"]])
            launch.main()
            return
        alive.add(child)
        answer(child)
    for child in alive:  # nobody has waited for their end, so their numbers are still theirs
        os.kill(child, signal.SIGKILL)


def answer(number: int) -> None:
    """Tell one number."""
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def be_born(wish: dict[str, Any]) -> None:
    """Take on the surroundings of a process of one's own."""
    log = os.open(wish["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, handle in ((0, nothing), (1, log), (2, log)):
        os.dup2(handle, number)
    os.chdir(wish["cwd"])
    os.environ.clear()
    os.environ.update(wish["env"])
    sys.argv = ["alwand", *wish["start"]]
    signal.set_wakeup_fd(-1)


if __name__ == "__main__":
    main()
