"""One try: the day as it was, the day under changed rules, and the two put side by side in words.

`run_try` needs no server and no loop: the command line and the worker process call it alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.api import models_simulation as wire
from app.services.day_change import CentreRules, changed, step_name, with_staff
from app.services.day_words import Speaker
from reporting import AgentFigures, QueueFigures, QueueTarget
from reporting.snapshots import ratio
from routing.types import PoliciesChanged
from simulation.compare import Comparison, Losers, QueueChange, compare, focus_of
from simulation.day import simulate
from simulation.recorded import Entry, recorded_scenario
from simulation.result import DayResult, Slot
from simulation.traffic import Scenario

CALLS_SHOWN = 12
"""Callers named in each group of those who wait longer."""

Tell = Callable[[float, wire.TryResult | None], None]
"""Told how far it is, and what is known already."""
Clock = Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayInput:
    """A day to try something on. Either `entries` of a recorded day, or a `scenario` of given traffic.

    `names` are of agents; `zone` is the centre's.
    """

    rules: CentreRules
    day: date
    zone: str
    names: Mapping[str, str]
    entries: Sequence[Entry] = ()
    scenario: Scenario | None = None

    @property
    def begin(self) -> datetime:
        return midnight(self.day, self.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A try as it is handed to the process that runs it."""

    day: DayInput
    asked: wire.TryAsked
    language: str


def midnight(day: date, zone: str) -> datetime:
    """Of a date in the centre's zone, as UTC."""
    return datetime.combine(day, time(0), tzinfo=ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))


class _Pair:
    """Both scenarios of one seed."""

    def __init__(self, day: DayInput, change: wire.DayChange, seed: int) -> None:
        before = day.scenario
        if before is None:
            before = recorded_scenario(day.entries, day.rules.policies(), day.begin, seed=seed)
        targets = {
            queue.id: QueueTarget(
                answer_s=queue.target_s,
                goal=queue.goal,
                short_abandon_s=queue.short_abandon_s,
                wait_limit_s=queue.wait_limit_s,
            )
            for queue in day.rules.queues
        }
        rules, acts = with_staff(changed(day.rules, change), before.acts, change)
        self.rules = rules
        self.before = replace(before, targets=targets)
        self.after = replace(before, targets=targets, policies=rules.policies(), acts=acts)
        self.seed = seed

    def run(self, tell: Callable[[float], None]) -> Comparison:
        one = simulate(self.before, self.seed, progress=lambda part: tell(part / 2.0))
        other = simulate(self.after, self.seed, progress=lambda part: tell(0.5 + part / 2.0))
        goals = {queue_id: target.goal for queue_id, target in self.before.targets.items()}
        return compare(one, other, self.before.policies, self.after.policies, goals)


def run_try(day: DayInput, asked: wire.TryAsked, language: str, tell: Tell, clock: Clock) -> wire.TryResult:
    """The whole try.

    Args:
        day: the day.
        asked: the change, the seed and how many others.
        language: of the sentences.
        tell: progress; the result without its certainty as soon as it is known.
        clock: monotonic seconds.
    """
    began = clock()
    first = 0.6 if asked.others else 0.9
    pair = _Pair(day, asked.change, asked.seed)
    found = pair.run(lambda part: tell(part * first, None))
    took_s = clock() - began
    focus = focus_of(found, _named(asked.change))
    names = dict(day.names) | {agent.agent_id: agent.name for agent in pair.rules.agents}
    steps = {step.id: step_name(step) for queue in pair.rules.queues for step in queue.steps}
    speaker = Speaker(language, day.rules.queue_names(), names, steps, ZoneInfo(day.zone))
    looked = simulate(pair.after, asked.seed, look_at=_worst(found.losers)) if found.losers else found.after
    result = _result(found, pair, focus or "", speaker, looked)
    result.seconds = round(took_s, 2)
    tell(first + 0.1, result)
    if asked.others and focus is not None:
        gains = []
        kept = True
        for number in range(asked.others):
            done = first + 0.1 + (0.9 - first) * number / asked.others
            tell(done, None)
            again = _Pair(day, asked.change, asked.seed + number + 1).run(lambda part: None)
            queue = _queue(again, focus)
            gains.append(queue.gain)
            kept = kept and queue.kept_after
        result.sure = wire.Sureness(
            seeds=asked.others,
            gain_low=min(gains),
            gain_high=max(gains),
            sentence=speaker.sure(focus, gains, kept),
        )
    return result


def _named(change: wire.DayChange) -> set[str]:
    return {patch.id for patch in change.queues} | {patch.queue for patch in change.staff}


def _worst(losers: Iterable[Losers]) -> set[str]:
    return {pair.before.contact_id for group in losers for pair in group.pairs[:CALLS_SHOWN]}


def _queue(comparison: Comparison, queue_id: str) -> QueueChange:
    return next(each for each in comparison.queues if each.queue_id == queue_id)


# --- the result -----------------------------------------------------------------------------------


