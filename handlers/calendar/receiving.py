"""What coordinators press and write about the calendar, in the province's group alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Literal, get_args

from bot.model.calendar import Calendar, Holiday, Ramadan, Shutdown
from bot.model.effects import Effect, Priority, Send, Toast
from bot.model.events import CommandGiven, Event, TextReceived
from bot.model.ids import PROVINCE
from bot.model.messages import Action, Message, ToForum
from bot.model.people import Member
from bot.model.situation import Situation
from bot.model.text import N_, Names, Text
from handlers.calendar import panel, typed
from handlers.calendar.changing import change
from handlers.calendar.words import FEASTS, Entry, named, version_named
from handlers.desk.authority import refuse_aloud
from handlers.may import Refused, stranger
from handlers.sessions.days import today

Kind = Literal["holiday", "ramadan", "shutdown"]
Heard = Callable[[Situation, Any], Iterable[Effect]]

LONGEST = timedelta(days=92)
FARTHEST = timedelta(days=800)
LONGEST_NAME = 60

ELSEWHERE = N_("Only coordinators can look at the calendar and change it, in the group of the province.")
OLD = N_("This button is old: the calendar has changed. Please write /calendar.")
UNREADABLE = N_(
    "These days could not be read. Please write them like 5/6/2027 – 24/6/2027, the day before the month, as a reply to the same message. "
    "They must not be over, nor longer than three months, nor more than two years ahead."
)
HOURS_TOO = N_("Please write the days and also two hours, like 5/6/2027 – 24/6/2027, 05:30 – 08:00, as a reply to the same message.")
HOURS_TWISTED = N_("The first hour must be before the second. Please write it again, as a reply to the same message.")
NAME_TOO = N_("Please write the days in the first line and the name below it, as a reply to the same message.")
THERE_ALREADY = N_("This is in the calendar already.")


def command(situation: Situation, _: CommandGiven) -> Iterable[Effect]:
    """Show the rules in force."""
    member = _coordinator(situation)
    if isinstance(member, Refused):
        return refuse_aloud(situation, member.text)
    return [panel.panel(situation, situation.chance.token())]


def press(situation: Situation, action: Action) -> Iterable[Effect]:
    """Do what a button of the panel says, if it was made for the version that is in force."""
    member = _coordinator(situation)
    if isinstance(member, Refused):
        return [Toast(member.text, alert=True)]
    match action.args:
        case (step, detail, version, token) if version == str(situation.calendar.version):
            return _step(situation, member, step, detail, token)
        case _:
            return [Toast(OLD, alert=True)]


def hearing(others: Mapping[type[Event], Heard]) -> dict[type[Event], Heard]:
    """Return what hears a group: replies to the calendar's prompts are taken here, everything else goes on as before."""
    return {kind: _or_else(heard) for kind, heard in others.items()}


def _or_else(other: Heard) -> Heard:
    def heard(situation: Situation, event: Event) -> Iterable[Effect]:
        asked = _asked(situation.prompt)
        return other(situation, event) if asked is None else _reply(situation, *asked, event)

    return heard


def _coordinator(situation: Situation) -> Member | Refused:
    if no := stranger(situation.actor, situation.member):
        return no
    if situation.forum != PROVINCE or situation.actor != "coordinator" or situation.member is None:
        return Refused(ELSEWHERE)
    return situation.member


def _step(situation: Situation, member: Member, step: str, detail: str, token: str) -> list[Effect]:
    entry = panel.entries(situation).get(detail)
    earlier = next((each for each in situation.calendars if str(each.version) == detail), None)
    match step:
        case "show":
            return [panel.panel(situation, token)]
        case "feasts":
            return [panel.feasts(situation, token)]
        case "remove":
            return [panel.removable(situation, token)]
        case "versions":
            return [panel.versions(situation, token)]
        case "holiday" | "ramadan" | "shutdown":
            return [_prompt(situation, step, detail)]
        case "version" if earlier is not None:
            return [panel.version(situation, earlier, token)]
        case "restore" if earlier is not None:
            after = replace(earlier, version=situation.calendar.version + 1)
            told = N_("Put in force again: {version}", version=version_named(earlier))
            return change(situation, member, after, "restore", told, token)
        case "drop" if entry is not None:
            return change(
                situation, member, _without(situation.calendar, entry), "remove", N_("Removed: {entry}", entry=named(entry)), token
            )
        case _:
            return [Toast(OLD, alert=True)]


def _prompt(situation: Situation, kind: Kind, detail: str) -> Send:
    message = Message(_question(kind, detail), expects_reply=True)
    slot = f"rules:{kind}:{detail}:{situation.chance.token()}"
    return Send(ToForum(PROVINCE), message, Priority.REPLY, slot=slot)


