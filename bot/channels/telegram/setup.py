"""The command menus ("/") and the line under the bot's name. Setting them again changes nothing; failing to set them stops nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from telegram import Bot, BotCommand, BotCommandScope, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats, BotCommandScopeChat
from telegram.error import TelegramError

from bot.model.ids import Language
from bot.model.text import Piece

_CODES: Final[dict[str | None, Language]] = {None: "ar", "en": "en", "ku": "ckb"}
"""Telegram knows two-letter codes only, so Sorani goes under Kurdish; a phone in any further language shows Arabic."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One command of a menu: its name without the slash, and what it does."""

    name: str
    description: Piece


@dataclass(frozen=True, slots=True)
class Menus:
    """What Telegram shows of the bot before anybody has said a word.

    Attributes:
        private: commands for residents.
        group: commands for forums.
        about: one sentence under the bot's name, at most 120 characters in each language.
    """

    private: tuple[Entry, ...]
    group: tuple[Entry, ...]
    about: Piece


class Setup:
    """Sets the menus."""

    def __init__(self, bot: Bot, render: Callable[[Piece, Language], str], menus: Menus) -> None:
        self._bot = bot
        self._render = render
        self._menus = menus

    async def publish(self) -> bool:
        """Set all menus in all languages; return whether Telegram took every one."""
        taken = True
        for code, language in _CODES.items():
            for scope, entries in (
                (BotCommandScopeAllPrivateChats(), self._menus.private),
                (BotCommandScopeAllGroupChats(), self._menus.group),
            ):
                taken &= await self._set(entries, language, scope, code)
            taken &= await _taken(self._bot.set_my_short_description(self._render(self._menus.about, language), code))
        return taken

    async def for_chat(self, chat: str, language: Language) -> bool:
        """Set a resident's own menu in the language they chose, which may not be their phone's; return whether Telegram took it."""
        return await self._set(self._menus.private, language, BotCommandScopeChat(int(chat)), None)

    async def _set(self, entries: Sequence[Entry], language: Language, scope: BotCommandScope, code: str | None) -> bool:
        commands = [BotCommand(entry.name, self._render(entry.description, language)) for entry in entries]
        return await _taken(self._bot.set_my_commands(commands, scope, code))


async def _taken(call: Awaitable[bool]) -> bool:
    try:
        return await call
    except TelegramError:
        return False
