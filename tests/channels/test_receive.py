"""Receiving: nothing is acknowledged before it is stored, and nothing that Telegram or the network does ends it but a dead token."""

from __future__ import annotations

import asyncio
import contextlib
import time

import pytest

from bot.channels.telegram import intake
from bot.channels.telegram.batch import split_batch
from bot.demo.server import StandIn
from bot.errors import TokenRefused
from tests.channels.conftest import Alarms, Inbox, Line, channel_to


async def test_an_update_is_acknowledged_only_after_it_was_stored(line: Line) -> None:
    """B1, F1: while the store has not returned, Telegram still holds the update."""
    let_go, began = asyncio.Event(), asyncio.Event()

    async def slow(batch: object) -> None:
        began.set()
        await let_go.wait()
        await line.inbox.store(batch)  # type: ignore[arg-type]

    sara = line.world.person("Sara")
    sara.starts()
    task = asyncio.create_task(line.channel.receive(slow))
    await asyncio.wait_for(began.wait(), 5)
    assert len(line.world.updates) == 1
    first = line.world.updates.first(1)[0]["update_id"]
    let_go.set()
    sara.writes("asked for with the next offset")
    while (await line.inbox.next()).key == str(first):
        pass
    assert first not in {update["update_id"] for update in line.world.updates.first(10)}
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_what_was_fetched_but_not_stored_comes_again(line: Line) -> None:
    """F1, F8: a store that fails acknowledges nothing, raises an alarm once, and gets the same updates again."""
    await line.is_refused(2)


async def test_a_second_receiver_gets_what_the_first_stored_but_did_not_acknowledge(line: Line) -> None:
    """B4, F2: the same update twice has the same key, so a unique key makes it one."""
    line.world.person("Sara").starts()
    async with channel_to(line.telegram, Alarms()) as other:
        crashed = Inbox()

        async def stored_and_killed(batch: object) -> None:
            await crashed.store(batch)  # type: ignore[arg-type]
            raise asyncio.CancelledError

        with pytest.raises(asyncio.CancelledError):
            await other.receive(stored_and_killed)
    async with line.receiving():
        again = await line.inbox.next()
    assert again.key == crashed.keys[0]
    assert again.raw == crashed.batches[0][0].raw


async def test_a_backlog_arrives_whole_and_in_order(line: Line) -> None:
    """B5: more than one batch of 100."""
    sara = line.world.person("Sara")
    for number in range(250):
        sara.writes(f"message {number}")
    async with line.receiving():
        keys = [int((await line.inbox.next()).key) for _ in range(250)]
    assert keys == sorted(keys)
    assert len(set(keys)) == 250
    assert {received.chat for batch in line.inbox.batches for received in batch} == {str(sara.talk.id)}


@pytest.mark.parametrize("kind", ["html", "truncated", "reset_before", "reset_after", "status"])
async def test_trouble_at_telegram_loses_nothing(line: Line, kind: str) -> None:
    """F16: an error, a page instead of JSON, half an answer or a broken connection is tried again."""
    line.telegram.faults.add(kind, "getUpdates", times=3)
    await line.hears_somebody()


async def test_a_network_that_was_away_is_taken_up_again(line: Line) -> None:
    """F14."""
    sara = line.world.person("Sara")
    async with line.receiving():
        sara.starts()
        await line.inbox.next()
        line.world.cut_network()
        sara.writes("into the dark")
        line.world.mend_network()
        await line.inbox.next()


async def test_a_second_poller_raises_one_alarm_and_is_outlived(line: Line) -> None:
    """F23, B11."""
    line.telegram.faults.add("status", "getUpdates", times=2, status=409, description="Conflict: terminated by other getUpdates request")
    line.world.person("Sara").starts()
    async with line.receiving():
        assert await line.alarms.next() == "other_poller"
        await line.inbox.next()
    assert line.alarms == ["other_poller"]


async def test_a_webhook_left_behind_is_named(line: Line) -> None:
    """F24: it is told apart from a second poller, and not removed by the bot on its own."""
    line.telegram.service.repeat_guard = 0.0  # it is set and deleted within a second
    await line.channel.bot.set_webhook("https://127.0.0.1/hook")
    line.world.person("Sara").starts()
    async with line.receiving():
        assert await line.alarms.next() == "webhook_set"
        await line.channel.bot.delete_webhook()
        await line.inbox.next()


async def test_a_refused_token_ends_it() -> None:
    """F22: 401 again and again, and the process may end with exit code 3."""
    alarms = Alarms()
    async with StandIn.start() as telegram, channel_to(telegram, alarms, token="1:wrong") as channel:
        with pytest.raises(TokenRefused) as refused:
            await asyncio.wait_for(channel.receive(Inbox().store), 10)
    assert "wrong" not in str(refused.value)
    assert alarms == ["token_rejected"]


