"""Broadcasts: what is told to many, who asked to be told, each sending of it and what became of that.

The table `subscriptions` is left as it is: what it holds is sealed, and `bot.storage.adopting` takes it over in the same transaction.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
FALSE = sa.text("false")
OPEN_COPIES = sa.text("state IN ('waiting', 'sending')")


def upgrade() -> None:
    """Make the tables of broadcasts."""
    _broadcasts()
    _occurrences()
    _people()
    _numbers()


def _broadcasts() -> None:
    op.create_table(
        "broadcasts",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("forum", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("changed", TIME, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_broadcasts"),
    )
    op.create_index("ix_broadcasts_forum", "broadcasts", ["forum", "changed"], unique=False)


def _occurrences() -> None:
    op.create_table(
        "occurrences",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("broadcast", sa.String(length=24), nullable=False),
        sa.Column("forum", sa.String(length=32), nullable=False),
        sa.Column("wall", sa.String(length=19), nullable=False),
        sa.Column("due", TIME, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("started", TIME, nullable=True),
        sa.Column("ended", TIME, nullable=True),
        sa.Column("cursor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("listed", sa.Boolean(), server_default=FALSE, nullable=False),
        sa.Column("told", sa.Boolean(), server_default=FALSE, nullable=False),
        sa.Column("paid", sa.Boolean(), server_default=FALSE, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["broadcast"], ["broadcasts.id"], name="fk_occurrences_broadcast_broadcasts", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_occurrences"),
        sa.UniqueConstraint("broadcast", "wall", name="uq_occurrences_broadcast_wall"),
    )
    op.create_index(
        "ix_occurrences_open",
        "occurrences",
        ["due"],
        unique=False,
        sqlite_where=sa.text("told = 0"),
        postgresql_where=sa.text("NOT told"),
    )


def _people() -> None:
    op.create_table(
        "subscribers",
        sa.Column("number", SERIAL, autoincrement=True, nullable=False),
        sa.Column("lookup", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_subscribers"),
        sa.UniqueConstraint("lookup", name="uq_subscribers_lookup"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "copies",
        sa.Column("number", SERIAL, autoincrement=True, nullable=False),
        sa.Column("occurrence", sa.String(length=24), nullable=False),
        sa.Column("lookup", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=8), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("unsure", sa.Boolean(), server_default=FALSE, nullable=False),
        sa.Column("not_before", TIME, nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["occurrence"], ["occurrences.id"], name="fk_copies_occurrence_occurrences", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number", name="pk_copies"),
        sa.UniqueConstraint("lookup", name="uq_copies_lookup"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_copies_open",
        "copies",
        ["occurrence", "number"],
        unique=False,
        sqlite_where=OPEN_COPIES,
        postgresql_where=OPEN_COPIES,
    )


def _numbers() -> None:
    op.create_table(
        "tallies",
        sa.Column("occurrence", sa.String(length=24), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("district", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["occurrence"], ["occurrences.id"], name="fk_tallies_occurrence_occurrences", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("occurrence", "what", "district", "language", name="pk_tallies"),
    )
    op.create_table(
        "voices",
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("occurrence", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["occurrence"], ["occurrences.id"], name="fk_voices_occurrence_occurrences", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token", name="pk_voices"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_voices_occurrence", "voices", ["occurrence"], unique=False)
