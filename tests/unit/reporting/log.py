"""Writes an event log as the engine does, in the words of the engine, for the tests of the figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from reporting import DayFigures

START = datetime(2025, 11, 19, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    event_kind: str
    at: datetime
    queue_id: str | None = None
    agent_id: str | None = None
    contact_id: str | None = None
    data: Mapping[str, object] = field(default_factory=dict)


def feed(figures: DayFigures, events: Iterable[Logged]) -> DayFigures:
    for event in events:
        figures.observe(
            event.event_kind, event.at, event.queue_id, event.agent_id, event.contact_id, event.data
        )
    return figures


class Log:
    """A growing log; `second` counts from the start of the day."""

    def __init__(self) -> None:
        self.events: list[Logged] = []
        self._queued: dict[str, float] = {}

    def write(
        self,
        kind: str,
        second: float,
        contact: str | None = None,
        queue: str | None = None,
        agent: str | None = None,
        **data: object,
    ) -> None:
        at = START + timedelta(seconds=second)
        self.events.append(
            Logged(event_kind=kind, at=at, queue_id=queue, agent_id=agent, contact_id=contact, data=data)
        )

    def queued(self, contact: str, second: float, queue: str = "billing") -> None:
        self._queued.setdefault(contact, second)
        self.write("contact.queued", second, contact, queue, priority=0)

    def answered(self, contact: str, second: float, queue: str = "billing", agent: str = "amina") -> None:
        wait_s = second - self._queued[contact]
        self.write("contact.answered", second, contact, queue, agent, wait_s=wait_s)

    def abandoned(self, contact: str, second: float, queue: str = "billing") -> None:
        wait_s = second - self._queued[contact]
        self.write("contact.abandoned", second, contact, queue, wait_s=wait_s)
        self.write("contact.ended", second, contact, queue, talk_s=0.0, hold_s=0.0, by="caller")

    def ended(
        self, contact: str, second: float, talk_s: float, hold_s: float = 0.0, agent: str = "amina"
    ) -> None:
        self.write(
            "contact.ended", second, contact, "billing", agent, talk_s=talk_s, hold_s=hold_s, by="caller"
        )

    def wrapped(self, contact: str | None, second: float, acw_s: float, agent: str = "amina") -> None:
        self.write("acw.ended", second, contact, None, agent, acw_s=acw_s)

    def state(self, agent: str, second: float, state: str) -> None:
        self.write("agent.state", second, agent=agent, state=state, reason=None)
