"""Reports that are sent on a schedule, and what holds for recordings beyond the recording itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.store.columns import Base, JsonColumn

Body = dict[str, Any]


class ReportScheduleModel(Base):
    """A report that goes to people by e-mail at a time of their day."""

    __tablename__ = "report_schedules"
    __table_args__ = (Index("ix_report_schedules_next_due_at", "next_due_at"),)

    schedule_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    report: Mapped[Body] = mapped_column(JsonColumn)
    """What it shows: `period`, `interval`, `dimension`, `each`, filters."""
    file_format: Mapped[str]
    """`csv` or `xlsx`."""
    recipients: Mapped[list[str]] = mapped_column(JsonColumn)
    days: Mapped[list[int]] = mapped_column(JsonColumn)
    """Of the week, 0 is Monday."""
    at_local: Mapped[str]
    """`20:15`, in the centre's zone."""
    language: Mapped[str] = mapped_column(server_default="en")
    enabled: Mapped[bool] = mapped_column(server_default=text("true"))
    next_due_at: Mapped[datetime | None]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    version: Mapped[int]


class ReportDeliveryModel(Base):
    """One sending to one list of people. Its id is made of the schedule, the due time and the list."""

    __tablename__ = "report_deliveries"
    __table_args__ = (
        UniqueConstraint("schedule_id", "due_at", "recipients_key"),
        Index("ix_report_deliveries_schedule", "schedule_id", "due_at"),
        Index(
            "ix_report_deliveries_open",
            "next_try_at",
            postgresql_where=text("state IN ('claimed', 'retry')"),
            sqlite_where=text("state IN ('claimed', 'retry')"),
        ),
    )

    delivery_id: Mapped[str] = mapped_column(primary_key=True)
    schedule_id: Mapped[str]
    due_at: Mapped[datetime]
    recipients_key: Mapped[str]
    recipients: Mapped[list[str]] = mapped_column(JsonColumn)
    state: Mapped[str]
    """`retry` (nobody has it yet, or again after a failure), `claimed`, `sent`, `written` or `failed`."""
    attempts: Mapped[int] = mapped_column(server_default="0")
    next_try_at: Mapped[datetime]
    """When it may be tried (again); of a claimed one: when its claim is over."""
    settled_at: Mapped[datetime | None]
    detail: Mapped[str] = mapped_column(Text, server_default="")
    test: Mapped[bool] = mapped_column(server_default=text("false"))


class RecordingMarkModel(Base):
    """What people decided about a recording, and its end. The recording's own row belongs to the engine."""

    __tablename__ = "recording_marks"

    recording_id: Mapped[str] = mapped_column(primary_key=True)
    hold: Mapped[bool] = mapped_column(server_default=text("false"))
    """Kept beyond its time until somebody releases it."""
    hold_reason: Mapped[str] = mapped_column(Text, server_default="")
    hold_by: Mapped[str | None]
    hold_at: Mapped[datetime | None]
    expired_at: Mapped[datetime | None]
    """Nobody may hear it from then on."""
    deleted_at: Mapped[datetime | None]
    """Its file is gone."""


class RecordingAccessModel(Base):
    """Whose recordings people of a role may hear: `own`, `team`, `all` or `none`."""

    __tablename__ = "recording_access"

    role: Mapped[str] = mapped_column(primary_key=True)
    reach: Mapped[str]


class RecordingRetentionModel(Base):
    """How many days recordings of a queue are kept; queue '' stands for all others."""

    __tablename__ = "recording_retention"

    queue_id: Mapped[str] = mapped_column(primary_key=True)
    days: Mapped[int | None]
    """None: without end."""


class RecordingRatingModel(Base):
    """What one person found in one recording: question -> 1 to 5."""

    __tablename__ = "recording_ratings"

    recording_id: Mapped[str] = mapped_column(primary_key=True)
    rater: Mapped[str] = mapped_column(primary_key=True)
    scores: Mapped[dict[str, int]] = mapped_column(JsonColumn)
    at: Mapped[datetime]
