"""answerCallbackQuery: the toast after a press."""

from typing import Any

from bot.demo.api.refusals import QUERY_TOO_OLD, bad
from bot.demo.api.service import Service
from bot.demo.world.entities import units
from bot.demo.world.updates import PRESS_KEPT_FOR

Json = dict[str, Any]

LONGEST_TOAST = 200


def answer_callback_query(service: Service, given: Json) -> bool:
    """Answer a press: once, and within 150 seconds of the world's clock."""
    press = service.world.presses.get(given["callback_query_id"])
    if press is None or press.is_answered or service.world.clock.now() - press.at > PRESS_KEPT_FOR:
        raise bad(QUERY_TOO_OLD)
    text = given.get("text", "")
    if units(text) > LONGEST_TOAST:
        raise bad("MESSAGE_TOO_LONG")
    if given.get("url"):
        raise bad("URL_INVALID")
    press.is_answered = True
    press.text = text
    press.is_alert = given.get("show_alert", False)
    service.world.changed(
        "toast",
        chat_id=press.message.chat.id,
        user_id=press.person.id,
        callback_id=press.id,
        text=text,
        alert=press.is_alert,
    )
    return True
