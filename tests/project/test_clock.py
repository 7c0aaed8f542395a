"""The clock, and how the demo moves it."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import OffsetClock, SystemClock, clock


def test_time_is_told_in_utc_with_its_zone() -> None:
    assert SystemClock().now().tzinfo is UTC


def test_a_file_moves_the_time_of_a_running_bot(tmp_path: Path) -> None:
    file = tmp_path / "offset"
    moved = OffsetClock(file)
    file.write_text("86400")
    tomorrow = moved.now()
    file.write_text("-3600.5")
    assert tomorrow - datetime.now(UTC) > timedelta(hours=23, minutes=59)
    assert moved.now() < datetime.now(UTC) - timedelta(minutes=59)


@pytest.mark.parametrize("content", [None, "", "soon"])
def test_a_file_that_says_nothing_moves_nothing(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "offset"
    if content is not None:
        file.write_text(content)
    assert abs(OffsetClock(file).now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_spans_are_measured_by_the_machine(tmp_path: Path) -> None:
    file = tmp_path / "offset"
    moved = OffsetClock(file)
    before = moved.monotonic()
    file.write_text("86400")
    assert 0 <= moved.monotonic() - before < 60


def test_the_time_of_a_real_service_cannot_be_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALWAND_CLOCK_FILE", str(tmp_path / "offset"))
    assert isinstance(clock(production=True), SystemClock)
    assert not isinstance(clock(production=True), OffsetClock)
    assert isinstance(clock(production=False), OffsetClock)


def test_a_move_that_was_not_on_purpose_looks_like_a_jump_of_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """F31: what the demo does is told apart from what befalls a machine."""
    file = tmp_path / "offset"
    file.write_text("86400")
    monkeypatch.setenv("ALWAND_CLOCK_FILE", str(file))
    on_purpose = clock(production=False).read()
    monkeypatch.setenv("ALWAND_CLOCK_DOUBT", "1")
    by_accident = clock(production=False).read()
    assert on_purpose.moved == timedelta(days=1)
    assert by_accident.moved == timedelta()
    assert timedelta(hours=23) < by_accident.wall - on_purpose.wall < timedelta(hours=25)
    assert not clock(production=False).confirmed()


def test_spans_of_one_start_of_the_machine_can_be_compared_between_processes() -> None:
    one = SystemClock().read()
    code = "from bot.clock import SystemClock; reading = SystemClock().read(); print(reading.boot, reading.steady)"
    boot, steady = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.rsplit(" ", 1)
    assert boot == one.boot
    assert 0 <= float(steady) - one.steady < 60


def test_the_kernel_is_asked_whether_a_time_service_keeps_the_time() -> None:
    assert SystemClock().confirmed() in (True, False)
