"""HTTP to the Bot API: aiohttp behind python-telegram-bot's `BaseRequest`.

Every call ends in one of four ways, and only these: an answer, `Refused` (Telegram said no), `Unreached` (the request was never delivered:
sending it again is safe) or `AnswerLost` (it may have been carried out). python-telegram-bot's own classes mislead here: `BadRequest` is a
`NetworkError`, a missing file is an `InvalidToken`, and a lost connection does not say whether the request had left.

No URL is ever put into an exception or a log: it holds the token.
"""

from __future__ import annotations

import json
import logging
import mimetypes
from typing import Any, Final

import aiohttp
from telegram.error import TelegramError
from telegram.request import BaseRequest, RequestData

from bot.channels.telegram.fields import supergroup

# python-telegram-bot writes the token, all parameters and all answers to its loggers at DEBUG.
logging.getLogger("telegram").setLevel(logging.CRITICAL)

CONNECTIONS: Final = 264
"""Connections held at once at most: one waits for updates, the others send (`bot.pipeline.limits`: as many as may wait for an answer)."""
CONNECT_SECONDS: Final = 10.0
READ_SECONDS: Final = 30.0
LONGEST_WAIT: Final = 86_400
"""Seconds; what is told beyond a day was not told by Telegram."""
UPLOAD_SECONDS: Final = 120.0
"""For 50 MB, the most that Telegram takes, on a line of 3.5 Mbit/s."""
_ENCODE: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_JSON: Final = {"Content-Type": "application/json"}

# A file is sent with the type of its name's ending, which Python knows only where the system has a list of them.
mimetypes.add_type("text/calendar", ".ics")


class Refused(TelegramError):
    """Telegram answered with an error.

    Attributes:
        status: HTTP status.
        description: Telegram's own sentence; empty where the answer was not Telegram's JSON (a proxy's page).
        retry_after: seconds to wait, where it says so.
        migrate_to: the group's new id, where it has one.
    """

    def __init__(self, status: int, description: str = "", *, retry_after: float | None = None, migrate_to: int | None = None) -> None:
        super().__init__(f"refused with status {status}")
        self.status = status
        self.description = description
        self.retry_after = retry_after
        self.migrate_to = migrate_to


class Unreached(TelegramError):
    """The request was not delivered: no name, no route, no TLS, no free connection in time."""

    def __init__(self) -> None:
        super().__init__("not reached")


class AnswerLost(TelegramError):
    """The request left, and no readable answer came back: it may have been carried out."""

    def __init__(self) -> None:
        super().__init__("answer lost")


