"""What the engines own, with the log and the counters.

Revision: 0001, after nothing
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.store.append_only import allow_changes, forbid_changes
from app.store.columns import Instant, JsonColumn, LogPosition

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agent_legs",
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("leg_id", sa.String(), nullable=False),
        sa.Column("backend", sa.String(), nullable=False),
        sa.Column("body", JsonColumn, server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("agent_id", name="pk_agent_legs"),
    )
    op.create_table(
        "agent_states",
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("body", JsonColumn, server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("agent_id", name="pk_agent_states"),
    )
    op.create_table(
        "calls",
        sa.Column("contact_id", sa.String(), nullable=False),
        sa.Column("body", JsonColumn, server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("contact_id", name="pk_calls"),
    )
    op.create_table(
        "command_results",
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("result", JsonColumn, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("domain", "client_id", name="pk_command_results"),
    )
    op.create_index("ix_command_results_at", "command_results", ["at"])
    op.create_table(
        "contacts",
        sa.Column("contact_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("live", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("channel", sa.String(), server_default="voice", nullable=False),
        sa.Column("backend", sa.String(), server_default="", nullable=False),
        sa.Column("caller_leg_id", sa.String(), nullable=True),
        sa.Column("ani", sa.String(), server_default="", nullable=False),
        sa.Column("dnis", sa.String(), server_default="", nullable=False),
        sa.Column("queue_id", sa.String(), nullable=True),
        sa.Column("agent_id", sa.String(), nullable=True),
        sa.Column("customer_id", sa.String(), nullable=True),
        sa.Column("case_id", sa.String(), nullable=True),
        sa.Column("flow_id", sa.String(), nullable=True),
        sa.Column("flow_version", sa.Integer(), nullable=True),
        sa.Column("arrived_at", Instant(), nullable=False),
        sa.Column("queued_at", Instant(), nullable=True),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("disposition", sa.String(), nullable=True),
        sa.Column("body", JsonColumn, server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("contact_id", name="pk_contacts"),
    )
    op.create_index("ix_contacts_agent", "contacts", ["agent_id", "arrived_at"])
    op.create_index("ix_contacts_arrived_at", "contacts", ["arrived_at"])
    op.create_index("ix_contacts_case", "contacts", ["case_id"])
    op.create_index("ix_contacts_customer", "contacts", ["customer_id", "arrived_at"])
    op.create_index(
        "ix_contacts_live",
        "contacts",
        ["contact_id"],
        postgresql_where=sa.text("live"),
        sqlite_where=sa.text("live"),
    )
    op.create_table(
        "counters",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", LogPosition, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_counters"),
    )
    op.create_table(
        "effects",
        sa.Column("effect_id", sa.String(), nullable=False),
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("number", LogPosition, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("recovery", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("lanes", JsonColumn, server_default="[]", nullable=False),
        sa.Column("payload", JsonColumn, server_default="{}", nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=True),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("effect_id", name="pk_effects"),
    )
    op.create_index("ix_effects_created_at", "effects", ["created_at"])
    op.create_index(
        "ix_effects_unsettled",
        "effects",
        ["domain", "number"],
        postgresql_where=sa.text("state IN ('pending', 'claimed')"),
        sqlite_where=sa.text("state IN ('pending', 'claimed')"),
    )
    op.create_table(
        "events",
        sa.Column("position", LogPosition, autoincrement=False, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("contact_id", sa.String(), nullable=True),
        sa.Column("agent_id", sa.String(), nullable=True),
        sa.Column("queue_id", sa.String(), nullable=True),
        sa.Column("case_id", sa.String(), nullable=True),
        sa.Column("customer_id", sa.String(), nullable=True),
        sa.Column("data", JsonColumn, server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_events"),
    )
    op.create_index("ix_events_at", "events", ["at"])
    op.create_index("ix_events_case", "events", ["case_id", "position"])
    op.create_index("ix_events_contact", "events", ["contact_id", "position"])
    op.create_index("ix_events_customer", "events", ["customer_id", "position"])
    op.create_table(
        "journals",
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("backend", sa.String(), nullable=False),
        sa.Column("acknowledged", LogPosition, nullable=False),
        sa.PrimaryKeyConstraint("domain", "backend", name="pk_journals"),
    )
    op.create_table(
        "leases",
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("epoch", LogPosition, nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("batch", LogPosition, server_default="0", nullable=False),
        sa.Column("position", LogPosition, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("domain", name="pk_leases"),
    )
    op.create_table(
        "offers",
        sa.Column("offer_id", sa.String(), nullable=False),
        sa.Column("contact_id", sa.String(), nullable=False),
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("queue_id", sa.String(), nullable=False),
        sa.Column("slot", sa.String(), server_default="voice", nullable=False),
        sa.Column("part", sa.Integer(), server_default="1", nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("body", JsonColumn, server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("offer_id", name="pk_offers"),
    )
    op.create_index("ix_offers_agent", "offers", ["agent_id", "made_at"])
    op.create_index("ix_offers_contact", "offers", ["contact_id", "made_at"])
    op.create_index(
        "uq_offers_accepted_contact_part",
        "offers",
        ["contact_id", "part"],
        unique=True,
        postgresql_where=sa.text("outcome = 'accepted'"),
        sqlite_where=sa.text("outcome = 'accepted'"),
    )
    op.create_index(
        "uq_offers_open_agent_slot",
        "offers",
        ["agent_id", "slot"],
        unique=True,
        postgresql_where=sa.text("outcome IS NULL"),
        sqlite_where=sa.text("outcome IS NULL"),
    )
    op.create_table(
        "parked_inputs",
        sa.Column("parked_id", sa.String(), nullable=False),
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("input", JsonColumn, nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("trace", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("parked_id", name="pk_parked_inputs"),
    )
    op.create_table(
        "recordings",
        sa.Column("recording_id", sa.String(), nullable=False),
        sa.Column("contact_id", sa.String(), nullable=False),
        sa.Column("queue_id", sa.String(), nullable=True),
        sa.Column("agent_id", sa.String(), nullable=True),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("duration_s", sa.Double(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("body", JsonColumn, server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("recording_id", name="pk_recordings"),
    )
    op.create_index("ix_recordings_contact", "recordings", ["contact_id"])
    op.create_table(
        "waiting",
        sa.Column("contact_id", sa.String(), nullable=False),
        sa.Column("queue_id", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), server_default="0", nullable=False),
        sa.Column("place_at", Instant(), nullable=False),
        sa.Column("body", JsonColumn, server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("contact_id", name="pk_waiting"),
    )
    op.create_index("ix_waiting_queue", "waiting", ["queue_id", "priority", "place_at"])
    forbid_changes("events")
    op.execute("INSERT INTO counters (name, value) VALUES ('events', 0), ('cases', 0)")


def downgrade() -> None:
    allow_changes("events")
    op.drop_table("waiting")
    op.drop_table("recordings")
    op.drop_table("parked_inputs")
    op.drop_table("offers")
    op.drop_table("leases")
    op.drop_table("journals")
    op.drop_table("events")
    op.drop_table("effects")
    op.drop_table("counters")
    op.drop_table("contacts")
    op.drop_table("command_results")
    op.drop_table("calls")
    op.drop_table("agent_states")
    op.drop_table("agent_legs")
