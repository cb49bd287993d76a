"""Ranges of the log, folded and kept: asked again, a range reads only what was written since.

The log is append-only, so going on with a fold gives what folding anew would give. Few ranges are kept, the
longest unused goes first.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from app.store.database import Database
from app.store.schema import EventModel
from reporting import QueueTarget, RangeFold
from reporting.book import KINDS
from reporting.report import Collected

KEPT_MAX = 4
"""Ranges. A day of 1,500 contacts takes about 4 MB."""
PAGE = 1000
"""Positions read at once; between pages others have their turn."""
LOOKBACK = timedelta(hours=12)
"""Read before a range, so that it is known who waits and what people do when it begins."""
TAIL = timedelta(hours=12)
"""Read after a range: calls that began in it end by then, wrap-up included."""

Key = tuple[datetime, datetime, tuple[tuple[str, QueueTarget], ...]]


@dataclass(slots=True)
class _Kept:
    fold: RangeFold
    read_to: int
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class ReportBooks:
    """One for the process."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()

    async def facts(
        self,
        database: Database,
        begin: datetime,
        end: datetime,
        targets: Mapping[str, QueueTarget],
        now: datetime,
    ) -> Collected:
        """What happened in [begin, end), as far as it is known `now`."""
        key = (begin, end, tuple(sorted(targets.items())))
        kept = self._kept.get(key)
        if kept is None:
            first = await _position(database, begin - LOOKBACK)
            kept = self._kept[key] = _Kept(RangeFold(begin, end, targets), first - 1)
            while len(self._kept) > KEPT_MAX:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        async with kept.lock:
            await self._read_on(database, kept, end + TAIL)
        return kept.fold.facts(min(now, end))

    async def _read_on(self, database: Database, kept: _Kept, until: datetime) -> None:
        last = await _position(database, until) - 1
        while kept.read_to < last:
            to = min(last, kept.read_to + PAGE)
            async with database.read() as session:
                rows = (await session.execute(_page.where(_at > kept.read_to, _at <= to))).all()
            for row in rows:
                kept.fold.observe(
                    row.kind, row.at, row.queue_id, row.agent_id, row.contact_id, row.data, row.customer_id
                )
            kept.read_to = to
            await asyncio.sleep(0)


_at = EventModel.position
_page = (
    select(
        EventModel.kind,
        EventModel.at,
        EventModel.queue_id,
        EventModel.agent_id,
        EventModel.contact_id,
        EventModel.data,
        EventModel.customer_id,
    )
    .where(EventModel.kind.in_(KINDS))
    .order_by(EventModel.position)
)


async def _position(database: Database, at: datetime) -> int:
    """Of the first event at or after an instant; one after the last where there is none."""
    async with database.read() as session:
        first = select(_at).where(EventModel.at >= at).order_by(EventModel.at, _at).limit(1)
        found = await session.scalar(first)
        if found is not None:
            return found
        return (await session.scalar(select(_at).order_by(_at.desc()).limit(1)) or 0) + 1
