"""Alerts as they live: figures are judged after each change and at the next deadline, and what changed is
written down together with the notices of it.

The store holds which alerts are open; a server that starts again goes on from there and tells nothing twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal, cast

import structlog

from app.api import models as wire
from app.clock import Clock, Timer
from app.errors import Conflict, NotFound
from app.live.alert_rules import AlertRules
from app.live.alert_words import text, title
from app.store.database import Database
from app.store.errors import StoreError
from app.store.repositories.alerts import Alert, AlertNotice, Alerts, AlertTarget
from app.store.repositories.events import AuditTrail
from app.tasks import end_task
from reporting.snapshots import Level
from reporting.thresholds import QUEUE_MEASURES, Change, Measure, Reading, Transition, Watch

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 0.25
"""Least time between two looks: a busy centre commits many times a second."""
STORE_DOWN_S = 5.0
CLOSED_SHOWN = timedelta(minutes=15)
"""What is over stays on the floor for so long."""

_KINDS = {
    Measure.WAITING: "queue_waiting",
    Measure.LONGEST_WAIT: "queue_wait",
    Measure.SERVICE_LEVEL: "queue_level",
    Measure.ABANDONED: "queue_abandoned",
    Measure.UNREACHABLE: "agent_unreachable",
    Measure.MISSED: "agent_missed",
}


class AlertTaken(Conflict):
    code = "alert_taken"
    title = "Somebody has it"

    def __init__(self, who: str) -> None:
        super().__init__(who)
        self.who = who

    def __str__(self) -> str:
        return f"{self.who} has taken this alert."


class AlertKeeper:
    """The only writer of alerts.

    Args:
        readings: every watched figure now, by the rules given.
        name: of a queue or agent.
        changed: the floor shows other alerts than before.
        noticed: notices were written.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        new_id: Callable[[str], str],
        readings: Callable[[AlertRules, datetime], Iterable[Reading]],
        name: Callable[[Measure, str], str],
        changed: Callable[[], None],
        noticed: Callable[[], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._new_id = new_id
        self._readings = readings
        self._name = name
        self._changed = changed
        self._noticed = noticed
        self.rules = AlertRules()
        self._watch = Watch()
        self._open: dict[tuple[str, str], Alert] = {}
        self._closed: list[Alert] = []
        self._unwritten: list[Transition] = []
        self._writing = asyncio.Lock()
        self._woken = asyncio.Event()
        self._timer: Timer | None = None
        self._task: asyncio.Task[None] | None = None

    # --- life ---

    async def open(self) -> None:
        """Go on from what the store says."""
        await self._read_rules()
        async with self._database.read() as session:
            alerts = Alerts(session)
            self._open = {(each.measure, each.subject): each for each in await alerts.open()}
            self._closed = list(await alerts.closed_since(self._clock.now() - CLOSED_SHOWN))
        told = {(Measure(each.measure), each.subject): Level(each.level) for each in self._open.values()}
        self._watch = Watch(told)
        self._woken.set()
        self._task = asyncio.create_task(self._run(), name="alerts")

    async def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            await end_task(self._task)

    def poke(self) -> None:
        """Something happened that figures may show."""
        self._woken.set()

    async def rules_changed(self) -> None:
        await self._read_rules()
        self._changed()
        self.poke()

    async def _read_rules(self) -> None:
        async with self._database.read() as session:
            self.rules = AlertRules.of(await Alerts(session).thresholds())

    async def _run(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            try:
                await self.look()
                due = self.next_at()
            except StoreError as error:
                log.warning("alerts wait for the database", error=str(error))
                due = self._clock.now() + timedelta(seconds=STORE_DOWN_S)
            except Exception:
                log.exception("the figures could not be judged")
                due = self._clock.now() + timedelta(seconds=STORE_DOWN_S)
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._clock.call_at(due, self._woken.set) if due is not None else None
            await asyncio.sleep(LOOK_EVERY_S)

    def next_at(self) -> datetime | None:
        """When time alone changes something: a limit is reached, or a closed alert leaves the floor."""
        leaves = [each.closed_at + CLOSED_SHOWN for each in self._closed if each.closed_at is not None]
        times = [each for each in (self._watch.next_deadline(), *leaves) if each is not None]
        return min(times, default=None)

    # --- judging ---

    async def look(self) -> list[Transition]:
        """Judge every figure now and write down what changed.

        Raises:
            StoreError: it could not be written; it is kept, and written at the next look.
        """
        now = self._clock.now()
        kept = [each for each in self._closed if (each.closed_at or now) > now - CLOSED_SHOWN]
        gone = len(kept) < len(self._closed)
        self._closed = kept
        told = self._watch.observe(self._readings(self.rules, now), now)
        self._unwritten += told
        written = bool(self._unwritten)
        if written:
            async with self._writing:
                await self._write(now)
        if written or gone:
            self._changed()
        return told

    async def _write(self, now: datetime) -> None:
        opened, closed = dict(self._open), list(self._closed)
        async with self._database.transaction() as session:
            alerts = Alerts(session)
            targets = [each for each in await alerts.targets() if each.active]
            for transition in self._unwritten:
                alert = self._after(transition, opened.get((transition.measure, transition.subject)))
                if alert is None:
                    continue
                await alerts.put(alert)
                if self.rules.rule(transition.measure, transition.subject).send:
                    await alerts.add_notices(self._notices(alert, transition.change, targets, now))
                key = (alert.measure, alert.subject)
                if alert.closed_at is None:
                    opened[key] = alert
                else:
                    opened.pop(key, None)
                    closed.append(alert)
        self._open, self._closed = opened, closed
        self._unwritten = []
        self._noticed()

    def _after(self, transition: Transition, before: Alert | None) -> Alert | None:
        """The alert as the transition leaves it; None when there is none that it could change."""
        if before is None:
            if transition.level is Level.OK:
                return None
            return Alert(
                alert_id=self._new_id("al"),
                measure=transition.measure.value,
                subject=transition.subject,
                level=transition.level.value,
                worst=transition.level.value,
                value=transition.value,
                limit=transition.limit,
                since=transition.since,
                opened_at=transition.at,
            )
        if transition.level is Level.OK:
            return replace(before, closed_at=transition.at, changes=before.changes + 1)
        bad = Level.BAD in (transition.level, Level(before.worst))
        return replace(
            before,
            level=transition.level.value,
            worst=(Level.BAD if bad else Level.WARN).value,
            value=transition.value,
            limit=transition.limit,
            since=transition.since,
            changes=before.changes + 1,
        )

    # --- telling ---

    def _notices(
        self, alert: Alert, change: Change | Literal["taken"], targets: Sequence[AlertTarget], now: datetime
    ) -> list[AlertNotice]:
        """One per target, all under the one id of this change."""
        notice_id = f"{alert.alert_id}.{alert.changes}"
        body = self._body(alert, change, now)
        return [
            AlertNotice(
                notice_id=notice_id,
                target_id=target.target_id,
                alert_id=alert.alert_id,
                body=body,
                created_at=now,
                next_at=now,
            )
            for target in targets
        ]

    def _body(
        self, alert: Alert, change: Change | Literal["taken"], now: datetime
    ) -> dict[str, str | dict[str, str | float | None]]:
        measure = Measure(alert.measure)
        name = self._name(measure, alert.subject)
        verb = change.value if isinstance(change, Change) else change
        over_s = (alert.closed_at - alert.opened_at).total_seconds() if alert.closed_at else None
        said = title(measure, name, alert.value, Change.CLOSED if alert.closed_at else Change.OPENED)
        return {
            "type": f"alert.{verb}",
            "timestamp": now.isoformat(),
            "data": {
                "alert_id": alert.alert_id,
                "measure": alert.measure,
                "subject_kind": "queue" if measure in QUEUE_MEASURES else "agent",
                "subject": alert.subject,
                "name": name,
                "level": "ok" if alert.closed_at else alert.level,
                "value": alert.value,
                "limit": alert.limit,
                "opened_at": alert.opened_at.isoformat(),
                "closed_at": alert.closed_at.isoformat() if alert.closed_at else None,
                "taken_by": alert.taken_by,
                "title": said,
                "text": text(measure, alert.limit, over_s=over_s, taken_by=alert.taken_by),
            },
        }

    # --- what people do and see ---

    async def take(self, alert_id: str, *, user_id: str, name: str) -> None:
        """Somebody looks after an alert. Taken again by the same person changes nothing.

        Raises:
            NotFound: it is not open.
            AlertTaken: somebody else has it.
        """
        async with self._writing:
            alert = next((each for each in self._open.values() if each.alert_id == alert_id), None)
            if alert is None:
                raise NotFound("open alert", alert_id)
            if alert.taken_by == name:
                return
            if alert.taken_by is not None:
                raise AlertTaken(alert.taken_by)
            now = self._clock.now()
            taken = replace(alert, taken_by=name, taken_at=now, changes=alert.changes + 1)
            async with self._database.transaction() as session:
                alerts = Alerts(session)
                await alerts.put(taken)
                if self.rules.rule(Measure(taken.measure), taken.subject).send:
                    targets = [each for each in await alerts.targets() if each.active]
                    await alerts.add_notices(self._notices(taken, "taken", targets, now))
                await AuditTrail(session).add(at=now, actor=user_id, action="alert.taken", subject=alert_id)
            self._open[(taken.measure, taken.subject)] = taken
        self._noticed()
        self._changed()

    def shown(self) -> list[wire.FloorAlert]:
        """Those that are open, gravest first, then those that are just over."""
        rank = {"bad": 0, "warn": 1, "ok": 2}
        found = [self.view(each) for each in (*self._open.values(), *self._closed)]
        newest = {each.id: -each.at.timestamp() for each in found}
        return sorted(found, key=lambda each: (rank[each.tone], newest[each.id], each.id))

    def view(self, alert: Alert, language: str = "en") -> wire.FloorAlert:
        measure = Measure(alert.measure)
        name = self._name(measure, alert.subject)
        over_s = (alert.closed_at - alert.opened_at).total_seconds() if alert.closed_at else None
        change = Change.CLOSED if alert.closed_at else Change.OPENED
        return wire.FloorAlert(
            id=alert.alert_id,
            tone="ok" if alert.closed_at else cast("Literal['bad', 'warn']", alert.level),
            kind=cast("Literal['agent_long']", _KINDS.get(measure, "agent_long")),
            title=title(measure, name, alert.value, change, language),
            text=text(measure, alert.limit, over_s=over_s, taken_by=alert.taken_by, language=language),
            at=alert.closed_at or alert.opened_at,
            subject=alert.subject,
            measure=cast("wire.AlertMeasure", alert.measure),
            name=name,
            value=alert.value,
            limit=alert.limit,
            opened_at=alert.opened_at,
            taken_by=alert.taken_by,
            closed_at=alert.closed_at,
            sound=self.rules.rule(measure, alert.subject).sound,
        )
