"""Kinds of columns: who may read them, and times."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import Column, DateTime, Dialect, LargeBinary, TypeDecorator, text

Protection = Literal["clear", "keyed", "sealed"]


class Utc(TypeDecorator[datetime]):
    """An aware UTC time; a naive one is refused on the way in, and what comes out is always aware."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC; SQLite keeps no zone, so it gets the naive UTC time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        if value.tzinfo is not UTC:
            value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """Return what converts; a turn stores the same moment a dozen times and a batch two hundred times, so the last ones are kept."""
        convert = super().bind_processor(dialect)
        return convert if convert is None else lru_cache(maxsize=4)(convert)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return it as an aware UTC time."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def clear(name: str, *args: Any, **options: Any) -> Column[Any]:
    """Return a column that anyone with the database may read."""
    return Column(name, *args, info={"protection": "clear"}, **options)


def keyed(name: str, *args: Any, **options: Any) -> Column[Any]:
    """Return a column that holds an HMAC: equal for equal values, unreadable without the key."""
    return Column(name, *args, info={"protection": "keyed"}, **options)


def sealed(name: str, **options: Any) -> Column[Any]:
    """Return a column that only the key opens."""
    return Column(name, LargeBinary, info={"protection": "sealed"}, **options)


def only(condition: str, sqlite: str | None = None) -> dict[str, Any]:
    """Return the options of an index over the rows for which the condition holds.

    SQLite uses such an index only where a query repeats the condition to the letter, and there a boolean column is compared with 1.
    """
    return {"sqlite_where": text(sqlite or condition), "postgresql_where": text(condition)}
