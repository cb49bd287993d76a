"""How long a caller still waits: the only place where that is worked out, for announcements and pages alike.

`WaitEstimator` is fed with the router's records as they change, and so knows what a centre knows: who serves
whom, who is at work for which queue and since when, who waits in which order. The estimate for a caller is
the time until enough of the agents who may take the call come free:

    ahead   callers without an offer who are served before, in any queue, each counted by the share of
            the agents who may take it that could take this call too
    rate    how often an agent of this pool comes free: those at work, over the handle times lately seen
    leaving how many of those ahead give up meanwhile

and is corrected by how the estimates of lately answered callers compare with what they really waited.

Source: Whitt 1999, Improving service by informing customers about anticipated delays (the estimate from
queue length, rate and abandonment); Ibrahim & Whitt 2009 (its error).
"""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from routing.policy import VOICE, Across, PoliciesChanged, QueuePolicy, Requirement
from routing.ranking import Needs, compile_needs, shortfall
from routing.records import AgentRecord, AgentState, Changes, OfferOutcome, OfferRecord, WaitingRecord

HANDLE_S = 240.0
"""Ring to ready before a queue has handle times of its own: four minutes."""

_HANDLE_PRIOR = 3.0
"""So many calls of `HANDLE_S` count before the first one."""

_HANDLE_MEMORY = 100.0
"""Handle times fade over so many calls of their queue."""

_PATIENCE_MEMORY = 400.0
"""Giving up fades over so many contacts that left a queue."""

_PATIENCE_PRIOR_S = 600.0
"""So much waiting without giving up counts before the first one."""

_BIAS_MEMORY = 60.0
"""The correction fades over so many answered callers of a queue."""

_BIAS_PRIOR_S = 600.0
"""So much waiting as estimated counts before the first one."""

_BIAS_MOST = 2.5
"""The correction stays between this and its inverse: beyond, something else is wrong."""

_BIAS_LEAST_S = 3.0
"""Estimates below it say nothing about the next ones."""

_QUANTILE_80 = 1.2816
"""Standard normal: 80% lie between minus and plus this many deviations."""

_RATE_DOUBT = 0.02
"""Variance, relative to the square of the wait, that comes from not knowing the rate itself."""

_NEAR = 100
"""So many callers ahead are counted one by one."""

_AFTER_ALL_IDS = "\U0010ffff"

_AT_WORK = frozenset({AgentState.RINGING, AgentState.ON_CONTACT, AgentState.ACW})

Group = tuple[str, Needs]
"""Contacts of one queue with equal needs: the same agents may take them."""

