"""The media process as a whole: who controls it, what it survives, what it refuses."""

from __future__ import annotations

import asyncio
import os
import signal
import wave
from pathlib import Path

import numpy as np
import pytest

from telephony import port
from telephony.webrtc import wire
from telephony.webrtc.backend import ConnectRefused, WebRtcBackend
from telephony.webrtc.launch import WorkerNotStarted, WorkerPaths, ensure_worker, find_worker
from tests.contract.webrtc_harness import is_running
from tests.integration.media.bench import Bench


def ended(leg_id: str, cause: port.LegEndCause) -> port.LegEnded:
    return port.LegEnded(leg_id=leg_id, cause=cause)


# --- who is in control ----------------------------------------------------------------------------


async def test_a_lower_epoch_is_refused_also_after_a_restart_of_the_media_process(bench: Bench) -> None:
    await bench.control(epoch=5)
    with pytest.raises(port.StaleEpoch) as refused:
        await bench.control(epoch=4)
    assert (refused.value.ours, refused.value.seen) == (4, 5)
    await bench.kill()
    await bench.start_again()
    with pytest.raises(port.StaleEpoch):
        await bench.control(epoch=4)


async def test_a_higher_epoch_takes_over_and_the_older_side_knows(bench: Bench) -> None:
    older = await bench.control(epoch=1)
    newer = await bench.control(epoch=2)
    await bench.told(lambda event: isinstance(event, port.LinkChanged) and not event.up)
    with pytest.raises(port.StaleEpoch):
        await older.execute(port.Hangup(leg_id="x"))
    await newer.execute(port.Hangup(leg_id="x"))


async def test_commands_before_hello_are_refused(bench: Bench) -> None:
    command = b'{"id": 1, "op": "command", "command": {"type": "Hangup", "leg_id": "x"}}'
    answers = await bench.raw(command)
    assert [answer["error"]["code"] for answer in answers] == ["not_in_control"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"nonsense", "malformed"),
        (b"[1, 2]", "malformed"),
        (b'{"id": 2, "op": "explode"}', "unknown_op"),
        (b'{"id": 2, "op": "command", "command": {"type": "Mute", "leg_id": 7}}', "malformed"),
        (b'{"id": 2, "op": "command"}', "malformed"),
        (b'{"id": 2, "op": "ack", "seq": "many"}', "malformed"),
        (b'{"id": 2, "op": "connect", "leg_id": "a"}', "malformed"),
        (b'{"id": 2, "op": "connect", "leg_id": "a", "kind": "robot", "sdp": ""}', "malformed"),
        (b'{"id": 2, "op": "hello", "epoch": -1, "acknowledged": 0}', "malformed"),
    ],
)
async def test_bad_requests_get_their_error_and_the_next_one_its_answer(
    bench: Bench, line: bytes, code: str
) -> None:
    hello = b'{"id": 1, "op": "hello", "epoch": 3, "acknowledged": 0}'
    _, refused, fine = await bench.raw(hello, line, b'{"id": 3, "op": "ping"}')
    assert refused["error"]["code"] == code  # type: ignore[index]
    assert fine["result"] == {"protocol": wire.PROTOCOL}


async def test_an_endless_line_closes_that_connection_only(bench: Bench) -> None:
    assert await bench.raw(b"x" * (wire.LINE_BYTES_MAX + 10)) == []
    assert len(await bench.raw(b'{"id": 3, "op": "ping"}')) == 1


async def test_the_socket_is_for_this_user_only(bench: Bench) -> None:
    assert bench.socket.stat().st_mode & 0o077 == 0


# --- pages ----------------------------------------------------------------------------------------


async def test_a_bad_offer_is_refused_by_name_and_leaves_nothing_behind(bench: Bench) -> None:
    control = await bench.control()
    for sdp, code in (
        ("", "sdp_no_audio"),
        ("v=0\r\nm=audio", "sdp_malformed"),
        ("x" * 40_000, "sdp_too_large"),
    ):
        with pytest.raises(ConnectRefused) as refused:
            await control.connect(leg_id="bad", kind=port.LegKind.CALLER, sdp=sdp)
        assert refused.value.code == code
        assert str(refused.value)
    assert (await control.snapshot()).legs == ()


