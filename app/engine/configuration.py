"""What a centre has decided: the frozen configuration that the voice domain works by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from calendars import is_open
from ivr.context import Context
from ivr.flow import Flow
from routing.types import Across, AgentProfile, PoliciesChanged, QueuePolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberPolicy:
    """What answers a number: a flow or, for a direct extension, an agent by the rules of a queue.

    `backend` None: any.
    """

    dnis: str
    flow_id: str
    backend: str | None = None
    agent_id: str | None = None
    queue_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Graces:
    """How long a lost party may take to come back before the contact moves on."""

    caller: timedelta = timedelta(seconds=15)
    agent: timedelta = timedelta(seconds=10)
    connect: timedelta = timedelta(seconds=5)
    """From an accepted offer to the confirmed bridge."""
    arrival: timedelta = timedelta(seconds=60)
    """From the page's announcement to its leg."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceConfiguration:
    queues: tuple[QueuePolicy, ...]
    agents: tuple[AgentProfile, ...]
    flows: Mapping[tuple[str, int], Flow]
    """Every version a live contact may still be on."""
    published: Mapping[str, int]
    """Flow id -> the version new callers get."""
    numbers: Mapping[str, NumberPolicy]
    default_number: str
    context: Context
    not_ready_reasons: frozenset[str]
    decline_reasons: frozenset[str]
    dispositions: frozenset[str]
    recordings: str
    """Folder of the recordings, absolute."""
    opening_hours: str = ""
    """The calendar that callers' pages go by."""
    graces: Graces = field(default_factory=Graces)
    supervisors: frozenset[str] = frozenset()
    """Agent ids of people who may supervise: they are asked for help."""
    across: Across = Across.WEIGHT_THEN_LONGEST
    guest_telephones: bool = False
    """Numbers can be dialled without a telephone network: browser pages play them."""

    def policies(self) -> PoliciesChanged:
        """What the router goes by: queues, agents with their teams, and the calendars that steps name."""
        return PoliciesChanged(
            queues=self.queues, agents=self.agents, across=self.across, calendars=self.context.calendars
        )

    def queue(self, queue_id: str) -> QueuePolicy | None:
        return next((queue for queue in self.queues if queue.queue_id == queue_id), None)

    def is_open(self, now: datetime) -> bool:
        """Whether the centre's calendar says so; a centre without one never closes."""
        calendar = self.context.calendars.get(self.opening_hours)
        return calendar is None or is_open(calendar, now).open

    def extension(self, dnis: str) -> NumberPolicy | None:
        """The number, if it is that of an agent who is known, with a queue that is."""
        number = self.numbers.get(dnis)
        if number is None or number.agent_id is None or self.queue(number.queue_id or "") is None:
            return None
        return number if any(agent.agent_id == number.agent_id for agent in self.agents) else None

    def flow_for(self, dnis: str) -> Flow | None:
        """The published flow of a called number, or of the default number when it is unknown."""
        number = self.numbers.get(dnis) or self.numbers.get(self.default_number)
        if number is None or number.flow_id not in self.published:
            return None
        return self.flows.get((number.flow_id, self.published[number.flow_id]))
