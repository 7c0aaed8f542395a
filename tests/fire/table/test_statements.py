"""F4 to the statement: a turn is cut at each one of its transaction, on the very same item, and afterwards nothing of it has happened."""

from __future__ import annotations

import pytest

from tests.fire.deaths import lives
from tests.fire.judge import judge
from tests.fire.kept import kept, settled
from tests.fire.table.conftest import Raise
from tests.fire.table.test_broadcasts import arrived, everybody_has_it, prepared
from tests.town.town import Town
from tests.town.words import plain

FEWEST = 10
ANSWER = "We come tomorrow."


async def dies_everywhere(town: Town) -> None:
    """Let the bot take in what waits, and handle it in one life after the other, each of which ends one statement later than the last."""
    town.launches(CRASH="in-turn:1")
    assert await town.ends() == -9
    before, died = await lives(town, 1)
    statement = 1
    while died:
        found, died = await lives(town, statement + 1)
        assert found == before, f"the death at statement {statement} left something behind"
        statement += 1
    assert statement > FEWEST
    assert (await kept(town)).unhandled == 0
    await town.starts()


async def test_f04_a_report_that_is_cut_at_any_statement_has_not_been_sent_and_is_sent_once(town: Town) -> None:
    """F4: ticket, card, receipt, draft and timers in one; then all of it, once."""
    sara = town.resident("en")
    await sara.reviews("Wires on the road.")
    await town.kill()
    await sara.taps("send")
    await dies_everywhere(town)
    reference = await sara.gets_receipt()
    await town.forums["khanaqin"].card(reference)
    await settled(town)
    (await judge(town)).sound()
    assert [*(await kept(town)).tickets] == [reference]


@pytest.mark.slow
async def test_f04_an_answer_that_is_cut_at_any_statement_has_not_been_given_and_is_given_once(town: Town) -> None:
    """F4: from the forum's press to the words in private and the mark in the group."""
    sara, forum = town.resident("en"), town.forums["khanaqin"]
    await sara.arrives()
    card = await forum.card(await sara.reports("Wires on the road."))
    forum.ali.replies(card, ANSWER)
    offer = await forum.hears(ANSWER)
    await settled(town)
    await town.kill()
    forum.presses(forum.ali, offer, "Send to the person")
    await dies_everywhere(town)
    await sara.hears(ANSWER)
    await settled(town)
    (await judge(town)).sound()
    assert plain(sara.screen()).count(ANSWER) == 1


@pytest.mark.slow
async def test_f04_a_broadcast_that_is_cut_at_any_statement_has_not_begun_and_begins_once(raise_town: Raise) -> None:
    """F4: everybody gets it, and nobody twice."""
    async with prepared(raise_town, 10) as (town, readers):
        await dies_everywhere(town)
        await everybody_has_it(town, readers)
        await settled(town)
        assert arrived(readers) == readers.size
