"""The log: JSON on stderr, one line for each event, for a machine to keep and an operator to read.

It never holds what a person wrote, a name or an id of a messenger. So an error is told by its type and the places it passed, not by
its text, and a library's message is told without the values put into it: both may quote a resident. Texts of our own errors
(`bot/errors.py`) are made for operators and stay. Tokens and keys are blotted out of the finished line in every form they take.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable
from io import RawIOBase
from pathlib import Path
from types import TracebackType
from typing import TextIO, cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.errors import AlwandError

BLOT = "[secret]"
TOKEN = re.compile(r"\d{5,}(?::|%3A)[\w-]{20,}", re.IGNORECASE)
"""A bot token as it stands in a URL, also one that we were never told."""

FOREIGN = ("aiohttp", "alembic", "apscheduler", "asyncio", "httpx", "sqlalchemy", "telegram", "uvicorn")
"""Libraries that speak up in this process; heard from WARNING on."""

ROOT = Path(__file__).resolve().parent.parent


def configure(secrets: Iterable[str] = (), stream: TextIO | None = None) -> None:
    """Send the log of the whole process to a stream, stderr by default.

    Args:
        secrets: tokens, keys and passwords to blot out wherever they appear.
        stream: where lines go. If it is closed or its disk is full, lines are dropped and the service goes on.
    """
    output = _Output(sys.stderr if stream is None else stream)
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        tell_error,
    ]
    finish: list[Processor] = [structlog.processors.JSONRenderer(ensure_ascii=False, default=_type_name), Redaction(secrets)]
    structlog.configure(
        processors=[*shared, *finish],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: output,
        cache_logger_on_first_use=False,
    )
    handler = _FromLibraries()
    handler.setLevel(logging.WARNING)
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name in FOREIGN:
        library = logging.getLogger(name)
        library.handlers.clear()
        library.setLevel(logging.WARNING)
        library.propagate = True
    sys.excepthook = _tell_crash


class Redaction:
    """Blots secrets out of a finished line: raw, with the colon as `%3A`, the half after the colon alone, and any token at all."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets if secret for form in _forms(secret)}
        longest_first = sorted(forms, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE) if forms else None

    def __call__(self, _logger: WrappedLogger, _method: str, line: str | bytes | EventDict) -> str:
        """Return the line without secrets (a structlog processor, the last one)."""
        return self.clean(cast(str, line))

    def clean(self, text: str) -> str:
        """Return the text without secrets."""
        if self._known is not None:
            text = self._known.sub(BLOT, text)
        return TOKEN.sub(BLOT, text)


def tell_error(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace `exc_info` by the error's type, the places it passed and what caused it (a structlog processor)."""
    info = event.pop("exc_info", None)
    error = info if isinstance(info, BaseException) else info[1] if isinstance(info, tuple) else sys.exc_info()[1] if info else None
    if error is not None:
        event["error"] = describe(error)
    return event


def describe(error: BaseException) -> str:
    """Tell an error without its text, which may quote a person: `KeyError at bot/engine/talk.py:41 replay < ...`, innermost first."""
    parts = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        told = f": {current}" if isinstance(current, AlwandError) else ""
        parts.append(f"{type(current).__name__}{told}{_places(current.__traceback__)}")
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return "; caused by ".join(parts)


def _places(traceback: TracebackType | None) -> str:
    places = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        file = Path(code.co_filename)
        name = file.relative_to(ROOT).as_posix() if file.is_relative_to(ROOT) and ".venv" not in file.parts else file.name
        places.append(f"{name}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return " at " + " < ".join(reversed(places[-8:])) if places else ""


def _forms(secret: str) -> set[str]:
    forms = {secret, secret.replace(":", "%3A")}
    _, colon, half = secret.partition(":")
    return forms | {half} if colon and len(half) >= 8 else forms


def _type_name(value: object) -> str:
    """Stand in for what JSON does not know; its repr could hold anything."""
    return f"<{type(value).__name__}>"


def _tell_crash(_kind: type[BaseException], error: BaseException, _traceback: TracebackType | None) -> None:
    structlog.get_logger().critical("crashed", exc_info=error)


class _Output:
    """Writes finished lines. A log that cannot be written must never stop the service (the disk is full, stderr is closed)."""

    def __init__(self, stream: TextIO | None) -> None:
        # Past the buffer: what a full disk left in it would be tried again at exit and spoil the exit code.
        raw = getattr(getattr(stream, "buffer", None), "raw", None)
        self._stream, self._raw = stream, cast(RawIOBase | None, raw)

    def msg(self, line: str) -> None:
        try:
            if self._raw is not None:
                self._raw.write(f"{line}\n".encode(errors="backslashreplace"))
            elif self._stream is not None:
                self._stream.write(f"{line}\n")
        except (OSError, ValueError):
            return

    debug = info = warning = error = critical = exception = msg


class _FromLibraries(logging.Handler):
    """Brings what libraries log into our log: who, how grave, and the first line of the message before values are put into it."""

    def emit(self, record: logging.LogRecord) -> None:
        template = record.msg if isinstance(record.msg, str) else f"<{type(record.msg).__name__}>"
        said = re.split(r"[(<\n]", template, maxsplit=1)[0].strip()  # asyncio writes whole objects behind a bracket
        error = record.exc_info[1] if record.exc_info else None
        structlog.get_logger().log(max(record.levelno, logging.WARNING), "library", library=record.name, said=said, exc_info=error)
