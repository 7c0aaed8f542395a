"""A word to systemd: that the bot is ready, that it lives, that it ends. The protocol is a datagram to the socket that systemd names.

https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html tells it. Its libraries for Python have been left alone for years,
and are as long as this.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import resource
import socket


def notify(words: str) -> None:
    """Tell it these words, such as `READY=1`. Where nobody listens, nothing happens."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
        line.setblocking(False)
        line.sendto(words.encode(), "\0" + address[1:] if address.startswith("@") else address)


def watchdog() -> float | None:
    """Return within how many seconds systemd wants a sign of life each time (`WatchdogSec=`), None where it wants none."""
    microseconds, process = os.environ.get("WATCHDOG_USEC", ""), os.environ.get("WATCHDOG_PID", "")
    if not microseconds.isdecimal() or int(microseconds) == 0 or process not in ("", str(os.getpid())):
        return None
    return int(microseconds) / 1_000_000


def prepare_for_its_bite() -> None:
    """Let an abort tell where the bot stood, as files and lines alone, and leave no image of its memory, which holds keys and words."""
    faulthandler.enable()
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
