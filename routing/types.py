"""What the router is told, what it decides, and what it remembers.

All instants are aware UTC, all durations `timedelta`. Ids are opaque strings chosen by the caller, but
for offer ids, which the router takes from the `new_id` it was built with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class AgentState(StrEnum):
    SIGNED_OUT = "signed_out"
    AVAILABLE = "available"
    RINGING = "ringing"
    """At least one open offer on the voice slot."""
    ON_CONTACT = "on_contact"
    ACW = "acw"
    NOT_READY = "not_ready"


class OfferOutcome(StrEnum):
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TIMED_OUT = "timed_out"
    WITHDRAWN = "withdrawn"


MISSED_REASON = "missed"
"""The not-ready reason the router itself sets after `QueuePolicy.misses_to_not_ready` misses."""


# --- configuration --------------------------------------------------------------------------------


class Strategy(StrEnum):
    BEST_SKILL_THEN_LONGEST_IDLE = "best_skill_then_longest_idle"
    LONGEST_IDLE = "longest_idle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """An agent must hold `skill` at `level` (1-10) or better."""

    skill: str
    level: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePolicy:
    """The rules of one queue. `version` is recorded with each decision."""

    queue_id: str
    name: str
    requirements: tuple[Requirement, ...] = ()
    strategy: Strategy = Strategy.BEST_SKILL_THEN_LONGEST_IDLE
    weight: int = 0
    """Across queues: higher first when priorities are equal, then the longest waiting."""
    ring_timeout: timedelta = timedelta(seconds=20)
    acw: timedelta = timedelta(seconds=60)
    """Zero means none."""
    acw_extend_limit: timedelta = timedelta(minutes=5)
    """Most that all extensions of one ACW may add."""
    decline_cooloff: timedelta = timedelta(seconds=15)
    """After a decline or time-out this agent is not offered this contact again for so long."""
    misses_to_not_ready: int = 2
    """So many consecutive timed-out offers make the agent not ready with `MISSED_REASON`; 0: never."""
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentProfile:
    """Who an agent is. `queues` are the queues served; skills map a name to a proficiency 1-10."""

    agent_id: str
    name: str
    queues: frozenset[str]
    skills: Mapping[str, int]
    version: int = 1


# --- what the router is told ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PoliciesChanged:
    """The whole configuration, new. Contacts in a queue that is gone keep waiting under its old rules."""

    queues: tuple[QueuePolicy, ...]
    agents: tuple[AgentProfile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StateRequested:
    """The agent (or a supervisor) asks for AVAILABLE, NOT_READY with a reason, or SIGNED_OUT.

    While busy (ringing, on contact, ACW) it becomes the *next state*, entered when the work and its ACW
    are over. It never closes ACW. AVAILABLE asked for in NOT_READY takes effect at once.
    """

    agent_id: str
    state: AgentState
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachabilityChanged:
    """Whether the agent's phone and page can take a call just now.

    `media` names the back ends whose legs this phone can be bridged with. When an agent with an open
    offer becomes unreachable the offer is withdrawn and the contact offered on at once.
    `why` is shown to the agent and the supervisor, e.g. `microphone_silent`, `page_gone`.
    """

    agent_id: str
    reachable: bool
    media: frozenset[str] = frozenset()
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactQueued:
    """A contact enters a queue.

    `place_at` orders it (the effective enqueue instant: entry minus credited waiting);
    a contact that returns after its agent was lost passes its old one and so has its old place.
    """

    contact_id: str
    queue_id: str
    media: str
    """The back end its leg lives on."""
    priority: int = 0
    """Higher is served first."""
    place_at: datetime
    requirements: tuple[Requirement, ...] = ()
    """In addition to the queue's own."""
    excluded_agents: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactSuspended:
    """The caller's media is lost: withdraw any offer, keep the place, offer nothing."""

    contact_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactResumed:
    contact_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactLeft:
    """The contact stopped waiting: hung up, went to voicemail, transferred away. Idempotent."""

    contact_id: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferAnswered:
    """The agent pressed Accept."""

    offer_id: str
    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRefused:
    """The agent pressed Decline."""

    offer_id: str
    agent_id: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlingEnded:
    """The agent's part of an accepted contact is over. With `wrap_up` its ACW begins."""

    contact_id: str
    agent_id: str
    wrap_up: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapUpExtended:
    agent_id: str
    by: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapUpFinished:
    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineReached:
    """Time passed. Late and repeated ones change nothing."""


