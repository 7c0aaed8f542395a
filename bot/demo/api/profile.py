"""What the bot says about itself: its name, its descriptions and its command menus; and what it has to pay with."""

import re
from typing import Any

from bot.demo.api.refusals import bad
from bot.demo.api.service import Service

Json = dict[str, Any]

MOST_COMMANDS = 100
LONGEST = {"name": 64, "description": 512, "short_description": 120}
LONGEST_COMMAND_DESCRIPTION = 256
SCOPES: dict[str, frozenset[str]] = {
    "default": frozenset(),
    "all_private_chats": frozenset(),
    "all_group_chats": frozenset(),
    "all_chat_administrators": frozenset(),
    "chat": frozenset({"chat_id"}),
    "chat_administrators": frozenset({"chat_id"}),
    "chat_member": frozenset({"chat_id", "user_id"}),
}
_COMMAND = re.compile(r"/?[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"([a-z]{2})?")


def get_me(service: Service, given: Json) -> Json:
    """The bot as a User object."""
    del given
    return service.world.bot | {
        "can_join_groups": True,
        "can_read_all_group_messages": service.world.can_read_all_group_messages,
        "supports_guest_queries": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
        "supports_join_request_queries": False,
    }


def get_my_star_balance(service: Service, given: Json) -> Json:
    """The Bot API's StarAmount object: what is left to pay with."""
    del given
    whole, rest = divmod(max(service.stars, 0), 10**9)
    return {"amount": whole} | ({"nanostar_amount": rest} if rest else {})


def set_my_commands(service: Service, given: Json) -> bool:
    """The "/" menu of one scope and language."""
    key = _scope_key(service, given), _language(given)
    commands = given["commands"]
    if not commands:
        service.world.profile.commands.pop(key, None)
        return True
    if len(commands) > MOST_COMMANDS:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    shown = []
    for command in commands:
        if not _COMMAND.fullmatch(str(command["command"])):
            raise bad("BOT_COMMAND_INVALID")
        description = str(command["description"]).strip()
        if not 1 <= len(description) <= LONGEST_COMMAND_DESCRIPTION:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
        shown.append({"command": command["command"].removeprefix("/"), "description": description})
    service.world.profile.commands[key] = shown
    service.world.changed("chat", chat_id=_scope_chat(given))
    return True


def get_my_commands(service: Service, given: Json) -> list[Json]:
    """The menu as it was set for exactly this scope and language."""
    return service.world.profile.commands.get((_scope_key(service, given), _language(given)), [])


def delete_my_commands(service: Service, given: Json) -> bool:
    """Take the menu of this scope and language away."""
    service.world.profile.commands.pop((_scope_key(service, given), _language(given)), None)
    return True


def set_my_name(service: Service, given: Json) -> bool:
    """The bot's name in a language; an empty one removes it."""
    return _keep(service.world.profile.names, "name", given)


def set_my_description(service: Service, given: Json) -> bool:
    """What an empty chat with the bot shows."""
    return _keep(service.world.profile.descriptions, "description", given)


def set_my_short_description(service: Service, given: Json) -> bool:
    """What the bot's profile page shows."""
    return _keep(service.world.profile.short_descriptions, "short_description", given)


def _keep(kept: dict[str, str], name: str, given: Json) -> bool:
    value = given.get(name, "").strip()
    if len(value) > LONGEST[name]:
        raise bad(f"{name.replace('_', ' ')} is too long")  # not checked against Telegram's wording
    language = _language(given)
    if value:
        kept[language] = value
    else:
        kept.pop(language, None)
    return True


def _language(given: Json) -> str:
    language: str = given.get("language_code", "")
    if not _LANGUAGE.fullmatch(language):
        raise bad("invalid language code specified")
    return language


def _scope_key(service: Service, given: Json) -> str:
    scope = given.get("scope") or {"type": "default"}
    wanted = SCOPES.get(str(scope["type"]))
    if wanted is None:
        raise bad("can't parse BotCommandScope: unsupported type specified")
    if wanted != scope.keys() - {"type"}:
        raise bad("can't parse BotCommandScope: wrong fields for its type")  # not Telegram's wording
    if "chat_id" in wanted:
        service.chat(int(scope["chat_id"]))
    return ":".join([str(scope["type"]), *(str(scope[name]) for name in ("chat_id", "user_id") if name in wanted)])


def _scope_chat(given: Json) -> int | None:
    found = (given.get("scope") or {}).get("chat_id")
    return int(found) if found is not None else None
