"""Lists: several new tickets told of at once, where a group cannot be shown their cards soon enough."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a row of the outbox say what it has to do with lists."""
    op.add_column("outbox", sa.Column("line", sa.String(length=8), nullable=True))
    op.create_index(
        "ix_outbox_lines",
        "outbox",
        ["recipient", "priority", "id"],
        sqlite_where=sa.text("line IS NOT NULL"),
        postgresql_where=sa.text("line IS NOT NULL"),
    )
