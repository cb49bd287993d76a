"""What every back end must do with rooms of several legs: who hears whom, told apart by pitch."""

from __future__ import annotations

from pathlib import Path

import pytest

from telephony.port import (
    AimRecording,
    Bridge,
    Bridged,
    Hold,
    LegEnded,
    LegLost,
    LegRestored,
    Mix,
    Mixed,
    MixFailed,
    MixMember,
    MixRole,
    Mute,
    Play,
    PlaybackFinished,
    PlaybackOutcome,
    RecordingFinished,
    RecordingStarted,
    StartRecording,
    StopRecording,
    Unbridged,
    Unmix,
    Unmixed,
)
from tests.contract.conftest import Control, Parties, connected_agent
from tests.contract.harness import MUSIC, PROMPT
from tests.contract.sound import LEFT, RIGHT, Sound

WATCHED_S = 0.8
"""For so long it is looked whether somebody hears what he must not."""


@pytest.fixture(autouse=True)
def _only_where_there_are_rooms(control: Control) -> None:
    if not control.port.capabilities.conferences:
        pytest.skip("this back end has no rooms")


@pytest.fixture
async def third(control: Control) -> str:
    """Another agent's or a supervisor's phone."""
    return await connected_agent(control)


def talk(*leg_ids: str) -> tuple[MixMember, ...]:
    return tuple(MixMember(leg_id=leg_id) for leg_id in leg_ids)


async def mix(control: Control, *members: MixMember, mix_id: str = "m1") -> None:
    seen = len(control.events(Mixed))
    await control.do(Mix(mix_id=mix_id, members=members))
    await control.harness.until(lambda: len(control.events(Mixed)) > seen, 25.0)
    assert control.events(Mixed)[-1] == Mixed(mix_id=mix_id, legs=tuple(one.leg_id for one in members))


async def never_hears(control: Control, listener: str, unheard: str) -> None:
    """For a while; each moment in it counts, not only the end."""
    for _ in range(8):
        assert unheard not in await control.harness.hears(listener)
        await control.harness.pass_time(WATCHED_S / 8)


def supervised(parties: Parties, supervisor: str, role: MixRole) -> tuple[MixMember, ...]:
    to = parties.agent if role is MixRole.WHISPER else None
    return (*talk(parties.caller, parties.agent), MixMember(leg_id=supervisor, role=role, to=to))


# --- who hears whom ---------------------------------------------------------------------------------


async def test_three_who_talk_hear_each_other(control: Control, talking: Parties, third: str) -> None:
    await mix(control, *talk(talking.caller, talking.agent, third))

    await control.hears(talking.caller, talking.agent, third)
    await control.hears(talking.agent, talking.caller, third)
    await control.hears(third, talking.caller, talking.agent)
    assert control.events(Unbridged) == [Unbridged(bridge_id="b1")]


async def test_a_listener_hears_both_and_is_heard_by_nobody(
    control: Control, talking: Parties, third: str
) -> None:
    await mix(control, *supervised(talking, third, MixRole.LISTEN))

    await control.hears(third, talking.caller, talking.agent)
    await control.hears(talking.caller, talking.agent)
    await control.hears(talking.agent, talking.caller)
    await never_hears(control, talking.caller, third)
    await never_hears(control, talking.agent, third)


async def test_a_whisper_is_heard_by_the_agent_and_never_by_the_caller(
    control: Control, talking: Parties, third: str
) -> None:
    await mix(control, *supervised(talking, third, MixRole.WHISPER))

    await control.hears(talking.agent, talking.caller, third)
    await control.hears(third, talking.caller, talking.agent)
    await control.hears(talking.caller, talking.agent)
    await never_hears(control, talking.caller, third)


async def test_one_who_listens_hears_the_whisper_too(control: Control, talking: Parties, third: str) -> None:
    fourth = await connected_agent(control)
    await mix(
        control,
        *supervised(talking, third, MixRole.WHISPER),
        MixMember(leg_id=fourth, role=MixRole.LISTEN),
    )

    await control.hears(fourth, talking.caller, talking.agent, third)
    await control.hears(talking.caller, talking.agent)


