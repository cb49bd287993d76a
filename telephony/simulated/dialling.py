"""Calling out: the number that is dialled says what becomes of the call.

| the number ends in | outcome |
|---|---|
| 01 | busy |
| 02 | nobody answers |
| 03 | congestion |
| 04 | the number is invalid |
| 05 | a machine answers; without detection it counts as answered |
| 06 | uncertain: it may have been dialled |
| anything else | answered |
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random

from telephony.port import Event, Originate, OriginateOutcome, OriginateResult
from telephony.simulated.timing import Clock, Timer

ENDINGS = {
    "01": OriginateOutcome.BUSY,
    "02": OriginateOutcome.NO_ANSWER,
    "03": OriginateOutcome.CONGESTION,
    "04": OriginateOutcome.INVALID_NUMBER,
    "05": OriginateOutcome.MACHINE,
    "06": OriginateOutcome.UNCERTAIN,
}
PICKED_UP = (OriginateOutcome.ANSWERED, OriginateOutcome.MACHINE)
ANSWER_S = (4.0, 20.0)
"""A person answers after a time drawn evenly from this range, if it rings for so long."""
PROMPTLY_S = {
    OriginateOutcome.BUSY: 2.0,
    OriginateOutcome.CONGESTION: 1.0,
    OriginateOutcome.INVALID_NUMBER: 0.5,
}


class Dialler:
    """Attempts under way. No attempt is made twice, however often it is asked for."""

    def __init__(
        self,
        clock: Clock,
        random: Random,
        emit: Callable[[Event], None],
        picked_up: Callable[[Originate], None],
    ) -> None:
        self._clock = clock
        self._random = random
        self._emit = emit
        self._picked_up = picked_up
        self._attempts: set[str] = set()
        self._ringing: dict[str, tuple[Originate, Timer]] = {}

    def dial(self, command: Originate) -> None:
        if command.attempt_id in self._attempts:
            return
        self._attempts.add(command.attempt_id)
        outcome, after_s = self._fate(command)
        at = self._clock.now() + timedelta(seconds=after_s)
        timer = self._clock.call_at(at, lambda: self._settle(command, outcome))
        self._ringing[command.leg_id] = (command, timer)

    def hang_up(self, leg_id: str) -> None:
        """We stop ringing."""
        ringing = self._ringing.get(leg_id)
        if ringing is not None:
            command, timer = ringing
            timer.cancel()
            self._settle(command, OriginateOutcome.NO_ANSWER)

    def _fate(self, command: Originate) -> tuple[OriginateOutcome, float]:
        outcome = ENDINGS.get(command.destination[-2:], OriginateOutcome.ANSWERED)
        if outcome in PROMPTLY_S:
            return outcome, PROMPTLY_S[outcome]
        if outcome not in PICKED_UP:
            return outcome, command.ring_timeout_s
        answers_s = self._random.uniform(*ANSWER_S)
        if answers_s > command.ring_timeout_s:
            return OriginateOutcome.NO_ANSWER, command.ring_timeout_s
        if not command.detect_machine:
            outcome = OriginateOutcome.ANSWERED
        return outcome, answers_s

    def _settle(self, command: Originate, outcome: OriginateOutcome) -> None:
        del self._ringing[command.leg_id]
        result = OriginateResult(attempt_id=command.attempt_id, leg_id=command.leg_id, outcome=outcome)
        self._emit(result)
        if outcome in PICKED_UP:
            self._picked_up(command)
