"""What crosses the wire: requests, answers and websocket messages.

One place, so that OpenAPI, the AsyncAPI file and the browser's types come from the same models. Instants
are RFC 3339 UTC. `*_s` are seconds. Ids are opaque strings. Pages compute running times from `*_at` and the
server's clock (`ServerTime`), never from counters that are sent.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", from_attributes=True)


# --- problems, time, session ----------------------------------------------------------------------


class Problem(Wire):
    """RFC 9457. `code` is stable; `detail` is a sentence that says what to change."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldError] = []


class FieldError(Wire):
    field: str
    what: str
    cure: str = ""


Role = Literal["agent", "supervisor", "operator", "admin"]


class User(Wire):
    user_id: str
    username: str
    name: str
    initials: str
    roles: list[Role]
    agent_id: str | None = None
    language: str = "en"


class SignIn(Wire):
    username: str = Field(min_length=1, max_length=120)
    password: str = Field(min_length=1, max_length=200)


class Session(Wire):
    """`csrf_token` goes into the `X-CSRF-Token` header of every request that changes something."""

    user: User
    csrf_token: str
    server_time: datetime
    clock_rate: float = 1.0
    centre: str = "Brightwater"
    demo: bool = False


class SetLanguage(Wire):
    language: Literal["en", "cy"]


class DemoSignIn(Wire):
    username: str
    password: str
    name: str
    initials: str
    role: Role
    line: str


class Ticket(Wire):
    """Opens one websocket once: `/ws?ticket=...` (staff) or `/ws/caller?ticket=...`."""

    ticket: str
    expires_in_s: int


class IceServer(Wire):
    urls: list[str]
    username: str | None = None
    credential: str | None = None


class PhoneConfiguration(Wire):
    ice_servers: list[IceServer]
    codec: str
    backend: str


class SessionOffer(Wire):
    """A WebRTC session description, candidates included (non-trickle)."""

    sdp: str = Field(min_length=1, max_length=32768)


class SessionAnswer(Wire):
    leg_id: str
    sdp: str


# --- reference ------------------------------------------------------------------------------------


class Choice(Wire):
    """One entry of a list an agent chooses from. `label` is in the session's language."""

    code: str
    label: str
    group: str = ""
    key: str | None = None


class QueueName(Wire):
    queue_id: str
    name: str


class Reference(Wire):
    not_ready_reasons: list[Choice]
    decline_reasons: list[Choice]
    dispositions: list[Choice]
    case_types: list[Choice]
    queues: list[QueueName]
    languages: list[Choice]


# --- customers, cases, history --------------------------------------------------------------------


class Fact(Wire):
    label: str
    value: str


class SlaDue(Wire):
    state: Literal["ok", "risk", "late", "paused", "met"]
    what: str
    due_at: datetime | None = None
    paused_left_s: float | None = None


class CaseSummary(Wire):
    case_id: str
    number: int
    subject: str
    type: str
    status: Literal["new", "open", "waiting_customer", "solved", "closed"]
    status_label: str
    mine: bool = False
    assignee: str | None = None
    opened_at: datetime
    updated_at: datetime
    due: SlaDue | None = None


class CustomerCard(Wire):
    customer_id: str
    name: str
    initials: str
    tier: Literal["gold", "silver", "bronze"] | None = None
    account: str | None = None
    place: str | None = None
    zone: str | None = None
    language: str = "en"
    numbers: list[str] = []
    facts: list[Fact] = []


class TimelineEntry(Wire):
    """One thing that happened with a customer, any channel, newest first in lists."""

    id: str
    kind: Literal["call", "email", "chat", "case", "payment", "post", "note", "voicemail"]
    at: datetime
    title: str
    text: str = ""
    who: str = ""
    direction: Literal["in", "out"] | None = None
    duration_s: float | None = None
    case_number: int | None = None
    contact_id: str | None = None
    has_recording: bool = False
    chips: list[TimelineChip] = []


class TimelineChip(Wire):
    tone: Literal["warn", "bad", "ok", "off"]
    text: str


class IvrStep(Wire):
    at: datetime
    label: str
    key: str | None = None
    note: str = ""


