"""Reading the event log, and the audit trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.engine.commit import JsonValue, LogEvent, PublishedEvent
from app.store.models import AuditModel
from app.store.records import AuditEntry, StoredEvent, record_of
from app.store.schema import CounterModel, EventModel

_LOG_FIELDS = ("kind", "at", "contact_id", "agent_id", "queue_id", "case_id", "customer_id", "data")


class Events:
    """The log is read in the order of its positions, which have no gaps."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def end(self) -> int:
        """Position of the last event; 0 in an empty log."""
        query = select(CounterModel.value).where(CounterModel.name == "events")
        return (await self._session.execute(query)).scalar_one()

    async def since(self, position: int, limit: int = 1000) -> Sequence[StoredEvent]:
        """Those after `position`, the next first."""
        query = select(EventModel).where(EventModel.position > position)
        return await self._all(query.limit(limit))

    async def of_contact(self, contact_id: str, limit: int = 1000) -> Sequence[StoredEvent]:
        return await self._all(select(EventModel).where(EventModel.contact_id == contact_id).limit(limit))

    async def of_case(self, case_id: str, limit: int = 1000) -> Sequence[StoredEvent]:
        return await self._all(select(EventModel).where(EventModel.case_id == case_id).limit(limit))

    async def of_customer(self, customer_id: str, limit: int = 1000) -> Sequence[StoredEvent]:
        return await self._all(select(EventModel).where(EventModel.customer_id == customer_id).limit(limit))

    async def between(
        self, begin: datetime, end: datetime, *, kinds: Sequence[str] = (), after: int = 0, limit: int = 5000
    ) -> Sequence[StoredEvent]:
        """Those whose `at` lies in [begin, end), a page of a day for example: go on `after` the last."""
        query = select(EventModel).where(
            EventModel.at >= begin, EventModel.at < end, EventModel.position > after
        )
        if kinds:
            query = query.where(EventModel.kind.in_(kinds))
        return await self._all(query.limit(limit))

    async def published(self, after: int, before: int) -> Sequence[PublishedEvent]:
        """What lies between two positions, as the bus passes it on."""
        query = select(EventModel).where(EventModel.position > after, EventModel.position < before)
        rows = await self._session.scalars(query.order_by(EventModel.position))
        return [
            PublishedEvent(
                position=row.position, event=LogEvent(**{name: getattr(row, name) for name in _LOG_FIELDS})
            )
            for row in rows
        ]

    async def _all(self, query: Select[EventModel]) -> Sequence[StoredEvent]:
        rows = await self._session.scalars(query.order_by(EventModel.position))
        return [record_of(StoredEvent, row) for row in rows]


class AuditTrail:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(
        self,
        *,
        at: datetime,
        actor: str | None,
        action: str,
        subject: str | None = None,
        data: Mapping[str, JsonValue] | None = None,
    ) -> None:
        """Write down who did what: `action` is dotted and past tense, `recording.played`."""
        row = AuditModel(at=at, actor=actor, action=action, subject=subject, data=dict(data or {}))
        self._session.add(row)
        await self._session.flush()

    async def recent(self, limit: int = 100) -> Sequence[AuditEntry]:
        """Newest first."""
        query = select(AuditModel).order_by(AuditModel.audit_id.desc()).limit(limit)
        return [record_of(AuditEntry, row) for row in await self._session.scalars(query)]
