"""Gathering digits. Pure: time is an argument, in seconds of any steady clock."""

from __future__ import annotations

from dataclasses import dataclass

from telephony.port import Collect, CollectOutcome

TYPED_AHEAD_MAX = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """The end of a `Collect`."""

    collect_id: str
    digits: str
    outcome: CollectOutcome


class Collector:
    """Digits of one leg.

    Digits pressed while no `Collect` is open are kept for the next one, so that a caller who knows the menu
    may be faster than the program behind it. A `Play` without barge-in and a hold forget them, and those
    pressed while such a `Play` runs do not count.
    """

    __slots__ = ("_ahead", "_digits", "_keeps_ahead", "_playing", "_since", "_uninterruptible", "command")

    def __init__(self) -> None:
        self.command: Collect | None = None
        self._digits = ""
        self._ahead = ""
        self._keeps_ahead = False
        self._playing = False
        self._uninterruptible = False
        self._since = 0.0

    @property
    def due_at(self) -> float | None:
        """When `due` has something to say if no further digit comes; None while a prompt is playing."""
        command = self.command
        if command is None or self._playing:
            return None
        wait = command.inter_digit_timeout_s if self._digits else command.first_digit_timeout_s
        return self._since + wait

    def play_began(self, *, barge_in: bool) -> None:
        self._playing = self._keeps_ahead = True
        self._uninterruptible = not barge_in
        if not barge_in:
            self._ahead = ""

    @property
    def typed_ahead(self) -> bool:
        """Whether digits wait for the next `Collect`."""
        return bool(self._ahead)

    def forget_ahead(self) -> None:
        self._ahead = ""

    def play_ended(self, now: float) -> None:
        if self._playing:
            self._playing = False
            self._since = now

    def begin(self, command: Collect, now: float) -> Collected | None:
        """A new `Collect`; an older one is forgotten. Digits pressed ahead may end it at once."""
        self.command = command
        self._digits = ""
        self._since = now
        ahead, self._ahead = self._ahead, ""
        for index, digit in enumerate(ahead):
            done = self._take(digit)
            if done is not None:
                self._ahead = ahead[index + 1 :]
                return done
        return None

    def press(self, digit: str, now: float) -> Collected | None:
        if self._playing and self._uninterruptible:
            return None
        if self.command is None:
            if self._keeps_ahead:
                self._ahead = (self._ahead + digit)[-TYPED_AHEAD_MAX:]
            return None
        self._since = now
        return self._take(digit)

    def due(self, now: float) -> Collected | None:
        """The time-out, if it has come."""
        at = self.due_at
        if at is None or now < at:
            return None
        return self._finish(CollectOutcome.TIMEOUT if self._digits else CollectOutcome.NO_INPUT)

    def cancel(self) -> None:
        """Forget the `Collect` and what was pressed, without a word."""
        self.command = None
        self._digits = self._ahead = ""
        self._playing = self._keeps_ahead = False

    def _take(self, digit: str) -> Collected | None:
        command = self.command
        assert command is not None
        if digit == command.terminator:
            return self._finish(CollectOutcome.TERMINATED)
        self._digits += digit
        if len(self._digits) >= command.max_digits:
            return self._finish(CollectOutcome.COMPLETE)
        return None

    def _finish(self, outcome: CollectOutcome) -> Collected:
        command = self.command
        assert command is not None
        collected = Collected(collect_id=command.collect_id, digits=self._digits, outcome=outcome)
        self.command = None
        self._digits = ""
        return collected
