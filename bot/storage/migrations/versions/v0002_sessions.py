"""Dialogue sessions: what is arranged, who comes, what is promised there, and the rules of time."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables of sessions, and let tickets be joined to one.

    The column of tickets is added in place: to rebuild that table would empty, on SQLite, those that refer to it.
    """
    op.add_column("tickets", sa.Column("session", sa.String(length=24), nullable=True))
    op.create_index(
        "ix_tickets_session",
        "tickets",
        ["session"],
        unique=False,
        sqlite_where=sa.text("session IS NOT NULL"),
        postgresql_where=sa.text("session IS NOT NULL"),
    )
    _sessions()
    _answers()
    _promises_and_rounds()
    _subscriptions_and_calendars()


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("forum", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("starts", TIME, nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("audience", sa.String(length=16), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
    )
    op.create_index("ix_sessions_starts", "sessions", ["forum", "starts"], unique=False)


def _answers() -> None:
    op.create_table(
        "answers",
        sa.Column("number", SERIAL, autoincrement=True, nullable=False),
        sa.Column("session", sa.String(length=24), nullable=False),
        sa.Column("lookup", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.String(length=8), nullable=False),
        sa.Column("resident", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name="fk_answers_session_sessions", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number", name="pk_answers"),
        sa.UniqueConstraint("lookup", name="uq_answers_lookup"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_answers_session", "answers", ["session", "answer", "number"], unique=False)
    op.create_table(
        "feedback",
        sa.Column("number", SERIAL, autoincrement=True, nullable=False),
        sa.Column("session", sa.String(length=24), nullable=False),
        sa.Column("lookup", sa.String(length=64), nullable=True),
        sa.Column("rating", sa.String(length=8), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name="fk_feedback_session_sessions", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number", name="pk_feedback"),
        sa.UniqueConstraint("lookup", name="uq_feedback_lookup"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_feedback_session", "feedback", ["session"], unique=False)


def _promises_and_rounds() -> None:
    op.create_table(
        "promises",
        sa.Column("number", SERIAL, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("session", sa.String(length=24), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name="fk_promises_session_sessions", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number", name="pk_promises"),
        sa.UniqueConstraint("id", name="uq_promises_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_promises_session", "promises", ["session"], unique=False)
    op.create_table(
        "rounds",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("session", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("reach", sa.String(length=16), nullable=False),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=8), server_default=sa.text("'open'"), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name="fk_rounds_session_sessions", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_rounds"),
    )
    op.create_index("ix_rounds_session", "rounds", ["session"], unique=False)


def _subscriptions_and_calendars() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("number", SERIAL, autoincrement=True, nullable=False),
        sa.Column("forum", sa.String(length=32), nullable=False),
        sa.Column("lookup", sa.String(length=64), nullable=False),
        sa.Column("resident", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_subscriptions"),
        sa.UniqueConstraint("lookup", name="uq_subscriptions_lookup"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_subscriptions_forum", "subscriptions", ["forum", "number"], unique=False)
    op.create_table(
        "calendars",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("changed", TIME, nullable=False),
        sa.Column("member", sa.String(length=24), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_calendars"),
    )
