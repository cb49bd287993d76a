"""What is asked beyond the plain call: transfers, consultations, conferences, help; and what supervisors ask.

Refusals besides those of `app.engine.commands`: `unknown_target`, `target_unreachable`, `consult_open`,
`no_consult`, `unknown_party`, `too_many_parties`, `not_supervised`, `on_a_call`,
`unknown_queue`, `not_waiting`, `already_closed`, `no_callback`, `bad_number`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

TargetKind = Literal["agent", "queue", "number", "flow"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a contact goes, or who is asked. `id`: of an agent, queue or flow, or the number as typed."""

    kind: TargetKind
    id: str


# --- the agent who has the call -------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """Blind: the agent leaves at once. `why` is one line for whoever takes it.

    If the agent does not answer within the ring time-out, or the number does not, the contact comes back:
    to its old queue at its old place, this agent preferred. To a flow with `back` the agent waits, in
    silence, until the flow is over and then has the caller again; without `back` the agent leaves.
    """

    contact_id: str
    agent_id: str
    to: Target
    why: str = ""
    back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBack:
    """End the flow that the caller was sent into with `back`, and talk to the caller again."""

    contact_id: str
    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Consult:
    """Ring an agent, a queue or a number; the caller hears music meanwhile."""

    contact_id: str
    agent_id: str
    to: Target
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelConsult:
    """Let the other one go, ringing or talking; the caller is on the line again."""

    contact_id: str
    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapConsult:
    """Talk to the caller while the consulted one hears music, or the other way round."""

    contact_id: str
    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteConsult:
    """Hand the caller over to the consulted one; this agent's wrap-up begins."""

    contact_id: str
    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinConsult:
    """Conference: caller, agent and the consulted one hear each other."""

    contact_id: str
    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveCall:
    """Leave a conference or a consultation; the others go on. An owner is followed by the next agent."""

    contact_id: str
    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DropParty:
    """The owner takes somebody out of a conference."""

    contact_id: str
    agent_id: str
    party_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskForHelp:
    """Ring the supervisors of the agent's team; who accepts whispers to the agent and may then join."""

    contact_id: str
    agent_id: str
    why: str = ""


# --- supervisors ----------------------------------------------------------------------------------

SuperviseMode = Literal["listen", "whisper", "barge"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervise:
    """Listen, whisper or barge in, or change the mode. `agent_id`: whose phone the supervisor hears with."""

    contact_id: str
    agent_id: str
    mode: SuperviseMode


@dataclass(frozen=True, slots=True, kw_only=True)
class StopSupervising:
    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ForceState:
    """`by`: the supervisor's user id. Calls and wrap-ups are never cut short; the state comes after."""

    agent_id: str
    by: str
    state: Literal["available", "not_ready", "signed_out"]
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveContact:
    contact_id: str
    by: str
    queue_id: str | None = None
    to: Literal["place", "first", "last"] = "place"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prioritise:
    """The priority the contact was queued with becomes this; what its tier and the steps add stays."""

    contact_id: str
    by: str
    priority: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferCallback:
    """Say to a waiting caller that a callback at this place may be chosen with a key."""

    contact_id: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseQueue:
    """Now, with what happens to those waiting. `then_queue_id` for overflow."""

    queue_id: str
    by: str
    then: Literal["return", "overflow", "voicemail", "callback", "hang_up"]
    then_queue_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenQueue:
    queue_id: str
    by: str


# --- the caller -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseCallback:
    """A callback at this place. `number`: E.164; None: the caller's page rings (built-in voice)."""

    contact_id: str
    number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelCallback:
    contact_id: str


CallCommand = (
    Transfer
    | TakeBack
    | Consult
    | CancelConsult
    | SwapConsult
    | CompleteConsult
    | JoinConsult
    | LeaveCall
    | DropParty
    | AskForHelp
    | Supervise
    | StopSupervising
    | ForceState
    | MoveContact
    | Prioritise
    | OfferCallback
    | CloseQueue
    | ReopenQueue
    | ChooseCallback
    | CancelCallback
)
