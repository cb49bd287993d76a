"""Lines between control and the media process."""

from __future__ import annotations

import json

import pytest

from telephony import port
from telephony.webrtc import wire

COMMANDS: list[port.Command] = [
    port.Play(leg_id="a", playback_id="p", prompts=(port.Prompt(file="/x.wav"), port.Prompt(tone_hz=440.0))),
    port.Collect(leg_id="a", collect_id="c", max_digits=4, terminator=None),
    port.Hold(leg_id="a", music=port.Prompt(file="/m.wav", silence_s=1.5)),
    port.Bridge(bridge_id="b", leg_a="a", leg_b="c"),
    port.StartRecording(recording_id="r", path="/r.wav", left_leg="a", right_leg=None),
    port.Mute(leg_id="a", on=True),
    port.Originate(attempt_id="t", leg_id="a", destination="browser:x"),
]
EVENTS: list[port.Event] = [
    port.CallArrived(leg_id="a", ani="", dnis="100", attributes={"Straße": "ü"}),
    port.LegEnded(leg_id="a", cause=port.LegEndCause.FAILED),
    port.DigitsCollected(leg_id="a", collect_id="c", digits="", outcome=port.CollectOutcome.NO_INPUT),
    port.QualityReported(leg_id="a", rtt_ms=None, loss_fraction=0.0, jitter_ms=1.0, audio_level_db=-30.0),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
def test_a_command_arrives_as_it_was(command: port.Command) -> None:
    line = wire.write_line(wire.command_to_json(command))
    assert line.count(b"\n") == 1
    assert wire.command_from_json(wire.read_line(line)) == command


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_arrives_as_it_was(event: port.Event) -> None:
    assert wire.event_from_json(json.loads(json.dumps(wire.event_to_json(event)))) == event


def test_a_snapshot_arrives_as_it_was() -> None:
    leg = port.LegSnapshot(
        leg_id="a",
        kind=port.LegKind.AGENT,
        connected=True,
        answered=False,
        bridge_id=None,
        on_hold=False,
        playback_id="p",
        collect_id=None,
        recording_ids=("r1", "r2"),
        attributes={"k": "v"},
    )
    snapshot = port.Snapshot(legs=(leg,))
    assert wire.snapshot_from_json(json.loads(json.dumps(wire.snapshot_to_json(snapshot)))) == snapshot


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (None, "no such command"),
        ({"type": "Explode"}, "no such command"),
        ({"type": "Mute", "leg_id": "a"}, "Mute is wrong: on"),
        ({"type": "Mute", "leg_id": ["a"], "on": True}, "leg_id"),
    ],
)
def test_a_wrong_command_is_refused_in_words(data: object, words: str) -> None:
    with pytest.raises(wire.Malformed, match=words):
        wire.command_from_json(data)


@pytest.mark.parametrize("line", [b"", b"{", b"[1]", b"\xff\xfe", b"[" * 100_000])
def test_a_line_that_is_no_object_is_refused(line: bytes) -> None:
    with pytest.raises(wire.Malformed):
        wire.read_line(line)
