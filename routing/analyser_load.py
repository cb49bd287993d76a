"""The analyser on load: promises that too few people can keep, and queues that weights starve.

Both ask what holds at best. A target counts as unreachable only if it would be missed with every member
signed in and free of other queues; a queue as starved only if no sharing out leaves its members a moment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import exp
from typing import Final

from routing.findings import Cure, Finding, queue_edit, queue_finding
from routing.policy import Across, AgentProfile, PoliciesChanged, QueuePolicy

BUSY: Final = 1 + 1e-6
"""A load that just fills its agents never lets them go: it counts as a little more than its capacity."""
AGENTS_MAX: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """A queue's load in its busiest hour. `handle_s` is talk, hold and ACW together, in seconds."""

    contacts_per_hour: float
    handle_s: float

    @property
    def erlangs(self) -> float:
        return self.contacts_per_hour * self.handle_s / 3600


def answered_within(agents: int, erlangs: float, handle_s: float, within_s: float) -> float:
    """The share of contacts answered within `within_s` when nobody gives up: Erlang C.

    Source: A. K. Erlang (1917); the recursion over the number of agents is that of Erlang B.
    """
    if erlangs <= 0:
        return 1.0
    if agents <= erlangs:
        return 0.0
    lost = 1.0
    for number in range(1, agents + 1):
        lost = erlangs * lost / (number + erlangs * lost)
    waits = lost / (1 - (erlangs / agents) * (1 - lost))
    return 1 - waits * exp(-(agents - erlangs) * within_s / handle_s)


def agents_needed(erlangs: float, handle_s: float, within_s: float, share: float) -> int:
    """Fewest agents that answer `share` of the contacts within `within_s`."""
    agents = int(erlangs) + 1
    while agents < AGENTS_MAX and answered_within(agents, erlangs, handle_s, within_s) < share:
        agents += 1
    return agents


def check_load(
    policies: PoliciesChanged, members: Mapping[str, list[AgentProfile]], traffic: Mapping[str, Traffic]
) -> Iterator[Finding]:
    """What the load says: targets that the members cannot reach, and queues that weights starve."""
    for queue in policies.queues:
        if queue.queue_id in traffic and members[queue.queue_id]:
            yield from _promise(queue, len(members[queue.queue_id]), traffic[queue.queue_id])
    if policies.across is Across.WEIGHT_THEN_LONGEST:
        for queue in policies.queues:
            yield from _starved(queue, policies.queues, members, traffic)


def _promise(queue: QueuePolicy, members: int, load: Traffic) -> Iterator[Finding]:
    within_s = queue.service_level.total_seconds()
    best = answered_within(members, load.erlangs, load.handle_s, within_s)
    if best >= queue.service_target:
        return
    needed = agents_needed(load.erlangs, load.handle_s, within_s, queue.service_target)
    cures = [Cure(code="choose_people", go="agents")]
    if best > 0.01:
        goal = int(best * 100) / 100
        edit = queue_edit(queue.queue_id, "goal", value=goal)
        cures.append(Cure(code="promise_share", facts={"share": goal}, edit=edit))
    yield queue_finding(
        "target_unreachable",
        queue.queue_id,
        "goal",
        cures=tuple(cures),
        goal=queue.service_target,
        within_s=within_s,
        best=best,
        members=members,
        needed=needed,
        per_hour=load.contacts_per_hour,
        handle_s=load.handle_s,
    )


def _starved(
    queue: QueuePolicy,
    queues: tuple[QueuePolicy, ...],
    members: Mapping[str, list[AgentProfile]],
    traffic: Mapping[str, Traffic],
) -> Iterator[Finding]:
    own = {agent.agent_id for agent in members[queue.queue_id]}
    higher = [each for each in queues if each.weight > queue.weight and each.queue_id in traffic]
    if not own or not higher:
        return
    serving = {each.queue_id: frozenset(a.agent_id for a in members[each.queue_id]) for each in higher}
    loads = {each.queue_id: traffic[each.queue_id].erlangs * BUSY for each in higher}
    swamped = overloaded(loads, serving)
    if not swamped or not own <= frozenset().union(*(serving[each] for each in swamped)):
        return
    by = [each for each in higher if each.queue_id in swamped and serving[each.queue_id] & own]
    least = min(each.weight for each in by)
    top = max(each.weight for each in by)
    cures = (
        Cure(
            code="weight_to",
            facts={"weight": top},
            edit=queue_edit(queue.queue_id, "weight", value=top),
        ),
        Cure(code="choose_people", go="agents"),
    )
    yield queue_finding(
        "starved_by_weight",
        queue.queue_id,
        "weight",
        cures=cures,
        weight=queue.weight,
        over=least,
        by=tuple(sorted(each.name for each in by)),
        erlangs=round(sum(traffic[each.queue_id].erlangs for each in by), 1),
        agents=len(frozenset().union(*(serving[each.queue_id] for each in by))),
    )


