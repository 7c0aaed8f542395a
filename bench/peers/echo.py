"""An Application that answers each text with a message: into the group BENCH_CHAT, else into the chat it came from."""

from __future__ import annotations

import os
from typing import Any

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters

GROUP = os.environ.get("BENCH_CHAT")


async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    if update.effective_chat is not None and update.effective_message is not None:
        await context.bot.send_message(int(GROUP or update.effective_chat.id), update.effective_message.text or "")


def main() -> None:
    application: Application[Any, Any, Any, Any, Any, Any] = (
        Application.builder().token(os.environ["BENCH_TOKEN"]).base_url(os.environ["BENCH_URL"] + "/bot").build()
    )
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.run_polling(timeout=5)


if __name__ == "__main__":
    main()