Event = (
    PoliciesChanged
    | StateRequested
    | ReachabilityChanged
    | ContactQueued
    | ContactSuspended
    | ContactResumed
    | ContactLeft
    | OfferAnswered
    | OfferRefused
    | HandlingEnded
    | WrapUpExtended
    | WrapUpFinished
    | DeadlineReached
)


# --- what the router decides ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    agent_id: str
    reason: str
    """A stable code: `not_available`, `unreachable`, `skill_missing`, `skill_low`, `cooling_off`, ..."""
    detail: str = ""
    """Enough for a sentence: the skill and levels, the state, the instant it ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Why this agent: the winner, the key it won by, and up to 8 runners-up."""

    queue_id: str
    policy_version: int
    key: Mapping[str, str]
    """Ranking key of the winner in words, in order of weight: {'skill': '8', 'idle_s': '74.2'}."""
    runners_up: tuple[str, ...] = ()
    eligible: int = 0
    because: tuple[str, ...] = ()
    """Codes with values for the agent's 'Routed to you because': `skill:Billing:8:5`, `longest_idle:2`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferMade:
    offer_id: str
    contact_id: str
    agent_id: str
    queue_id: str
    made_at: datetime
    expires_at: datetime
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferEnded:
    offer_id: str
    contact_id: str
    agent_id: str
    outcome: OfferOutcome
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChanged:
    """The agent's record after a change (one per agent and event, the last one)."""

    agent: AgentRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """The input named something that has ended or never was. Nothing changed."""

    what: str
    id: str


Effect = OfferMade | OfferEnded | StateChanged | Stale


# --- what the router remembers --------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentRecord:
    agent_id: str
    state: AgentState
    since: datetime
    """Start of the present state."""
    idle_since: datetime | None = None
    """End of the last work including ACW; ranks the longest idle."""
    reason: str | None = None
    """Why not ready."""
    next_state: AgentState | None = None
    next_reason: str | None = None
    reachable: bool = False
    unreachable_why: str | None = None
    unreachable_since: datetime | None = None
    media: frozenset[str] = frozenset()
    offer_id: str | None = None
    contact_id: str | None = None
    """What is being handled, or was (in ACW)."""
    queue_id: str | None = None
    acw_ends_at: datetime | None = None
    acw_extended: timedelta = timedelta(0)
    misses: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRecord:
    """A contact in a queue. Deleted (see `Changes.gone`) when it leaves or its offer is accepted."""

    contact_id: str
    queue_id: str
    media: str
    priority: int
    place_at: datetime
    queued_at: datetime
    requirements: tuple[Requirement, ...] = ()
    excluded_agents: frozenset[str] = frozenset()
    suspended: bool = False
    offer_id: str | None = None
    cooloff: Mapping[str, datetime] = field(default_factory=dict)
    """Agent -> instant before which it is not offered this contact again."""
    offered_before: tuple[str, ...] = ()
    """Agents this contact was offered to in vain, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRecord:
    offer_id: str
    contact_id: str
    agent_id: str
    queue_id: str
    made_at: datetime
    expires_at: datetime
    outcome: OfferOutcome | None = None
    ended_at: datetime | None = None
    reason: str | None = None
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What must be written since the last call of `Router.changes()`."""

    agents: tuple[AgentRecord, ...] = ()
    waiting: tuple[WaitingRecord, ...] = ()
    gone: tuple[str, ...] = ()
    """Contact ids whose waiting record is to be deleted."""
    offers: tuple[OfferRecord, ...] = ()