class Verification(Wire):
    verified: bool
    how: Literal["pin", "agent", "number_only", "nothing"]
    label: str


class MatchCandidate(Wire):
    customer: CustomerCard
    why: str
    case: CaseSummary | None = None


class Pop(Wire):
    """Everything the agent sees of a caller, on screen before the phone rings."""

    match: Literal["known", "several", "unknown"]
    verification: Verification
    number: str
    number_note: str = ""
    customer: CustomerCard | None = None
    candidates: list[MatchCandidate] = []
    new_customer: dict[str, str] = {}
    cases: list[CaseSummary] = []
    likely_case_id: str | None = None
    history: list[TimelineEntry] = []
    ivr_path: list[IvrStep] = []
    topic: str = ""
    typed: str = ""
    say_first: str = ""
    likely_reason: str = ""
    promises: list[str] = []
    unverified_may: list[tuple[str, bool]] = []
    ask_to_verify: list[str] = []
    why_unverified: str = ""
    failed: list[str] = []
    """Parts that could not be loaded, in words; the rest is true."""


# --- the agent's live state (topic `agent`) -------------------------------------------------------

UnreachableWhy = Literal["no_phone", "media_lost", "page_gone", "microphone_silent", "microphone_ended"]
AgentStateName = Literal["signed_out", "available", "ringing", "on_contact", "acw", "not_ready"]


class AgentSelf(Wire):
    agent_id: str
    name: str
    initials: str
    state: AgentStateName
    since: datetime
    reason: str | None = None
    next_state: AgentStateName | None = None
    next_reason: str | None = None
    once: bool = False
    """Available for one contact."""
    reachable: bool
    unreachable_why: UnreachableWhy | None = None
    unreachable_since: datetime | None = None
    leader: bool = True
    """False in a second tab: it shows the state but does not ring; it may take over."""


class OfferView(Wire):
    offer_id: str
    contact_id: str
    queue_id: str
    queue_name: str
    made_at: datetime
    expires_at: datetime
    waited_s: float
    offered_before: list[str] = []
    because: list[str] = []
    """Sentences for 'Routed to you because'."""
    kind: Literal["call", "transfer", "consult", "help", "callback"] = "call"
    from_name: str | None = None
    """Who transfers it or asks."""
    why: str = ""
    """The one line that the transferring or asking agent wrote."""
    pop: Pop


class ContactView(Wire):
    """The contact the agent handles, or wraps up."""

    contact_id: str
    state: Literal["connecting", "talking", "held", "caller_lost", "reconnecting", "acw"]
    queue_id: str
    queue_name: str
    answered_at: datetime
    held_since: datetime | None = None
    hold_s: float = 0.0
    talk_s: float | None = None
    """Set when the call is over."""
    ended_at: datetime | None = None
    ended_by: Literal["caller", "agent", "line", "system", None] = None
    muted: bool = False
    recording: Literal["on", "paused", "off"] = "off"
    recording_since: datetime | None = None
    recorded_s: float = 0.0
    """Recorded before `recording_since`."""
    lost_since: datetime | None = None
    grace_ends_at: datetime | None = None
    acw_started_at: datetime | None = None
    acw_ends_at: datetime | None = None
    acw_extendable_s: float = 0.0
    note: str = ""
    note_saved_at: datetime | None = None
    disposition: str | None = None
    case_id: str | None = None
    quality: QualityView | None = None
    role: Literal["owner", "consulted", "joined", "helper"] = "owner"
    """What this agent is in the contact. Only the owner holds, transfers and ends it."""
    parties: list[PartyView] = []
    """Everyone in the contact, in the order of the cord; only the caller and the owner in a plain call."""
    aside: AsideView | None = None
    from_name: str | None = None
    why: str = ""
    pop: Pop


class PartyView(Wire):
    """One end of a cord. `state` says what it hears: `held` hears music."""

    party_id: str
    kind: Literal["caller", "agent", "number", "queue", "supervisor"]
    name: str
    detail: str = ""
    state: Literal["ringing", "queued", "talking", "held", "listening", "whispering", "failed"]
    since: datetime
    me: bool = False
    owner: bool = False
    agent_id: str | None = None
    failed_why: str | None = None
    """With `failed`: declined, no_answer, busy, unreachable, invalid_number, left."""


