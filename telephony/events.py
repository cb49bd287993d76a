"""The events and snapshots of the telephony port; import them from `telephony.port`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class LegKind(StrEnum):
    CALLER = "caller"
    """A customer: arrives from outside, lives as long as the contact."""
    AGENT = "agent"
    """An agent's phone: nailed up from sign-in to sign-out, bridged to one contact after another."""


class LegEndCause(StrEnum):
    REMOTE_HANGUP = "remote_hangup"
    """The party said so: pressed End, or the carrier reported a release."""
    LOCAL_HANGUP = "local_hangup"
    """We sent `Hangup`."""
    REPLACED = "replaced"
    """A newer leg of the same agent took over."""
    ABANDONED_BY_CONTROL = "abandoned_by_control"
    """Nobody in control for `control_absence_limit_s`; the back end ended a waiting call by itself."""
    FAILED = "failed"
    """The back end could not keep it (worker died, carrier error)."""


class OriginateOutcome(StrEnum):
    ANSWERED = "answered"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    CONGESTION = "congestion"
    INVALID_NUMBER = "invalid_number"
    MACHINE = "machine"
    UNCERTAIN = "uncertain"
    """Possibly dialled: reconcile before anything else is done with this attempt."""


class PlaybackOutcome(StrEnum):
    COMPLETED = "completed"
    INTERRUPTED = "interrupted"
    """Stopped by a digit (barge-in) or by `StopPlay`."""
    FAILED = "failed"


class CollectOutcome(StrEnum):
    COMPLETE = "complete"
    """`max_digits` were pressed."""
    TERMINATED = "terminated"
    """The terminator was pressed; it is not part of `digits`."""
    TIMEOUT = "timeout"
    """Some digits, then none for `inter_digit_timeout_s`."""
    NO_INPUT = "no_input"
    """None at all within `first_digit_timeout_s`, counted from the end of the prompt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallArrived:
    """A caller leg is up and waits for `Answer`. `ani` as received, '' when withheld."""

    leg_id: str
    ani: str
    dnis: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LegConnected:
    """First media of a leg: an agent's phone is ready, or an answered caller can be heard."""

    leg_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegLost:
    """Media stopped (about 2 s without packets) or the connection died. The leg is kept.

    The other leg of its bridge has already been given silence by the back end.
    """

    leg_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegRestored:
    """Media of a lost leg flows again, possibly over a new connection. Its bridge is not restored."""

    leg_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegEnded:
    leg_id: str
    cause: LegEndCause


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitPressed:
    leg_id: str
    digit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybackFinished:
    leg_id: str
    playback_id: str
    outcome: PlaybackOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitsCollected:
    leg_id: str
    collect_id: str
    digits: str
    outcome: CollectOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridged:
    bridge_id: str
    leg_a: str
    leg_b: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeFailed:
    bridge_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unbridged:
    """The bridge is over, whatever ended it (`Unbridge`, `Hold`, another `Bridge`, a leg lost or ended)."""

    bridge_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixed:
    """The room is as the last `Mix` with this id asked."""

    mix_id: str
    legs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MixFailed:
    mix_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmixed:
    """The room is over, whatever ended it."""

    mix_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingStarted:
    recording_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingFinished:
    """The file at `path` is complete and playable."""

    recording_id: str
    path: str
    duration_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingFailed:
    recording_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginateResult:
    attempt_id: str
    leg_id: str
    outcome: OriginateOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityReported:
    """Every few seconds per connected leg."""

    leg_id: str
    rtt_ms: float | None
    loss_fraction: float
    jitter_ms: float
    audio_level_db: float | None
    """dBFS of what the leg sent lately; None when nothing came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkChanged:
    """The back end itself became reachable or unreachable."""

    up: bool
    reason: str = ""


Event = (
    CallArrived
    | LegConnected
    | LegLost
    | LegRestored
    | LegEnded
    | DigitPressed
    | PlaybackFinished
    | DigitsCollected
    | Bridged
    | BridgeFailed
    | Unbridged
    | Mixed
    | MixFailed
    | Unmixed
    | RecordingStarted
    | RecordingFinished
    | RecordingFailed
    | OriginateResult
    | QualityReported
    | LinkChanged
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LegSnapshot:
    leg_id: str
    kind: LegKind
    connected: bool
    answered: bool
    bridge_id: str | None
    on_hold: bool
    playback_id: str | None
    collect_id: str | None
    recording_ids: tuple[str, ...]
    mix_id: str | None = None
    ani: str = ""
    dnis: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Every live leg of a back end, for re-adoption after a restart."""

    legs: tuple[LegSnapshot, ...]
