"""Take single fields out of untrusted JSON: a wrong type is a missing field, and nothing but ValueError is ever raised."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

Json = dict[str, Any]
_SUPERGROUPS: Final = 10**12
_LAST_SUPERGROUP: Final = 2 * 10**12 - (1 << 31)


def record(holder: Json, name: str) -> Json | None:
    """Return an object's field that is an object itself."""
    found = holder.get(name)
    return found if isinstance(found, dict) else None


def records(holder: Json, name: str) -> list[Json]:
    """Return the objects of a list; empty where there is none."""
    found = holder.get(name)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def words(holder: Json, name: str) -> str:
    """Return text; what no database and no encoding takes (NUL, half a surrogate pair) is replaced."""
    found = holder.get(name)
    if not isinstance(found, str):
        return ""
    whole = found.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\0", "")


def number(holder: Json, name: str) -> int | None:
    """Return a whole number of at most 62 bits, as all of Telegram's are; a size or an id beyond that is nonsense."""
    found = holder.get(name)
    return found if type(found) is int and abs(found) < 1 << 62 else None


def identifier(holder: Json | None, name: str = "id") -> str:
    """Return a number as an address. Raises ValueError where there is none."""
    found = None if holder is None else number(holder, name)
    if found is None:
        raise ValueError(f"no {name}")
    return str(found)


def supergroup(holder: Json, name: str) -> int | None:
    """Return the id of a supergroup. Believed to be a forum's group, any other number would get what only the forum may read."""
    found = number(holder, name)
    return found if found is not None and -_LAST_SUPERGROUP <= found < -_SUPERGROUPS else None


def degrees(holder: Json, name: str, limit: float) -> float:
    """Return a coordinate between -limit and limit. Raises ValueError for anything else."""
    found = holder.get(name)
    if not isinstance(found, int | float) or isinstance(found, bool):
        raise ValueError(f"no {name}")
    if not abs(found) <= limit:  # said so, it refuses what is not a number at all, and what is too large for any
        raise ValueError(f"{name} out of range")
    return float(found)


def moment(holder: Json, name: str) -> datetime:
    """Return a Unix time as UTC. Raises ValueError where there is none, or one outside 2013 to 2100: Telegram is no older."""
    found = number(holder, name)
    if found is None or not 1_356_998_400 <= found <= 4_102_444_800:
        raise ValueError(f"no {name}")
    return datetime.fromtimestamp(found, UTC)
