"""A party's connection, and what joins two of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from telephony.collector import Collector
from telephony.port import LegKind, LegSnapshot, MixMember
from telephony.rooms import hears, is_recorded
from telephony.simulated.timing import Timer

MUSIC = "music"
PROMPT = "prompt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What a virtual caller does by himself.

    `keys` are pressed entry by entry, one entry for each `Collect`, about `reaction_s` after it was opened;
    when they run out he presses nothing. When only he is recorded, as for a voicemail, he presses `#` after
    `message_s`; None: never.
    """

    keys: tuple[str, ...] = ()
    reaction_s: float = 2.0
    message_s: float | None = None


@dataclass(slots=True, kw_only=True)
class Playback:
    playback_id: str
    barge_in: bool
    timer: Timer


@dataclass(slots=True, kw_only=True, eq=False)
class Leg:
    leg_id: str
    kind: LegKind
    tone_hz: int
    """What it sends, all the time."""
    ani: str = ""
    dnis: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    script: Script
    keys: list[str] = field(init=False)
    """Of its script, still to be pressed."""
    answered: bool = False
    told_connected: bool = False
    flowing: bool = True
    """Its media really comes."""
    lost: bool = False
    """It was reported that it does not."""
    muted: bool = False
    on_hold: bool = False
    playback: Playback | None = None
    collector: Collector = field(default_factory=Collector)
    timers: dict[str, Timer] = field(default_factory=dict)
    bridge: Bridge | None = None
    room: Room | None = None
    digits_received: str = ""

    def __post_init__(self) -> None:
        self.keys = list(self.script.keys)

    @property
    def connected(self) -> bool:
        return not self.lost

    @property
    def sends(self) -> bool:
        """Whether anything it says gets through."""
        return self.flowing and not self.muted

    @property
    def recorded(self) -> bool:
        """Whether what it says may be in a recording."""
        return self.sends and (self.room is None or is_recorded(self.room.members[self.leg_id].role))

    @property
    def joined(self) -> bool:
        """Whether a bridge or a room lets it talk with somebody."""
        return not self.on_hold and (self.bridge is not None or self.room is not None)

    @property
    def peer(self) -> Leg | None:
        if self.bridge is None:
            return None
        return self.bridge.leg_b if self.bridge.leg_a is self else self.bridge.leg_a

    def hears(self) -> frozenset[str]:
        """Leg ids, `MUSIC` or `PROMPT`; empty is silence."""
        if not self.flowing or not self.answered:
            return frozenset()
        if self.playback is not None:
            return frozenset({PROMPT})
        if self.on_hold:
            return frozenset({MUSIC})
        if self.peer is not None and self.peer.sends:
            return frozenset({self.peer.leg_id})
        if self.room is not None:
            heard = hears(tuple(self.room.members.values()), self.leg_id)
            return frozenset(leg.leg_id for leg in self.room.legs if leg.leg_id in heard and leg.sends)
        return frozenset()

    def cancel(self, timer: str) -> None:
        armed = self.timers.pop(timer, None)
        if armed is not None:
            armed.cancel()

    def snapshot(self, recording_ids: tuple[str, ...]) -> LegSnapshot:
        return LegSnapshot(
            leg_id=self.leg_id,
            kind=self.kind,
            connected=self.connected,
            answered=self.answered,
            bridge_id=self.bridge.bridge_id if self.bridge else None,
            on_hold=self.on_hold,
            playback_id=self.playback.playback_id if self.playback else None,
            collect_id=self.collector.command.collect_id if self.collector.command else None,
            recording_ids=recording_ids,
            mix_id=self.room.mix_id if self.room else None,
            ani=self.ani,
            dnis=self.dnis,
            attributes=self.attributes,
        )


@dataclass(slots=True, kw_only=True, eq=False)
class Bridge:
    bridge_id: str
    leg_a: Leg
    leg_b: Leg


@dataclass(slots=True, kw_only=True, eq=False)
class Room:
    mix_id: str
    members: dict[str, MixMember] = field(default_factory=dict)
    """By leg id."""
    legs: list[Leg] = field(default_factory=list)
