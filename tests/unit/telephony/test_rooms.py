"""Who hears whom in a room, whatever carries it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.port import Mix, MixMember, MixRole
from telephony.rooms import has_talker, hears, is_recorded, problem

CALLER, AGENT, COACH = "caller", "agent", "coach"


def member(leg_id: str, role: MixRole = MixRole.TALK, to: str | None = None) -> MixMember:
    return MixMember(leg_id=leg_id, role=role, to=to)


rooms = st.lists(st.tuples(st.sampled_from(MixRole), st.integers(0, 4)), min_size=1, max_size=5).map(
    lambda drawn: tuple(
        member(f"leg-{at}", role, f"leg-{to}" if role is MixRole.WHISPER else None)
        for at, (role, to) in enumerate(drawn)
    )
)


@given(rooms)
def test_nobody_hears_himself_and_listeners_are_heard_by_nobody(room: tuple[MixMember, ...]) -> None:
    silent = {one.leg_id for one in room if one.role in (MixRole.LISTEN, MixRole.HOLD)}
    for one in room:
        assert one.leg_id not in hears(room, one.leg_id)
        assert not hears(room, one.leg_id) & silent


@given(rooms)
def test_of_those_who_talk_only_its_target_hears_a_whisper(room: tuple[MixMember, ...]) -> None:
    for whisperer in (one for one in room if one.role is MixRole.WHISPER):
        for one in room:
            if one.role is MixRole.TALK:
                assert (whisperer.leg_id in hears(room, one.leg_id)) == (whisperer.to == one.leg_id)


@given(rooms)
def test_everybody_but_those_on_hold_hears_all_who_talk(room: tuple[MixMember, ...]) -> None:
    talkers = {one.leg_id for one in room if one.role is MixRole.TALK}
    for one in room:
        wanted = set() if one.role is MixRole.HOLD else talkers - {one.leg_id}
        assert hears(room, one.leg_id) & talkers == wanted


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ((), "nobody in it talks"),
        ((member(CALLER, MixRole.HOLD), member(COACH, MixRole.LISTEN)), "nobody in it talks"),
        ((member(CALLER), member(CALLER)), "leg caller is in it twice"),
        ((member(AGENT), member(COACH, MixRole.WHISPER)), "leg coach whispers to nobody"),
        ((member(AGENT), member(COACH, MixRole.WHISPER, to=CALLER)), "leg coach whispers to caller"),
        ((member(AGENT), member(COACH, MixRole.WHISPER, to=COACH)), "leg coach whispers to coach"),
    ],
)
def test_what_is_no_room_is_refused_in_words(members: tuple[MixMember, ...], reason: str) -> None:
    assert (problem(Mix(mix_id="m", members=members)) or "").startswith(reason)


def test_a_room_of_one_who_talks_is_a_room() -> None:
    assert problem(Mix(mix_id="m", members=(member(AGENT),))) is None
    assert has_talker((member(AGENT),))


def test_only_who_takes_part_is_recorded() -> None:
    assert {role for role in MixRole if is_recorded(role)} == {MixRole.TALK, MixRole.HOLD}