def overloaded(loads: Mapping[str, float], serving: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The queues whose agents, shared out as well as can be, are busy with them all the time.

    A maximum flow from queues (their erlangs) to agents (one each). Queues whose load does not fit, and those
    that share agents with them along the flow, keep every agent they reach busy.
    """
    groups = _groups(serving)
    room = {group: float(len(agents)) for group, agents in groups.items()}
    flow: dict[tuple[str, frozenset[str]], float] = {}
    left = dict(loads)
    for queue_id in loads:
        while left[queue_id] > 1e-9:
            path = _way_to_room(queue_id, groups, room, flow)
            if path is None:
                break
            _push(path, left, room, flow)
    busy = {queue_id for queue_id, rest in left.items() if rest > 1e-9}
    while True:
        shared = {
            other
            for (other, group), amount in flow.items()
            if amount > 1e-9 and other not in busy and group & busy
        }
        if not shared:
            return frozenset(busy)
        busy |= shared


def _groups(serving: Mapping[str, frozenset[str]]) -> dict[frozenset[str], set[str]]:
    """Agents by the set of queues they serve: equal ones need not be told apart."""
    of: dict[str, set[str]] = {}
    for queue_id, agents in serving.items():
        for agent_id in agents:
            of.setdefault(agent_id, set()).add(queue_id)
    groups: dict[frozenset[str], set[str]] = {}
    for agent_id, queue_ids in of.items():
        groups.setdefault(frozenset(queue_ids), set()).add(agent_id)
    return groups


def _way_to_room(
    queue_id: str,
    groups: Mapping[frozenset[str], set[str]],
    room: Mapping[frozenset[str], float],
    flow: Mapping[tuple[str, frozenset[str]], float],
) -> list[tuple[str, frozenset[str]]] | None:
    """Steps (queue, group) from `queue_id` to a group with room; between two the second gives way."""
    came: dict[frozenset[str], tuple[str, frozenset[str] | None]] = {}
    layer: list[tuple[str, frozenset[str] | None]] = [(queue_id, None)]
    asked = {queue_id}
    while layer:
        after: list[tuple[str, frozenset[str] | None]] = []
        for at, through in layer:
            for group in groups:
                if at not in group or group in came:
                    continue
                came[group] = (at, through)
                if room[group] > 1e-9:
                    return _trace(group, came)
                for other in group - asked:
                    if flow.get((other, group), 0.0) > 1e-9:
                        asked.add(other)
                        after.append((other, group))
        layer = after
    return None


def _trace(
    end: frozenset[str], came: Mapping[frozenset[str], tuple[str, frozenset[str] | None]]
) -> list[tuple[str, frozenset[str]]]:
    path: list[tuple[str, frozenset[str]]] = []
    group: frozenset[str] | None = end
    while group is not None:
        at, through = came[group]
        path.append((at, group))
        group = through
    return path[::-1]


def _push(
    path: list[tuple[str, frozenset[str]]],
    left: dict[str, float],
    room: dict[frozenset[str], float],
    flow: dict[tuple[str, frozenset[str]], float],
) -> None:
    first, last = path[0][0], path[-1][1]
    gives = [flow[path[i + 1][0], path[i][1]] for i in range(len(path) - 1)]
    amount = min(left[first], room[last], *gives)
    left[first] -= amount
    room[last] -= amount
    for i, (queue_id, group) in enumerate(path):
        flow[queue_id, group] = flow.get((queue_id, group), 0.0) + amount
        if i + 1 < len(path):
            flow[path[i + 1][0], group] -= amount
