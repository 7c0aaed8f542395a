"""The database, for a command that looks at it or changes one thing while the bot may be running."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.config import Config
from bot.errors import AlwandError

if TYPE_CHECKING:
    from bot.storage.database import Database


@asynccontextmanager
async def opened(config: Config) -> AsyncIterator[Database]:
    """Open the configured database as it is, without upgrading it, and close it again.

    Raises:
        AlwandError: it cannot be opened, is of another version, or is busy; the text says what to do.
    """
    from bot.storage.database import Database
    from bot.storage.errors import StorageUnavailable
    from bot.storage.seal import Keyring

    database = await Database.open(config.storage.url, Keyring.parse(config.key()), migrate=False)
    try:
        yield database
    except StorageUnavailable as error:
        raise AlwandError(f"the database cannot be used now ({error.reason}): try again, and see `alwand check`") from None
    finally:
        await database.close()
