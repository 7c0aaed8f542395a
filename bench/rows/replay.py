"""How fast a conversation is run from its top: every message of a resident does that."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from datetime import UTC, datetime

from bench.table import Row
from bot.config import example, load
from bot.engine.exploring import Walked, explore
from bot.engine.talk import replay
from bot.i18n import render
from bot.model.ids import DraftId, ResidentId
from bot.model.people import Draft, Resident
from bot.model.situation import Situation
from handlers import BOOK

FLOW = "report"


class Dice:
    """Chance for a conversation that nobody holds."""

    def token(self) -> str:
        return "".join(random.choices("abcdefghijklmnopqrstuvwxyz234567", k=12))

    def reference(self) -> str:
        drawn = "".join(random.choices("23456789ABCDEFGHJKMNPQRSTVWXYZ", k=8))
        return f"{drawn[:4]}-{drawn[4:]}"


async def measure(quick: bool) -> list[Row]:
    """Walk every path of the report, then replay one to its end again and again."""
    situation = _situation()
    began = time.perf_counter()
    walked = list(explore(BOOK.flows[FLOW], situation, FLOW))
    seconds = time.perf_counter() - began
    rate = _replays(situation, max(walked, key=lambda each: len(each.asked)), 0.3 if quick else 3.0)
    return [
        Row("–", "replays/s of the longest way through a report", rate, note=f"{len(walked[0].asked)} questions and more"),
        Row("–", "paths of a report walked, all of them", float(len(walked)), note=f"in {seconds:.2f} s, {len(walked) / seconds:,.0f}/s"),
    ]


def _replays(situation: Situation, way: Walked, seconds: float) -> float:
    flow, count = BOOK.flows[FLOW], 0
    draft = Draft(DraftId("replayed2345"), FLOW, situation.now, answers=way.answers)
    here = replace(situation, draft=draft)
    began = time.perf_counter()
    while (passed := time.perf_counter() - began) < seconds:
        replay(flow, here, way.answers)
        count += 1
    return count / passed


def _situation() -> Situation:
    province = load(example()).places()
    now = datetime.now(UTC)
    resident = Resident(ResidentId("resident2345"), "ar", True, True)
    return Situation(now=now, at=now, province=province, chance=Dice(), place="private", words=render, resident=resident, actor="resident")
