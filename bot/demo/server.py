"""Serve the stand-in: the bot's side under `/bot<token>/` and `/file/`, the people's side under `/world/`.

In a test::

    async with StandIn.start() as telegram:
        sara = telegram.world.person("Sara", language_code="ar")
        sara.starts()
        welcome = await sara.hears("Welcome")
        sara.presses(welcome, "English")

As a process: `python -m bot.demo --port 8701` prints its address and token.

The people's side (JSON; loopback only, so no secret is asked for). Times are Unix seconds of the world's clock, ids
are Telegram's. A mistake answers 400 or 404 with `{"error": "<what is wrong>"}`.

`GET /world/state?as=<user id>` is all a page needs to draw itself as that person sees it (without `as`: all chats)::

    {"seq": 41,                                  number of the newest change; events carry theirs
     "now": 1760000000.0, "network": true,
     "bot": {"id", "name", "username", "up",     up: it is asking for updates, or did within the last 3 s
             "description", "short_description"},
     "counters": {"calls", "refused", "violations", "waiting"},
     "crowd": null | Crowd,
     "me": null | Person, "people": [Person],            people of the crowd only once they were looked at or did something
     "chats": [Chat]}

    Crowd   = {"size", "speakers": {language: count}, "reached": {language: count}, "blocked", "gone", "doubled",
               "rate"}                                         of one round, see `world/crowd.py`; rate: a second
    Person  = {"id", "name", "username", "language_code", "blocked", "deactivated"}
    Chat    = {"id", "kind": "private" | "group" | "supergroup" | "channel", "title",
               "role": "creator" | "administrator" | "member" | "restricted" | "left" | "kicked" | null,
               "members": [{"id", "name", "role"}],            the bot among them
               "topics": [{"id", "name", "closed"}],
               "commands": [{"command", "description"}],       the "/" menu in this person's language
               "keyboard": null | {"rows": [[{"text", "request_location", "request_contact"}]],
                                   "placeholder", "one_time", "persistent"},
               "messages": [Message]}                          oldest first
    Message = {"id", "chat_id", "time", "edited": false,
               "from": {"side": "bot" | "me" | "other" | "service", "id", "name"},
               "text": "" | text or caption, "entities": [{"type", "offset", "length", "url"?}],
               "media": null | {"kind": "photo" | "voice" | "video" | "video_note" | "audio" | "document" | "sticker",
                                "url": "/world/files/<id>", "mime", "size", "name", "duration", "width", "height"},
               "location": null | {"latitude", "longitude"},
               "venue": null | {"title", "address"}, "contact": null | {"name", "phone"},
               "poll": null | {"question", "options": [text], "closed"},
               "album": null | id, "topic": null | id, "forwarded": null | name, "protected": false,
               "reply_to": null | {"id", "name", "text"},
               "service": null | "joined" | "left" | "pinned" | "migrated" | "topic" | "title",
               "asks_reply": null | {"only": user id, "everybody": false, "placeholder"},     a forced reply
               "buttons": [[{"id": "0.1", "text", "kind": "callback" | "url" | "copy", "callback_data", "url"}]]}

`GET /world/events?as=<user id>` streams what changes in those chats (server-sent events; `id` is the `seq`)::

    event: message   {"seq", "chat_id", "message": Message}
    event: edited    {"seq", "chat_id", "message": Message}
    event: deleted   {"seq", "chat_id", "message_ids": [id]}
    event: chat      {"seq", "chat_id", "chat": Chat without messages}    members, keyboard, title, topics, a new id
    event: pressed   {"seq", "chat_id", "message_id", "callback_id", "user_id"}
    event: toast     {"seq", "chat_id", "user_id", "callback_id", "text", "alert"}     the answer to a press
    event: typing    {"seq", "chat_id", "action"}
    event: person    {"seq", "person": Person}
    event: bot       {"seq", "up"}
    event: network   {"seq", "up"}
    event: counters  {"seq", "calls", "refused", "violations", "waiting"}       at most four a second
    event: crowd     {"seq"} and what a Crowd has                               with each of these

`POST /world/act` lets a person do something: `{"as": user id, "do": verb, "chat": chat id, ...}`. `chat` is left out
for the person's own talk with the bot. It answers `{"ok": true, "chat_id", "message_ids": [id], "callback_id"}`::

    start       payload?                              presses Start, or follows a deep link
    send        text, reply_to?, topic?, anonymous?, forwarded_from?: name
    command     text                                  "/status"
    reply       message_id, text
    edit        message_id, text
    press       message_id, button: "0.1" | label: text
    press_keyboard  label, latitude?, longitude?, desktop?: true     a desktop client sends only the label
    photo voice video video_note audio document sticker
                data?: base64 (without it a built-in sample), name?, mime?, caption?, reply_to?, topic?, forwarded_from?
    album       items?: [{"kind": "photo" | "video", "data"?}], count?: 3, caption?
    location    latitude, longitude          venue   latitude, longitude, title, address
    contact     phone?, name?                poll    question, options: [text]
    block unblock deactivate
    join leave                                        the chat must be given
    delete      message_id                            leaves no update: Telegram tells bots nothing

`POST /world/users` `{"first_name", "last_name"?, "username"?, "phone"?, "language_code"?, "id"?}` -> Person.
`POST /world/chats` `{"title", "kind"?: "supergroup", "members": [user id], "admins"?: [user id], "forum"?: false,
"bot"?: "administrator" | "member" | null, "id"?}` -> Chat; with `{"chat", "do": "migrate" | "kick" | "mute" | "unmute" |
"promote" | "demote" | "remove" | "add" | "rename" | "delete", "user"?, "title"?, "quietly"?}` it changes one: without
`user` the bot is meant.
`POST /world/crowd` `{"size", "languages"?: ["ar"], "blocking"?: 0.02, "gone"?: 0.005}` gathers a crowd, `GET` looks at it:
`{"crowd": null | Crowd with "first" (their ids follow each other) and "missed"}`.
`POST /world/faults` `{"method", "chat"?, "kind", "times"?: 1, "status"?, "description"?, "retry_after"?, "seconds"?, "body"?}`
(kinds in `api/faults.py`), `{"clear": true}`, `{"network": false}`. `POST /world/clock` `{"advance": seconds}`.
`GET /world/calls?since=<n>&method=` -> `{"calls": [{"n", "time", "method", "params", "files", "status", "result" |
"error"}], "next"}`. `GET /world/delivered?chat=<id>` -> what the bot's messages in a chat look like now, and how often
each was sent. `GET /world/violations` -> `{"violations": [{"time", "method", "text"}]}`. `GET /world/files/<id>` -> bytes.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, MutableMapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

from starlette.types import ASGIApp

from bot.demo.api.courier import Courier
from bot.demo.api.faults import Faults
from bot.demo.api.gate import Gate
from bot.demo.api.limits import Limits
from bot.demo.api.service import Service
from bot.demo.control import Control
from bot.demo.runner import Runner, Transports, listen
from bot.demo.world import World, WorldClock

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

T = TypeVar("T")

NOT_FOUND = b'{"ok":false,"error_code":404,"description":"Not Found"}'


class StandIn:
    """Telegram on 127.0.0.1. `url` is what a bot takes as its API's address, `token` its token."""

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        clock: WorldClock | None = None,
        repeat_guard: float = 0.5,
        courier_pace: float = 1.0,
        keep_calls: int | None = None,
        page: ASGIApp | None = None,
    ) -> None:
        self.world = World(clock=clock, keep_calls=keep_calls)
        self.faults = Faults()
        self.transports: Transports = {}
        self.courier = Courier(self.world, self.faults, pace=courier_pace)
        self.service = Service(self.world, limits, self.courier, repeat_guard=repeat_guard)
        self.gate = Gate(self.service, self.faults, self.transports)
        self._control: ASGIApp = Control(self.world, self.faults).application()
        self._page = page
        self.port = 0
        self.loop: asyncio.AbstractEventLoop | None = None

    @property
    def token(self) -> str:
        """The bot's token."""
        return self.world.token

    @property
    def url(self) -> str:
        """The address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send a request to the side it is for."""
        path: str = scope.get("path", "")
        if path.startswith(("/bot", "/file/bot")):
            await self.gate(scope, receive, send)
        elif path.startswith("/world/"):
            await self._control(scope, receive, send)
        elif self._page is not None:
            await self._page(scope, receive, send)
        else:
            await send({"type": "http.response.start", "status": 404, "headers": []})
            await send({"type": "http.response.body", "body": NOT_FOUND})

    @classmethod
    @asynccontextmanager
    async def start(cls, port: int = 0, *, limits: Limits | bool = True, **options: Any) -> AsyncIterator["StandIn"]:
        """Serve in the running loop. `limits`: Telegram's (True), none (False) or one's own.

        `options`: `clock`, `repeat_guard` (seconds, 0 switches it off), `courier_pace` (the webhook's pauses, times this),
        `keep_calls` (how many calls to remember, None: all), `page` (an ASGI application for every other path).
        """
        sock = listen(port)
        chosen = Limits() if limits is True else limits or None
        stand_in = cls(limits=chosen, **options)
        stand_in.port = sock.getsockname()[1]
        runner = Runner(stand_in, sock, stand_in.transports)
        await runner.start()
        try:
            yield stand_in
        finally:
            await stand_in.courier.stop()
            await runner.stop()

    @classmethod
    @contextmanager
    def in_thread(cls, port: int = 0, **options: Any) -> Iterator["StandIn"]:
        """Serve from a thread with a loop of its own, so that a busy test does not slow Telegram down.

        `world` may be looked at and waited for from any thread; what people do goes through `do`.
        """
        ready = threading.Event()
        held: list[tuple[StandIn, asyncio.AbstractEventLoop, asyncio.Event]] = []
        failed: list[BaseException] = []

        async def serve() -> None:
            stop = asyncio.Event()
            async with cls.start(port, **options) as stand_in:
                held.append((stand_in, asyncio.get_running_loop(), stop))
                ready.set()
                await stop.wait()

        def run() -> None:
            try:
                asyncio.run(serve())
            except BaseException as error:  # handed to the thread that waits for it
                failed.append(error)
                ready.set()

        thread = threading.Thread(target=run, name="stand-in", daemon=True)
        thread.start()
        ready.wait()
        if failed:
            raise failed[0]
        stand_in, loop, stop = held[0]
        stand_in.loop = loop
        try:
            yield stand_in
        finally:
            loop.call_soon_threadsafe(stop.set)
            thread.join()

    def do(self, act: Callable[[], T]) -> T:
        """Run something in the stand-in's own thread and return what it returns."""
        if self.loop is None:
            return act()

        async def acting() -> T:
            return act()

        return asyncio.run_coroutine_threadsafe(acting(), self.loop).result()
