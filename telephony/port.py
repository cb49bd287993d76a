"""The telephony port: the few verbs every back end speaks, and the events it reports.

A *leg* is one party's connection. It outlives the connection that carries it: a page that reloads, a
network that changes, attaches a new connection to the same leg. Commands quote ids that the caller of
the port chose before sending, and every event quotes them back, so a late, duplicate or reordered
answer is recognised and absorbed.

Vendor words stop inside the adapters. Nothing here does I/O.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from telephony.commands import (
    AimRecording,
    Answer,
    Bridge,
    Collect,
    Command,
    Hangup,
    Hold,
    Mix,
    MixMember,
    MixRole,
    Mute,
    Originate,
    PauseRecording,
    Play,
    Prompt,
    ResumeRecording,
    SendDigits,
    StartRecording,
    StopPlay,
    StopRecording,
    Unbridge,
    Unmix,
)
from telephony.events import (
    Bridged,
    BridgeFailed,
    CallArrived,
    CollectOutcome,
    DigitPressed,
    DigitsCollected,
    Event,
    LegConnected,
    LegEndCause,
    LegEnded,
    LegKind,
    LegLost,
    LegRestored,
    LegSnapshot,
    LinkChanged,
    Mixed,
    MixFailed,
    OriginateOutcome,
    OriginateResult,
    PlaybackFinished,
    PlaybackOutcome,
    QualityReported,
    RecordingFailed,
    RecordingFinished,
    RecordingStarted,
    Snapshot,
    Unbridged,
    Unmixed,
)

__all__ = [
    "AimRecording",
    "Answer",
    "BackendDown",
    "Bridge",
    "BridgeFailed",
    "Bridged",
    "CallArrived",
    "Capabilities",
    "Collect",
    "CollectOutcome",
    "Command",
    "DigitPressed",
    "DigitsCollected",
    "Event",
    "EventSink",
    "Hangup",
    "Hold",
    "LegConnected",
    "LegEndCause",
    "LegEnded",
    "LegKind",
    "LegLost",
    "LegRestored",
    "LegSnapshot",
    "LinkChanged",
    "Mix",
    "MixFailed",
    "MixMember",
    "MixRole",
    "Mixed",
    "Mute",
    "Originate",
    "OriginateOutcome",
    "OriginateResult",
    "PauseRecording",
    "Play",
    "PlaybackFinished",
    "PlaybackOutcome",
    "Prompt",
    "QualityReported",
    "RecordingFailed",
    "RecordingFinished",
    "RecordingStarted",
    "ResumeRecording",
    "SendDigits",
    "Snapshot",
    "StaleEpoch",
    "StartRecording",
    "StopPlay",
    "StopRecording",
    "TelephonyError",
    "TelephonyPort",
    "Unbridge",
    "Unbridged",
    "Unmix",
    "Unmixed",
    "Unsupported",
]


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
