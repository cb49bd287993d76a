"""The exchange: which leg hears what. Carries out the port's commands and plays from the one 20 ms clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from telephony import port
from telephony.audio.tones import DIGITS
from telephony.audio.wav import UnreadableSound
from telephony.collector import Collected
from telephony.webrtc.joining import Joints
from telephony.webrtc.legs import Leg
from telephony.webrtc.mixer import Speaker
from telephony.webrtc.recorder import Recorder
from telephony.webrtc.rtp import Outlet
from telephony.webrtc.sounds import Sounds, key_frames
from telephony.webrtc.voice import Music, Playback

LegCommand = (
    port.Answer
    | port.Play
    | port.StopPlay
    | port.Collect
    | port.Hold
    | port.Mute
    | port.SendDigits
    | port.Hangup
)
ExchangeCommand = (
    LegCommand
    | port.Bridge
    | port.Unbridge
    | port.Mix
    | port.Unmix
    | port.AimRecording
    | port.StartRecording
    | port.PauseRecording
    | port.ResumeRecording
    | port.StopRecording
)


class Exchange:
    """All legs of a worker and what joins them.

    Args:
        sounds: prompts and music.
        recorder: recordings.
        arena: where packets are received.
        emit: takes the events.
        flush: sends what outlets have put together.
        clock: steady seconds.
    """

    def __init__(
        self,
        sounds: Sounds,
        recorder: Recorder,
        arena: memoryview,
        *,
        emit: Callable[[port.Event], None],
        flush: Callable[[], None],
        clock: Callable[[], float],
    ) -> None:
        self._clock = clock
        self._sounds = sounds
        self._recorder = recorder
        self._emit = emit
        self._flush = flush
        self.legs: dict[str, Leg] = {}
        self.joints = Joints(
            self.legs,
            arena,
            sounds.codec,
            sounds.silence,
            emit=emit,
            free=self._free,
            hold=self._begin_music,
            alone=self._alone,
            rewire=self.rewire,
        )
        self.on_leg_gone: Callable[[Leg], None] = lambda leg: None
        self._speaking: dict[str, Leg] = {}
        self._collecting: dict[str, Leg] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    # --- commands ---------------------------------------------------------------------------------

    def execute(self, command: ExchangeCommand) -> None:
        """Carry out a command. One on a leg that is gone does nothing."""
        now = self._clock()
        match command:
            case port.Bridge():
                self.joints.bridge(command)
            case port.Unbridge():
                self.joints.dissolve(self.joints.bridges.get(command.bridge_id))
            case port.Mix():
                self.joints.mix(command)
            case port.Unmix():
                self.joints.unmix(self.joints.rooms.get(command.mix_id))
            case port.AimRecording():
                self._recorder.aim(command, self.legs, now)
                self._wire_all()
            case port.StartRecording():
                self._recorder.start(command, self.legs, now)
                self._wire_all()
            case port.PauseRecording():
                self._recorder.pause(command.recording_id, now)
            case port.ResumeRecording():
                self._recorder.resume(command.recording_id, now)
            case port.StopRecording():
                self._recorder.stop(command.recording_id, now)
                self._wire_all()
            case _:
                leg = self.legs.get(command.leg_id)
                if leg is not None:
                    self._on_leg(command, leg, now)

    def _on_leg(self, command: LegCommand, leg: Leg, now: float) -> None:
        match command:
            case port.Answer():
                leg.answered = True
                self.tell_connected(leg)
            case port.Play():
                self._play(command, leg, now)
            case port.StopPlay():
                self._stop_playback(leg, now)
            case port.Collect():
                self._collect(command, leg, now)
            case port.Hold():
                self._hold(command, leg, now)
            case port.Mute():
                leg.muted = command.on
                self.rewire(leg)
            case port.SendDigits():
                self._send_digits(command, leg)
            case port.Hangup():
                leg.tell({"t": "ended"})
                self.end(leg, port.LegEndCause.LOCAL_HANGUP, now)

    def _play(self, command: port.Play, leg: Leg, now: float) -> None:
        self._stop_playback(leg, now)
        if leg.room is not None:
            self.leave(leg)
        leg.voice.music = None
        playback = Playback(playback_id=command.playback_id, barge_in=command.barge_in)
        leg.voice.playback = playback
        leg.collector.play_began(barge_in=command.barge_in)
        self._begin_speaking(leg)
        if all(prompt.file is None for prompt in command.prompts):
            playback.frames = self._sounds.at_hand(command.prompts)
        else:
            self._go(self._load(command, leg, playback))

    async def _load(self, command: port.Play, leg: Leg, playback: Playback) -> None:
        try:
            playback.frames = await self._sounds.frames(command.prompts)
        except UnreadableSound:
            if leg.voice.playback is playback:
                leg.voice.playback = None
                self._playback_over(leg, playback, port.PlaybackOutcome.FAILED, self._clock())

    def _stop_playback(self, leg: Leg, now: float) -> None:
        playback, leg.voice.playback = leg.voice.playback, None
        if playback is not None:
            leg.voice.quieten()
            self._playback_over(leg, playback, port.PlaybackOutcome.INTERRUPTED, now)

    def _playback_over(self, leg: Leg, playback: Playback, outcome: port.PlaybackOutcome, now: float) -> None:
        leg.collector.play_ended(now)
        self._emit(
            port.PlaybackFinished(leg_id=leg.leg_id, playback_id=playback.playback_id, outcome=outcome)
        )
        self.rewire(leg)

    def _hold(self, command: port.Hold, leg: Leg, now: float) -> None:
        if leg.bridge is not None or leg.room is not None:
            self.leave(leg)
        self._stop_playback(leg, now)
        leg.collector.forget_ahead()
        self._begin_music(leg, command.music)

    def _begin_music(self, leg: Leg, prompt: port.Prompt | None) -> None:
        """Music on a leg; what plays already is not begun anew."""
        if leg.voice.music is None or leg.voice.music.source != prompt:
            leg.voice.music = Music(source=prompt)
            self._go(self._load_music(leg.voice.music, prompt))
        self._begin_speaking(leg)

    def _collect(self, command: port.Collect, leg: Leg, now: float) -> None:
        self._collecting[leg.leg_id] = leg
        if leg.collector.typed_ahead and leg.voice.playback is not None and leg.voice.playback.barge_in:
            self._stop_playback(leg, now)
        self._collected(leg, leg.collector.begin(command, now))

    async def _load_music(self, music: Music, prompt: port.Prompt | None) -> None:
        music.frames = await self._sounds.music(prompt)

    def _send_digits(self, command: port.SendDigits, leg: Leg) -> None:
        for digit in command.digits:
            if digit in DIGITS:
                leg.voice.keys.extend(key_frames(digit, self._sounds.codec))
                leg.tell({"t": "digit", "d": digit})
        self._begin_speaking(leg)

    # --- who is joined to whom ------------------------------------------------------------------------

    def leave(self, leg: Leg) -> None:
        """Out of its bridge or room; who is left there goes on as the port says."""
        self.joints.leave(leg)

    def _free(self, leg: Leg) -> None:
        """Nothing of ours is played to it and nothing is asked of it any more."""
        self._stop_playback(leg, self._clock())
        self._end_collect(leg)
        leg.voice.hush = 0

    def _alone(self, leg: Leg) -> None:
        leg.voice.music = None
        leg.voice.quieten()
        self._begin_speaking(leg)

    def rewire(self, leg: Leg) -> None:
        """After a change to a leg: what it and its peer send goes where it belongs now."""
        self._wire(leg)
        if leg.peer is not None:
            self._wire(leg.peer)

    def _wire(self, leg: Leg) -> None:
        inlet = leg.inlet
        if inlet is None:
            return
        peer = leg.peer
        target: Outlet | Speaker | None = leg.speaker if leg.is_heard else None
        if peer is not None and not leg.silenced and not peer.voice.over_bridge:
            target = peer.outlet
        if inlet.target is not target:
            if inlet.target is not None:
                inlet.target.change_source()
            inlet.target = target
            if target is not None:
                target.change_source()
            elif peer is not None:
                peer.voice.quieten()
                self._begin_speaking(peer)
        inlet.tap = self._recorder.tap(leg.leg_id) if leg.recorded else None

    def _wire_all(self) -> None:
        for leg in self.legs.values():
            self._wire(leg)

    # --- digits -----------------------------------------------------------------------------------

    def digit(self, leg: Leg, digit: str, now: float) -> None:
        """A party pressed a key."""
        if digit not in DIGITS:
            return
        self._emit(port.DigitPressed(leg_id=leg.leg_id, digit=digit))
        collected = leg.collector.press(digit, now)
        if leg.voice.playback is not None and leg.voice.playback.barge_in:
            self._stop_playback(leg, now)
        self._collected(leg, collected)

    def _collected(self, leg: Leg, collected: Collected | None) -> None:
        if collected is not None:
            self._collecting.pop(leg.leg_id, None)
            self._emit(
                port.DigitsCollected(
                    leg_id=leg.leg_id,
                    collect_id=collected.collect_id,
                    digits=collected.digits,
                    outcome=collected.outcome,
                )
            )

    def _end_collect(self, leg: Leg) -> None:
        leg.collector.cancel()
        self._collecting.pop(leg.leg_id, None)

    # --- beginnings and ends ----------------------------------------------------------------------

    def tell_connected(self, leg: Leg) -> None:
        """Say once that an agent's phone is ready or that an answered caller can be heard."""
        if leg.connected and leg.answered and not leg.told_connected:
            leg.told_connected = True
            self._emit(port.LegConnected(leg_id=leg.leg_id))

    def resume(self, leg: Leg) -> None:
        """A lost leg is back: it hears again what it is meant to hear."""
        leg.voice.quieten()
        self._begin_speaking(leg)

    def end(self, leg: Leg, cause: port.LegEndCause, now: float) -> None:
        """The leg is over."""
        if self.legs.pop(leg.leg_id, None) is None:
            return
        self._speaking.pop(leg.leg_id, None)
        self._end_collect(leg)
        if leg.inlet is not None:
            leg.inlet.target = leg.inlet.tap = None
        self._recorder.leg_ended(leg.leg_id, now)
        self._emit(port.LegEnded(leg_id=leg.leg_id, cause=cause))
        self.joints.leave(leg)
        self._speaking.pop(leg.leg_id, None)
        self.on_leg_gone(leg)

    # --- the clock --------------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """20 ms have passed: every leg that is played something gets its next frame."""
        self.joints.tick(now)
        for leg in tuple(self._speaking.values()):
            over_bridge = leg.voice.over_bridge
            frame, ended = leg.voice.next_frame(leg.hears_others)
            if frame is None:
                del self._speaking[leg.leg_id]
            elif leg.outlet is not None and not leg.lost:
                leg.outlet.frame(frame, now)
            if ended is not None:
                self._playback_over(leg, ended, port.PlaybackOutcome.COMPLETED, now)
            elif over_bridge and not leg.voice.over_bridge:
                self.rewire(leg)
        self._flush()
        for leg in tuple(self._collecting.values()):
            self._collected(leg, leg.collector.due(now))

    def stop_overdue(self, now: float) -> None:
        """End recordings that have run for as long as they may."""
        for recording_id in self._recorder.overdue(now):
            self._recorder.stop(recording_id, now)
            self._wire_all()

    def snapshot(self) -> port.Snapshot:
        return port.Snapshot(
            legs=tuple(leg.snapshot(self._recorder.of_leg(leg.leg_id)) for leg in self.legs.values())
        )

    def _begin_speaking(self, leg: Leg) -> None:
        self._speaking[leg.leg_id] = leg
        self.rewire(leg)

    def _go(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