def _question(kind: Kind, detail: str) -> Text:
    match kind:
        case "ramadan":
            return N_(
                "Which are the first and the last day of Ramadan? Reply like this:\n8/2/2027 – 9/3/2027\n"
                "No sessions are held from 17:00 to 20:00; for other hours write them behind: 8/2/2027 – 9/3/2027, 17:30 – 20:30"
            )
        case "shutdown":
            return N_(
                "On which days and at which hours will the internet be off? Reply like this:\n5/6/2027 – 24/6/2027, 05:30 – 08:00\n"
                "An end that is not later than the beginning is on the next day."
            )
        case "holiday" if detail in FEASTS:
            return N_("On which days is the holiday “{name}”? Reply like this:\n10/3/2027 – 12/3/2027", name=FEASTS[detail])
        case "holiday":
            return N_(
                "On which days, and what is its name? Reply with the days in the first line, then the name in Arabic, in Kurdish and in "
                "English, each in a line of its own. One name is enough."
            )


def _asked(slot: str | None) -> tuple[Kind, str] | None:
    """Return what the reply to this slot is for, None where it is no prompt of ours."""
    head, _, rest = (slot or "").partition(":")
    kind, _, rest = rest.partition(":")
    known = next((known for known in get_args(Kind) if known == kind), None)
    return (known, rest.partition(":")[0]) if head == "rules" and known is not None else None


def _reply(situation: Situation, kind: Kind, detail: str, event: Event) -> list[Effect]:
    member = _coordinator(situation)
    if isinstance(member, Refused):
        return refuse_aloud(situation, member.text)
    entry = _entry(situation, kind, detail, event.text) if isinstance(event, TextReceived) else UNREADABLE
    if isinstance(entry, Text):
        return refuse_aloud(situation, entry)
    if entry in (*situation.calendar.holidays, *situation.calendar.ramadan, *situation.calendar.shutdowns):
        return refuse_aloud(situation, THERE_ALREADY)
    told = N_("Added: {entry}", entry=named(entry))
    return change(situation, member, _with(situation.calendar, entry), kind, told, situation.chance.token())


def _entry(situation: Situation, kind: Kind, detail: str, text: str) -> Entry | Text:
    """Return what was written, or why it cannot be taken."""
    first_line, _, rest = text.strip().partition("\n")
    own_name = kind == "holiday" and detail not in FEASTS
    days = typed.days(first_line if own_name else text, today(situation))
    if days is None or not _sensible(situation, *days):
        return UNREADABLE
    hours = typed.hours(text)
    match kind:
        case "holiday" if not own_name:
            return Holiday(*days, _in_all(situation, FEASTS[detail]))
        case "holiday":
            names = [line.strip()[:LONGEST_NAME] for line in rest.splitlines() if line.strip()]
            return Holiday(*days, _names(names)) if names else NAME_TOO
        case "ramadan":
            if hours is None:
                return HOURS_TOO if typed.has_hours(text) else Ramadan(*days)
            return Ramadan(*days, *hours) if hours[0] < hours[1] else HOURS_TWISTED
        case "shutdown":
            return HOURS_TOO if hours is None else Shutdown(*days, *hours)


def _sensible(situation: Situation, first: date, last: date) -> bool:
    now = today(situation)
    return last >= now and last - first <= LONGEST and first <= now + FARTHEST


def _names(given: list[str]) -> Names:
    """Return a name as given in Arabic, Kurdish and English; what is missing reads as the first."""
    ar, ckb, en = (*given[:3], *([given[0]] * (3 - len(given[:3]))))
    return Names(en=en, ar=ar, ckb=ckb)


def _in_all(situation: Situation, name: Text) -> Names:
    return Names(en=situation.words(name, "en"), ar=situation.words(name, "ar"), ckb=situation.words(name, "ckb"))


def _with(calendar: Calendar, entry: Entry) -> Calendar:
    match entry:
        case Holiday():
            return calendar.changed(holidays=(*calendar.holidays, entry))
        case Ramadan():
            return calendar.changed(ramadan=(*calendar.ramadan, entry))
        case Shutdown():
            return calendar.changed(shutdowns=(*calendar.shutdowns, entry))


def _without(calendar: Calendar, entry: Entry) -> Calendar:
    return calendar.changed(
        holidays=tuple(each for each in calendar.holidays if each != entry),
        ramadan=tuple(each for each in calendar.ramadan if each != entry),
        shutdowns=tuple(each for each in calendar.shutdowns if each != entry),
    )
