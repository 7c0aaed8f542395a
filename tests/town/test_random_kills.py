"""Kills at random over many conversations at once: nothing lost, nothing doubled beyond one copy a kill and chat, order kept."""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from pathlib import Path

import pytest

from bot.demo.world import Chat
from tests.town.people import Resident
from tests.town.town import Town, raised
from tests.town.words import REFERENCE, plain

AT_ONCE = 50
DISTRICTS = ("khanaqin", "mandali", "saadiya", "jalawla", "khalis", "muqdadiya", "baquba")
SENTENCES = 3
AGAIN = "We have your words."
"""What is said after each sentence, so more often than once."""

Kill = dict[int, int]
"""The newest message of each chat when the bot was dead."""


async def live(town: Town, resident: Resident, number: int, district: str, doors: asyncio.Semaphore) -> str:
    """One report, from the menu to the receipt; returns its reference."""
    async with doors:
        name = next(each.names.en for each in town.config.places().districts if each.id == district)
        await resident.goes_to_story(district=name)
        for sentence in range(SENTENCES):
            resident.person.writes(f"Story {number}, sentence {sentence}.")
        await resident.taps("done")
        return await resident.finishes()


async def strike(town: Town, chance: random.Random, everybody: asyncio.Future[list[str]], times: int, pause: float) -> list[Kill]:
    """Kill the bot again and again while everybody talks; `pause` is the usual number of seconds between two kills."""
    kills: list[Kill] = []
    while len(kills) < times and not everybody.done():
        await asyncio.wait([everybody], timeout=max(0.45, pause) * chance.uniform(0.1, 2.0))
        await town.kill()
        kills.append({chat.id: max(chat.messages, default=0) for chat in town.world.chats.values()})
        await town.starts()
    return kills


def copies(chat: Chat, kills: list[Kill]) -> int:
    """Count what came twice into a chat; each copy has a kill to blame that no other copy in this chat has."""
    first: dict[str, int] = {}
    blamed: set[int] = set()
    for message in chat.from_bot:
        if message.text in first and not message.text.startswith(AGAIN):
            between = [n for n, kill in enumerate(kills) if n not in blamed and first[message.text] <= kill.get(chat.id, 0) < message.id]
            assert between, f"a copy without a kill: {message}"
            blamed.add(between[0])
        first.setdefault(message.text, message.id)
    return len(blamed)


@pytest.mark.parametrize(("people", "times", "rate"), [(30, 8, "1000"), pytest.param(200, 40, "30", marks=pytest.mark.slow)])
async def test_random_kills_lose_nothing_and_double_little(tmp_path: Path, people: int, times: int, rate: str) -> None:
    """B1, B2, B3, B5: no receipt without a ticket, no ticket without a card, and every story in its order.

    At Telegram's rate, 30 messages a second, there is at most one copy a kill. A bot that sends faster has more under way at once, each
    to another chat: then it is one a kill in each chat.
    """
    seed = int(os.environ.get("TOWN_SEED", "0")) or random.randrange(10**6)
    print(f"TOWN_SEED={seed}")
    chance = random.Random(seed)
    async with raised(tmp_path) as town:
        doors = asyncio.Semaphore(AT_ONCE)
        residents = [town.resident("en", f"Resident{number}") for number in range(people)]
        await asyncio.gather(*(each.arrives() for each in residents))
        await town.stop()
        town.environment["ALWAND_LIMITS__MESSAGES_PER_SECOND"] = rate
        await town.starts()
        where = [chance.choice(DISTRICTS) for _ in residents]
        everybody = asyncio.gather(*(live(town, each, number, where[number], doors) for number, each in enumerate(residents)))
        kills = await strike(town, chance, everybody, times, 60 / float(rate))
        references = await everybody
        assert len(set(references)) == people
        for number, reference in enumerate(references):
            card = await town.forums[where[number]].card(reference)
            told = [line for line in plain(card.text).splitlines() if line.startswith("Story")]
            assert told == [f"Story {number}, sentence {sentence}." for sentence in range(SENTENCES)]
        for forum in town.forums.values():
            shown = {found for message in forum.chat.from_bot for found in REFERENCE.findall(message.text)}
            assert shown == {reference for number, reference in enumerate(references) if where[number] == forum.id}
        private = Counter({each.person.name: copies(each.talk, kills) for each in residents})
        groups = [copies(forum.chat, kills) for forum in town.forums.values()]
        print(f"{len(kills)} kills: {private.total()} copies to {people} residents, {sum(groups)} to groups")
        assert max(groups) <= len(kills)
        if rate == "30":
            assert private.total() + sum(groups) <= len(kills)
