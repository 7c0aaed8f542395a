"""What the bot says and does: the table of contents.

One file per thing a person can do. Everything here is pure: a situation and an event in, effects out. Nothing here knows a clock, chance,
a disk, a network or a channel.
"""

from collections.abc import Callable, Iterable
from typing import Any

from bot.engine.book import Book
from bot.model.effects import Effect
from bot.model.events import BotBlocked, BotUnblocked, Event
from bot.model.situation import Situation
from handlers import danger, my_reports, privacy, reachability, reminders, report, start
from handlers.desk import DESK, DESK_COMMANDS, DESK_EVENTS, DESK_NEWS, DESK_TIMERS

FLOWS = {
    "welcome": start.welcome,
    "report": report.report,
    "answer": my_reports.answer,
}

BUTTONS = {
    "report": lambda situation, action: start.start_report(situation),
    "restart": start.restart,
    "home": lambda situation, action: start.home(situation),
    "languages": lambda situation, action: start.languages(situation),
    "my_reports": lambda situation, action: my_reports.my_reports(situation),
    "write": my_reports.write_about,
    "unfocus": lambda situation, action: my_reports.unfocus(situation),
    "reopen": my_reports.reopen,
    "privacy": lambda situation, action: privacy.details(situation),
    "erase": lambda situation, action: privacy.erase(situation) if action.args else privacy.ask(situation),
    "help": lambda situation, action: start.help_text(situation),
}

ALWAYS = {
    "emergency": lambda situation, action: danger.emergency(situation),
    "listen": start.listen,
}

COMMANDS = {
    "start": lambda situation, command: start.start(situation),
    "report": lambda situation, command: start.start_report(situation),
    "status": lambda situation, command: my_reports.my_reports(situation),
    "privacy": lambda situation, command: privacy.details(situation),
    "help": lambda situation, command: start.help_text(situation),
    "emergency": lambda situation, command: danger.emergency(situation),
}

TIMERS = {
    "draft": reminders.draft_due,
    "forget": privacy.forget,
    "erase_ticket": privacy.erase_ticket,
    **DESK_TIMERS,
}

NEWS: dict[type[Event], Callable[[Situation, Any], Iterable[Effect]]] = {
    BotBlocked: reachability.blocked,
    BotUnblocked: reachability.unblocked,
    **DESK_NEWS,
}

BOOK = Book(
    flows=FLOWS,
    first="welcome",
    home=start.home,
    languages=start.languages,
    reflex=danger.reflex,
    always=ALWAYS,
    buttons=BUTTONS,
    commands=COMMANDS,
    messages=my_reports.messages,
    desk=DESK,
    desk_commands=DESK_COMMANDS,
    desk_events=DESK_EVENTS,
    timers=TIMERS,
    news=NEWS,
)
