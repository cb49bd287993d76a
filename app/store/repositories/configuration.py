"""How the centre is set up: queues, agents, numbers, flows, calendars and the lists people choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.store.columns import Base
from app.store.errors import RecordChanged, RecordMissing
from app.store.models import AgentModel, CalendarModel, FlowModel, NumberModel, QueueModel, ReferenceModel
from app.store.records import Agent, Body, Calendar, Flow, Number, Queue, Reference, record_of


class Configuration:
    """`put_*` stores a new record or the next version of one.

    With `seen` it refuses when the stored version is another one; 0 means there was none.
    """

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def queues(self) -> Sequence[Queue]:
        rows = await self._session.scalars(select(QueueModel).order_by(QueueModel.queue_id))
        return [record_of(Queue, row) for row in rows]

    async def put_queue(self, queue: Queue, seen: int | None = None) -> Queue:
        """Raises: RecordChanged."""
        row = await self._put(QueueModel, queue, queue.queue_id, seen)
        return record_of(Queue, row)

    async def agents(self) -> Sequence[Agent]:
        rows = await self._session.scalars(select(AgentModel).order_by(AgentModel.name, AgentModel.agent_id))
        return [record_of(Agent, row) for row in rows]

    async def agent(self, agent_id: str) -> Agent | None:
        row = await self._session.get(AgentModel, agent_id)
        return None if row is None else record_of(Agent, row)

    async def put_agent(self, agent: Agent, seen: int | None = None) -> Agent:
        """Raises: RecordChanged."""
        row = await self._put(AgentModel, agent, agent.agent_id, seen)
        return record_of(Agent, row)

    async def calendars(self) -> Sequence[Calendar]:
        rows = await self._session.scalars(select(CalendarModel).order_by(CalendarModel.calendar_id))
        return [record_of(Calendar, row) for row in rows]

    async def put_calendar(self, calendar: Calendar, seen: int | None = None) -> Calendar:
        """Raises: RecordChanged."""
        row = await self._put(CalendarModel, calendar, calendar.calendar_id, seen)
        return record_of(Calendar, row)

    async def numbers(self) -> Sequence[Number]:
        rows = await self._session.scalars(select(NumberModel).order_by(NumberModel.dnis))
        return [record_of(Number, row) for row in rows]

    async def put_number(self, number: Number) -> None:
        await self._session.merge(NumberModel(**_values(number)))
        await self._session.flush()

    async def remove_number(self, dnis: str) -> None:
        """One that is gone already is fine."""
        await self._session.execute(delete(NumberModel).where(NumberModel.dnis == dnis))

    async def reference(self, kind: str | None = None, *, active_only: bool = False) -> Sequence[Reference]:
        """In the order they are shown, by kind."""
        query = select(ReferenceModel)
        if kind is not None:
            query = query.where(ReferenceModel.kind == kind)
        if active_only:
            query = query.where(ReferenceModel.active)
        query = query.order_by(ReferenceModel.kind, ReferenceModel.position, ReferenceModel.code)
        return [record_of(Reference, row) for row in await self._session.scalars(query)]

    async def put_reference(self, entry: Reference) -> None:
        await self._session.merge(ReferenceModel(**_values(entry)))
        await self._session.flush()

    # --- flows ---

    async def flows(self) -> Sequence[Flow]:
        """The newest version of each."""
        newest = select(FlowModel.flow_id, func.max(FlowModel.version)).group_by(FlowModel.flow_id)
        rows = await self._session.execute(newest)
        found = [await self.flow(flow_id, version) for flow_id, version in rows]
        return sorted((flow for flow in found if flow is not None), key=lambda flow: flow.flow_id)

    async def flow(self, flow_id: str, version: int | None = None) -> Flow | None:
        """One version; the newest when none is named. Live calls stay on the version they are on."""
        query = select(FlowModel).where(FlowModel.flow_id == flow_id)
        if version is not None:
            query = query.where(FlowModel.version == version)
        row = (await self._session.scalars(query.order_by(FlowModel.version.desc()).limit(1))).first()
        return None if row is None else record_of(Flow, row)

    async def published_flows(self) -> Sequence[Flow]:
        """The version of each flow that new calls get."""
        query = select(FlowModel).where(FlowModel.published).order_by(FlowModel.flow_id)
        return [record_of(Flow, row) for row in await self._session.scalars(query)]

    async def flow_versions(self, pairs: Sequence[tuple[str, int]]) -> Sequence[Flow]:
        """Certain versions: those that live calls are on."""
        found = [await self.flow(flow_id, version) for flow_id, version in pairs]
        return [flow for flow in found if flow is not None]

    async def save_flow(
        self, flow_id: str, *, name: str, body: Body, at: datetime, by: str, publish: bool = True
    ) -> Flow:
        """Store the next version; with `publish` it answers new calls from now on."""
        last = select(func.max(FlowModel.version)).where(FlowModel.flow_id == flow_id)
        version = (await self._session.scalar(last) or 0) + 1
        row = FlowModel(
            flow_id=flow_id,
            version=version,
            name=name,
            body=dict(body),
            published=False,
            created_at=at,
            created_by=by,
        )
        self._session.add(row)
        await self._session.flush()
        if publish:
            await self.publish_flow(flow_id, version)
            await self._session.refresh(row)
        return record_of(Flow, row)

    async def publish_flow(self, flow_id: str, version: int) -> None:
        """Have new calls get this version, an older one too.

        Raises:
            RecordMissing: there is no such version.
        """
        versions = update(FlowModel).where(FlowModel.flow_id == flow_id)
        await self._session.execute(versions.values(published=False))
        chosen = versions.where(FlowModel.version == version).values(published=True)
        done = await self._session.execute(chosen.returning(FlowModel.version))
        if done.one_or_none() is None:
            raise RecordMissing("flow", f"{flow_id} version {version}")

    async def withdraw_flow(self, flow_id: str) -> None:
        """Have no new call get this flow; its versions stay."""
        versions = update(FlowModel).where(FlowModel.flow_id == flow_id)
        await self._session.execute(versions.values(published=False))

    # --- inside ---

    async def _put(self, model: type[Any], record: Any, key: str, seen: int | None) -> Base:
        row: Any = await self._session.get(model, key)
        stored = 0 if row is None else row.version
        if seen is not None and seen != stored:
            raise RecordChanged(model.__tablename__.removesuffix("s"), key, seen)
        values = _values(record) | {"version": stored + 1}
        if row is None:
            row = model(**values)
            self._session.add(row)
        else:
            for name, value in values.items():
                setattr(row, name, value)
        await self._session.flush()
        changed: Base = row
        return changed


def _values(record: Any) -> dict[str, Any]:
    """Columns of a record, JSON ones as plain lists and dicts."""
    return {name: _plain(getattr(record, name)) for name in record.__slots__}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, tuple | list | frozenset | set) else value
