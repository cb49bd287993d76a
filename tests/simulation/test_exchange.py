"""What the simulated exchange does beyond what every back end must."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from app.clock import VirtualClock
from telephony.port import (
    Answer,
    Collect,
    DigitsCollected,
    Event,
    Hangup,
    Hold,
    LegLost,
    LegRestored,
    Originate,
    OriginateOutcome,
    OriginateResult,
    Play,
    PlaybackFinished,
    PlaybackOutcome,
    Prompt,
    RecordingFinished,
    StartRecording,
    StopRecording,
)
from telephony.simulated.exchange import SimulatedExchange
from telephony.simulated.legs import Script

START = datetime(2026, 11, 19, 10, 43, tzinfo=UTC)


class World:
    def __init__(self, seed: int = 1) -> None:
        self.clock = VirtualClock(START)
        self.exchange = SimulatedExchange(self.clock, Random(seed), quality_every_s=None)
        self.told: list[tuple[float, Event]] = []
        self.exchange.watch(self._keep)

    def _keep(self, event: Event) -> None:
        self.told.append(((self.clock.now() - START).total_seconds(), event))

    def call(self, script: Script | None = None) -> None:
        self.exchange.arrive("c1", ani="+447700900218", dnis="100", script=script)
        self.exchange.apply(Answer(leg_id="c1"))

    def pass_s(self, seconds: float) -> None:
        self.clock.advance(timedelta(seconds=seconds))

    def events(self, kind: type[Event]) -> list[Event]:
        return [event for _, event in self.told if isinstance(event, kind)]


def test_a_script_answers_one_question_after_another_and_barges_in() -> None:
    world = World()
    world.call(Script(keys=("1", "48213#"), reaction_s=2.0))
    menu = Play(leg_id="c1", playback_id="p1", prompts=(Prompt(tone_hz=400.0, tone_s=30.0),))
    world.exchange.apply(menu)
    world.exchange.apply(Collect(leg_id="c1", collect_id="k1", max_digits=1))
    world.pass_s(4.0)
    world.exchange.apply(Collect(leg_id="c1", collect_id="k2", max_digits=9))
    world.pass_s(4.0)
    world.exchange.apply(Collect(leg_id="c1", collect_id="k3", max_digits=1))
    world.pass_s(30.0)

    found = [(e.collect_id, e.digits) for _, e in world.told if isinstance(e, DigitsCollected)]
    assert found == [("k1", "1"), ("k2", "48213"), ("k3", "")]
    (finished,) = (e for _, e in world.told if isinstance(e, PlaybackFinished))
    assert finished.outcome is PlaybackOutcome.INTERRUPTED


def test_a_voicemail_is_spoken_for_its_time_and_ended_by_a_key(tmp_path: Path) -> None:
    world = World()
    world.call(Script(message_s=12.0))
    world.exchange.apply(Collect(leg_id="c1", collect_id="k1", max_digits=9, first_digit_timeout_s=60.0))
    path = str(tmp_path / "message.wav")
    world.exchange.apply(StartRecording(recording_id="r1", path=path, left_leg="c1", right_leg=None))
    world.pass_s(12.0)
    assert len(world.events(DigitsCollected)) == 1
    world.exchange.apply(StopRecording(recording_id="r1"))

    (finished,) = (e for _, e in world.told if isinstance(e, RecordingFinished))
    assert finished.duration_s == pytest.approx(12.0)
    assert Path(path).stat().st_size == pytest.approx(12.0 * 8000 * 4, rel=0.01)
    assert [p.name for p in tmp_path.iterdir()] == ["message.wav"], "no half file is left"


def test_a_short_loss_is_not_noticed_and_a_longer_one_is() -> None:
    world = World()
    world.call()
    world.exchange.apply(Hold(leg_id="c1"))
    world.exchange.lose("c1")
    world.pass_s(1.9)
    world.exchange.restore("c1")
    world.pass_s(5.0)
    assert world.events(LegLost) == []

    world.exchange.lose("c1")
    assert world.exchange.who_hears("c1") == frozenset()
    world.pass_s(2.0)
    assert len(world.events(LegLost)) == 1
    world.exchange.restore("c1")
    assert len(world.events(LegRestored)) == 1
    assert world.exchange.who_hears("c1") == {"music"}


def test_ringing_can_be_given_up() -> None:
    world = World()
    world.exchange.apply(Originate(attempt_id="t1", leg_id="out", destination="+442071234502"))
    world.pass_s(3.0)
    world.exchange.apply(Hangup(leg_id="out"))
    world.pass_s(60.0)
    outcomes = [(at, e.outcome) for at, e in world.told if isinstance(e, OriginateResult)]
    assert outcomes == [(3.0, OriginateOutcome.NO_ANSWER)]


def test_who_is_not_quick_enough_has_not_answered() -> None:
    world = World()
    world.exchange.apply(
        Originate(attempt_id="t1", leg_id="out", destination="+442071234599", ring_timeout_s=1.0)
    )
    world.pass_s(60.0)
    outcomes = [(at, e.outcome) for at, e in world.told if isinstance(e, OriginateResult)]
    assert outcomes == [(1.0, OriginateOutcome.NO_ANSWER)]


def test_a_machine_counts_as_answered_without_detection() -> None:
    world = World()
    world.exchange.apply(Originate(attempt_id="t1", leg_id="out", destination="+442071234505"))
    world.pass_s(60.0)
    assert [e.outcome for _, e in world.told if isinstance(e, OriginateResult)] == [OriginateOutcome.ANSWERED]
    assert "out" in world.exchange.legs


def test_an_exchange_made_anew_numbers_on_from_what_its_owner_remembers() -> None:
    world = World()
    world.call()
    told: list[int] = []
    world.exchange.journal.deliver_to(lambda sequence, at, event: told.append(sequence), after=900)
    world.exchange.hang_up("c1")
    assert told == [901, 902, 903], "arrived, connected, ended"


def test_the_same_seed_gives_the_same_events_at_the_same_instants() -> None:
    def life(seed: int) -> list[tuple[float, Event]]:
        world = World(seed)
        world.call(Script(keys=("1",)))
        world.exchange.apply(Collect(leg_id="c1", collect_id="k1", max_digits=1))
        world.exchange.apply(Originate(attempt_id="t1", leg_id="out", destination="+442071234599"))
        world.pass_s(60.0)
        return world.told

    assert life(3) == life(3)
    assert life(3) != life(4)
