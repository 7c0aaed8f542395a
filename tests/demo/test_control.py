"""The people's side over HTTP: what a page reads and what it can do."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.demo.world import samples
from tests.demo.conftest import Bot

Json = dict[str, Any]


class Page:
    """A page's view of the stand-in."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot

    async def get(self, path: str) -> Json:
        async with self.bot.session.get(f"{self.bot.telegram.url}/world/{path}") as found:
            answer: Json = await found.json()
            return answer

    async def post(self, path: str, **wanted: Any) -> Json:
        async with self.bot.session.post(f"{self.bot.telegram.url}/world/{path}", json=wanted) as found:
            answer: Json = await found.json()
            assert found.status == 200, answer
            return answer

    async def fails(self, path: str, **wanted: Any) -> tuple[int, str]:
        async with self.bot.session.post(f"{self.bot.telegram.url}/world/{path}", json=wanted) as found:
            return found.status, (await found.json())["error"]

    @asynccontextmanager
    async def watching(self, viewer: int) -> AsyncIterator[Events]:
        async with self.bot.session.get(f"{self.bot.telegram.url}/world/events?as={viewer}") as found:
            events = Events(found.content)
            await events.block()
            yield events


class Events:
    """A stream of server-sent events."""

    def __init__(self, content: Any) -> None:
        self._content = content

    async def block(self) -> list[str]:
        lines = []
        while (line := (await self._content.readline()).decode().rstrip("\n")) != "":
            lines.append(line)
        return lines

    async def next(self, kind: str) -> Json:
        async with asyncio.timeout(5):
            while True:
                lines = dict(line.split(": ", 1) for line in await self.block())
                if lines.get("event") == kind:
                    found: Json = json.loads(lines["data"])
                    return found


@pytest.fixture
def page(bot: Bot) -> Page:
    return Page(bot)


async def test_the_state_is_what_this_person_sees(bot: Bot, page: Page) -> None:
    sara, omar = bot.world.person("Sara", last_name="K", username="sara"), bot.world.person("Omar")
    group = bot.world.group("Forum", omar, forum=True)
    sara.starts()
    await bot.sends(sara.id, "Well? /start", buttons=[["Yes", "No"]], protect_content=True)
    sara.replies(sara.last, "Yes")
    sara.sends_photo(caption="Road")
    keys = {"keyboard": [[{"text": "Where", "request_location": True}]], "input_field_placeholder": "P"}
    await bot.sends(sara.id, "Where?", reply_markup=keys)

    hers = await page.get(f"state?as={sara.id}")
    [chat] = hers["chats"]
    assert hers["me"] == {
        "id": sara.id,
        "name": "Sara K",
        "username": "sara",
        "language_code": "ar",
        "blocked": False,
        "deactivated": False,
    }
    assert [message["from"]["side"] for message in chat["messages"]] == ["me", "bot", "me", "me", "bot"]
    question, answer, photo = chat["messages"][1:4]
    assert [button["id"] for row in question["buttons"] for button in row] == ["0.0", "0.1"]
    assert question["protected"] is True
    assert answer["reply_to"] == {"id": question["id"], "name": "Alwand", "text": "Well? /start"}
    assert (photo["media"]["kind"], photo["text"]) == ("photo", "Road")
    assert chat["keyboard"]["rows"] == [[{"text": "Where", "request_location": True, "request_contact": False}]]

    theirs = await page.get(f"state?as={omar.id}")
    assert [chat["id"] for chat in theirs["chats"]] == [omar.id, group.id]
    assert theirs["chats"][1]["role"] == "creator"
    everything = await page.get("state")
    assert len(everything["chats"]) == 3
    async with bot.session.get(bot.telegram.url + photo["media"]["url"]) as found:
        assert (await found.read(), found.content_type) == (samples.jpeg(), "image/jpeg")


