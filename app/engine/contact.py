"""One live contact as the voice domain remembers it, and its row.

The record is everything needed to go on after a restart: where the caller is in its flow, what was asked of
the back end and not yet answered, who has the call, what is recorded, and the instants that statistics need.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from app.engine.company import (
    NESTED,
    Aside,
    Companion,
    Listener,
    Promise,
    Sent,
    WrapUp,
    dump,
    item_id,
    load,
)


class Phase(StrEnum):
    STARTING = "starting"
    """Announced by the caller's page; the leg has not arrived yet."""
    IVR = "ivr"
    QUEUED = "queued"
    PROMISED = "promised"
    """Chose a callback: waits at its place without a leg, or is being dialled."""
    TRANSFERRING = "transferring"
    """Dialled out to a number, or joined with it."""
    CONNECTING = "connecting"
    """Accepted; the bridge is not confirmed yet."""
    TALKING = "talking"
    HELD = "held"
    ASIDE = "aside"
    """In a flow that gives the caller back to its agent, who waits."""
    CALLER_LOST = "caller_lost"
    """Was with an agent, the caller's media is lost, the grace time runs."""
    AGENT_LOST = "agent_lost"
    """The agent's media is lost; the caller hears music, the grace time runs."""
    WRAP_UP = "wrap_up"
    """The call is over, its agent is in ACW."""
    ENDED = "ended"


WITH_AGENT = frozenset(
    {Phase.CONNECTING, Phase.TALKING, Phase.HELD, Phase.ASIDE, Phase.CALLER_LOST, Phase.AGENT_LOST}
)
LIVE = WITH_AGENT | {Phase.STARTING, Phase.IVR, Phase.QUEUED, Phase.PROMISED, Phase.TRANSFERRING}
IN_FLOW = frozenset({Phase.IVR, Phase.ASIDE})


class Step(StrEnum):
    """What the flow waits for beyond one port verb."""

    SAY = "say"
    GATHER = "gather"
    FIND = "find"
    RECORD_PROMPT = "record_prompt"
    RECORD = "record"


@dataclass(slots=True, kw_only=True)
class PathNote:
    """One line of 'Before you answered'."""

    at: datetime
    label: str
    key: str | None = None
    kind: str = "entered"
    node: str = ""


