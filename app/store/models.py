"""The tables that requests own: people, customers, cases, configuration."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

import app.store.tables_alerts
import app.store.tables_reports
import app.store.tables_setup  # noqa: F401  (fills the metadata)
from app.store.columns import Base, JsonColumn, LogPosition

Body = dict[str, Any]


# --- people who sign in ---------------------------------------------------------------------------


class UserModel(Base):
    __tablename__ = "users"

    user_id: Mapped[str] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    """Case-folded."""
    password_hash: Mapped[str]
    name: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(JsonColumn)
    agent_id: Mapped[str | None]
    language: Mapped[str] = mapped_column(server_default="en")
    disabled: Mapped[bool] = mapped_column(server_default=text("false"))
    version: Mapped[int] = mapped_column(server_default="1")


class SessionModel(Base):
    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_user", "user_id"), Index("ix_sessions_expires_at", "expires_at"))

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.user_id", ondelete="CASCADE"))
    csrf: Mapped[str]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    user: Mapped[UserModel] = relationship(lazy="raise")


# --- configuration --------------------------------------------------------------------------------


class AgentModel(Base):
    __tablename__ = "agents"

    agent_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    initials: Mapped[str]
    team: Mapped[str] = mapped_column(server_default="")
    queues: Mapped[list[str]] = mapped_column(JsonColumn)
    skills: Mapped[dict[str, int]] = mapped_column(JsonColumn)
    capacity: Mapped[dict[str, int]] = mapped_column(JsonColumn, server_default='{"voice": 1}')
    """Channel -> contacts at once."""
    voice_blocks: Mapped[bool] = mapped_column(server_default=text("true"))
    version: Mapped[int]


class QueueModel(Base):
    __tablename__ = "queues"

    queue_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    policy: Mapped[Body] = mapped_column(JsonColumn)
    version: Mapped[int]


class NumberModel(Base):
    """A number people call, and the flow or the agent that answers it."""

    __tablename__ = "numbers"

    dnis: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]
    flow_id: Mapped[str]
    """Empty where an agent answers."""
    backend: Mapped[str]
    agent_id: Mapped[str | None]
    queue_id: Mapped[str | None]
    """Whose rules count while the caller waits for the agent."""
    version: Mapped[int] = mapped_column(server_default="1")


class FlowModel(Base):
    """One version of a call flow; never changed but for `published`."""

    __tablename__ = "flows"

    flow_id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    body: Mapped[Body] = mapped_column(JsonColumn)
    published: Mapped[bool]
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class CalendarModel(Base):
    __tablename__ = "calendars"

    calendar_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    body: Mapped[Body] = mapped_column(JsonColumn)
    version: Mapped[int]


class ReferenceModel(Base):
    """One entry of a list people choose from; `kind` names the list."""

    __tablename__ = "reference"

    kind: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[dict[str, str]] = mapped_column(JsonColumn)
    """Language -> text."""
    grouping: Mapped[str] = mapped_column(server_default="")
    position: Mapped[int] = mapped_column(server_default="0")
    active: Mapped[bool] = mapped_column(server_default=text("true"))


# --- customers and cases --------------------------------------------------------------------------


class CustomerModel(Base):
    __tablename__ = "customers"
    __table_args__ = (Index("ix_customers_account", "account"),)

    customer_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(server_default="person")
    tier: Mapped[str | None]
    account: Mapped[str | None]
    pin_hash: Mapped[str | None]
    language: Mapped[str] = mapped_column(server_default="en")
    place: Mapped[str | None]
    facts: Mapped[list[Body]] = mapped_column(JsonColumn)
    created_at: Mapped[datetime]
    search_text: Mapped[str] = mapped_column(Text)
    """What a search looks through, folded by `app.store.repositories.search.fold`."""
    numbers: Mapped[list[CustomerNumberModel]] = relationship(
        lazy="raise", order_by="CustomerNumberModel.number", cascade="all, delete-orphan"
    )


class CustomerNumberModel(Base):
    """A number a customer calls from. Several customers may share one."""

    __tablename__ = "customer_numbers"
    __table_args__ = (Index("ix_customer_numbers_customer", "customer_id"),)

    number: Mapped[str] = mapped_column(primary_key=True)
    """E.164."""
    customer_id: Mapped[str] = mapped_column(
        ForeignKey("customers.customer_id", ondelete="CASCADE"), primary_key=True
    )
    label: Mapped[str] = mapped_column(server_default="")


class CaseModel(Base):
    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_customer", "customer_id", "updated_at"),
        Index("ix_cases_status", "status", "updated_at"),
        Index("ix_cases_assignee", "assignee", "updated_at"),
        Index("ix_cases_updated_at", "updated_at"),
    )

    case_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(LogPosition, unique=True)
    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customers.customer_id"))
    subject: Mapped[str]
    type: Mapped[str]
    status: Mapped[str]
    priority: Mapped[int] = mapped_column(server_default="0")
    assignee: Mapped[str | None]
    queue_id: Mapped[str | None]
    pin_hash: Mapped[str | None]
    opened_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    due_what: Mapped[str | None]
    version: Mapped[int]
    body: Mapped[Body] = mapped_column(JsonColumn, server_default="{}")
    search_text: Mapped[str] = mapped_column(Text)


class NoteModel(Base):
    """What somebody wrote about a contact or a case. An author has one note per contact."""

    __tablename__ = "notes"
    __table_args__ = (
        UniqueConstraint("contact_id", "author"),
        Index("ix_notes_case", "case_id", "at"),
    )

    note_id: Mapped[str] = mapped_column(primary_key=True)
    contact_id: Mapped[str | None]
    case_id: Mapped[str | None]
    author: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    version: Mapped[int]


class HappeningModel(Base):
    """Something in a customer's history that is neither contact, case nor note: a payment, a letter."""

    __tablename__ = "happenings"
    __table_args__ = (Index("ix_happenings_customer", "customer_id", "at"),)

    happening_id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.customer_id", ondelete="CASCADE"))
    kind: Mapped[str]
    at: Mapped[datetime]
    title: Mapped[str]
    text: Mapped[str] = mapped_column(Text, server_default="")
    who: Mapped[str] = mapped_column(server_default="")
    direction: Mapped[str | None]
    case_id: Mapped[str | None]
    body: Mapped[Body] = mapped_column(JsonColumn, server_default="{}")


# --- evidence -------------------------------------------------------------------------------------


class AuditModel(Base):
    """Who did what that matters for security. Append-only: triggers forbid changes."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_at", "at"), Index("ix_audit_subject", "subject", "audit_id"))

    audit_id: Mapped[int] = mapped_column(LogPosition, primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str | None]
    action: Mapped[str]
    subject: Mapped[str | None]
    data: Mapped[Body] = mapped_column(JsonColumn, server_default="{}")