def _result(
    found: Comparison, pair: _Pair, focus: str, speaker: Speaker, looked: DayResult
) -> wire.TryResult:
    losers = [speaker.losers(group, looked, CALLS_SHOWN) for group in found.losers]
    people = _People(found, pair)
    outcomes = [
        _outcome(queue, pair.before.targets[queue.queue_id], speaker.queues[queue.queue_id], people)
        for queue in found.queues
        if queue.queue_id in speaker.queues
    ]
    outcomes.sort(key=lambda each: (each.queue_id != focus, -each.contacts, each.queue_id))
    nobody = ""
    if focus and all(group.queue_id != focus for group in found.losers):
        nobody = speaker.nobody(_queue(found, focus))
    return wire.TryResult(
        focus=focus,
        verdict=speaker.verdict(found, focus, pair.before.targets),
        contacts=len(found.before.fates),
        seconds=0.0,
        queues=outcomes,
        overall=_overall(found, people),
        courses=_courses(found.before, found.after),
        losers=losers,
        nobody=nobody,
    )


class _People:
    """Who serves each queue in both runs, and how busy they are."""

    def __init__(self, found: Comparison, pair: _Pair) -> None:
        self._sides = (
            (pair.before.policies, found.before.figures.agents),
            (pair.after.policies, found.after.figures.agents),
        )

    def of(self, queue_id: str | None) -> tuple[tuple[int, float | None], tuple[int, float | None]]:
        """(people, occupancy) before and after."""
        before, after = (self._count(queue_id, *side) for side in self._sides)
        return before, after

    @staticmethod
    def _count(
        queue_id: str | None, policies: PoliciesChanged, figures: Mapping[str, AgentFigures]
    ) -> tuple[int, float | None]:
        people, busy_s, free_s = 0, 0.0, 0.0
        for agent in policies.agents:
            day = figures.get(agent.agent_id)
            if day is None or (queue_id is not None and queue_id not in agent.queues):
                continue
            busy = sum(day.spent_s.get(state, 0.0) for state in ("on_contact", "acw"))
            free = sum(day.spent_s.get(state, 0.0) for state in ("available", "ringing"))
            people += busy + free > 0.0
            busy_s += busy
            free_s += free
        return people, ratio(busy_s, busy_s + free_s)


def _outcome(queue: QueueChange, target: QueueTarget, name: str, people: _People) -> wire.QueueOutcome:
    (people_before, occupancy_before), (people_after, occupancy_after) = people.of(queue.queue_id)
    return wire.QueueOutcome(
        queue_id=queue.queue_id,
        name=name,
        goal=queue.goal,
        target_s=target.answer_s,
        people_before=people_before,
        people_after=people_after,
        occupancy_before=occupancy_before,
        occupancy_after=occupancy_after,
        kept_before=queue.kept_before,
        kept_after=queue.kept_after,
        less=queue.less,
        same=queue.same,
        longer=queue.longer,
        **_both(queue.before, queue.after),
    )


def _overall(found: Comparison, people: _People) -> wire.QueueOutcome:
    (people_before, occupancy_before), (people_after, occupancy_after) = people.of(None)
    return wire.QueueOutcome(
        queue_id="",
        name="",
        goal=0.8,
        target_s=20.0,
        people_before=people_before,
        people_after=people_after,
        occupancy_before=occupancy_before,
        occupancy_after=occupancy_after,
        kept_before=True,
        kept_after=True,
        less=sum(queue.less for queue in found.queues),
        same=sum(queue.same for queue in found.queues),
        longer=sum(queue.longer for queue in found.queues),
        **_both(found.before.figures.overall, found.after.figures.overall),
    )


def _both(before: QueueFigures, after: QueueFigures) -> dict[str, float | int | None]:
    return {
        "contacts": before.offered,
        "service_level_before": before.service_level,
        "service_level_after": after.service_level,
        "asa_before_s": before.asa_s,
        "asa_after_s": after.asa_s,
        "longest_before_s": before.longest_wait_s,
        "longest_after_s": after.longest_wait_s,
        "abandoned_before": before.abandoned,
        "abandoned_after": after.abandoned,
        "answered_in_target_before": before.answered_in_target,
        "answered_in_target_after": after.answered_in_target,
    }


def _courses(before: DayResult, after: DayResult) -> list[wire.QueueCourse]:
    """Half hour by half hour, from the first call to the last."""
    sides = [{(slot.queue_id, slot.begin): slot for slot in day.slots} for day in (before, after)]
    begins = sorted({begin for side in sides for _, begin in side})
    if not begins:
        return []
    step = timedelta(minutes=30)
    times = [begins[0] + step * number for number in range(int((begins[-1] - begins[0]) / step) + 1)]
    queue_ids: list[str | None] = [None, *before.figures.queues]
    return [
        wire.QueueCourse(
            queue_id=queue_id,
            slots=[_slot(at, *(side.get((queue_id, at)) for side in sides)) for at in times],
        )
        for queue_id in queue_ids
    ]


def _slot(at: datetime, before: Slot | None, after: Slot | None) -> wire.SlotOutcome:
    values: dict[str, float | int | None] = {}
    for side, slot in (("before", before), ("after", after)):
        if slot is not None:
            values |= {
                f"service_level_{side}": slot.figures.service_level,
                f"asa_{side}_s": slot.figures.asa_s,
                f"abandoned_{side}": slot.figures.abandoned,
                f"occupancy_{side}": slot.occupancy,
            }
    return wire.SlotOutcome.model_validate({"at": at, **values})


def contacts_and_people(entries: Iterable[Entry]) -> Counter[str]:
    """How many callers joined a queue, and how many people were there, for a first look at a day."""
    found: Counter[str] = Counter()
    people = set()
    for entry in entries:
        found["contacts"] += entry.kind == "contact.queued"
        if entry.kind == "agent.state" and entry.agent_id is not None:
            people.add(entry.agent_id)
    found["people"] = len(people)
    return found
