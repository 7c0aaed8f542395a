"""How the bot is, in the words of an operator. What waits too long, or needs a human, is wrong; everything else is told for the asking."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from bot.check.finding import Finding, fine, mind, wrong
from bot.health.standing import Standing

SILENCE: Final = timedelta(minutes=3)
"""The bot writes each minute that it lives; after three it hangs, or cannot write."""
DEAF: Final = timedelta(minutes=5)
"""So long ago Telegram may have answered: an answer can take a minute, and it is written down each minute."""
CROWDED: Final = 40
"""Messages that take a group two minutes: Telegram lets a bot send 20 a minute there."""


def findings(standing: Standing, now: datetime, *, running: bool, waiting_alarm: float) -> Iterator[Finding]:
    """Yield what there is to say, the bot itself first. `waiting_alarm`: seconds for which something may wait."""
    yield _life(standing.alive, now, running=running)
    if running:
        yield _channel(standing.heard, now, standing.withheld)
    yield _inbox(standing, waiting_alarm)
    yield from _outbox(standing, waiting_alarm)
    yield from _humans(standing)
    casts = standing.broadcasts
    if casts.sending or casts.paused:
        yield fine("broadcasts", f"{casts.sending} being sent, {casts.paused} paused; {casts.left} people left")
    if standing.doubted:
        yield wrong("clock", f"it has jumped by {_span(abs(standing.doubted))}", "answer the question in the province's group")


def shown(standing: Standing, *, running: bool) -> dict[str, Any]:
    """Return the same for programs."""
    unhandled, unsent, casts = standing.unhandled, standing.unsent, standing.broadcasts
    return {
        "running": running,
        "alive": _stamp(standing.alive),
        "heard": _stamp(standing.heard),
        "withheld": standing.withheld,
        "unhandled": {"waiting": unhandled.waiting, "oldest_seconds": round(unhandled.oldest_seconds), "parked": unhandled.parked},
        "unsent": {
            "waiting": unsent.waiting,
            "sending": unsent.sending,
            "held": unsent.held,
            "dead": unsent.dead,
            "oldest_seconds": round(unsent.oldest_seconds),
        },
        "forums": dict(standing.forums),
        "broadcasts": {"sending": casts.sending, "paused": casts.paused, "left": casts.left},
        "clock_doubted_seconds": standing.doubted,
    }


def _life(alive: datetime | None, now: datetime, *, running: bool) -> Finding:
    if alive is None:
        return fine("bot", "it has just been started for the first time") if running else wrong("bot", "it never ran", "`alwand run`")
    ago = f"{_at(alive)}, {_span((now - alive).total_seconds())} ago"
    if not running:
        return wrong(
            "bot", f"it is not running; last seen alive at {ago}", "start it: `alwand run`, or systemctl start; its log says why it ended"
        )
    if now - alive > SILENCE:
        return wrong("bot", f"it has shown no sign of life since {ago}", "its log says whether it hangs or cannot write; restart it")
    return fine("bot", "it is running")


def _channel(heard: datetime | None, now: datetime, withheld: int | None) -> Finding:
    if heard is None:
        return mind("Telegram", "it has not answered yet", "if that stays so: `alwand check`")
    ago = f"last heard {_span((now - heard).total_seconds())} ago"
    if withheld:
        ago = f"{ago}; {withheld} not brought to the webhook yet"
    if now - heard <= DEAF:
        return fine("Telegram", ago)
    return wrong("Telegram", ago, "see whether this machine reaches it, and it reaches the webhook: `alwand check`")


def _inbox(standing: Standing, waiting_alarm: float) -> Finding:
    found = standing.unhandled
    if not found.waiting:
        return fine("inbox", "everything that came in is handled")
    words = f"{found.waiting} not handled yet, the oldest for {_span(found.oldest_seconds)}"
    if found.oldest_seconds <= waiting_alarm:
        return fine("inbox", words)
    return wrong("inbox", words, "its log says what keeps them; nothing is lost, they wait on disk")


def _outbox(standing: Standing, waiting_alarm: float) -> Iterator[Finding]:
    found = standing.unsent
    if found.waiting or found.sending:
        words = f"{found.waiting + found.sending} not sent yet, the oldest for {_span(found.oldest_seconds)}"
        late = found.oldest_seconds > waiting_alarm
        yield wrong("outbox", words, "see whether Telegram can be reached: `alwand check`") if late else fine("outbox", words)
    else:
        yield fine("outbox", "everything is sent")
    if found.held:
        yield mind("outbox", f"{found.held} held for groups that cannot be written to", "link them again: `alwand forum list`")
    for forum, waiting in standing.forums.items():
        if waiting >= CROWDED:
            yield mind(
                f"forum {forum}",
                f"{waiting} not yet in its group",
                "a group takes 20 messages a minute; if it stays, see `alwand forum list`",
            )


def _humans(standing: Standing) -> Iterator[Finding]:
    if standing.unhandled.parked:
        yield wrong("parked", f"{standing.unhandled.parked} could not be handled and need a human", "`alwand parked list`")
    if standing.unsent.dead:
        yield wrong("parked", f"{standing.unsent.dead} could not be sent and need a human", "`alwand parked list`")


def _stamp(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")


def _at(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def _span(seconds: float) -> str:
    """Return a span in its two largest units, such as 3 h 5 min."""
    minutes, rest = divmod(max(0, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [f"{count} {unit}" for count, unit in ((days, "d"), (hours, "h"), (minutes, "min"), (rest, "s")) if count]
    return " ".join(parts[:2]) or "0 s"