class AsideView(Wire):
    """The caller is in a flow and comes back to this agent."""

    flow_name: str
    since: datetime
    says: str = ""


class SupervisingView(Wire):
    """The listening dock: whom this supervisor hears."""

    contact_id: str
    mode: Literal["listen", "whisper", "barge"]
    state: Literal["connecting", "open"]
    caller: str
    agent_id: str | None
    agent_name: str | None
    answered_at: datetime | None
    since: datetime


class QualityView(Wire):
    rtt_ms: float | None
    loss_fraction: float
    word: Literal["clear", "fair", "poor"]


class MyQueue(Wire):
    queue_id: str
    name: str
    waiting: int
    longest_since: datetime | None
    on_contact: int
    free: int
    service_level: float | None
    goal: float
    spark: list[float]


class Person(Wire):
    agent_id: str
    name: str
    initials: str
    role: str
    state: AgentStateName | Literal["unreachable"]
    since: datetime
    reason: str | None = None


class MyDay(Wire):
    handled: int
    talk_s: float
    handle_s_average: float | None
    missed: int


class AgentTopic(Wire):
    """Snapshot of topic `agent`. A delta's `set` replaces top-level members."""

    me: AgentSelf
    offer: OfferView | None = None
    contact: ContactView | None = None
    queues: list[MyQueue] = []
    people: list[Person] = []
    day: MyDay
    supervising: SupervisingView | None = None
    why_no_calls: list[str] = []
    """Why this agent, available, gets no calls just now, in sentences; empty otherwise."""


# --- the floor (topic `floor`) --------------------------------------------------------------------


class Figure(Wire):
    """`definition` is the sentence from `reporting/`."""

    value: float | None
    goal: float | None = None
    definition: str = ""
    detail: str = ""


class FloorFigures(Wire):
    waiting: int
    longest_since: datetime | None
    longest_queue: str | None
    service_level: Figure
    abandoned: Figure
    offered: int
    answered: int
    abandoned_count: int
    handle_time_s: float | None
    on_contact: int
    agents_signed_in: int
    available: int


class FloorQueue(Wire):
    id: str
    name: str
    waiting: int
    longest_since: datetime | None
    wait_limit_s: float
    estimate_s: float | None
    spark: list[float]
    service_level: float | None
    goal: float
    target_s: float
    abandoned: float | None
    on_contact: int
    acw: int
    free: int
    level: Literal["ok", "warn", "bad"]
    closed: bool = False
    """A supervisor closed it."""
    closed_by: str | None = None
    closed_at: datetime | None = None
    callbacks: int = 0
    """How many of those waiting wait for a call back."""


class FloorAgent(Wire):
    id: str
    name: str
    initials: str
    team: str
    state: AgentStateName | Literal["unreachable", "hold"]
    since: datetime
    queue: str | None = None
    reason: str | None = None
    contact_id: str | None = None
    long_after_s: float | None = None


class FloorWaiting(Wire):
    id: str
    """The contact id."""
    queue_id: str
    position: int
    since: datetime
    priority: int
    label: str
    """Name if known, else masked number."""
    offered_to: str | None = None
    lost: bool = False
    why: str
    """One sentence: why this caller is waiting."""
    callback: bool = False
    """Waits for a call back, place kept."""


AlertMeasure = Literal[
    "waiting",
    "longest_wait",
    "service_level",
    "abandoned",
    "unreachable",
    "long_call",
    "long_hold",
    "long_wrap_up",
    "long_break",
    "missed",
]


class FloorAlert(Wire):
    """`title` and `text` are English; a page says it in its own language from the rest."""

    id: str
    tone: Literal["bad", "warn", "ok"]
    """`ok`: it is over."""
    kind: Literal[
        "queue_waiting",
        "queue_wait",
        "queue_level",
        "queue_abandoned",
        "agent_unreachable",
        "agent_long",
        "agent_missed",
        "system",
    ]
    title: str
    text: str
    at: datetime
    """When it was opened, or was over."""
    subject: str
    """Queue or agent id."""
    measure: AlertMeasure | None = None
    name: str = ""
    """Of the queue or agent."""
    value: float | None = None
    """At the last change: a count, a share, or seconds."""
    limit: float | None = None
    opened_at: datetime | None = None
    taken_by: str | None = None
    closed_at: datetime | None = None
    sound: bool = False


