"""Two runs of one day side by side: what changed for every queue, who waits longer, and why."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from reporting import QueueFigures
from routing.types import PoliciesChanged
from simulation.result import DayResult, Ending, Fate

LONGER_S = 5.0
"""Less is not noticed."""
AGENTS_NAMED = 3
WORST_KEPT = 25
_HOUR = timedelta(hours=1)


class CauseKind(StrEnum):
    TOOK_OTHERS = "took_others"
    """Agents of this queue took more calls of another one."""
    FEWER_PEOPLE = "fewer_people"
    """Agents who served this queue do so no longer."""
    OVERTAKEN = "overtaken"
    """Others of this queue are served before them."""
    MORE_CALLS = "more_calls"
    """Its people talk to callers who gave up before, or came from elsewhere."""
    SMALL_SHIFTS = "small_shifts"
    """No one thing: calls that ended at other times met other people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why callers of a queue wait longer.

    Attributes:
        agents: who, most calls first.
        queue_id: whose calls they took instead.
        calls: how many more.
        begin: start of the two hours in which most of them came.
        rules: rules named by the decisions that led there, most frequent first.
    """

    kind: CauseKind
    agents: tuple[str, ...] = ()
    queue_id: str | None = None
    calls: int = 0
    begin: datetime | None = None
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One caller in both runs."""

    before: Fate
    after: Fate

    @property
    def more_s(self) -> float:
        return self.after.wait_s - self.before.wait_s

    @property
    def longer(self) -> bool:
        """Waits noticeably longer, or was answered before and gives up now. Sooner is not longer."""
        lost = self.before.ending is Ending.ANSWERED and self.after.ending is Ending.ABANDONED
        gave_up_both = self.before.ending is Ending.ABANDONED and self.after.ending is Ending.ABANDONED
        return lost or (self.more_s >= LONGER_S and not gave_up_both)

    @property
    def shorter(self) -> bool:
        saved = self.before.ending is Ending.ABANDONED and self.after.ending is Ending.ANSWERED
        both = self.before.ending is Ending.ANSWERED and self.after.ending is Ending.ANSWERED
        return saved or (both and self.more_s <= -LONGER_S)


@dataclass(frozen=True, slots=True, kw_only=True)
class Losers:
    """Callers of one queue who wait longer.

    Attributes:
        pairs: the worst of them first, at most `WORST_KEPT`.
        given_up: of them, those who gave up and were answered before.
    """

    queue_id: str
    callers: int
    mean_more_s: float
    worst_more_s: float
    given_up: int
    cause: Cause
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueChange:
    """One queue in both runs. `goal` is the share it promises."""

    queue_id: str
    before: QueueFigures
    after: QueueFigures
    goal: float
    less: int
    same: int
    longer: int

    @property
    def gain(self) -> float:
        """Of the service level, as a share."""
        return (self.after.service_level or 0.0) - (self.before.service_level or 0.0)

    @property
    def kept_before(self) -> bool:
        """A promise nobody asked for is kept."""
        return self.before.service_level is None or self.before.service_level >= self.goal

    @property
    def kept_after(self) -> bool:
        return self.after.service_level is None or self.after.service_level >= self.goal


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    before: DayResult
    after: DayResult
    queues: tuple[QueueChange, ...]
    losers: tuple[Losers, ...]


def compare(
    before: DayResult,
    after: DayResult,
    rules_before: PoliciesChanged,
    rules_after: PoliciesChanged,
    goals: Mapping[str, float],
) -> Comparison:
    """Both runs are of the same callers.

    Args:
        goals: queue -> share that it promises to answer in time; 0.8 where nothing is said.
    """
    pairs: dict[str, list[Pair]] = defaultdict(list)
    for contact_id, fate in before.fates.items():
        pairs[fate.queue_id].append(Pair(before=fate, after=after.fates[contact_id]))
    queues = []
    losers = []
    for queue_id in before.figures.queues:
        members = pairs.get(queue_id, [])
        longer = [pair for pair in members if pair.longer]
        less = sum(pair.shorter for pair in members)
        queues.append(
            QueueChange(
                queue_id=queue_id,
                before=before.figures.queues[queue_id],
                after=after.figures.queues[queue_id],
                goal=goals.get(queue_id, 0.8),
                less=less,
                same=len(members) - less - len(longer),
                longer=len(longer),
            )
        )
        if longer:
            cause = _cause(queue_id, longer, (before, after), (rules_before, rules_after))
            losers.append(_losers(queue_id, longer, cause))
    losers.sort(key=lambda group: -group.callers)
    return Comparison(before=before, after=after, queues=tuple(queues), losers=tuple(losers))