async def test_more_legs_than_allowed_are_refused(bench: Bench) -> None:
    await bench.control()
    for _ in range(4):
        await bench.call()
    with pytest.raises(ConnectRefused) as refused:
        await bench.call()
    assert refused.value.code == "too_many_legs"


async def test_a_leg_does_not_change_its_kind(bench: Bench) -> None:
    control = await bench.control()
    agent = await bench.agent()
    with pytest.raises(ConnectRefused) as refused:
        await control.connect(
            leg_id=agent, kind=port.LegKind.CALLER, sdp=await bench.party(agent).another_offer()
        )
    assert refused.value.code == "wrong_kind"


async def test_nonsense_over_the_data_channel_is_passed_over(bench: Bench) -> None:
    await bench.control()
    caller = await bench.call()
    party = bench.party(caller)
    for text in ("", "nonsense", "[]", "{}", '{"t":"digit"}', '{"t":"digit","d":7}', '{"t":"digit","d":"x"}'):
        await party.say_text(text)
    for text in ('{"t":"mute","on":"yes"}', '{"t":"digit","d":"' + "1" * 2000 + '"}', "[" * 900):
        await party.say_text(text)
    await party.say({"t": "digit", "d": "8"})
    await bench.told(lambda event: isinstance(event, port.DigitPressed))
    pressed = [event for event in bench.events if isinstance(event, port.DigitPressed)]
    assert pressed == [port.DigitPressed(leg_id=caller, digit="8")]


async def test_a_dropped_page_whose_sound_goes_on_is_back_after_a_moment(bench: Bench) -> None:
    control = await bench.control()
    caller, _ = await bench.talking(control)
    await control.drop(caller)
    await bench.told(lambda event: isinstance(event, port.LegLost) and event.leg_id == caller, within_s=1.0)
    await bench.told(lambda event: event == port.LegRestored(leg_id=caller), within_s=4.0)
    kinds = [type(event) for event in bench.events if not isinstance(event, port.QualityReported)]
    assert kinds.index(port.Unbridged) < kinds.index(port.LegLost) < kinds.index(port.LegRestored)


async def test_a_page_is_called_and_connects(bench: Bench) -> None:
    control = await bench.control()
    call = port.Originate(attempt_id="t", leg_id="agent-1", destination="browser:ann")
    await control.execute(call)
    assert await bench.agent() == "agent-1"
    await bench.told(
        lambda event: (
            event
            == port.OriginateResult(attempt_id="t", leg_id="agent-1", outcome=port.OriginateOutcome.ANSWERED)
        )
    )
    await control.execute(call)
    await control.execute(port.Hangup(leg_id="agent-1"))
    await bench.told(lambda event: event == ended("agent-1", port.LegEndCause.LOCAL_HANGUP))
    assert len([event for event in bench.events if isinstance(event, port.OriginateResult)]) == 1


async def test_the_telephone_network_is_out_of_reach(bench: Bench) -> None:
    control = await bench.control()
    with pytest.raises(port.Unsupported):
        await control.execute(port.Originate(attempt_id="t", leg_id="x", destination="+442079460000"))


# --- what it survives -----------------------------------------------------------------------------


async def test_people_talk_on_while_nobody_is_in_control(bench: Bench) -> None:
    control = await bench.control()
    caller, agent = await bench.talking(control)
    seen = bench.sequences[-1]
    await control.close()
    await bench.press(caller, "5")
    await bench.hang_up(agent)
    await bench.until_hears(caller, frozenset())
    await bench.control(epoch=2, acknowledged=seen)
    await bench.told(lambda event: event == port.DigitPressed(leg_id=caller, digit="5"))
    await bench.told(lambda event: event == ended(agent, port.LegEndCause.REMOTE_HANGUP))


