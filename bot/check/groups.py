"""What Telegram says of the forums' groups: can the bot work there, and does anybody listen who should not?"""

from __future__ import annotations

from typing import Any

from bot.check.finding import Finding, fine, mind, wrong
from bot.check.telegram import Api, Unreachable
from bot.model.ids import ForumId


async def examine(api: Api, bot: int, forum: ForumId, name: str, chat: str | None) -> Finding:
    """Examine one forum's group.

    Args:
        api: where to ask.
        bot: the bot's own id.
        forum: the forum's id.
        name: its name for the operator.
        chat: the group's address; None if it is not linked.
    """
    subject = f"group of {name}"
    if chat is None:
        return wrong(subject, "is not linked, so its reports reach nobody", f"alwand forum code {forum} --config FILE")
    try:
        about = await api.ask("getChat", chat_id=chat)
        if about.code == 400 and "supergroup" in about.description:
            return mind(subject, "has become a supergroup", "its new id is taken over with the next message")
        if about.code:
            return wrong(subject, "the bot cannot see it", "add the bot to the group as an administrator, or link it anew")
        own = await api.ask("getChatMember", chat_id=chat, user_id=bot)
    except Unreachable as error:
        return wrong(subject, f"Telegram cannot be reached ({error})", "check again")
    return _standing(subject, about.result, own.result or {})


def _standing(subject: str, about: dict[str, Any], own: dict[str, Any]) -> Finding:
    """Judge the group by Telegram's ChatFullInfo and the bot's own ChatMember."""
    status = own.get("status")
    if about.get("type") not in ("group", "supergroup"):
        return wrong(subject, "is a channel or a private chat", "link a group")
    if status in (None, "left", "kicked"):
        return wrong(subject, "the bot is not in it", "add the bot to the group as an administrator")
    if status == "restricted" and not own.get("can_send_messages"):
        return wrong(subject, "the bot may not write there", "open the group's settings, Permissions, and lift the bot's restriction")
    if status not in ("administrator", "creator"):
        remedy = "open the group's settings, Administrators, and add the bot; it needs none of the rights listed there"
        return wrong(subject, "the bot is no administrator, so it does not hear who leaves", remedy)
    if about.get("username"):
        return wrong(subject, "is public: everybody can read the reports", "open the group's settings, Group type, and choose Private")
    if about.get("has_visible_history"):
        return mind(subject, "whoever joins can read older reports", "open the group's settings, Chat history for new members, Hidden")
    return fine(subject, "the bot can work there")
