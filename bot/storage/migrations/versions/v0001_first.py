"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "arrivals",
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("source_key", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("source", "source_key", name="pk_arrivals"),
    )
    op.create_index("ix_arrivals_day", "arrivals", ["day"], unique=False)
    op.create_table(
        "audit",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("ticket", sa.String(length=24), nullable=True),
        sa.Column("forum", sa.String(length=32), nullable=True),
        sa.Column("member", sa.String(length=24), nullable=True),
        sa.Column("detail", sa.String(length=128), server_default=sa.text("''"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "day_keys",
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("purpose", "day", name="pk_day_keys"),
    )
    op.create_table(
        "forums",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=True),
        sa.Column("chat", sa.String(length=64), nullable=True),
        sa.Column("configured", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=16), server_default=sa.text("'unlinked'"), nullable=False),
        sa.Column("changed", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_forums"),
        sa.UniqueConstraint("channel", "chat", name="uq_forums_channel_chat"),
    )
    op.create_table(
        "inbox",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("source_key", sa.String(length=64), nullable=False),
        sa.Column("lane", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=8), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("received", TIME, nullable=False),
        sa.Column("not_before", TIME, nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("trace", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_inbox"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_inbox_parked",
        "inbox",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'parked'"),
        postgresql_where=sa.text("state = 'parked'"),
    )
    op.create_index(
        "ix_inbox_waiting",
        "inbox",
        ["lane", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "link_codes",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("forum", sa.String(length=32), nullable=False),
        sa.Column("expires", TIME, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_link_codes"),
    )
    op.create_table(
        "members",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("forum", sa.String(length=32), nullable=False),
        sa.Column("lookup", sa.String(length=64), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_members"),
        sa.UniqueConstraint("forum", "lookup", name="uq_members_forum_lookup"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("recipient", sa.String(length=64), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("slot", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=8), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("head", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("unsure", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created", TIME, nullable=False),
        sa.Column("not_before", TIME, nullable=False),
        sa.Column("held_until", TIME, nullable=True),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_outbox_dead", "outbox", ["id"], unique=False, sqlite_where=sa.text("state = 'dead'"), postgresql_where=sa.text("state = 'dead'")
    )
    op.create_index(
        "ix_outbox_heads",
        "outbox",
        ["priority", "id"],
        unique=False,
        sqlite_where=sa.text("head = 1 AND state = 'waiting'"),
        postgresql_where=sa.text("head AND state = 'waiting'"),
    )
    op.create_index(
        "ix_outbox_held", "outbox", ["id"], unique=False, sqlite_where=sa.text("state = 'held'"), postgresql_where=sa.text("state = 'held'")
    )
    op.create_index("ix_outbox_recipient", "outbox", ["recipient", "priority", "id"], unique=False)
    op.create_index(
        "ix_outbox_slot",
        "outbox",
        ["recipient", "slot"],
        unique=False,
        sqlite_where=sa.text("slot IS NOT NULL"),
        postgresql_where=sa.text("slot IS NOT NULL"),
    )
    op.create_index(
        "uq_outbox_head", "outbox", ["recipient"], unique=True, sqlite_where=sa.text("head = 1"), postgresql_where=sa.text("head")
    )
    op.create_table(
        "posts",
        sa.Column("number", SERIAL, autoincrement=True, nullable=False),
        sa.Column("recipient", sa.String(length=64), nullable=False),
        sa.Column("message", sa.String(length=64), nullable=False),
        sa.Column("slot", sa.String(length=64), nullable=True),
        sa.Column("ticket", sa.String(length=64), nullable=True),
        sa.Column("live", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("about", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_posts"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_posts_message", "posts", ["recipient", "message"], unique=False)
    op.create_index(
        "ix_posts_slot", "posts", ["recipient", "slot"], unique=False, sqlite_where=sa.text("live = 1"), postgresql_where=sa.text("live")
    )
    op.create_index(
        "ix_posts_ticket",
        "posts",
        ["recipient", "ticket"],
        unique=False,
        sqlite_where=sa.text("ticket IS NOT NULL"),
        postgresql_where=sa.text("ticket IS NOT NULL"),
    )
    op.create_index(
        "uq_posts_live", "posts", ["recipient", "message"], unique=True, sqlite_where=sa.text("live = 1"), postgresql_where=sa.text("live")
    )
    op.create_table(
        "residents",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("lookup", sa.String(length=64), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("profile", sa.LargeBinary(), nullable=False),
        sa.Column("seen", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_residents"),
        sa.UniqueConstraint("lookup", name="uq_residents_lookup"),
    )
    op.create_table(
        "settings",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_settings"),
    )
    op.create_table(
        "timers",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("due", TIME, nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_timers"),
    )
    op.create_index("ix_timers_due", "timers", ["due"], unique=False)
    op.create_table(
        "drafts",
        sa.Column("resident", sa.String(length=24), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("changed", TIME, nullable=False),
        sa.ForeignKeyConstraint(["resident"], ["residents.id"], name="fk_drafts_resident_residents", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("resident", name="pk_drafts"),
    )
    op.create_table(
        "tickets",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("reference", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("home", sa.String(length=32), nullable=False),
        sa.Column("forum", sa.String(length=32), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        sa.Column("contact", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("taker", sa.String(length=24), nullable=True),
        sa.Column("came_from", sa.String(length=32), nullable=True),
        sa.Column("hops", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("opened", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["taker"], ["members.id"], name="fk_tickets_taker_members"),
        sa.PrimaryKeyConstraint("id", name="pk_tickets"),
        sa.UniqueConstraint("reference", name="uq_tickets_reference"),
    )
    op.create_index(
        "ix_tickets_open",
        "tickets",
        ["forum", "opened"],
        unique=False,
        sqlite_where=sa.text("state IN ('new', 'taken')"),
        postgresql_where=sa.text("state IN ('new', 'taken')"),
    )
    op.create_table(
        "entries",
        sa.Column("number", SERIAL, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("ticket", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("member", sa.String(length=24), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["member"], ["members.id"], name="fk_entries_member_members"),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.id"], name="fk_entries_ticket_tickets", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number", name="pk_entries"),
        sa.UniqueConstraint("id", name="uq_entries_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_entries_ticket", "entries", ["ticket"], unique=False)
