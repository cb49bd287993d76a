"""Reception: pages that connect, lose their network, come back and leave.

A leg is kept when its connection is lost; only the party itself, control, or a long absence of control ends
it. A page that reloads connects again as the same leg.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from telephony import port
from telephony.webrtc.connection import BrowserConnection, Station
from telephony.webrtc.exchange import Exchange
from telephony.webrtc.legs import Leg
from telephony.webrtc.quality import quality
from telephony.webrtc.rtp import Codec
from telephony.webrtc.sdp import read_offer
from telephony.webrtc.voice import Voice

BROWSER = "browser:"
ATTEMPTS_KEPT = 10_000
"""Attempts remembered so that none is made twice."""
SILENT_S = 2.0
"""No packet for so long: the leg is lost. A muted browser still sends packets of silence."""
DROP_GRACE_S = 1.0
"""A page that is going away may send for a moment after its websocket closed."""
REPORT_EVERY_S = 3.0


class CommandRefused(Exception):
    """Something this back end cannot do, or not now.

    Attributes:
        code: one stable word for programs.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A page that wants to be a leg.

    `leg_id` may be a leg that is up: the page came back. `replaces` is another leg of the same person,
    which ends.
    """

    leg_id: str
    kind: port.LegKind
    sdp: str
    ani: str = ""
    dnis: str = ""
    attributes: Mapping[str, str]
    replaces: str | None = None


class Reception:
    """Who is connected.

    Args:
        exchange: the legs.
        station: what connections share.
        codec: the one all legs use.
        silence: a frame of it.
        emit: takes the events.
        opened: told of each new leg.
        closed: told of each leg that is gone.
        clock: steady seconds.
        legs_max: more are refused.
        control_absence_limit_s: how long waiting callers are kept with nobody in control.
    """

    def __init__(
        self,
        exchange: Exchange,
        station: Station,
        *,
        codec: Codec,
        silence: bytes,
        emit: Callable[[port.Event], None],
        opened: Callable[[str], None],
        closed: Callable[[str], None],
        clock: Callable[[], float],
        legs_max: int,
        control_absence_limit_s: float,
    ) -> None:
        self._exchange = exchange
        self._station = station
        self._codec = codec
        self._silence = silence
        self._emit = emit
        self._opened = opened
        self._left = closed
        self._clock = clock
        self._legs_max = legs_max
        self._control_absence_limit_s = control_absence_limit_s
        self._owners: dict[BrowserConnection, Leg] = {}
        self._ringing: dict[str, tuple[port.Originate, float]] = {}
        self._attempts: dict[str, None] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        exchange.on_leg_gone = self._leg_gone

    # --- commands ---------------------------------------------------------------------------------

    def execute(self, command: port.Command) -> None:
        """Carry out a command.

        Raises:
            CommandRefused: it calls for the telephone network.
        """
        match command:
            case port.Originate():
                self._originate(command)
            case port.Hangup() if command.leg_id in self._ringing:
                self._stop_ringing(command.leg_id, port.OriginateOutcome.NO_ANSWER)
            case _:
                self._exchange.execute(command)

    async def connect(self, arrival: Arrival) -> str:
        """Give a page its answer; it becomes the leg, or carries it from now on.

        Raises:
            OfferRefused: its session description cannot be accepted.
            CommandRefused: there are too many legs, or the leg is of another kind.
        """
        offer = read_offer(arrival.sdp, self._codec)
        leg = self._exchange.legs.get(arrival.leg_id)
        if leg is not None and leg.kind is not arrival.kind:
            raise CommandRefused("wrong_kind", f"Leg {arrival.leg_id} is no {arrival.kind.value}.")
        if leg is None and len(self._exchange.legs) >= self._legs_max:
            raise CommandRefused(
                "too_many_legs", f"All {self._legs_max} lines of this media process are in use."
            )
        connection = BrowserConnection(self._station, offer, self)
        answer = await connection.answer()
        now = self._clock()
        if arrival.replaces is not None and arrival.replaces != arrival.leg_id:
            replaced = self._exchange.legs.get(arrival.replaces)
            if replaced is not None:
                self._exchange.end(replaced, port.LegEndCause.REPLACED, now)
        leg = self._exchange.legs.get(arrival.leg_id) or self._open(arrival, now)
        before, leg.connection = leg.connection, connection
        self._owners[connection] = leg
        if before is not None:
            self._lose(leg, "a new connection of the same page takes over")
            self._discard(before)
        leg.dropped_at = None
        leg.muted_itself = False
        return answer

    def drop(self, leg_id: str) -> None:
        """The page is gone: its connection counts as lost at once."""
        leg = self._exchange.legs.get(leg_id)
        if leg is not None and leg.connected:
            leg.dropped_at = self._clock()
            self._lose(leg, "the page is gone")

    def refuse(self, leg_id: str, outcome: port.OriginateOutcome) -> None:
        """The page that we call does not answer, and why."""
        self._stop_ringing(leg_id, outcome)

    def press(self, leg_id: str, digit: str) -> None:
        """A key that came by way of control; one that is none is ignored."""
        leg = self._exchange.legs.get(leg_id)
        if leg is not None:
            self._exchange.digit(leg, digit, self._clock())

    def _open(self, arrival: Arrival, now: float) -> Leg:
        leg = Leg(
            leg_id=arrival.leg_id,
            kind=arrival.kind,
            voice=Voice(self._silence),
            ani=arrival.ani,
            dnis=arrival.dnis,
            attributes=dict(arrival.attributes),
            originated=arrival.leg_id in self._ringing,
            answered=arrival.kind is port.LegKind.AGENT,
            report_at=now + REPORT_EVERY_S * self._station.random.random(),
        )
        self._exchange.legs[leg.leg_id] = leg
        self._opened(leg.leg_id)
        return leg

    def _originate(self, command: port.Originate) -> None:
        """Wait for a page to connect as this leg. Control tells the page to."""
        if not command.destination.startswith(BROWSER):
            raise CommandRefused("unsupported", "call the telephone network")
        if command.attempt_id in self._attempts:
            return
        self._attempts[command.attempt_id] = None
        if len(self._attempts) > ATTEMPTS_KEPT:
            del self._attempts[next(iter(self._attempts))]
        if command.destination == BROWSER:
            result = port.OriginateOutcome.INVALID_NUMBER
            self._emit(
                port.OriginateResult(attempt_id=command.attempt_id, leg_id=command.leg_id, outcome=result)
            )
            return
        self._ringing[command.leg_id] = (command, self._clock() + command.ring_timeout_s)

    def _stop_ringing(self, leg_id: str, outcome: port.OriginateOutcome) -> None:
        command, _ = self._ringing.pop(leg_id, (None, 0.0))
        if command is None:
            return
        self._emit(port.OriginateResult(attempt_id=command.attempt_id, leg_id=leg_id, outcome=outcome))
        leg = self._exchange.legs.get(leg_id)
        if leg is not None and outcome is not port.OriginateOutcome.ANSWERED:
            # Its page was on the way when we stopped waiting for it.
            leg.tell({"t": "ended"})
            self._exchange.end(leg, port.LegEndCause.LOCAL_HANGUP, self._clock())

    # --- what connections say ---------------------------------------------------------------------

    def connection_ready(self, connection: BrowserConnection) -> None:
        leg = self._leg_of(connection)
        if leg is None:
            return
        self._exchange.rewire(leg)
        if leg.kind is port.LegKind.CALLER and not leg.announced and not leg.originated:
            leg.announced = True
            self._emit(
                port.CallArrived(
                    leg_id=leg.leg_id, ani=leg.ani, dnis=leg.dnis, attributes=dict(leg.attributes)
                )
            )

    def connection_flows(self, connection: BrowserConnection) -> None:
        leg = self._leg_of(connection)
        if leg is None or leg.dropped_at is not None:
            return
        leg.connected = True
        if leg.lost:
            self._restore(leg)
        if leg.originated and leg.leg_id in self._ringing:
            leg.answered = True
            self._stop_ringing(leg.leg_id, port.OriginateOutcome.ANSWERED)
        self._exchange.tell_connected(leg)

    def connection_digit(self, connection: BrowserConnection, digit: str) -> None:
        leg = self._leg_of(connection)
        if leg is not None:
            self._exchange.digit(leg, digit, self._clock())

    def connection_message(self, connection: BrowserConnection, message: dict[str, Any]) -> None:
        leg = self._leg_of(connection)
        if leg is None:
            return
        match message:
            case {"t": "digit", "d": str(digit)}:
                self._exchange.digit(leg, digit, self._clock())
            case {"t": "end"}:
                self._exchange.end(leg, port.LegEndCause.REMOTE_HANGUP, self._clock())
            case {"t": "mute", "on": bool(on)}:
                leg.muted_itself = on
                self._exchange.rewire(leg)
                connection.send({"t": "muted", "on": on})

    def connection_closed(self, connection: BrowserConnection, reason: str) -> None:
        leg = self._leg_of(connection)
        self._discard(connection)
        if leg is None:
            return
        if leg.connected:
            self._lose(leg, reason)
        elif not leg.lost:
            # It never came up, so there is nothing to keep.
            self._exchange.end(leg, port.LegEndCause.FAILED, self._clock())

    # --- losing and finding -----------------------------------------------------------------------

    def _lose(self, leg: Leg, reason: str) -> None:
        if leg.lost:
            return
        was_connected = leg.connected
        leg.connected = False
        leg.lost = was_connected
        self._exchange.leave(leg)
        if was_connected:
            self._emit(port.LegLost(leg_id=leg.leg_id, reason=reason))

    def _restore(self, leg: Leg) -> None:
        leg.lost = False
        leg.connected = True
        leg.dropped_at = None
        self._emit(port.LegRestored(leg_id=leg.leg_id))
        self._exchange.resume(leg)

    def watch(self, now: float, control_absent_s: float) -> None:
        """Look after everybody; called about ten times a second.

        Args:
            now: steady seconds.
            control_absent_s: for how long nobody has been in control; 0 while somebody is.
        """
        for leg_id, (_, until) in tuple(self._ringing.items()):
            if now >= until:
                self._stop_ringing(leg_id, port.OriginateOutcome.NO_ANSWER)
        for leg in tuple(self._exchange.legs.values()):
            self._watch_media(leg, now)
            if now >= leg.report_at and leg.connection is not None:
                leg.report_at = now + REPORT_EVERY_S
                leg.connection.send_report(now)
                if leg.connected and not control_absent_s:
                    report = quality(leg.leg_id, leg.connection)
                    if report is not None:
                        self._emit(report)
            # An agent's phone that is up goes on waiting for control; callers have waited long enough.
            alone = leg.bridge is None and leg.room is None
            may_end = alone and (leg.kind is port.LegKind.CALLER or not leg.connected)
            if may_end and control_absent_s > self._control_absence_limit_s:
                self._exchange.end(leg, port.LegEndCause.ABANDONED_BY_CONTROL, now)

    def _watch_media(self, leg: Leg, now: float) -> None:
        inlet = leg.inlet
        if inlet is None:
            return
        if leg.connected and now - inlet.heard_at > SILENT_S:
            inlet.flowing = False
            self._lose(leg, f"no audio for {SILENT_S:.0f} s")
        elif leg.lost and leg.dropped_at is not None:
            if inlet.heard_at > leg.dropped_at + DROP_GRACE_S:
                self._restore(leg)
            elif now - inlet.heard_at > SILENT_S:
                leg.dropped_at = None
                inlet.flowing = False

    # --- the end ----------------------------------------------------------------------------------

    async def close(self) -> None:
        """End all legs and let go of their pages."""
        for leg in tuple(self._exchange.legs.values()):
            leg.tell({"t": "ended"})
            self._exchange.end(leg, port.LegEndCause.FAILED, self._clock())
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _leg_gone(self, leg: Leg) -> None:
        self._left(leg.leg_id)
        self._stop_ringing(leg.leg_id, port.OriginateOutcome.NO_ANSWER)
        if leg.connection is not None:
            self._discard(leg.connection)

    def _leg_of(self, connection: BrowserConnection) -> Leg | None:
        """The leg that this connection carries, unless another took over or the leg has ended."""
        leg = self._owners.get(connection)
        return leg if leg is not None and leg.connection is connection else None

    def _discard(self, connection: BrowserConnection) -> None:
        if self._owners.pop(connection, None) is not None:
            self._go(connection.close())

    def _go(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