async def test_a_token_refused_once_by_mistake_goes_on(line: Line) -> None:
    """F22: a proxy's stray 404 is no dead token."""
    line.telegram.faults.add("status", "getUpdates", times=1, status=404, description="Not Found")
    line.world.person("Sara").starts()
    async with line.receiving():
        await line.inbox.next()
    assert not line.alarms


async def test_a_deaf_bot_says_so(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing heard for the time that `DEAF_SECONDS` sets; here a fifth of a second."""
    monkeypatch.setattr(intake, "DEAF_SECONDS", 0.2)
    line.telegram.faults.add("stall", "getUpdates", times=None)
    async with line.receiving():
        assert await line.alarms.next() == "deaf"
    assert line.channel.heard is None


async def test_a_poll_that_answers_is_noted(line: Line) -> None:
    before = time.monotonic()
    line.world.person("Sara").starts()
    async with line.receiving():
        await line.inbox.next()
    assert line.channel.heard is not None
    assert before <= line.channel.heard <= time.monotonic()


async def test_numbers_that_start_anew_are_heard(line: Line) -> None:
    """F25: after a silent week Telegram counts from elsewhere, perhaps lower; an offset kept from before would hide it all."""
    sara = line.world.person("Sara")
    inbox = Inbox()
    async with channel_to(line.telegram, line.alarms, poll_seconds=0) as channel:
        task = asyncio.create_task(channel.receive(inbox.store))
        sara.starts()
        old = int((await inbox.next()).key)
        heard = channel.heard
        while channel.heard == heard:  # noqa: ASYNC110 - Telegram alone knows when a poll came back with nothing new
            await asyncio.sleep(0)
        line.world.updates.restart_ids(old - 1000)
        sara.writes("after a week")
        assert int((await inbox.next()).key) == old - 1000
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def test_whoever_receives_anew_asks_without_the_old_number(line: Line) -> None:
    """F25: another process received meanwhile, for a week or for years; by our old number we would forget unseen what comes now."""
    sara = line.world.person("Sara")
    async with line.receiving():
        sara.starts()
        old = int((await line.inbox.next()).key)
        while len(line.world.updates):  # noqa: ASYNC110 - Telegram alone knows when it was acknowledged
            await asyncio.sleep(0)
    line.world.updates.restart_ids(old - 1000)
    sara.writes("after a week")
    async with line.receiving():
        assert int((await line.inbox.next()).key) == old - 1000


async def test_what_was_heard_before_another_received_counts_no_more(line: Line) -> None:
    """Else whoever takes over looks deaf at once, and writes down an old time as that at which Telegram was last heard."""
    line.world.person("Sara").starts()
    async with line.receiving():
        await line.inbox.next()
    assert line.channel.heard is not None
    line.telegram.faults.add("stall", "getUpdates", times=None)
    asked = len(line.world.asked("getUpdates"))
    async with line.receiving():
        while len(line.world.asked("getUpdates")) == asked:  # noqa: ASYNC110 - Telegram alone knows when it is asked
            await asyncio.sleep(0)
        assert line.channel.heard is None


async def test_only_what_is_read_is_asked_for(line: Line) -> None:
    line.world.person("Sara").starts()
    async with line.receiving():
        await line.inbox.next()
    asked = line.world.asked("getUpdates")[0].params["allowed_updates"]
    assert set(asked) == {"message", "edited_message", "callback_query", "my_chat_member", "chat_member"}


def test_an_update_that_cannot_be_read_harms_no_other() -> None:
    """F26: too deep for any parser, or with a number too long for one; both are kept as bytes, the rest is as ever."""
    deep = b'{"update_id":7,"message":' + b"[" * 5000 + b"]" * 5000 + b"}"
    long = b'{"update_id":8,"message":{"text":"} ] \\" {","date":' + b"9" * 5000 + b"}}"
    plain = b'{"update_id":9,"message":{"chat":{"id":-5}}}'
    batch = split_batch(b'{"ok":true,"result":[' + b",".join([deep, long, plain]) + b"]}")
    assert [received.key for received in batch.received] == ["7", "8", "9"]
    assert [received.raw for received in batch.received] == [deep, long, plain]
    assert batch.received[2].chat == "-5"
    assert batch.next_offset == 10


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>Bad Gateway</html>", b'{"ok":true,"result":[{"update_id":1', b'{"ok":true,"result":[{"update_id":1}', b'{"ok":false}'],
)
def test_an_answer_that_is_not_whole_is_no_batch(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"cut off|not an answer"):
        split_batch(body)


def test_an_update_without_a_number_is_kept_under_its_own_hash() -> None:
    batch = split_batch(b'{"ok":true,"result":[{"message":{}}]}')
    assert batch.received[0].key.startswith("unnumbered-")
    assert batch.next_offset is None
