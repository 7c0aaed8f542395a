"""What the bot says about itself, and the command menus people see."""

from typing import Any

import pytest

from bot.demo import view
from bot.demo.world.membership import promote
from tests.demo.conftest import Bot


def menu(*names: str) -> list[dict[str, str]]:
    return [{"command": name, "description": f"About {name}"} for name in names]


async def test_a_menu_is_kept_by_scope_and_language(bot: Bot) -> None:
    await bot.asks("setMyCommands", commands=menu("start"))
    await bot.asks("setMyCommands", commands=menu("begin"), language_code="ku")
    await bot.asks("setMyCommands", commands=menu("mine"), scope={"type": "all_group_chats"})
    assert await bot.asks("getMyCommands") == menu("start")
    assert await bot.asks("getMyCommands", language_code="ku") == menu("begin")
    assert await bot.asks("getMyCommands", language_code="ar") == []
    await bot.asks("deleteMyCommands", language_code="ku")
    assert await bot.asks("getMyCommands", language_code="ku") == []


async def test_a_person_sees_the_narrowest_menu_in_their_language(bot: Bot) -> None:
    sara, omar = bot.world.person("Sara", language_code="ku"), bot.world.person("Omar", language_code="ar")
    group = bot.world.group("Forum", sara, omar)
    promote(group, omar, sara)
    sara.starts()
    await bot.asks("setMyCommands", commands=menu("any"))
    await bot.asks("setMyCommands", commands=menu("kurdish"), language_code="ku")
    await bot.asks("setMyCommands", commands=menu("admins"), scope={"type": "all_chat_administrators"})
    await bot.asks("setMyCommands", commands=menu("hers"), scope={"type": "chat", "chat_id": sara.id})
    assert view.commands(sara.talk, sara) == menu("hers")
    await bot.asks("deleteMyCommands", scope={"type": "chat", "chat_id": sara.id})
    assert view.commands(sara.talk, sara) == menu("kurdish")
    assert view.commands(group, omar) == menu("admins")


@pytest.mark.parametrize(
    ("params", "complaint"),
    [
        ({"commands": menu("start"), "language_code": "ckb"}, "invalid language code specified"),
        ({"commands": menu("start"), "language_code": "AR"}, "invalid language code specified"),
        ({"commands": menu("Start")}, "BOT_COMMAND_INVALID"),
        ({"commands": menu("x" * 33)}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "start", "description": " "}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"commands": [{"command": "start", "description": "x" * 257}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"commands": menu("start") * 101}, "BOT_COMMANDS_TOO_MUCH"),
        ({"commands": menu("start"), "scope": {"type": "everywhere"}}, "can't parse BotCommandScope: unsupported type specified"),
        ({"commands": menu("start"), "scope": {"type": "chat", "chat_id": 5}}, "chat not found"),
    ],
)
async def test_wrong_menus_are_refused(bot: Bot, params: dict[str, Any], complaint: str) -> None:
    assert await bot.refused("setMyCommands", **params) == f"Bad Request: {complaint}"


async def test_names_and_descriptions_are_kept_by_language(bot: Bot) -> None:
    sara = bot.world.person(language_code="ar")
    await bot.asks("setMyName", name="Alwand")
    await bot.asks("setMyName", name="الوند", language_code="ar")
    await bot.asks("setMyDescription", description="For all", language_code="")
    await bot.asks("setMyShortDescription", short_description="Short")
    shown = view.bot(bot.world, sara)
    assert (shown["name"], shown["description"], shown["short_description"]) == ("الوند", "For all", "Short")
    await bot.asks("setMyName", language_code="ar")
    assert view.bot(bot.world, sara)["name"] == "Alwand"
    assert "too long" in await bot.refused("setMyDescription", description="x" * 513)
    assert "too long" in await bot.refused("setMyShortDescription", short_description="x" * 121)
    assert await bot.refused("setMyName", name="x", language_code="ckb") == "Bad Request: invalid language code specified"