_Key = tuple[int, int, datetime, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitEstimate:
    """Seconds. Four of five callers in this place wait between `low_s` and `high_s`."""

    mean_s: float
    low_s: float
    high_s: float

    @property
    def mean(self) -> timedelta:
        return timedelta(seconds=self.mean_s)


NO_WAIT = WaitEstimate(mean_s=0.0, low_s=0.0, high_s=0.0)


def wait_for_turn(ahead: float, rate: float, leave_rate: float = 0.0) -> tuple[float, float]:
    """Mean (s) and variance (s²) of the time until `ahead` others, and then this caller, are served.

    With i others ahead, the next one goes after an exponential time of rate `rate + i leave_rate`.

    Args:
        ahead: how many are served before; may have a fraction.
        rate: how many are served a second.
        leave_rate: how many of those waiting give up, per head and second.
    """
    whole = math.floor(ahead)
    # The fraction of a caller is the one farthest ahead of the rest.
    mean_s = (ahead - whole) / (rate + leave_rate * ahead)
    variance = mean_s / (rate + leave_rate * ahead)
    if leave_rate == 0.0:
        return mean_s + (whole + 1) / rate, variance + (whole + 1) / rate**2
    near = min(whole, _NEAR)
    for others in range(near + 1):
        gap_s = 1.0 / (rate + leave_rate * others)
        mean_s += gap_s
        variance += gap_s * gap_s
    if whole > near:
        # The sum over those farther ahead, as an integral.
        first, last = rate + leave_rate * (near + 0.5), rate + leave_rate * (whole + 0.5)
        mean_s += math.log(last / first) / leave_rate
        variance += (1.0 / first - 1.0 / last) / leave_rate
    return mean_s, variance


def with_range(mean_s: float, variance: float) -> WaitEstimate:
    """The range that four of five waits fall into: a gamma's quantiles after Wilson and Hilferty."""
    if mean_s <= 0.0:
        return NO_WAIT
    shape = mean_s * mean_s / variance
    spread = _QUANTILE_80 / (3.0 * math.sqrt(shape))
    centre = 1.0 - 1.0 / (9.0 * shape)
    low_s, high_s = (mean_s * max(0.0, centre + sign * spread) ** 3 for sign in (-1.0, 1.0))
    return WaitEstimate(mean_s=mean_s, low_s=low_s, high_s=high_s)


@dataclass(slots=True)
class _Fading:
    """A ratio of two sums in which what is old counts less and less."""

    part: float
    whole: float
    memory: float

    @property
    def value(self) -> float:
        return self.part / self.whole

    def add(self, part: float, whole: float) -> None:
        keep = 1.0 - 1.0 / self.memory
        self.part = self.part * keep + part
        self.whole = self.whole * keep + whole


@dataclass(slots=True)
class _Waiting:
    record: WaitingRecord
    group: Group
    key: _Key
    told_s: float | None
    """What was expected on entry."""
    entered_at: datetime


class _Line:
    """One group's callers in service order."""

    __slots__ = ("everyone", "open")

    def __init__(self) -> None:
        self.everyone: list[_Key] = []
        self.open: list[_Key] = []
        """Those whom nobody is being offered."""


class WaitEstimator:
    """Fed by `configure` and `note`; asked by `estimate` and `estimate_contact`. Not safe for threads."""

    def __init__(self) -> None:
        self._policies: dict[str, QueuePolicy] = {}
        self._weighted = True
        self._bits: dict[str, int] = {}
        """Agent -> a power of two; sets of agents are sums of them."""
        self._skills: list[tuple[int, frozenset[str], Mapping[str, int]]] = []
        self._pools: dict[Group, int] = {}
        """Who may take a group's contacts, at work or not."""
        self._agents: dict[str, AgentRecord] = {}
        self._present = self._free = 0
        self._working_for: dict[str, int] = {}
        self._began: dict[str, datetime] = {}
        """Agent -> when the work at hand began to ring."""
        self._works_for: dict[str, str] = {}
        self._lines: dict[Group, _Line] = {}
        self._waiting: dict[str, _Waiting] = {}
        self._handle: dict[str, _Fading] = {}
        self._all_handle = _Fading(_HANDLE_PRIOR * HANDLE_S, _HANDLE_PRIOR, _HANDLE_MEMORY)
        self._patience = _Fading(0.0, _PATIENCE_PRIOR_S, _PATIENCE_MEMORY)
        self._bias: dict[str, _Fading] = {}

    # --- what it is told --------------------------------------------------------------------------

    def configure(self, policies: PoliciesChanged) -> None:
        """The rules in force, from now on."""
        self._policies = {policy.queue_id: policy for policy in policies.queues}
        self._weighted = policies.across is Across.WEIGHT_THEN_LONGEST
        for profile in policies.agents:
            self._bits.setdefault(profile.agent_id, 1 << len(self._bits))
        self._skills = [
            (self._bits[profile.agent_id], profile.queues, profile.skills) for profile in policies.agents
        ]
        self._pools = {}
        waiting = list(self._waiting.values())
        self._lines = {}
        for each in waiting:
            self._place(each.record, each.told_s, each.entered_at)

    def note(self, changes: Changes, now: datetime) -> None:
        """What `Router.changes()` reported, or after a restart all there is. Only voice waits are told."""
        for agent in changes.agents:
            self.note_agent(agent)
        for offer in changes.offers:
            self.note_offer(offer)
        for contact_id in changes.gone:
            self.note_gone(contact_id, now)
        for waiting in changes.waiting:
            self.note_waiting(waiting, now)

    def note_agent(self, agent: AgentRecord) -> None:
        """An agent's record is another now."""
        bit = self._bits.setdefault(agent.agent_id, 1 << len(self._bits))
        before = self._agents.get(agent.agent_id)
        self._agents[agent.agent_id] = agent
        if before is not None and before.state in _AT_WORK:
            self._note_work_over(before, agent)
        at_work = agent.state in _AT_WORK
        stays = agent.next_state in (None, AgentState.AVAILABLE)
        free = agent.state is AgentState.AVAILABLE and agent.reachable
        self._free = self._free | bit if free else self._free & ~bit
        self._present = self._present | bit if free or (at_work and stays) else self._present & ~bit
        if at_work:
            self._began.setdefault(agent.agent_id, agent.since)
            self._assign(agent.agent_id, agent.queue_id)
        else:
            self._began.pop(agent.agent_id, None)
            self._assign(agent.agent_id, None)

    def note_offer(self, offer: OfferRecord) -> None:
        """An offer was made, or ended. That it was accepted is what tells an answer from giving up."""
        if offer.outcome is None:
            self._assign(offer.agent_id, offer.queue_id)
        elif offer.outcome is OfferOutcome.ACCEPTED:
            found = self._waiting.get(offer.contact_id)
            if found is not None:
                self._learn(found, offer.ended_at or offer.made_at, answered=True)
                self._drop(found)

    def note_waiting(self, record: WaitingRecord, now: datetime) -> None:
        """A contact waits, or its record is another now."""
        if record.channel != VOICE:
            return
        found = self._waiting.get(record.contact_id)
        if found is not None:
            moved = found.record.queue_id != record.queue_id
            self._drop(found)
            self._place(record, None if moved else found.told_s, now if moved else found.entered_at)
        else:
            self._place(record, None, now)
            placed = self._waiting[record.contact_id]
            estimate = self._raw(placed.group, placed.key) if record.offer_id is None else None
            placed.told_s = estimate[0] if estimate is not None else None

    def note_gone(self, contact_id: str, now: datetime) -> None:
        """A contact waits no longer. Unless its offer was accepted before, it gave up or went elsewhere."""
        found = self._waiting.get(contact_id)
        if found is not None:
            self._learn(found, now, answered=False)
            self._drop(found)

    # --- what it is asked -------------------------------------------------------------------------

    def estimate(
        self,
        queue_id: str,
        position: int,
        now: datetime,
        needs: tuple[Requirement, ...] = (),
    ) -> WaitEstimate | None:
        """What the caller at `position` (1 is next) of a queue still waits.

        Args:
            queue_id: the queue.
            position: among all who wait there; one more than wait means the next to come.
            now: the present instant.
            needs: what this caller requires beyond the queue's requirements, if he is not waiting yet.

        Returns:
            None when nobody who could take the call is at work: then nothing honest can be said.
        """
        policy = self._policies.get(queue_id)
        if policy is None or position < 1:
            return None
        keys = sorted(
            key for (queue, _), line in self._lines.items() if queue == queue_id for key in line.everyone
        )
        if position <= len(keys):
            return self.estimate_contact(keys[position - 1][3])
        group = (queue_id, compile_needs(policy.requirements, needs))
        weight = policy.weight if self._weighted else 0
        return self._told(group, (0, -weight, now, _AFTER_ALL_IDS))

    def estimate_contact(self, contact_id: str) -> WaitEstimate | None:
        """What this waiting contact still waits; None as above, and for one that does not wait."""
        found = self._waiting.get(contact_id)
        if found is None:
            return None
        if found.record.offer_id is not None:
            return NO_WAIT
        return self._told(found.group, found.key)

    def handle_s(self, queue_id: str) -> float:
        """Ring to ready for a contact of this queue, lately, in seconds."""
        known = self._handle.get(queue_id)
        return known.value if known is not None else self._all_handle.value

    # --- the estimate -----------------------------------------------------------------------------

    def _told(self, group: Group, key: _Key) -> WaitEstimate | None:
        raw = self._raw(group, key)
        if raw is None:
            return None
        bias = self._bias_of(group[0])
        mean_s = raw[0] * bias
        return with_range(mean_s, raw[1] * bias * bias + _RATE_DOUBT * mean_s * mean_s)

    def _raw(self, group: Group, key: _Key) -> tuple[float, float] | None:
        """Mean and variance before the correction."""
        pool = self._pool(group) & self._present
        size = pool.bit_count()
        if not size:
            return None
        ahead = 0.0
        for other, line in self._lines.items():
            before = bisect_left(line.open, key)
            if not before:
                continue
            others = self._pool(other) & self._present
            shared = (others & pool).bit_count()
            if shared:
                ahead += before * shared / others.bit_count()
        ahead -= (pool & self._free).bit_count()
        if ahead < 0.0:
            return 0.0, 0.0
        rate = 0.0
        known = 0
        for queue_id, working in self._working_for.items():
            count = (working & pool).bit_count()
            known += count
            rate += count / self.handle_s(queue_id)
        rate += (size - known) / self.handle_s(group[0])
        return wait_for_turn(ahead, rate, self._patience.value)

    def _bias_of(self, queue_id: str) -> float:
        bias = self._bias.get(queue_id)
        return min(_BIAS_MOST, max(1.0 / _BIAS_MOST, bias.value)) if bias is not None else 1.0

    def _pool(self, group: Group) -> int:
        pool = self._pools.get(group)
        if pool is None:
            queue_id, needs = group
            pool = 0
            for bit, queues, skills in self._skills:
                if queue_id in queues and shortfall(skills, needs) is None:
                    pool |= bit
            self._pools[group] = pool
        return pool

    # --- learning ---------------------------------------------------------------------------------

    def _note_work_over(self, before: AgentRecord, agent: AgentRecord) -> None:
        """The work of an agent ended if he is ready, away, or already ringing with the next one."""
        if before.state is AgentState.RINGING:
            if agent.state is not AgentState.ON_CONTACT:
                self._began.pop(agent.agent_id, None)
            return
        if agent.state in (AgentState.ON_CONTACT, AgentState.ACW):
            return
        began = self._began.pop(agent.agent_id, None)
        if began is None or before.queue_id is None:
            return
        handle_s = max(0.0, (agent.since - began).total_seconds())
        fresh = _Fading(_HANDLE_PRIOR * self._all_handle.value, _HANDLE_PRIOR, _HANDLE_MEMORY)
        self._handle.setdefault(before.queue_id, fresh).add(handle_s, 1.0)
        self._all_handle.add(handle_s, 1.0)

    def _learn(self, waiting: _Waiting, at: datetime, *, answered: bool) -> None:
        waited_s = max(0.0, (at - waiting.entered_at).total_seconds())
        self._patience.add(0.0 if answered else 1.0, waited_s)
        if not answered or waiting.told_s is None or waiting.told_s < _BIAS_LEAST_S:
            return
        fresh = _Fading(_BIAS_PRIOR_S, _BIAS_PRIOR_S, _BIAS_MEMORY)
        # Of those who would have waited so long, few are left: each answered one stands for all of them.
        stands_for = math.exp(min(1.5, self._patience.value * waited_s))
        self._bias.setdefault(waiting.group[0], fresh).add(stands_for * waited_s, stands_for * waiting.told_s)

    def _assign(self, agent_id: str, queue_id: str | None) -> None:
        """Whose calls he works on; None in a state of work: as before."""
        record = self._agents.get(agent_id)
        if queue_id is None and record is not None and record.state in _AT_WORK:
            return
        bit = self._bits.setdefault(agent_id, 1 << len(self._bits))
        before = self._works_for.pop(agent_id, None)
        if before is not None:
            self._working_for[before] &= ~bit
        if queue_id is not None:
            self._works_for[agent_id] = queue_id
            self._working_for[queue_id] = self._working_for.get(queue_id, 0) | bit

    # --- lines ------------------------------------------------------------------------------------

    def _place(self, record: WaitingRecord, told_s: float | None, entered_at: datetime) -> None:
        policy = self._policies.get(record.queue_id)
        own = policy.requirements if policy is not None else ()
        levels = dict(compile_needs(own, record.requirements))
        for skill, level in record.relaxed.items():
            if level is None:
                levels.pop(skill, None)
            elif skill in levels:
                levels[skill] = level
        group: Group = (record.queue_id, tuple(sorted(levels.items())))
        key = self._key(record, policy)
        line = self._lines.setdefault(group, _Line())
        insort(line.everyone, key)
        if record.offer_id is None and not record.suspended:
            insort(line.open, key)
        self._waiting[record.contact_id] = _Waiting(record, group, key, told_s, entered_at)

    def _key(self, record: WaitingRecord, policy: QueuePolicy | None) -> _Key:
        priority, weight = record.priority + record.raised, 0
        if policy is not None:
            priority += policy.tier_priority.get(record.attributes.get("tier", ""), 0)
            priority += policy.case_priority.get(record.attributes.get("case_priority", ""), 0)
            weight = policy.weight if self._weighted else 0
        return (-priority, -weight, record.place_at, record.contact_id)

    def _drop(self, waiting: _Waiting) -> None:
        line = self._lines[waiting.group]
        for keys in (line.everyone, line.open):
            at = bisect_left(keys, waiting.key)
            if at < len(keys) and keys[at] == waiting.key:
                del keys[at]
        if not line.everyone:
            del self._lines[waiting.group]
        del self._waiting[waiting.record.contact_id]
