"""What a centre decides about its queues and agents: the router's configuration, as data.

All durations are `timedelta`. Everything has the default of a plain queue, so that a policy names only
what it wants otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from calendars import Calendar


class Strategy(StrEnum):
    """Who comes first among the agents that may take a contact. Ties: longest idle, then least id."""

    BEST_SKILL_THEN_LONGEST_IDLE = "best_skill_then_longest_idle"
    LONGEST_IDLE = "longest_idle"
    FEWEST_CONTACTS = "fewest_contacts"
    """Fewest contacts accepted since signing in."""
    LEAST_TALK = "least_talk"
    """Least time on contacts since signing in."""
    ROUND_ROBIN = "round_robin"
    """By agent id, after the one who got this queue's last contact; the memory outlives restarts."""
    TOP_DOWN = "top_down"
    """By `QueuePolicy.order`; members that it does not name come last."""
    WEIGHTED_RANDOM = "weighted_random"
    """Least draw of uniform 0..1000 x (penalty + 1), `QueuePolicy.penalties`, drawn per contact."""
    RING_ALL = "ring_all"
    """Up to `QueuePolicy.ring_width` agents at once; the first to accept has it."""
    RING_PROGRESSIVELY = "ring_progressively"
    """One agent at once and one more every `QueuePolicy.ring_step`, up to `ring_width`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """An agent must hold `skill` at `level` (1-10) or better."""

    skill: str
    level: int = 1


class Absence(StrEnum):
    """A state in which an agent does not count as being there for a queue."""

    SIGNED_OUT = "signed_out"
    NOT_READY = "not_ready"
    UNREACHABLE = "unreachable"
    ON_CONTACT = "on_contact"
    RINGING = "ringing"
    ACW = "acw"


class WayKind(StrEnum):
    RETURN = "return"
    """Back into the flow, at its exit's `on_return`; without one, hang up after the queue's sentence."""
    OVERFLOW = "overflow"
    """Into another queue, waiting credited."""
    VOICEMAIL = "voicemail"
    CALLBACK = "callback"
    """A callback at this place is offered; who does not want it waits on or, where that cannot be, leaves."""
    HANG_UP = "hang_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What happens with a contact that may not stay. `queue_id` for OVERFLOW only."""

    kind: WayKind = WayKind.RETURN
    queue_id: str | None = None


# --- steps over waiting ---------------------------------------------------------------------------


class Operation(StrEnum):
    RELAX = "relax"
    """`skill` is wanted at `level`, or not at all when `level` is None."""
    RAISE_PRIORITY = "raise_priority"
    """By `by`."""
    WIDEN = "widen"
    """Members of `queue_id` may take it too, if they hold what is still required."""
    OVERFLOW = "overflow"
    """It moves to `queue_id`, waiting credited."""
    OFFER_CALLBACK = "offer_callback"
    VOICEMAIL = "voicemail"
    ANNOUNCE = "announce"
    """`prompt` is played, then the music goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCondition:
    """All that are given must hold when the step opens; otherwise it is looked at again every 5 s.

    `attributes`: the contact's attribute must be one of the values. `calendar` and `open`: a calendar of
    `PoliciesChanged.calendars` and whether it must be open.
    """

    position_at_least: int | None = None
    waiting_at_least: int | None = None
    available_at_most: int | None = None
    """Agents who could be offered this contact now."""
    signed_in_at_most: int | None = None
    """Qualified agents who are not signed out."""
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    calendar: str | None = None
    open: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueStep:
    """Opens when the contact has waited `after` (credited waiting counts), in the order of the steps.

    Steps do not wait for each other. What leads away (overflow, voicemail, callback) is put off while the
    contact rings somebody. A queued callback passes over what only a caller can hear.

    With `repeat_every` it acts again that often while the contact waits. With `skip_if_nobody` it opens
    before its time when, with what holds now, no agent who is signed in could ever be offered the contact;
    that is judged only if no offer is possible at once.
    """

    step_id: str
    name: str = ""
    after: timedelta
    operation: Operation
    skill: str | None = None
    level: int | None = None
    by: int = 0
    queue_id: str | None = None
    prompt: str | None = None
    when: StepCondition = field(default_factory=StepCondition)
    repeat_every: timedelta | None = None
    skip_if_nobody: bool = False


# --- announcements --------------------------------------------------------------------------------


class SayPosition(StrEnum):
    NO = "no"
    YES = "yes"
    LIMIT = "limit"
    """Only up to `position_limit`."""
    MORE_THAN = "more_than"
    """Beyond `position_limit`: "more than N"."""


class SayWait(StrEnum):
    NO = "no"
    ONCE = "once"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcements:
    first_after: timedelta = timedelta(seconds=12)
    every: timedelta | None = None
    """None: the flow's exit decides."""
    position: SayPosition = SayPosition.YES
    position_limit: int = 10
    wait: SayWait = SayWait.NO
    wait_rounding: timedelta = timedelta(minutes=1)
    """Told waits are rounded up to a multiple of it."""
    only_when_improved: bool = False
    """Nothing is said unless the place or the told wait is better than at the last time."""


# --- callbacks, blending --------------------------------------------------------------------------


