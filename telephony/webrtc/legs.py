"""A leg as the worker keeps it: who it is, what carries it, what it hears."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from telephony.collector import Collector
from telephony.port import LegKind, LegSnapshot, MixMember, MixRole
from telephony.rooms import is_recorded
from telephony.webrtc.connection import BrowserConnection
from telephony.webrtc.mixer import Blend, Speaker
from telephony.webrtc.rtp import Inlet, Outlet
from telephony.webrtc.voice import Voice


@dataclass(slots=True, kw_only=True, eq=False)
class Leg:
    """One party.

    `connected` says that its media flows; `lost` that it once did. A leg that is neither has not been
    heard yet.
    """

    leg_id: str
    kind: LegKind
    voice: Voice
    ani: str = ""
    dnis: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    originated: bool = False
    """We called it, so its arrival is no news."""
    collector: Collector = field(default_factory=Collector)
    connection: BrowserConnection | None = None
    announced: bool = False
    told_connected: bool = False
    answered: bool = False
    connected: bool = False
    lost: bool = False
    dropped_at: float | None = None
    """When control said that the page is gone; packets still under way do not bring the leg back."""
    muted: bool = False
    muted_itself: bool = False
    bridge: Bridge | None = None
    room: Room | None = None
    speaker: Speaker | None = None
    """What it says in rooms; made when it first enters one."""
    report_at: float = 0.0

    @property
    def inlet(self) -> Inlet | None:
        return self.connection.inlet if self.connection is not None else None

    @property
    def outlet(self) -> Outlet | None:
        return self.connection.outlet if self.connection is not None else None

    @property
    def silenced(self) -> bool:
        """Whether what it sends goes nowhere."""
        return self.muted or self.muted_itself

    @property
    def peer(self) -> Leg | None:
        """The other end of its bridge."""
        if self.bridge is None:
            return None
        return self.bridge.leg_b if self.bridge.leg_a is self else self.bridge.leg_a

    @property
    def recorded(self) -> bool:
        """Whether what it says may be in a recording."""
        return not self.silenced and (self.room is None or is_recorded(self.room.members[self.leg_id].role))

    @property
    def is_heard(self) -> bool:
        """Whether its room mixes what it says."""
        if self.room is None or self.silenced:
            return False
        return self.room.members[self.leg_id].role in (MixRole.TALK, MixRole.WHISPER)

    @property
    def hears_others(self) -> bool:
        """Whether a bridge or a room brings it sound."""
        if self.room is not None:
            return self.room.members[self.leg_id].role is not MixRole.HOLD
        peer = self.peer
        return peer is not None and not peer.silenced

    def tell(self, message: dict[str, object]) -> None:
        """Say something to the page, if it listens."""
        if self.connection is not None:
            self.connection.send(message)

    def snapshot(self, recording_ids: tuple[str, ...]) -> LegSnapshot:
        playback, collect = self.voice.playback, self.collector.command
        return LegSnapshot(
            leg_id=self.leg_id,
            kind=self.kind,
            connected=self.connected,
            answered=self.answered,
            bridge_id=self.bridge.bridge_id if self.bridge else None,
            on_hold=self.voice.music is not None,
            playback_id=playback.playback_id if playback else None,
            collect_id=collect.collect_id if collect else None,
            recording_ids=recording_ids,
            mix_id=self.room.mix_id if self.room else None,
            ani=self.ani,
            dnis=self.dnis,
            attributes=self.attributes,
        )


@dataclass(slots=True, kw_only=True, eq=False)
class Bridge:
    """Two legs that hear each other."""

    bridge_id: str
    leg_a: Leg
    leg_b: Leg


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Members of a room who hear the same, so that it is mixed and encoded once."""

    heard: frozenset[str]
    """Leg ids."""
    listeners: tuple[Leg, ...]
    blend: Blend


@dataclass(slots=True, kw_only=True, eq=False)
class Room:
    """Several legs, each with its role."""

    mix_id: str
    members: dict[str, MixMember] = field(default_factory=dict)
    """By leg id."""
    legs: dict[str, Leg] = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)
