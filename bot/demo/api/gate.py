"""The way in: `/bot<token>/<method>` and `/file/bot<token>/<path>`, as a plain ASGI application.

Kept light, because every benchmark goes through here. A connection that must break is broken at the socket: the server
hands its transports in by peer address.
"""

import asyncio
import json
import re
import socket
import struct
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, cast

from bot.demo.api.faults import Fault, Faults
from bot.demo.api.methods import METHODS
from bot.demo.api.parameters import check
from bot.demo.api.polling import Poller
from bot.demo.api.reading import Upload, read_request
from bot.demo.api.refusals import Impossible, Refused
from bot.demo.api.service import Service
from bot.demo.world.world import Call

Json = dict[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

LARGEST_BODY = 64 * 2**20  # bytes
_PROXY_PAGE = b"<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>"
# The verbs that the Bot API's methods begin with.
_REAL = re.compile(
    r"(add|answer|approve|ban|close|convert|copy|create|decline|delete|edit|export|forward|get|gift|hide|leave|log|pin|post"
    r"|promote|read|refund|remove|reopen|replace|repost|restrict|revoke|save|send|set|stop|transfer|unban|unhide|unpin|upgrade"
    r"|upload|verify)[A-Z]\w+"
)
_LOWER = {name.lower(): name for name in (*METHODS, "getUpdates")}


class Gate:
    """The bot's side of the stand-in."""

    def __init__(self, service: Service, faults: Faults, transports: dict[tuple[str, int], asyncio.Transport]) -> None:
        self.service = service
        self.faults = faults
        self._transports = transports
        self._poller = Poller(service)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        world = self.service.world
        if not world.network:
            await self._reset(scope, receive)
            return
        path: str = scope["path"]
        if path.startswith("/file/"):
            await self._send_file(path, scope, receive, send)
            return
        body = await _body(receive)
        token, _, name = path.removeprefix("/bot").partition("/")
        if token != world.token:
            await _respond(send, 401, _refusal(401, "Unauthorized"))
            return
        method = _LOWER.get(name.lower())
        if method is None:
            await self._unspoken(name, send)
            return
        await self._call(method, scope, body, receive, send)

    async def _unspoken(self, name: str, send: Send) -> None:
        """Answer 404 to nonsense as Telegram does, and 501 to what Telegram knows but this bot may not call."""
        status, description = (501, "Not Implemented") if _REAL.match(name) else (404, "Not Found")
        self.service.world.violated(name, "not among the methods that this bot may call")
        self._note(name, {}, {}, status, error=description)
        await _respond(send, status, _refusal(status, description))

    async def _call(self, method: str, scope: Scope, body: bytes, receive: Receive, send: Send) -> None:
        given: Json = {}
        uploads: dict[str, Upload] = {}
        unreadable: Refused | None = None
        try:
            given, uploads = read_request(scope["query_string"], _content_type(scope), body)
        except Refused as refused:
            unreadable = refused
        if self.faults.latency:
            await asyncio.sleep(self.faults.latency)
        fault = self.faults.meet(method, _chat_id(given))
        if fault is not None and await self._broken_before(fault, method, given, scope, receive, send):
            return
        if unreadable is not None:
            status, answer = self._refused(method, given, uploads, unreadable)
        elif method == "getUpdates":
            status, answer = await self._poll(given, receive, scope)
        else:
            status, answer = self._answer(method, given, uploads)
        if fault is not None and await self._broken_after(fault, answer, scope, receive, send):
            return
        if self.service.world.network:
            await _respond(send, status, answer)
        else:
            await self._reset(scope, receive)

    def _answer(self, method: str, given: Json, uploads: dict[str, Upload]) -> tuple[int, bytes]:
        read = given
        try:
            read = check(method, given, uploads)
            self.service.uploads = uploads
            result = METHODS[method](self.service, read)
        except Refused as refused:
            return self._refused(method, read, uploads, refused)
        except Exception as bug:
            self.service.world.violated(method, f"the stand-in itself failed: {type(bug).__name__}")
            raise
        self._note(method, read, uploads, 200, result)
        return 200, _json({"ok": True, "result": result})

    async def _poll(self, given: Json, receive: Receive, scope: Scope) -> tuple[int, bytes]:
        gone = asyncio.Event()
        leaving = asyncio.ensure_future(_disconnected(receive, gone))
        world = self.service.world
        world.network_ends.append(gone.set)
        try:
            found = await self._poller.get_updates(check("getUpdates", given, {}), gone)
        except Refused as refused:
            return self._refused("getUpdates", given, {}, refused)
        finally:
            leaving.cancel()
            if gone.set in world.network_ends:
                world.network_ends.remove(gone.set)
        if found:
            self._note("getUpdates", given, {}, 200, [update["update_id"] for update in found])
        return 200, _json({"ok": True, "result": found})

    def _refused(self, method: str, given: Json, uploads: dict[str, Upload], refused: Refused) -> tuple[int, bytes]:
        if isinstance(refused, Impossible):
            self.service.world.violated(method, refused.description)
        self._note(method, given, uploads, refused.code, error=refused.description)
        return refused.code, _refusal(refused.code, refused.description, **refused.parameters)

    def _note(self, method: str, given: Json, uploads: dict[str, Upload], status: int, result: Any = None, error: str = "") -> None:
        world = self.service.world
        sizes = {name: len(upload.data) for name, upload in uploads.items()}
        world.note_call(Call(world.counters.calls, world.clock.now(), method, given, sizes, status, result, error))

    async def _broken_before(self, fault: Fault, method: str, given: Json, scope: Scope, receive: Receive, send: Send) -> bool:
        """Break what breaks before anything was done; whether that was all."""
        match fault.kind:
            case "status":
                retry = {"retry_after": fault.retry_after} if fault.retry_after is not None else {}
                description = fault.description or _usual(fault)
                self._note(method, given, {}, fault.status, error=description)
                await _respond(send, fault.status, _refusal(fault.status, description, **retry))
            case "html":
                self._note(method, given, {}, 502, error="502 Bad Gateway")
                await _respond(send, 502, _PROXY_PAGE, b"text/html")
            case "says":
                self._note(method, given, {}, 200)
                await _respond(send, 200, fault.body)
            case "reset_before":
                self._note(method, given, {}, 599, error="connection reset before")
                await self._reset(scope, receive)
            case "stall":
                self._note(method, given, {}, 599, error="never answered")
                await _disconnected(receive)
            case "delay":
                await asyncio.sleep(fault.seconds)
                return False
            case _:
                return False
        return True

    async def _broken_after(self, fault: Fault, answer: bytes, scope: Scope, receive: Receive, send: Send) -> bool:
        """Break what breaks after it was done; whether that was all."""
        match fault.kind:
            case "truncated":
                await _respond(send, 200, answer[: len(answer) // 2])
            case "reset_after":
                await self._reset(scope, receive)
            case "hang":
                await _disconnected(receive)
            case "late":
                await asyncio.sleep(fault.seconds)
                return False
            case _:
                return False
        return True

    async def _reset(self, scope: Scope, receive: Receive) -> None:
        """Break the connection with a TCP reset, as a failing network does."""
        transport = self._transports.get(tuple(scope["client"] or ()))
        if transport is not None:
            found = cast("socket.socket", transport.get_extra_info("socket"))
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            transport.abort()
        await _disconnected(receive)

    async def _send_file(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        token, _, where = path.removeprefix("/file/bot").partition("/")
        if token != self.service.world.token:
            await _respond(send, 401, _refusal(401, "Unauthorized"))
            return
        fault = self.faults.meet("file", None)
        if fault is not None and await self._broken_before(fault, "file", {"path": where}, scope, receive, send):
            return
        file = self.service.world.files.by_path.get(where)
        if file is None:
            self._note("file", {"path": where}, {}, 404, error="Not Found")
            await _respond(send, 404, _refusal(404, "Not Found"))
            return
        self._note("file", {"path": where}, {}, 200, len(file.data))
        if fault is None or not await self._broken_after(fault, file.data, scope, receive, send):
            await _respond(send, 200, file.data, b"application/octet-stream")


def _usual(fault: Fault) -> str:
    if fault.retry_after is not None:
        return f"Too Many Requests: retry after {fault.retry_after}"
    usual = {401: "Unauthorized", 500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable"}
    return usual.get(fault.status, "Bad Request: scripted")


def _chat_id(given: Json) -> int | None:
    try:
        return int(given["chat_id"])
    except (KeyError, TypeError, ValueError):
        return None


def _content_type(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"content-type":
            return cast("bytes", value).decode("latin-1")
    return ""


def _json(answer: Json) -> bytes:
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _refusal(code: int, description: str, **parameters: Any) -> bytes:
    answer: Json = {"ok": False, "error_code": code, "description": description}
    return _json(answer | ({"parameters": parameters} if parameters else {}))


async def _body(receive: Receive) -> bytes:
    parts = []
    size = 0
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            break
        part = event.get("body", b"")
        size += len(part)
        if size <= LARGEST_BODY:
            parts.append(part)
        if not event.get("more_body"):
            break
    return b"".join(parts)


async def _disconnected(receive: Receive, gone: asyncio.Event | None = None) -> None:
    """Wait until the other side has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
    if gone is not None:
        gone.set()


async def _respond(send: Send, status: int, body: bytes, kind: bytes = b"application/json") -> None:
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
