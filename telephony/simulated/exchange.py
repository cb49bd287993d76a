"""The simulated telephone exchange: parties, what joins them, and what they hear.

Parties are moved by its methods (`arrive`, `press`, `hang_up`, ...), commands of the port by `apply`. It
outlives whoever is in control, as a real exchange does, and does nothing but what its clock and its callers
make it do, so that a seed replays a whole day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from itertools import count
from random import Random

from telephony import port
from telephony.collector import Collected
from telephony.simulated.dialling import Dialler
from telephony.simulated.joining import Joints
from telephony.simulated.journal import Journal
from telephony.simulated.legs import Leg, Playback, Script
from telephony.simulated.recordings import Recordings
from telephony.simulated.sounds import length_s
from telephony.simulated.timing import Clock, Timer

KEYS = frozenset("0123456789*#ABCD")
_AN_INSTANT_S = 1e-6
"""A timer is never later, but through rounding it may be this much early."""

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


class SimulatedExchange:
    """See the module."""

    def __init__(
        self,
        clock: Clock,
        random: Random,
        *,
        control_absence_limit_s: float = 600.0,
        loss_noticed_after_s: float = 2.0,
        quality_every_s: float | None = 5.0,
        recording_rate_hz: int = 8000,
    ) -> None:
        """Args:
        clock: of all that happens here.
        random: seeded; answering and reaction times come from it.
        control_absence_limit_s: waiting calls end after so long with nobody in control.
        loss_noticed_after_s: from the last packet to `LegLost`.
        quality_every_s: between the `QualityReported` of a leg; None for none, as on simulated days.
        recording_rate_hz: of the files; a lower rate makes them smaller.
        """
        self.clock = clock
        self.journal = Journal()
        self.legs: dict[str, Leg] = {}
        self._random = random
        self._began = clock.now()
        self._control_absence_limit_s = control_absence_limit_s
        self._loss_noticed_after_s = loss_noticed_after_s
        self._quality_every_s = quality_every_s
        self._dialler = Dialler(clock, random, self._emit, self._picked_up)
        self._recordings = Recordings(clock, recording_rate_hz, self._emit)
        self._joints = Joints(
            self.legs,
            emit=self._emit,
            free=self._free,
            held=self._held,
            changed=self._recordings.leg_changed,
        )
        self._pitches = {port.LegKind.CALLER: count(0), port.LegKind.AGENT: count(0)}
        self._absence: Timer | None = None
        self._hold_watchers: list[Callable[[str], None]] = []

    # --- what parties do --------------------------------------------------------------------------

    def arrive(
        self,
        leg_id: str,
        *,
        ani: str,
        dnis: str,
        attributes: Mapping[str, str] | None = None,
        script: Script | None = None,
    ) -> None:
        """A caller comes in and waits to be answered."""
        leg = self._new_leg(leg_id, port.LegKind.CALLER, script or Script())
        leg.ani, leg.dnis, leg.attributes = ani, dnis, dict(attributes or {})
        self._emit(port.CallArrived(leg_id=leg_id, ani=ani, dnis=dnis, attributes=leg.attributes))

    def agent_leg(self, leg_id: str, *, replaces: str | None = None) -> None:
        """An agent's phone is attached: a new one, or one that comes back after a loss."""
        if leg_id in self.legs:
            self.restore(leg_id)
            return
        if replaces is not None and replaces in self.legs:
            self._end(self.legs[replaces], port.LegEndCause.REPLACED)
        leg = self._new_leg(leg_id, port.LegKind.AGENT, Script())
        self._pick_up(leg)

    def press(self, leg_id: str, digits: str) -> None:
        """A party presses keys, all at this instant."""
        for digit in digits:
            leg = self.legs.get(leg_id)
            if leg is None or not leg.flowing or digit not in KEYS:
                continue
            self._emit(port.DigitPressed(leg_id=leg_id, digit=digit))
            collected = leg.collector.press(digit, self._now_s())
            if leg.playback is not None and leg.playback.barge_in:
                self._stop_playback(leg)
            self._after_key(leg, collected)

    def hang_up(self, leg_id: str) -> None:
        """A party ends its call."""
        if leg_id in self.legs:
            self._end(self.legs[leg_id], port.LegEndCause.REMOTE_HANGUP)

    def lose(self, leg_id: str) -> None:
        """A party's media stops. That is noticed a little later."""
        leg = self.legs.get(leg_id)
        if leg is not None and leg.flowing:
            leg.flowing = False
            self._recordings.leg_changed(leg)
            self._arm(leg, "loss", self._loss_noticed_after_s, partial(self._notice_loss, leg))

    def restore(self, leg_id: str) -> None:
        """A party's media flows again."""
        leg = self.legs.get(leg_id)
        if leg is None or leg.flowing:
            return
        leg.flowing = True
        leg.cancel("loss")
        self._recordings.leg_changed(leg)
        if leg.lost:
            leg.lost = False
            self._emit(port.LegRestored(leg_id=leg_id))

    def fail(self, leg_id: str) -> None:
        """The exchange cannot keep a leg."""
        if leg_id in self.legs:
            self._end(self.legs[leg_id], port.LegEndCause.FAILED)

    def who_hears(self, leg_id: str) -> frozenset[str]:
        """What this leg hears: leg ids, `music`, `prompt`. Empty is silence."""
        leg = self.legs.get(leg_id)
        return leg.hears() if leg is not None else frozenset()

    def watch(self, watcher: Callable[[port.Event], None]) -> None:
        """Let a virtual party know of each event, at once and whoever is in control."""
        self.journal.watchers.append(watcher)

    def watch_hold(self, watcher: Callable[[str], None]) -> None:
        """Let a virtual party know of each leg that music begins on: a queue, or an agent's hold."""
        self._hold_watchers.append(watcher)

    # --- control ----------------------------------------------------------------------------------

    def snapshot(self) -> port.Snapshot:
        recordings = self._recordings
        return port.Snapshot(
            legs=tuple(leg.snapshot(recordings.of_leg(leg.leg_id)) for leg in self.legs.values())
        )

    def controlled(self, on: bool) -> None:
        """Somebody is in control, or nobody is any more."""
        if self._absence is not None:
            self._absence.cancel()
            self._absence = None
        if not on:
            self._absence = self._after(self._control_absence_limit_s, self._end_waiting)

    def _end_waiting(self) -> None:
        for leg in tuple(self.legs.values()):
            if leg.kind is port.LegKind.CALLER and leg.bridge is None and leg.room is None:
                self._end(leg, port.LegEndCause.ABANDONED_BY_CONTROL)

    def apply(self, command: port.Command) -> None:
        """Carry out a command. One on a leg that is gone does nothing."""
        match command:
            case port.Bridge():
                self._joints.bridge(command)
            case port.Unbridge():
                self._joints.dissolve(self._joints.bridges.get(command.bridge_id))
            case port.Mix():
                self._joints.mix(command)
            case port.Unmix():
                self._joints.unmix(self._joints.rooms.get(command.mix_id))
            case port.AimRecording():
                self._recordings.aim(command, self.legs)
            case port.StartRecording():
                self._record(command)
            case port.PauseRecording():
                self._recordings.pause(command.recording_id, self.legs, paused=True)
            case port.ResumeRecording():
                self._recordings.pause(command.recording_id, self.legs, paused=False)
            case port.StopRecording():
                self._recordings.stop(command.recording_id)
            case port.Originate():
                self._dialler.dial(command)
            case _:
                leg = self.legs.get(command.leg_id)
                if leg is not None:
                    self._apply_to(leg, command)
                elif isinstance(command, port.Hangup):
                    self._dialler.hang_up(command.leg_id)

    def _apply_to(self, leg: Leg, command: LegCommand) -> None:
        match command:
            case port.Answer():
                self._pick_up(leg)
            case port.Play():
                self._play(leg, command)
            case port.StopPlay():
                self._stop_playback(leg)
            case port.Collect():
                self._collect(leg, command)
            case port.Hold():
                self._joints.leave(leg)
                self._stop_playback(leg)
                leg.collector.forget_ahead()
                leg.on_hold = True
                self._held(leg)
            case port.Mute():
                leg.muted = command.on
                self._recordings.leg_changed(leg)
            case port.SendDigits():
                leg.digits_received += "".join(digit for digit in command.digits if digit in KEYS)
            case port.Hangup():
                self._end(leg, port.LegEndCause.LOCAL_HANGUP)

    # --- legs -------------------------------------------------------------------------------------

    def _new_leg(self, leg_id: str, kind: port.LegKind, script: Script) -> Leg:
        lowest_hz = 300 if kind is port.LegKind.CALLER else 900
        leg = Leg(
            leg_id=leg_id, kind=kind, script=script, tone_hz=lowest_hz + 25 * (next(self._pitches[kind]) % 8)
        )
        self.legs[leg_id] = leg
        return leg

    def _picked_up(self, command: port.Originate) -> None:
        leg = self._new_leg(command.leg_id, port.LegKind.CALLER, Script())
        leg.dnis, leg.ani = command.destination, command.caller_id or ""
        self._pick_up(leg)

    def _pick_up(self, leg: Leg) -> None:
        if not leg.answered:
            leg.answered = True
            self._emit(port.LegConnected(leg_id=leg.leg_id))
            self._report_quality_later(leg)

    def _end(self, leg: Leg, cause: port.LegEndCause) -> None:
        del self.legs[leg.leg_id]
        for name in tuple(leg.timers):
            leg.cancel(name)
        if leg.playback is not None:
            leg.playback.timer.cancel()
        self._recordings.leg_ended(leg.leg_id)
        self._emit(port.LegEnded(leg_id=leg.leg_id, cause=cause))
        self._joints.leave(leg)

    def _notice_loss(self, leg: Leg) -> None:
        leg.lost = True
        self._joints.leave(leg)
        self._emit(port.LegLost(leg_id=leg.leg_id, reason="media_stopped"))

    def _report_quality_later(self, leg: Leg) -> None:
        if self._quality_every_s is not None:
            self._arm(leg, "quality", self._quality_every_s, partial(self._report_quality, leg))

    def _report_quality(self, leg: Leg) -> None:
        if leg.flowing:
            self._emit(
                port.QualityReported(
                    leg_id=leg.leg_id,
                    rtt_ms=20.0,
                    loss_fraction=0.0,
                    jitter_ms=1.0,
                    audio_level_db=None if leg.muted else -20.0,
                )
            )
        self._report_quality_later(leg)

    # --- prompts and digits -----------------------------------------------------------------------

    def _play(self, leg: Leg, command: port.Play) -> None:
        self._stop_playback(leg)
        if leg.room is not None:
            self._joints.leave(leg)
        leg.on_hold = False
        lasts_s = length_s(command.prompts)
        leg.collector.play_began(barge_in=command.barge_in)
        ended = partial(self._playback_ends, leg, port.PlaybackOutcome.COMPLETED)
        leg.playback = Playback(
            playback_id=command.playback_id,
            barge_in=command.barge_in,
            timer=self._after(lasts_s or 0.0, ended),
        )
        if lasts_s is None:
            leg.playback.timer.cancel()
            self._playback_ends(leg, port.PlaybackOutcome.FAILED)

    def _stop_playback(self, leg: Leg) -> None:
        if leg.playback is not None:
            leg.playback.timer.cancel()
            self._playback_ends(leg, port.PlaybackOutcome.INTERRUPTED)

    def _playback_ends(self, leg: Leg, outcome: port.PlaybackOutcome) -> None:
        playback, leg.playback = leg.playback, None
        assert playback is not None, "only a running playback ends"
        leg.collector.play_ended(self._now_s())
        self._emit(
            port.PlaybackFinished(leg_id=leg.leg_id, playback_id=playback.playback_id, outcome=outcome)
        )
        self._arm_collector(leg)

    def _collect(self, leg: Leg, command: port.Collect) -> None:
        if leg.collector.typed_ahead and leg.playback is not None and leg.playback.barge_in:
            self._stop_playback(leg)
        self._after_key(leg, leg.collector.begin(command, self._now_s()))
        if leg.collector.command is command and leg.keys:
            keys = leg.keys.pop(0)
            reaction_s = leg.script.reaction_s * self._random.uniform(0.6, 1.4)
            self._arm(leg, "script", reaction_s, partial(self.press, leg.leg_id, keys))

    def _after_key(self, leg: Leg, collected: Collected | None) -> None:
        if collected is not None:
            self._emit(
                port.DigitsCollected(
                    leg_id=leg.leg_id,
                    collect_id=collected.collect_id,
                    digits=collected.digits,
                    outcome=collected.outcome,
                )
            )
        self._arm_collector(leg)

    def _arm_collector(self, leg: Leg) -> None:
        """Let the time-out come when it is due. What a prompt or a key moved is armed anew."""
        leg.cancel("collect")
        due_at = leg.collector.due_at
        if due_at is not None and leg.leg_id in self.legs:
            wait_s = max(0.0, due_at - self._now_s())
            self._arm(leg, "collect", wait_s, lambda: self._collector_due(leg))

    def _collector_due(self, leg: Leg) -> None:
        self._after_key(leg, leg.collector.due(self._now_s() + _AN_INSTANT_S))

    # --- bridges and recordings -------------------------------------------------------------------

    def _free(self, leg: Leg) -> None:
        """Nothing is played to it and nothing is asked of it any more."""
        self._stop_playback(leg)
        leg.cancel("script")
        leg.collector.cancel()
        self._arm_collector(leg)

    def _held(self, leg: Leg) -> None:
        for watch in self._hold_watchers:
            watch(leg.leg_id)

    def _record(self, command: port.StartRecording) -> None:
        self._recordings.start(command, self.legs)
        speaker = self.legs.get(command.left_leg)
        if speaker is not None and command.right_leg is None and speaker.script.message_s is not None:
            self._arm(speaker, "script", speaker.script.message_s, partial(self.press, speaker.leg_id, "#"))

    # --- time -------------------------------------------------------------------------------------

    def _emit(self, event: port.Event) -> None:
        self.journal.append(event, self.clock.now())

    def _now_s(self) -> float:
        return (self.clock.now() - self._began).total_seconds()

    def _after(self, seconds: float, callback: Callable[[], None]) -> Timer:
        return self.clock.call_at(self.clock.now() + timedelta(seconds=seconds), callback)

    def _arm(self, leg: Leg, name: str, seconds: float, callback: Callable[[], None]) -> None:
        leg.cancel(name)
        leg.timers[name] = self._after(seconds, callback)
