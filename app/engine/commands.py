"""What people ask the engine to do. Each is answered once under the client id it came with.

A command names who asks (`agent_id`), so that the engine refuses what is not theirs; the edge has already
checked the session and the role. Refusals are `CommandResult`s with these codes: `unknown_agent`,
`offer_ended`, `not_your_offer`, `not_your_contact`, `contact_ended`, `wrong_state`, `unknown_reason`,
`unknown_disposition`, `unreachable`, `limit_reached`, `no_number`, `capability_missing`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from app.engine.commands_calls import CallCommand


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestState:
    agent_id: str
    state: Literal["available", "not_ready", "signed_out"]
    reason: str | None = None
    once: bool = False
    """Available on demand: for one contact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetReachability:
    """Presence changed: whether the agent's page, microphone and phone can take a call."""

    agent_id: str
    reachable: bool
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentPhoneOpened:
    """The agent's nailed-up leg exists (or got a new connection) on `backend`."""

    agent_id: str
    leg_id: str
    backend: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentPhoneClosed:
    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptOffer:
    offer_id: str
    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineOffer:
    offer_id: str
    agent_id: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldCall:
    contact_id: str
    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeCall:
    contact_id: str
    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HangUpCall:
    contact_id: str
    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MuteCall:
    contact_id: str
    agent_id: str
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SendDigits:
    contact_id: str
    agent_id: str
    digits: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseRecording:
    contact_id: str
    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeRecording:
    contact_id: str
    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendWrapUp:
    contact_id: str
    agent_id: str
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishWrapUp:
    contact_id: str
    agent_id: str
    disposition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDisposition:
    contact_id: str
    agent_id: str
    disposition: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachCase:
    contact_id: str
    agent_id: str
    case_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseCustomer:
    contact_id: str
    agent_id: str
    customer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkVerified:
    """The agent verified the caller by questions."""

    contact_id: str
    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerCallStarting:
    """A caller's page is about to open a leg: remember what it says of itself before the leg arrives.

    `resume_hash` is the SHA-256 of the token that lets the same caller rejoin.
    """

    contact_id: str
    leg_id: str
    backend: str
    resume_hash: str
    ani: str
    dnis: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerHangUp:
    contact_id: str


Command = (
    RequestState
    | SetReachability
    | AgentPhoneOpened
    | AgentPhoneClosed
    | AcceptOffer
    | DeclineOffer
    | HoldCall
    | ResumeCall
    | HangUpCall
    | MuteCall
    | SendDigits
    | PauseRecording
    | ResumeRecording
    | ExtendWrapUp
    | FinishWrapUp
    | SetDisposition
    | AttachCase
    | ChooseCustomer
    | MarkVerified
    | CallerCallStarting
    | CallerHangUp
    | CallCommand
)
