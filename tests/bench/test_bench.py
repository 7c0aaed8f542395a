"""The bench runs, and its table says what it should; how fast anything is is no matter of a test."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bench.__main__ import run
from bench.crowd import RECEIPT, Crowd, Resident, arrival, button, send, to_review
from bench.rows import MEASURES
from bench.scene import raised
from bench.table import Row, figure, markdown, percentile

ROOT = Path(__file__).parents[2]


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "bench", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60)


def test_one_measure_prints_its_table_and_keeps_it_where_it_is_told_to(tmp_path: Path) -> None:
    file = tmp_path / "table.md"
    told = bench("replay", "--quick", "--out", str(file))
    assert told.returncode == 0, told.stderr
    page = file.read_text(encoding="utf-8")
    assert page in told.stdout
    assert "replays/s" in page
    assert "- machine: " in page
    assert "python-telegram-bot 22" in page


def test_a_measure_that_there_is_not_is_refused_with_those_there_are() -> None:
    told = bench("nonsense")
    assert told.returncode == 2
    assert "there is no measure named nonsense; there are losses, intake" in told.stderr


async def test_everybody_in_the_crowd_comes_to_their_receipt_and_their_card_to_a_forum() -> None:
    async with raised(limits=False) as scene:
        process = await scene.starts("unlimited")
        with Crowd(scene) as crowd:

            def resident(number: int) -> Resident:
                return crowd.resident((*arrival(), *to_review(scene, number), *send()), button(RECEIPT))

            crowd.goes([resident(number) for number in range(8)], at_once=4)
            assert await scene.until(lambda: crowd.done == crowd.cards == 8, 30)
            assert (crowd.acts, len(crowd.waited)) == (8 * 13, 8 * 13)
        assert scene.world.violations == []
        await scene.stops(process)
        assert process.turns() == 8 * 13


def test_the_ratio_is_above_one_where_we_are_better() -> None:
    assert Row("3", "rate", 200.0, 100.0).ratio == 2.0
    assert Row("10", "memory", 50.0, 100.0, better="less").ratio == 2.0
    assert Row("12", "delay", 5.0).ratio is None


def test_a_table_has_a_line_for_each_row_and_a_dash_for_what_is_unknown() -> None:
    lines = markdown([Row("3", "rate", 1234.5), Row("10", "memory", 0.25, 0.5)]).splitlines()
    assert len(lines) == 4
    assert len({len(line) for line in lines}) == 1
    assert "| 1,234" in lines[2]
    assert "| –" in lines[2]
    assert "| 0.50 ×" in lines[3]


def test_figures_have_as_many_digits_as_mean_something() -> None:
    assert [figure(each) for each in (1234.5, 12.34, 0.1234, None)] == ["1,234", "12.3", "0.123", "–"]


def test_a_percentile_of_nothing_is_nothing() -> None:
    assert percentile([], 0.99) == 0.0
    assert percentile([float(number) for number in range(100)], 0.99) == 99.0


async def test_a_measure_that_fails_costs_the_others_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(quick: bool) -> list[Row]:
        raise TimeoutError

    monkeypatch.setattr("bench.__main__.MEASURES", {**MEASURES, "poison": fails})
    rows, failed = await run(["poison", "replay"], quick=True)
    assert failed == ["poison"]
    assert rows[0].note == "not measured: TimeoutError"
    assert rows[1].ours
