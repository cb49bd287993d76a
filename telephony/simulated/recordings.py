"""All running recordings of an exchange."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from pathlib import Path

from telephony.port import (
    AimRecording,
    Event,
    RecordingFailed,
    RecordingFinished,
    RecordingStarted,
    StartRecording,
)
from telephony.simulated.legs import Leg
from telephony.simulated.recording import Recording, Track
from telephony.simulated.timing import Clock


class Recordings:
    def __init__(self, clock: Clock, rate_hz: int, emit: Callable[[Event], None]) -> None:
        self._clock = clock
        self._rate_hz = rate_hz
        self._emit = emit
        self._running: dict[str, Recording] = {}

    def of_leg(self, leg_id: str) -> tuple[str, ...]:
        return tuple(key for key, recording in self._running.items() if recording.holds(leg_id))

    def start(self, command: StartRecording, legs: Mapping[str, Leg]) -> None:
        recording_id = command.recording_id
        if recording_id in self._running:
            return
        problem = self._why_not(command, legs)
        if problem is not None:
            self._emit(RecordingFailed(recording_id=recording_id, reason=problem))
            return
        now = self._clock.now()
        left, right = legs.get(command.left_leg), legs.get(command.right_leg or "")
        recording = Recording(command, _tracks([left]), _tracks([right]), now)
        self._running[recording_id] = recording
        for leg in (left, right):
            if leg is not None:
                recording.update(leg.leg_id, leg.recorded, now)
        ends_at = now + timedelta(seconds=command.max_s)
        recording.timer = self._clock.call_at(ends_at, lambda: self.stop(recording_id))
        self._emit(RecordingStarted(recording_id=recording_id))

    def _why_not(self, command: StartRecording, legs: Mapping[str, Leg]) -> str | None:
        if command.left_leg not in legs and command.right_leg not in legs:
            return "every leg of it has ended"
        folder = Path(command.path).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            return f"{folder} cannot be made: {error.strerror}"
        return None

    def pause(self, recording_id: str, legs: Mapping[str, Leg], *, paused: bool) -> None:
        recording = self._running.get(recording_id)
        if recording is not None:
            recording.paused = paused
            self._update(recording, legs)

    def aim(self, command: AimRecording, legs: Mapping[str, Leg]) -> None:
        recording = self._running.get(command.recording_id)
        if recording is not None:
            wanted = dict.fromkeys(leg_id for leg_id in command.right_legs if leg_id in legs)
            recording.aim(_tracks([legs[leg_id] for leg_id in wanted]), self._clock.now())
            self._update(recording, legs)
            self._stop_when_empty(recording)

    def _update(self, recording: Recording, legs: Mapping[str, Leg]) -> None:
        for track in recording.tracks:
            recording.update(track.leg_id, legs[track.leg_id].recorded, self._clock.now())

    def _stop_when_empty(self, recording: Recording) -> None:
        if not recording.tracks:
            self.stop(recording.command.recording_id)

    def stop(self, recording_id: str) -> None:
        recording = self._running.pop(recording_id, None)
        if recording is None:
            return
        if recording.timer is not None:
            recording.timer.cancel()
        try:
            duration_s = recording.write(self._clock.now(), self._rate_hz)
        except OSError as error:
            reason = f"{recording.command.path} cannot be written: {error.strerror}"
            self._emit(RecordingFailed(recording_id=recording_id, reason=reason))
            return
        path = recording.command.path
        self._emit(RecordingFinished(recording_id=recording_id, path=path, duration_s=duration_s))

    def leg_changed(self, leg: Leg) -> None:
        """What it sends is heard from now on, or is not any more."""
        for recording in self._running.values():
            recording.update(leg.leg_id, leg.recorded, self._clock.now())

    def leg_ended(self, leg_id: str) -> None:
        for recording_id in self.of_leg(leg_id):
            recording = self._running[recording_id]
            recording.leave(leg_id, self._clock.now())
            self._stop_when_empty(recording)


def _tracks(legs: Iterable[Leg | None]) -> list[Track]:
    return [Track(leg_id=leg.leg_id, tone_hz=leg.tone_hz) for leg in legs if leg is not None]
