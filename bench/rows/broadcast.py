"""A broadcast while residents write, with Telegram's limits in force: how much of the allowed rate, at whose expense, and after a kill."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from typing import NamedTuple

from bench.casting import Course, arrived, course, gathered, prepared
from bench.scene import APART, Kind, raised
from bench.table import Row, percentile
from bot.demo.api.limits import Limits

ALLOWED = 30.0
READERS = 1_500
LONGEST = 58.0
"""Seconds after which who is slower has had its time: at the allowed rate all would be told in 50."""
KILLS = 3


class Setting(NamedTuple):
    """A network, and what Telegram's refusals say."""

    name: str
    latency: float
    retry_after: int | None


SETTINGS = (
    Setting("instant, retry_after small", 0.0, None),
    Setting("100 ms, retry_after 5 s", 0.1, 5),
)
PEERS: tuple[tuple[str, Kind, str], ...] = (
    ("PTB, AIORateLimiter, together", "casting", "together"),
    ("PTB, AIORateLimiter, one by one", "casting", "one_by_one"),
    ("aiogram, its example's loop", "loop", ""),
)


async def measure(quick: bool) -> list[Row]:
    """Let ours and the peers send side by side, each on a stand-in of its own; then kill ours."""
    size, longest = (60, 10.0) if quick else (READERS, LONGEST)
    rows: list[Row] = []
    for setting in SETTINGS[:1] if quick else SETTINGS:
        rows += await _side_by_side(setting, size, longest)
    return [*rows, *await _killed(size, 1 if quick else KILLS)]


async def _side_by_side(setting: Setting, size: int, longest: float) -> list[Row]:
    peers = [peer for peer in PEERS if peer[1] != "loop" or APART.exists()]
    entries: list[tuple[Kind, str]] = [*((kind, mode) for _, kind, mode in peers), ("bot", "")]
    starting = asyncio.Lock()  # to start takes more CPU than all that follows
    async with asyncio.TaskGroup() as tasks:
        under_way = [tasks.create_task(_sent(setting, kind, mode, size, longest, starting)) for kind, mode in entries]
    *others, ours = [task.result() for task in under_way]
    rows = []
    for (name, _, _), peer in zip(peers, others, strict=True):
        rows += _rows(setting, name, ours, peer)
    return rows


async def _sent(setting: Setting, kind: Kind, mode: str, size: int, longest: float, starting: asyncio.Lock) -> Course:
    async with raised(limits=Limits(retry_after=setting.retry_after), latency=setting.latency) as scene:
        return await course(scene, kind, size, longest=longest, mode=mode, starting=starting)


def _rows(setting: Setting, name: str, ours: Course, peer: Course) -> list[Row]:
    def beyond(found: Course, share: float) -> float:
        """Without the way of the answer. What is written while the next poll is on its way waits for that too, and it stays in."""
        return (percentile(found.replies, share) - setting.latency) * 1000

    where = f"{setting.name}; peer: {name}"
    lost = (
        f"missed {ours.missed}, doubled {ours.doubled}; the peer in {peer.seconds:.0f} s: not reached {peer.missed}, doubled {peer.doubled}"
    )
    return [
        Row(
            "5",
            f"% of {ALLOWED:.0f}/s, with the replies; {where}",
            100 * ours.rate / ALLOWED,
            100 * peer.rate / ALLOWED,
            aim="≥ 95",
            note=lost,
        ),
        Row("5", f"answers 429; {where}", ours.refused, peer.refused, better="less", aim="0"),
        Row("6", f"ms until a reply, p50, beyond the answer's way; {where}", beyond(ours, 0.5), beyond(peer, 0.5), better="less"),
        Row(
            "6",
            f"ms until a reply, p99, beyond the answer's way; {where}",
            beyond(ours, 0.99),
            beyond(peer, 0.99),
            better="less",
            aim="≤ 100",
            note=f"{len(ours.replies)} who wrote",
        ),
    ]


async def _killed(size: int, kills: int) -> list[Row]:
    """Kill ours in the middle, again and again; start it anew at once."""
    async with AsyncExitStack() as stack:
        scene = await stack.enter_async_context(raised(limits=True))
        readers = gathered(scene, size)
        await prepared(scene, "bot", readers)
        process = await scene.starts("bot")
        resumed = []
        for number in range(kills):
            await scene.until(lambda at=size * (number + 1) // (kills + 1): arrived(readers) >= at, LONGEST)  # type: ignore[misc]
            await scene.stops(process, kill=True)
            before, began = arrived(readers), time.perf_counter()
            starting = asyncio.create_task(scene.starts("bot"))
            await scene.until(lambda before=before: arrived(readers) > before, LONGEST)  # type: ignore[misc]
            resumed.append(time.perf_counter() - began)
            process = await starting
        await scene.until(lambda: arrived(readers) - readers.doubled >= size, LONGEST)
        await asyncio.sleep(1.0)
        await scene.stops(process)
        return [
            Row("5", f"s from the start after kill -9 to the next message, longest of {kills}", max(resumed), aim="< 2"),
            Row("5", f"people missed, of {size}, {kills} × kill -9", readers.missed, aim="0"),
            Row("5", f"messages doubled, {kills} × kill -9", readers.doubled, aim=f"≤ {kills}"),
        ]
