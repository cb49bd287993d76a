"""The policy analyser: what of a configuration cannot work as written, found before a caller does.

Errors block saving: nobody can have meant them. Warnings do not: a centre may be half-way through a change,
or know better. Nothing here decides about a contact; the router does, and takes every configuration.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from routing.analyser_load import Traffic, check_load
from routing.analyser_rules import check_rules
from routing.analyser_steps import check_cycles, check_steps
from routing.findings import Cure, Edit, Finding, Severity, queue_edit, queue_finding, queue_removal
from routing.policy import AgentProfile, PoliciesChanged, QueuePolicy, Requirement, Way, WayKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the configuration may refer to beside itself. None: not checked."""

    skills: frozenset[str] | None = None
    prompts: frozenset[str] | None = None
    teams: frozenset[str] | None = None
    asked: Mapping[str, tuple[Requirement, ...]] = field(default_factory=dict)
    """Queue id -> what flows may ask of its agents in addition."""


def analyse(
    policies: PoliciesChanged,
    traffic: Mapping[str, Traffic] | None = None,
    known: Known | None = None,
) -> tuple[Finding, ...]:
    """Everything that stands out, errors first, then by object.

    Args:
        traffic: queue id -> its busiest hour; what depends on load is judged only for queues in it.
        known: the rest of the centre.
    """
    rest = known or Known()
    found = list(_all(policies, traffic or {}, rest))
    order = {Severity.ERROR: 0, Severity.WARNING: 1}
    return tuple(sorted(found, key=lambda each: (order[each.severity], each.section, each.id, each.where)))


def _all(policies: PoliciesChanged, traffic: Mapping[str, Traffic], known: Known) -> Iterator[Finding]:
    members: dict[str, list[AgentProfile]] = {queue.queue_id: [] for queue in policies.queues}
    for agent in policies.agents:
        for queue_id in agent.queues & members.keys():
            members[queue_id].append(agent)
    for queue in policies.queues:
        here = members[queue.queue_id]
        yield from _references(queue, policies, known)
        yield from _reach(queue, here, known.asked.get(queue.queue_id, ()))
        yield from check_rules(queue, here)
        yield from check_steps(queue, members, policies.calendars, known.asked.get(queue.queue_id, ()))
    queues = {queue.queue_id: queue for queue in policies.queues}
    for agent in policies.agents:
        yield from _agent(agent, queues, known)
    yield from check_cycles(policies.queues)
    yield from check_load(policies, members, traffic)


# --- references -----------------------------------------------------------------------------------


def _references(queue: QueuePolicy, policies: PoliciesChanged, known: Known) -> Iterator[Finding]:
    queues = {each.queue_id for each in policies.queues}
    agents = {each.agent_id for each in policies.agents}
    for kind, name, where in _referred(queue):
        there: Iterable[str] | None = {
            "skill": known.skills,
            "queue": queues,
            "calendar": policies.calendars.keys(),
            "prompt": known.prompts,
        }[kind]
        if there is not None and name not in there:
            yield _unknown(kind, name, queue.queue_id, where)
    for field_name, named in (("order", queue.order), ("penalties", tuple(queue.penalties))):
        for agent_id in named:
            if agent_id in agents:
                continue
            edit = Edit(
                section="queues",
                id=queue.queue_id,
                path=(field_name,),
                value=agent_id,
                remove=True,
                item=True,
            )
            yield queue_finding(
                "unknown_agent",
                queue.queue_id,
                field_name,
                cures=(Cure(code="take_out", facts={"name": agent_id}, edit=edit),),
                name=agent_id,
            )


def _referred(queue: QueuePolicy) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """(kind, name, where) of everything that this queue's rules name."""
    for need in queue.requirements:
        yield "skill", need.skill, ("requirements", need.skill)
    for step in queue.steps:
        at = ("steps", step.step_id)
        if step.skill:
            yield "skill", step.skill, (*at, "skill")
        if step.queue_id:
            yield "queue", step.queue_id, (*at, "queue")
        if step.prompt:
            yield "prompt", step.prompt, (*at, "prompt")
        if step.when.calendar:
            yield "calendar", step.when.calendar, (*at, "when", "calendar")
    for field_name, way in _ways(queue):
        if way.kind is WayKind.OVERFLOW and way.queue_id:
            yield "queue", way.queue_id, (field_name, "queue")
    if queue.callbacks.calendar:
        yield "calendar", queue.callbacks.calendar, ("callbacks", "calendar")
    if queue.consent:
        yield "prompt", queue.consent, ("consent",)
    if queue.blending is not None:
        for name in sorted(queue.blending.yields_to):
            yield "queue", name, ("blending", "yields_to")


def _ways(queue: QueuePolicy) -> tuple[tuple[str, Way], ...]:
    return (("on_full", queue.on_full), ("on_empty", queue.on_empty), ("on_max_wait", queue.on_max_wait))


