"""Reports on a schedule, and each sending of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from app.store.errors import RecordChanged, RecordMissing
from app.store.records import record_of
from app.store.tables_reports import ReportDeliveryModel, ReportScheduleModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    schedule_id: str
    name: str
    report: Mapping[str, Any]
    file_format: str
    recipients: Sequence[str]
    days: Sequence[int]
    at_local: str
    language: str
    enabled: bool
    next_due_at: datetime | None
    created_by: str
    created_at: datetime
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    delivery_id: str
    schedule_id: str
    due_at: datetime
    recipients_key: str
    recipients: Sequence[str]
    state: str
    attempts: int = 0
    next_try_at: datetime
    settled_at: datetime | None = None
    detail: str = ""
    test: bool = False


class ReportSchedules:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def all(self) -> Sequence[Schedule]:
        """By name."""
        query = select(ReportScheduleModel)
        query = query.order_by(ReportScheduleModel.name, ReportScheduleModel.schedule_id)
        return [record_of(Schedule, row) for row in await self._session.scalars(query)]

    async def get(self, schedule_id: str) -> Schedule | None:
        row = await self._session.get(ReportScheduleModel, schedule_id)
        return None if row is None else record_of(Schedule, row)

    async def put(self, schedule: Schedule, seen: int) -> Schedule:
        """Store it as its next version; `seen` is the version that was changed, 0 for a new one.

        Raises:
            RecordChanged: somebody else changed it meanwhile.
        """
        row = await self._session.get(ReportScheduleModel, schedule.schedule_id)
        if (row.version if row is not None else 0) != seen:
            raise RecordChanged("report schedule", schedule.schedule_id, seen)
        new = replace(schedule, version=seen + 1)
        values = {name: getattr(new, name) for name in Schedule.__slots__}
        values |= {"report": dict(new.report), "recipients": list(new.recipients), "days": list(new.days)}
        await self._session.merge(ReportScheduleModel(**values))
        await self._session.flush()
        return new

    async def remove(self, schedule_id: str) -> None:
        """Raises: RecordMissing."""
        row = await self._session.get(ReportScheduleModel, schedule_id)
        if row is None:
            raise RecordMissing("report schedule", schedule_id)
        await self._session.delete(row)

    async def due(self, now: datetime) -> Sequence[Schedule]:
        query = select(ReportScheduleModel).where(
            ReportScheduleModel.enabled, ReportScheduleModel.next_due_at <= now
        )
        query = query.order_by(ReportScheduleModel.next_due_at)
        return [record_of(Schedule, row) for row in await self._session.scalars(query)]

    async def move_on(self, schedule_id: str, due_at: datetime, next_due_at: datetime | None) -> bool:
        """From one due time to the next; False when somebody else did."""
        change = (
            update(ReportScheduleModel)
            .where(ReportScheduleModel.schedule_id == schedule_id, ReportScheduleModel.next_due_at == due_at)
            .values(next_due_at=next_due_at)
            .returning(ReportScheduleModel.schedule_id)
        )
        return (await self._session.scalars(change)).first() is not None

    # --- sendings ---

    async def add_delivery(self, delivery: Delivery) -> None:
        """One that is there already stays as it is."""
        dialect = sqlite if self._session.get_bind().dialect.name == "sqlite" else postgresql
        values = {name: getattr(delivery, name) for name in Delivery.__slots__}
        values["recipients"] = list(delivery.recipients)
        insert = dialect.insert(ReportDeliveryModel).values(values)
        await self._session.execute(insert.on_conflict_do_nothing())

    async def open_deliveries(self, now: datetime) -> Sequence[Delivery]:
        """Those to be tried by `now`, and those whose claim is over."""
        query = select(ReportDeliveryModel).where(
            ReportDeliveryModel.state.in_(("retry", "claimed")), ReportDeliveryModel.next_try_at <= now
        )
        query = query.order_by(ReportDeliveryModel.next_try_at, ReportDeliveryModel.delivery_id)
        return [record_of(Delivery, row) for row in await self._session.scalars(query)]

    async def claim(self, delivery: Delivery, until: datetime) -> bool:
        """Make it ours before it is sent; False when somebody else has it."""
        change = (
            update(ReportDeliveryModel)
            .where(
                ReportDeliveryModel.delivery_id == delivery.delivery_id,
                ReportDeliveryModel.state == "retry",
                ReportDeliveryModel.attempts == delivery.attempts,
            )
            .values(state="claimed", attempts=delivery.attempts + 1, next_try_at=until)
            .returning(ReportDeliveryModel.delivery_id)
        )
        return (await self._session.scalars(change)).first() is not None

    async def settle(self, delivery_id: str, **values: object) -> None:
        """What became of a claimed one."""
        change = update(ReportDeliveryModel).where(
            ReportDeliveryModel.delivery_id == delivery_id, ReportDeliveryModel.state == "claimed"
        )
        await self._session.execute(change.values(**values))

    async def delivery(self, delivery_id: str) -> Delivery | None:
        row = await self._session.get(ReportDeliveryModel, delivery_id)
        return None if row is None else record_of(Delivery, row)

    async def last_of_each(self) -> Mapping[str, Delivery]:
        """Schedule -> its newest sending."""
        newest = (
            select(ReportDeliveryModel.schedule_id, func.max(ReportDeliveryModel.due_at).label("due_at"))
            .group_by(ReportDeliveryModel.schedule_id)
            .subquery()
        )
        same = and_(
            ReportDeliveryModel.schedule_id == newest.c.schedule_id,
            ReportDeliveryModel.due_at == newest.c.due_at,
        )
        rows = await self._session.scalars(select(ReportDeliveryModel).join(newest, same))
        return {row.schedule_id: record_of(Delivery, row) for row in rows}

    async def next_at(self) -> datetime | None:
        """When something is to be done next."""
        due = select(func.min(ReportScheduleModel.next_due_at)).where(ReportScheduleModel.enabled)
        open_ = select(func.min(ReportDeliveryModel.next_try_at)).where(
            or_(ReportDeliveryModel.state == "retry", ReportDeliveryModel.state == "claimed")
        )
        found = [each for query in (due, open_) if (each := await self._session.scalar(query)) is not None]
        return min(found, default=None)
