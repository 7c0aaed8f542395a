"""Small phrases that several sentences share."""

from __future__ import annotations

from datetime import timedelta

from bot.model.text import P_, Text


def duration(length: timedelta) -> Text:
    """Return a length of time in its largest even unit: days, else hours, else minutes."""
    minutes = max(1, round(length / timedelta(minutes=1)))
    if minutes % 1440 == 0:
        return P_("{count} day", "{count} days", minutes // 1440)
    if minutes % 60 == 0:
        return P_("{count} hour", "{count} hours", minutes // 60)
    return P_("{count} minute", "{count} minutes", minutes)
