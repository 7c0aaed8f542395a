"""Asking a bot that runs how it is: over its port, and by the command beside it."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

ROOT = Path(__file__).parents[2]

Numbers = Mapping[tuple[str, frozenset[tuple[str, str]]], float]


def free_port() -> int:
    """Return a port that nobody has at this moment."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass(frozen=True)
class Pages:
    """The pages of one bot."""

    port: int

    async def get(self, page: str, **headers: str) -> tuple[int, str]:
        """Return the status and the body of a page."""
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{self.port}/{page}", headers=headers) as answer:
            return answer.status, await answer.text()

    async def numbers(self) -> Numbers:
        """Return every sample by its name and labels."""
        status, body = await self.get("metrics")
        assert status == 200
        return parsed(body)


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 60) -> None:
    """Ask again and again, until it is so: who is asked over a port rings no bell."""
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110
            await asyncio.sleep(0.1)


def parsed(body: str) -> Numbers:
    """Read what Prometheus would read."""
    families = text_string_to_metric_families(body)
    return {(sample.name, frozenset(sample.labels.items())): sample.value for family in families for sample in family.samples}


def number(numbers: Numbers, name: str, **labels: str) -> float:
    """Return one sample."""
    return numbers[name, frozenset(labels.items())]


async def status(settings: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> tuple[int, str, str]:
    """Run `alwand status`; return its exit code, what it told and what it complained of."""
    command = (sys.executable, "-m", "bot", "status", "--config", str(settings), *arguments)
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=environment or os.environ, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()
