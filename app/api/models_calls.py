"""What crosses the wire for transfers, consultations, conferences and help, and for supervisors' commands."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.api.models import AgentStateName, Wire


class TransferTarget(Wire):
    kind: Literal["agent", "queue", "number", "flow"]
    id: str = Field(min_length=1, max_length=80)


class TransferRequest(Wire):
    """`back` (flows only): the caller comes back to this agent when the flow is over."""

    to: TransferTarget
    why: str = Field(default="", max_length=200)
    back: bool = False


class ConsultRequest(Wire):
    to: TransferTarget
    why: str = Field(default="", max_length=200)


class HelpRequest(Wire):
    why: str = Field(default="", max_length=200)


class TargetPerson(Wire):
    """Greyed when not `reachable`; `detail` then says why."""

    agent_id: str
    name: str
    initials: str
    role: str
    """Team and queues in words."""
    extension: str | None = None
    """A number of the centre that rings this agent alone."""
    state: AgentStateName | Literal["unreachable"]
    since: str
    reachable: bool
    detail: str = ""
    """"usually 1 min more", "back at 10:50", "microphone silent", "spoke to her yesterday"."""
    likely: int = 0
    """Rank among the likeliest: 1 first; 0: not among them."""


class TargetQueue(Wire):
    queue_id: str
    name: str
    waiting: int
    free: int
    estimate_s: float | None
    closed: bool
    keeps_wait: bool
    """The waiting so far counts there."""


class TargetFlow(Wire):
    flow_id: str
    name: str
    comes_back: bool


class TargetNumber(Wire):
    number: str
    label: str
    detail: str = ""


class TransferTargets(Wire):
    """`dialling` says whether a number can be dialled, and `dialling_why` why not."""

    people: list[TargetPerson]
    queues: list[TargetQueue]
    flows: list[TargetFlow]
    numbers: list[TargetNumber]
    dialling: bool
    dialling_why: str = ""
    travels: list[str] = []
    """What goes with the caller, in sentences."""
    ring_timeout_s: float


class SuperviseRequest(Wire):
    mode: Literal["listen", "whisper", "barge"]


class ForceStateRequest(Wire):
    state: Literal["available", "not_ready", "signed_out"]
    reason: str | None = Field(default=None, max_length=40)


class MoveRequest(Wire):
    queue_id: str | None = Field(default=None, max_length=80)
    to: Literal["place", "first", "last"] = "place"


class PriorityRequest(Wire):
    priority: int = Field(ge=-100, le=100)


class CloseQueueRequest(Wire):
    then: Literal["return", "overflow", "voicemail", "callback", "hang_up"]
    then_queue_id: str | None = Field(default=None, max_length=80)


class CallbackRequest(Wire):
    """`number` as typed; none: the caller's page rings (built-in voice)."""

    resume_token: str = Field(min_length=8, max_length=200)
    number: str | None = Field(default=None, max_length=40)
