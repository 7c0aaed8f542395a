"""Small phrases that several sentences share."""

from __future__ import annotations

from datetime import timedelta

from bot.model.text import N_, P_, Text


def duration(length: timedelta) -> Text:
    """Return a length of time in its largest even unit: days, else hours, else minutes."""
    minutes = max(1, round(length / timedelta(minutes=1)))
    if minutes % 1440 == 0:
        return P_("{count} day", "{count} days", minutes // 1440)
    if minutes % 60 == 0:
        return P_("{count} hour", "{count} hours", minutes // 60)
    return P_("{count} minute", "{count} minutes", minutes)


def unsent(flow: str) -> Text:
    """Return the question that an unfinished conversation is offered with."""
    match flow:
        case "dialogue":
            return N_("You started a request for a dialogue session but did not send it. Do you want to continue?")
        case "feedback":
            return N_("You began to write what you think of a session but did not send it. Do you want to continue?")
        case _:
            return N_("You started a report but did not send it. Do you want to continue?")
