"""The whole bot with Telegram bringing its updates, through everything that can happen between a POST and its answer."""

from __future__ import annotations

import asyncio
import io
import itertools
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from bot.crash import Point
from tests.conversation.words import STORY
from tests.fire.faults import full_disk, small_disk
from tests.town.process import ROOT
from tests.town.town import Town, raised
from tests.town.words import plain

Json = dict[str, Any]

numbers = itertools.count(1000)
SECRET = "X-Telegram-Bot-Api-Secret-Token"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with raised(tmp_path_factory.mktemp("webhook"), intake="webhook") as town:
        town.telegram.courier.pace = 0.02
        await town.until(lambda: town.world.asked("setWebhook"))
        yield town


@pytest_asyncio.fixture(loop_scope="function")
async def own_town(tmp_path: Path) -> AsyncIterator[Town]:
    async with raised(tmp_path, intake="webhook") as town:
        town.telegram.courier.pace = 0.02
        await town.until(lambda: town.world.asked("setWebhook"))
        yield town


def address(town: Town) -> str:
    """Where the bot wants its updates."""
    return town.environment["ALWAND_TELEGRAM__WEBHOOK_URL"]


def secret(town: Town) -> str:
    """What the bot gave Telegram to know it by."""
    told: str = town.world.asked("setWebhook")[-1].params["secret_token"]
    return told


async def knock(town: Town, body: bytes, *, method: str = "POST", **headers: str) -> tuple[int, bytes]:
    """Bring something to the bot's address, whoever we are; return what is answered."""
    async with aiohttp.ClientSession() as session, session.request(method, address(town), data=io.BytesIO(body), headers=headers) as answer:
        return answer.status, await answer.read()


def last_of(town: Town) -> int:
    """The number of the last update that was brought."""
    return max(visit.update_id for visit in town.telegram.courier.visits)


async def webhook_command(town: Town, *arguments: str, intake: str) -> tuple[int, str]:
    """Run `alwand webhook`; return its exit code and what it told."""
    command = (sys.executable, "-m", "bot", "webhook", *arguments, "--config", str(town.folder / "config.toml"))
    environment = town.environment | {"ALWAND_TELEGRAM__INTAKE": intake}
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    told, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, told.decode()


def update(number: int, person: int, text: str) -> bytes:
    """A message as Telegram brings it."""
    chat = {"id": person, "type": "private", "first_name": "Sara"}
    message = {"message_id": number, "date": 1_800_000_000, "chat": chat, "from": {**chat, "is_bot": False}, "text": text}
    return json.dumps({"update_id": number, "message": message}).encode()


@pytest.mark.asyncio(loop_scope="module")
async def test_a_report_arrives_and_telegram_is_never_asked_for_updates(town: Town) -> None:
    sara = town.resident("ckb")
    await sara.arrives()
    reference = await sara.reports()
    await town.forums["khanaqin"].hears(reference, STORY["ckb"])
    assert town.world.asked("getUpdates") == []
    [told] = town.world.asked("setWebhook")
    assert told.params["url"] == address(town)
    assert told.params["drop_pending_updates"] is False
    assert set(told.params["allowed_updates"]) == {"message", "edited_message", "callback_query", "my_chat_member", "chat_member"}
    await town.until(lambda: len(town.world.updates) == 0)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("header", [None, "", "wrong", "ä" * 300])
async def test_who_does_not_know_the_secret_brings_nothing_and_learns_nothing(town: Town, header: str | None) -> None:
    """The same update is nobody's while it comes without the secret, and is a resident's as soon as it comes with it."""
    sara = town.resident()
    await sara.arrives()
    number = next(numbers)
    headers = {} if header is None else {SECRET: header}
    for _ in range(2):
        assert await knock(town, update(number, sara.person.id, "/report"), **headers) == (401, b"")
    assert await knock(town, update(number, sara.person.id, "/report"), **{SECRET: secret(town)}) == (200, b"")
    await sara.is_told("danger?")
    assert secret(town) not in town.log
    assert "trying" not in town.log


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
async def test_nothing_but_a_post_finds_anything(town: Town, method: str) -> None:
    assert await knock(town, b"", method=method, **{SECRET: secret(town)}) == (404, b"")


@pytest.mark.asyncio(loop_scope="module")
async def test_a_megabyte_is_taken_and_what_is_beyond_measure_is_not(town: Town) -> None:
    """F26: whatever it is, it holds up nobody else."""
    known = {SECRET: secret(town)}
    sara = town.resident()
    await sara.arrives()
    assert await knock(town, update(next(numbers), sara.person.id, "x" * 10**6), **known) == (200, b"")
    assert await knock(town, b"[" * 10**6, **known) == (200, b"")
    assert (await knock(town, b" " * (5 * 1024**2), **known))[0] == 413
    omar = town.resident()
    await omar.arrives()