async def test_listen_whisper_barge_and_back_while_they_talk(
    control: Control, talking: Parties, third: str
) -> None:
    await mix(control, *supervised(talking, third, MixRole.LISTEN))
    await control.hears(talking.agent, talking.caller)
    await mix(control, *supervised(talking, third, MixRole.WHISPER))
    await control.hears(talking.agent, talking.caller, third)
    await control.hears(talking.caller, talking.agent)
    await mix(control, *supervised(talking, third, MixRole.TALK))
    await control.hears(talking.caller, talking.agent, third)
    await mix(control, *supervised(talking, third, MixRole.LISTEN))
    await control.hears(talking.caller, talking.agent)
    await control.hears(talking.agent, talking.caller)
    assert control.events(Unmixed) == []


async def test_one_on_hold_hears_music_and_is_heard_by_nobody(
    control: Control, talking: Parties, third: str
) -> None:
    await mix(
        control,
        MixMember(leg_id=talking.caller, role=MixRole.HOLD),
        *talk(talking.agent, third),
    )
    await control.hears(talking.caller, MUSIC)
    await control.hears(talking.agent, third)
    await control.hears(third, talking.agent)

    await mix(control, *talk(talking.caller, talking.agent, third))
    await control.hears(talking.caller, talking.agent, third)
    await control.hears(third, talking.caller, talking.agent)


async def test_one_who_is_muted_hears_and_is_not_heard(
    control: Control, talking: Parties, third: str
) -> None:
    await mix(control, *talk(talking.caller, talking.agent, third))
    await control.do(Mute(leg_id=third, on=True))
    await control.hears(talking.caller, talking.agent)
    await control.hears(third, talking.caller, talking.agent)
    await control.do(Mute(leg_id=third, on=False))
    await control.hears(talking.caller, talking.agent, third)


# --- coming and going -------------------------------------------------------------------------------


async def test_a_bridge_takes_two_out_and_ends_the_room_they_leave_empty(
    control: Control, talking: Parties, third: str
) -> None:
    await mix(control, *talk(talking.caller, talking.agent, third))
    await control.hears(talking.caller, talking.agent, third)

    await control.do(Bridge(bridge_id="b2", leg_a=talking.caller, leg_b=third))

    await control.until(Bridged, bridge_id="b2")
    await control.until(Unmixed, mix_id="m1")
    await control.hears(talking.caller, third)
    await control.hears(third, talking.caller)
    await control.hears(talking.agent)


async def test_a_lost_leg_leaves_and_does_not_come_back_by_itself(
    control: Control, talking: Parties, third: str
) -> None:
    await mix(control, *talk(talking.caller, talking.agent, third))
    await control.hears(talking.caller, talking.agent, third)

    await control.harness.lose(third)
    await control.until(LegLost, leg_id=third)
    await control.hears(talking.caller, talking.agent)
    await control.harness.restore(third)
    await control.until(LegRestored, leg_id=third)

    await control.hears(third)
    await never_hears(control, talking.caller, third)
    assert control.events(Unmixed) == []
    await mix(control, *talk(talking.caller, talking.agent, third))
    await control.hears(third, talking.caller, talking.agent)


async def test_a_leg_that_ends_leaves_and_the_others_talk_on(
    control: Control, talking: Parties, third: str
) -> None:
    await mix(control, *talk(talking.caller, talking.agent, third))
    await control.harness.hang_up(talking.agent)
    await control.until(LegEnded, leg_id=talking.agent)
    await control.hears(talking.caller, third)
    await control.hears(third, talking.caller)
    assert control.events(Unmixed) == []

    await control.harness.hang_up(talking.caller)
    await control.until(LegEnded, leg_id=talking.caller)
    assert control.events(Unmixed) == [], "the room lasts while it has a leg that talks"
    await control.do(Hold(leg_id=third))
    await control.until(Unmixed, mix_id="m1")


