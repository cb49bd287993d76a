"""Why a caller waits: the verdict with its next time, the steps over waiting, who matches but is busy, and
who is left out, by what, and which step changes that. The router explains; here it becomes sentences.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.api import models as wire
from app.engine.contact import Contact
from app.live.directory import Directory
from app.live.why_words import known_words, say
from app.words import counted, minutes, word
from routing.estimate import WaitEstimate
from routing.explain import Explanation
from routing.types import (
    AgentProfile,
    AgentRecord,
    AgentState,
    Exclusion,
    Operation,
    QueuePolicy,
    QueueStep,
    WaitingRecord,
)

Explain = Callable[[str, datetime], Explanation]

NAMED_MAX = 3
_BUSY = frozenset({AgentState.ON_CONTACT, AgentState.ACW, AgentState.RINGING, AgentState.NOT_READY})
_FOR_AGENTS = frozenset(
    {"all_busy", "nobody_qualified", "nobody_signed_in", "nobody_reachable", "cooling_off", "preferred_wait"}
)
"""Verdicts that the next step may change."""
_SKILL_REASONS = frozenset({"skill_missing", "skill_low"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What an explanation is told with."""

    directory: Directory
    policy: QueuePolicy | None
    profiles: Mapping[str, AgentProfile] = field(default_factory=dict)
    agents: Mapping[str, AgentRecord] = field(default_factory=dict)
    estimate: WaitEstimate | None = None
    handle_s: float | None = None
    """Usual length of a call of this queue, talk, hold and wrap-up."""


def why_waiting(
    contact: Contact,
    waiting: WaitingRecord,
    explanation: Explanation,
    around: Surroundings,
    language: str,
    now: datetime,
) -> wire.WhyWaiting:
    """The router's explanation in words."""
    steps = _Steps(waiting, around, language, now)
    busy = _busy(explanation, around, now)
    return wire.WhyWaiting(
        contact_id=contact.contact_id,
        verdict=_whole_verdict(explanation, busy, steps, around, language, now),
        position=explanation.position,
        waited_s=max(0.0, (now - waiting.place_at).total_seconds()),
        facts=_facts(waiting, around, language),
        priority=explanation.priority,
        exclusions=_left_out(explanation, steps, around.directory, language, now),
        steps=steps.views(),
        policy_version=around.policy.version if around.policy is not None else 0,
        busy=busy,
        estimate_low_s=around.estimate.low_s if around.estimate is not None else None,
        estimate_high_s=around.estimate.high_s if around.estimate is not None else None,
    )


def verdict(explanation: Explanation, directory: Directory, language: str, now: datetime) -> str:
    """One sentence, with the next time something changes by itself."""
    until = ""
    if explanation.until is not None:
        until = minutes((explanation.until - now).total_seconds())
    chosen = explanation.offered_to or explanation.preferred_agent
    agent = directory.agent(chosen).name if chosen else ""
    ahead = len(explanation.ahead)
    if explanation.verdict == "all_busy" and ahead:
        return counted("verdict.behind", ahead, language, count=ahead)
    code = f"verdict.{explanation.verdict}"
    tell = say if code in known_words() else word
    return tell(code, language, until=until, agent=agent)


def _whole_verdict(
    explanation: Explanation,
    busy: Sequence[wire.BusyMatch],
    steps: _Steps,
    around: Surroundings,
    language: str,
    now: datetime,
) -> str:
    said = [verdict(explanation, around.directory, language, now)]
    if explanation.shut_by is not None:
        who = around.directory.people.get(explanation.shut_by, explanation.shut_by)
        said.append(say("shut", language, who=who))
    if explanation.verdict not in _FOR_AGENTS:
        return " ".join(said)
    if busy:
        said.append(say("match", language, count=len(busy)))
    following = steps.following()
    if following is not None:
        left = minutes((steps.opens_at(following) - now).total_seconds())
        added = steps.added(following)
        if added:
            said.append(say("next_adds", language, count=len(added), time=left))
            free = sum(_is_free(around.agents.get(agent_id)) for agent_id in added)
            if free:
                said.append(say("next_free", language, count=free))
        else:
            said.append(say("next", language, time=left, step=steps.text(following)))
    return " ".join(said)


def _is_free(record: AgentRecord | None) -> bool:
    return record is not None and record.state is AgentState.AVAILABLE and record.reachable


# --- steps over waiting ---------------------------------------------------------------------------


