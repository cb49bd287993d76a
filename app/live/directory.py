"""Names and goals that live pages show beside the engine's ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reporting import QueueTarget


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentEntry:
    agent_id: str
    name: str
    initials: str
    team: str
    queues: tuple[str, ...] = ()
    language: str = "en"
    """Of the user behind it; the server's sentences on its page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueEntry:
    """`goal` of the callers within `target_s`; a wait over `wait_limit_s` raises an alert."""

    queue_id: str
    name: str
    goal: float = 0.8
    target_s: float = 20.0
    wait_limit_s: float = 120.0
    acw_s: float = 60.0
    short_abandon_s: float = 5.0

    @property
    def target(self) -> QueueTarget:
        """What its figures are measured by."""
        return QueueTarget(
            answer_s=self.target_s,
            goal=self.goal,
            short_abandon_s=self.short_abandon_s,
            wait_limit_s=self.wait_limit_s,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    agents: Mapping[str, AgentEntry] = field(default_factory=dict)
    queues: Mapping[str, QueueEntry] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)
    """User id -> name."""
    centre: str = "Brightwater"
    number: str = ""

    def queue_name(self, queue_id: str | None) -> str:
        entry = self.queues.get(queue_id or "")
        return entry.name if entry else (queue_id or "")

    def agent(self, agent_id: str) -> AgentEntry:
        entry = self.agents.get(agent_id)
        return entry or AgentEntry(agent_id=agent_id, name=agent_id, initials=agent_id[:2].upper(), team="")
