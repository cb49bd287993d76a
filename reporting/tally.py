"""Adding facts up. `MEMBERS` says which visits a figure counts: for sums, live figures and drill-downs.

A `Tally` can take a fact back (`sign` -1) before it changes and count it again after, so that running figures
and figures computed from all facts at once are the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reporting.facts import Callback, Part, Role, Visit

VisitTest = Callable[[Visit], bool]

MEMBERS: Mapping[str, VisitTest] = {
    "offered": lambda visit: True,
    "answered": lambda visit: visit.answered,
    "answered_in_target": lambda visit: visit.answered and visit.in_target,
    "abandoned": lambda visit: visit.abandoned,
    "abandoned_in_target": lambda visit: visit.abandoned and visit.in_target,
    "short_abandoned": lambda visit: visit.abandoned and visit.short,
    "given_up_after_answer": lambda visit: visit.given_up_after_answer,
    "left_otherwise": lambda visit: visit.left,
    "handled": lambda visit: visit.handled,
    "transferred": lambda visit: visit.transferred,
    "callbacks_chosen": lambda visit: visit.callback is not Callback.NONE,
    "callbacks_kept": lambda visit: visit.callback is Callback.KEPT,
    "waiting_first": lambda visit: visit.waiting and not visit.answered,
}
"""Counting figure -> whether a visit is among them."""

_COUNTED = tuple(MEMBERS)
_TESTS = tuple(MEMBERS.values())


class Tally:
    """Sums of visits: of one queue, of all together, of one row of a report."""

    __slots__ = ("acw_s", "answer_wait_s", "counts", "hold_s", "talk_s", "wait_longest_s")

    def __init__(self) -> None:
        self.counts: dict[str, int] = dict.fromkeys(_COUNTED, 0)
        self.answer_wait_s = self.wait_longest_s = 0.0
        self.talk_s = self.hold_s = self.acw_s = 0.0

    def add(self, visit: Visit, sign: int = 1) -> None:
        counts = self.counts
        for name, test in zip(_COUNTED, _TESTS, strict=True):
            if test(visit):
                counts[name] += sign
        self.talk_s += sign * visit.talk_s
        self.hold_s += sign * visit.hold_s
        self.acw_s += sign * visit.acw_s
        if visit.wait_s is None:
            return
        if visit.answered:
            self.answer_wait_s += sign * visit.wait_s
        # A wait that was ended never becomes shorter, so the longest need not be taken back.
        if sign > 0 and visit.wait_s > self.wait_longest_s:
            self.wait_longest_s = visit.wait_s

    def __getitem__(self, figure: str) -> int:
        return self.counts[figure]


def sums_of(tally: Tally) -> dict[str, float]:
    """The sums under the names that `reporting.definitions` computes with."""
    return {
        **tally.counts,
        "answer_wait_s": tally.answer_wait_s,
        "talk_s": tally.talk_s,
        "hold_s": tally.hold_s,
        "acw_s": tally.acw_s,
    }


PART_MEMBERS: Mapping[str, Callable[[Part], bool]] = {
    "handled": lambda part: part.handled and part.role is Role.OWNER,
    "assisted": lambda part: part.role is not Role.OWNER,
    "transferred": lambda part: part.transferred,
}
"""Counting figure of an agent -> whether a part is among them."""


class PartTally:
    """Sums of one agent's, or one team's, parts and refused offers."""

    __slots__ = (
        "acw_s",
        "assist_s",
        "assisted",
        "declined",
        "handled",
        "hold_s",
        "missed",
        "talk_s",
        "transferred",
    )

    def __init__(self) -> None:
        self.handled = self.assisted = self.transferred = self.missed = self.declined = 0
        self.talk_s = self.hold_s = self.acw_s = self.assist_s = 0.0

    def add(self, part: Part, sign: int = 1) -> None:
        self.handled += sign * PART_MEMBERS["handled"](part)
        self.assisted += sign * PART_MEMBERS["assisted"](part)
        self.transferred += sign * PART_MEMBERS["transferred"](part)
        if part.role is Role.OWNER:
            self.talk_s += sign * part.talk_s
            self.hold_s += sign * part.hold_s
            self.acw_s += sign * part.acw_s
        else:
            self.assist_s += sign * (part.talk_s + part.hold_s)
