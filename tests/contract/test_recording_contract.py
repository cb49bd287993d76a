"""What every back end that records must do. Channels are told apart by the pitch each leg sends."""

from __future__ import annotations

from pathlib import Path

import pytest

from telephony.port import (
    Bridge,
    Bridged,
    Hold,
    LegEnded,
    LegLost,
    LegRestored,
    Mute,
    PauseRecording,
    RecordingFailed,
    RecordingFinished,
    RecordingStarted,
    ResumeRecording,
    StartRecording,
    StopRecording,
)
from tests.contract.conftest import Control, Parties
from tests.contract.harness import MUSIC
from tests.contract.sound import LEFT, RIGHT, Sound

NEAR_HZ = 15.0


@pytest.fixture(autouse=True)
def _only_where_it_records(control: Control) -> None:
    if not control.port.capabilities.records:
        pytest.skip("this back end does not record")


async def record(control: Control, folder: Path, left: str, right: str | None, max_s: float = 60.0) -> str:
    path = str(folder / "recordings" / "r1.wav")
    await control.do(
        StartRecording(recording_id="r1", path=path, left_leg=left, right_leg=right, max_s=max_s)
    )
    await control.until(RecordingStarted, recording_id="r1")
    return path


async def stop(control: Control) -> RecordingFinished:
    await control.do(StopRecording(recording_id="r1"))
    return await control.until(RecordingFinished, recording_id="r1", within_s=20)


async def test_each_party_is_on_its_own_channel(control: Control, talking: Parties, tmp_path: Path) -> None:
    path = await record(control, tmp_path, talking.caller, talking.agent)
    await control.harness.pass_time(2.0)
    finished = await stop(control)

    sound = Sound(path)
    assert finished.path == path
    assert finished.duration_s == pytest.approx(sound.seconds, abs=0.3)
    assert 1.8 <= sound.seconds < 4.0
    assert sound.pitch_hz(LEFT) == pytest.approx(control.harness.tone_hz(talking.caller), abs=NEAR_HZ)
    assert sound.pitch_hz(RIGHT) == pytest.approx(control.harness.tone_hz(talking.agent), abs=NEAR_HZ)


async def test_what_a_leg_hears_is_not_recorded(control: Control, talking: Parties, tmp_path: Path) -> None:
    path = await record(control, tmp_path, talking.caller, talking.agent)
    await control.do(Hold(leg_id=talking.caller), Mute(leg_id=talking.caller, on=True))
    await control.hears(talking.caller, MUSIC)
    await control.harness.pass_time(1.5)
    await stop(control)

    sound = Sound(path)
    assert sound.loud_s(LEFT) < 0.8, "the music that the muted caller hears is not on the caller's channel"
    assert sound.pitch_hz(RIGHT) == pytest.approx(control.harness.tone_hz(talking.agent), abs=NEAR_HZ)


async def test_a_pause_is_silence_of_its_true_length(
    control: Control, talking: Parties, tmp_path: Path
) -> None:
    path = await record(control, tmp_path, talking.caller, talking.agent)
    await control.harness.pass_time(1.0)
    await control.do(PauseRecording(recording_id="r1"))
    await control.harness.pass_time(1.5)
    await control.do(ResumeRecording(recording_id="r1"))
    await control.harness.pass_time(1.0)
    await stop(control)

    sound = Sound(path)
    assert sound.seconds >= 3.3
    for channel in (LEFT, RIGHT):
        assert 1.0 <= sound.seconds - sound.loud_s(channel) <= 2.2
        assert sound.loud_s(channel) >= 1.5


async def test_a_voicemail_has_a_silent_right_and_ends_with_its_caller(
    control: Control, caller: str, tmp_path: Path
) -> None:
    pitch_hz = control.harness.tone_hz(caller)
    path = await record(control, tmp_path, caller, None)
    await control.harness.pass_time(1.5)
    await control.harness.hang_up(caller)

    finished = await control.until(RecordingFinished, recording_id="r1", within_s=20)
    assert finished.path == path
    sound = Sound(path)
    assert sound.pitch_hz(LEFT) == pytest.approx(pitch_hz, abs=NEAR_HZ)
    assert sound.loud_s(RIGHT) == 0.0


async def test_a_recording_goes_on_with_the_leg_that_is_left(
    control: Control, talking: Parties, tmp_path: Path
) -> None:
    path = await record(control, tmp_path, talking.caller, talking.agent)
    await control.harness.pass_time(0.5)
    await control.harness.hang_up(talking.caller)
    await control.harness.pass_time(1.5)
    assert control.events(RecordingFinished) == []
    await stop(control)

    sound = Sound(path)
    assert sound.loud_s(RIGHT) > sound.loud_s(LEFT) + 0.8


async def test_a_recording_goes_on_when_a_lost_leg_comes_back(
    control: Control, talking: Parties, tmp_path: Path
) -> None:
    path = await record(control, tmp_path, talking.caller, talking.agent)
    await control.harness.lose(talking.caller)
    await control.until(LegLost, leg_id=talking.caller)
    await control.harness.restore(talking.caller)
    await control.until(LegRestored, leg_id=talking.caller)
    await control.do(Bridge(bridge_id="b2", leg_a=talking.caller, leg_b=talking.agent))
    await control.until(Bridged, bridge_id="b2")
    await control.harness.pass_time(1.5)
    await stop(control)

    sound = Sound(path)
    assert sound.loud_s(LEFT) >= 1.0
    assert sound.pitch_hz(LEFT) == pytest.approx(control.harness.tone_hz(talking.caller), abs=NEAR_HZ)


async def test_a_recording_ends_by_itself_at_its_longest(
    control: Control, talking: Parties, tmp_path: Path
) -> None:
    path = await record(control, tmp_path, talking.caller, talking.agent, max_s=1.0)
    await control.until(RecordingFinished, recording_id="r1", within_s=20)
    assert 0.8 <= Sound(path).seconds <= 2.2
    await control.do(StopRecording(recording_id="r1"))
    await control.harness.pass_time(0.5)
    assert len(control.events(RecordingFinished)) == 1


async def test_the_snapshot_names_running_recordings(
    control: Control, talking: Parties, tmp_path: Path
) -> None:
    await record(control, tmp_path, talking.caller, talking.agent)
    await control.port.close()
    successor = Control(control.harness, control.harness.port())
    snapshot = await successor.start(epoch=2, acknowledged=control.last_sequence)
    assert {leg.recording_ids for leg in snapshot.legs} == {("r1",)}
    await stop(successor)
    await successor.port.close()


async def test_what_cannot_be_written_fails_with_a_reason(
    control: Control, caller: str, tmp_path: Path
) -> None:
    (tmp_path / "a-file").write_text("in the way", encoding="utf-8")
    path = str(tmp_path / "a-file" / "r1.wav")
    await control.do(
        StartRecording(recording_id="r1", path=path, left_leg=caller, right_leg=None),
        StopRecording(recording_id="r1"),
    )
    assert (await control.until(RecordingFailed, recording_id="r1", within_s=20)).reason
    assert control.events(RecordingFinished) == []


async def test_nobody_cannot_be_recorded(control: Control, caller: str, tmp_path: Path) -> None:
    """Or it would run for hours: no end of a leg would end it."""
    await control.harness.hang_up(caller)
    await control.until(LegEnded, leg_id=caller)
    path = str(tmp_path / "r1.wav")
    await control.do(StartRecording(recording_id="r1", path=path, left_leg=caller, right_leg=None))
    assert (await control.until(RecordingFailed, recording_id="r1", within_s=20)).reason
    assert control.events(RecordingStarted) == []
