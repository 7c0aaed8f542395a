"""What the bot asks of its database costs the same however many people have been here: it never goes through a table that only grows."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.town.test_backup import deletes
from tests.town.town import raised

GROWING = {"residents", "tickets", "entries", "posts", "arrivals", "audit", "subscribers", "drafts", "timers", "answers", "feedback"}
"""With the people who have been here and the years. What waits is in `inbox` and `outbox`, and both are small again when it is done."""
ALLOWED = (
    re.compile(r"DELETE FROM posts .* LIMIT"),  # the oldest few, by number
    re.compile(r"FROM timers .*ORDER BY timers.due\s+LIMIT"),  # the first that falls due, by an index
)


async def test_no_statement_goes_through_a_table_that_grows_with_the_years(tmp_path: Path) -> None:
    """FACTS 9 and 11: a start, a report with its answer, the list of one's own, erasing, and the day's chores."""
    async with raised(tmp_path, words="quick candid") as town:
        (tmp_path / "statements").write_text("")  # what makes the tables is done once
        sara, forum = town.resident("en"), town.forums["khanaqin"]
        await sara.arrives()
        reference = await sara.reports("Wires on the road.")
        card = await forum.card(reference)
        await forum.presses(forum.ali, card, "Take").answer()
        await town.until(lambda: forum.ali.first_name in card.text)
        forum.ali.replies(card, "We come tomorrow.")
        offer = await forum.hears("We come tomorrow.")
        forum.presses(forum.ali, offer, "Send to the person")
        await sara.hears("We come tomorrow.")
        await town.stop()
        with closing(sqlite3.connect(tmp_path / "alwand.db")) as conn:
            conn.execute("ANALYZE")  # as an earlier release did in its first days: to go through a handful of rows is quicker than an index
        await town.starts()
        sara.says("/status")
        await sara.hears("KHN-")
        await deletes(sara, forum, reference)
        await town.stop()
    statements = {re.sub(r"\s+", " ", each) for each in (tmp_path / "statements").read_text(encoding="utf-8").split("\0")}
    with closing(sqlite3.connect(tmp_path / "alwand.db")) as conn:
        found = [(each, step) for each in sorted(statements) for step in scans(conn, each)]
    assert len(statements) > 100
    assert [(each, step) for each, step in found if not any(allowed.search(each) for allowed in ALLOWED)] == []


def scans(conn: sqlite3.Connection, statement: str) -> list[str]:
    """Return the steps of a statement's plan that go through a whole table of those that grow, or a whole index of it."""
    if not re.match(r"(SELECT|INSERT|UPDATE|DELETE|WITH)\b", statement):
        return []
    steps = [step[3] for step in conn.execute(f"EXPLAIN QUERY PLAN {statement}")]
    return [step for step in steps if (name := re.match(r"SCAN (\w+)", step)) and name[1] in GROWING]
