"""Statements that are built once and run for every message.

    _FIRST = Prepared(select(inbox).where(inbox.c.lane == bindparam("lane")).limit(1))
    row = await _FIRST.first(conn, lane=lane)

SQLAlchemy writes the SQL, says how each value is stored and read, and on PostgreSQL runs it. On SQLite the driver is asked directly: a
small statement takes it some five microseconds, the way there and back through SQLAlchemy's async layer took ninety.
"""

from __future__ import annotations

import re
import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import BindParameter, Executable, Select
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import UpdateBase

DRIVER: Final = "sqlite3"
"""Under this name SQLite's own connection is kept at hand in a connection's `info`."""
_PLACE: Final = re.compile(r"\?|__\[POSTCOMPILE_\w+\]")

Convert = Callable[[Any], Any]


class Prepared:
    """A statement with its values left open: `bindparam`s, and the columns that an insert or update sets."""

    def __init__(self, statement: Select[Any] | UpdateBase) -> None:
        self._statement: Executable = statement
        self._on_sqlite: dict[tuple[str, ...], _Plan] = {}

    async def all(self, conn: AsyncConnection, /, **values: Any) -> Sequence[Any]:
        """Return the rows, whose columns are attributes as everywhere."""
        if conn.dialect.name != "sqlite":
            return (await conn.execute(self._statement, values)).all()
        plan = self._plan(conn.dialect, values)
        return plan.rows(plan.run(_driver(conn), values))

    async def first(self, conn: AsyncConnection, /, **values: Any) -> Any:
        """Return the first row, None where there is none."""
        rows = await self.all(conn, **values)
        return rows[0] if rows else None

    async def scalar(self, conn: AsyncConnection, /, **values: Any) -> Any:
        """Return the first column of the first row, None where there is none."""
        rows = await self.all(conn, **values)
        return rows[0][0] if rows else None

    async def run(self, conn: AsyncConnection, /, **values: Any) -> int:
        """Run it and return how many rows it changed."""
        if conn.dialect.name != "sqlite":
            return (await conn.execute(self._statement, values)).rowcount
        return self._plan(conn.dialect, values).run(_driver(conn), values).rowcount

    async def each(self, conn: AsyncConnection, many: Sequence[Mapping[str, Any]]) -> Sequence[Any]:
        """Run it with each of these values, of which all have the same names; return the rows that all of them returned."""
        if conn.dialect.name != "sqlite":
            found = await conn.execute(self._statement, list(many))
            return found.all() if found.returns_rows else ()
        plan, driver = self._plan(conn.dialect, many[0]), _driver(conn)
        if not plan.returns:
            plan.run_all(driver, many)
            return ()
        return [row for values in many for row in plan.rows(plan.run(driver, values))]

    def _plan(self, dialect: Dialect, values: Mapping[str, Any]) -> _Plan:
        names = tuple(values)
        plan = self._on_sqlite.get(names)
        if plan is None:
            plan = self._on_sqlite[names] = _Plan(self._statement, dialect, names)
        return plan


class _Plan:
    """A statement as SQLite gets it, with these names to be filled in."""

    def __init__(self, statement: Any, dialect: Dialect, names: tuple[str, ...]) -> None:
        compiled: Any = statement.compile(dialect=dialect, column_keys=list(names))
        fixed = compiled.construct_params(dict.fromkeys(names))
        self._places: list[tuple[str, Convert | None]] = []
        places = iter(compiled.positiontup)

        def written(_: re.Match[str]) -> str:
            name = next(places)
            bind = compiled.binds[name]
            if name not in names:
                return _literal(bind, fixed[name], dialect)
            self._places.append((name, bind.type.dialect_impl(dialect).bind_processor(dialect)))
            return "?"

        self._sql = _PLACE.sub(written, str(compiled))
        if missing := set(names).difference(name for name, _ in self._places):
            raise TypeError(f"the statement has no place for {', '.join(sorted(missing))}")
        columns = list(_columns(statement))
        row: Any = namedtuple("Row", [column.key for column in columns], rename=True)  # type: ignore[misc] # known only now
        self._row: Callable[[Iterable[Any]], Any] = row._make
        self._read = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        self._as_is = not any(self._read)
        self.returns = bool(columns)

    def run(self, driver: sqlite3.Connection, values: Mapping[str, Any]) -> sqlite3.Cursor:
        """Run it."""
        return driver.execute(self._sql, self._stored(values))

    def run_all(self, driver: sqlite3.Connection, many: Iterable[Mapping[str, Any]]) -> None:
        """Run it with each of these values."""
        driver.executemany(self._sql, map(self._stored, many))

    def _stored(self, values: Mapping[str, Any]) -> list[Any]:
        return [values[name] if store is None else store(values[name]) for name, store in self._places]

    def rows(self, cursor: sqlite3.Cursor) -> list[Any]:
        """Return what it found."""
        row, found = self._row, cursor.fetchall()
        if self._as_is:
            return [row(each) for each in found]
        return [row([value if read is None else read(value) for read, value in zip(self._read, each, strict=True)]) for each in found]


def _literal(bind: BindParameter[Any], value: Any, dialect: Dialect) -> str:
    """Return a value that is always the same as SQL.

    Left open, it would cost SQLite a new plan each time: by what is filled in it decides whether an index over some of the rows will do.
    """
    write = bind.type.dialect_impl(dialect).literal_processor(dialect)
    if write is None:
        raise TypeError(f"{bind.type} has no literal: leave {bind.key} open")
    values: Iterable[Any] = value if bind.expanding else [value]
    return ", ".join("NULL" if each is None else write(each) for each in values)


def _columns(statement: Any) -> Iterator[Any]:
    if isinstance(statement, Select) or statement.returning_column_descriptions:
        yield from statement.exported_columns


def _driver(conn: AsyncConnection) -> sqlite3.Connection:
    """Return SQLite's own connection under one of SQLAlchemy's."""
    under = conn.sync_connection
    assert under is not None  # noqa: S101 - nobody is handed one that is closed
    driver: sqlite3.Connection | None = under.info.get(DRIVER)
    if driver is None:
        near: Any = under.connection.driver_connection
        driver = under.info[DRIVER] = near._conn
    return driver
