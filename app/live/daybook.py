"""The day's figures for live pages: the fold of `reporting/` over the committed log, new at each midnight."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.engine.commit import LogEvent
from reporting import AgentFigures, DayFigures, DaySnapshot, QueueFigures, QueueTarget
from reporting.report import Collected, RangeFold


class DayBook:
    def __init__(self, now: datetime, zone: ZoneInfo, targets: Mapping[str, QueueTarget]) -> None:
        self._zone = zone
        self._targets = targets
        self._open_contacts: dict[str, list[LogEvent]] = {}
        self._agent_states: dict[str, LogEvent] = {}
        self._begin(now)

    @property
    def day_start(self) -> datetime:
        """Midnight of the centre, from which the figures count."""
        return self._day_start

    @property
    def day_end(self) -> datetime:
        return self._day_end

    def facts(self, now: datetime) -> Collected:
        """What the day's figures are made of."""
        return self._facts.facts(now)

    def _begin(self, now: datetime) -> None:
        """A new day: what is still open is told to it first, so that waiting callers are known."""
        local = now.astimezone(self._zone)
        self._day_start = local.replace(hour=0, minute=0, second=0, microsecond=0)
        self._day_end = (self._day_start + timedelta(days=1, hours=2)).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        self._figures = DayFigures(self._day_start, self._targets)
        self._facts = RangeFold(self._day_start, self._day_end, self._targets)
        carried = [event for events in self._open_contacts.values() for event in events]
        for event in sorted([*carried, *self._agent_states.values()], key=lambda each: each.at):
            self._feed(event)
        self._snapshot: DaySnapshot | None = None

    def retarget(
        self, targets: Mapping[str, QueueTarget], history: Iterable[LogEvent], now: datetime
    ) -> None:
        """The queues' promises changed: count the day anew by them."""
        self._targets = targets
        self._open_contacts.clear()
        self._agent_states.clear()
        self._begin(now)
        self.observe(history, now)

    def observe(self, events: Iterable[LogEvent], now: datetime) -> None:
        if now >= self._day_end:
            self._begin(now)
        for event in events:
            self._feed(event)
            self._carry(event)
        self._snapshot = None

    def _feed(self, event: LogEvent) -> None:
        self._figures.observe(
            event.kind, event.at, event.queue_id, event.agent_id, event.contact_id, event.data
        )
        self._facts.observe(
            event.kind, event.at, event.queue_id, event.agent_id, event.contact_id, event.data
        )

    def _carry(self, event: LogEvent) -> None:
        if event.kind == "agent.state" and event.agent_id is not None:
            self._agent_states[event.agent_id] = event
        if event.contact_id is None:
            return
        if event.kind in ("contact.ended", "acw.ended"):
            self._open_contacts.pop(event.contact_id, None)
        elif event.kind.startswith(("contact.", "offer.", "acw.")):
            self._open_contacts.setdefault(event.contact_id, []).append(event)

    def snapshot(self, now: datetime) -> DaySnapshot:
        """All figures; computed anew at most once a second and after each event."""
        if self._snapshot is None or abs((now - self._snapshot.at).total_seconds()) >= 1.0:
            self._snapshot = self._figures.snapshot(now)
        return self._snapshot

    def queue(self, queue_id: str, now: datetime) -> QueueFigures:
        """One queue's figures; zeros before its first caller."""
        found = self.snapshot(now).queues.get(queue_id)
        return (
            found if found is not None else DayFigures(self._day_start, self._targets).snapshot(now).overall
        )

    def target(self, queue_id: str) -> QueueTarget:
        return self._figures.target(queue_id)

    def overall(self, now: datetime) -> QueueFigures:
        return self.snapshot(now).overall

    def agent(self, agent_id: str, now: datetime) -> AgentFigures | None:
        """None before the agent's first event of the day."""
        return self.snapshot(now).agents.get(agent_id)
