"""What the router remembers and is written down: records of agents, waiting contacts, offers and queues.

`Changes` says which of them are new. A router restored from its records decides like the one that wrote them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from routing.policy import VOICE, CallbackMode, Requirement, Way


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
ON_DEMAND_REASON = "on_demand"
"""The not-ready reason after the one contact that an agent asked for (`StateRequested.once`)."""


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
    priority: int = 0
    """The effective one: as queued, plus tier, case and steps."""
    rules: tuple[str, ...] = ()
    """Rules that put this contact before others of higher order, or this agent before better ranked ones:
    `weight:<queue>`, `fair_share:<queue>`, `preferred:<agent>`, `only_agents`, `returned`, `callback`,
    `moved_by:<user>`, `step:<step id>`, ..."""
    log_position: int = 0
    """How many events the router had taken when it decided."""


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
    once: bool = False
    """Available for one contact."""
    others: tuple[WorkItem, ...] = ()
    """Offers and work on channels other than voice."""
    contacts_taken: int = 0
    """Since signing in."""
    talk: timedelta = timedelta(0)
    """Time on contacts since signing in; the present one counts from its end."""
    ready_since: datetime | None = None
    """When he last came to be ready: for `IdleSince.LAST_STATE_CHANGE`. Ringing is no break of it."""
    missed_at: datetime | None = None
    """When he last declined an offer or let one time out: for `QueuePolicy.misses_reset_idle`."""
    caller: str | None = None
    """`ContactQueued.caller` of the call in hand: who talks does not resume a place meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItem:
    """One slot of a channel other than voice: offered, in work, or in its wrap-up."""

    channel: str
    queue_id: str
    contact_id: str
    offer_id: str | None = None
    """Set while it is only offered."""
    since: datetime
    acw_ends_at: datetime | None = None


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
    offer_ids: tuple[str, ...] = ()
    """All open offers (ring-all kinds); `offer_id` is the first of them."""
    channel: str = VOICE
    attributes: Mapping[str, str] = field(default_factory=dict)
    caller: str | None = None
    preferred_agent: str | None = None
    preferred_until: datetime | None = None
    only_agents: frozenset[str] = frozenset()
    first_queued_at: datetime | None = None
    entered_at: datetime | None = None
    """Into this queue; `place_at` is earlier by the credited waiting."""
    raised: int = 0
    """Priority that steps added."""
    relaxed: Mapping[str, int | None] = field(default_factory=dict)
    """Skill -> level wanted now; None: no longer wanted."""
    widened: tuple[str, ...] = ()
    """Queues whose members may take it too."""
    steps_done: tuple[str, ...] = ()
    step_due_at: datetime | None = None
    leaves_at: datetime | None = None
    """When its longest wait is over."""
    callback: CallbackRecord | None = None
    rules: tuple[str, ...] = ()
    """Why it stands elsewhere than its enqueue instant says: `returned`, `moved_by:<user>`, ..."""
    stands_at: datetime | None = None
    """The instant that orders it instead of `place_at`, when it was moved to the front or the back."""
    been_in: tuple[str, ...] = ()
    """Queues it left by overflow during this wait: it never overflows into one of them again."""
    steps_next: Mapping[str, datetime] = field(default_factory=dict)
    """Step -> when it is looked at next: those that repeat, and those whose condition did not hold."""
    rings_on_at: datetime | None = None
    """Ring progressively: not before this does one more agent ring."""
    choosing: bool = False
    """The caller is asked whether a callback is wanted and may not wait on: nothing is offered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackRecord:
    number: str
    mode: CallbackMode
    chosen_at: datetime
    attempts: int = 0
    """Made so far."""
    not_before: datetime | None = None
    """Next attempt, or next opening of the calling hours."""
    expires_at: datetime
    dialling: bool = False
    answered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRecord:
    """What a queue remembers beyond its policy."""

    queue_id: str
    shut: bool = False
    shut_by: str | None = None
    shut_at: datetime | None = None
    shut_then: Way | None = None
    last_agent: str | None = None
    """Round robin's memory."""
    served: int = 0
    """Accepted contacts, for the fair share; halved in all queues when it grows large."""
    gate_open: bool = False
    """Blending: whether its contacts may be offered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AbandonedRecord:
    """A place that can be resumed, once."""

    contact_id: str
    queue_id: str
    caller: str
    place_at: datetime
    left_at: datetime


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
    queues: tuple[QueueRecord, ...] = ()
    abandoned: tuple[AbandonedRecord, ...] = ()
    resumed: tuple[str, ...] = ()
    """Contact ids whose abandoned record is to be deleted: resumed, or out of its window."""
