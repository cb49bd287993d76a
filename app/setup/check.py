"""Everything that stands out about a centre: its rules, its references, its flows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from app.api.models_setup import (
    CalendarSetting,
    FlowSetting,
    NumberSetUp,
    ReasonList,
    RoutingSetting,
    TeamSetting,
)
from app.setup.centre import Centre
from app.setup.sounds import catalogue_with
from calendars import Calendar, calendar_from_dict
from ivr.context import Context
from ivr.findings import Level
from ivr.flow import Flow, Queue, Set
from ivr.load import FlowUnreadable, from_dict
from ivr.validate import validate
from routing.analyser import Known, analyse
from routing.analyser_load import Traffic
from routing.findings import Cure, Edit, Finding, Severity, Value
from routing.policy import PoliciesChanged, Requirement

Key = tuple[str, str, str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a centre is checked against beside itself."""

    backends: Mapping[str, bool] = field(default_factory=dict)
    """Back end -> whether it reaches the telephone network. Empty: not checked."""
    traffic: Mapping[str, Traffic] = field(default_factory=dict)


def policies(centre: Centre) -> PoliciesChanged:
    """As the router takes it."""
    routing = cast("RoutingSetting", centre.get("routing", "routing") or RoutingSetting())
    return PoliciesChanged(
        queues=tuple(each.policy(each.id, each.name) for each in centre.queues.values()),
        agents=tuple(each.profile() for each in centre.agents.values()),
        across=routing.across,
        calendars=_calendars(centre),
    )


def check(centre: Centre, around: Surroundings) -> tuple[Finding, ...]:
    """Errors first, then by object."""
    flows, unreadable = _flows(centre)
    catalogue = catalogue_with(centre.sounds.values())
    known = Known(
        skills=frozenset(centre.sections["skills"]),
        teams=frozenset(centre.sections["teams"]),
        prompts=frozenset(catalogue.prompts),
        asked=_asked(flows),
    )
    found = [
        *analyse(policies(centre), around.traffic, known),
        *unreadable,
        *_people(centre),
        *_numbers(centre, around),
        *_lists(centre),
    ]
    context = Context(
        calendars=_calendars(centre),
        queues=frozenset(centre.queues),
        catalogue=catalogue,
        reaches_telephone_network=any(around.backends.values()),
    )
    for flow in flows:
        for said in validate(flow, context):
            where = tuple(part for part in (said.node, said.field) if part)
            severity = Severity.ERROR if said.level is Level.ERROR else Severity.WARNING
            found.append(_finding("flow", "flows", flow.id, where, severity, what=said.what, cure=said.cure))
    order = {Severity.ERROR: 0, Severity.WARNING: 1}
    return tuple(sorted(found, key=lambda each: (order[each.severity], each.section, each.id, each.where)))


def blocking(now: Sequence[Finding], before: Sequence[Finding], section: str, key: str) -> list[Finding]:
    """The errors that keep one object from being saved: its own, and those that the change brings.

    What was wrong elsewhere before does not: it could not be mended otherwise, one object at a time.
    """
    known = {each.key for each in before}
    return [
        each
        for each in now
        if each.severity is Severity.ERROR
        and ((each.section, each.id) == (section, key) or each.key not in known)
    ]


def _calendars(centre: Centre) -> dict[str, Calendar]:
    settings = cast("Mapping[str, CalendarSetting]", centre.sections["calendars"])
    return {key: calendar_from_dict(each.body()) for key, each in settings.items()}


# --- flows ----------------------------------------------------------------------------------------


def _flows(centre: Centre) -> tuple[list[Flow], list[Finding]]:
    flows, unreadable = [], []
    for key, setting in cast("Mapping[str, FlowSetting]", centre.sections["flows"]).items():
        try:
            flows.append(from_dict({**setting.flow, "id": key, "version": 1}))
        except FlowUnreadable as error:
            unreadable += [
                _finding(
                    "flow",
                    "flows",
                    key,
                    (problem.path,),
                    Severity.ERROR,
                    what=problem.what,
                    cure=problem.cure,
                )
                for problem in error.problems
            ]
    return flows, unreadable


def _asked(flows: Sequence[Flow]) -> dict[str, tuple[Requirement, ...]]:
    """What each queue's callers may need besides, by the flows that send them there."""
    asked: dict[str, dict[str, int]] = {}
    for flow in flows:
        wanted = [node.skills for node in flow.nodes.values() if isinstance(node, Set)]
        for node in flow.nodes.values():
            if isinstance(node, Queue):
                for each in wanted:
                    asked.setdefault(node.queue, {}).update(
                        {skill: level for skill, level in each.items() if level > 0}
                    )
    return {
        queue_id: tuple(Requirement(skill=skill, level=level) for skill, level in sorted(skills.items()))
        for queue_id, skills in asked.items()
    }


