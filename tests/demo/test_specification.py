"""The stand-in against the published specification of the Bot API, where that file is at hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.demo.api.keyboards import INLINE, KEY, KEYBOARD
from bot.demo.api.media import INPUT_FIELDS
from bot.demo.api.methods import METHODS
from bot.demo.api.parameters import FIELDS, KNOWN, READERS, REQUIRED, floating, integer
from bot.demo.api.parameters import flag as truth
from bot.demo.world import samples
from bot.demo.world.membership import kick_bot, migrate, promote
from bot.demo.world.updates import KINDS
from tests.demo.conftest import Bot

Json = dict[str, Any]

SPECIFICATION = Path(__file__).parents[3] / "shared" / "botapi" / "api.json"
OBJECTS = {
    "reply_parameters": "ReplyParameters",
    "link_preview_options": "LinkPreviewOptions",
    "commands": "BotCommand",
    "entities": "MessageEntity",
    "caption_entities": "MessageEntity",
    "options": "InputPollOption",
}
WITHOUT_ID = {"editMessageText", "editMessageCaption", "editMessageReplyMarkup", "editMessageMedia"}
PLAIN = {"Integer": int, "String": str, "Boolean": bool, "True": bool, "Float": (int, float)}


@pytest.fixture(scope="module")
def api() -> Json:
    if not SPECIFICATION.exists():
        pytest.skip("the specification is not at ../shared/botapi/api.json")
    found: Json = json.loads(SPECIFICATION.read_text())
    return found


def test_every_method_exists_and_is_answered(api: Json) -> None:
    assert KNOWN.keys() <= api["methods"].keys()
    assert KNOWN.keys() == METHODS.keys() | {"getUpdates"}


async def test_every_other_method_is_refused_loudly(api: Json, bot: Bot) -> None:
    others = sorted(api["methods"].keys() - KNOWN.keys() - {"close"})
    for method in others:
        assert (await bot.answer(method))["error_code"] == 501, method
    assert [violation.method for violation in bot.world.violations] == others


def test_nothing_that_repeats_a_persons_message_elsewhere_is_allowed() -> None:
    for method in ("forwardMessage", "forwardMessages", "copyMessage", "copyMessages"):
        assert method not in KNOWN


def test_every_required_parameter_is_asked_for_and_no_unknown_one_passes(api: Json) -> None:
    for method, known in KNOWN.items():
        fields = {field["name"]: field for field in api["methods"][method].get("fields", [])}
        assert known <= fields.keys(), method
        required = {name for name, field in fields.items() if field["required"]}
        assert set(REQUIRED[method]) == required, method


def test_every_parameter_is_read_as_its_type(api: Json) -> None:
    readers = {"Integer": integer, "Float": floating, "Boolean": truth}
    for method, known in KNOWN.items():
        for field in api["methods"][method].get("fields", []):
            reader = readers.get("/".join(field["types"]))
            if field["name"] in known and reader is not None:
                assert READERS.get(field["name"]) is reader, (method, field["name"])


def test_every_field_of_an_object_in_a_request_exists(api: Json) -> None:
    for name, kind in OBJECTS.items():
        fields = {field["name"]: field["required"] for field in api["types"][kind]["fields"]}
        given = {field.rstrip("!"): field.endswith("!") for field in FIELDS[name].split()}
        assert given.keys() <= fields.keys(), kind
        assert {field for field, needed in fields.items() if needed} == {field for field, needed in given.items() if needed}
    for kind, known in (("InlineKeyboardButton", INLINE), ("KeyboardButton", KEY), ("ReplyKeyboardMarkup", KEYBOARD)):
        assert known <= {field["name"] for field in api["types"][kind]["fields"]}, kind
    for kind, known in INPUT_FIELDS.items():
        assert known <= {field["name"] for field in api["types"][f"InputMedia{kind.capitalize()}"]["fields"]}, kind


def test_the_kinds_of_updates_are_telegrams(api: Json) -> None:
    assert {field["name"] for field in api["types"]["Update"]["fields"]} - {"update_id"} == KINDS


def mismatches(api: Json, kinds: list[str], found: Any, where: str) -> list[str]:
    """What in a returned value is not as the specification says; an empty list when one of the kinds fits."""
    best: list[str] | None = None
    for kind in kinds:
        wrong = mismatch(api, kind, found, where)
        if not wrong:
            return []
        best = wrong if best is None or len(wrong) < len(best) else best
    return best or []


def mismatch(api: Json, kind: str, found: Any, where: str) -> list[str]:
    if kind.startswith("Array of "):
        if not isinstance(found, list):
            return [f"{where}: no list"]
        inner = kind.removeprefix("Array of ")
        return [wrong for number, item in enumerate(found) for wrong in mismatch(api, inner, item, f"{where}[{number}]")]
    if kind in PLAIN:
        right = isinstance(found, PLAIN[kind]) and (kind == "Boolean" or not isinstance(found, bool))  # type: ignore[arg-type]
        return [] if right else [f"{where}: {found!r} is no {kind}"]
    described = api["types"][kind]
    if described.get("subtypes"):
        return mismatches(api, described["subtypes"], found, where)
    if not isinstance(found, dict):
        return [f"{where}: no {kind}"]
    fields = {field["name"]: field for field in described.get("fields", [])}
    wrong = [f"{where}.{name}: not a field of {kind}" for name in found if name not in fields]
    wrong += [f"{where}.{name}: missing in {kind}" for name, field in fields.items() if field["required"] and name not in found]
    for name, value in found.items():
        if name in fields:
            wrong += mismatches(api, fields[name]["types"], value, f"{where}.{name}")
    return wrong


async def everything_said(bot: Bot) -> None:
    """One of each: what the bot can send, and what it is answered."""
    sara, group = bot.world.person("Sara", last_name="K", username="sara_k", language_code="ckb"), None
    omar = bot.world.person("Omar")
    group = bot.world.group("Forum", omar, sara, forum=True)
    bot.telegram.service.pace.limits = None
    sara.starts()
    photo, sound = {"photo": samples.jpeg()}, samples.opus()
    text = await bot.sends(sara.id, "Hello /start", buttons=[["A", "B"]], protect_content=True)
    await bot.asks("sendMessage", chat_id=sara.id, text="<b>b</b> <a href='https://a.b'>l</a>", parse_mode="HTML")
    await bot.sends(sara.id, "Answer", reply_parameters={"message_id": text["message_id"], "quote": "Hello"})
    await bot.asks("editMessageText", chat_id=sara.id, message_id=text["message_id"], text="Other")
    await bot.asks("editMessageReplyMarkup", chat_id=sara.id, message_id=text["message_id"], reply_markup=ONE_BUTTON)
    sent = (await bot.uploads("sendPhoto", photo, chat_id=sara.id, caption="C"))["result"]
    await bot.asks("editMessageCaption", chat_id=sara.id, message_id=sent["message_id"], caption="Other")
    for kind in ("voice", "video", "audio", "document"):
        await bot.uploads(f"send{kind.capitalize()}", {kind: sound}, chat_id=sara.id)
    media = [{"type": "photo", "media": "attach://a"}, {"type": "photo", "media": sent["photo"][-1]["file_id"]}]
    await bot.uploads("sendMediaGroup", {"a": samples.jpeg()}, chat_id=sara.id, media=media)
    await bot.asks("editMessageMedia", chat_id=sara.id, message_id=sent["message_id"], media=media[1])
    await bot.asks("sendLocation", chat_id=sara.id, latitude=34.3, longitude=45.4)
    await bot.asks("sendVenue", chat_id=sara.id, latitude=34.3, longitude=45.4, title="T", address="A")
    poll = await bot.asks("sendPoll", chat_id=sara.id, question="Q", options=[{"text": "1"}, {"text": "2"}])
    await bot.asks("stopPoll", chat_id=sara.id, message_id=poll["message_id"])
    await bot.asks("getFile", file_id=sent["photo"][-1]["file_id"])
    topic = await bot.asks("createForumTopic", chat_id=group.id, name="Topic")
    await bot.sends(group.id, "In it", message_thread_id=topic["message_thread_id"])
    await bot.asks("pinChatMessage", chat_id=sara.id, message_id=text["message_id"])
    for user in (sara.id, omar.id, bot.world.bot["id"]):
        await bot.asks("getChatMember", chat_id=group.id, user_id=user)
    for chat in (sara.id, group.id):
        await bot.asks("getChat", chat_id=chat)
    await bot.asks("getChatAdministrators", chat_id=group.id)
    await bot.asks("setMyCommands", commands=[{"command": "start", "description": "Begin"}])
    await bot.asks("getMyCommands")
    await bot.asks("getWebhookInfo")
    await bot.asks("setWebhook", url="https://127.0.0.1/hook", max_connections=7, allowed_updates=["message"], secret_token="s")
    await bot.world.until(lambda: bot.telegram.courier.visits)
    await bot.asks("getWebhookInfo")
    await bot.asks("deleteWebhook")
    await bot.asks("getMe")


ONE_BUTTON = {"inline_keyboard": [[{"text": "T", "callback_data": "d"}, {"text": "U", "url": "https://a.b"}]]}


async def test_every_returned_field_is_a_field_of_its_type(api: Json, bot: Bot) -> None:
    await everything_said(bot)
    assert not [call.error for call in bot.world.calls if call.error]
    wrong = []
    for call in bot.world.calls:
        if call.method != "getUpdates":
            wrong += mismatches(api, api["methods"][call.method]["returns"], call.result, call.method)
    assert wrong == []


async def test_every_update_is_one_telegram_could_send(api: Json, bot: Bot) -> None:
    sara, omar = bot.world.person("Sara", phone="+964770"), bot.world.person("Omar", username="omar_h")
    bot.world.updates.ask_for(sorted(KINDS))
    group = bot.world.group("Forum", omar, sara, kind="group")
    news = bot.world.channel("News", linked=group, bot="administrator")
    first = sara.starts()
    for kind in ("photo", "voice", "video", "video_note", "audio", "document", "sticker"):
        sara.sends(kind)
    sara.sends_album(2, caption="Two")
    sara.sends_location(34.3, 45.4)
    sara.sends_venue(34.3, 45.4, "Bridge", "Khanaqin")
    sara.sends_contact()
    sara.sends_poll("Q", ["1", "2"])
    sara.writes("See https://a.b", forwarded_from="Somebody", reply_to=first)
    sara.edits(first, "/start again")
    await bot.sends(sara.id, "Press", buttons=[["A"]])
    sara.presses("A")
    sara.blocks()
    sara.unblocks()
    news.posts("Water again")
    omar.writes("Hidden", group, anonymously=True)
    sara.leaves(group)
    sara.joins(group, by=omar)
    promote(group, sara, omar)
    group.rename("Forum Khanaqin", omar)
    migrate(group)
    kick_bot(group, omar)
    updates = bot.world.updates.first(100)
    assert len(updates) > 25
    wrong = [each for update in updates for each in mismatch(api, "Update", update, "update")]
    assert wrong == []
