"""A scenario out of the event log: yesterday's callers, handle times and people, exactly as recorded.

Arrivals and handle times are those of the log. Patience is known of those who gave up, and of the others only
that it was longer than their wait: theirs is drawn from what Kaplan and Meier say of the rest. Who gave up is
given the handle time of one who was answered in the same queue.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from statistics import fmean, pstdev
from typing import NamedTuple

from reporting import QueueTarget
from routing.types import MISSED_REASON, AgentState, PoliciesChanged, Requirement
from simulation.draws import LogNormal, Survival
from simulation.traffic import ACW, ANSWER, TALK, Act, Caller, Habits, Scenario, in_order, stream_of

KINDS = (
    "contact.arrived",
    "contact.queued",
    "contact.answered",
    "contact.abandoned",
    "contact.ended",
    "contact.returned",
    "contact.identified",
    "part.ended",
    "acw.ended",
    "agent.state",
    "offer.made",
    "offer.accepted",
    "offer.timed_out",
)
"""What is read; the rest of the log may be left out."""

_PATIENCE_MIN = 8
"""With fewer who gave up in a queue, the patience of all queues together is used."""


class Entry(NamedTuple):
    """One line of the event log."""

    kind: str
    at: datetime
    queue_id: str | None
    agent_id: str | None
    contact_id: str | None
    data: Mapping[str, object]


@dataclass(slots=True)
class _Seen:
    """What the log tells of one contact in its first queue."""

    contact_id: str
    queue_id: str
    at: datetime
    priority: int
    requirements: tuple[Requirement, ...]
    attributes: dict[str, str]
    dnis: str
    wait_s: float | None = None
    gave_up: bool = False
    talk_s: float | None = None
    hold_s: float = 0.0
    acw_s: float | None = None


class _Reader:
    def __init__(self) -> None:
        self.contacts: dict[str, _Seen] = {}
        self.states: list[Entry] = []
        self.answer_s: list[float] = []
        self.made = self.missed = 0
        self._dnis: dict[str, str] = {}
        self._tiers: dict[str, str] = {}
        self._rang: dict[str, datetime] = {}

    def take(self, entry: Entry) -> None:
        kind, contact_id = entry.kind, entry.contact_id
        if kind == "agent.state":
            self.states.append(entry)
        elif kind.startswith("offer."):
            self._offer(entry)
        elif contact_id is None:
            return
        elif kind == "contact.arrived":
            self._dnis[contact_id] = str(entry.data.get("dnis") or "")
        elif kind == "contact.identified":
            self._tiers[contact_id] = str(entry.data.get("tier") or "")
        elif kind == "contact.queued" and contact_id not in self.contacts and entry.queue_id:
            self._queued(entry, contact_id, entry.queue_id)
        elif contact_id in self.contacts:
            self._contact(entry, self.contacts[contact_id])

    def _offer(self, entry: Entry) -> None:
        offer_id = str(entry.data.get("offer_id"))
        if entry.kind == "offer.made":
            self.made += 1
            self._rang[offer_id] = entry.at
        elif entry.kind == "offer.timed_out":
            self.missed += 1
        elif offer_id in self._rang:
            self.answer_s.append((entry.at - self._rang.pop(offer_id)).total_seconds())

    def _queued(self, entry: Entry, contact_id: str, queue_id: str) -> None:
        skills = entry.data.get("skills")
        tier = str(entry.data.get("tier") or self._tiers.get(contact_id, ""))
        self.contacts[contact_id] = _Seen(
            contact_id=contact_id,
            queue_id=queue_id,
            at=entry.at,
            priority=int(_number(entry.data, "priority")),
            requirements=tuple(
                Requirement(skill=str(skill), level=int(level)) for skill, level in skills.items()
            )
            if isinstance(skills, Mapping)
            else (),
            attributes={"tier": tier} if tier else {},
            dnis=self._dnis.get(contact_id, ""),
        )

    def _contact(self, entry: Entry, seen: _Seen) -> None:
        match entry.kind:
            case "contact.answered" if seen.wait_s is None:
                seen.wait_s = max(0.0, (entry.at - seen.at).total_seconds())
            case "contact.abandoned" if seen.wait_s is None:
                seen.wait_s = max(0.0, (entry.at - seen.at).total_seconds())
                seen.gave_up = True
            case "contact.returned" if seen.wait_s is None:
                seen.wait_s = max(0.0, (entry.at - seen.at).total_seconds())
            case "contact.ended" | "part.ended" if entry.agent_id and seen.talk_s is None:
                if entry.data.get("role") in (None, "owner"):
                    seen.talk_s = _number(entry.data, "talk_s")
                    seen.hold_s = _number(entry.data, "hold_s")
            case "acw.ended" if seen.acw_s is None:
                seen.acw_s = _number(entry.data, "acw_s")


def recorded_scenario(
    entries: Iterable[Entry],
    policies: PoliciesChanged,
    begin: datetime,
    *,
    targets: Mapping[str, QueueTarget] | None = None,
    seed: int | str = 1,
) -> Scenario:
    """The day that the log tells of, under `policies`.

    Args:
        entries: the log of that day in order, and of agents' states before it if known; see `KINDS`.
        policies: contacts of queues that it does not have are left out.
        begin: midnight of that day.
        seed: of what the log does not tell: patience of the answered, talk of those who gave up.
    """
    reader = _Reader()
    for entry in entries:
        reader.take(entry)
    queues = {policy.queue_id for policy in policies.queues}
    seen = [each for each in reader.contacts.values() if each.queue_id in queues]
    agents = {profile.agent_id for profile in policies.agents}
    return Scenario(
        begin=begin,
        policies=policies,
        callers=_callers(seen, begin, seed),
        acts=_acts([state for state in reader.states if state.agent_id in agents], begin),
        habits=_habits(reader),
        targets=dict(targets or {}),
        length_s=1.5 * 86_400.0,
    )


def _callers(contacts: Sequence[_Seen], begin: datetime, seed: int | str) -> list[Caller]:
    by_queue: dict[str, list[_Seen]] = defaultdict(list)
    for each in contacts:
        by_queue[each.queue_id].append(each)
    everybody = _survival(contacts)
    callers: list[Caller] = []
    for members in by_queue.values():
        enough = sum(each.gave_up for each in members) >= _PATIENCE_MIN
        survival = _survival(members) if enough else everybody
        answered = [each for each in members if each.talk_s is not None]
        callers += [_caller(each, begin, survival, answered, seed) for each in members]
    return sorted(callers, key=lambda caller: (caller.at_s, caller.contact_id))


def _survival(contacts: Sequence[_Seen]) -> Survival:
    known = [(each.wait_s, each.gave_up) for each in contacts if each.wait_s is not None]
    return Survival([wait_s for wait_s, _ in known], [gave_up for _, gave_up in known])


def _caller(
    seen: _Seen, begin: datetime, survival: Survival, answered: Sequence[_Seen], seed: int | str
) -> Caller:
    stream = stream_of(seed, seen.contact_id)
    chance = Random(stream)
    like = chance.choice(answered) if answered else None
    u = 1.0 - chance.random()
    if seen.gave_up and seen.wait_s is not None:
        patience_s = seen.wait_s
    else:
        patience_s = survival.given(seen.wait_s or 0.0, u)
    source = seen if seen.talk_s is not None else like
    talk_s = source.talk_s if source is not None else None
    acw_s = source.acw_s if source is not None else None
    return Caller(
        contact_id=seen.contact_id,
        at_s=(seen.at - begin).total_seconds(),
        queue_id=seen.queue_id,
        talk_s=talk_s if talk_s is not None else TALK.at(chance.gauss(0.0, 1.0)),
        hold_s=source.hold_s if source is not None else 0.0,
        acw_s=acw_s if acw_s is not None else ACW.at(chance.gauss(0.0, 1.0)),
        patience_s=patience_s,
        stream=stream,
        priority=seen.priority,
        requirements=seen.requirements,
        attributes=seen.attributes,
        kind=seen.queue_id,
        dnis=seen.dnis,
    )


_AWAY = {AgentState.NOT_READY.value: AgentState.NOT_READY, AgentState.SIGNED_OUT.value: AgentState.SIGNED_OUT}


def _acts(states: Sequence[Entry], begin: datetime) -> tuple[Act, ...]:
    """What agents did of their own: came, took breaks, went. Work, and what misses led to, is left out."""
    acts: list[Act] = []
    last: dict[str, tuple[AgentState, str | None]] = {}
    for entry in states:
        assert entry.agent_id is not None
        state = _AWAY.get(str(entry.data.get("state")), AgentState.AVAILABLE)
        reason = entry.data.get("reason") if state is AgentState.NOT_READY else None
        if reason == MISSED_REASON:
            continue
        now = (state, str(reason) if reason else "break" if state is AgentState.NOT_READY else None)
        if last.get(entry.agent_id, (AgentState.SIGNED_OUT, None)) == now:
            continue
        last[entry.agent_id] = now
        at_s = max(0.0, (entry.at - begin).total_seconds())
        acts.append(Act(at_s=at_s, agent_id=entry.agent_id, state=now[0], reason=now[1]))
    return in_order(acts)


def _habits(reader: _Reader) -> Habits:
    answer = ANSWER
    if len(reader.answer_s) >= 2 and (mean_s := fmean(reader.answer_s)) > 0.0:
        answer = LogNormal(mean_s=mean_s, cv=pstdev(reader.answer_s) / mean_s)
    return Habits(answer=answer, miss_chance=reader.missed / reader.made if reader.made else 0.0)


def _number(data: Mapping[str, object], key: str) -> float:
    value = data.get(key)
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else 0.0