async def test_a_page_can_do_what_a_person_can(bot: Bot, page: Page) -> None:
    bot.telegram.service.pace.limits = None
    sara = (await page.post("users", first_name="Sara", language_code="ckb", phone="+964770"))["id"]
    omar = (await page.post("users", first_name="Omar"))["id"]
    group = (await page.post("chats", title="Forum", members=[omar]))["id"]

    async def does(verb: str, who: int = sara, **wanted: Any) -> Json:
        return await page.post("act", **{"as": who, "do": verb, **wanted})

    await does("start", payload="abc")
    sent = await does("send", text="Hello")
    await does("edit", message_id=sent["message_ids"][0], text="Hello there")
    await does("command", text="/status")
    await does("photo", data=base64.b64encode(samples.jpeg()).decode(), caption="Road")
    for verb in ("voice", "video", "video_note", "audio", "document", "sticker", "contact"):
        await does(verb)
    album = await does("album", items=[{"kind": "photo"}, {"kind": "video"}])
    assert len(album["message_ids"]) == 2
    await does("location", latitude=34.3, longitude=45.4)
    await does("venue", latitude=34.3, longitude=45.4, title="T", address="A")
    await does("poll", question="Q", options=["1", "2"])
    await does("send", who=omar, chat=group, text="/link ABC", anonymous=True)
    await bot.sends(sara, "Well?", buttons=[["Yes", "No"]])
    question = bot.world.people[sara].last
    first = await does("press", message_id=question.id, button="0.1")
    second = await does("press", message_id=question.id, label="Yes")
    assert bot.world.presses[first["callback_id"]].data == "No"
    assert bot.world.presses[second["callback_id"]].data == "Yes"
    await does("reply", message_id=question.id, text="An answer")
    await bot.sends(sara, "Where?", reply_markup={"keyboard": [["Here"]]})
    await does("press_keyboard", label="Here")
    await does("join", chat=group)
    await does("leave", chat=group)
    await does("delete", message_id=question.id)
    await does("block")
    assert bot.world.people[sara].is_blocking
    await does("unblock")
    await does("deactivate")
    kinds = [next(iter(set(update) - {"update_id"})) for update in await bot.updates(allowed_updates=[])]
    assert kinds.count("message") == 21
    assert kinds.count("callback_query") == 2
    assert kinds.count("my_chat_member") == 2
    assert kinds.count("edited_message") == 1


@pytest.mark.parametrize(
    ("wanted", "status", "error"),
    [
        ({"do": "send"}, 404, "no such person"),
        ({"do": "dance"}, 400, "nobody can 'dance'"),
        ({"do": "send", "text": " "}, 400, "a text is needed"),
        ({"do": "press", "message_id": 1, "button": "0.0"}, 404, "no such message"),
        ({"do": "press_keyboard", "label": "X"}, 404, "no keyboard button"),
        ({"do": "photo", "data": "!"}, 400, "must be base64"),
        ({"do": "photo", "data": "aGk="}, 400, "no picture"),
        ({"do": "send", "text": "T", "chat": 5}, 404, "no such chat"),
    ],
)
async def test_what_cannot_be_done_is_said(bot: Bot, page: Page, wanted: Json, status: int, error: str) -> None:
    sara = bot.world.person()
    given = wanted if error == "no such person" else {"as": sara.id, **wanted}
    found = await page.fails("act", **given)
    assert found[0] == status
    assert error in found[1]


