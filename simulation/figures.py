"""A virtual day's figures, by the one fold that live pages and reports go through."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from reporting import DayFigures, DaySnapshot, QueueTarget
from simulation.result import Slot
from simulation.traffic import Scenario

_BUSY = frozenset({"on_contact", "acw"})
_FREE = frozenset({"available", "ringing"})


class Figures:
    """The day as a whole, and each stretch of it: a contact counts in the one in which it joined a queue."""

    def __init__(self, scenario: Scenario, slot: timedelta) -> None:
        self._begin = scenario.begin
        self._slot = slot
        self._targets = dict(scenario.targets) or {
            policy.queue_id: QueueTarget(
                answer_s=policy.service_level.total_seconds(),
                goal=policy.service_target,
                short_abandon_s=policy.short_abandon.total_seconds(),
            )
            for policy in scenario.policies.queues
        }
        self._day = DayFigures(scenario.begin, self._targets)
        self._slots: dict[int, DayFigures] = {}
        self._of: dict[str, DayFigures] = {}
        """Contact -> the stretch it counts in."""
        self._states: dict[str, tuple[str, datetime]] = {}
        self._busy_s: defaultdict[int, float] = defaultdict(float)
        self._ready_s: defaultdict[int, float] = defaultdict(float)

    def observe(
        self,
        kind: str,
        at: datetime,
        queue_id: str | None,
        agent_id: str | None,
        contact_id: str | None,
        data: dict[str, object],
    ) -> None:
        self._day.observe(kind, at, queue_id, agent_id, contact_id, data)
        if kind == "agent.state" and agent_id is not None:
            self._spend(agent_id, at)
            self._states[agent_id] = (str(data["state"]), at)
        if contact_id is None:
            return
        stretch = self._of.get(contact_id)
        if stretch is None:
            number = (at - self._begin) // self._slot
            stretch = self._slots.get(number)
            if stretch is None:
                stretch = self._slots[number] = DayFigures(self._begin, self._targets)
            self._of[contact_id] = stretch
        stretch.observe(kind, at, queue_id, None, contact_id, data)
        if kind == "contact.ended":
            self._of.pop(contact_id)

    def _spend(self, agent_id: str, until: datetime) -> None:
        """Spread the time in a state over the stretches it touches."""
        state, since = self._states.get(agent_id, ("signed_out", until))
        spent = self._busy_s if state in _BUSY else self._ready_s if state in _FREE else None
        if spent is None:
            return
        while since < until:
            number = (since - self._begin) // self._slot
            end = min(until, self._begin + (number + 1) * self._slot)
            spent[number] += (end - since).total_seconds()
            since = end

    def snapshot(self, now: datetime) -> DaySnapshot:
        return self._day.snapshot(now)

    def slots(self, now: datetime) -> tuple[Slot, ...]:
        for agent_id in self._states:
            self._spend(agent_id, now)
            self._states[agent_id] = (self._states[agent_id][0], now)
        slots = []
        for number, stretch in sorted(self._slots.items()):
            begin = self._begin + number * self._slot
            figures = stretch.snapshot(now)
            work_s = self._busy_s[number] + self._ready_s[number]
            occupancy = self._busy_s[number] / work_s if work_s else None
            slots.append(Slot(begin=begin, queue_id=None, figures=figures.overall, occupancy=occupancy))
            slots += [
                Slot(begin=begin, queue_id=queue_id, figures=found)
                for queue_id, found in figures.queues.items()
                if found.offered
            ]
        return tuple(slots)
