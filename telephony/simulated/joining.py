"""What joins legs: bridges of two and rooms of several."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from telephony import port
from telephony.rooms import has_talker, problem
from telephony.simulated.legs import Bridge, Leg, Room


class Joints:
    """All bridges and rooms of an exchange.

    Args:
        legs: of the exchange.
        emit: takes the events.
        free: ends what a leg is played and what it is asked for.
        held: music begins on a leg.
        changed: what may be recorded of a leg has changed.
    """

    def __init__(
        self,
        legs: Mapping[str, Leg],
        *,
        emit: Callable[[port.Event], None],
        free: Callable[[Leg], None],
        held: Callable[[Leg], None],
        changed: Callable[[Leg], None],
    ) -> None:
        self.bridges: dict[str, Bridge] = {}
        self.rooms: dict[str, Room] = {}
        self._legs = legs
        self._emit = emit
        self._free = free
        self._held = held
        self._changed = changed

    def bridge(self, command: port.Bridge) -> None:
        known = self.bridges.get(command.bridge_id)
        if known is not None and {known.leg_a.leg_id, known.leg_b.leg_id} == {command.leg_a, command.leg_b}:
            return
        reason = self._why_not_bridge(command)
        if reason is not None:
            self._emit(port.BridgeFailed(bridge_id=command.bridge_id, reason=reason))
            return
        self.dissolve(known)
        legs = self._legs[command.leg_a], self._legs[command.leg_b]
        self._take_out(*legs)
        for leg in legs:
            self._free(leg)
            leg.on_hold = False
        bridge = Bridge(bridge_id=command.bridge_id, leg_a=legs[0], leg_b=legs[1])
        self.bridges[bridge.bridge_id] = bridge
        legs[0].bridge = legs[1].bridge = bridge
        self._emit(port.Bridged(bridge_id=bridge.bridge_id, leg_a=command.leg_a, leg_b=command.leg_b))

    def mix(self, command: port.Mix) -> None:
        reason = problem(command) or self._why_not([member.leg_id for member in command.members])
        if reason is not None:
            self._emit(port.MixFailed(mix_id=command.mix_id, reason=reason))
            return
        room = self.rooms.get(command.mix_id) or Room(mix_id=command.mix_id)
        before = {leg.leg_id: leg for leg in room.legs}
        legs = [self._legs[member.leg_id] for member in command.members]
        self._take_out(*(leg for leg in legs if leg.room is not room))
        self.rooms[command.mix_id] = room
        room.members = {member.leg_id: member for member in command.members}
        room.legs = legs
        for leg in before.values():
            if leg not in legs:
                self._release(leg)
        for leg in legs:
            leg.room = room
            self._free(leg)
            was_held, leg.on_hold = leg.on_hold, room.members[leg.leg_id].role is port.MixRole.HOLD
            if leg.on_hold and not was_held:
                self._held(leg)
            self._changed(leg)
        self._emit(port.Mixed(mix_id=room.mix_id, legs=tuple(room.members)))

    def dissolve(self, bridge: Bridge | None) -> None:
        if bridge is not None:
            del self.bridges[bridge.bridge_id]
            bridge.leg_a.bridge = bridge.leg_b.bridge = None
            self._emit(port.Unbridged(bridge_id=bridge.bridge_id))

    def unmix(self, room: Room | None) -> None:
        if room is not None:
            del self.rooms[room.mix_id]
            for leg in room.legs:
                self._release(leg)
            room.legs, room.members = [], {}
            self._emit(port.Unmixed(mix_id=room.mix_id))

    def leave(self, leg: Leg) -> None:
        """A leg is out of whatever it was in. A room lasts while somebody talks in it."""
        self.dissolve(leg.bridge)
        room = leg.room
        if room is not None:
            self._out_of(room, leg)
            if not has_talker(tuple(room.members.values())):
                self.unmix(room)

    def _take_out(self, *legs: Leg) -> None:
        """These are wanted elsewhere. A room with fewer than two left is over too."""
        rooms = {leg.room.mix_id: leg.room for leg in legs if leg.room is not None}
        for leg in legs:
            self.dissolve(leg.bridge)
            if leg.room is not None:
                self._out_of(leg.room, leg)
        for room in rooms.values():
            if len(room.members) < 2 or not has_talker(tuple(room.members.values())):
                self.unmix(room)

    def _out_of(self, room: Room, leg: Leg) -> None:
        del room.members[leg.leg_id]
        room.legs.remove(leg)
        self._release(leg)

    def _release(self, leg: Leg) -> None:
        leg.room = None
        leg.on_hold = False
        self._changed(leg)

    def _why_not_bridge(self, command: port.Bridge) -> str | None:
        if command.leg_a == command.leg_b:
            return "a leg cannot be joined to itself"
        return self._why_not((command.leg_a, command.leg_b))

    def _why_not(self, leg_ids: list[str] | tuple[str, ...]) -> str | None:
        for leg_id in leg_ids:
            leg = self._legs.get(leg_id)
            if leg is None:
                return f"leg {leg_id} has ended"
            if leg.lost:
                return f"leg {leg_id} has no connection at the moment"
            if not leg.answered:
                return f"leg {leg_id} is not answered"
        return None