async def test_a_stream_tells_what_changes_as_this_person_sees_it(bot: Bot, page: Page) -> None:
    sara, omar = bot.world.person("Sara"), bot.world.person("Omar")
    group = bot.world.group("Forum", omar)
    async with page.watching(sara.id) as events:
        omar.writes("not for her", group)
        sara.starts()
        mine = await events.next("message")
        assert (mine["message"]["text"], mine["message"]["from"]["side"]) == ("/start", "me")
        await bot.sends(sara.id, "Well?", buttons=[["Yes"]])
        shown = await events.next("message")
        assert shown["message"]["buttons"][0][0]["callback_data"] == "Yes"
        press = sara.presses("Yes")
        assert (await events.next("pressed"))["callback_id"] == press.id
        await bot.asks("answerCallbackQuery", callback_query_id=press.id, text="Good", show_alert=True)
        toast = await events.next("toast")
        assert (toast["text"], toast["alert"], toast["user_id"]) == ("Good", True, sara.id)
        await bot.asks("editMessageText", chat_id=sara.id, message_id=sara.last.id, text="Done")
        edited = await events.next("edited")
        assert edited["message"]["text"] == "Done"
        assert edited["seq"] > toast["seq"]
        await bot.asks("sendChatAction", chat_id=sara.id, action="typing")
        assert (await events.next("typing"))["action"] == "typing"
        await bot.asks("deleteMessage", chat_id=sara.id, message_id=sara.last.id)
        assert len((await events.next("deleted"))["message_ids"]) == 1
        sara.blocks()
        assert (await events.next("person"))["person"]["blocked"] is True
        bot.world.cut_network()
        assert (await events.next("network"))["up"] is False
        assert (await events.next("counters"))["calls"] > 0
    await bot.world.until(lambda: not bot.world.listeners)


async def test_a_stream_tells_when_the_bot_comes_and_goes(bot: Bot, page: Page) -> None:
    async with page.watching(bot.world.person().id) as events:
        polling = asyncio.create_task(bot.updates(timeout=50))
        assert (await events.next("bot"))["up"] is True
        polling.cancel()
        await bot.world.until(lambda: bot.world.polls_open == 0)
        bot.world.clock.advance(10)
        assert (await events.next("bot"))["up"] is False


async def test_groups_clocks_and_faults_can_be_changed(bot: Bot, page: Page) -> None:
    omar, layla = bot.world.person("Omar"), bot.world.person("Layla")
    group = (await page.post("chats", title="Forum", kind="group", members=[omar.id], bot="member"))["id"]
    await page.post("chats", chat=group, do="add", user=layla.id)
    await page.post("chats", chat=group, do="promote", user=layla.id)
    await page.post("chats", chat=group, do="promote")
    await page.post("chats", chat=group, do="rename", title="Khanaqin")
    moved = await page.post("chats", chat=group, do="migrate", quietly=True)
    assert (moved["kind"], moved["title"], moved["id"] != group) == ("supergroup", "Khanaqin", True)
    await page.post("chats", chat=group, do="mute")
    assert "not enough rights" in await bot.refused("sendMessage", chat_id=moved["id"], text="T")
    await page.post("chats", chat=group, do="unmute")
    await page.post("chats", chat=group, do="kick")
    assert "kicked" in await bot.refused("sendMessage", chat_id=moved["id"], text="T")
    before = (await page.get("state"))["now"]
    assert (await page.post("clock", advance=3600))["now"] >= before + 3600
    await page.post("faults", kind="status", method="getMe", status=500)
    assert (await bot.answer("getMe"))["error_code"] == 500
    assert (await page.post("faults", clear=True, network=False)) == {"faults": 0, "network": False}
    assert (await page.post("faults", network=True))["network"] is True
    assert await page.fails("chats", chat=5, do="mute") == (404, "no such group")


async def test_every_call_is_on_record(bot: Bot, page: Page) -> None:
    sara = bot.world.person()
    sara.starts()
    await bot.sends(sara.id, "One")
    await bot.sends(sara.id, "One")
    await bot.refused("sendMessage", chat_id=sara.id, text="x", nonsense=1)
    record = await page.get("calls?since=1&method=sendMessage")
    assert [(call["n"], call["status"]) for call in record["calls"]] == [(1, 200), (2, 400)]
    assert record["calls"][0]["params"] == {"chat_id": sara.id, "text": "One"}
    assert record["next"] == 3
    assert (await page.get(f"delivered?chat={sara.id}"))["copies"] == {"One": 2}
    [violation] = (await page.get("violations"))["violations"]
    assert violation["method"] == "sendMessage"
    assert bot.world.asked("sendMessage", text="One")[0].result["text"] == "One"


async def test_waiting_in_vain_says_what_the_world_looks_like(bot: Bot) -> None:
    sara = bot.world.person()
    sara.starts()
    with pytest.raises(AssertionError, match="/start"):
        await sara.hears("Welcome", timeout=0.01)
