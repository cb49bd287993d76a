"""Thresholds, alerts, and notices on their way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.store.records import Body, record_of
from app.store.tables_alerts import AlertModel, AlertNoticeModel, AlertTargetModel, ThresholdModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    measure: str
    subject: str = ""
    """Queue or agent id; '' is everybody's."""
    warn: float | None = None
    bad: float | None = None
    for_s: float = 0.0
    clear_s: float = 30.0
    active: bool = True
    sound: bool = True
    send: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertTarget:
    target_id: str
    kind: str
    address: str
    secret: str = ""
    active: bool = True
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    alert_id: str
    measure: str
    subject: str
    level: str
    worst: str
    value: float | None
    limit: float | None
    since: datetime
    opened_at: datetime
    taken_by: str | None = None
    taken_at: datetime | None = None
    closed_at: datetime | None = None
    changes: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertNotice:
    notice_id: str
    target_id: str
    alert_id: str
    body: Body
    created_at: datetime
    attempts: int = 0
    next_at: datetime | None = None
    delivered_at: datetime | None = None
    error: str | None = None


class Alerts:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    # --- thresholds and targets ---

    async def thresholds(self) -> Sequence[Threshold]:
        query = select(ThresholdModel).order_by(ThresholdModel.measure, ThresholdModel.subject)
        return [record_of(Threshold, row) for row in await self._session.scalars(query)]

    async def put_threshold(self, threshold: Threshold) -> None:
        await self._session.merge(ThresholdModel(**_values(threshold)))
        await self._session.flush()

    async def remove_threshold(self, measure: str, subject: str) -> bool:
        """Whether there was one."""
        model = ThresholdModel
        gone = delete(model).where(model.measure == measure, model.subject == subject)
        removed = await self._session.execute(gone.returning(model.measure))
        return removed.one_or_none() is not None

    async def targets(self) -> Sequence[AlertTarget]:
        query = select(AlertTargetModel).order_by(AlertTargetModel.created_at, AlertTargetModel.target_id)
        return [record_of(AlertTarget, row) for row in await self._session.scalars(query)]

    async def target(self, target_id: str) -> AlertTarget | None:
        row = await self._session.get(AlertTargetModel, target_id)
        return None if row is None else record_of(AlertTarget, row)

    async def put_target(self, target: AlertTarget) -> None:
        await self._session.merge(AlertTargetModel(**_values(target)))
        await self._session.flush()

    async def remove_target(self, target_id: str) -> bool:
        """Whether there was one. What is still on its way to it is dropped."""
        model = AlertTargetModel
        removed = await self._session.execute(
            delete(model).where(model.target_id == target_id).returning(model.target_id)
        )
        found = removed.one_or_none() is not None
        notices = update(AlertNoticeModel).where(
            AlertNoticeModel.target_id == target_id, AlertNoticeModel.next_at.is_not(None)
        )
        await self._session.execute(notices.values(next_at=None, error="the target was removed"))
        return found

    # --- alerts ---

    async def get(self, alert_id: str) -> Alert | None:
        row = await self._session.get(AlertModel, alert_id)
        return None if row is None else record_of(Alert, row)

    async def open(self) -> Sequence[Alert]:
        query = select(AlertModel).where(AlertModel.closed_at.is_(None)).order_by(AlertModel.opened_at)
        return [record_of(Alert, row) for row in await self._session.scalars(query)]

    async def closed_since(self, instant: datetime) -> Sequence[Alert]:
        query = select(AlertModel).where(AlertModel.closed_at >= instant).order_by(AlertModel.closed_at)
        return [record_of(Alert, row) for row in await self._session.scalars(query)]

    async def history(self, *, limit: int, before: datetime | None = None) -> Sequence[Alert]:
        """Newest first."""
        query = select(AlertModel).order_by(AlertModel.opened_at.desc(), AlertModel.alert_id.desc())
        if before is not None:
            query = query.where(AlertModel.opened_at < before)
        return [record_of(Alert, row) for row in await self._session.scalars(query.limit(limit))]

    async def put(self, alert: Alert) -> None:
        await self._session.merge(AlertModel(**_values(alert)))
        await self._session.flush()

    # --- notices ---

    async def add_notices(self, notices: Sequence[AlertNotice]) -> None:
        self._session.add_all([AlertNoticeModel(**_values(notice)) for notice in notices])
        await self._session.flush()

    async def due(self, now: datetime, limit: int = 50) -> Sequence[AlertNotice]:
        """Those whose time has come, oldest first."""
        model = AlertNoticeModel
        query = select(model).where(model.next_at <= now).order_by(model.next_at, model.notice_id)
        return [record_of(AlertNotice, row) for row in await self._session.scalars(query.limit(limit))]

    async def next_due(self) -> datetime | None:
        query = select(AlertNoticeModel.next_at).where(AlertNoticeModel.next_at.is_not(None))
        return (await self._session.scalars(query.order_by(AlertNoticeModel.next_at).limit(1))).first()

    async def notices_of(self, alert_id: str) -> Sequence[AlertNotice]:
        model = AlertNoticeModel
        query = select(model).where(model.alert_id == alert_id).order_by(model.created_at, model.notice_id)
        return [record_of(AlertNotice, row) for row in await self._session.scalars(query)]

    async def settle(self, notice: AlertNotice) -> None:
        """Write down what an attempt came to."""
        values = _values(notice)
        keys = {name: values.pop(name) for name in ("notice_id", "target_id")}
        query = update(AlertNoticeModel).where(
            AlertNoticeModel.notice_id == keys["notice_id"], AlertNoticeModel.target_id == keys["target_id"]
        )
        await self._session.execute(query.values(**values))


def _values(record: Any) -> dict[str, Any]:
    return {
        name: dict(value) if isinstance(value := getattr(record, name), Mapping) else value
        for name in record.__slots__
    }
