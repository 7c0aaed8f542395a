"""What the log may say, and that it never stands in the way."""

import asyncio
import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot import log
from bot.errors import ConfigError

TOKEN = "7000000001:AAHcanary-canary_canaryCANARYcanary12"
WORDS = "my neighbour sells it behind the school"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    before = sys.excepthook
    log.configure([TOKEN, "hunter2-of-the-database"], stream)
    yield stream
    sys.excepthook = before
    structlog.reset_defaults()
    logging.basicConfig(handlers=[], force=True)


def told(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_one_line_of_json_with_its_fields(lines: io.StringIO) -> None:
    structlog.get_logger().info("turn", turn="k3m7", ms=4)
    (line,) = told(lines)
    assert line.items() >= {"event": "turn", "turn": "k3m7", "ms": 4, "level": "info"}.items()


@pytest.mark.parametrize(
    "form",
    [
        TOKEN,
        TOKEN.replace(":", "%3A"),
        TOKEN.replace(":", "%3a"),
        TOKEN.partition(":")[2],
        "1234567:" + "x" * 35,
        "hunter2-of-the-database",
    ],
)
def test_a_secret_is_blotted_out_in_every_form_wherever_it_stands(lines: io.StringIO, form: str) -> None:
    """B50: in the event, in a field, deep inside a field, in a library's message and in the text of our own errors."""
    logger = structlog.get_logger()
    asked = f"asked https://127.0.0.1/bot{form}/getMe"
    logger.info(asked, url=f"/file/bot{form}/x", deep={"list": [form]})
    logging.getLogger("telegram.request").warning(asked)
    logger.error("refused", exc_info=ConfigError(f"token {form} is wrong"))
    assert form not in lines.getvalue()
    assert lines.getvalue().count(log.BLOT) >= 4


def test_an_error_is_told_by_type_and_place_and_never_by_what_it_quotes(lines: io.StringIO) -> None:
    """B50: a KeyError's text is the key, a ValueError's the value: either may be a resident's words."""
    try:
        try:
            dict[str, str]()[WORDS]
        except KeyError as error:
            raise ValueError(WORDS) from error
    except ValueError:
        structlog.get_logger().exception("turn failed")
    (line,) = told(lines)
    assert WORDS not in lines.getvalue()
    assert line["error"].startswith("ValueError at tests/project/test_log.py:")
    assert "caused by KeyError at tests/project/test_log.py:" in line["error"]


def test_the_text_of_our_own_errors_is_told(lines: io.StringIO) -> None:
    structlog.get_logger().error("start refused", exc_info=ConfigError("[keys] file: is missing"))
    assert "ConfigError: [keys] file: is missing" in told(lines)[0]["error"]


def test_a_library_is_heard_without_the_values_it_puts_in(lines: io.StringIO) -> None:
    """B50: python-telegram-bot prints whole updates when it cannot read them."""
    logging.getLogger("telegram.ext").error("cannot read update %s", WORDS)
    logging.getLogger("httpx").info("HTTP Request: POST %s", TOKEN)
    (line,) = told(lines)
    assert line.items() >= {"library": "telegram.ext", "said": "cannot read update %s", "level": "error"}.items()


async def test_an_exception_that_nobody_awaited_is_told_without_its_text(lines: io.StringIO) -> None:
    """B50: asyncio's own report prints the failed task with the text of its exception."""
    loop = asyncio.get_running_loop()

    def fails(words: str) -> None:
        raise ValueError(words)

    loop.call_soon(fails, WORDS)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert told(lines)[0]["said"].startswith("Exception in callback")
    assert WORDS not in lines.getvalue()


def test_what_json_does_not_know_is_named_by_its_type(lines: io.StringIO) -> None:
    structlog.get_logger().info("odd", thing=ValueError(WORDS))
    assert told(lines)[0]["thing"] == "<ValueError>"


@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full"])
def test_the_service_goes_on_without_a_place_for_its_log(tmp_path: Path, redirection: str) -> None:
    """F38: stderr is closed, or its disk is full."""
    program = (
        "from bot import log; import structlog, logging, pathlib\n"
        "log.configure(['1234567:abcdefghijklmnop'])\n"
        "for n in range(2000): structlog.get_logger().info('turn', n=n)\n"
        "logging.getLogger('telegram').error('x')\n"
        f"pathlib.Path({str(tmp_path / 'done')!r}).write_text('yes')\n"
    )
    (tmp_path / "program.py").write_text(program)
    line = f"exec {sys.executable} {tmp_path / 'program.py'} {redirection}"
    finished = subprocess.run(["bash", "-c", line], cwd=log.ROOT, env={"PYTHONPATH": str(log.ROOT)}, timeout=60)
    assert finished.returncode == 0
    assert (tmp_path / "done").read_text() == "yes"


def test_a_crash_is_told_without_its_text(tmp_path: Path) -> None:
    """B50: Python's own farewell prints the text of the exception."""
    (tmp_path / "program.py").write_text(f"from bot import log\nlog.configure()\nraise ValueError({WORDS!r})\n")
    finished = subprocess.run(
        [sys.executable, tmp_path / "program.py"],
        cwd=log.ROOT,
        env={"PYTHONPATH": str(log.ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert finished.returncode == 1
    assert WORDS not in finished.stderr
    assert json.loads(finished.stderr)["error"].startswith("ValueError at program.py:3")
