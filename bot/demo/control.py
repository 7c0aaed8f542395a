"""The people's side over HTTP, under `/world/`; the shapes are in `server.py`."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.demo import view
from bot.demo.acts import act
from bot.demo.api.faults import Faults
from bot.demo.events import Stream
from bot.demo.world import Chat, Person, World
from bot.demo.world.membership import bot_becomes, change_member, migrate, mute_bot

LARGEST_CROWD = 5_000_000

Json = dict[str, Any]
Answer = Callable[[Request], Awaitable[Response]]

_ADMIN_CHANGES = {"promote": "administrator", "demote": "member", "add": "member", "remove": "kicked", "kick": "kicked"}


class Control:
    """Routes that let people act, and let whoever watches look."""

    def __init__(self, world: World, faults: Faults) -> None:
        self.world = world
        self.faults = faults

    def application(self) -> Starlette:
        """The routes as an application."""
        get: dict[str, Answer] = {
            "state": self.state,
            "events": self.events,
            "calls": self.calls,
            "delivered": self.delivered,
            "violations": self.violations,
            "crowd": self.crowd,
            "files/{number:int}": self.file,
        }
        post: dict[str, Callable[[Json], Json]] = {
            "act": lambda wanted: act(self.world, wanted),
            "users": self.add_user,
            "chats": self.change_chat,
            "faults": self.change_faults,
            "clock": self.move_clock,
            "crowd": self.gather,
        }
        routes = [Route(f"/world/{path}", answer, methods=["GET"]) for path, answer in get.items()]
        routes += [Route(f"/world/{path}", _posted(answer), methods=["POST"]) for path, answer in post.items()]
        return Starlette(routes=routes)

    async def state(self, request: Request) -> Response:
        """The whole world as one person sees it."""
        return JSONResponse(view.state(self.world, self._viewer(request)))

    async def events(self, request: Request) -> Response:
        """What changes from now on."""
        stream = Stream(self.world, self._viewer(request))
        return StreamingResponse(stream.lines(), media_type="text/event-stream", headers={"cache-control": "no-store"})

    async def calls(self, request: Request) -> Response:
        """What the bot asked."""
        since = int(request.query_params.get("since", 0))
        method = request.query_params.get("method")
        found = [
            {
                "n": call.n,
                "time": call.time,
                "method": call.method,
                "params": call.params,
                "files": call.files,
                "status": call.status,
                **({"error": call.error} if call.error else {"result": call.result}),
            }
            for call in list(self.world.calls)
            if call.n >= since and method in {None, call.method}
        ]
        return JSONResponse({"calls": found, "next": self.world.counters.calls})

    async def delivered(self, request: Request) -> Response:
        """The bot's messages in a chat as they are now, and how often each text was sent."""
        chat = self.world.find(int(request.query_params.get("chat", 0)))
        if chat is None:
            return JSONResponse({"error": "no such chat"}, 404)
        copies: dict[str, int] = {}
        for message in chat.from_bot:
            copies[message.text] = copies.get(message.text, 0) + 1
        messages = [view.message(chat, message.raw, None) for message in chat.from_bot]
        return JSONResponse({"messages": messages, "copies": copies})

    async def violations(self, request: Request) -> Response:
        """What the bot asked that Telegram would never have understood."""
        del request
        found = [{"time": each.time, "method": each.method, "text": each.text} for each in self.world.violations]
        return JSONResponse({"violations": found})

    async def file(self, request: Request) -> Response:
        """The bytes of a file, as an app shows them."""
        number = request.path_params["number"]
        found = next((file for file in self.world.files.by_id.values() if file.number == number), None)
        if found is None:
            return JSONResponse({"error": "no such file"}, 404)
        return Response(found.data, media_type=found.mime, headers={"x-content-type-options": "nosniff"})

    async def crowd(self, request: Request) -> Response:
        """What the crowd got, with who was missed; counted anew at each look."""
        del request
        return JSONResponse(self._crowd())

    def gather(self, wanted: Json) -> Json:
        """A crowd, in place of the one that was."""
        size = int(wanted["size"])
        if not 0 < size <= LARGEST_CROWD:
            raise ValueError(f"a crowd has 1 to {LARGEST_CROWD} people")
        languages = [str(language) for language in wanted.get("languages", ["ar"])]
        self.world.gather(size, languages, blocking=float(wanted.get("blocking", 0)), gone=float(wanted.get("gone", 0)))
        return self._crowd()

    def _crowd(self) -> Json:
        crowd = self.world.crowd
        return {"crowd": None if crowd is None else view.crowd(crowd) | {"first": crowd.first, "missed": crowd.missed}}

    def add_user(self, wanted: Json) -> Json:
        """Somebody new."""
        names = ("last_name", "username", "phone", "language_code")
        given = {name: wanted[name] for name in names if wanted.get(name)}
        person = self.world.person(str(wanted.get("first_name") or "Sara"), user_id=wanted.get("id"), **given)
        return view.person(person)

    def change_chat(self, wanted: Json) -> Json:
        """A new group, or a change to one."""
        if "chat" not in wanted:
            chat = self.world.group(
                str(wanted.get("title") or "Forum"),
                *(self._person(each) for each in wanted.get("members", [])),
                kind=str(wanted.get("kind", "supergroup")),
                admins=tuple(self._person(each) for each in wanted.get("admins", [])),
                forum=bool(wanted.get("forum")),
                bot=wanted.get("bot", "administrator"),
                chat_id=wanted.get("id"),
            )
            return view.chat_head(chat, None)
        found = self.world.find(int(wanted["chat"]))
        if found is None or found.person is not None:
            raise LookupError("no such group")
        self._change(found, str(wanted.get("do")), wanted)
        return view.chat_head(found, None)

    def change_faults(self, wanted: Json) -> Json:
        """Break something, or mend everything."""
        if wanted.get("clear"):
            self.faults.clear()
        if "network" in wanted:
            (self.world.mend_network if wanted["network"] else self.world.cut_network)()
        if "latency" in wanted:
            self.faults.latency = float(wanted["latency"])
        if "kind" in wanted:
            names = ("chat", "times", "status", "description", "retry_after", "seconds")
            details = {name: wanted[name] for name in names if name in wanted} | {"body": str(wanted.get("body", "")).encode()}
            self.faults.add(str(wanted["kind"]), str(wanted.get("method", "*")), **details)
        return {"faults": len(self.faults.all), "network": self.world.network}

    def move_clock(self, wanted: Json) -> Json:
        """Let time pass."""
        self.world.clock.advance(float(wanted.get("advance", 0)))
        self.world.bell.ring()
        self.world.updates.bell.ring()
        return {"now": self.world.clock.now()}

    def _change(self, chat: Chat, verb: str, wanted: Json) -> None:
        owner = next((each for each in chat.members.values() if each.status == "creator"), None)
        by = self.world.people[owner.user["id"]] if owner else next(iter(self.world.people.values()))
        user = self._person(wanted["user"]).user if "user" in wanted else self.world.bot
        if verb == "migrate":
            migrate(chat, quietly=bool(wanted.get("quietly")))
        elif verb == "mute":
            mute_bot(chat, by)
        elif verb == "unmute":
            bot_becomes(chat, "member", by)
        elif verb == "rename":
            chat.rename(str(wanted["title"]), by)
        elif verb == "delete":
            chat.delete()
        elif verb in _ADMIN_CHANGES:
            change_member(chat, user, _ADMIN_CHANGES[verb], by.user)
        else:
            raise ValueError(f"no group can {verb!r}")

    def _person(self, user_id: Any) -> Person:
        found = self.world.somebody(int(user_id))
        if found is None:
            raise LookupError("no such person")
        return found

    def _viewer(self, request: Request) -> Person | None:
        viewer = request.query_params.get("as")
        return self.world.somebody(int(viewer)) if viewer else None


def _posted(answer: Callable[[Json], Json]) -> Answer:
    async def handle(request: Request) -> Response:
        try:
            wanted = json.loads(await request.body() or b"{}")
            if not isinstance(wanted, dict):
                return JSONResponse({"error": "an object is expected"}, 400)
            return JSONResponse(answer(wanted))
        except LookupError as wrong:
            return JSONResponse({"error": str(wrong)}, 404)
        except (ValueError, TypeError, PermissionError) as wrong:
            return JSONResponse({"error": str(wrong)}, 400)

    return handle
