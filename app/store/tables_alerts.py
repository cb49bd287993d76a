"""Thresholds, the alerts they raise, and where alerts are sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.store.columns import Base, JsonColumn


class ThresholdModel(Base):
    """From when on a figure is news. `subject` '' is everybody's; a queue or agent may have its own."""

    __tablename__ = "thresholds"

    measure: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    warn: Mapped[float | None]
    bad: Mapped[float | None]
    for_s: Mapped[float]
    clear_s: Mapped[float]
    active: Mapped[bool]
    sound: Mapped[bool]
    send: Mapped[bool]
    """Also to the targets: webhooks and e-mail."""


class AlertTargetModel(Base):
    """Where alerts are sent: a webhook's address with its secret, or an e-mail address."""

    __tablename__ = "alert_targets"

    target_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    address: Mapped[str]
    secret: Mapped[str] = mapped_column(server_default="")
    """Signs what a webhook gets (`whsec_...`)."""
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class AlertModel(Base):
    """A figure over its limit, from when it was told until it was good again. Kept as history."""

    __tablename__ = "alerts"
    __table_args__ = (
        Index(
            "uq_alerts_open",
            "measure",
            "subject",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_alerts_opened_at", "opened_at"),
    )

    alert_id: Mapped[str] = mapped_column(primary_key=True)
    measure: Mapped[str]
    subject: Mapped[str]
    level: Mapped[str]
    """`warn` or `bad`; the last one when closed."""
    worst: Mapped[str]
    value: Mapped[float | None]
    """What was measured at the last change."""
    limit: Mapped[float | None]
    since: Mapped[datetime]
    """From when on the present level held."""
    opened_at: Mapped[datetime]
    taken_by: Mapped[str | None]
    taken_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    changes: Mapped[int]
    """How often it changed; numbers the notices."""


class AlertNoticeModel(Base):
    """One change of one alert on its way to one target. `notice_id` is the same however often it is sent."""

    __tablename__ = "alert_notices"
    __table_args__ = (
        Index(
            "ix_alert_notices_due",
            "next_at",
            sqlite_where=text("next_at IS NOT NULL"),
            postgresql_where=text("next_at IS NOT NULL"),
        ),
    )

    notice_id: Mapped[str] = mapped_column(primary_key=True)
    target_id: Mapped[str] = mapped_column(primary_key=True)
    alert_id: Mapped[str]
    body: Mapped[dict[str, Any]] = mapped_column(JsonColumn)
    created_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(server_default="0")
    next_at: Mapped[datetime | None]
    """When it is tried next; None: delivered, or given up."""
    delivered_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)
    """Why the last attempt failed."""