def _unknown(kind: str, name: str, queue_id: str, where: tuple[str, ...]) -> Finding:
    in_steps, yields = where[0] == "steps", where == ("blending", "yields_to")
    cure = Cure(code="clear_field", edit=queue_removal(queue_id, *where))
    if in_steps:
        cure = Cure(code="remove_step", edit=queue_removal(queue_id, *where[:2]))
    elif yields:
        edit = Edit(section="queues", id=queue_id, path=where, value=name, remove=True, item=True)
        cure = Cure(code="take_out", facts={"name": name}, edit=edit)
    elif where[0].startswith("on_"):
        cure = Cure(code="way_return", edit=queue_edit(queue_id, where[0], "kind", value="return"))
    go = {"skill": "skills", "queue": "queues", "calendar": "hours", "prompt": "sounds"}[kind]
    cures = (Cure(code=f"add_{kind}", facts={"name": name}, go=go), cure)
    return queue_finding(f"unknown_{kind}", queue_id, *where, severity=Severity.ERROR, cures=cures, name=name)


# --- who can be reached ---------------------------------------------------------------------------


def _reach(
    queue: QueuePolicy, members: list[AgentProfile], asked: tuple[Requirement, ...]
) -> Iterator[Finding]:
    queue_id = queue.queue_id
    if not members:
        yield queue_finding("no_members", queue_id, cures=(Cure(code="choose_people", go="agents"),))
        return
    reached = True
    for need, own in (*((need, True) for need in queue.requirements), *((need, False) for need in asked)):
        best = max(agent.skills.get(need.skill, 0) for agent in members)
        if best >= need.level:
            continue
        reached = reached and not own
        cures = [Cure(code="choose_people", go="agents")]
        if best > 0 and own:
            edit = queue_edit(queue_id, "requirements", need.skill, value=best)
            cures.append(Cure(code="ask_for_level", facts={"level": best}, edit=edit))
        where = ("requirements", need.skill) if own else ("asked", need.skill)
        code = "skill_nobody_holds" if own else "asked_skill_nobody_holds"
        yield queue_finding(
            code, queue_id, *where, cures=tuple(cures), skill=need.skill, level=need.level, best=best
        )
    if reached and not any(qualified(agent, queue.requirements) for agent in members):
        yield queue_finding(
            "nobody_holds_all",
            queue_id,
            "requirements",
            cures=(Cure(code="choose_people", go="agents"),),
            members=len(members),
        )


def qualified(agent: AgentProfile, requirements: Iterable[Requirement]) -> bool:
    """Whether the agent holds all of `requirements`."""
    return all(agent.skills.get(need.skill, 0) >= need.level for need in requirements)


# --- agents ---------------------------------------------------------------------------------------


def _agent(agent: AgentProfile, queues: Mapping[str, QueuePolicy], known: Known) -> Iterator[Finding]:
    for queue_id in sorted(agent.queues - queues.keys()):
        edit = Edit(
            section="agents", id=agent.agent_id, path=("queues",), value=queue_id, remove=True, item=True
        )
        yield _agent_finding(
            "unknown_queue",
            agent,
            ("queues",),
            Severity.ERROR,
            (Cure(code="take_out", facts={"name": queue_id}, edit=edit),),
            name=queue_id,
        )
    for skill in sorted(agent.skills):
        if known.skills is not None and skill not in known.skills:
            cures = (
                Cure(code="add_skill", facts={"name": skill}, go="skills"),
                Cure(
                    code="clear_field",
                    edit=Edit(section="agents", id=agent.agent_id, path=("skills", skill), remove=True),
                ),
            )
            yield _agent_finding("unknown_skill", agent, ("skills", skill), Severity.ERROR, cures, name=skill)
    if agent.team and known.teams is not None and agent.team not in known.teams:
        edit = Edit(section="agents", id=agent.agent_id, path=("team",), value="")
        cures = (
            Cure(code="add_team", facts={"name": agent.team}, go="teams"),
            Cure(code="clear_field", edit=edit),
        )
        yield _agent_finding("unknown_team", agent, ("team",), Severity.ERROR, cures, name=agent.team)
    served = [queues[each] for each in agent.queues if each in queues]
    if served and not any(_may_ever_take(agent, queue) for queue in served):
        yield _agent_finding(
            "agent_gets_nothing",
            agent,
            ("skills",),
            Severity.WARNING,
            (),
            queues=tuple(sorted(queue.name for queue in served)),
        )


def _may_ever_take(agent: AgentProfile, queue: QueuePolicy) -> bool:
    """With every step's relaxation in force."""
    least = {need.skill: need.level for need in queue.requirements}
    for step in queue.steps:
        if step.skill in least and step.operation == "relax":
            least[step.skill] = min(least[step.skill], step.level or 0)
    return all(agent.skills.get(skill, 0) >= level for skill, level in least.items())


def _agent_finding(
    code: str,
    agent: AgentProfile,
    where: tuple[str, ...],
    severity: Severity,
    cures: tuple[Cure, ...],
    **facts: str | tuple[str, ...],
) -> Finding:
    return Finding(
        code=code,
        severity=severity,
        section="agents",
        id=agent.agent_id,
        where=where,
        facts=dict(facts),
        cures=cures,
    )
