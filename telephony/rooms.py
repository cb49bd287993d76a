"""Rooms of several legs: who hears whom, and what cannot be a room. Pure; the same for every back end."""

from __future__ import annotations

from collections.abc import Sequence

from telephony.port import Mix, MixMember, MixRole


def hears(members: Sequence[MixMember], leg_id: str) -> frozenset[str]:
    """The legs that this one hears; empty for one on HOLD and for one that is not in the room."""
    listener = next((member for member in members if member.leg_id == leg_id), None)
    if listener is None or listener.role is MixRole.HOLD:
        return frozenset()
    return frozenset(
        member.leg_id for member in members if member.leg_id != leg_id and _reaches(member, listener)
    )


def _reaches(speaker: MixMember, listener: MixMember) -> bool:
    match speaker.role:
        case MixRole.TALK:
            return True
        case MixRole.WHISPER:
            return speaker.to == listener.leg_id or listener.role in (MixRole.LISTEN, MixRole.WHISPER)
        case _:
            return False


def is_recorded(role: MixRole) -> bool:
    """Whether what it says may be in a recording: of a listener and of a whisperer nothing is, ever."""
    return role not in (MixRole.LISTEN, MixRole.WHISPER)


def has_talker(members: Sequence[MixMember]) -> bool:
    """Without one a room is over."""
    return any(member.role is MixRole.TALK for member in members)


def problem(command: Mix) -> str | None:
    """Why this cannot be a room, whatever the state of its legs; None: it can."""
    ids = [member.leg_id for member in command.members]
    twice = next((leg_id for leg_id in ids if ids.count(leg_id) > 1), None)
    if twice is not None:
        return f"leg {twice} is in it twice"
    if not has_talker(command.members):
        return "nobody in it talks"
    for member in command.members:
        if member.role is MixRole.WHISPER and (member.to == member.leg_id or member.to not in ids):
            return (
                f"leg {member.leg_id} whispers to {member.to or 'nobody'}, who is not another leg of the room"
            )
    return None
