"""A report on python-telegram-bot's ConversationHandler with its PicklePersistence: thirteen updates, and a card into the group BENCH_CHAT.

The questions are ours, in the same number and order, without checks, places or languages. BENCH_STORE is where the pickle lies.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Coroutine
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    PicklePersistence,
    filters,
)

Context = ContextTypes.DEFAULT_TYPE
Handle = Callable[[Update, Context], Coroutine[Any, Any, int]]

GROUP = int(os.environ["BENCH_CHAT"])
QUESTIONS = (
    ("language", "Please choose your language.", ("العربية", "کوردی", "English")),
    ("consent", "Nobody sees who you are. Do you agree?", ("I agree", "No")),
    ("menu", "What would you like to do?", ("Report a problem", "My reports")),
    ("danger", "Is anyone in danger right now?", ("Yes", "No")),
    ("category", "What is it about?", ("Drugs", "Violence", "Services", "Other")),
    ("district", "Where did it happen?", ("Khanaqin", "Baquba", "Mandali", "Kifri")),
    ("place", "Which neighbourhood?", ("Skip",)),
    ("story", "Tell us what happened.", ()),
    ("more", "Is there more?", ("Done",)),
    ("when", "When did it happen?", ("Skip",)),
    ("contact", "May the forum write back?", ("Yes", "No")),
    ("review", "This is what the forum gets. Send it?", ("Send", "Cancel")),
)
"""Name, words and buttons of each; the state of the conversation is the number of the question that was asked."""
RECEIPT = "We have received your report."


async def ask(update: Update, number: int) -> int:
    _, words, labels = QUESTIONS[number]
    buttons = InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=label)] for label in labels]) if labels else None
    if update.effective_message is not None:
        await update.effective_message.reply_text(words, reply_markup=buttons)
    return number


async def start(update: Update, context: Context) -> int:
    if context.user_data is not None:
        context.user_data.clear()
    return await ask(update, 0)


def answer(number: int) -> Handle:
    """Return what handles the answer to a question."""

    async def handle(update: Update, context: Context) -> int:
        said = ""
        if update.callback_query is not None:
            await update.callback_query.answer()
            said = update.callback_query.data or ""
        elif update.message is not None:
            said = update.message.text or ""
        told: dict[str, Any] = context.user_data if context.user_data is not None else {}
        told[QUESTIONS[number][0]] = said
        if number + 1 < len(QUESTIONS):
            return await ask(update, number + 1)
        await context.bot.send_message(GROUP, "\n".join(f"{name}: {words}" for name, words in told.items()))
        if update.effective_message is not None:
            await update.effective_message.reply_text(RECEIPT)
        return ConversationHandler.END

    return handle


def main() -> None:
    persistence: Any = PicklePersistence(os.environ["BENCH_STORE"])
    builder: Any = Application.builder().token(os.environ["BENCH_TOKEN"]).base_url(os.environ["BENCH_URL"] + "/bot")
    application: Any = builder.persistence(persistence).build()
    states: dict[object, list[Any]] = {
        number: [MessageHandler(filters.TEXT & ~filters.COMMAND, answer(number)) if not labels else CallbackQueryHandler(answer(number))]
        for number, (_, _, labels) in enumerate(QUESTIONS)
    }
    application.add_handler(ConversationHandler([CommandHandler("start", start)], states, [], name="report", persistent=True))
    application.run_polling(timeout=5)


if __name__ == "__main__":
    main()