async def test_a_room_is_over_when_nobody_talks_any_more(
    control: Control, talking: Parties, third: str
) -> None:
    """A listener alone with one on hold must not keep a room alive."""
    await mix(
        control,
        MixMember(leg_id=talking.caller, role=MixRole.HOLD),
        *talk(talking.agent),
        MixMember(leg_id=third, role=MixRole.LISTEN),
    )
    await control.hears(talking.caller, MUSIC)
    await control.harness.hang_up(talking.agent)
    await control.until(Unmixed, mix_id="m1")
    await control.hears(talking.caller)
    await control.hears(third)


async def test_held_or_played_to_a_leg_leaves(control: Control, talking: Parties, third: str) -> None:
    await mix(control, *talk(talking.caller, talking.agent, third))
    await control.do(Hold(leg_id=third))
    await control.hears(third, MUSIC)
    await control.hears(talking.caller, talking.agent)

    await control.do(Play(leg_id=talking.agent, playback_id="p1", prompts=(control.harness.prompt(20.0),)))
    await control.hears(talking.agent, PROMPT)
    await control.hears(talking.caller)


async def test_what_is_played_ends_when_the_room_begins(
    control: Control, caller: str, agent: str, third: str
) -> None:
    await control.do(
        Play(leg_id=caller, playback_id="p1", prompts=(control.harness.prompt(20.0),)),
        Hold(leg_id=agent),
    )
    await control.hears(caller, PROMPT)
    await mix(control, *talk(caller, agent, third))
    finished = await control.until(PlaybackFinished, playback_id="p1")
    assert finished.outcome is PlaybackOutcome.INTERRUPTED
    await control.hears(caller, agent, third)
    await control.hears(agent, caller, third)


async def test_sent_again_it_replaces_what_was(control: Control, talking: Parties, third: str) -> None:
    await mix(control, *talk(talking.caller, talking.agent, third))
    await control.hears(talking.caller, talking.agent, third)
    await mix(control, *talk(talking.caller, third))
    await control.hears(talking.caller, third)
    await control.hears(talking.agent)
    assert control.events(Unmixed) == []


async def test_another_room_takes_its_legs_and_ends_the_first(
    control: Control, talking: Parties, third: str
) -> None:
    await mix(control, *talk(talking.caller, talking.agent))
    await mix(control, *talk(talking.agent, third), mix_id="m2")
    await control.until(Unmixed, mix_id="m1")
    await control.hears(talking.agent, third)
    await control.hears(talking.caller)


async def test_unmixed_they_hear_silence_and_stay_up(control: Control, talking: Parties, third: str) -> None:
    await mix(control, *talk(talking.caller, talking.agent, third))
    await control.hears(talking.caller, talking.agent, third)
    await control.do(Unmix(mix_id="m1"))
    await control.until(Unmixed, mix_id="m1")
    for leg_id in (talking.caller, talking.agent, third):
        await control.hears(leg_id)
    assert control.events(LegEnded) == []
    await control.do(Unmix(mix_id="m1"))
    await control.harness.pass_time(0.3)
    assert len(control.events(Unmixed)) == 1


async def test_what_cannot_be_mixed_changes_nothing(control: Control, talking: Parties, third: str) -> None:
    await mix(control, *supervised(talking, third, MixRole.WHISPER))
    before = len(control.events(Mixed))
    listen = MixMember(leg_id=third, role=MixRole.LISTEN)
    wrong = (
        talk(talking.caller, talking.agent, "never"),
        talk(talking.caller, talking.caller),
        (listen,),
        (),
        (*talk(talking.caller, talking.agent), MixMember(leg_id=third, role=MixRole.WHISPER, to="never")),
        (*talk(talking.caller, talking.agent), MixMember(leg_id=third, role=MixRole.WHISPER)),
    )
    for members in wrong:
        await control.do(Mix(mix_id="m1", members=members))
    await control.harness.until(lambda: len(control.events(MixFailed)) == len(wrong), 25.0)
    assert all(failed.mix_id == "m1" and failed.reason for failed in control.events(MixFailed))
    assert len(control.events(Mixed)) == before
    assert control.events(Unmixed) == []
    await control.hears(talking.agent, talking.caller, third)
    await control.hears(talking.caller, talking.agent)


