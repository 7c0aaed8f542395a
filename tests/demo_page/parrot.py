"""A bot of thirty lines that repeats what it hears: enough for a page to show everything a bot can send.

`python parrot.py API_URL TOKEN`; it speaks HTTP only, and lives until it is killed.
"""

import json
import sys
import time
import urllib.error
import urllib.request
from typing import Any

API, TOKEN = sys.argv[1:]
BUTTONS = [
    [{"text": "Quietly", "callback_data": "toast"}, {"text": "Loudly", "callback_data": "alert"}],
    [{"text": "زر", "callback_data": "none"}],
]


def ask(method: str, **params: Any) -> Any:
    """One call; None when Telegram is out of reach or refuses."""
    body = json.dumps(params).encode()
    request = urllib.request.Request(f"{API}/bot{TOKEN}/{method}", body, {"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)["result"]
    except OSError:
        time.sleep(0.1)
        return None


def handle(update: dict[str, Any]) -> None:
    """Repeat a message; answer a press."""
    if "callback_query" in update:
        press = update["callback_query"]
        text = {"toast": "Pressed quietly", "alert": "Pressed loudly"}.get(press["data"], "")
        ask("answerCallbackQuery", callback_query_id=press["id"], text=text, show_alert=press["data"] == "alert")
    message = update.get("message", {})
    if not message.get("text"):
        return
    how: dict[str, Any] = {"reply_markup": {"inline_keyboard": BUTTONS}}
    if message["text"] == "force":
        how = {"reply_markup": {"force_reply": True}}
    if message["text"] == "keyboard":
        keys = [[{"text": "بلاغ"}, {"text": "Share my location", "request_location": True}]]
        how = {"reply_markup": {"keyboard": keys, "resize_keyboard": True}}
    ask("sendMessage", chat_id=message["chat"]["id"], text=f"You said: {message['text']}", protect_content=True, **how)


def main() -> None:
    """Listen for ever."""
    ask("setMyCommands", commands=[{"command": "start", "description": "Begin"}, {"command": "help", "description": "Help"}])
    ask("setMyDescription", description="Repeats what it hears.")
    after = 0
    while True:
        for update in ask("getUpdates", offset=after, timeout=5) or []:
            handle(update)
            after = update["update_id"] + 1


main()
