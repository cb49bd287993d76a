"""What the router is told, what it decides, and what it remembers.

All instants are aware UTC, all durations `timedelta`. Ids are opaque strings chosen by the caller, but
for offer ids, which the router takes from the `new_id` it was built with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from routing.policy import VOICE as VOICE
from routing.policy import Absence as Absence
from routing.policy import Across as Across
from routing.policy import AgentProfile as AgentProfile
from routing.policy import Announcements as Announcements
from routing.policy import Blending as Blending
from routing.policy import CallbackMode as CallbackMode
from routing.policy import Callbacks as Callbacks
from routing.policy import IdleSince as IdleSince
from routing.policy import Operation as Operation
from routing.policy import PoliciesChanged as PoliciesChanged
from routing.policy import QueuePolicy as QueuePolicy
from routing.policy import QueueStep as QueueStep
from routing.policy import Requirement as Requirement
from routing.policy import SayPosition as SayPosition
from routing.policy import SayWait as SayWait
from routing.policy import StepCondition as StepCondition
from routing.policy import Strategy as Strategy
from routing.policy import Way as Way
from routing.policy import WayKind as WayKind
from routing.records import MISSED_REASON as MISSED_REASON
from routing.records import ON_DEMAND_REASON as ON_DEMAND_REASON
from routing.records import AbandonedRecord as AbandonedRecord
from routing.records import AgentRecord as AgentRecord
from routing.records import AgentState as AgentState
from routing.records import CallbackRecord as CallbackRecord
from routing.records import Changes as Changes
from routing.records import Decision as Decision
from routing.records import Exclusion as Exclusion
from routing.records import OfferOutcome as OfferOutcome
from routing.records import OfferRecord as OfferRecord
from routing.records import QueueRecord as QueueRecord
from routing.records import WaitingRecord as WaitingRecord
from routing.records import WorkItem as WorkItem

# --- what the router is told ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class StateRequested:
    """The agent (or a supervisor) asks for AVAILABLE, NOT_READY with a reason, or SIGNED_OUT.

    While busy (ringing, on contact, ACW) it becomes the *next state*, entered when the work and its ACW
    are over. It never closes ACW. AVAILABLE asked for in NOT_READY takes effect at once.
    """

    agent_id: str
    state: AgentState
    reason: str | None = None
    once: bool = False
    """With AVAILABLE: for one contact; then not ready with `ON_DEMAND_REASON`, until asked again."""
    forced_by: str | None = None
    """The supervisor who asks. An open offer is withdrawn at once; a call and its ACW are never cut short."""


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
    channel: str = VOICE
    attributes: Mapping[str, str] = field(default_factory=dict)
    """`tier`, `case_priority` and whatever the steps' conditions read."""
    caller: str | None = None
    """Whom an abandoned-and-returned caller is recognised by: E.164. None: withheld, a switchboard's or a
    shared number; such a one never resumes a place."""
    preferred_agent: str | None = None
    """Sticky, last or account manager: alone for `QueuePolicy.preferred_for` while he is signed in and not
    not ready, then first among equals no more. It ends when he lets it go by, and never holds for one who
    may not take the contact."""
    only_agents: frozenset[str] = frozenset()
    """A direct extension, a consultation, a call for help: nobody else may take it. Membership of the queue
    and the queue's own requirements do not matter, those of the contact do; nor is it turned away when the
    queue is full, empty or shut. Empty: everybody."""
    first_queued_at: datetime | None = None
    """First enqueue of all; None: now."""
    returned: bool = False
    """It comes back from an agent or a failed delivery: full and empty queues take it all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactUpdated:
    """What is known of a waiting contact changed. None: as it was. Its place stays."""

    contact_id: str
    priority: int | None = None
    """The priority it was queued with; tiers, cases and steps add to it."""
    attributes: Mapping[str, str] | None = None
    """Merged into those it has."""
    preferred_agent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactMoved:
    """A supervisor moves a waiting contact: to another queue (waiting credited), or to the front or back.

    `first` puts it before everyone of its queue with the same priority, `last` after them. The decision's
    record names the rule `moved_by:<user>`.
    """

    contact_id: str
    by: str
    queue_id: str | None = None
    to: Literal["place", "first", "last"] = "place"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackChosen:
    """The caller hangs up and keeps the exact place. `number`: E.164, whom to dial."""

    contact_id: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackAnswered:
    """The customer is on the line again. Customer-first: it waits at its place for the next free agent."""

    contact_id: str
    media: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackFailed:
    """Busy, no answer, or the agent could not reach the customer: try again later at the same place.

    Agent-first: the agent's part has ended without wrap-up through it.
    """

    contact_id: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueShut:
    """Close a queue now. Who waits goes `then`; nobody may join until `QueueReopened`."""

    queue_id: str
    by: str
    then: Way


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueReopened:
    queue_id: str
    by: str


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
    """`abandoned` begins the window in which the caller may resume the place."""


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
class HandlingHanded:
    """What the agent handles becomes another contact, with no wrap-up between (a consultation completed)."""

    agent_id: str
    from_contact_id: str
    to_contact_id: str
    queue_id: str | None = None
    """Whose ACW rules count from now on; None: as before."""


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
    | HandlingHanded
    | ContactUpdated
    | ContactMoved
    | CallbackChosen
    | CallbackAnswered
    | CallbackFailed
    | QueueShut
    | QueueReopened
    | WrapUpExtended
    | WrapUpFinished
    | DeadlineReached
)


# --- what the router decides ----------------------------------------------------------------------


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


class DivertCause(StrEnum):
    FULL = "full"
    EMPTY = "empty"
    MAX_WAIT = "max_wait"
    STEP = "step"
    SHUT = "shut"
    CALLBACK_EXPIRED = "callback_expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactDiverted:
    """The contact may not, or need not, stay. Unless `stays`, it has left the queue.

    An overflow is carried out by the router itself; it is told all the same.
    """

    contact_id: str
    queue_id: str
    cause: DivertCause
    way: Way
    stays: bool = False
    """It keeps its place while the caller chooses (a callback is offered)."""
    step_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepOpened:
    """A step over waiting acted on a contact."""

    contact_id: str
    queue_id: str
    step_id: str
    operation: Operation
    skipped_to: bool = False
    """Before its time, since nobody could have served it."""
    prompt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackDue:
    """Customer-first: an agent is free for it, dial now. It is suspended until the answer."""

    contact_id: str
    queue_id: str
    number: str
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceResumed:
    """An abandoned-and-returned caller has the old place again."""

    contact_id: str
    queue_id: str
    from_contact_id: str
    place_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """The input named something that has ended or never was. Nothing changed."""

    what: str
    id: str


Effect = (
    OfferMade | OfferEnded | StateChanged | ContactDiverted | StepOpened | CallbackDue | PlaceResumed | Stale
)
