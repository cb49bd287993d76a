"""Finding recordings, and what people decided about them. The recordings' own rows belong to the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.store.models import AuditModel, CustomerModel
from app.store.records import AuditEntry, Recording, record_of
from app.store.repositories.search import contains_words
from app.store.schema import ContactModel, OfferModel, RecordingModel
from app.store.tables_reports import (
    RecordingAccessModel,
    RecordingMarkModel,
    RecordingRatingModel,
    RecordingRetentionModel,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    recording_id: str
    hold: bool = False
    hold_reason: str = ""
    hold_by: str | None = None
    hold_at: datetime | None = None
    expired_at: datetime | None = None
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Whose recordings somebody may hear: everybody's, or those of some agents."""

    everybody: bool = False
    agents: frozenset[str] = frozenset()

    def covers(self, agent_ids: Sequence[str]) -> bool:
        return self.everybody or not self.agents.isdisjoint(agent_ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One word that is looked for, and what has it in its name."""

    text: str
    agents: frozenset[str] = frozenset()
    queues: frozenset[str] = frozenset()
    dispositions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for; None: anything. Every one of `words` must be found somewhere."""

    words: tuple[Word, ...] = ()
    queue_id: str | None = None
    agent_id: str | None = None
    disposition: str | None = None
    since: datetime | None = None
    before: datetime | None = None
    seconds_min: float | None = None
    seconds_max: float | None = None
    message: bool | None = None
    held: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    recording: Recording
    customer_name: str | None
    ani: str
    disposition: str | None
    ended_at: datetime | None
    customer_id: str | None
    case_id: str | None
    mark: Mark | None


class Recordings:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    # --- finding ---

    async def search(
        self, wanted: Wanted, reach: Reach, *, limit: int, offset: int
    ) -> tuple[int, Sequence[Found]]:
        """How many fit, and one page of them, the newest first. Those that are over are left out."""
        fits = and_(self._within(reach), self._fits(wanted))
        total = await self._session.scalar(_joined(select(func.count())).where(fits)) or 0
        query = _joined(select(*_COLUMNS)).where(fits)
        query = query.order_by(RecordingModel.started_at.desc(), RecordingModel.recording_id.desc())
        rows = await self._session.execute(query.limit(limit).offset(offset))
        return total, [_found(*row) for row in rows]

    async def count(self, reach: Reach) -> int:
        query = _joined(select(func.count())).where(self._within(reach))
        found: int | None = await self._session.scalar(query)
        return found or 0

    async def get(self, recording_id: str) -> Found | None:
        query = _joined(select(*_COLUMNS)).where(RecordingModel.recording_id == recording_id)
        row = (await self._session.execute(query)).first()
        return None if row is None else _found(*row)

    async def people(self, contact_id: str) -> Sequence[str]:
        """Every agent who had the contact."""
        query = select(OfferModel.agent_id).where(
            OfferModel.contact_id == contact_id, OfferModel.outcome == "accepted"
        )
        return list(await self._session.scalars(query))

    def _within(self, reach: Reach) -> ColumnElement[bool]:
        ready = and_(RecordingModel.state == "ready", RecordingMarkModel.expired_at.is_(None))
        if reach.everybody:
            return ready
        handled = select(OfferModel.contact_id).where(
            OfferModel.outcome == "accepted", OfferModel.agent_id.in_(reach.agents)
        )
        return and_(
            ready,
            or_(RecordingModel.agent_id.in_(reach.agents), RecordingModel.contact_id.in_(handled)),
        )

    def _fits(self, wanted: Wanted) -> ColumnElement[bool]:
        tests: list[ColumnElement[bool]] = [_has(word) for word in wanted.words]
        if wanted.queue_id is not None:
            tests.append(RecordingModel.queue_id == wanted.queue_id)
        if wanted.agent_id is not None:
            tests.append(RecordingModel.agent_id == wanted.agent_id)
        if wanted.disposition is not None:
            tests.append(ContactModel.disposition == wanted.disposition)
        if wanted.since is not None:
            tests.append(RecordingModel.started_at >= wanted.since)
        if wanted.before is not None:
            tests.append(RecordingModel.started_at < wanted.before)
        if wanted.seconds_min is not None:
            tests.append(RecordingModel.duration_s >= wanted.seconds_min)
        if wanted.seconds_max is not None:
            tests.append(RecordingModel.duration_s <= wanted.seconds_max)
        if wanted.message is not None:
            nobody = RecordingModel.agent_id.is_(None)
            tests.append(nobody if wanted.message else ~nobody)
        if wanted.held is not None:
            tests.append(RecordingMarkModel.hold.is_(wanted.held))
        return and_(True, *tests)

    # --- what people decided ---

    async def mark(self, recording_id: str, **values: object) -> None:
        """Note something about a recording."""
        await self._session.merge(RecordingMarkModel(recording_id=recording_id, **values))
        await self._session.flush()

    async def access(self) -> Mapping[str, str]:
        """Role -> reach, where somebody chose one."""
        return {row.role: row.reach for row in await self._session.scalars(select(RecordingAccessModel))}

    async def set_access(self, role: str, reach: str) -> None:
        await self._session.merge(RecordingAccessModel(role=role, reach=reach))

    async def retention(self) -> Mapping[str, int | None]:
        """Queue ('' for all others) -> days."""
        rows = await self._session.scalars(select(RecordingRetentionModel))
        return {row.queue_id: row.days for row in rows}

    async def set_retention(self, days: Mapping[str, int | None]) -> None:
        """These and no others."""
        await self._session.execute(delete(RecordingRetentionModel))
        self._session.add_all(RecordingRetentionModel(queue_id=each, days=days[each]) for each in days)

    async def ratings(self, recording_id: str) -> Mapping[str, Mapping[str, int]]:
        """Who -> question -> 1 to 5."""
        query = select(RecordingRatingModel).where(RecordingRatingModel.recording_id == recording_id)
        return {row.rater: dict(row.scores) for row in await self._session.scalars(query)}

    async def rate(self, recording_id: str, rater: str, scores: Mapping[str, int], at: datetime) -> None:
        row = RecordingRatingModel(recording_id=recording_id, rater=rater, scores=dict(scores), at=at)
        await self._session.merge(row)

    async def audit(self, recording_id: str, limit: int = 100) -> Sequence[AuditEntry]:
        """What was done with it, newest first."""
        query = select(AuditModel).where(AuditModel.subject == recording_id)
        query = query.order_by(AuditModel.audit_id.desc()).limit(limit)
        return [record_of(AuditEntry, row) for row in await self._session.scalars(query)]

    # --- their end ---

    async def over(
        self, queue_id: str | None, others: Sequence[str], before: datetime, limit: int
    ) -> Sequence[Found]:
        """Those that began before an instant and that nobody holds.

        Args:
            queue_id: Of this queue; None: of all but `others`, and of no queue.
        """
        if queue_id is None:
            whose = or_(RecordingModel.queue_id.is_(None), RecordingModel.queue_id.not_in(others))
        else:
            whose = RecordingModel.queue_id == queue_id
        free = and_(
            RecordingMarkModel.expired_at.is_(None),
            or_(RecordingMarkModel.hold.is_(None), RecordingMarkModel.hold.is_(False)),
        )
        done = RecordingModel.state.in_(("ready", "failed"))
        query = _joined(select(*_COLUMNS)).where(whose, RecordingModel.started_at < before, done, free)
        rows = await self._session.execute(query.order_by(RecordingModel.started_at).limit(limit))
        return [_found(*row) for row in rows]

    async def to_delete(self, limit: int) -> Sequence[Found]:
        """Those that are over and whose file may still be there."""
        gone = and_(RecordingMarkModel.expired_at.is_not(None), RecordingMarkModel.deleted_at.is_(None))
        rows = await self._session.execute(_joined(select(*_COLUMNS)).where(gone).limit(limit))
        return [_found(*row) for row in rows]


_COLUMNS = (RecordingModel, ContactModel, CustomerModel.name, RecordingMarkModel)


def _joined(query: Any) -> Any:
    """From recordings, with what belongs to each."""
    return (
        query.select_from(RecordingModel)
        .join(ContactModel, ContactModel.contact_id == RecordingModel.contact_id, isouter=True)
        .join(CustomerModel, CustomerModel.customer_id == ContactModel.customer_id, isouter=True)
        .join(
            RecordingMarkModel, RecordingMarkModel.recording_id == RecordingModel.recording_id, isouter=True
        )
    )


def _has(word: Word) -> ColumnElement[bool]:
    digits = "".join(letter for letter in word.text if letter.isdigit()).lstrip("0")
    places: list[ColumnElement[bool]] = [
        contains_words(CustomerModel.search_text, word.text),
        RecordingModel.agent_id.in_(word.agents),
        RecordingModel.queue_id.in_(word.queues),
        ContactModel.disposition.in_(word.dispositions),
    ]
    if len(digits) >= 3:
        places.append(ContactModel.ani.contains(digits))
    return or_(*places)


def _found(
    recording: RecordingModel,
    contact: ContactModel | None,
    customer_name: str | None,
    mark: RecordingMarkModel | None,
) -> Found:
    return Found(
        recording=record_of(Recording, recording),
        customer_name=customer_name,
        ani=contact.ani if contact is not None else "",
        disposition=contact.disposition if contact is not None else None,
        ended_at=contact.ended_at if contact is not None else None,
        customer_id=contact.customer_id if contact is not None else None,
        case_id=contact.case_id if contact is not None else None,
        mark=record_of(Mark, mark) if mark is not None else None,
    )
