"""Who hears whom: the back end's bridge or room, made to agree with the contact's record.

`arrange` derives the whole room from the contact each time, so that every change (a companion joins, the
caller is held, a supervisor listens) is one call with no history. Two people are a bridge, all else a room.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from app.engine.codec import encode
from app.engine.commit import Recovery
from app.engine.company import Seat
from app.engine.contact import Contact, Phase
from app.engine.world import World
from telephony import port
from telephony.port import MixMember, MixRole

_ROLES = {"listen": MixRole.LISTEN, "whisper": MixRole.WHISPER, "barge": MixRole.TALK}


class Room:
    def __init__(self, world: World) -> None:
        self._world = world
        self.talking: Callable[[Contact, datetime], None] = lambda _contact, _now: None
        """Told when caller and agent are confirmed to hear each other."""

    # --- what it should be ---

    def members(self, contact: Contact, *, caller_talks: bool) -> list[MixMember]:
        """Everybody in the contact with what they hear; the caller first, the owner second."""
        world = self._world
        caller = MixRole.TALK if caller_talks else MixRole.HOLD
        members = [MixMember(leg_id=contact.leg_id, role=caller)]
        owner = world.agent_leg(contact)
        if owner is not None:
            members.append(MixMember(leg_id=owner))
        for companion in contact.company:
            leg = self.leg_of(companion.agent_id, companion.leg_id)
            if leg is None:
                continue
            heard = companion.joined or not caller_talks
            members.append(MixMember(leg_id=leg, role=MixRole.TALK if heard else MixRole.HOLD))
        for listener in contact.listeners:
            leg = self.leg_of(listener.agent_id, None)
            if leg is None or owner is None:
                continue
            role = _ROLES[listener.mode]
            members.append(MixMember(leg_id=leg, role=role, to=owner if role is MixRole.WHISPER else None))
        return members

    def leg_of(self, agent_id: str | None, leg_id: str | None) -> str | None:
        """An agent's leg, if it can be heard; else the leg that was dialled."""
        if agent_id is None:
            return leg_id
        phone = self._world.phone(agent_id)
        return phone.leg_id if phone.connected else None

    def caller_talks(self, contact: Contact) -> bool:
        """Whether the caller is meant to be in the conversation: not held, not lost, not in a flow."""
        return contact.held_since is None and not contact.caller_lost and contact.phase is not Phase.ASIDE

    # --- making it so ---

    def arrange(self, contact: Contact, now: datetime) -> None:
        """Ask the back end for the room that the record describes."""
        world = self._world
        talks = self.caller_talks(contact)
        members = self.members(contact, caller_talks=talks)
        if contact.phase is Phase.ASIDE or contact.caller_lost:
            # The caller's leg is the flow's, or gone for a while: the others talk among themselves.
            members = members[1:]
        self._aim(contact)
        world.touch(contact)
        if len(members) == 2 and all(member.role is MixRole.TALK for member in members):
            self._bridge(contact, members[0].leg_id, members[1].leg_id)
        elif len(members) > 1 and (contact.company or contact.listeners):
            self._mix(contact, members)
        else:
            self.dissolve(contact)
            if not talks and contact.phase is not Phase.ASIDE and not contact.caller_lost:
                self.music(contact)

    def _bridge(self, contact: Contact, leg_a: str, leg_b: str) -> None:
        world = self._world
        world.by_room.pop(contact.bridge_id or "", None)
        contact.bridge_id = world.new_id("b")
        world.by_room[contact.bridge_id] = contact.contact_id
        bridge = port.Bridge(bridge_id=contact.bridge_id, leg_a=leg_a, leg_b=leg_b)
        world.command(contact.backend, bridge, leg_a, leg_b)
        if contact.mix_id is not None:
            # Only now: the two went from the room into the bridge without a gap.
            world.command(contact.backend, port.Unmix(mix_id=contact.mix_id), leg_a, leg_b)
            world.by_room.pop(contact.mix_id, None)
            contact.mix_id = None

    def _mix(self, contact: Contact, members: list[MixMember]) -> None:
        world = self._world
        contact.mix_id = contact.mix_id or world.new_id("x")
        world.by_room[contact.mix_id] = contact.contact_id
        world.by_room.pop(contact.bridge_id or "", None)
        contact.bridge_id = None
        mix = port.Mix(mix_id=contact.mix_id, members=tuple(members))
        payload = {"backend": contact.backend, "command": encode(mix), "music": contact.music}
        world.effect("mix", Recovery.MOMENT, payload, *(member.leg_id for member in members))

    def pair(self, contact: Contact, leg_a: str, leg_b: str) -> None:
        """These two hear each other and nobody else does."""
        self._bridge(contact, leg_a, leg_b)

    def dissolve(self, contact: Contact) -> None:
        """Whoever is still in the room hears silence."""
        if contact.mix_id is not None:
            unmix = port.Unmix(mix_id=contact.mix_id)
            self._world.command(contact.backend, unmix, contact.leg_id)
        for room_id in (contact.mix_id, contact.bridge_id):
            self._world.by_room.pop(room_id or "", None)
        contact.mix_id = contact.bridge_id = None

    def music(self, contact: Contact) -> None:
        """The caller hears the music of its queue."""
        payload = {"backend": contact.backend, "leg_id": contact.leg_id, "music": contact.music}
        self._world.effect("hold", Recovery.MOMENT, payload, contact.leg_id)

    def _aim(self, contact: Contact) -> None:
        """The recording's right channel is everybody on our side whom the caller hears."""
        if contact.recording_id is None:
            return
        legs = [self._world.agent_leg(contact)]
        legs += [self.leg_of(each.agent_id, each.leg_id) for each in contact.company if each.joined]
        legs += [self.leg_of(each.agent_id, None) for each in contact.listeners if each.mode == "barge"]
        aim = port.AimRecording(
            recording_id=contact.recording_id, right_legs=tuple(leg for leg in legs if leg is not None)
        )
        if contact.recorded_legs != list(aim.right_legs):
            contact.recorded_legs = list(aim.right_legs)
            self._world.command(contact.backend, aim, contact.leg_id)

    # --- what the back end answers ---

    def on_mixed(self, contact: Contact, event: port.Mixed, now: datetime) -> None:
        """The room is as asked. Late answers for rooms that are over are absorbed."""
        if event.mix_id != contact.mix_id or not contact.with_agent:
            return
        in_room = set(event.legs)
        for companion in contact.companions:
            leg = self.leg_of(companion.agent_id, companion.leg_id)
            if companion.present and leg in in_room:
                heard = companion.joined or not self.caller_talks(contact)
                seat = Seat.TALKING if heard else Seat.HELD
                if companion.seat is not seat:
                    companion.sit(seat, now)
                companion.answered_at = companion.answered_at or now
        for listener in contact.listeners:
            listener.open = listener.open or self.leg_of(listener.agent_id, None) in in_room
        self._world.touch(contact)
        if self.caller_talks(contact) and contact.leg_id in in_room:
            self.talking(contact, now)

    def on_mix_failed(self, contact: Contact, event: port.MixFailed, now: datetime) -> None:
        """A leg went while we asked: its own event follows, and the room is arranged again then."""
        if event.mix_id == contact.mix_id:
            self._world.log("contact.not_mixed", now, contact, data={"reason": event.reason})


def with_music(mix: port.Mix, music: port.Prompt | None) -> port.Mix:
    """The room with `music` for whoever is on hold in it."""
    return replace(
        mix,
        members=tuple(
            replace(member, music=music) if member.role is MixRole.HOLD else member for member in mix.members
        ),
    )
