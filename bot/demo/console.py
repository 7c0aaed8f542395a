"""The page, and what only the demo can do: kill the bot, cut its network, let time pass.

`GET /` and every file of `page/`; `GET /console/state` -> State; `POST /console/kill` `{}` -> State without `cast`;
`POST /console/network` `{"up": false}` -> the same; `POST /console/clock` `{"advance": seconds}` -> the same. ::

    State = {"bot": "starting" | "running" | "killed" | "failed" | "stopped", "kills": 0, "last_words": "",
             "network": true, "cast": {...}}                  shaped in `cast.py`
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.demo.cast import Cast
from bot.demo.supervisor import Supervisor
from bot.demo.world import World

Json = dict[str, Any]

PAGE = Path(__file__).parent / "page"
MOST_AT_ONCE = 30 * 24 * 3600  # seconds

HEADERS = {
    "content-security-policy": (
        "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
        "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cache-control": "no-cache",
}


class Guarded:
    """Puts the same headers on every answer: nothing from elsewhere, nothing framed."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does, with the headers."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                message["headers"] = [*message.get("headers", []), *own]
            await send(message)

        await self.app(scope, receive, guarded)


class Console:
    """The demo's own routes, once it was opened. `clock_file` holds the seconds by which the bot's clock is ahead."""

    def __init__(self, clock_file: Path) -> None:
        self._clock_file = clock_file
        self._ahead = 0
        self._world: World | None = None
        self._cast: Cast | None = None
        self._supervisor: Supervisor | None = None

    def open(self, world: World, cast: Cast, supervisor: Supervisor) -> None:
        """Hand over what the routes act on; to be done before the first request."""
        self._world, self._cast, self._supervisor = world, cast, supervisor

    def application(self) -> Starlette:
        """The routes as an application."""
        return Starlette(
            routes=[
                Route("/console/state", self.state, methods=["GET"]),
                Route("/console/kill", self.kill, methods=["POST"]),
                Route("/console/network", self.network, methods=["POST"]),
                Route("/console/clock", self.clock, methods=["POST"]),
                Mount("/", StaticFiles(directory=PAGE, html=True)),
            ],
            middleware=[Middleware(Guarded), Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])],
        )

    async def state(self, request: Request) -> JSONResponse:
        """How the bot is, and who is there."""
        del request
        return JSONResponse(self._state() | {"cast": self._cast.shown() if self._cast else None})

    async def kill(self, request: Request) -> JSONResponse:
        """End the bot as a power cut would."""
        del request
        if self._supervisor is None or not self._supervisor.kill():
            return JSONResponse({"error": "the bot is not running"}, 409)
        return JSONResponse(self._state())

    async def network(self, request: Request) -> JSONResponse:
        """Cut or mend the bot's way to Telegram."""
        up = await _given(request, "up")
        if not isinstance(up, bool):
            return JSONResponse({"error": 'give {"up": true} or {"up": false}'}, 400)
        if self._world is not None:
            (self._world.mend_network if up else self._world.cut_network)()
        return JSONResponse(self._state())

    async def clock(self, request: Request) -> JSONResponse:
        """Let time pass, for Telegram and for the bot."""
        seconds = await _given(request, "advance")
        if type(seconds) is not int or not 0 < seconds <= MOST_AT_ONCE:
            return JSONResponse({"error": f'give {{"advance": seconds}}, at most {MOST_AT_ONCE}'}, 400)
        self.pass_time(seconds)
        return JSONResponse(self._state())

    def pass_time(self, seconds: int) -> None:
        """Move both clocks ahead."""
        self._ahead += seconds
        self._clock_file.write_text(str(self._ahead), encoding="ascii")
        if self._world is not None:
            self._world.clock.advance(seconds)
            self._world.updates.bell.ring()

    def _state(self) -> Json:
        keeper = self._supervisor
        return {
            "bot": keeper.state if keeper else "starting",
            "kills": keeper.kills if keeper else 0,
            "last_words": keeper.last_words if keeper else "",
            "network": self._world.network if self._world else True,
        }


async def _given(request: Request, name: str) -> Any:
    """One field of a JSON body; None when there is none."""
    try:
        body = json.loads(await request.body())
    except ValueError:
        return None
    return body.get(name) if isinstance(body, dict) else None