@pytest.mark.asyncio(loop_scope="module")
async def test_many_who_write_at_once_are_all_answered(town: Town) -> None:
    people = [town.resident("en", f"Sara {number}") for number in range(60)]
    for person in people:
        person.says("/start")
    for person in people:
        await person.hears("Please choose your language")
    await town.until(lambda: len(town.world.updates) == 0)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("point", ["after-fetch", "after-store", "after-ack"])
async def test_a_kill_between_the_post_and_its_answer_makes_one_ticket(town: Town, point: Point) -> None:
    """F1, F2, F3: what was not stored is brought again, what was stored and not answered is known when it comes again, no one else."""
    story = f"Killed {point} while it was brought."
    sara = town.resident()
    await sara.reviews(story)
    await town.crash_at(point)
    brought = len(town.telegram.courier.visits)
    await sara.taps("send")
    assert await town.ends() == -9
    await town.starts()
    reference = await sara.gets_receipt()
    await town.forums["khanaqin"].card(reference)
    await town.until(lambda: len(town.world.updates) == 0)
    answers = [visit.status for visit in town.telegram.courier.visits[brought:] if visit.update_id == last_of(town)]
    assert answers == [200] if point == "after-ack" else (0 in answers and answers[-1] == 200)
    assert len([card for card in town.forums["khanaqin"].about(story) if reference in card.text]) == 1


async def test_a_full_disk_lets_everything_wait_at_telegram(tmp_path: Path) -> None:
    """F8: answered with 503, kept there, and brought again as soon as there is room."""
    with small_disk(tmp_path / "disk", 32) as disk:
        async with raised(disk, intake="webhook") as town:
            town.telegram.courier.pace = 0.1
            sara = town.resident()
            await sara.arrives()
            with full_disk(disk):
                sara.says("/report")
                await town.until(lambda: town.telegram.courier.visits[-1].status == 503)
                waiting = len(town.world.updates)
                await town.until(lambda: len([visit for visit in town.telegram.courier.visits if visit.status == 503]) > 2)
                assert len(town.world.updates) == waiting == 1
            await sara.is_told("danger?")
            await town.until(lambda: len(town.world.updates) == 0)
            told = [line for line in town.log.splitlines() if "store_failed" in line]
            assert len(told) == 1


async def test_after_a_fall_nobody_waits_for_the_end_of_telegrams_pauses(own_town: Town) -> None:
    """Telegram pauses up to two minutes after each failure; who sets the webhook anew gets at once what waits."""
    own_town.telegram.courier.pace = 3600.0
    sara = own_town.resident()
    await sara.arrives()
    await own_town.kill()
    sara.says("/report")
    await own_town.until(lambda: [visit.status for visit in own_town.telegram.courier.visits[-2:]] == [0, 0])
    await own_town.starts()
    await sara.is_told("danger?")
    assert [call.params["drop_pending_updates"] for call in own_town.world.asked("deleteWebhook")][-1:] == [False]


async def test_a_bot_that_polls_says_what_keeps_its_messages_and_the_command_takes_it_away(own_town: Town) -> None:
    """F24: nothing is lost on the way from one to the other, and the bot takes no webhook away by itself."""
    sara = own_town.resident()
    await sara.arrives()
    await own_town.stop()
    sara.says("/report")
    await own_town.starts(TELEGRAM__INTAKE="polling")
    await own_town.until(lambda: '"word": "webhook_set"' in own_town.log)
    assert own_town.world.asked("deleteWebhook") == []
    assert await webhook_command(own_town, "delete", intake="polling") == (0, "The webhook is deleted; 1 update waits for the bot.\n")
    await sara.is_told("danger?")


async def test_a_webhook_is_not_deleted_under_a_bot_that_wants_it(own_town: Town) -> None:
    code, told = await webhook_command(own_town, "delete", intake="webhook")
    assert code == 2
    assert '[telegram] intake is "webhook"' in told
    assert own_town.world.asked("deleteWebhook") == []


async def test_a_press_that_overtakes_what_was_written_loses_no_words(own_town: Town) -> None:
    """Telegram brings presses on a way of their own: what comes late is seen by who wrote it before anything is sent."""
    own_town.telegram.courier.pace = 0.5
    sara = own_town.resident()
    await sara.arrives()
    await sara.goes_to_story()
    sara.says("They sell it behind the school.")
    offer = await sara.hears("Done")
    await own_town.until(lambda: len(own_town.world.updates) == 0)
    own_town.telegram.faults.add("reset_before", "webhook", times=2)
    sara.says("And the car is white.")
    await own_town.until(lambda: len(own_town.telegram.courier.visits) and own_town.telegram.courier.visits[-1].status == 0)
    await sara.taps("done", on=offer)
    when = await sara.is_told("when?")
    await own_town.until(lambda: len(own_town.world.updates) == 0)
    assert plain(await sara.person.presses(when, "Skip").answer()) == "This step is already done."
    await sara.answers("contact?", "yes")
    review = await sara.hears("Shall we send it")
    assert "behind the school" in review.text
    assert "the car is white" in review.text