def focus_of(comparison: Comparison, changed: Iterable[str]) -> str | None:
    """The queue the change is about: of those changed, or else of all, the one with the greatest effect."""
    named = set(changed)
    among = [each for each in comparison.queues if each.queue_id in named] or list(comparison.queues)
    best = max(among, key=lambda each: abs(each.gain) * each.before.offered, default=None)
    return best.queue_id if best is not None else None


def _losers(queue_id: str, longer: Sequence[Pair], cause: Cause) -> Losers:
    worst = sorted(longer, key=lambda pair: (-pair.more_s, pair.before.contact_id))
    more = [pair.more_s for pair in longer if pair.more_s > 0.0] or [0.0]
    return Losers(
        queue_id=queue_id,
        callers=len(longer),
        mean_more_s=sum(more) / len(more),
        worst_more_s=max(more),
        given_up=sum(pair.after.ending is Ending.ABANDONED for pair in longer),
        cause=cause,
        pairs=tuple(worst[:WORST_KEPT]),
    )


def _members(policies: PoliciesChanged, queue_id: str) -> set[str]:
    needs = next((queue.requirements for queue in policies.queues if queue.queue_id == queue_id), ())
    return {
        profile.agent_id
        for profile in policies.agents
        if queue_id in profile.queues
        and all(profile.skills.get(need.skill, 0) >= need.level for need in needs)
    }


def _cause(
    queue_id: str,
    longer: Sequence[Pair],
    runs: tuple[DayResult, DayResult],
    rules: tuple[PoliciesChanged, PoliciesChanged],
) -> Cause:
    before, after = runs
    served, serve = (_members(policies, queue_id) for policies in rules)
    gone = served - serve
    if gone and not serve - served:
        return Cause(kind=CauseKind.FEWER_PEOPLE, agents=tuple(sorted(gone))[:AGENTS_NAMED], calls=len(gone))
    # Those who could take the call today are whose time is missed.
    more = Counter(_calls(after, served))
    more.subtract(_calls(before, served))
    elsewhere: Counter[str] = Counter()
    for (_, other), calls in more.items():
        if other != queue_id:
            elsewhere[other] += calls
    if elsewhere:
        other, calls = max(elsewhere.items(), key=lambda each: (each[1], each[0]))
        if calls > max(1, len(longer) // 20):
            return _took_others(other, calls, more, runs)
    overtaken = sum(bool(pair.after.decision and pair.after.decision.rules) for pair in longer)
    if overtaken > len(longer) // 4:
        return Cause(kind=CauseKind.OVERTAKEN, queue_id=queue_id, calls=overtaken, rules=_rules(longer))
    answered_more = after.figures.queues[queue_id].answered - before.figures.queues[queue_id].answered
    if answered_more > 0:
        return Cause(kind=CauseKind.MORE_CALLS, queue_id=queue_id, calls=answered_more)
    return Cause(kind=CauseKind.SMALL_SHIFTS)


def _took_others(
    other: str, calls: int, more: Mapping[tuple[str, str], int], runs: tuple[DayResult, DayResult]
) -> Cause:
    before, after = runs
    takers = sorted(
        ((count, agent_id) for (agent_id, queue), count in more.items() if queue == other and count > 0),
        key=lambda each: (-each[0], each[1]),
    )[:AGENTS_NAMED]
    agents = tuple(agent_id for _, agent_id in takers)
    taken = [
        fate
        for fate in after.fates.values()
        if fate.agent_id in agents and fate.queue_id == other and fate.ending is Ending.ANSWERED
    ]
    new = [fate for fate in taken if before.fates[fate.contact_id].agent_id not in agents]
    rules = Counter(rule for fate in new if fate.decision is not None for rule in fate.decision.rules)
    return Cause(
        kind=CauseKind.TOOK_OTHERS,
        agents=agents,
        queue_id=other,
        calls=sum(count for count, _ in takers) if takers else calls,
        begin=_busiest(new),
        rules=tuple(rule for rule, _ in rules.most_common(3)),
    )


def _calls(day: DayResult, agents: set[str]) -> Counter[tuple[str, str]]:
    """Calls answered, by agent and queue."""
    return Counter(
        (fate.agent_id, fate.queue_id)
        for fate in day.fates.values()
        if fate.agent_id in agents and fate.ending is Ending.ANSWERED
    )


def _busiest(fates: Sequence[Fate]) -> datetime | None:
    """Start of the two hours in which most of them came."""
    hours = Counter(fate.at.replace(minute=0, second=0, microsecond=0) for fate in fates)
    if not hours:
        return None
    return max(hours, key=lambda hour: (hours[hour] + hours.get(hour + _HOUR, 0), -hour.timestamp()))


def _rules(pairs: Sequence[Pair]) -> tuple[str, ...]:
    found = Counter(rule for pair in pairs if pair.after.decision for rule in pair.after.decision.rules)
    return tuple(rule for rule, _ in found.most_common(3))