class FloorTopic(Wire):
    figures: FloorFigures
    queues: list[FloorQueue] = []
    agents: list[FloorAgent] = []
    waiting: list[FloorWaiting] = []
    alerts: list[FloorAlert] = []


# --- the caller's page (topic `caller`) -----------------------------------------------------------


class CallerCentre(Wire):
    name: str
    number: str
    open: bool
    waiting: int
    estimate_s: float | None
    topics: list[Choice]
    languages: list[Choice]


class CallerCall(Wire):
    """Start a call. `number` and `account` are what the caller says, so they verify nothing."""

    sdp: str = Field(min_length=1, max_length=32768)
    dnis: str = ""
    topic: str | None = Field(default=None, max_length=40)
    account: str | None = Field(default=None, max_length=40)
    number: str | None = Field(default=None, max_length=40)
    language: Literal["en", "cy"] = "en"


class CallerCallStarted(Wire):
    """`resume_token` lets the same caller rejoin after a reload."""

    contact_id: str
    leg_id: str
    resume_token: str
    sdp: str


class CallerRejoin(Wire):
    resume_token: str = Field(min_length=8, max_length=200)
    sdp: str = Field(min_length=1, max_length=32768)


class CallerProof(Wire):
    """Shows that this page started the call."""

    resume_token: str = Field(min_length=8, max_length=200)


class CallerTicketRequest(CallerProof):
    contact_id: str = Field(min_length=1, max_length=80)


class CallerTopic(Wire):
    contact_id: str
    state: Literal[
        "menu", "waiting", "ringing", "talking", "held", "agent_lost", "voicemail", "callback", "ended"
    ]
    """`callback`: the place is kept and nothing is heard; with `callback_ringing` the page rings."""
    callback_offered: bool = False
    callback_dials: bool = False
    """A telephone number can be called back; otherwise only this page rings."""
    callback_number: str | None = None
    callback_ringing: bool = False
    started_at: datetime
    says: str = ""
    """What the menu says just now, as text."""
    keys: list[Choice] = []
    """Keys that do something now; empty outside menus."""
    queue_name: str | None = None
    queued_at: datetime | None = None
    position: int | None = None
    first_position: int | None = None
    estimate_s: float | None = None
    estimate_low_s: float | None = None
    estimate_high_s: float | None = None
    topic: str = ""
    account: str = ""
    agent_name: str | None = None
    agent_initials: str | None = None
    answered_at: datetime | None = None
    recording: bool = False
    ended_by: Literal["caller", "agent", "line", "system", None] = None
    ended_at: datetime | None = None


# --- commands -------------------------------------------------------------------------------------


class SetState(Wire):
    """`once` (available only): for one contact, then not ready again."""

    state: Literal["available", "not_ready", "signed_out"]
    reason: str | None = Field(default=None, max_length=60)
    once: bool = False


class Decline(Wire):
    reason: str | None = Field(default=None, max_length=60)


class SetMute(Wire):
    on: bool


class SendDigits(Wire):
    digits: Annotated[str, Field(pattern=r"^[0-9*#A-D]{1,32}$")]


class ExtendWrapUp(Wire):
    seconds: int = Field(default=30, ge=5, le=300)


class FinishWrapUp(Wire):
    disposition: str = Field(min_length=1, max_length=60)


class SetDisposition(Wire):
    disposition: str | None = Field(default=None, max_length=60)


class SaveNote(Wire):
    text: str = Field(max_length=8000)


class NoteSaved(Wire):
    saved_at: datetime


class AttachCase(Wire):
    """Either an existing case or a new one."""

    case_id: str | None = None
    new: NewCase | None = None


class NewCase(Wire):
    subject: str = Field(min_length=1, max_length=200)
    type: str = Field(default="question", max_length=40)
    customer_id: str | None = None
    text: str = Field(default="", max_length=8000)


