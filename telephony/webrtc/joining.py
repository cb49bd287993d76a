"""What joins legs: bridges, which pass packets on, and rooms, which are mixed on the 20 ms clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from telephony import port
from telephony.rooms import has_talker, hears, problem
from telephony.webrtc.legs import Bridge, Group, Leg, Room
from telephony.webrtc.mixer import Blend, Speaker
from telephony.webrtc.rtp import Codec


class Joints:
    """All bridges and rooms of a worker.

    Args:
        legs: of the worker.
        arena: where packets are received.
        codec: the one all legs use.
        silence: a frame of it.
        emit: takes the events.
        free: ends what a leg is played and what it is asked for.
        hold: begins music on a leg, unless it is the same as now.
        alone: a leg is joined to nobody any more and hears silence.
        rewire: after a change, what a leg and its peer send goes where it belongs.
    """

    def __init__(
        self,
        legs: Mapping[str, Leg],
        arena: memoryview,
        codec: Codec,
        silence: bytes,
        *,
        emit: Callable[[port.Event], None],
        free: Callable[[Leg], None],
        hold: Callable[[Leg, port.Prompt | None], None],
        alone: Callable[[Leg], None],
        rewire: Callable[[Leg], None],
    ) -> None:
        self.bridges: dict[str, Bridge] = {}
        self.rooms: dict[str, Room] = {}
        self._legs = legs
        self._arena = arena
        self._codec = codec
        self._silence = silence
        self._emit = emit
        self._free = free
        self._hold = hold
        self._alone = alone
        self._rewire = rewire

    def bridge(self, command: port.Bridge) -> None:
        known = self.bridges.get(command.bridge_id)
        ends = {command.leg_a, command.leg_b}
        if known is not None and {known.leg_a.leg_id, known.leg_b.leg_id} == ends:
            return
        reason = self._why_not_bridge(command)
        if reason is not None:
            self._emit(port.BridgeFailed(bridge_id=command.bridge_id, reason=reason))
            return
        legs = self._legs[command.leg_a], self._legs[command.leg_b]
        self.dissolve(known)
        self._take_out(legs)
        for leg in legs:
            self._free(leg)
            leg.voice.music = None
        bridge = Bridge(bridge_id=command.bridge_id, leg_a=legs[0], leg_b=legs[1])
        self.bridges[bridge.bridge_id] = bridge
        for leg in legs:
            leg.bridge = bridge
        self._rewire(legs[0])
        self._emit(port.Bridged(bridge_id=bridge.bridge_id, leg_a=command.leg_a, leg_b=command.leg_b))

    def mix(self, command: port.Mix) -> None:
        reason = problem(command) or self._why_not([member.leg_id for member in command.members])
        if reason is not None:
            self._emit(port.MixFailed(mix_id=command.mix_id, reason=reason))
            return
        room = self.rooms.setdefault(command.mix_id, Room(mix_id=command.mix_id))
        before = tuple(room.legs.values())
        legs = {member.leg_id: self._legs[member.leg_id] for member in command.members}
        self._take_out([leg for leg in legs.values() if leg.room is not room])
        room.members = {member.leg_id: member for member in command.members}
        room.legs = legs
        for leg in before:
            if leg.leg_id not in legs:
                leg.room = None
                self._alone(leg)
        for leg in legs.values():
            self._enter(leg, room)
        self._group(room)
        self._emit(port.Mixed(mix_id=room.mix_id, legs=tuple(legs)))

    def dissolve(self, bridge: Bridge | None) -> None:
        if bridge is None:
            return
        del self.bridges[bridge.bridge_id]
        for leg in (bridge.leg_a, bridge.leg_b):
            leg.bridge = None
            self._alone(leg)
        self._emit(port.Unbridged(bridge_id=bridge.bridge_id))

    def unmix(self, room: Room | None) -> None:
        if room is None:
            return
        del self.rooms[room.mix_id]
        for leg in room.legs.values():
            leg.room = None
            self._alone(leg)
        room.legs, room.members = {}, {}
        self._emit(port.Unmixed(mix_id=room.mix_id))

    def leave(self, leg: Leg) -> None:
        """A leg is out of whatever it was in. A room lasts while somebody talks in it."""
        self.dissolve(leg.bridge)
        room = leg.room
        if room is None:
            return
        self._out_of(room, leg)
        self._alone(leg)
        if has_talker(tuple(room.members.values())):
            self._group(room)
        else:
            self.unmix(room)

    def tick(self, now: float) -> None:
        """Every listener of every room gets 20 ms of those it hears. Keys that it is sent go first."""
        for room in self.rooms.values():
            sounds = {leg.leg_id: leg.speaker.take() for leg in room.legs.values() if leg.speaker is not None}
            for group in room.groups:
                heard = (sounds.get(leg_id) for leg_id in group.heard)
                payload = group.blend.frame(sound for sound in heard if sound is not None)
                for leg in group.listeners:
                    if leg.outlet is not None and not leg.voice.over_bridge:
                        leg.outlet.frame(payload, now)

    def _enter(self, leg: Leg, room: Room) -> None:
        self._free(leg)
        leg.room = room
        if leg.speaker is None:
            leg.speaker = Speaker(self._arena, self._codec)
        member = room.members[leg.leg_id]
        if member.role is port.MixRole.HOLD:
            self._hold(leg, member.music)
        else:
            leg.voice.music = None
            self._rewire(leg)

    def _group(self, room: Room) -> None:
        """Put together who hears the same. A group that was there goes on with its encoder and loudness."""
        blends = {group.heard: group.blend for group in room.groups}
        listeners: dict[frozenset[str], list[Leg]] = {}
        members = tuple(room.members.values())
        for member in members:
            if member.role is not port.MixRole.HOLD:
                listeners.setdefault(hears(members, member.leg_id), []).append(room.legs[member.leg_id])
        room.groups = [
            Group(
                heard=heard,
                listeners=tuple(legs),
                blend=blends.get(heard) or Blend(self._codec, self._silence),
            )
            for heard, legs in listeners.items()
        ]

    def _take_out(self, legs: Sequence[Leg]) -> None:
        """These are wanted elsewhere at once. A room with fewer than two left is over too."""
        rooms = {leg.room.mix_id: leg.room for leg in legs if leg.room is not None}
        for leg in legs:
            self.dissolve(leg.bridge)
            if leg.room is not None:
                self._out_of(leg.room, leg)
        for room in rooms.values():
            if len(room.members) < 2 or not has_talker(tuple(room.members.values())):
                self.unmix(room)
            else:
                self._group(room)

    def _out_of(self, room: Room, leg: Leg) -> None:
        del room.members[leg.leg_id]
        del room.legs[leg.leg_id]
        leg.room = None

    def _why_not_bridge(self, command: port.Bridge) -> str | None:
        if command.leg_a == command.leg_b:
            return "a leg cannot be joined to itself"
        return self._why_not((command.leg_a, command.leg_b))

    def _why_not(self, leg_ids: Sequence[str]) -> str | None:
        for leg_id in leg_ids:
            leg = self._legs.get(leg_id)
            if leg is None:
                return f"leg {leg_id} has ended"
            if not leg.connected:
                return f"leg {leg_id} has no connection at the moment"
            if not leg.answered:
                return f"leg {leg_id} is not answered"
        return None
