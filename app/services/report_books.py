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

from sqlalchemy import func, select

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
    read_to: int = 0
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
            kept = self._kept[key] = _Kept(RangeFold(begin, end, targets))
            while len(self._kept) > KEPT_MAX:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        async with kept.lock:
            await self._read_on(database, kept, begin - LOOKBACK, end + TAIL)
        return kept.fold.facts(min(now, end))

    async def _read_on(self, database: Database, kept: _Kept, since: datetime, until: datetime) -> None:
        first, last = await _span(database, since, until)
        kept.read_to = max(kept.read_to, first - 1)
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


async def _span(database: Database, since: datetime, until: datetime) -> tuple[int, int]:
    """The first and the last position of a time; (1, 0) where nothing happened.

    Positions follow time only nearly: a request's event may be written a little after the engine's.
    """
    async with database.read() as session:
        ends = select(func.min(_at), func.max(_at)).where(EventModel.at >= since, EventModel.at < until)
        first, last = (await session.execute(ends)).one()
    return (first, last) if first is not None else (1, 0)
