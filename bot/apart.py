"""Work that is done in a process of its own: it may take only so long and so much memory, and knows nothing of ours.

What draws or takes apart files is large, and a broken file can make it eat all there is. In its own process it can only fail: the bot loses
a picture or refuses a file, and goes on. The process gets no environment but what it needs (so neither token nor key), and no home.
"""

from __future__ import annotations

import asyncio
import contextlib
import resource
import sys
import tempfile
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).parents[1]
_MEGABYTE: Final = 1 << 20
_LARGEST_FILE: Final = 64 * _MEGABYTE


async def run(module: str, given: bytes, *, seconds: float) -> bytes | None:
    """Return what `python -m module` makes of what it is given; None if it fails, or takes longer. Its own words are not kept."""
    with tempfile.TemporaryDirectory(prefix="alwand-", ignore_cleanup_errors=True) as home:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-E", "-s", "-B", "-m", module),
            cwd=_ROOT,
            env={"HOME": home, "TMPDIR": home, "MPLCONFIGDIR": home, "LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(seconds):
                made, _ = await process.communicate(given)
        except TimeoutError:
            return None
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return made if process.returncode == 0 else None


def confine(*, seconds: int, megabytes: int) -> None:
    """Bind this process to so much time on a processor and so much memory: more ends it. The first thing that such a process does."""
    for kind, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, megabytes * _MEGABYTE),
        (resource.RLIMIT_FSIZE, _LARGEST_FILE),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))