class ChooseCustomer(Wire):
    """Either one of the candidates or a new customer."""

    customer_id: str | None = None
    new: NewCustomer | None = None


class NewCustomer(Wire):
    name: str = Field(min_length=1, max_length=120)
    number: str | None = Field(default=None, max_length=40)
    account: str | None = Field(default=None, max_length=40)
    place: str | None = Field(default=None, max_length=80)
    language: Literal["en", "cy"] = "en"


class Verify(Wire):
    """The agent asked two questions and the answers fit."""

    asked: list[str] = Field(min_length=2, max_length=5)


class Done(Wire):
    """`result` of a command that was carried out (or had been: a repeated client id)."""

    ok: Literal[True] = True


class CaseChange(Wire):
    version: int
    status: Literal["new", "open", "waiting_customer", "solved", "closed"] | None = None
    subject: str | None = Field(default=None, min_length=1, max_length=200)
    note: str | None = Field(default=None, max_length=8000)


class CaseView(Wire):
    case: CaseSummary
    version: int
    customer: CustomerCard | None
    queue_name: str | None = None
    timeline: list[TimelineEntry]


class CaseList(Wire):
    cases: list[CaseRow]
    total: int


class CaseRow(Wire):
    case: CaseSummary
    customer_name: str | None
    customer_tier: str | None = None


class ContactDetail(Wire):
    contact_id: str
    state: str
    queue_name: str | None
    customer: CustomerCard | None
    case_number: int | None
    agent_name: str | None
    ani: str
    arrived_at: datetime
    queued_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    disposition: str | None
    note: str
    recordings: list[RecordingView]
    events: list[ContactEvent]


class RecordingView(Wire):
    recording_id: str
    started_at: datetime
    duration_s: float | None
    state: Literal["recording", "ready", "failed"]


class ContactEvent(Wire):
    at: datetime
    kind: str
    text: str
    """A sentence in the session's language."""
    details: list[str] = []
    """Of an offer: why this agent, who came next, who was left out and why."""
    data: dict[str, object] = {}


class ContactList(Wire):
    contacts: list[ContactRow]


class ContactRow(Wire):
    contact_id: str
    at: datetime
    name: str
    queue_name: str | None
    agent_name: str | None
    outcome: str
    duration_s: float | None
    recording_id: str | None = None


class WhyWaiting(Wire):
    """`verdict` is one sentence with the next time; the rest are the rules that hold it back."""

    contact_id: str
    verdict: str
    position: int | None
    waited_s: float
    priority: int = 0
    """The effective one: as queued, plus what tier, case and steps add."""
    facts: list[Fact]
    exclusions: list[ExclusionGroup]
    steps: list[StepView] = []
    policy_version: int = 0
    busy: list[BusyMatch] = []
    """Who matches but is busy, soonest free first."""
    estimate_low_s: float | None = None
    estimate_high_s: float | None = None


StepState = Literal["done", "next", "later", "skipped"]


class StepView(Wire):
    """A step over waiting: done, the next one, or later."""

    step_id: str
    text: str
    at_s: float
    """Seconds of waiting at which it opens."""
    opens_at: datetime | None = None
    state: StepState


class BusyMatch(Wire):
    agent_id: str
    name: str
    state: AgentStateName
    reason: str | None = None
    skills: list[str] = []
    more_s: float | None = None
    """Usual time until free."""


class ExclusionGroup(Wire):
    reason: str
    label: str
    count: int
    agents: list[str]
    change: str = ""
    """Which step changes it, and when."""


class FlowFinding(Wire):
    level: Literal["error", "warning"]
    node: str | None
    field: str | None = None
    what: str
    cure: str = ""


class FlowRow(Wire):
    """`version` is the newest, `published` the one that new callers get."""

    flow_id: str
    name: str
    version: int
    published: int | None
    saved_at: datetime
    saved_by: str


class FlowView(FlowRow):
    flow: dict[str, object]


class FlowDocument(Wire):
    """A flow as data (see docs/flows.md). Saving makes a new version.

    What `GET` gives can be changed and sent back whole. Of the members beside `flow` only two count:
    `flow_id` must be the address's, and a `version` that is no longer the newest refuses the change.
    """

    flow: dict[str, object]
    flow_id: str | None = None
    name: str | None = None
    version: int | None = None
    published: int | None = None
    saved_at: datetime | None = None
    saved_by: str | None = None


