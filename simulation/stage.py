"""What the parts of a virtual day share: the clock, the router, who is in, and the log."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from itertools import count
from random import Random

from routing import types as acd
from routing.announcing import Announcement
from routing.estimate import WaitEstimator
from routing.router import Router
from routing.types import SayWait
from simulation.figures import Figures
from simulation.result import Fate
from simulation.traffic import Caller, Scenario, stream_of

Observe = Callable[[str, datetime, str | None, str | None, str | None, dict[str, object]], None]
"""Takes one entry of the log: kind, instant, queue, agent, contact, data."""

MEDIA = "simulated"


class Due(IntEnum):
    """What happens by itself."""

    HANG_UP = 0
    WRAPPED = 1
    ANSWER = 2
    DIALLED = 3
    BACK = 4
    ANNOUNCE = 5
    LOOK = 6
    GIVE_UP = 7


@dataclass(slots=True)
class Call:
    """A caller who is in."""

    caller: Caller
    fate: Fate
    queue_id: str
    gives_up_s: float
    waiting: bool = True
    agent_id: str | None = None
    answered_s: float = 0.0
    last: Announcement | None = None
    callback: bool = False
    callback_asked: bool = False


class Stage:
    """`tell` hands an event to the router and lets the parts react; the day sets it."""

    def __init__(
        self, scenario: Scenario, seed: int | str, figures: Figures, watch: Observe | None, estimates: bool
    ) -> None:
        offers = count(1)
        self.scenario = scenario
        self.seed = seed
        self.figures = figures
        self.watch = watch
        self.router = Router(lambda prefix: f"{prefix}{next(offers)}")
        self.queues = {policy.queue_id: policy for policy in scenario.policies.queues}
        says = any(policy.announcements.wait is not SayWait.NO for policy in scenario.policies.queues)
        self.waits = WaitEstimator() if estimates or says else None
        self.calls: dict[str, Call] = {}
        self.fates: dict[str, Fate] = {}
        self.busy_s: dict[tuple[str, str], float] = defaultdict(float)
        self.heap: list[tuple[float, int, Due, str, str]] = []
        self.now_s = 0.0
        self.now = scenario.begin
        self.tell: Callable[[acd.Event], None] = _nobody
        self._sequence = count()

    def later(self, after_s: float, due: Due, subject: str, detail: str = "") -> None:
        """Have something happen; what is due at one instant happens in the order it was asked for."""
        if after_s < math.inf:
            heapq.heappush(self.heap, (self.now_s + after_s, next(self._sequence), due, subject, detail))

    def chance(self, call: Call, what: str) -> Random:
        """A stream of its own for each thing that may happen to a caller: the rules tried do not shift it."""
        return Random(stream_of(self.seed, call.caller.stream, what))

    def log(
        self,
        kind: str,
        call: Call | None = None,
        agent_id: str | None = None,
        data: dict[str, object] | None = None,
    ) -> None:
        """Tell the figures, and whoever watches, in the words of the log."""
        queue_id = call.queue_id if call is not None else None
        contact_id = call.caller.contact_id if call is not None else None
        entry = data if data is not None else {}
        self.figures.observe(kind, self.now, queue_id, agent_id, contact_id, entry)
        if self.watch is not None:
            self.watch(kind, self.now, queue_id, agent_id, contact_id, entry)


def _nobody(event: acd.Event) -> None:
    raise AssertionError("the day has not begun")
