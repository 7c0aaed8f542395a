"""Drafts: the one unfinished conversation of a resident, sealed with the resident's key."""

from __future__ import annotations

from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.ids import ResidentId
from bot.model.people import Draft
from bot.storage.prepared import Prepared
from bot.storage.residents import owner_of
from bot.storage.seal import Keyring, open_sealed, seal
from bot.storage.tables import drafts, residents
from bot.storage.upsert import upsert

_DRAFT = TypeAdapter(Draft)


_LOAD = Prepared(
    select(drafts.c.body, residents.c.wrapped)
    .join(residents, residents.c.id == drafts.c.resident)
    .where(drafts.c.resident == bindparam("resident"))
)
_KEY = Prepared(select(residents.c.wrapped).where(residents.c.id == bindparam("resident")))
_DROP = Prepared(delete(drafts).where(drafts.c.resident == bindparam("whose")))


async def load(conn: AsyncConnection, keys: Keyring, resident: ResidentId) -> Draft | None:
    """Return the resident's draft, None where nothing is unfinished."""
    row = await _LOAD.first(conn, resident=resident)
    if row is None:
        return None
    return _DRAFT.validate_json(open_sealed(keys.unwrap(row.wrapped, owner_of(resident)), "drafts", "body", resident, row.body))


async def keep(conn: AsyncConnection, keys: Keyring, resident: ResidentId, draft: Draft, now: datetime) -> None:
    """Store the conversation as it stands; nothing is stored after an erasure."""
    wrapped = await _KEY.scalar(conn, resident=resident)
    if wrapped is None:
        return
    body = seal(keys.unwrap(wrapped, owner_of(resident)), "drafts", "body", resident, _DRAFT.dump_json(draft))
    await upsert(conn, drafts, {"resident": resident}, {"body": body, "changed": now})


async def drop(conn: AsyncConnection, resident: ResidentId) -> None:
    """Forget the unfinished conversation."""
    await _DROP.run(conn, whose=resident)