@dataclass(slots=True, kw_only=True)
class Contact:
    """A voice contact from arrival to the end of its wrap-up. Mutated by the voice domain only."""

    contact_id: str
    backend: str
    leg_id: str
    ani: str
    dnis: str
    arrived_at: datetime
    phase: Phase = Phase.STARTING
    attributes: dict[str, Any] = field(default_factory=dict)
    resume_hash: str | None = None

    flow_id: str | None = None
    flow_version: int | None = None
    flow_state: dict[str, Any] | None = None
    step: Step | None = None
    step_id: str | None = None
    """Id of the playback, collection, lookup or recording that is awaited."""
    pending: dict[str, Any] | None = None
    """The awaited action, so that it can be asked again after a loss or a restart."""
    asks_secret: bool = False
    """The awaited look-up needs a PIN that is in memory only."""
    message_collect_id: str | None = None
    """While a message is recorded: the collection whose end stops it."""
    out_leg_id: str | None = None
    """While transferring: the leg that was dialled."""
    path: list[PathNote] = field(default_factory=list)

    queue_id: str | None = None
    priority: int = 0
    skills: dict[str, int] = field(default_factory=dict)
    music: str | None = None
    on_return: str | None = None
    queued_at: datetime | None = None
    """First enqueue of all: reports."""
    credit_s: float = 0.0
    """Waited so far in queues it has left; a transfer may bring it along."""
    only_agents: list[str] = field(default_factory=list)
    preferred_agent: str | None = None
    excluded_agents: list[str] = field(default_factory=list)
    """Who just sent it on, and shall not get it back at once."""
    wait_told_s: float | None = None
    place_told: int | None = None
    """What the last announcement said."""
    entered_queue_at: datetime | None = None
    place_at: datetime | None = None
    first_position: int | None = None
    announce_every_s: float | None = None
    announcement_id: str | None = None

    agent_id: str | None = None
    part: int = 0
    """Number of the handling: 1 for the first agent, 2 when offered on, ..."""
    answered_at: datetime | None = None
    """First joined with an agent."""
    accepted_at: datetime | None = None
    part_answered_at: datetime | None = None
    """Joined with the present agent."""
    bridge_id: str | None = None
    mix_id: str | None = None
    """The room, when more than caller and agent are in it."""
    companions: list[Companion] = field(default_factory=list)
    companions_asked: int = 0
    listeners: list[Listener] = field(default_factory=list)
    wraps: list[WrapUp] = field(default_factory=list)
    aside: Aside | None = None
    sent: Sent | None = None
    promise: Promise | None = None
    callback_offered: bool = False
    choice_id: str | None = None
    """The collection by which a waiting caller may choose a callback."""
    why: str = ""
    """What the agent who sent it on wrote."""
    rejoin_tone_id: str | None = None
    held_since: datetime | None = None
    hold_s: float = 0.0
    muted: bool = False

    recording_id: str | None = None
    recording_on: bool = False
    """Sound is being written just now (not paused, not on hold)."""
    recording_paused: bool = False
    """The agent paused it."""
    recording_since: datetime | None = None
    recorded_legs: list[str] = field(default_factory=list)
    """What the right channel was aimed at last."""
    recorded_s: float = 0.0

    lost_since: datetime | None = None
    caller_lost: bool = False
    grace_ends_at: datetime | None = None

    customer_id: str | None = None
    customer_chosen: bool = False
    """By the agent, after asking."""
    candidates: list[str] = field(default_factory=list)
    verified: bool = False
    verified_how: str = "nothing"
    case_id: str | None = None

    disposition: str | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None
    talk_s: float | None = None
    handled_by: list[str] = field(default_factory=list)

    @property
    def with_agent(self) -> bool:
        return self.phase in WITH_AGENT

    @property
    def live(self) -> bool:
        return self.phase in LIVE

    def legs(self) -> list[str]:
        """Every leg that is this contact's own; agents' legs are their phones'."""
        legs = [self.leg_id, self.out_leg_id, *(each.leg_id for each in self.companions)]
        return [leg for leg in legs if leg is not None]

    @property
    def consulting(self) -> Companion | None:
        """The companion whom only the agent hears, or who is being asked."""
        return next((each for each in self.companions if not each.joined), None)

    @property
    def company(self) -> list[Companion]:
        """Companions on the line."""
        return [each for each in self.companions if each.present]

    def companion(self, party_id: str) -> Companion | None:
        return next((each for each in self.companions if each.party_id == party_id), None)

    def companion_agent(self, agent_id: str) -> Companion | None:
        return next((each for each in self.companions if each.agent_id == agent_id and each.present), None)

    def listener(self, agent_id: str) -> Listener | None:
        return next((each for each in self.listeners if each.agent_id == agent_id), None)

    def wrap_up(self, agent_id: str) -> WrapUp | None:
        return next((each for each in self.wraps if each.agent_id == agent_id), None)

    def involves(self, agent_id: str) -> bool:
        """Handles it, was asked into it, or wraps it up."""
        return (
            self.agent_id == agent_id
            or self.companion_agent(agent_id) is not None
            or self.wrap_up(agent_id) is not None
        )

    def next_item(self) -> str:
        """A routing item for one more companion."""
        self.companions_asked += 1
        return item_id(self.contact_id, self.companions_asked)

    def waited_s(self, now: datetime) -> float:
        """Seconds since the first enqueue, to the answer or to `now`."""
        if self.queued_at is None:
            return 0.0
        return max(0.0, ((self.answered_at or now) - self.queued_at).total_seconds())

    def stop_hold(self, now: datetime) -> None:
        if self.held_since is not None:
            self.hold_s += max(0.0, (now - self.held_since).total_seconds())
            self.held_since = None

    def stop_recorded_span(self, now: datetime) -> None:
        if self.recording_since is not None:
            self.recorded_s += max(0.0, (now - self.recording_since).total_seconds())
            self.recording_since = None
        self.recording_on = False

    def to_row(self) -> dict[str, Any]:
        """Columns of table `contacts`; what has no column of its own goes into `body`."""
        columns = {name: getattr(self, name) for name in _COLUMNS}
        body = {
            f.name: dump(f.name, getattr(self, f.name)) if f.name in NESTED else _plain(getattr(self, f.name))
            for f in fields(self)
            if f.name not in _COLUMNS
        }
        return columns | {
            "state": self.phase.value,
            "live": self.phase is not Phase.ENDED,
            "channel": "voice",
            "caller_leg_id": self.leg_id,
            "body": body,
        }


_COLUMNS = (
    "backend",
    "ani",
    "dnis",
    "queue_id",
    "agent_id",
    "customer_id",
    "case_id",
    "flow_id",
    "flow_version",
    "arrived_at",
    "queued_at",
    "answered_at",
    "ended_at",
    "ended_by",
    "disposition",
)
_INSTANTS = (
    "entered_queue_at",
    "place_at",
    "accepted_at",
    "part_answered_at",
    "held_since",
    "recording_since",
    "lost_since",
    "grace_ends_at",
)


def _plain(value: object) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, PathNote):
        return asdict(value) | {"at": value.at.isoformat()}
    # A copy: the row outlives the next change of the contact.
    return dict(value) if isinstance(value, dict) else value


def from_row(contact_id: str, columns: Mapping[str, object]) -> Contact:
    """The contact that `to_row` wrote."""
    body = columns["body"]
    assert isinstance(body, Mapping)
    values = {name: columns[name] for name in _COLUMNS} | dict(body)
    for name in _INSTANTS:
        if values.get(name) is not None:
            values[name] = datetime.fromisoformat(str(values[name]))
    for name in NESTED & values.keys():
        values[name] = load(name, values[name])
    values["phase"] = Phase(str(columns["state"]))
    values["step"] = Step(str(values["step"])) if values.get("step") else None
    values["path"] = [
        PathNote(**(note | {"at": datetime.fromisoformat(note["at"])})) for note in values["path"]
    ]
    values.pop("contact_id", None)
    return Contact(contact_id=contact_id, **values)
