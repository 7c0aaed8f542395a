"""The pages of a real bot, asked from outside while it works."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.health.meters import OUTCOMES, TURNS
from bot.health.pages import CONNECTIONS
from bot.model.effects import Priority
from tests.health.asking import Pages, free_port, number, status, until
from tests.town.test_canaries import found, reports, somebody
from tests.town.town import Town, raised


@pytest.fixture
async def asked(tmp_path: Path) -> AsyncIterator[tuple[Town, Pages]]:
    """A town whose bot answers on a port."""
    port = free_port()
    async with raised(tmp_path, HEALTH__PORT=str(port)) as town:
        yield town, Pages(port)


def sets_of_labels(town: Town) -> dict[str, set[str]]:
    """Return every label that a number of ours may have, with all its values."""
    return {
        "outcome": {*TURNS, *OUTCOMES.values()},
        "priority": {priority.name.lower() for priority in Priority},
        "state": {"waiting", "parked", "sending", "held", "dead", "paused"},
        "loop": {"dispatch", "send", "timers"},
        "forum": set(town.forums),
        "database": {"sqlite"},
    }


async def test_the_numbers_tell_what_happened_and_nothing_of_who_or_what(asked: tuple[Town, Pages]) -> None:
    """B50, B113: a report in which everything is a canary; labels come from fixed sets, and no canary is anywhere."""
    town, pages = asked
    sara, canaries = somebody(town)
    reference = await reports(town, canaries, sara)
    await town.forums["khanaqin"].card(reference)
    _, body = await pages.get("metrics")
    _, told, _ = await status(town.folder / "config.toml", environment=town.environment)
    _, as_json, _ = await status(town.folder / "config.toml", "--json", environment=town.environment)
    secrets = [*canaries.identity, *canaries.written, reference, town.telegram.token, str(sara.talk.id)]
    secrets += [str(forum.chat.id) for forum in town.forums.values()]
    assert found(secrets, (body + told + as_json + (await pages.get("readyz"))[1]).encode()) == []
    numbers = await pages.numbers()
    assert number(numbers, "alwand_turns_total", outcome="done") > 10
    assert number(numbers, "alwand_sends_total", priority="card", outcome="sent") >= 1
    assert number(numbers, "alwand_sends_total", priority="reply", outcome="sent") > 5
    assert number(numbers, "alwand_send_seconds_count", priority="reply") > 5
    assert number(numbers, "alwand_commit_seconds_count") > 10
    assert number(numbers, "alwand_unhandled", state="waiting") == 0
    assert number(numbers, "alwand_last_poll_seconds") < 5
    assert number(numbers, "alwand_database_readable") == 1
    assert number(numbers, "process_open_fds") > 5
    allowed = sets_of_labels(town)
    for name, labels in numbers:
        for label, value in labels:
            fixed = label in ("le", "version", "python") or value in allowed.get(label, set())
            assert fixed, f"{name} has {label}={value}"


async def test_a_group_that_cannot_be_written_to_shows_in_its_own_number(asked: tuple[Town, Pages]) -> None:
    """B113: the backlog per group, by the forum's name."""
    town, pages = asked
    forum, sara = town.forums["khanaqin"], town.resident("en")
    await sara.arrives()
    wait = "Too Many Requests: retry after 3600"
    town.telegram.faults.add("status", "sendMessage", chat=forum.chat.id, times=None, status=429, retry_after=3600, description=wait)
    await sara.reports()

    async def was_put_off() -> bool:
        """Whether the card was refused, and what follows the receipt is through."""
        numbers = await pages.numbers()
        put_off = number(numbers, "alwand_sends_total", priority="card", outcome="later")
        return put_off >= 1 and number(numbers, "alwand_unsent", state="waiting") == 1

    await until(was_put_off)
    numbers = await pages.numbers()
    assert number(numbers, "alwand_forum_unsent", forum="khanaqin") == 1
    assert number(numbers, "alwand_forum_unsent", forum="baquba") == 0
    assert number(numbers, "alwand_unsent_oldest_seconds") > 0


async def test_it_is_ready_until_the_database_takes_nothing_more_and_again_afterwards(asked: tuple[Town, Pages]) -> None:
    """B113: alive all the time, ready only while a report could be taken."""
    town, pages = asked
    everything = '{"database":"ok","key":"ok","dispatch":"ok","send":"ok","timers":"ok","channel":"ok"}'

    async def ready() -> bool:
        return await pages.get("readyz") == (200, everything)

    async def stuck() -> bool:
        return await pages.get("readyz") == (503, everything.replace('"database":"ok"', '"database":"failed"'))

    await until(ready)
    with closing(sqlite3.connect(town.folder / "alwand.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await until(stuck)
        assert await pages.get("healthz") == (200, "ok\n")
        assert number(await pages.numbers(), "alwand_last_commit_seconds") > 1
    await until(ready)


async def test_a_page_of_the_web_that_is_led_here_learns_nothing(asked: tuple[Town, Pages]) -> None:
    """Its own name leads to 127.0.0.1, and its visitor's browser on this machine sends that name."""
    _, pages = asked
    assert await pages.get("metrics", Host="evil.example") == (400, "Invalid host header")
    assert (await pages.get("metrics", Host=f"localhost:{pages.port}"))[0] == 200
    assert (await pages.get("config.toml"))[0] == 404


async def test_whoever_opens_many_connections_uses_up_no_more_than_a_few_descriptors(asked: tuple[Town, Pages]) -> None:
    """F34."""
    town, pages = asked
    assert town.process is not None
    files = Path(f"/proc/{town.process.pid}/fd")
    before = len(list(files.iterdir()))
    lines = [await asyncio.open_connection("127.0.0.1", pages.port) for _ in range(3 * CONNECTIONS)]
    ends = [asyncio.create_task(reader.read()) for reader, _ in lines]

    async def cut_off() -> bool:
        return sum(end.done() for end in ends) >= 2 * CONNECTIONS

    async def answers_again() -> bool:
        try:
            return (await pages.get("healthz"))[0] == 200
        except OSError:
            return False

    await until(cut_off)
    assert len(list(files.iterdir())) <= before + CONNECTIONS + 8
    for _, writer in lines:
        writer.close()
    await asyncio.gather(*ends, return_exceptions=True)
    await until(answers_again)


async def test_a_port_that_somebody_has_is_told_at_the_start_in_one_line(tmp_path: Path) -> None:
    """B112: and not only found out when the first question stays without an answer."""
    port = free_port()
    async with raised(tmp_path, asleep=True, HEALTH__PORT=str(port)) as town:
        server = await asyncio.start_server(lambda *_: None, "127.0.0.1", port)
        async with server:
            town.launches()
            assert await town.ends() == 2
    assert town.log.splitlines()[-1] == (
        f"[health] port: port {port} of 127.0.0.1 cannot be used (address already in use); choose another one"
    )
