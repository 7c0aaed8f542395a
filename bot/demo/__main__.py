"""`python -m bot.demo`: Telegram's stand-in as a process of its own; prints one line of JSON with its address."""

import argparse
import asyncio
import json
import signal

from bot.demo.api.limits import Limits
from bot.demo.server import StandIn


async def serve(port: int, *, limits: Limits | bool, stars: int, keep_calls: int | None, repeat_guard: float) -> None:
    """Serve until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with StandIn.start(port, limits=limits, keep_calls=keep_calls, repeat_guard=repeat_guard) as telegram:
        telegram.world.stars = stars
        print(json.dumps({"url": telegram.url, "token": telegram.token}), flush=True)  # noqa: T201 - its answer
        await stop.wait()


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(prog="python -m bot.demo", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    limits = parser.add_mutually_exclusive_group()
    limits.add_argument("--strict", action="store_true", help="Telegram's flood limits; so unless told otherwise")
    limits.add_argument("--no-limits", action="store_true", help="no flood limits")
    parser.add_argument("--retry-after", type=int, default=None, help="seconds that every 429 names; the shortest that helps unless given")
    parser.add_argument("--stars", type=int, default=0, help="what the bot has to pay with")
    parser.add_argument("--keep-calls", type=int, default=None, help="how many calls to remember; all unless given")
    parser.add_argument("--repeat-guard", type=float, default=0.5, help="seconds; 0 switches it off")
    given = parser.parse_args()
    asyncio.run(
        serve(
            given.port,
            limits=False if given.no_limits else Limits(retry_after=given.retry_after),
            stars=given.stars,
            keep_calls=given.keep_calls,
            repeat_guard=given.repeat_guard,
        )
    )


if __name__ == "__main__":
    main()