class _Steps:
    """The steps of a queue as they stand for one who waits."""

    def __init__(self, waiting: WaitingRecord, around: Surroundings, language: str, now: datetime) -> None:
        self._waiting = waiting
        self._around = around
        self._language = language
        self._now = now
        self.all = around.policy.steps if around.policy is not None else ()

    def views(self) -> list[wire.StepView]:
        """First what was asked for at the beginning, then each step."""
        if not self.all:
            return []
        needs = wire.StepView(step_id="needs", text=self._needs(), at_s=0.0, state="done")
        return [needs, *(self._view(step) for step in self.all)]

    def _view(self, step: QueueStep) -> wire.StepView:
        state = self._state(step)
        text = self.text(step)
        if state in ("next", "later"):
            names = self._names(self.added(step))
            text = f"{text}, {names}" if names else text
        elif state == "skipped":
            text = f"{text}: {say('unmet', self._language)}"
        return wire.StepView(
            step_id=step.step_id,
            text=text,
            at_s=step.after.total_seconds(),
            opens_at=self.opens_at(step) if state in ("next", "later") else None,
            state=state,
        )

    def _state(self, step: QueueStep) -> wire.StepState:
        if step.step_id in self._waiting.steps_done:
            return "done"
        if self.opens_at(step) <= self._now:
            return "skipped"
        return "next" if step is self.following() else "later"

    def following(self) -> QueueStep | None:
        """The step that opens next by time."""
        ahead = [
            step
            for step in self.all
            if step.step_id not in self._waiting.steps_done and self.opens_at(step) > self._now
        ]
        return min(ahead, key=self.opens_at, default=None)

    def opens_at(self, step: QueueStep) -> datetime:
        return self._waiting.place_at + step.after

    def text(self, step: QueueStep) -> str:
        """What the step does, in words: its own name is for those who set it up."""
        queue = self._around.directory.queue_name(step.queue_id)
        code = f"step.{step.operation.value}"
        if step.operation is Operation.RELAX and step.level is None:
            code = "step.drop"
        return say(code, self._language, skill=_skill(step.skill), level=step.level, by=step.by, queue=queue)

    def changes(self, skill: str) -> tuple[int, QueueStep] | None:
        """The first step to come that lowers what is wanted of `skill`, and its number."""
        for number, step in enumerate(self.all, start=1):
            done = step.step_id in self._waiting.steps_done
            if step.operation is Operation.RELAX and step.skill == skill and not done:
                return number, step
        return None

    def added(self, step: QueueStep) -> list[str]:
        """Agents signed in who may take the caller through this step, and may not before it."""
        needs = self._wanted()
        before = self._able(self._waiting.queue_id, needs)
        after: set[str] = set()
        match step.operation:
            case Operation.RELAX if step.skill is not None:
                relaxed = {**needs, step.skill: step.level or 0}
                after = self._able(self._waiting.queue_id, relaxed)
            case Operation.WIDEN if step.queue_id is not None:
                after = self._able(step.queue_id, needs)
        return sorted(after - before)

    def _wanted(self) -> dict[str, int]:
        """Skill -> level as wanted now."""
        needs: dict[str, int] = {}
        policy = self._around.policy
        for need in (*(policy.requirements if policy is not None else ()), *self._waiting.requirements):
            needs[need.skill] = max(need.level, needs.get(need.skill, 0))
        for skill, level in self._waiting.relaxed.items():
            if skill in needs:
                needs[skill] = min(needs[skill], level or 0)
        return needs

    def _able(self, queue_id: str, needs: Mapping[str, int]) -> set[str]:
        found = set()
        for agent_id, profile in self._around.profiles.items():
            record = self._around.agents.get(agent_id)
            there = record is not None and record.state is not AgentState.SIGNED_OUT
            fits = all(profile.skills.get(skill, 0) >= level for skill, level in needs.items())
            if there and fits and queue_id in profile.queues:
                found.add(agent_id)
        return found

    def _names(self, agents: Sequence[str]) -> str:
        names = [self._around.directory.agent(each).name for each in agents]
        if not names:
            return ""
        first = ", ".join(names[:NAMED_MAX])
        more = len(names) - NAMED_MAX
        if more > 0:
            return say("adds_more", self._language, count=more, names=first)
        return say("adds", self._language, names=first)

    def _needs(self) -> str:
        policy = self._around.policy
        asked = (*(policy.requirements if policy is not None else ()), *self._waiting.requirements)
        words = [say("need", self._language, skill=_skill(need.skill), level=need.level) for need in asked]
        return say("and", self._language).join(words) or say("needs.nothing", self._language)


