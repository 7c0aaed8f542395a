"""The step of a broadcast's message in which its time is chosen: what is asked and what can be tapped. `timing` takes what was tapped.

What is chosen on the way stands in the broadcast's `asking` and counts only once it is saved: before that the next dates are shown as the
rules of time will have them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Literal, get_args

from pydantic import TypeAdapter, ValidationError

from bot.model.broadcasts import DAY_NAMES, WINDOWS, Broadcast, Schedule
from bot.model.messages import Action, Button
from bot.model.situation import Situation
from bot.model.text import C_, N_, Names, Piece, Text, lines, paragraphs
from handlers.broadcasts.pending import opened
from handlers.broadcasts.when import KINDS, ORDINALS, schedule_text, wrong
from handlers.session_words import WEEKDAY_NAMES
from handlers.sessions.days import LEGEND, Press, Rows, half_hours, month_rows, plain, today

Page = Literal["kind", "day", "days", "which", "weekday", "time", "until", "review"]
"""What is asked: the kind of time, a day, days of the week, which one of a month, of which day, an hour, the last day, or to check it."""

QUESTIONS: Mapping[Page, Text] = {
    "kind": N_("When is it sent?"),
    "day": N_("Which day?"),
    "days": N_("On which days of the week? Press one to choose it, press again to let it go."),
    "which": N_("First, second … or last of the month? The weekday comes next."),
    "weekday": N_("On which day of the week?"),
    "time": N_("At what time? These are the hours in which we disturb nobody."),
    "until": N_("Until which day?"),
    "review": N_("Please check the dates, then save. The hours below say how late it may still begin without asking you."),
}


@dataclass(frozen=True, slots=True)
class Choosing:
    """The open step: its page, the time as chosen so far, and the month that is looked at."""

    page: Page
    schedule: Schedule
    month: str = ""


_SCHEDULE = TypeAdapter(Schedule)


def choosing(broadcast: Broadcast) -> Choosing | None:
    """Return the open step, None where it is none about the time, or cannot be read, as after an upgrade."""
    try:
        kept = json.loads(broadcast.asking or "{}")
        if kept.get("step") != "when" or kept.get("page") not in get_args(Page):
            return None
        return Choosing(kept["page"], _SCHEDULE.validate_python(kept["schedule"]), kept.get("month", ""))
    except (ValueError, KeyError, AttributeError, ValidationError):
        return None


def with_step(broadcast: Broadcast, step: Choosing) -> Broadcast:
    """Return the broadcast with this step open; what else the composer keeps there stays."""
    others = json.loads(opened(broadcast).asking or "{}")
    kept = {**others, "step": "when", **asdict(step), "schedule": json.loads(_SCHEDULE.dump_json(step.schedule))}
    return replace(broadcast, asking=json.dumps(kept, ensure_ascii=False))


def asked(broadcast: Broadcast, situation: Situation) -> tuple[Piece, Rows] | None:
    """Return the question that is open about the time, with what can be tapped; None where none is."""
    step = choosing(broadcast)
    if step is None:
        return None
    back = _press(broadcast, "back")(C_("button", "Back"), "")
    rows = (*_rows(step, broadcast, situation), (back,))
    legend = LEGEND if step.page in ("day", "until") else None
    if step.page != "review":
        return lines(QUESTIONS[step.page], legend), rows
    no = wrong(step.schedule, situation)
    return paragraphs(N_("Not saved yet:"), schedule_text(step.schedule, situation), no or QUESTIONS["review"]), rows


def _press(broadcast: Broadcast, step: str) -> Press:
    """Return what makes the buttons of a step; each carries the revision that it was made for."""

    def button(label: Text | Names, value: str) -> Button:
        return Button(label, Action("cast_when", None, (step, value, str(broadcast.revision)), broadcast=broadcast.id))

    return button


def _rows(step: Choosing, broadcast: Broadcast, situation: Situation) -> Rows:
    press, schedule = _press(broadcast, step.page), step.schedule
    match step.page:
        case "kind":
            return tuple((press(name, kind),) for kind, name in KINDS.items())
        case "day":
            return month_rows(_month(step, schedule.day, situation), situation, press)
        case "until":
            no_end = (press(C_("button", "No end"), "none"),)
            return (*month_rows(_month(step, schedule.until, situation), situation, press, from_today=False), no_end)
        case "days":
            ticked = [_tick(name, press, DAY_NAMES[number], DAY_NAMES[number] in schedule.days) for number, name in WEEKDAY_NAMES.items()]
            return (*_pairs(ticked), (press(C_("button", "Next"), "next"),))
        case "which":
            return tuple((press(name, which),) for which, name in ORDINALS.items())
        case "weekday":
            return _pairs([press(name, DAY_NAMES[number]) for number, name in WEEKDAY_NAMES.items()])
        case "time":
            return _hours(schedule, situation, press)
        case "review":
            return _review(schedule, broadcast)


def _review(schedule: Schedule, broadcast: Broadcast) -> Rows:
    page, press = _press(broadcast, "page"), _press(broadcast, "review")
    windows = tuple(_tick(_hours_named(each), press, str(each), each == schedule.window) for each in WINDOWS)
    recurring = schedule.kind in ("weekly", "monthly")
    holidays = C_("button", "Leave out holidays") if schedule.on_holidays else C_("button", "Send on holidays too")
    return (
        (page(C_("button", "Another time"), "kind"),),
        *(((page(C_("button", "Last day"), "until"), press(holidays, "holidays")),) if recurring else ()),
        windows,
        (press(C_("button", "Save"), "save"),),
    )


def _hours_named(hours: int) -> Text:
    return C_("button", "{hours} h", hours=str(hours))


def _hours(schedule: Schedule, situation: Situation, press: Press) -> Rows:
    buttons = []
    for hour in half_hours():
        cross = schedule.kind == "once" and wrong(replace(schedule, at=hour), situation) is not None
        buttons.append(press(plain(f"{'✖' if cross else ''}{hour:%H:%M}"), f"{hour:%H%M}"))
    return tuple(tuple(buttons[start : start + 4]) for start in range(0, len(buttons), 4))


def _month(step: Choosing, chosen: date | None, situation: Situation) -> date:
    if step.month:
        return date.fromisoformat(f"{step.month}-01")
    return (chosen or today(situation)).replace(day=1)


def _tick(name: Text, press: Press, value: str, chosen: bool) -> Button:
    return press(C_("chosen", "✓ {name}", name=name) if chosen else name, value)


def _pairs(buttons: list[Button]) -> Rows:
    return tuple(tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2))
