"""Each measure of broadcasts runs, and what it counts is counted; how fast anything is is no matter of a test."""

from __future__ import annotations

import pytest

from bench.casting import course
from bench.rows import MEASURES
from bench.scene import APART, raised
from bench.table import Row


async def measured(name: str) -> dict[str, Row]:
    """Take a measure with small counts; return its rows by what they say."""
    return {row.what: row for row in await MEASURES[name](True)}


async def test_a_paid_broadcast_is_measured_beside_a_peer() -> None:
    rows = await measured("paid")
    share = next(row for what, row in rows.items() if what.startswith("% of 1000/s"))
    assert share.ours is not None
    assert share.peer is not None
    assert share.ours > 3.0, "no more than what is free"
    assert rows["answers 429, paid"].ours == 0
    assert "missed 0, doubled 0" in rows["ms until a reply, p99, paid"].note


async def test_subscribers_are_counted_and_sent_to() -> None:
    rows = await measured("subscribers")
    assert "2,000 people" in rows["s to count 2,000 subscribers"].note
    assert not rows["MB at most while sending to 2,000 subscribers"].note.startswith("0 ")


@pytest.mark.skipif(not APART.exists(), reason="aiogram has an environment of its own: `make bench` makes it")
async def test_aiogram_tells_everybody_and_answers_too() -> None:
    async with raised(limits=True) as scene:
        found = await course(scene, "loop", 30, longest=10)
    assert (found.copies, found.missed, found.doubled, found.refused) == (30, 0, 0, 0)
    assert found.answered > 0


@pytest.mark.slow
async def test_a_broadcast_is_measured_beside_its_peers_and_over_a_kill() -> None:
    """B90, F28: in small."""
    rows = await measured("broadcast")
    assert len([what for what in rows if what.startswith("% of 30/s")]) == (3 if APART.exists() else 2)
    assert all(row.ours == 0 for what, row in rows.items() if what.startswith(("answers 429", "people missed")))
    assert rows["messages doubled, 1 × kill -9"].ours in (0, 1)


@pytest.mark.slow
async def test_pressing_pause_is_measured() -> None:
    """B89."""
    rows = await measured("pause")
    assert all(row.ours is not None and 0 <= row.ours < 5 for row in rows.values())


@pytest.mark.slow
async def test_campaigns_that_fall_due_over_kills_are_counted() -> None:
    """F29."""
    rows = await measured("campaigns")
    assert {what.rpartition(", ")[0]: row.ours for what, row in rows.items() if what.startswith("campaigns lost")} == {
        "campaigns lost, of 20": 0
    }
    assert all(row.ours == 0 for what, row in rows.items() if what.startswith("occurrences beyond"))


@pytest.mark.slow
async def test_what_a_kill_loses_is_counted_beside_a_peer() -> None:
    """B1: in small."""
    rows = await measured("losses")
    lost = [row for what, row in rows.items() if what.startswith("updates lost")]
    assert [row.ours for row in lost] == [0, 0]
    assert lost[0].peer, "a peer that confirms before it handles loses what it holds"
