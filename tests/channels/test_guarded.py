"""Whoever sends on duty asks before each call whether it is still theirs to make, not only before the first."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

import pytest

from bot.channels.telegram.splitting import units
from bot.clock import steady
from bot.demo.world.people import Person
from bot.model.messages import Attachment
from bot.model.outgoing import Outgoing, Sent
from bot.pipeline.guarded import Guarded
from bot.storage.duty import Tenure
from bot.storage.leases import SPAN, Lease
from tests.channels.conftest import Line, signed
from tests.fire.faults import eventually

LONG = Outgoing("word " * 2000, "en")
LAPSED = -3600.0


def tenure() -> Tenure:
    """A lease just renewed; nobody needs to hear of its end."""
    return Tenure(Lease("send", 1), steady(), lambda: None)


async def test_a_sender_that_was_frozen_within_a_long_message_posts_no_further_part_of_it(line: Line, sara: Person) -> None:
    """F29: whoever took over has sent all of it since. What is out is taken back, so that it is read once."""
    held = tenure()
    slow = line.telegram.faults.add("delay", "sendMessage", seconds=0.2)
    sending = asyncio.create_task(Guarded(line.channel, held).send(str(sara.id), LONG, shown=(), answers=None, sign=signed))
    await eventually(lambda: slow.met)
    held.renew(LAPSED)
    await line.world.until(lambda: sara.talk.from_bot)
    done, _ = await asyncio.wait([sending], timeout=0.5)
    assert not done
    assert len(sara.talk.from_bot) == 1
    held.end()
    sending.cancel()
    with suppress(asyncio.CancelledError):
        await sending
    assert sara.talk.from_bot == []


async def test_one_whose_duty_is_renewed_goes_on_where_it_waited(line: Line, sara: Person) -> None:
    """Nobody took over: a renewal came late, no more."""
    held = tenure()
    slow = line.telegram.faults.add("delay", "sendMessage", seconds=0.2)
    sending = asyncio.create_task(Guarded(line.channel, held).send(str(sara.id), LONG, shown=(), answers=None, sign=signed))
    await eventually(lambda: slow.met)
    held.renew(LAPSED)
    await line.world.until(lambda: sara.talk.from_bot)
    held.renew(steady())
    outcome = await sending
    assert isinstance(outcome, Sent)
    assert [str(message.id) for message in sara.talk.from_bot] == list(outcome.messages)
    assert sum(units(message.text) for message in sara.talk.from_bot) > 9000


def test_a_machine_that_slept_longer_than_the_lease_is_not_sure_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """F29, F34: Python's monotonic clock stands still meanwhile, the server's does not."""
    held, awake = tenure(), time.clock_gettime
    assert held.sure
    monkeypatch.setattr(time, "clock_gettime", lambda clock: awake(clock) + SPAN * (clock == time.CLOCK_BOOTTIME))
    assert not held.sure


PHOTO = Attachment("photo", "file-that-is-gone", 9, False, 0)
CHANGES: dict[str, Callable[[], Outgoing]] = {
    "longer": lambda: LONG,
    "withdrawn": lambda: Outgoing("", "en", do="withdraw"),
    "with a picture": lambda: Outgoing("words", "en", attachment=PHOTO),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_every_call_that_changes_a_chat_is_asked_for(line: Line, sara: Person, change: str) -> None:
    """F29: sent, edited, deleted, tried in another form."""
    changing = ("sendMessage", "sendPhoto", "editMessageText", "editMessageCaption", "deleteMessage")
    asked: list[int] = []

    def calls() -> int:
        return sum(call.method in changing for call in line.world.calls)

    async def sure() -> None:
        asked.append(calls())

    shown: tuple[str, ...] = ()
    for outgoing in (LONG, Outgoing("short", "en"), CHANGES[change]()):
        outcome = await line.channel.send(str(sara.id), outgoing, shown=shown, answers=None, sign=signed, sure=sure)
        assert isinstance(outcome, Sent)
        shown = outcome.messages
    assert asked == list(range(calls()))
