"""Leases: which of several processes does what only one may do, for how long, and how whoever has lost one is kept from writing.

    nobody's ──take──► held ──renew──► held ... ──release──► nobody's
                        └── not renewed for SPAN, or its holder is gone ──take──► held by another, with a higher fence

A process may believe that it holds a lease long after it has lost it: it was stopped, or its machine slept. So nothing rests on what it
believes. Every transaction of a duty begins with `fenced`, which holds the lease's row as long as the transaction lasts, and whoever takes
the lease waits for that, or ends it: what is written under a fence is on disk before the next holder looks, or never.

The server's clock alone counts. PostgreSQL only: on SQLite the lock on the file is the lease.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.errors import Fenced

SPAN: Final = 6.0
"""Seconds for which a lease holds unless it is renewed."""
PRESENCE: Final = 0x616C7772
"""With a process's number, the advisory lock that says it is there: it ends with the process, however that ends."""
IDLE_SECONDS: Final = 4
"""So long the server waits for the next word inside a transaction of a duty; a process that was stopped in one keeps nobody from taking
the lease."""
NOBODY: Final = 0
HERE: Final = "here "
"""Begins the name of a lease that no one else ever takes: it only says that its holder is there."""

Standing = Literal["held", "free", "lapsed", "gone"]
"""Of another's lease. free: given back. lapsed: not renewed in time. gone: its holder's connection has ended."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to do something, from one taking to the next: whoever takes it then has a higher fence."""

    name: str
    fence: int


@dataclass(frozen=True, slots=True)
class View:
    """How things stand at one moment.

    Attributes:
        mine: this process's leases, just renewed, with their fences.
        others: all other leases, with their fences.
        standing: how those are held.
        holders: by whom they are, or were, held.
        members: the numbers of the processes that are there, in order, this one among them.
    """

    mine: dict[str, int]
    others: dict[str, int]
    standing: dict[str, Standing]
    holders: dict[str, int]
    members: tuple[int, ...]


_PRESENT: Final = """present AS (
    SELECT objid::bigint AS number FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND classid = :presence
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"""
_LOOK: Final = text(
    f"""WITH {_PRESENT}, renewed AS (
    UPDATE leases SET until = clock_timestamp() + make_interval(secs => :span) WHERE holder = :me RETURNING name)
    SELECT name, holder, fence, until < clock_timestamp() AS lapsed, name IN (SELECT name FROM renewed) AS mine,
    holder IN (SELECT number FROM present) AS present FROM leases"""  # noqa: S608 - of constants
)
_TAKE: Final = text(
    f"""WITH {_PRESENT}, found AS (SELECT name FROM leases WHERE name = :name AND fence = :fence FOR UPDATE)
    UPDATE leases SET holder = :me, fence = leases.fence + 1, until = clock_timestamp() + make_interval(secs => :span)
    FROM found WHERE leases.name = found.name AND leases.fence = :fence
    AND (holder = 0 OR until < clock_timestamp() OR holder NOT IN (SELECT number FROM present)) RETURNING leases.fence"""  # noqa: S608
)
# Renewing changes no key, so the two do not wait for one another; taking does wait (FOR UPDATE).
_FENCE: Final = text(
    f"SELECT fence, set_config('idle_in_transaction_session_timeout', '{IDLE_SECONDS}s', true), "  # noqa: S608 - of constants
    "set_config('application_name', :writer, true) FROM leases WHERE name = :name FOR KEY SHARE"
)
_CUT_OFF: Final = text(
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND application_name = :writer"
)
_MAKE: Final = text(
    "INSERT INTO leases (name, holder, until) SELECT name, 0, clock_timestamp() FROM unnest(CAST(:names AS text[])) AS name "
    "ON CONFLICT DO NOTHING"
)
_BE_HERE: Final = text(
    "INSERT INTO leases (name, holder, until) VALUES (:here, :me, clock_timestamp() + make_interval(secs => :span)) "
    "ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until"
)
_CLEAR_AWAY: Final = text("DELETE FROM leases WHERE name LIKE 'here %' AND until < clock_timestamp() - interval '1 minute'")
_RELEASE: Final = text("UPDATE leases SET holder = 0 WHERE name = :name AND holder = :me")
_LEAVE: Final = text("DELETE FROM leases WHERE name = :here")


async def arrive(conn: AsyncConnection, me: int, names: list[str]) -> None:
    """Be one of the members, and see to it that these leases exist."""
    await conn.execute(_MAKE, {"names": names})
    await conn.execute(_CLEAR_AWAY)
    await conn.execute(_BE_HERE, {"here": f"{HERE}{me}", "me": me, "span": SPAN})


async def look(conn: AsyncConnection, me: int) -> View:
    """Renew what is this process's, and return how all leases stand."""
    mine: dict[str, int] = {}
    others: dict[str, int] = {}
    standing: dict[str, Standing] = {}
    holders: dict[str, int] = {}
    members = {me}
    for row in await conn.execute(_LOOK, {"me": me, "span": SPAN, "presence": PRESENCE}):
        if row.name.startswith(HERE):
            if row.present and (row.mine or not row.lapsed):
                members.add(row.holder)
        elif row.mine:
            mine[row.name] = row.fence
        else:
            others[row.name], holders[row.name] = row.fence, row.holder
            standing[row.name] = "free" if row.holder == NOBODY else "lapsed" if row.lapsed else "held" if row.present else "gone"
    return View(mine, others, standing, holders, tuple(sorted(members)))


async def take(conn: AsyncConnection, me: int, name: str, fence: int) -> Lease | None:
    """Take a lease that nobody holds any more, as it was seen; None if another was quicker.

    Waits for what its last holder is writing.
    """
    following = await conn.scalar(_TAKE, {"me": me, "name": name, "fence": fence, "span": SPAN, "presence": PRESENCE})
    return None if following is None else Lease(name, following)


async def cut_off(conn: AsyncConnection, name: str, fence: int) -> None:
    """End whatever is still being written under a fence that is over.

    A process that was stopped between the two halves of a statement (asyncpg prepares, then executes) leaves a transaction that is not idle
    to the server, so that no time-out but that of the statement would end it.
    """
    await conn.execute(_CUT_OFF, {"writer": _writer(name, fence)})


def _writer(name: str, fence: int) -> str:
    """What a connection is called, for all who look, while a transaction under this fence lasts."""
    return f"alwand {name} {fence}"


async def release(conn: AsyncConnection, me: int, name: str) -> None:
    """Give a lease back: another may take it at once."""
    await conn.execute(_RELEASE, {"me": me, "name": name})


async def leave(conn: AsyncConnection, me: int) -> None:
    """Be a member no longer."""
    await conn.execute(_LEAVE, {"here": f"{HERE}{me}"})


async def fenced(conn: AsyncConnection, lease: Lease) -> None:
    """Make sure that a lease is still held as it was taken, to the end of this transaction.

    Raises:
        Fenced: another process has taken it since.
    """
    if await conn.scalar(_FENCE, {"name": lease.name, "writer": _writer(lease.name, lease.fence)}) != lease.fence:
        raise Fenced(lease.name)