class FlowSaved(Wire):
    flow_id: str
    version: int
    findings: list[FlowFinding]


class NumberSetting(Wire):
    """Which flow answers a number, on which back end."""

    dnis: str = Field(min_length=1, max_length=40)
    label: str = Field(max_length=80)
    flow_id: str
    backend: str


# --- websocket messages ---------------------------------------------------------------------------


class Hello(Wire):
    """First message after connecting."""

    type: Literal["hello"] = "hello"
    server_time: datetime
    clock_rate: float = 1.0
    node: str
    topics: list[str]


TelephoneState = Literal["waiting", "ringing", "talking"]


class TelephoneTopic(Wire):
    """Topic `telephone`: one guest telephone. `caller_id`: the number of the centre that rings it."""

    telephone_id: str
    number: str
    label: str = ""
    state: TelephoneState
    caller_id: str = ""
    rings_until: str | None = None
    """Instant after which nobody waits for the answer."""


class Snapshot(Wire):
    """Whole state of a topic. `data` is AgentTopic, FloorTopic, CallerTopic or TelephoneTopic."""

    type: Literal["snapshot"] = "snapshot"
    topic: Literal["agent", "floor", "caller", "telephone"]
    seq: int
    data: AgentTopic | FloorTopic | CallerTopic | TelephoneTopic


class Delta(Wire):
    """Change of a topic. `seq` is the last one's plus 1; on a gap send `Resync`.

    `set` replaces top-level members. `upsert` replaces or adds entries of a list by their `id`,
    `remove` takes ids out.
    """

    type: Literal["delta"] = "delta"
    topic: Literal["agent", "floor", "caller", "telephone"]
    seq: int
    set: dict[str, object] = {}
    upsert: dict[str, list[dict[str, object]]] = {}
    remove: dict[str, list[str]] = {}


class Notice(Wire):
    """Something to tell this person once: state taken elsewhere, a missed offer, a sound to make."""

    type: Literal["notice"] = "notice"
    code: Literal["taken_over", "signed_out", "offer_ended", "rejoined", "not_ready_missed"]
    detail: str = ""
    data: dict[str, object] = {}


class Heartbeat(Wire):
    """Page to server, every 5 s and at each change. An offer needs a recent one."""

    type: Literal["heartbeat"] = "heartbeat"
    phone: Literal["ready", "connecting", "lost", "none"]
    microphone: Literal["ok", "silent", "ended", "unknown"] = "unknown"
    rtt_ms: float | None = None
    visible: bool = True
    leader: bool = True


class HeartbeatAnswer(Wire):
    type: Literal["heartbeat"] = "heartbeat"
    server_time: datetime


class Resync(Wire):
    """Page to server: send a new snapshot of this topic."""

    type: Literal["resync"] = "resync"
    topic: Literal["agent", "floor", "caller", "telephone"]


class Subscribe(Wire):
    """Page to server: which topics this page wants (default: `agent` for agents, else `floor`)."""

    type: Literal["subscribe"] = "subscribe"
    topics: list[Literal["agent", "floor"]]


class TakeOver(Wire):
    """Page to server: this tab becomes the leader."""

    type: Literal["take_over"] = "take_over"


class Shown(Wire):
    """Page to server: the pop of this offer is on screen (before the phone rings)."""

    type: Literal["shown"] = "shown"
    offer_id: str


class CallerDigit(Wire):
    """Caller's page to server, when the data channel is not open."""

    type: Literal["digit"] = "digit"
    digit: Annotated[str, Field(pattern=r"^[0-9*#]$")]


class CallerEnd(Wire):
    type: Literal["end"] = "end"


ServerMessage = Annotated[Hello | Snapshot | Delta | Notice | HeartbeatAnswer, Field(discriminator="type")]
StaffMessage = Annotated[Heartbeat | Resync | Subscribe | TakeOver | Shown, Field(discriminator="type")]
CallerMessage = Annotated[Heartbeat | Resync | CallerDigit | CallerEnd, Field(discriminator="type")]
