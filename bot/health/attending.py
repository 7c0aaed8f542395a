"""Everything of this room around a running machine."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.health import systemd
from bot.health.gauges import Gauges
from bot.health.meters import Meters
from bot.health.pages import answering, application
from bot.health.pulse import beat
from bot.health.vitals import Signs, Vitals
from bot.model.ids import PROVINCE
from bot.model.province import Province
from bot.pipeline.machine import Machine
from bot.storage.database import Database


@asynccontextmanager
async def attended(
    db: Database, machine: Machine, meters: Meters, province: Province, sock: socket.socket | None, *, poll_seconds: float
) -> AsyncIterator[None]:
    """Measure, answer on the socket, and tell systemd, for as long as the block runs."""
    signs = Signs(
        lambda: machine.rounds, lambda: machine.heard, poll_seconds, lambda: machine.channel.waiting, lambda: machine.receives, machine.does
    )
    vitals = Vitals(db, signs, machine.time, meters.committed)
    db.timed = vitals.committed
    forums = [*(district.id for district in province.districts), PROVINCE]
    gauges = Gauges(db, vitals, forums, machine.time, meters.registry)
    async with answering(sock, application(vitals, gauges, meters.registry)), asyncio.TaskGroup() as tasks:
        pulse = tasks.create_task(beat(meters.lagged), name="pulse")
        systemd.notify("READY=1")
        try:
            yield
        finally:
            systemd.notify("STOPPING=1")
            pulse.cancel()
