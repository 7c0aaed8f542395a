"""A chart from the bot's side: a process of its own, which can only fail."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot import apart, charts

BARS = (("Khanaqin", 12, True), ("Mandali", 7, False))


async def test_a_chart_comes_back_as_a_png() -> None:
    drawn = await charts.draw("How many", BARS, "en")
    assert drawn is not None
    assert drawn.startswith(b"\x89PNG")


def test_the_bot_itself_never_loads_what_draws() -> None:
    """It starts where matplotlib is not installed."""
    script = "import sys, bot.app; print([name for name in ('matplotlib', 'numpy', 'pypdf') if name in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", script], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


async def test_without_matplotlib_there_is_no_picture_and_no_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The message says the numbers in words."""
    (tmp_path / "bare").write_text(f'#!/bin/sh\nexec {sys.executable} -S "$@"\n')
    (tmp_path / "bare").chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bare"))
    assert await charts.draw("How many", BARS, "en") is None


async def test_what_draws_knows_neither_token_nor_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """B50."""
    monkeypatch.setenv("ALWAND_TELEGRAM__TOKEN", "canary")
    (tmp_path / "shows.py").write_text("import os, sys; sys.stdout.write(repr(dict(os.environ)))")
    monkeypatch.setattr(apart, "_ROOT", tmp_path)
    shown = await apart.run("shows", b"", seconds=10)
    assert shown is not None
    assert b"canary" not in shown
    assert str(Path.home()).encode() + b"'" not in shown


async def test_what_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "endless.py").write_text("while True: pass")
    monkeypatch.setattr(apart, "_ROOT", tmp_path)
    assert await apart.run("endless", b"", seconds=0.5) is None


async def test_what_takes_too_much_memory_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    confined = f"import sys; sys.path.insert(0, {str(apart._ROOT)!r}); from bot import apart; apart.confine(seconds=5, megabytes=200)"
    (tmp_path / "hungry.py").write_text(f"{confined}\nprint('still fine', flush=True)\nb'x' * (1 << 29)")
    monkeypatch.setattr(apart, "_ROOT", tmp_path)
    assert await apart.run("hungry", b"", seconds=10) is None
