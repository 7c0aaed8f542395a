"""Updates as no Telegram ever sent them stop nobody: the bot goes on, and the next person is served as if nothing had been.

F25, F26: any field gone, of another type, nested, swapped, a megabyte long, spelt in any way; and answers that are no updates at all.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import time
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.telegram.batch import LARGEST, split_batch
from bot.channels.telegram.read import read
from bot.model.events import Arrival
from tests.fire.canaries.mint import Mint
from tests.fire.canaries.mutations import MEGABYTE, MOMENT, NO_ANSWERS, answer, mutated, wholesome
from tests.fire.canaries.shapes import Json, Shapes
from tests.fire.kept import settled
from tests.town.people import Resident
from tests.town.town import Town, raised

SEED: Final = int(os.environ.get("FIRE_SEED", "0")) or int.from_bytes(os.urandom(4), "big")
EXAMPLES: Final = 10_000
SECONDS: Final = 1.0
"""Seconds of a processor that reading one update may take, of whatever size."""
OURS: Final = 10_000
"""Numbers of updates up to here are the rubbish's; those of the stand-in begin at a hundred million."""
ROUNDS: Final = 40
A_ROUND: Final = 50
FAIR: Final = 3.0
"""Seconds that an answer may take on any machine; one update that holds up the others would cost them ten."""


def samples(seed: int, count: int) -> list[Json]:
    """Return updates to be spoilt."""
    chance, shapes = Random(seed), Shapes(Mint(seed))
    return [wholesome(shapes, chance, people=(51, 52), groups=(-1001,)) for _ in range(count)]


WHOLE = samples(1, 500)


@pytest.mark.slow
@settings(max_examples=EXAMPLES, deadline=None, database=None)
@given(seed=st.integers(0, 2**63))
def test_whatever_comes_is_read_as_an_arrival_or_as_nothing_or_refused(seed: int) -> None:
    """F26: nothing but a ValueError is raised, what is read has whole words in it, and no update takes long."""
    chance = Random(seed)
    raw = mutated(chance.choice(WHOLE), chance)
    began = time.thread_time()
    try:
        arrival = read(raw, account=7, username="alwand_bot", now=lambda: datetime.now(UTC))
    except ValueError:
        arrival = None
    assert time.thread_time() - began < SECONDS
    assert arrival is None or isinstance(arrival, Arrival)
    str(arrival).encode()


@settings(max_examples=1_000, deadline=None, database=None)
@given(seed=st.integers(0, 2**63))
def test_what_stands_beside_rubbish_in_an_answer_comes_through_whole(seed: int) -> None:
    """F26: each is stored by itself, as it came, and all are acknowledged together."""
    chance = Random(seed)
    before, after = (b'{"update_id":%d,"message":{"chat":{"id":5}}}' % number for number in (1, 3))
    spoilt = [mutated(chance.choice(WHOLE), chance) for _ in range(3)]
    batch = split_batch(answer([before, *spoilt, after]))
    assert len(batch.received) == 5
    assert (batch.received[0].key, batch.received[0].chat, batch.received[0].raw) == ("1", "5", before)
    assert (batch.received[-1].key, batch.received[-1].chat, batch.received[-1].raw) == ("3", "5", after)
    assert batch.next_offset is not None
    assert batch.next_offset >= 4


@pytest.mark.parametrize("kind", ["message", "edited_message"])
@pytest.mark.parametrize("name", ["text", "caption"])
def test_more_words_than_anybody_can_write_are_refused(kind: str, name: str) -> None:
    """F26: one such report would keep its group busy for hours; whoever it came from is asked to write it in another way."""
    message = {"message_id": 5, "date": MOMENT, "chat": {"id": 5, "type": "private"}, "photo": [{"file_id": "f"}], name: "a" * MEGABYTE}
    with pytest.raises(ValueError, match="too long"):
        read(json.dumps({"update_id": 1, kind: message}).encode(), account=7, username=None, now=lambda: datetime.now(UTC))


@pytest.mark.parametrize("number", [LARGEST + 1, 1 << 53, 10**17, -5, 1.5, "7", None])
def test_a_number_that_no_update_can_have_acknowledges_nothing(number: object) -> None:
    """F25: else the next poll would let Telegram drop all that waits."""
    batch = split_batch(answer([json.dumps({"update_id": number}).encode(), b'{"update_id":3}']))
    assert len(batch.received) == 2
    assert batch.next_offset == 4


@pytest.mark.parametrize("body", NO_ANSWERS, ids=lambda body: body[:40].decode(errors="replace"))
def test_what_is_no_answer_is_refused_or_holds_what_it_holds(body: bytes) -> None:
    try:
        batch = split_batch(body)
    except ValueError:
        return
    for received in batch.received:
        received.raw.decode()


