"""The tables that an engine owns. Requests read them and never write them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.store.columns import Base, JsonColumn, LogPosition

Body = dict[str, Any]


class ContactModel(Base):
    """One interaction. `live` while the engine needs it after a restart, wrap-up included."""

    __tablename__ = "contacts"
    __table_args__ = (
        Index("ix_contacts_live", "contact_id", postgresql_where=text("live"), sqlite_where=text("live")),
        Index("ix_contacts_arrived_at", "arrived_at"),
        Index("ix_contacts_customer", "customer_id", "arrived_at"),
        Index("ix_contacts_agent", "agent_id", "arrived_at"),
        Index("ix_contacts_case", "case_id"),
    )

    contact_id: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    live: Mapped[bool] = mapped_column(server_default=text("true"))
    channel: Mapped[str] = mapped_column(server_default="voice")
    backend: Mapped[str] = mapped_column(server_default="")
    caller_leg_id: Mapped[str | None]
    ani: Mapped[str] = mapped_column(server_default="")
    dnis: Mapped[str] = mapped_column(server_default="")
    queue_id: Mapped[str | None]
    agent_id: Mapped[str | None]
    customer_id: Mapped[str | None]
    case_id: Mapped[str | None]
    flow_id: Mapped[str | None]
    flow_version: Mapped[int | None]
    arrived_at: Mapped[datetime]
    queued_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    disposition: Mapped[str | None]
    body: Mapped[Body] = mapped_column(JsonColumn, server_default="{}")


class AgentStateModel(Base):
    __tablename__ = "agent_states"

    agent_id: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    since: Mapped[datetime]
    body: Mapped[Body] = mapped_column(JsonColumn, server_default="{}")


class WaitingModel(Base):
    """A contact in a queue; deleted when it leaves."""

    __tablename__ = "waiting"
    __table_args__ = (Index("ix_waiting_queue", "queue_id", "priority", "place_at"),)

    contact_id: Mapped[str] = mapped_column(primary_key=True)
    queue_id: Mapped[str]
    priority: Mapped[int] = mapped_column(server_default="0")
    place_at: Mapped[datetime]
    body: Mapped[Body] = mapped_column(JsonColumn, server_default="{}")


class QueueStateModel(Base):
    """What a queue remembers beyond its policy: closed by whom, round robin, fair share, blending gate."""

    __tablename__ = "queue_states"

    queue_id: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[Body] = mapped_column(JsonColumn, server_default="{}")


class AbandonedModel(Base):
    """A place that its caller may resume; deleted when it was, or its window is over."""

    __tablename__ = "abandoned"

    contact_id: Mapped[str] = mapped_column(primary_key=True)
    left_at: Mapped[datetime]
    body: Mapped[Body] = mapped_column(JsonColumn, server_default="{}")


OPEN_OFFER = "outcome IS NULL"
ACCEPTED_OFFER = "outcome = 'accepted'"


class OfferModel(Base):
    """A contact presented to an agent. Open while `outcome` is NULL."""

    __tablename__ = "offers"
    __table_args__ = (
        Index(
            "uq_offers_open_agent_slot",
            "agent_id",
            "slot",
            unique=True,
            postgresql_where=text(OPEN_OFFER),
            sqlite_where=text(OPEN_OFFER),
        ),
        Index(
            "uq_offers_accepted_contact_part",
            "contact_id",
            "part",
            unique=True,
            postgresql_where=text(ACCEPTED_OFFER),
            sqlite_where=text(ACCEPTED_OFFER),
        ),
        Index("ix_offers_contact", "contact_id", "made_at"),
        Index("ix_offers_agent", "agent_id", "made_at"),
    )

    offer_id: Mapped[str] = mapped_column(primary_key=True)
    contact_id: Mapped[str]
    agent_id: Mapped[str]
    queue_id: Mapped[str]
    slot: Mapped[str] = mapped_column(server_default="voice")
    """What of the agent it takes: one voice call."""
    part: Mapped[int] = mapped_column(server_default="1")
    """Which handling of the contact: 1 at first, one more each time it is queued again."""
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    outcome: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    body: Mapped[Body] = mapped_column(JsonColumn, server_default="{}")


class CallModel(Base):
    """Call-control state of a live contact; deleted when nothing of it is left to do."""

    __tablename__ = "calls"

    contact_id: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[Body] = mapped_column(JsonColumn, server_default="{}")


class RecordingModel(Base):
    """`state` is `recording`, `paused`, `ready` or `failed`."""

    __tablename__ = "recordings"
    __table_args__ = (
        Index("ix_recordings_contact", "contact_id"),
        Index("ix_recordings_started_at", "started_at"),
    )

    recording_id: Mapped[str] = mapped_column(primary_key=True)
    contact_id: Mapped[str]
    queue_id: Mapped[str | None]
    agent_id: Mapped[str | None]
    path: Mapped[str]
    started_at: Mapped[datetime]
    duration_s: Mapped[float | None]
    state: Mapped[str]
    body: Mapped[Body] = mapped_column(JsonColumn, server_default="{}")


class AgentLegModel(Base):
    """The nailed-up leg of a signed-in agent; deleted when it ends."""

    __tablename__ = "agent_legs"

    agent_id: Mapped[str] = mapped_column(primary_key=True)
    leg_id: Mapped[str]
    backend: Mapped[str]
    body: Mapped[Body] = mapped_column(JsonColumn, server_default="{}")


# --- what the loop itself keeps -------------------------------------------------------------------


class LeaseModel(Base):
    """Who owns a domain. Every batch moves `batch` on under owner and epoch, and so locks the row."""

    __tablename__ = "leases"

    domain: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    epoch: Mapped[int] = mapped_column(LogPosition)
    expires_at: Mapped[datetime]
    """In database time."""
    batch: Mapped[int] = mapped_column(LogPosition, server_default="0")
    """Number of the last committed batch."""
    position: Mapped[int] = mapped_column(LogPosition, server_default="0")
    """End of the log after it. Both tell an owner whether a commit that broke off was made."""


class EffectModel(Base):
    """Something to be done in the world. See `app.engine.effects` for its states."""

    __tablename__ = "effects"
    __table_args__ = (
        Index(
            "ix_effects_unsettled",
            "domain",
            "number",
            postgresql_where=text("state IN ('pending', 'claimed')"),
            sqlite_where=text("state IN ('pending', 'claimed')"),
        ),
        Index("ix_effects_created_at", "created_at"),
    )

    effect_id: Mapped[str] = mapped_column(primary_key=True)
    domain: Mapped[str]
    number: Mapped[int] = mapped_column(LogPosition)
    """Order in which effects were written within the domain."""
    kind: Mapped[str]
    recovery: Mapped[str]
    state: Mapped[str]
    lanes: Mapped[list[str]] = mapped_column(JsonColumn, server_default="[]")
    payload: Mapped[Body] = mapped_column(JsonColumn, server_default="{}")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)


class EventModel(Base):
    """The log. Append-only: triggers forbid changes. Positions have no gaps, in order of commit."""

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_at", "at"),
        Index("ix_events_contact", "contact_id", "position"),
        Index("ix_events_customer", "customer_id", "position"),
        Index("ix_events_case", "case_id", "position"),
    )

    position: Mapped[int] = mapped_column(LogPosition, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    kind: Mapped[str]
    contact_id: Mapped[str | None]
    agent_id: Mapped[str | None]
    queue_id: Mapped[str | None]
    case_id: Mapped[str | None]
    customer_id: Mapped[str | None]
    data: Mapped[Body] = mapped_column(JsonColumn, server_default="{}")


class CounterModel(Base):
    """Gapless numbers, taken inside the transaction that uses them: `events`, `cases`."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int] = mapped_column(LogPosition)


class JournalModel(Base):
    """Up to where the journal of a back end has been taken in."""

    __tablename__ = "journals"

    domain: Mapped[str] = mapped_column(primary_key=True)
    backend: Mapped[str] = mapped_column(primary_key=True)
    acknowledged: Mapped[int] = mapped_column(LogPosition)


class CommandResultModel(Base):
    __tablename__ = "command_results"
    __table_args__ = (Index("ix_command_results_at", "at"),)

    domain: Mapped[str] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(primary_key=True)
    result: Mapped[Body] = mapped_column(JsonColumn)
    at: Mapped[datetime]


class ParkedInputModel(Base):
    """An input that the domain could not take. Kept for a person to look at."""

    __tablename__ = "parked_inputs"

    parked_id: Mapped[str] = mapped_column(primary_key=True)
    domain: Mapped[str]
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(80))
    input: Mapped[Body] = mapped_column(JsonColumn)
    error: Mapped[str] = mapped_column(Text)
    trace: Mapped[str] = mapped_column(Text, server_default="")
