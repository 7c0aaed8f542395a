"""The steps from one schema to the next, run at start inside one transaction.

A released step never changes. A new one is `versions/vNNNN_what.py`; it goes to the end of `REVISIONS`, and a test holds the outcome of all
steps against `tables.py`.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

REVISIONS = ("0001", "0002", "0003", "0004", "0005")
HEAD = REVISIONS[-1]


def upgrade(connection: Connection) -> None:
    """Bring the schema of this connection to `HEAD`; the caller's transaction holds all of it."""
    # Alembic takes a tenth of a second to import, and most starts have nothing to upgrade.
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    command.upgrade(config, "head")
