"""A broadcast that is paid for, with Telegram's limits for that in force: how much of 1,000 a second, and at what cost."""

from __future__ import annotations

from bench.casting import course
from bench.scene import raised
from bench.table import Row, percentile

ALLOWED = 1_000.0
READERS = 20_000
LONGEST = 40.0
STARS = 1_000_000
PAID = {"ALWAND_BROADCASTS__PAID": "true"}


async def measure(quick: bool) -> list[Row]:
    """Let ours and the peer send for themselves, one after the other: each of them and the stand-in need a core."""
    size = 300 if quick else READERS
    async with raised(limits=True) as scene:
        scene.world.stars = STARS
        ours = await course(scene, "bot", size, longest=LONGEST, settings=PAID)
    async with raised(limits=True) as scene:
        scene.world.stars = STARS
        peer = await course(scene, "casting", size, longest=LONGEST, mode="paid")
    note = f"the stand-in itself took {1000 * ours.own / max(1, ours.copies):.2f} ms for each, the peer is PTB, {peer.missed} not reached"
    return [
        Row("5", f"% of {ALLOWED:.0f}/s, paid", 100 * ours.rate / ALLOWED, 100 * peer.rate / ALLOWED, note=note),
        Row(
            "5",
            "ms CPU for each message, paid",
            1000 * ours.cpu / max(1, ours.copies),
            1000 * peer.cpu / max(1, peer.copies),
            better="less",
        ),
        Row("5", "answers 429, paid", ours.refused, peer.refused, better="less", aim="0"),
        Row(
            "6",
            "ms until a reply, p99, paid",
            1000 * percentile(ours.replies, 0.99),
            1000 * percentile(peer.replies, 0.99),
            better="less",
            aim="≤ 100",
            note=f"missed {ours.missed}, doubled {ours.doubled}; {len(ours.replies)} who wrote",
        ),
    ]
