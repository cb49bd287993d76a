"""Routing beyond the first call: what queues remember, places that can be resumed.

Revision: 0003, after 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.store.columns import Instant, JsonColumn

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "abandoned",
        sa.Column("contact_id", sa.String(), nullable=False),
        sa.Column("left_at", Instant(), nullable=False),
        sa.Column("body", JsonColumn, server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("contact_id", name="pk_abandoned"),
    )
    op.create_table(
        "queue_states",
        sa.Column("queue_id", sa.String(), nullable=False),
        sa.Column("body", JsonColumn, server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("queue_id", name="pk_queue_states"),
    )


def downgrade() -> None:
    op.drop_table("queue_states")
    op.drop_table("abandoned")
