"""Telegram, the disk and the network on a bad day: judged by what residents and groups get in the end."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.town.process import start
from tests.town.town import Town, raised
from tests.town.words import label, plain, said


@contextmanager
def locked(town: Town) -> Iterator[None]:
    """Hold the database as another program would."""
    with closing(sqlite3.connect(town.folder / "alwand.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")


async def test_what_cannot_be_stored_is_not_acknowledged_and_comes_again(own_town: Town) -> None:
    """B8: the message waits at Telegram, the operator is told, the person too, and all is well once the database is free."""
    town = own_town
    sara = town.resident("en")
    await sara.arrives()
    with locked(town):
        sara.says("/report")
        await eventually(lambda: '"about": "storage"' in town.log)
        assert len(town.world.updates) >= 1
        sara.says("Is anybody there?")
        await sara.hears("Your message is not lost")
    await sara.is_told("danger?")
    await town.until(lambda: len(town.world.updates) == 0)


async def eventually(condition: object) -> None:
    """Wait for what no bell rings for: a line in a file."""
    assert callable(condition)
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - a file rings no bell
            await asyncio.sleep(0.05)


async def test_a_decision_that_fails_sets_the_message_aside_and_the_next_goes_on(tmp_path: Path) -> None:
    """B9: the person hears a kind word, the province that a human is needed, and nothing of the words is told anywhere."""
    async with raised(tmp_path, words="quick frail") as town:
        sara = town.resident("en")
        await sara.arrives()
        await sara.goes_to_story()
        sara.says("A text that is poison to the bot")
        sara.person.writes("A text behind it.")
        await sara.hears("Sorry, we could not read this message.")
        await sara.taps("done")
        reference = await sara.finishes()
        card = await town.forums["khanaqin"].card(reference)
        assert "A text behind it." in card.text
        assert "poison" not in card.text
        await town.province.hears("alwand parked")
        assert "poison" not in town.log
        with closing(sqlite3.connect(town.folder / "alwand.db")) as database:
            assert database.execute("SELECT count(*) FROM inbox WHERE state = 'parked'").fetchone() == (1,)


async def test_an_update_that_nobody_can_read_harms_nobody(own_town: Town) -> None:
    """B9: an update of a shape that Telegram never sent before."""
    sara = own_town.resident("en")
    await sara.arrives()
    own_town.world.tell_bot("message", {"message_id": "?", "chat": {"id": sara.person.id, "type": "private"}, "date": "never", "text": 7})
    own_town.world.tell_bot("callback_query", {"id": 5})
    sara.says("/report")
    await sara.is_told("danger?")


async def test_only_the_chat_that_is_told_to_wait_waits_also_over_a_restart(own_town: Town) -> None:
    """B77: 429 with retry_after."""
    town = own_town
    sara, dara = town.resident("en"), town.resident("en")
    await sara.arrives()
    await dara.arrives()
    town.telegram.faults.add(
        "status", "sendMessage", chat=sara.person.id, status=429, retry_after=4, description="Too Many Requests: retry after 4"
    )
    sara.says("/report")
    await eventually(lambda: '"outcome": "later"' in town.log)
    refused = next(call for call in town.world.calls if call.status == 429)
    await town.restart()
    dara.says("/report")
    await dara.is_told("danger?")
    assert not sara.news()
    await sara.is_told("danger?")
    served = next(call for call in reversed(town.world.calls) if call.chat_id == sara.person.id and call.method == "sendMessage")
    assert served.time - refused.time >= 4


async def test_edits_of_a_card_are_merged_while_the_group_must_wait(own_town: Town) -> None:
    """B79: taken, out of reach, back in reach: the last state wins with one call."""
    town, forum = own_town, own_town.forums["khanaqin"]
    sara = town.resident("en")
    await sara.arrives()
    card = await forum.card(await sara.reports("Wires on the road."))
    await town.until(lambda: len(town.world.updates) == 0)
    before = len(town.world.asked("editMessageText"))
    town.telegram.faults.add("status", "editMessageText", status=429, retry_after=3, description="Too Many Requests: retry after 3")
    await forum.presses(forum.ali, card, "Take").answer()
    await eventually(lambda: '"outcome": "later"' in town.log)
    sara.person.blocks()
    sara.person.unblocks()
    await forum.until(lambda: forum.ali.name in plain(card.text))
    after = town.world.asked("editMessageText")[before:]
    assert [call.status for call in after] == [429, 200]
    assert "✖" not in card.text


async def test_a_card_that_somebody_deleted_is_shown_anew(own_town: Town) -> None:
    """B80: what cannot be edited any more is replaced, and works."""
    forum = own_town.forums["khanaqin"]
    sara = own_town.resident("en")
    await sara.arrives()
    reference = await sara.reports("A sinking roof.")
    card = await forum.card(reference)
    take = card.button(label("Take", forum.language))["callback_data"]
    forum.chat.remove(card.id)
    await forum.ali.presses_data(card, take).answer()
    await forum.until(lambda: any(forum.ali.name in plain(found.text) for found in forum.about(reference)))
    (shown,) = forum.about(reference)
    forum.ali.replies(shown, "Is anybody living there?")
    await forum.hears("Is anybody living there?")


@pytest.mark.parametrize("fault", ["html", "reset_before", "truncated", "status"])
async def test_a_proxy_in_trouble_costs_time_only(own_town: Town, fault: str) -> None:
    """B85: nothing is lost, and what was surely not done is done once."""
    sara = own_town.resident("en")
    await sara.arrives()
    times = 1 if fault == "reset_before" else 2  # whether a broken connection brought it nobody knows: it is sent once more, not twice
    own_town.telegram.faults.add(fault, "sendMessage", times=times, status=502, description="Bad Gateway")
    own_town.telegram.faults.add(fault, "getUpdates", times=1, status=502, description="Bad Gateway")
    sara.says("/report")
    await sara.is_told("danger?")
    asked = [message for message in sara.talk.from_bot if "Is anyone in danger" in message.text]
    assert len(asked) <= (3 if fault == "truncated" else 1)


async def test_a_group_that_takes_no_voices_gets_the_recording_in_another_form(own_town: Town) -> None:
    """B84."""
    forum = own_town.forums["khanaqin"]
    own_town.telegram.faults.add(
        "status", "sendVoice", chat=forum.chat.id, times=None, status=400, description="Bad Request: VOICE_MESSAGES_FORBIDDEN"
    )
    sara = own_town.resident("en")
    await sara.arrives()
    await sara.goes_to_story()
    sara.acts(lambda person: person.sends_voice())
    await sara.taps("done")
    await sara.answers("media?", "yes")
    reference = await sara.finishes()
    await forum.until(lambda: any(message.media for message in forum.about(reference)))
    (file,) = [message for message in forum.about(reference) if message.media]
    assert file.media in ("audio", "document")
    assert b"canary" not in file.data


async def test_a_members_voice_never_leaves_the_group(own_town: Town) -> None:
    """It would show who the member is: refused aloud."""
    forum = own_town.forums["khanaqin"]
    sara = own_town.resident("en")
    await sara.arrives()
    card = await forum.card(await sara.reports("Rubbish in the canal."))
    forum.ali.sends_voice(None, forum.chat, reply_to=card)
    await forum.hears(
        said(
            "Please write your answer as text, or send a photo. A voice note or a video may show who you are, so it is not passed on.",
            "ckb",
        )
    )
    assert not any(message.media for message in sara.talk.from_bot)


async def test_a_cut_network_loses_nothing(own_town: Town) -> None:
    """B1, B2: what was written meanwhile is answered when it is back."""
    sara = own_town.resident("en")
    await sara.arrives()
    own_town.world.cut_network()
    sara.says("/report")
    own_town.world.mend_network()
    await sara.is_told("danger?")


async def test_a_second_bot_on_the_same_database_refuses_and_the_first_goes_on(own_town: Town) -> None:
    """B11: even with another token."""
    other = own_town.environment | {"ALWAND_TELEGRAM__TOKEN": "7000000001:AAHcanary-canary_canaryCANARYcanary12"}
    second = start(["run", "--config", str(own_town.folder / "config.toml")], other, own_town.folder / "second.log")
    assert await second.wait() == 2
    assert "another Alwand runs on this database" in (own_town.folder / "second.log").read_text()
    sara = own_town.resident("en")
    await sara.arrives()


async def test_told_to_stop_it_finishes_what_it_began_and_the_rest_waits(own_town: Town) -> None:
    """F33: exit code 0 within 10 s in the middle of work; nothing is lost and nothing doubled."""
    sara = own_town.resident("en")
    await sara.arrives()
    await sara.goes_to_story()
    for number in range(20):
        sara.person.writes(f"Line {number}")
    loop = asyncio.get_running_loop()
    told = loop.time()
    assert await own_town.stop() == 0
    assert loop.time() - told < 10
    assert json.loads(own_town.log.splitlines()[-1])["event"] == "stopped"
    await own_town.starts()
    await sara.taps("done")
    card = await own_town.forums["khanaqin"].card(await sara.finishes())
    assert [line for line in plain(card.text).splitlines() if line.startswith("Line")] == [f"Line {number}" for number in range(20)]


async def test_a_token_that_is_revoked_ends_the_bot_with_3(own_town: Town) -> None:
    """F22: the alarm is in the log, what is unsent stays."""
    own_town.telegram.faults.add("status", "getUpdates", times=None, status=401, description="Unauthorized")
    own_town.telegram.faults.add("status", "getMe", times=None, status=401, description="Unauthorized")
    assert await own_town.ends() == 3
    assert "@BotFather" in own_town.log
    assert own_town.telegram.token.partition(":")[2] not in own_town.log
