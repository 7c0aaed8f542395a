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
from weakref import WeakKeyDictionary

from sqlalchemy import BindParameter, Executable, Select
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import UpdateBase

_PLACE: Final = re.compile(r"\?|__\[POSTCOMPILE_\w+\]")

Convert = Callable[[Any], Any]


class Prepared:
    """A statement with its values left open: `bindparam`s, and the columns that an insert or update sets."""

    def __init__(self, statement: Select[Any] | UpdateBase) -> None:
        self._statement: Executable = statement
        self._on_sqlite: dict[tuple[str, ...], _Plan] = {}

    async def all(self, conn: AsyncConnection, /, **values: Any) -> Sequence[Any]:
        """Return the rows, whose columns are attributes as everywhere."""
        driver = _driver(conn)
        if driver is None:
            return (await conn.execute(self._statement, values)).all()
        plan = self._plan(conn, values)
        return plan.rows(plan.run(driver, values))

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
        driver = _driver(conn)
        if driver is None:
            return (await conn.execute(self._statement, values)).rowcount
        return self._plan(conn, values).run(driver, values).rowcount

    async def each(self, conn: AsyncConnection, many: Sequence[Mapping[str, Any]]) -> Sequence[Any]:
        """Run it with each of these values, of which all have the same names; return the rows that all of them returned."""
        driver = _driver(conn)
        if driver is None:
            found = await conn.execute(self._statement, list(many))
            return found.all() if found.returns_rows else ()
        plan = self._plan(conn, many[0])
        if not plan.returns:
            plan.run_all(driver, many)
            return ()
        return [row for values in many for row in plan.rows(plan.run(driver, values))]

    def _plan(self, conn: AsyncConnection, values: Mapping[str, Any]) -> _Plan:
        names = tuple(values)
        plan = self._on_sqlite.get(names)
        if plan is None:
            plan = self._on_sqlite[names] = _Plan(self._statement, conn.dialect, names)
        return plan


class _Plan:
    """A statement as SQLite gets it, with these names to be filled in."""

    def __init__(self, statement: Any, dialect: Dialect, names: tuple[str, ...]) -> None:
        compiled: Any = statement.compile(dialect=dialect, column_keys=list(names))
        fixed = compiled.construct_params(dict.fromkeys(names))
        self._names: list[str] = []
        self._convert: list[tuple[int, Convert]] = []
        places = iter(compiled.positiontup)

        def written(_: re.Match[str]) -> str:
            name = next(places)
            bind = compiled.binds[name]
            if name not in names:
                return _literal(bind, fixed[name], dialect)
            convert = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if convert is not None:
                self._convert.append((len(self._names), convert))
            self._names.append(name)
            return "?"

        self._sql = _PLACE.sub(written, str(compiled))
        if missing := set(names).difference(self._names):
            raise TypeError(f"the statement has no place for {', '.join(sorted(missing))}")
        columns = list(_columns(statement))
        row: Any = namedtuple("Row", [column.key for column in columns], rename=True)  # type: ignore[misc] # known only now
        self._row: Callable[[Iterable[Any]], Any] = row._make
        readers = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        self._read = [(at, read) for at, read in enumerate(readers) if read is not None]
        self.returns = bool(columns)

    def run(self, driver: sqlite3.Connection, values: Mapping[str, Any]) -> sqlite3.Cursor:
        """Run it."""
        return driver.execute(self._sql, self._stored(values))

    def run_all(self, driver: sqlite3.Connection, many: Iterable[Mapping[str, Any]]) -> None:
        """Run it with each of these values."""
        driver.executemany(self._sql, map(self._stored, many))

    def _stored(self, values: Mapping[str, Any]) -> list[Any]:
        stored = [values[name] for name in self._names]
        for at, convert in self._convert:
            stored[at] = convert(stored[at])
        return stored

    def rows(self, cursor: sqlite3.Cursor) -> list[Any]:
        """Return what it found."""
        return [self._row(self._found(each)) for each in cursor.fetchall()]

    def _found(self, row: tuple[Any, ...]) -> Iterable[Any]:
        if not self._read:
            return row
        found = list(row)
        for at, read in self._read:
            found[at] = read(found[at])
        return found


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


_DRIVERS: Final[WeakKeyDictionary[Connection, sqlite3.Connection | None]] = WeakKeyDictionary()


def _driver(conn: AsyncConnection) -> sqlite3.Connection | None:
    """Return SQLite's own connection under one of SQLAlchemy's, None on PostgreSQL."""
    under = conn.sync_connection
    assert under is not None  # noqa: S101 - nobody is handed one that is closed
    try:
        return _DRIVERS[under]
    except KeyError:
        driver = _DRIVERS[under] = _beneath(under)
        return driver


def _beneath(under: Connection) -> sqlite3.Connection | None:
    """Find out what is kept at hand then: it takes as long as a small statement."""
    near: Any = under.connection.driver_connection
    return near._conn if under.dialect.name == "sqlite" else None