async def test_only_waiting_callers_are_ended_by_a_long_absence_of_control(bench: Bench) -> None:
    control = await bench.control()
    caller, agent = await bench.talking(control)
    waiting, idle = await bench.call(), await bench.agent()
    await bench.told(lambda event: event == port.LegConnected(leg_id=idle))
    await control.close()
    await bench.pass_time(bench.control_absence_limit_s + 1.0)
    assert await bench.hears(caller) == {agent}
    again = await bench.control(epoch=2)
    await bench.told(lambda event: event == ended(waiting, port.LegEndCause.ABANDONED_BY_CONTROL))
    assert {leg.leg_id for leg in (await again.snapshot()).legs} == {caller, agent, idle}


async def test_a_killed_media_process_loses_no_event_and_says_which_legs_are_gone(bench: Bench) -> None:
    control = await bench.control()
    caller = await bench.call()
    await bench.told(lambda event: isinstance(event, port.CallArrived))
    last = max(bench.sequences)
    await control.close()
    await bench.press(caller, "3")
    await bench.pass_time(0.3)
    await bench.kill()
    await bench.start_again()
    bench.sequences.clear()
    again = await bench.control(epoch=2, acknowledged=last)
    await bench.told(lambda event: event == ended(caller, port.LegEndCause.FAILED))
    assert port.DigitPressed(leg_id=caller, digit="3") in bench.events
    assert bench.sequences == list(range(last + 1, last + 1 + len(bench.sequences)))
    assert (await again.snapshot()).legs == ()


async def test_a_recording_that_a_crash_cut_off_is_finished_by_the_next_process(bench: Bench) -> None:
    control = await bench.control()
    caller, agent = await bench.talking(control)
    path = bench.folder / "cut.wav"
    await control.execute(
        port.StartRecording(recording_id="r/1", path=str(path), left_leg=caller, right_leg=agent)
    )
    await bench.told(lambda event: event == port.RecordingStarted(recording_id="r/1"))
    await bench.pass_time(1.5)
    await bench.kill()
    await bench.start_again()
    await bench.control(epoch=2)
    finished = await bench.told(lambda event: isinstance(event, port.RecordingFinished))
    assert isinstance(finished, port.RecordingFinished)
    assert finished.recording_id == "r/1"
    assert finished.duration_s > 0.7
    for channel, leg in ((0, caller), (1, agent)):
        assert pitch(path, channel) == pytest.approx(bench.tone_hz(leg), abs=5)


