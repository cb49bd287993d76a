"""A centre's rules and people with a difference laid over them, and that difference in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from app.api.models_setup_queue import QueueSetting, StepSetting
from app.api.models_simulation import DayChange
from app.errors import Unusable
from app.words import minutes
from app.words_simulation import say
from calendars import Calendar
from routing.policy import Across, AgentProfile, PoliciesChanged
from simulation.traffic import Act, in_order


@dataclass(frozen=True, slots=True, kw_only=True)
class CentreRules:
    """What a day is run under."""

    queues: tuple[QueueSetting, ...]
    agents: tuple[AgentProfile, ...]
    across: Across = Across.WEIGHT_THEN_LONGEST
    calendars: Mapping[str, Calendar] = field(default_factory=dict)

    def policies(self) -> PoliciesChanged:
        return PoliciesChanged(
            queues=tuple(queue.policy(queue.id, queue.name) for queue in self.queues),
            agents=self.agents,
            across=self.across,
            calendars=self.calendars,
        )

    def queue_names(self) -> dict[str, str]:
        return {queue.id: queue.name for queue in self.queues}


def changed(rules: CentreRules, change: DayChange) -> CentreRules:
    """The rules with the difference in force. Staff is another matter: see `with_staff`.

    Raises:
        Unusable: it names what the centre does not have, or what no queue can be.
    """
    queues = {queue.id: queue for queue in rules.queues}
    for patch in change.queues:
        if patch.id not in queues:
            raise Unusable(f"queues.{patch.id}", "There is no such queue.", "Name one that the centre has.")
        queues[patch.id] = _patched(queues[patch.id], patch.rules)
    agents = {agent.agent_id: agent for agent in rules.agents}
    for each in change.agents:
        agent = agents.get(each.id)
        if agent is None:
            raise Unusable(f"agents.{each.id}", "There is no such agent.", "Name one that the centre has.")
        unknown = sorted(set(each.queues or ()) - queues.keys())
        if unknown:
            raise Unusable(
                f"agents.{each.id}.queues", f"There is no queue {unknown[0]}.", "Name one there is."
            )
        skills = {skill: level for skill, level in {**agent.skills, **each.skills}.items() if level > 0}
        served = agent.queues if each.queues is None else frozenset(each.queues)
        agents[each.id] = replace(agent, skills=skills, queues=served)
    for staff in change.staff:
        if staff.queue not in queues:
            raise Unusable(f"staff.{staff.queue}", "There is no such queue.", "Name one that the centre has.")
    return replace(
        rules,
        queues=tuple(queues.values()),
        agents=tuple(agents.values()),
        across=change.across or rules.across,
    )


def _patched(queue: QueueSetting, patch: Mapping[str, Any]) -> QueueSetting:
    """Nested rules are merged, lists and single values replaced."""
    old = queue.model_dump(mode="json")
    merged = dict(old)
    for name, value in patch.items():
        before = old.get(name)
        nested = name in ("announcements", "callbacks") and isinstance(value, Mapping)
        merged[name] = {**before, **value} if nested and isinstance(before, dict) else value
    try:
        return QueueSetting.model_validate(merged)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in ("queues", queue.id, *first["loc"]))
        raise Unusable(where, first["msg"], "Write it as the configuration does.") from None


def with_staff(
    rules: CentreRules, acts: Sequence[Act], change: DayChange
) -> tuple[CentreRules, tuple[Act, ...]]:
    """So many people more or fewer, at the hours of those who serve the queue on that day."""
    agents = list(rules.agents)
    all_acts = list(acts)
    for patch in change.staff:
        at_work = {act.agent_id for act in all_acts}
        members = sorted(
            (agent for agent in agents if patch.queue in agent.queues and agent.agent_id in at_work),
            key=lambda agent: (len(agent.queues), agent.agent_id),
        )
        if patch.people < 0:
            gone = {agent.agent_id for agent in members[: -patch.people]}
            agents = [agent for agent in agents if agent.agent_id not in gone]
            all_acts = [act for act in all_acts if act.agent_id not in gone]
        for number in range(patch.people if members else 0):
            like = members[number % len(members)]
            agent_id = f"{like.agent_id}+{number + 1}"
            agents.append(replace(like, agent_id=agent_id, name=f"{like.name} +{number + 1}"))
            all_acts += [replace(act, agent_id=agent_id) for act in all_acts if act.agent_id == like.agent_id]
    return replace(rules, agents=tuple(agents)), in_order(all_acts)


# --- in sentences ---------------------------------------------------------------------------------


def described(rules: CentreRules, change: DayChange, language: str) -> list[str]:
    """What differs, a sentence each."""
    after = {queue.id: queue for queue in changed(rules, change).queues}
    sentences = []
    for queue in rules.queues:
        if queue != after[queue.id]:
            sentences += _queue_sentences(queue, after[queue.id], language)
    agents = {agent.agent_id: agent for agent in rules.agents}
    for each in change.agents:
        agent = agents[each.id]
        sentences += [
            say(
                "change.skill",
                language,
                agent=agent.name,
                skill=skill,
                before=agent.skills.get(skill, 0),
                after=level,
            )
            for skill, level in each.skills.items()
            if agent.skills.get(skill, 0) != level
        ]
        if each.queues is not None and frozenset(each.queues) != agent.queues:
            names = ", ".join(after[queue_id].name for queue_id in each.queues)
            sentences.append(say("change.queues", language, agent=agent.name, queues=names))
    for staff in change.staff:
        name = after[staff.queue].name
        sentences.append(say("change.staff", language, queue=name, people=f"{staff.people:+d}"))
    if change.across is not None and change.across is not rules.across:
        sentences.append(
            say("change.across", language, before=_plain(rules.across), after=_plain(change.across))
        )
    return sentences or [say("change.none", language)]


def _queue_sentences(before: QueueSetting, after: QueueSetting, language: str) -> list[str]:
    sentences = []
    for skill in sorted(before.requirements.keys() | after.requirements.keys()):
        old, new = before.requirements.get(skill), after.requirements.get(skill)
        if old != new:
            code = "requirement_new" if old is None else "requirement_gone" if new is None else "requirement"
            sentences.append(
                say(f"change.{code}", language, queue=after.name, skill=skill, before=old, after=new)
            )
    sentences += _step_sentences(before, after, language)
    for name in type(before).model_fields:
        old, new = getattr(before, name), getattr(after, name)
        if name in ("requirements", "steps") or old == new:
            continue
        if name in ("weight", "strategy"):
            code = f"change.{name}"
            sentences.append(say(code, language, queue=after.name, before=_plain(old), after=_plain(new)))
        elif isinstance(old, int | float | str):
            rule = name.removesuffix("_s").replace("_", " ")
            sentences.append(say("change.rule", language, queue=after.name, rule=rule, before=old, after=new))
        else:
            sentences.append(
                say("change.rule_other", language, queue=after.name, rule=name.replace("_", " "))
            )
    return sentences


def _step_sentences(before: QueueSetting, after: QueueSetting, language: str) -> list[str]:
    old = {step.id: step for step in before.steps}
    new = {step.id: step for step in after.steps}
    sentences = []
    for step_id, step in new.items():
        was = old.get(step_id)
        values = {"queue": after.name, "step": step_name(step), "after": minutes(step.after_s)}
        if was is None:
            sentences.append(say("change.step_new", language, **values))
        elif was.after_s != step.after_s:
            sentences.append(say("change.step_moved", language, before=minutes(was.after_s), **values))
        elif was != step:
            sentences.append(say("change.step_other", language, **values))
    gone = [step for step_id, step in old.items() if step_id not in new]
    return sentences + [
        say("change.step_gone", language, queue=after.name, step=step_name(step)) for step in gone
    ]


def step_name(step: StepSetting) -> str:
    if step.name:
        return step.name
    what = step.skill or step.queue or (f"+{step.by}" if step.by else "")
    level = f" ≥ {step.level}" if step.level is not None else ""
    return f"{_plain(step.operation)} {what}{level}".strip()


def _plain(value: object) -> str:
    return str(value).replace("_", " ")
