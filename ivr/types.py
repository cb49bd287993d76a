"""What the interpreter is told, what it asks for, and what it remembers.

`step(flow, state, input, now, context) -> Step(state, actions)`. The caller carries the actions out, in
order, and feeds the answers back. One answer is awaited at a time: the last action of a step is either
the one that is waited for (`Say`, `Gather`, `Find`, `Record`) or the one that ends the session (`Exit`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

Value = str | int | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """One piece of speech, resolved to sound outside the core.

    Exactly one of `prompt` (a recorded prompt's id, e.g. `main_menu`) and `text` is set; `text` may come
    from variables. `language` is a BCP 47 tag; `spell` reads character by character.
    """

    prompt: str | None = None
    text: str | None = None
    language: str = "en"
    spell: bool = False


# --- inputs ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The call was answered. `attributes` seed the variables (ani, dnis, topic typed on the page...)."""

    attributes: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Answer to `Say`: everything was played, or a digit interrupted it."""


class GatherOutcome(StrEnum):
    COMPLETE = "complete"
    NO_INPUT = "no_input"
    TIMEOUT = "timeout"
    """Some digits, fewer than wanted, then none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """Answer to `Gather`."""

    digits: str
    outcome: GatherOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Answer to `Find`. `result` is empty when nothing matched; `error` when the lookup failed."""

    result: Mapping[str, Value] = field(default_factory=dict)
    matched: bool = False
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """Answer to `Record`: what the caller left, or nothing worth keeping."""

    recording_id: str | None
    duration_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """The contact comes back into the flow from a queue (nobody signed in, its longest wait is over)."""

    why: str


Input = Started | Said | Gathered | Found | Recorded | Returned


# --- actions --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    phrases: tuple[Phrase, ...]
    barge_in: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Gather:
    """Say, then collect. Digits pressed while speaking count when `barge_in`."""

    phrases: tuple[Phrase, ...]
    max_digits: int
    terminator: str | None
    first_digit_timeout_s: float
    inter_digit_timeout_s: float
    barge_in: bool = True
    secret: bool = False
    """The digits are masked in logs and events (a PIN)."""


class FindKind(StrEnum):
    CUSTOMER_BY_NUMBER = "customer_by_number"
    """arguments: number -> result: customer_id, name, tier, language; `matched` false if none or several."""
    CUSTOMER_BY_ACCOUNT = "customer_by_account"
    """arguments: account, and pin unless the account alone will do -> result like above plus verified.

    With a pin `matched` is true only when it is right; without one the customer stays unverified.
    """
    CASE_STATUS = "case_status"
    """arguments: case_number, pin -> result: case_id, number, subject, status, status_text, verified, and the
    customer_id, name, tier of the case's customer. `matched` is true only when the pin is right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    kind: FindKind
    arguments: Mapping[str, Value]
    """Never written to a log or an event: holds the PIN where one was asked."""
    timeout_s: float = 2.0
    """After so long the caller of the interpreter answers `Found(error=...)`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Leave a message: beep, then record until `#`, silence or `max_s`."""

    phrases: tuple[Phrase, ...]
    max_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something for the contact's timeline and the agent's 'Before you answered'. Never waited for.

    `kind`: `entered` (a node), `pressed` (key and the option's label), `typed` (masked when secret),
    `found` (key: `matched`, `not_matched`, `error`, `locked`, `nothing_given`), `verified` (key: how),
    `returned` (from a queue; label: why), `warning` (label: a sentence; an expression failed, ...).
    """

    kind: str
    node: str
    label: str
    key: str | None = None


class ExitKind(StrEnum):
    QUEUE = "queue"
    VOICEMAIL = "voicemail"
    """A message was left (`Record` is answered): the contact ends as a voicemail for `queue`."""
    TRANSFER = "transfer"
    HANG_UP = "hang_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    kind: ExitKind
    queue: str | None = None
    priority: int = 0
    skills: Mapping[str, int] = field(default_factory=dict)
    """Additional requirements: skill -> least level."""
    attributes: Mapping[str, Value] = field(default_factory=dict)
    """Everything known, shown on the pop: customer_id, verified, verified_how, language, topic, ..."""
    music: str | None = None
    destination: str | None = None
    """For TRANSFER: an E.164 number."""
    recording_id: str | None = None
    on_return: str | None = None
    """The node to go on at when the queue gives the contact back."""
    announce_every_s: float | None = None


Action = Say | Gather | Find | Record | Note | Exit


# --- state ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowState:
    """Where a session is. Serialisable to JSON and back (`to_json`, `from_json` in `ivr.interpreter`)."""

    flow_id: str
    flow_version: int
    node: str | None
    variables: Mapping[str, Value]
    awaiting: str | None
    """Which answer is due: `said`, `gathered`, `found`, `recorded`, `returned`, or None when it is over."""
    tries: int = 0
    """Asks at this node that brought nothing usable."""
    entered_at: datetime
    steps: int = 0
    """Nodes entered in this call."""
    skills: Mapping[str, int] = field(default_factory=dict)
    priority: int = 0
    pin_failures: int = 0
    """Wrong PINs in this call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    state: FlowState
    actions: tuple[Action, ...]
