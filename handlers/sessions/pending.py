"""What a session's `asking` holds: the step of the plan that is open, with what was chosen on the way but does not count yet.

It is kept with the session, so that the plan reads the same after a restart, and of two members who press at once the later one is told.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Literal, get_args

from bot.model.sessions import Session

Step = Literal["", "asked", "day", "time", "capacity", "audience", "language", "offices", "preview", "change", "who", "due", "promises"]
"""What the plan's message shows: the whole plan (empty), a choice, the announcement before it goes out, a change, a promise's parts."""


@dataclass(frozen=True, slots=True)
class Pending:
    """What is open.

    Attributes:
        month: the month that the day is being chosen from.
        wall, place, latitude, longitude: of a change that nobody has been told of yet.
        who, what: of a promise that is being written down.
        changing: whether the step belongs to a change of an announced session.
    """

    step: Step = ""
    month: str = ""
    changing: bool = False
    wall: str = ""
    place: str = ""
    latitude: float | None = None
    longitude: float | None = None
    who: str = ""
    what: str = ""

    def moment(self) -> datetime | None:
        """Return the start as changed so far."""
        return datetime.fromisoformat(self.wall) if self.wall else None

    def shown_month(self) -> date | None:
        """Return the first day of the month that is being looked at."""
        return date.fromisoformat(f"{self.month}-01") if self.month else None


def pending(session: Session) -> Pending:
    """Return what is open; nothing where it cannot be read, as after an upgrade."""
    if not session.asking:
        return Pending()
    try:
        read = Pending(**json.loads(session.asking))
    except (ValueError, TypeError):
        return Pending()
    return read if read.step in get_args(Step) else Pending()


def opened(session: Session, **changes: object) -> Session:
    """Return the session with another step open, and what was chosen on the way kept."""
    return holding(session, replace(pending(session), **changes))  # type: ignore[arg-type]  # the caller names fields


def holding(session: Session, what: Pending) -> Session:
    """Return the session with exactly this open."""
    kept = {key: value for key, value in asdict(what).items() if value}
    return replace(session, asking=json.dumps(kept, ensure_ascii=False) if kept else "")


def as_changed(session: Session) -> Session:
    """Return an announced session as it will be once the open change is told."""
    draft = pending(session)
    wall = draft.moment()
    changed = replace(session, wall=wall or session.wall)
    if draft.place:
        changed = replace(changed, place=draft.place, latitude=draft.latitude, longitude=draft.longitude)
    return changed
