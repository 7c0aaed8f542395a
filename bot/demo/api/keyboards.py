"""Reply markups: what Telegram takes, and what it refuses."""

from typing import Any

from bot.demo.api.parameters import check_object
from bot.demo.api.refusals import bad, impossible

Json = dict[str, Any]

MOST_BUTTONS = 100
MOST_IN_A_ROW = 8
MOST_DATA = 64  # bytes
MOST_PLACEHOLDER = 64

INLINE = frozenset({"text", "url", "callback_data", "copy_text", "style"})
INLINE_ACTIONS = ("url", "callback_data", "copy_text")
KEY = frozenset({"text", "request_location", "request_contact", "style"})
KEYBOARD = frozenset({"keyboard", "is_persistent", "resize_keyboard", "one_time_keyboard", "input_field_placeholder", "selective"})
STYLES = frozenset({"danger", "success", "primary"})


def is_inline(markup: Json) -> bool:
    """Whether the markup belongs to the message and not to the chat."""
    return "inline_keyboard" in markup


def check_markup(markup: Json, *, inline_only: bool = False) -> None:
    """Refuse a markup that Telegram would refuse."""
    if "inline_keyboard" in markup:
        check_object("InlineKeyboardMarkup", markup, frozenset({"inline_keyboard"}))
        for button in _buttons(markup["inline_keyboard"]):
            _check_inline(button)
    elif inline_only:
        raise bad("inline keyboard expected")
    elif "keyboard" in markup:
        check_object("ReplyKeyboardMarkup", markup, KEYBOARD)
        for button in _buttons(markup["keyboard"]):
            _check_key(button)
        _check_placeholder(markup)
    elif "remove_keyboard" in markup:
        check_object("ReplyKeyboardRemove", markup, frozenset({"remove_keyboard", "selective"}))
    elif "force_reply" in markup:
        check_object("ForceReply", markup, frozenset({"force_reply", "input_field_placeholder", "selective"}))
        _check_placeholder(markup)
    elif markup:
        raise impossible("object expected as reply markup")


def _buttons(rows: Any) -> list[Any]:
    if not isinstance(rows, list) or any(not isinstance(row, list) for row in rows):
        raise bad("can't parse keyboard: expected an Array of Arrays")
    every = [button for row in rows for button in row]
    if len(every) > MOST_BUTTONS or any(len(row) > MOST_IN_A_ROW for row in rows):
        raise bad("REPLY_MARKUP_TOO_LONG")
    return every


def _check_inline(button: Any) -> None:
    check_object("InlineKeyboardButton", button, INLINE)
    label = button.get("text")
    if not isinstance(label, str) or not label.strip():
        raise bad("can't parse inline keyboard button: text of the button must be non-empty")
    actions = [name for name in INLINE_ACTIONS if name in button]
    if not actions:
        raise bad("can't parse inline keyboard button: text buttons are not allowed in the inline keyboard")
    if len(actions) > 1:
        raise impossible("a button does exactly one thing")
    if button.get("style", "primary") not in STYLES:
        raise bad("can't parse inline keyboard button: invalid button style specified")
    if "callback_data" in button:
        data = button["callback_data"]
        if not isinstance(data, str) or not 1 <= len(data.encode()) <= MOST_DATA:
            raise bad("BUTTON_DATA_INVALID")
    if "url" in button and not str(button["url"]).startswith(("https://", "http://", "tg://")):
        raise bad(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")


def _check_key(button: Any) -> None:
    if isinstance(button, str):
        return
    check_object("KeyboardButton", button, KEY)
    if not isinstance(button.get("text"), str) or not button["text"].strip():
        raise bad("can't parse keyboard button: text of the button must be non-empty")


def _check_placeholder(markup: Json) -> None:
    if len(str(markup.get("input_field_placeholder", ""))) > MOST_PLACEHOLDER:
        raise bad("input field placeholder is too long")