async def test_a_room_outlives_control_and_the_snapshot_names_it(
    control: Control, talking: Parties, third: str
) -> None:
    await mix(control, *supervised(talking, third, MixRole.WHISPER))
    await control.port.close()
    successor = Control(control.harness, control.harness.port())
    snapshot = await successor.start(epoch=2, acknowledged=control.last_sequence)
    try:
        assert {leg.leg_id: (leg.mix_id, leg.bridge_id) for leg in snapshot.legs} == {
            leg_id: ("m1", None) for leg_id in (talking.caller, talking.agent, third)
        }
        await successor.hears(talking.agent, talking.caller, third)
        await mix(successor, *supervised(talking, third, MixRole.TALK))
        await successor.hears(talking.caller, talking.agent, third)
    finally:
        await successor.port.close()


# --- recordings -------------------------------------------------------------------------------------


async def record(control: Control, folder: Path, left: str, right: str) -> str:
    path = str(folder / "recordings" / "r1.wav")
    await control.do(StartRecording(recording_id="r1", path=path, left_leg=left, right_leg=right))
    await control.until(RecordingStarted, recording_id="r1")
    return path


async def stop(control: Control, path: str) -> Sound:
    await control.do(StopRecording(recording_id="r1"))
    await control.until(RecordingFinished, recording_id="r1", within_s=20)
    return Sound(path)


async def test_one_recording_goes_through_a_transfer(
    control: Control, talking: Parties, third: str, tmp_path: Path
) -> None:
    pitches = {leg_id: control.harness.tone_hz(leg_id) for leg_id in (talking.caller, talking.agent, third)}
    path = await record(control, tmp_path, talking.caller, talking.agent)
    await control.harness.pass_time(1.5)
    await mix(control, *talk(talking.caller, talking.agent, third))
    await control.do(AimRecording(recording_id="r1", right_legs=(talking.agent, third)))
    await control.harness.pass_time(1.5)
    await control.do(
        Bridge(bridge_id="b2", leg_a=talking.caller, leg_b=third),
        AimRecording(recording_id="r1", right_legs=(third,)),
    )
    await control.until(Bridged, bridge_id="b2")
    # The first agent's phone stays up and sends; only where the recording is aimed keeps it out.
    await control.harness.pass_time(1.5)
    sound = await stop(control, path)

    assert sound.heard(LEFT, pitches) == {talking.caller}
    assert sound.heard(RIGHT, pitches, to_s=1.0) == {talking.agent}
    assert sound.heard(RIGHT, pitches, from_s=sound.seconds - 1.0) == {third}
    assert sound.heard(RIGHT, pitches) == {talking.agent, third}
    assert any(
        sound.heard(RIGHT, pitches, from_s=at / 5, to_s=at / 5 + 0.4) == {talking.agent, third}
        for at in range(round(5 * sound.seconds) - 2)
    ), "while three talk both are on the right"


async def test_nothing_of_a_whisper_or_a_listener_is_recorded(
    control: Control, talking: Parties, third: str, tmp_path: Path
) -> None:
    """Not even when the recording is aimed at one who then begins to whisper."""
    pitches = {leg_id: control.harness.tone_hz(leg_id) for leg_id in (talking.caller, talking.agent, third)}
    await mix(control, *supervised(talking, third, MixRole.WHISPER))
    await control.hears(talking.agent, talking.caller, third)
    path = await record(control, tmp_path, talking.caller, talking.agent)
    await control.do(AimRecording(recording_id="r1", right_legs=(talking.agent, third)))
    await control.harness.pass_time(1.0)
    await mix(control, *supervised(talking, third, MixRole.LISTEN))
    await control.harness.pass_time(0.6)
    sound = await stop(control, path)

    assert sound.heard(LEFT, pitches) == {talking.caller}
    assert sound.heard(RIGHT, pitches) == {talking.agent}


async def test_aimed_at_nobody_the_right_is_silent(
    control: Control, talking: Parties, tmp_path: Path
) -> None:
    path = await record(control, tmp_path, talking.caller, talking.agent)
    await control.do(AimRecording(recording_id="r1", right_legs=()))
    await control.harness.pass_time(1.5)
    sound = await stop(control, path)
    assert sound.loud_s(RIGHT) < 0.4
    assert sound.loud_s(LEFT) > 1.0