# --- agents ---------------------------------------------------------------------------------------


def _busy(explanation: Explanation, around: Surroundings, now: datetime) -> list[wire.BusyMatch]:
    """Who matches but is busy, soonest free first; those on a break last."""
    found = []
    for exclusion in explanation.agents:
        record = around.agents.get(exclusion.agent_id)
        if exclusion.reason != "not_available" or record is None or record.state not in _BUSY:
            continue
        profile = around.profiles.get(exclusion.agent_id)
        held = sorted((profile.skills if profile is not None else {}).items(), key=lambda each: -each[1])
        found.append(
            wire.BusyMatch(
                agent_id=exclusion.agent_id,
                name=around.directory.agent(exclusion.agent_id).name,
                state=record.state.value,
                reason=record.reason,
                skills=[f"{_skill(skill)} {level}" for skill, level in held[:NAMED_MAX]],
                more_s=_more_s(record, around.handle_s, now),
            )
        )
    far = timedelta(days=1).total_seconds()
    return sorted(found, key=lambda each: (each.more_s if each.more_s is not None else far, each.name))


def _more_s(record: AgentRecord, handle_s: float | None, now: datetime) -> float | None:
    """How long it usually takes until this agent is free; None: nobody can say."""
    if record.state is AgentState.ACW:
        return (record.acw_ends_at - now).total_seconds() if record.acw_ends_at is not None else None
    if record.state is AgentState.ON_CONTACT and handle_s is not None:
        left_s = handle_s - (now - record.since).total_seconds()
        # A call that is longer than usual already says nothing about its end.
        return left_s if left_s > 0 else None
    return None


def _left_out(
    explanation: Explanation, steps: _Steps, directory: Directory, language: str, now: datetime
) -> list[wire.ExclusionGroup]:
    """Who could not and why, by reason; agents who match and are busy are told apart from these."""
    groups: dict[tuple[str, str], list[Exclusion]] = defaultdict(list)
    for exclusion in explanation.agents:
        reason, skill = exclusion.reason, ""
        if reason == "not_available":
            reason = exclusion.detail.split(":")[0] or reason
            if reason in {state.value for state in _BUSY}:
                continue
        elif reason in _SKILL_REASONS:
            reason, skill = "skill", exclusion.detail.rsplit(":", 2 if reason == "skill_low" else 1)[0]
        groups[(reason, skill)].append(exclusion)
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    return [
        _group(reason, skill, found, steps, directory, language, now) for (reason, skill), found in ordered
    ]


def _group(
    reason: str,
    skill: str,
    found: Sequence[Exclusion],
    steps: _Steps,
    directory: Directory,
    language: str,
    now: datetime,
) -> wire.ExclusionGroup:
    code = f"excluded.{reason}"
    label, change = (say if code in known_words() else word)(code, language), ""
    if skill:
        level = found[0].detail.rsplit(":", 1)[1]
        label = say("left.skill", language, skill=_skill(skill), level=level)
        step = steps.changes(skill)
        if step is not None:
            left = minutes((steps.opens_at(step[1]) - now).total_seconds())
            change = say("left.change", language, number=step[0], time=left)
    elif reason == "cooling_off":
        until = min(datetime.fromisoformat(each.detail) for each in found)
        change = say("left.until", language, time=minutes((until - now).total_seconds()))
    return wire.ExclusionGroup(
        reason=f"{reason}:{skill}" if skill else reason,
        label=label,
        count=len(found),
        agents=sorted(directory.agent(each.agent_id).name for each in found),
        change=change,
    )


def _skill(skill: str | None) -> str:
    """`Language:Welsh` is told as `Welsh`."""
    return (skill or "").rpartition(":")[2]


def _facts(waiting: WaitingRecord, around: Surroundings, language: str) -> list[wire.Fact]:
    directory = around.directory
    before = ", ".join(directory.agent(each).name for each in waiting.offered_before)
    facts = [
        (word("fact.queue", language), directory.queue_name(waiting.queue_id)),
        (word("fact.offered_before", language), before or word("fact.nobody", language)),
    ]
    return [wire.Fact(label=label, value=value) for label, value in facts]