class Transport(BaseRequest):
    """One session for everything that goes to Telegram."""

    __slots__ = ("_session",)

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """Seconds that an answer may take unless a call says otherwise."""
        return READ_SECONDS

    async def initialize(self) -> None:
        """Open the session. Twice is once."""
        if self._session is None or self._session.closed:
            # Telegram drops idle connections silently after about a minute; a request written to such a one looks like a lost answer.
            connector = aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=20)
            self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())

    async def shutdown(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Carry one call of `telegram.Bot`. Raises `Refused`, `Unreached` or `AnswerLost`."""
        del write_timeout, connect_timeout, pool_timeout
        if request_data is not None and request_data.contains_files:
            return 200, await self._ask(method, url, UPLOAD_SECONDS, data=_form(request_data))
        seconds = READ_SECONDS if read_timeout is BaseRequest.DEFAULT_NONE or read_timeout is None else float(read_timeout)
        parameters = {} if request_data is None else request_data.parameters
        return 200, await self.call(url, parameters, seconds)

    async def call(self, url: str, parameters: dict[str, Any], seconds: float) -> bytes:
        """Post parameters as JSON and return the body of the answer as it came. Raises as `do_request` does."""
        return await self._ask("POST", url, seconds, data=_ENCODE(parameters).encode("utf-8", "replace"), headers=_JSON)

    async def upload(self, url: str, parameters: dict[str, Any], field: str, name: str, content: bytes) -> bytes:
        """Post a file with its parameters and return the body of the answer as it came. Raises as `do_request` does."""
        form = aiohttp.FormData()
        for key, value in parameters.items():
            form.add_field(key, value if isinstance(value, str) else _ENCODE(value))
        form.add_field(field, content, filename=name, content_type=mimetypes.guess_type(name)[0] or "application/octet-stream")
        return await self._ask("POST", url, UPLOAD_SECONDS, data=form)

    async def download(self, url: str, *, limit: int, stalled: float, total: float) -> bytes:
        """Return a file of at most `limit` bytes; a pause of `stalled` seconds or a longer time than `total` ends it.

        Raises as `do_request` does; a file above the limit is `Refused(413)`.
        """
        patience = aiohttp.ClientTimeout(total=total, connect=CONNECT_SECONDS, sock_read=stalled)
        return await self._exchange("GET", url, patience, limit=limit)

    async def _ask(self, method: str, url: str, seconds: float, **sent: Any) -> bytes:
        patience = aiohttp.ClientTimeout(total=CONNECT_SECONDS + seconds, connect=CONNECT_SECONDS)
        return await self._exchange(method, url, patience, **sent)

    async def _exchange(self, method: str, url: str, patience: aiohttp.ClientTimeout, *, limit: int | None = None, **sent: Any) -> bytes:
        if self._session is None:
            await self.initialize()
        assert self._session is not None  # noqa: S101 - initialize has just opened it
        if self._session.closed:
            raise Unreached
        try:
            async with self._session.request(method, url, timeout=patience, allow_redirects=False, **sent) as answer:
                body = await (answer.read() if limit is None else _at_most(answer, limit))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            raise Unreached from None
        except (aiohttp.ClientError, TimeoutError, OSError):
            raise AnswerLost from None
        if 200 <= answer.status < 300:
            return body
        raise refusal(answer.status, body)

    @staticmethod
    def envelope(payload: bytes) -> dict[str, Any]:
        """Read an answer. One of status 200 that cannot be read is a lost one."""
        try:
            envelope = json.loads(payload)
        except (ValueError, RecursionError):
            raise AnswerLost from None
        if not isinstance(envelope, dict) or "result" not in envelope:
            raise AnswerLost
        return envelope

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Read an answer for the library, whose own method would log what it cannot read."""
        return {"result": _brief(Transport.envelope(payload)["result"])}


def _brief(result: Any) -> Any:
    """Return an answer; of a message of our own only its number, which is all that anybody asks.

    The library would take apart the whole message, for a third of a send's cost, and what it cannot read would fail a message that is out.
    """
    if isinstance(result, dict) and isinstance(result.get("message_id"), int):
        return {"message_id": result["message_id"], "date": 0, "chat": {"id": 0, "type": "private"}}
    return result


def refusal(status: int, body: bytes) -> Refused:
    """Read an error answer; a page that is not Telegram's JSON has the status alone."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return Refused(status)
    if not isinstance(told, dict):
        return Refused(status)
    parameters = told.get("parameters")
    hints = parameters if isinstance(parameters, dict) else {}
    retry_after = hints.get("retry_after")
    return Refused(
        status,
        str(told.get("description", "")),
        retry_after=float(min(retry_after, LONGEST_WAIT)) if isinstance(retry_after, int | float) and retry_after >= 0 else None,
        migrate_to=supergroup(hints, "migrate_to_chat_id"),
    )


async def _at_most(answer: aiohttp.ClientResponse, limit: int) -> bytes:
    held = bytearray()
    async for chunk in answer.content.iter_chunked(1 << 16):
        held += chunk
        if len(held) > limit:
            raise Refused(413)
    return bytes(held)


def _form(request_data: RequestData) -> aiohttp.FormData:
    form = aiohttp.FormData()
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, media_type) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=media_type)
    return form
