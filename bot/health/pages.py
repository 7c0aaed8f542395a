"""The three pages, on a port of this machine alone."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.health.gauges import Gauges
from bot.health.vitals import Vitals
from bot.serving import served

CONNECTIONS: Final = 32
NAMES: Final = ["127.0.0.1", "::1", "[::1]", "localhost"]
"""What a visitor may call us by: a page of the web whose own name was made to lead here is turned away."""


def application(vitals: Vitals, gauges: Gauges, registry: CollectorRegistry) -> Starlette:
    """Return what answers."""

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(_: Request) -> Response:
        return _told(await vitals.ready())

    async def metrics(request: Request) -> Response:
        await gauges.look()
        encode, kind = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(registry), media_type=kind)

    pages: dict[str, Callable[[Request], Awaitable[Response]]] = {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics}
    return Starlette(
        routes=[Route(path, page) for path, page in pages.items()],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=NAMES, www_redirect=False)],
    )


def _told(parts: Mapping[str, bool]) -> Response:
    return JSONResponse({name: "ok" if fine else "failed" for name, fine in parts.items()}, 200 if all(parts.values()) else 503)


@asynccontextmanager
async def answering(sock: socket.socket | None, application: Starlette) -> AsyncIterator[None]:
    """Answer for as long as the block runs; without a socket nobody can ask."""
    if sock is None:
        yield
        return
    async with served(application, sock, most=CONNECTIONS):
        yield
