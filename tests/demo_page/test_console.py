"""What only the demo can do, over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from bot.demo.stage import CLOCK, Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def web(stage: Stage) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(stage.url) as session:
        yield session


async def test_every_file_of_the_page_forbids_what_comes_from_elsewhere(web: aiohttp.ClientSession) -> None:
    for path in ("/", "/app.js", "/style/base.css", "/vendor/vazirmatn/vazirmatn-arabic-wght-normal.woff2", "/samples/voice.ogg", "/none"):
        async with web.get(path) as answer:
            assert answer.status == (404 if path == "/none" else 200), path
            assert "default-src 'self'" in answer.headers["content-security-policy"]
            assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_page_from_another_host_cannot_reach_the_console(web: aiohttp.ClientSession) -> None:
    """A name that another site points to 127.0.0.1 opens nothing here."""
    async with web.get("/console/state", headers={"host": "evil.example"}) as answer:
        assert answer.status == 400


async def test_the_state_names_who_is_there(web: aiohttp.ClientSession, stage: Stage) -> None:
    async with web.get("/console/state") as answer:
        state = await answer.json()
    assert state["bot"] == "running"
    assert [person["language"] for person in state["cast"]["residents"]] == ["ar", "ckb", "en", "tr"]
    assert [forum["district"] for forum in state["cast"]["forums"]] == ["khanaqin", "baquba"]
    roles = [member["role"] for member in state["cast"]["forums"][0]["members"]]
    assert roles == ["member", "member", "anonymous", "stranger"]
    stranger = state["cast"]["forums"][0]["members"][-1]
    assert stranger["id"] not in stage.cast.forums[0].chat.members


async def test_what_arrives_while_the_bot_is_dead_waits_and_is_answered(web: aiohttp.ClientSession, stage: Stage) -> None:
    """B1 as the demo shows it: killed, written to, and answered after the restart."""
    sara = stage.cast.residents[0]
    async with web.post("/console/kill", json={}) as answer:
        assert (await answer.json())["bot"] == "killed"
    sara.writes("Are you there?")
    assert len(stage.telegram.world.updates) == 1
    await sara.hears("You said: Are you there?", timeout=10)
    async with web.get("/console/state") as answer:
        assert (await answer.json())["kills"] == 1


async def test_a_cut_network_holds_everything_until_it_is_mended(web: aiohttp.ClientSession, stage: Stage) -> None:
    sara = stage.cast.residents[0]
    async with web.post("/console/network", json={"up": False}) as answer:
        assert (await answer.json())["network"] is False
    sara.writes("Hello")
    assert not stage.telegram.world.network
    async with web.post("/console/network", json={"up": True}) as answer:
        assert (await answer.json())["network"] is True
    await sara.hears("You said: Hello", timeout=10)


async def test_time_passes_for_both_sides(web: aiohttp.ClientSession, stage: Stage, tmp_path: Path) -> None:
    before = stage.telegram.world.clock.now()
    for _ in range(2):
        async with web.post("/console/clock", json={"advance": 3600}) as answer:
            assert answer.status == 200
    assert stage.telegram.world.clock.now() - before >= 7200
    assert (tmp_path / CLOCK).read_text() == "7200"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("network", "no JSON"),
        ("network", '{"up": "no"}'),
        ("network", "[]"),
        ("clock", '{"advance": -1}'),
        ("clock", '{"advance": true}'),
        ("clock", '{"advance": 99999999}'),
    ],
)
async def test_nonsense_is_refused_with_a_sentence(web: aiohttp.ClientSession, path: str, body: str) -> None:
    async with web.post(f"/console/{path}", data=body) as answer:
        assert answer.status == 400
        assert "give" in (await answer.json())["error"]


async def test_a_dead_bot_cannot_be_killed_again(web: aiohttp.ClientSession, stage: Stage) -> None:
    await stage.supervisor.stop()
    async with web.post("/console/kill", json={}) as answer:
        assert answer.status == 409
