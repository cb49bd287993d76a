"""Reports on a schedule; who may hear recordings, how long they are kept, and what is found in them.

Revision: 0004, after 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.store.columns import Instant, JsonColumn

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report_schedules",
        sa.Column("schedule_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("report", JsonColumn, nullable=False),
        sa.Column("file_format", sa.String(), nullable=False),
        sa.Column("recipients", JsonColumn, nullable=False),
        sa.Column("days", JsonColumn, nullable=False),
        sa.Column("at_local", sa.String(), nullable=False),
        sa.Column("language", sa.String(), server_default="en", nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("next_due_at", Instant(), nullable=True),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("schedule_id", name="pk_report_schedules"),
    )
    op.create_index("ix_report_schedules_next_due_at", "report_schedules", ["next_due_at"])
    op.create_table(
        "report_deliveries",
        sa.Column("delivery_id", sa.String(), nullable=False),
        sa.Column("schedule_id", sa.String(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("recipients_key", sa.String(), nullable=False),
        sa.Column("recipients", JsonColumn, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_try_at", Instant(), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("test", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("delivery_id", name="pk_report_deliveries"),
        sa.UniqueConstraint(
            "schedule_id",
            "due_at",
            "recipients_key",
            name="uq_report_deliveries_schedule_id_due_at_recipients_key",
        ),
    )
    op.create_index("ix_report_deliveries_schedule", "report_deliveries", ["schedule_id", "due_at"])
    unsettled = sa.text("state IN ('claimed', 'retry')")
    op.create_index(
        "ix_report_deliveries_open",
        "report_deliveries",
        ["next_try_at"],
        postgresql_where=unsettled,
        sqlite_where=unsettled,
    )
    op.create_table(
        "recording_marks",
        sa.Column("recording_id", sa.String(), nullable=False),
        sa.Column("hold", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("hold_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("hold_by", sa.String(), nullable=True),
        sa.Column("hold_at", Instant(), nullable=True),
        sa.Column("expired_at", Instant(), nullable=True),
        sa.Column("deleted_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("recording_id", name="pk_recording_marks"),
    )
    op.create_table(
        "recording_access",
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("reach", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("role", name="pk_recording_access"),
    )
    op.create_table(
        "recording_retention",
        sa.Column("queue_id", sa.String(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("queue_id", name="pk_recording_retention"),
    )
    op.create_table(
        "recording_ratings",
        sa.Column("recording_id", sa.String(), nullable=False),
        sa.Column("rater", sa.String(), nullable=False),
        sa.Column("scores", JsonColumn, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("recording_id", "rater", name="pk_recording_ratings"),
    )
    op.create_index("ix_audit_subject", "audit", ["subject", "audit_id"])
    op.create_index("ix_recordings_started_at", "recordings", ["started_at"])


def downgrade() -> None:
    op.drop_index("ix_recordings_started_at", "recordings")
    op.drop_index("ix_audit_subject", "audit")
    op.drop_table("recording_ratings")
    op.drop_table("recording_retention")
    op.drop_table("recording_access")
    op.drop_table("recording_marks")
    op.drop_table("report_deliveries")
    op.drop_table("report_schedules")
