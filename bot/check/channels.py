"""What Telegram says of the districts' public channels: may the bot post there?"""

from __future__ import annotations

from typing import Any

from bot.check.finding import Finding, fine, wrong
from bot.check.telegram import Api, Unreachable

_RIGHTS = "open the channel's settings, Administrators, add the bot and let it post messages; it needs no other right"


async def examine(api: Api, bot: int, name: str, channel: str) -> Finding:
    """Examine one district's channel.

    Args:
        api: where to ask.
        bot: the bot's own id.
        name: the district's name for the operator.
        channel: the channel's address, as configured.
    """
    subject = f"channel of {name}"
    try:
        about = await api.ask("getChat", chat_id=channel)
        if about.code:
            return wrong(subject, "there is none of that name, or the bot cannot see it", f"see whether channel is right; {_RIGHTS}")
        own = await api.ask("getChatMember", chat_id=channel, user_id=bot)
    except Unreachable as error:
        return wrong(subject, f"Telegram cannot be reached ({error})", "check again")
    return _standing(subject, about.result, own.result or {})


def _standing(subject: str, about: dict[str, Any], own: dict[str, Any]) -> Finding:
    """Judge the channel by Telegram's ChatFullInfo and the bot's own ChatMember."""
    if about.get("type") != "channel":
        return wrong(subject, "is a group or a private chat", "name a channel")
    if own.get("status") != "creator" and not (own.get("status") == "administrator" and own.get("can_post_messages")):
        return wrong(subject, "the bot may not post there", _RIGHTS)
    return fine(subject, "the bot can post there")