class Storm:
    """Rubbish that comes in the place of updates, with a person's message right behind each lot of it."""

    def __init__(self, town: Town, seed: int) -> None:
        self.town = town
        self.chance = Random(seed)
        people = [town.world.person("Rubbish") for _ in range(12)]
        for person in people:
            person.starts()
        self.sender = people[0]
        groups = [town.forums["khanaqin"].chat.id, town.forums["province"].chat.id, -1_004_200_000]
        shapes, ids = Shapes(Mint(seed)), [person.id for person in people]
        self.whole = [wholesome(shapes, self.chance, ids, groups) for _ in range(300)]
        self.said: list[bytes] = []
        self.number = 0

    def updates(self, count: int, *, spoil: bool = True) -> bytes:
        """Return an answer with so many updates, spoilt as a rule; their numbers lie before those of the real ones."""
        numbered = []
        for _ in range(count):
            self.number += 1
            numbered.append({"update_id": self.number} | self.chance.choice(self.whole))
        if not spoil:
            return answer([json.dumps(update).encode() for update in numbered])
        self.chance.shuffle(numbered)
        return answer([self._spoilt(update) for update in numbered])

    def _spoilt(self, update: Json) -> bytes:
        """Spoil it in any way but one: a number of an update yet to come acknowledges what nobody has seen, whoever reads it."""
        raw = mutated(update, self.chance)
        ahead = any(OURS < int(number) <= LARGEST for number in re.findall(rb'"update_id"\s*:\s*(\d+)', raw))
        return self._spoilt(update) if ahead else raw

    async def answers(self, body: bytes) -> None:
        """Let the bot get this instead of updates; returns once it has."""
        self.said.append(body)
        fault = self.town.telegram.faults.add("says", "getUpdates", body=body)
        self.sender.writes("Look again, please")
        await self.town.until(lambda: fault.met)


async def waits_for_an_answer(resident: Resident) -> float:
    """Ask for help, and return the seconds until it came."""
    asked = time.monotonic()
    resident.says("/help")
    await resident.hears("With this bot you can")
    return time.monotonic() - asked


@pytest.mark.slow
async def test_rubbish_stops_nobody_and_the_next_person_is_served_at_once(tmp_path: Path) -> None:
    """F25, F26, B9: two thousand spoilt updates, and answers that are none; who writes right behind each waits no longer than before."""
    async with raised(tmp_path) as town:
        await survives(town, ROUNDS)


@pytest.mark.slow
async def test_nor_does_it_where_the_database_is_pickier(tmp_path: Path, own_postgresql_url: str) -> None:
    """F26: PostgreSQL takes no NUL, no half letters and no number beyond its own."""
    async with raised(tmp_path, STORAGE__URL=own_postgresql_url) as town:
        await survives(town, ROUNDS // 4)


async def survives(town: Town, rounds: int) -> None:
    """Let people live through a storm."""
    print(f"FIRE_SEED={SEED}")
    neighbours = [town.resident("en", f"Neighbour {number}") for number in range(4)]
    await asyncio.gather(*(each.arrives() for each in neighbours))
    storm = Storm(town, SEED)

    waits: dict[str, list[float]] = {"sound updates": [], "rubbish": [], "no updates": []}

    async def behind(name: str, body: bytes) -> None:
        await storm.answers(body)
        waits[name].append(await waits_for_an_answer(neighbours[len(waits[name]) % len(neighbours)]))

    bodies = [("rubbish", None)] * rounds + [("no updates", body) for body in NO_ANSWERS]
    for turn, (name, body) in enumerate(bodies):
        if turn % 3 == 0:  # all along, so that a machine busy with other things is so for both
            await behind("sound updates", storm.updates(A_ROUND, spoil=False))
        await behind(name, storm.updates(A_ROUND) if body is None else body)
    for name, seconds in waits.items():
        seconds.sort()
        print(f"behind {name}: median {seconds[len(seconds) // 2]:.2f} s, slowest {seconds[-1]:.2f} s of {len(seconds)}")
    longest = max(FAIR, 3 * waits["sound updates"][-1])
    assert waits["rubbish"][-2] < longest
    assert waits["no updates"][-2] < longest
    await settled(town)
    await neighbours[0].reports("Rubbish in the canal, and this time it is meant so.")
    await town.forums["khanaqin"].hears("this time it is meant so")
    known_to(town, storm)
    assert '"about": "lane"' not in town.log
    assert town.process is not None
    assert town.process.returncode is None


def known_to(town: Town, storm: Storm) -> None:
    """Make people of all who are answered only because rubbish named them: whoever Telegram says has written may be answered."""
    said = b"".join(storm.said)
    for call in list(town.world.calls):
        chat: Any = call.chat_id
        if chat is not None and chat > 0 and chat not in town.world.people:
            assert str(chat).encode() in said
            town.world.person("Nobody", user_id=chat).has_started = True