async def test_nothing_of_a_pause_reaches_the_disk(bench: Bench) -> None:
    control = await bench.control()
    caller, agent = await bench.talking(control)
    path = bench.folder / "paused.wav"
    await control.execute(
        port.StartRecording(recording_id="r", path=str(path), left_leg=caller, right_leg=agent)
    )
    await bench.told(lambda event: event == port.RecordingStarted(recording_id="r"))
    await bench.pass_time(0.7)
    await control.execute(port.PauseRecording(recording_id="r"))
    await bench.pass_time(0.7)
    (raw,) = (bench.folder / "unfinished").glob("*.pbraw")
    size = raw.stat().st_size
    await bench.pass_time(1.2)
    assert raw.stat().st_size == size
    await control.execute(port.ResumeRecording(recording_id="r"))
    await bench.pass_time(0.7)
    await control.execute(port.StopRecording(recording_id="r"))
    finished = await bench.told(lambda event: isinstance(event, port.RecordingFinished))
    assert isinstance(finished, port.RecordingFinished)
    assert 3.0 < finished.duration_s < 5.0
    rate, samples = read(path)
    assert samples[: rate // 2].any()
    assert not samples[rate * 3 // 2 : rate * 2].any()
    assert samples[-rate // 2 :].any()
    assert not raw.exists()


async def test_a_recording_that_cannot_be_written_fails_by_name_and_the_call_goes_on(bench: Bench) -> None:
    control = await bench.control()
    caller, agent = await bench.talking(control)
    blocked = bench.folder / "file"
    blocked.write_text("in the way")
    await control.execute(
        port.StartRecording(recording_id="r", path=str(blocked / "r.wav"), left_leg=caller, right_leg=agent)
    )
    await control.execute(port.StopRecording(recording_id="r"))
    failed = await bench.told(lambda event: isinstance(event, port.RecordingFailed))
    assert isinstance(failed, port.RecordingFailed)
    assert "cannot be written" in failed.reason
    await bench.until_hears(caller, frozenset({agent}))


# --- beginning and end ----------------------------------------------------------------------------


async def test_asked_to_end_it_completes_recordings_and_tells_everybody(bench: Bench) -> None:
    control = await bench.control()
    caller, agent = await bench.talking(control)
    path = bench.folder / "last.wav"
    await control.execute(
        port.StartRecording(recording_id="r", path=str(path), left_leg=caller, right_leg=agent)
    )
    await bench.told(lambda event: event == port.RecordingStarted(recording_id="r"))
    await bench.pass_time(0.5)
    os.kill(bench.pid, signal.SIGTERM)
    await bench.told(lambda event: isinstance(event, port.RecordingFinished))
    await bench.told(lambda event: event == ended(caller, port.LegEndCause.FAILED))
    await bench.until(lambda: not is_running(bench.pid))
    assert path.stat().st_size > 8000
    assert not bench.socket.exists()


async def test_unneeded_for_long_it_ends_by_itself(bench: Bench) -> None:
    control = await bench.control()
    await control.close()
    await bench.until(lambda: not is_running(bench.pid), within_s=10.0)


async def test_a_living_media_process_is_found_not_doubled(bench: Bench) -> None:
    paths = WorkerPaths(
        socket=bench.socket, recordings=bench.folder / "unfinished", state=bench.folder / "state"
    )
    assert await asyncio.gather(*(ensure_worker(paths) for _ in range(3))) == [bench.pid] * 3


async def test_several_starters_at_once_start_one(tmp_path: Path) -> None:
    paths = WorkerPaths(socket=tmp_path / "w.sock", recordings=tmp_path / "raw", state=tmp_path / "state")
    pids = await asyncio.gather(*(ensure_worker(paths, ("--address", "127.0.0.1")) for _ in range(3)))
    assert len(set(pids)) == 1
    os.kill(pids[0], signal.SIGTERM)


async def test_a_media_process_that_cannot_start_says_why(tmp_path: Path) -> None:
    paths = WorkerPaths(socket=tmp_path / "w.sock", recordings=tmp_path / "raw", state=tmp_path / "state")
    with pytest.raises(WorkerNotStarted, match="--stun nowhere: write HOST:PORT"):
        await ensure_worker(paths, ("--stun", "nowhere"))
    assert await find_worker(paths.socket) is None


async def test_a_socket_path_that_is_too_long_is_refused_in_words(tmp_path: Path) -> None:
    paths = WorkerPaths(socket=tmp_path / ("x" * 120), recordings=tmp_path, state=tmp_path)
    with pytest.raises(WorkerNotStarted, match="use a shorter folder"):
        await ensure_worker(paths)


async def test_without_a_media_process_the_back_end_is_down(tmp_path: Path) -> None:
    backend = WebRtcBackend(tmp_path / "none.sock")
    with pytest.raises(port.BackendDown):
        await backend.start(lambda *_: None, epoch=1, acknowledged=0)
    with pytest.raises(port.BackendDown):
        await backend.execute(port.Hangup(leg_id="x"))


def read(path: Path) -> tuple[int, np.ndarray[tuple[int, int], np.dtype[np.int16]]]:
    with wave.open(str(path), "rb") as source:
        data = np.frombuffer(source.readframes(source.getnframes()), dtype="<i2").astype(np.int16)
        return source.getframerate(), data.reshape(-1, 2)


def pitch(path: Path, channel: int) -> float:
    rate, samples = read(path)
    sound = samples[:, channel].astype(np.float64)
    return float(np.argmax(np.abs(np.fft.rfft(sound))) * rate / len(sound))