class CallbackMode(StrEnum):
    AGENT_FIRST = "agent_first"
    """It is offered like a call; when the agent accepts, the customer is dialled."""
    CUSTOMER_FIRST = "customer_first"
    """When its turn comes the customer is dialled; once there, the next free agent gets the call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Callbacks:
    """How queued callbacks of a queue are made."""

    offered: bool = False
    """Callers of this queue may choose one."""
    mode: CallbackMode = CallbackMode.AGENT_FIRST
    attempts: int = 3
    retry_after: timedelta = timedelta(minutes=15)
    expires_after: timedelta = timedelta(hours=24)
    calendar: str | None = None
    """Calling hours: a calendar of `PoliciesChanged.calendars`; None: at any time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blending:
    """This queue's contacts yield to other work, with a threshold each way.

    The gate opens when at least `open_at_free` agents who serve this queue are free and at most
    `open_at_waiting` contacts wait in `yields_to`; it closes below `close_below_free` free agents or above
    `close_above_waiting` waiting. Between the two it stays as it is.
    """

    yields_to: frozenset[str]
    open_at_free: int = 2
    close_below_free: int = 1
    open_at_waiting: int = 0
    close_above_waiting: int = 0


# --- queues and agents ----------------------------------------------------------------------------


class IdleSince(StrEnum):
    LAST_CONTACT = "last_contact"
    """The end of the last contact, its ACW included."""
    LAST_STATE_CHANGE = "last_state_change"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePolicy:
    """The rules of one queue. `version` is recorded with each decision."""

    queue_id: str
    name: str
    requirements: tuple[Requirement, ...] = ()
    strategy: Strategy = Strategy.BEST_SKILL_THEN_LONGEST_IDLE
    order: tuple[str, ...] = ()
    penalties: Mapping[str, int] = field(default_factory=dict)
    ring_width: int = 1
    """Most open offers per contact; more than 1 only for the two ringing strategies (0 there: all)."""
    ring_step: timedelta = timedelta(seconds=10)
    weight: int = 0
    """Across queues: see `Across`."""
    share: int = 1
    """Across queues, with `Across.FAIR_SHARE`: how many contacts for every one of a queue with share 1."""
    tier_priority: Mapping[str, int] = field(default_factory=dict)
    """Attribute `tier` -> added to the priority."""
    case_priority: Mapping[str, int] = field(default_factory=dict)
    """Attribute `case_priority` -> added to the priority."""
    ring_timeout: timedelta = timedelta(seconds=20)
    acw: timedelta = timedelta(seconds=60)
    """Zero means none."""
    acw_extend_limit: timedelta = timedelta(minutes=5)
    """Most that all extensions of one ACW may add."""
    decline_cooloff: timedelta = timedelta(seconds=15)
    """After a decline or time-out this agent is not offered this contact again for so long."""
    misses_to_not_ready: int = 2
    """So many consecutive timed-out offers make the agent not ready with `MISSED_REASON`; 0: never."""
    idle_since: IdleSince = IdleSince.LAST_CONTACT
    breaks_reset_idle: bool = False
    """Coming back from not ready begins the idle time anew."""
    misses_reset_idle: bool = False
    """So does an offer that was declined or timed out."""
    steps: tuple[QueueStep, ...] = ()
    join_empty: frozenset[Absence] = frozenset()
    """Nobody may join while every member is in one of these; empty: everybody may join."""
    leave_empty: frozenset[Absence] = frozenset()
    """Who waits leaves when every member is in one of these; empty: nobody has to."""
    max_length: int = 0
    """Contacts waiting; 0: no limit."""
    max_wait: timedelta | None = None
    """Counted from entry into this queue. A call that rings just then leaves only if it rang in vain."""
    on_full: Way = field(default_factory=Way)
    on_empty: Way = field(default_factory=Way)
    on_max_wait: Way = field(default_factory=Way)
    credit_on_transfer: bool = True
    """A contact transferred here brings its waiting (never its talk) with it."""
    return_window: timedelta = timedelta(0)
    """Who hung up while waiting and calls again within it resumes the old place, once; zero: never."""
    preferred_for: timedelta = timedelta(0)
    """Longest a contact waits for its preferred agent alone (sticky routing); zero: nobody is preferred."""
    announcements: Announcements = field(default_factory=Announcements)
    callbacks: Callbacks = field(default_factory=Callbacks)
    blending: Blending | None = None
    service_level: timedelta = timedelta(seconds=20)
    """T of the service level."""
    service_target: float = 0.8
    short_abandon: timedelta = timedelta(seconds=5)
    """Abandons up to it are short ones."""
    consent: str | None = None
    """Prompt that tells callers of this queue that the call is recorded; None: the flow says it."""
    version: int = 1


class Across(StrEnum):
    """Which of several queues an agent's next contact comes from, priorities being equal."""

    WEIGHT_THEN_LONGEST = "weight_then_longest"
    """Higher weight first, then the longest waiting. A constant surplus of weight can starve a queue."""
    LONGEST = "longest"
    FAIR_SHARE = "fair_share"
    """The queue that has had least of its `share` so far today, then the longest waiting."""


VOICE = "voice"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentProfile:
    """Who an agent is. `queues` are the queues served; skills map a name to a proficiency 1-10."""

    agent_id: str
    name: str
    queues: frozenset[str]
    skills: Mapping[str, int]
    team: str = ""
    capacity: Mapping[str, int] = field(default_factory=lambda: {VOICE: 1})
    """Channel -> contacts at once. Voice is 1 or absent (no voice)."""
    voice_blocks: bool = True
    """While ringing, on a call or in ACW, nothing of another channel is offered."""
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PoliciesChanged:
    """The whole configuration, new. Contacts in a queue that is gone keep waiting under its old rules."""

    queues: tuple[QueuePolicy, ...]
    agents: tuple[AgentProfile, ...]
    across: Across = Across.WEIGHT_THEN_LONGEST
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
