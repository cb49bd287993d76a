"""The telephony port: the few verbs every back end speaks, and the events it reports.

A *leg* is one party's connection. It outlives the connection that carries it: a page that reloads, a
network that changes, attaches a new connection to the same leg. Commands quote ids that the caller of
the port chose before sending, and every event quotes them back, so a late, duplicate or reordered
answer is recognised and absorbed.

Vendor words stop inside the adapters. Nothing here does I/O.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


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
class Capabilities:
    """What a back end can do. Configuration asking for more is refused when it is saved."""

    reaches_browsers: bool = False
    reaches_telephone_network: bool = False
    """May `Originate` to, and `Transfer` out to, an E.164 number."""
    records: bool = False
    supervises: bool = False
    """Listen, whisper, barge."""
    conferences: bool = False
    detects_machines: bool = False
    collects_by_keyword: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One piece of sound. Exactly one of `file`, `tone_hz` is set.

    `file` is an absolute path of a mono 16-bit WAV, any rate; the back end resamples and caches.
    `silence_s` is quiet appended after it.
    """

    file: str | None = None
    tone_hz: float | None = None
    tone_s: float = 0.2
    silence_s: float = 0.0


# --- commands -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    leg_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """Play prompts one after another, then report `PlaybackFinished`. Replaces what is playing.

    Whatever ends it early (a digit, `StopPlay`, another `Play`, `Hold`, `Bridge`) reports it `INTERRUPTED`.
    """

    leg_id: str
    playback_id: str
    prompts: tuple[Prompt, ...]
    barge_in: bool = True
    """A digit stops it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopPlay:
    leg_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Collect:
    """Gather digits, those pressed during a running `Play` included, then `DigitsCollected`.

    Digits pressed during a `Play` that does not allow `barge_in` are reported but never count.
    Digits pressed after the last `Collect` ended count too (type-ahead), and stop a prompt that may be
    interrupted; a `Play` without barge-in, a `Hold` and a `Bridge` forget them. The clock of
    `first_digit_timeout_s` starts when the running playback ends. A newer `Collect` replaces an older one
    without an event.
    """

    leg_id: str
    collect_id: str
    max_digits: int
    terminator: str | None = "#"
    first_digit_timeout_s: float = 6.0
    inter_digit_timeout_s: float = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Music on this leg, from now until bridged, played to, hung up or held with other music.

    A bridge this leg was in is dissolved; the other leg then hears silence.
    `music` is a `Prompt` file looped; None means the back end's default music.
    """

    leg_id: str
    music: Prompt | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridge:
    """Both legs hear each other. Music, prompts and collects on either end at once."""

    bridge_id: str
    leg_a: str
    leg_b: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unbridge:
    """Dissolve; both legs stay up and hear silence."""

    bridge_id: str


class MixRole(StrEnum):
    TALK = "talk"
    """Hears everyone who talks, and is heard by all but those on HOLD."""
    LISTEN = "listen"
    """Hears everyone who talks, whisperers included, and is heard by nobody."""
    WHISPER = "whisper"
    """As LISTEN, but heard by `to` alone."""
    HOLD = "hold"
    """Hears music (`music`, or the back end's default), and is heard by nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MixMember:
    leg_id: str
    role: MixRole = MixRole.TALK
    to: str | None = None
    """For WHISPER: the leg that hears it."""
    music: Prompt | None = None
    """For HOLD."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """A room of several legs: who is in it and who hears whom, as a whole. Sent again it replaces what was.

    Takes its legs out of any bridge or other room they are in (which is over when fewer than two legs are left
    in it) without a gap for those who go on hearing each other; ends prompts and collections on them.
    Answered by `Mixed` each time, or by `MixFailed` (capability missing, a leg is gone), which changes nothing.
    A leg that ends, is lost, or is bridged, held or played to elsewhere leaves the room; the room lasts while
    it has a leg that talks. `Bridge` with two legs of a room takes them out without a gap.
    """

    mix_id: str
    members: tuple[MixMember, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmix:
    """Dissolve the room; its legs stay up and hear silence."""

    mix_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AimRecording:
    """From now on the right channel records these legs, mixed when several; none: silence.

    For transfers and conferences: one file through the whole contact. The left channel keeps its leg.
    """

    recording_id: str
    right_legs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StartRecording:
    """Record into `path` (stereo WAV; left = `left_leg`, right = `right_leg`), until stopped.

    `right_leg` may be None (voicemail: left only, right silent). What a leg *sends* is recorded; the
    music another hears is not. If a leg is replaced by rejoin the recording goes on. It finishes by itself
    at `max_s` and when none of its legs is left; when none is there to begin with it fails.
    """

    recording_id: str
    path: str
    left_leg: str
    right_leg: str | None
    max_s: float = 4 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseRecording:
    """Silence is written while paused, so that the timeline stays true."""

    recording_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeRecording:
    recording_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRecording:
    recording_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """Drop what this leg sends (it still hears)."""

    leg_id: str
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SendDigits:
    """Pass digits on to a leg as DTMF."""

    leg_id: str
    digits: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hangup:
    leg_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Originate:
    """Call out. Never executed twice for one `attempt_id`; the outcome is `OriginateResult`."""

    attempt_id: str
    leg_id: str
    destination: str
    """E.164 number, or `browser:<name>` on the built-in back end."""
    caller_id: str | None = None
    ring_timeout_s: float = 30.0
    detect_machine: bool = False


Command = (
    Answer
    | Play
    | StopPlay
    | Collect
    | Hold
    | Bridge
    | Unbridge
    | Mix
    | Unmix
    | AimRecording
    | StartRecording
    | PauseRecording
    | ResumeRecording
    | StopRecording
    | Mute
    | SendDigits
    | Hangup
    | Originate
)


# --- events ---------------------------------------------------------------------------------------


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


# --- snapshot -------------------------------------------------------------------------------------


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


EventSink = Callable[[int, datetime, Event], None]
"""Called in order as (sequence, instant, event). The sequence grows by one per event and back end."""


class TelephonyPort(Protocol):
    """A back end. All methods are called on the event loop that `start` was called on."""

    @property
    def name(self) -> str:
        """Stable short name: `webrtc`, `simulated`, `asterisk:<site>`, `twilio`."""

    @property
    def capabilities(self) -> Capabilities: ...

    async def start(self, sink: EventSink, *, epoch: int, acknowledged: int) -> Snapshot:
        """Connect, take control with `epoch`, and return what is live.

        Events after `acknowledged` are delivered (again). A back end that has seen a higher epoch
        raises `StaleEpoch`.
        """

    async def execute(self, command: Command) -> None:
        """Carry out one command. Returns when it was handed over; the outcome arrives as an event.

        Commands on a leg that is gone are ignored (its `LegEnded` tells). Raises `BackendDown` when
        it cannot be handed over, `Unsupported` when the capability is missing.
        """

    async def acknowledge(self, sequence: int) -> None:
        """Events up to `sequence` are committed; the back end may forget them."""

    async def close(self) -> None:
        """Let go of control. Live calls go on."""


class TelephonyError(Exception):
    """Root of what the port raises.

    TelephonyError
    ├── BackendDown
    ├── StaleEpoch
    └── Unsupported
    """


class BackendDown(TelephonyError):
    def __init__(self, backend: str, reason: str) -> None:
        super().__init__(backend, reason)
        self.backend = backend
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.backend} cannot be reached: {self.reason}"


class StaleEpoch(TelephonyError):
    def __init__(self, ours: int, seen: int) -> None:
        super().__init__(ours, seen)
        self.ours = ours
        self.seen = seen

    def __str__(self) -> str:
        return f"another owner took control (epoch {self.seen}, ours is {self.ours})"


class Unsupported(TelephonyError):
    def __init__(self, backend: str, what: str) -> None:
        super().__init__(backend, what)
        self.backend = backend
        self.what = what

    def __str__(self) -> str:
        return f"{self.backend} cannot {self.what}"
