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
from handlers import (
    area,
    danger,
    dialogue,
    feedback,
    invitations,
    my_reports,
    my_sessions,
    naming,
    offering,
    privacy,
    reachability,
    reminders,
    report,
    rounds,
    session_timers,
    start,
    stopping,
)
from handlers.broadcasts import replies
from handlers.broadcasts.answering import BROADCAST_ALWAYS, BROADCAST_BUTTONS, PREVIEW_DESK
from handlers.broadcasts.control import CONTROL_COMMANDS, CONTROL_DESK, CONTROL_NEWS, CONTROL_TIMERS
from handlers.broadcasts.writing import WRITING_COMMANDS, WRITING_DESK, WRITING_NEWS
from handlers.calendar import CALENDAR_COMMANDS, CALENDAR_DESK, hearing
from handlers.desk import DESK, DESK_COMMANDS, DESK_EVENTS, DESK_NEWS, DESK_TIMERS
from handlers.sessions import SESSION_COMMANDS, SESSION_DESK, SESSION_EVENTS, SESSION_TIMERS

FLOWS = {
    "welcome": start.welcome,
    "report": report.report,
    "dialogue": dialogue.dialogue,
    "feedback": feedback.feedback,
    "answer": my_reports.answer,
}

BUTTONS = {
    "report": lambda situation, action: start.start_report(situation),
    "dialogue": lambda situation, action: start.start_dialogue(situation),
    "restart": start.restart,
    "home": lambda situation, action: start.home(situation),
    "languages": lambda situation, action: start.languages(situation),
    "my_reports": lambda situation, action: my_reports.my_reports(situation),
    "write": my_reports.write_about,
    "unfocus": lambda situation, action: my_reports.unfocus(situation),
    "reopen": my_reports.reopen,
    "area": area.my_area,
    "topics": area.topics,
    "circles": area.circles,
    "district": naming.district,
    "topic": naming.topic,
    "offer": offering.offer,
    "undo": stopping.undo,
    "sessions": lambda situation, action: my_sessions.my_sessions(situation),
    "session": lambda situation, action: my_sessions.open_session(situation),
    "rsvp": invitations.rsvp,
    "map": lambda situation, action: invitations.show_map(situation),
    "file": lambda situation, action: invitations.file(situation),
    "rate": feedback.rate,
    "opine": feedback.opine,
    "privacy": lambda situation, action: privacy.details(situation),
    "erase": lambda situation, action: privacy.erase(situation) if action.args else privacy.ask(situation),
    "help": lambda situation, action: start.help_text(situation),
    **BROADCAST_BUTTONS,
}

ALWAYS = {
    "emergency": lambda situation, action: danger.emergency(situation),
    "listen": start.listen,
    "stop": stopping.stop,
    **BROADCAST_ALWAYS,
}

COMMANDS = {
    "start": lambda situation, command: start.start(situation),
    "report": lambda situation, command: start.start_report(situation),
    "dialogue": lambda situation, command: start.start_dialogue(situation),
    "sessions": lambda situation, command: my_sessions.my_sessions(situation),
    "area": lambda situation, command: area.my_area(situation),
    "status": lambda situation, command: my_reports.my_reports(situation),
    "privacy": lambda situation, command: privacy.details(situation),
    "help": lambda situation, command: start.help_text(situation),
    "emergency": lambda situation, command: danger.emergency(situation),
}

TIMERS = {
    "draft": reminders.draft_due,
    "forget": privacy.forget,
    "reachable": reachability.catch_up,
    "erase_ticket": privacy.erase_ticket,
    "round": rounds.go_on,
    "remind": session_timers.remind,
    "seats": invitations.seats_freed,
    **DESK_TIMERS,
    **SESSION_TIMERS,
    **CONTROL_TIMERS,
}

NEWS: dict[type[Event], Callable[[Situation, Any], Iterable[Effect]]] = {
    BotBlocked: reachability.blocked,
    BotUnblocked: reachability.unblocked,
    **DESK_NEWS,
    **WRITING_NEWS,
    **CONTROL_NEWS,
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
    typed=lambda situation, text: naming.typed(situation, text) or my_sessions.typed(situation, text),
    messages=my_reports.messages,
    desk={**DESK, **SESSION_DESK, **CALENDAR_DESK, **WRITING_DESK, **CONTROL_DESK, **PREVIEW_DESK},
    desk_commands={**DESK_COMMANDS, **SESSION_COMMANDS, **CALENDAR_COMMANDS, **WRITING_COMMANDS, **CONTROL_COMMANDS},
    desk_events=replies.hearing(hearing({**DESK_EVENTS, **SESSION_EVENTS})),
    timers=TIMERS,
    news=NEWS,
)
