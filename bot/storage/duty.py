"""What a process has that does what only one may do: a tenure, and the database as long as that lasts.

Whoever works on duty needs to know nothing of this: it is handed an `OnDuty` for its database, and gets no further than its next
transaction once the duty is another's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import steady
from bot.storage import leases
from bot.storage.database import Database, Work
from bot.storage.errors import Fenced
from bot.storage.leases import SPAN, Lease

T = TypeVar("T")

MARGIN: Final = 1.0
"""So many seconds before a lease lapses at the server, this process is not sure of it any more."""


class Tenure:
    """A lease in this process's hands, last renewed at `renewed`, before the server was asked; `lost` is called at its end.

    Its time is `bot.clock.steady`: the server's clock also runs while this machine sleeps.
    """

    def __init__(self, lease: Lease, renewed: float, lost: Callable[[], None]) -> None:
        self.lease = lease
        self.over = False
        self._lost = lost
        self._renewed = renewed
        self._again = asyncio.Event()

    def renew(self, at: float) -> None:
        """It holds for another span, from this time on."""
        self._renewed = at
        self._again.set()

    def end(self) -> None:
        """It is another's now."""
        if not self.over:
            self.over = True
            self._lost()

    @property
    def sure(self) -> bool:
        """Whether it cannot be another's at this moment."""
        return not self.over and steady() < self._renewed + SPAN - MARGIN

    async def be_sure(self) -> None:
        """Return when it is sure; where it never will be again, never."""
        while not self.sure:
            self._again.clear()
            await self._again.wait()


class OnDuty(Database):
    """A database for work on duty: each transaction is made under the tenure's fence. One that comes too late does not return."""

    def __init__(self, db: Database, tenure: Tenure) -> None:
        super().__init__(db.engine, db.keys, None)
        self._db = db
        self._tenure = tenure

    async def read(self, work: Work[T]) -> T:
        """As the database does."""
        return await self._db.read(work)

    async def transact(self, work: Work[T]) -> T:
        """As the database does, under the fence."""

        async def under_the_fence(conn: AsyncConnection) -> T:
            await leases.fenced(conn, self._tenure.lease)
            return await work(conn)

        try:
            return await self._db.transact(under_the_fence)
        except Fenced:
            self._tenure.end()
            await asyncio.Event().wait()
            raise

    async def close(self) -> None:
        """Leave it open: it is not ours."""