# --- people ---------------------------------------------------------------------------------------


def _people(centre: Centre) -> Iterator[Finding]:
    taken: dict[str, str] = {}
    for username, user in sorted(centre.users.items()):
        if user.agent is not None and user.agent not in centre.agents:
            cures = (Cure(code="add_agent", facts={"name": user.agent}, go="agents"), _clear(username))
            yield _finding(
                "unknown_agent_of_user", "users", username, ("agent",), cures=cures, name=user.agent
            )
        elif user.agent is not None and user.agent in taken:
            yield _finding(
                "agent_taken",
                "users",
                username,
                ("agent",),
                cures=(_clear(username),),
                name=user.agent,
                other=taken[user.agent],
            )
        if user.agent is not None:
            taken.setdefault(user.agent, username)
        if "agent" in user.roles and user.agent is None:
            yield _finding(
                "role_without_agent",
                "users",
                username,
                ("agent",),
                Severity.WARNING,
                cures=(Cure(code="choose_agent", go="agent"),),
            )
    admins = [each for each in centre.users.values() if "admin" in each.roles and not each.disabled]
    if centre.users and not admins:
        yield _finding("last_admin", "users", sorted(centre.users)[0], ("roles",))
    for team, setting in sorted(cast("Mapping[str, TeamSetting]", centre.sections["teams"]).items()):
        if setting.lead is not None and setting.lead not in centre.agents:
            cure = Cure(code="clear_field", edit=Edit(section="teams", id=team, path=("lead",), remove=True))
            yield _finding("unknown_lead", "teams", team, ("lead",), cures=(cure,), name=setting.lead)


def _clear(username: str) -> Cure:
    return Cure(code="clear_field", edit=Edit(section="users", id=username, path=("agent",), remove=True))


# --- numbers, lists -------------------------------------------------------------------------------


def _numbers(centre: Centre, around: Surroundings) -> Iterator[Finding]:
    flows = centre.sections["flows"]
    for dnis, number in sorted(cast("Mapping[str, NumberSetUp]", centre.sections["numbers"]).items()):
        for place, name, there in (
            ("agent", number.agent, sorted(centre.agents)),
            ("queue", number.queue, sorted(centre.queues)),
        ):
            if name is not None and name not in there:
                code = f"unknown_{place}_of_number"
                yield _finding(code, "numbers", dnis, (place,), name=name, known=tuple(there))
        if number.agent is None and number.flow not in flows:
            known = tuple(sorted(flows))
            yield _finding("unknown_flow", "numbers", dnis, ("flow",), name=number.flow, known=known)
        if around.backends and number.backend not in around.backends:
            known = tuple(sorted(around.backends))
            cures = tuple(
                Cure(
                    code="use_backend",
                    facts={"name": each},
                    edit=Edit(section="numbers", id=dnis, path=("backend",), value=each),
                )
                for each in known
            )
            yield _finding(
                "unknown_backend",
                "numbers",
                dnis,
                ("backend",),
                cures=cures,
                name=number.backend,
                known=known,
            )
    if flows and not centre.sections["numbers"]:
        yield _finding("no_number", "flows", sorted(flows)[0], (), Severity.WARNING)


def _lists(centre: Centre) -> Iterator[Finding]:
    for kind, setting in sorted(cast("Mapping[str, ReasonList]", centre.sections["reasons"]).items()):
        if centre.agents and not any(entry.active for entry in setting.entries):
            yield _finding("list_empty", "reasons", kind, ("entries",), Severity.WARNING)
        for entry in setting.entries:
            if entry.active and not entry.label.get("cy"):
                yield _finding(
                    "label_untranslated",
                    "reasons",
                    kind,
                    ("entries", entry.code, "label"),
                    Severity.WARNING,
                    name=entry.label["en"],
                )


def _finding(
    code: str,
    section: str,
    key: str,
    where: tuple[str, ...],
    severity: Severity = Severity.ERROR,
    *,
    cures: tuple[Cure, ...] = (),
    **facts: Value,
) -> Finding:
    return Finding(
        code=code, severity=severity, section=section, id=key, where=where, facts=facts, cures=cures
    )
