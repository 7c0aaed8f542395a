"""A new version of the calendar, and what it means: reminders and broadcasts are worked out anew, and what it comes upon is named."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.model.calendar import BAGHDAD, Calendar, in_utc
from bot.model.effects import Audit, Effect, Priority, Send, SetCalendar
from bot.model.ids import PROVINCE
from bot.model.messages import Message, ToForum, plan_slot
from bot.model.people import Member
from bot.model.sessions import Session
from bot.model.situation import Situation
from bot.model.text import N_, Piece, Text, Words, lines, paragraphs
from handlers.broadcasts.rescheduling import rescheduled
from handlers.calendar.panel import panel
from handlers.session_timers import drop_timers, timers


def change(situation: Situation, member: Member, after: Calendar, detail: str, told: Piece, token: str) -> list[Effect]:
    """Put another version in force and show it where `token` says, below `told`; `detail` says in one word to the audit what was done."""
    changed = replace(situation, calendar=after, calendars=(after, *situation.calendars))
    sessions = [session for session in situation.sessions if _ahead(session, situation.now)]
    hit = [(session, why) for session in sessions if (why := _new_conflict(session, situation.calendar, after))]
    casts, follow = rescheduled(situation.calendar, changed)
    note = lines(N_("These sessions now fall into it:"), *(_line(each, why, situation) for each, why in hit)) if hit else None
    return [
        SetCalendar(after, member.id),
        Audit("calendar", None, PROVINCE, member.id, f"{detail} {after.version}"),
        *_again(sessions, changed),
        *(_tell_forum(session, why) for session, why in hit if session.forum != PROVINCE),
        *follow,
        panel(changed, token, paragraphs(told, note, casts)),
    ]


def _again(sessions: Iterable[Session], changed: Situation) -> Iterable[Effect]:
    """Set all timers of sessions anew; a reminder that was sent already is not sent again."""
    for session in sessions:
        yield from drop_timers(session)
        yield from timers(session, changed)


def _ahead(session: Session, now: datetime) -> bool:
    return session.state == "announced" and session.wall is not None and in_utc(session.wall) > now


def _new_conflict(session: Session, before: Calendar, after: Calendar) -> Text | None:
    """Return what the new rules say against a session that the old ones did not."""
    why = conflict(session, after)
    return why if why is not None and why != conflict(session, before) else None


def conflict(session: Session, calendar: Calendar) -> Text | None:
    """Return what the rules say against a session at its time, None where nothing does."""
    if session.wall is None:
        return None
    start, end = session.wall, session.wall + timedelta(minutes=session.minutes)
    if any(calendar.shut(moment) for moment in _quarters(start, end)):
        return N_("the internet is off")
    for fast in calendar.ramadan:
        day = start.date()
        busy = datetime.combine(day, fast.busy_from), datetime.combine(day, fast.busy_until)
        if fast.first <= day <= fast.last and start < busy[1] and end > busy[0]:
            return N_("people break their fast")
    holiday = calendar.holiday(start.date())
    return N_("holiday: {name}", name=holiday) if holiday is not None else None


def _quarters(start: datetime, end: datetime) -> Iterable[datetime]:
    """Yield moments (UTC) so close that no shutdown worth announcing lies between two of them."""
    moment = start
    while moment < end:
        yield moment.replace(tzinfo=BAGHDAD).astimezone(UTC)
        moment += timedelta(minutes=15)


def _line(session: Session, why: Text, situation: Situation) -> Text:
    return N_(
        "{district}: “{topic}”, {date} – {reason}",
        district=situation.province.forum_names(session.forum),
        topic=Words(session.topic),
        date=_when(session),
        reason=why,
    )


def _tell_forum(session: Session, why: Text) -> Send:
    told = N_(
        "The province has changed the calendar. At the time of the session “{topic}” ({date}): {reason}. You can change or cancel it.",
        topic=Words(session.topic),
        date=_when(session),
        reason=why,
    )
    message = Message(told, answers=plan_slot(session.id))
    return Send(ToForum(session.forum), message, Priority.CARD, session=session.id)


def _when(session: Session) -> datetime:
    """Return the start of a session that has one, aware."""
    if session.wall is None:
        raise AssertionError("only sessions with a start are at odds with a calendar")
    return in_utc(session.wall)
