"""The router's working memory: agents, contacts, and where they meet.

The records of `routing.types` are what is written down; these are their changeable counterparts. Each
builds its record anew only after a change.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from routing.ranking import Needs, Rank
from routing.types import (
    MISSED_REASON,
    AgentProfile,
    AgentRecord,
    AgentState,
    QueuePolicy,
    Requirement,
    WaitingRecord,
)

Key = tuple[int, int, datetime, str]
"""Service order: (-priority, -queue weight, place, contact id)."""


class Agent:
    """One agent and his single voice slot."""

    __slots__ = (
        "_record",
        "acw_ends_at",
        "acw_extended",
        "agent_id",
        "contact_id",
        "idle_since",
        "lines",
        "listed",
        "media",
        "misses",
        "next_reason",
        "next_state",
        "offer_id",
        "profile",
        "queue_id",
        "reachable",
        "reason",
        "since",
        "stamp",
        "state",
        "unreachable_since",
        "unreachable_why",
    )

    def __init__(self, record: AgentRecord, profile: AgentProfile | None) -> None:
        self.agent_id = record.agent_id
        self.profile = profile
        """None: no longer in the configuration."""
        self.state = record.state
        self.since = record.since
        self.idle_since = record.idle_since
        self.reason = record.reason
        self.next_state = record.next_state
        self.next_reason = record.next_reason
        self.reachable = record.reachable
        self.unreachable_why = record.unreachable_why
        self.unreachable_since = record.unreachable_since
        self.media = record.media
        self.offer_id = record.offer_id
        self.contact_id = record.contact_id
        self.queue_id = record.queue_id
        self.acw_ends_at = record.acw_ends_at
        self.acw_extended = record.acw_extended
        self.misses = record.misses
        self.lines: list[Line] = []
        """Whose contacts he may take, by his profile and his phone."""
        self.listed = False
        """Whether those lines count him among their idle agents."""
        self.stamp = 0
        self._record: AgentRecord | None = record

    @property
    def ready(self) -> bool:
        """May be offered a contact now."""
        return self.state is AgentState.AVAILABLE and self.reachable and self.profile is not None

    @property
    def busy(self) -> bool:
        """A requested state has to wait."""
        return self.state in (AgentState.RINGING, AgentState.ON_CONTACT, AgentState.ACW)

    def touch(self) -> None:
        """The record is out of date."""
        self._record = None

    def record(self) -> AgentRecord:
        if self._record is None:
            self._record = AgentRecord(
                agent_id=self.agent_id,
                state=self.state,
                since=self.since,
                idle_since=self.idle_since,
                reason=self.reason,
                next_state=self.next_state,
                next_reason=self.next_reason,
                reachable=self.reachable,
                unreachable_why=self.unreachable_why,
                unreachable_since=self.unreachable_since,
                media=self.media,
                offer_id=self.offer_id,
                contact_id=self.contact_id,
                queue_id=self.queue_id,
                acw_ends_at=self.acw_ends_at,
                acw_extended=self.acw_extended,
                misses=self.misses,
            )
        return self._record

    def enter(self, state: AgentState, reason: str | None, now: datetime) -> None:
        """Change the state. Becoming available begins his idle time unless it runs; signing out ends it."""
        self.state = state
        self.since = now
        self.reason = reason
        if state is AgentState.AVAILABLE:
            self.idle_since = self.idle_since or now
        elif state is AgentState.SIGNED_OUT:
            self.idle_since = None
            self.misses = 0

    def enter_next(self, now: datetime) -> None:
        """Ringing, or the work and its ACW, are over: go where he asked to go, or be available."""
        state, reason = self.next_state or AgentState.AVAILABLE, self.next_reason
        self.next_state = self.next_reason = None
        self.enter(state, reason, now)

    def miss(self, limit: int) -> None:
        """An offer timed out. At `limit` in a row (0: never) he goes not ready, or where he asked to go."""
        self.misses += 1
        if limit and self.misses >= limit and self.next_state in (None, AgentState.AVAILABLE):
            self.next_state, self.next_reason = AgentState.NOT_READY, MISSED_REASON

    def finish_work(self, now: datetime) -> None:
        self.idle_since = now
        self.contact_id = self.queue_id = self.acw_ends_at = None
        self.acw_extended = timedelta(0)
        self.enter_next(now)


class Contact:
    """One contact in a queue."""

    __slots__ = (
        "_record",
        "contact_id",
        "cooloff",
        "excluded",
        "key",
        "line",
        "media",
        "offer_id",
        "offered_before",
        "place_at",
        "priority",
        "queue_id",
        "queued_at",
        "requirements",
        "suspended",
    )

    key: Key
    line: Line

    def __init__(self, record: WaitingRecord) -> None:
        self.contact_id = record.contact_id
        self.queue_id = record.queue_id
        self.media = record.media
        self.priority = record.priority
        self.place_at = record.place_at
        self.queued_at = record.queued_at
        self.requirements: tuple[Requirement, ...] = record.requirements
        self.excluded = record.excluded_agents
        self.suspended = record.suspended
        self.offer_id = record.offer_id
        self.cooloff = dict(record.cooloff)
        self.offered_before = record.offered_before
        self._record: WaitingRecord | None = record

    @property
    def open(self) -> bool:
        """Nothing about the contact itself speaks against offering it."""
        return self.offer_id is None and not self.suspended

    @property
    def barred(self) -> bool:
        """Some agent may not take it, although he may take others of its line."""
        return bool(self.cooloff) or bool(self.excluded)

    def bars(self, agent_id: str) -> bool:
        return agent_id in self.cooloff or agent_id in self.excluded

    def remember(self, agent_id: str) -> None:
        """It was offered to him in vain. Each agent is named once, at the last time."""
        self.offered_before = (*(other for other in self.offered_before if other != agent_id), agent_id)

    def touch(self) -> None:
        self._record = None

    def record(self) -> WaitingRecord:
        if self._record is None:
            self._record = WaitingRecord(
                contact_id=self.contact_id,
                queue_id=self.queue_id,
                media=self.media,
                priority=self.priority,
                place_at=self.place_at,
                queued_at=self.queued_at,
                requirements=self.requirements,
                excluded_agents=self.excluded,
                suspended=self.suspended,
                offer_id=self.offer_id,
                cooloff=dict(self.cooloff),
                offered_before=self.offered_before,
            )
        return self._record


class Line:
    """Contacts of one queue with equal needs and media: who may take one may take all, but for bars.

    Lines are why nobody blocks those behind him: an agent who may not take one line's first looks at the
    others' first, and not at every contact in between.
    """

    __slots__ = ("idle", "media", "members", "needs", "open", "ready", "room")

    def __init__(self, room: Room, needs: Needs, media: str) -> None:
        self.room = room
        self.needs = needs
        self.media = media
        self.members = 0
        """Contacts that belong here, whether open, offered or suspended."""
        self.open: list[Key] = []
        """Those that can be offered, in service order."""
        self.idle: list[Rank] = []
        """Listings of agents, best first. Those whose stamp is old are over, and are dropped when met."""
        self.ready: dict[int, int] = {}
        """Tier -> how many listings stand. Empty: nobody is free."""


class Room:
    """A queue at work: its rules, its contacts in service order, and its lines."""

    __slots__ = ("lines", "lines_allowed", "members", "needs", "order", "policy", "retired")

    def __init__(self, policy: QueuePolicy, needs: Needs, lines_allowed: int) -> None:
        self.policy = policy
        self.needs = needs
        self.lines_allowed = lines_allowed
        """Before the empty ones are dropped."""
        self.order: list[Key] = []
        """Everyone in the queue, the suspended and the offered included."""
        self.lines: dict[tuple[Needs, str], Line] = {}
        self.members: dict[str, Agent] = {}
        """Agents whose profile names this queue."""
        self.retired = False
        """No longer in the configuration; it lasts as long as somebody needs its rules."""
