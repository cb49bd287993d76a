"""Figures rebuilt from the log are the live ones, and everybody who was offered is accounted for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting import DayFigures, DaySnapshot
from tests.unit.reporting.log import START, Log, Logged, feed

steps = st.lists(
    st.tuples(
        # Answers come up more often, so that callers get far enough to be given back and answered again.
        st.sampled_from(
            ["join", "answer", "answer", "answer", "give_back", "end", "give_up", "return", "wrap", "look"]
        ),
        st.integers(0, 1),
        st.sampled_from(["billing", "retention"]),
        st.floats(0.1, 90.0),
    ),
    min_size=20,
    max_size=80,
)


def played(steps: list[tuple[str, int, str, float]]) -> tuple[list[Logged], set[int]]:
    """A log that an engine could have written, and before which of its events somebody looked."""
    log, looks, second = Log(), set[int](), 0.0
    phase: dict[str, str] = {}
    queue_of: dict[str, str] = {}
    for step, number, queue, gap_s in steps:
        second += gap_s
        contact, agent = f"c{number}", f"a{number}"
        queue_now = queue_of.get(contact, queue)
        match (step, phase.get(contact, "out")):
            case ("join", "out" | "menu"):
                log.queued(contact, second, queue)
                phase[contact], queue_of[contact] = "waits", queue
            case ("answer", "waits"):
                log.answered(contact, second, queue_now, agent)
                phase[contact] = "talks"
            case ("give_up", "waits"):
                log.abandoned(contact, second, queue_now)
                phase[contact] = "gone"
            case ("return", "waits"):
                log.write("contact.returned", second, contact, queue_now)
                phase[contact] = "menu"
            case ("give_back", "talks"):
                log.write("contact.given_back", second, contact, queue_now, agent, talk_s=9.0, hold_s=1.0)
                log.write("contact.requeued", second, contact, queue_now)
                phase[contact] = "waits"
            case ("end", "talks"):
                log.ended(contact, second, talk_s=30.0, hold_s=2.0, agent=agent)
                phase[contact] = "wraps"
            case ("wrap", "wraps"):
                log.wrapped(contact, second, 5.0, agent)
                phase[contact] = "gone"
            case ("look", _):
                looks.add(len(log.events))
            case _:
                pass
    return log.events, looks


def accounted_for(day: DaySnapshot) -> bool:
    """Nobody who was offered is lost or counted twice."""
    return all(
        one.answered + one.abandoned + one.left_otherwise <= one.offered
        and one.offered <= one.answered + one.abandoned + one.left_otherwise + one.waiting
        for one in (day.overall, *day.queues.values())
    )


Fold = Callable[[datetime], DayFigures]


def differs_or_loses(make: Fold) -> bool:
    """Whether some log makes the rebuilt figures differ from the live ones, or loses somebody."""
    caught = []

    @settings(max_examples=150)
    @given(steps)
    def attempt(steps: list[tuple[str, int, str, float]]) -> None:
        events, looks = played(steps)
        live = make(START)
        for number, event in enumerate(events):
            if number in looks:
                live.snapshot(event.at)
            feed(live, [event])
            if not accounted_for(live.snapshot(event.at)):
                caught.append(event)
        end = (events[-1].at if events else START) + timedelta(seconds=1)
        if feed(make(START), events).snapshot(end) != live.snapshot(end):
            caught.append(events[-1])

    attempt()
    return bool(caught)


class CountsEveryEntry(DayFigures):
    """Broken on purpose: a caller who comes back to a queue is offered to it again."""

    def observe(
        self,
        event_kind: str,
        at: datetime,
        queue_id: str | None = None,
        agent_id: str | None = None,
        contact_id: str | None = None,
        data: object = None,
    ) -> None:
        super().observe(event_kind, at, queue_id, agent_id, contact_id, data)  # type: ignore[arg-type]
        if event_kind == "contact.requeued":
            self._running.overall.counts["offered"] += 1


class ForgetsWhenLookedAt(DayFigures):
    """Broken on purpose: whoever looks resets the sums, as a counter that reports and clears does."""

    def snapshot(self, now: datetime) -> DaySnapshot:
        found = super().snapshot(now)
        self._running.overall.talk_s = 0.0
        return found


def test_figures_rebuilt_from_the_log_are_the_live_ones_and_lose_nobody() -> None:
    assert not differs_or_loses(DayFigures)


@pytest.mark.parametrize("broken", [CountsEveryEntry, ForgetsWhenLookedAt])
def test_a_broken_fold_is_caught(broken: Fold) -> None:
    assert differs_or_loses(broken)
