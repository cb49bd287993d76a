"""Given traffic for a virtual day: a YAML file with callers, handle times, patience and people.

queues: [...]                 # optional: rules as the configuration writes them; else those of the centre
agents: [...]                 # likewise: {id, name, team, skills, queues}
callers:                      # either sorts of callers, spread over the day by chance
  - {queue: billing, calls: 800, from: "08:00", to: "20:00", shape: [2, 3, 5, 5, 4, 2],
     talk: {mean_s: 236, cv: 0.8}, patience: {mean_s: 300}, tiers: {gold: 0.2}}
calls:                        # or single ones: [time, queue, talk_s, acw_s, patience_s]
  - ["09:00:12", billing, 211, 40, 180]
people:                       # who works when; without it everybody from 08:00 to 18:00
  - {team: Billing, from: "08:00", to: "16:30", breaks: [["11:30", "12:00", lunch]]}
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from app.api.models_setup_queue import Id, Name, QueueSetting, Skills
from app.errors import Unusable
from app.services.day_change import CentreRules
from app.services.virtual_day import DayInput, midnight
from routing.policy import AgentProfile, Requirement
from simulation.draws import LogNormal, Patience
from simulation.traffic import (
    Act,
    Caller,
    Habits,
    Kind,
    Scenario,
    draw_callers,
    in_order,
    shift,
    stream_of,
)

SLOTS_MAX = 288
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Positive = Annotated[float, Field(gt=0.0, le=86_400.0)]


def _seconds_of_day(value: object) -> object:
    """`HH:MM` or `HH:MM:SS`; YAML itself reads 9:30 as a number of minutes."""
    if not isinstance(value, str):
        return value
    parts = value.split(":")
    if len(parts) not in (2, 3) or not all(part.isdigit() for part in parts):
        raise ValueError(f'"{value}" is no time of day; write it as "09:30"')
    hours, minutes, *rest = (int(part) for part in parts)
    return hours * 3600 + minutes * 60 + (rest[0] if rest else 0)


TimeOfDay = Annotated[float, BeforeValidator(_seconds_of_day), Field(ge=0.0, le=100_000.0)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class HandleSetting(Part):
    mean_s: Positive = 240.0
    cv: Annotated[float, Field(ge=0.0, le=5.0)] = 0.9

    def draw(self) -> LogNormal:
        return LogNormal(mean_s=self.mean_s, cv=self.cv)


class PatienceSetting(Part):
    mean_s: Positive = 300.0
    hasty: Annotated[float, Field(ge=0.0, le=0.9)] = 0.03
    hasty_s: Positive = 6.0
    startled: Annotated[float, Field(ge=0.0, le=0.9)] = 0.02

    def draw(self) -> Patience:
        return Patience(mean_s=self.mean_s, hasty=self.hasty, hasty_s=self.hasty_s, startled=self.startled)


class CallersSetting(Part):
    """So many `calls` between `from` and `to`, spread by `shape`: equal stretches, in proportion."""

    name: str = ""
    queue: Id
    calls: Annotated[float, Field(ge=0.0, le=1_000_000.0)]
    begin: TimeOfDay = Field(default=8 * 3600.0, alias="from")
    end: TimeOfDay = Field(default=18 * 3600.0, alias="to")
    shape: list[Annotated[float, Field(ge=0.0)]] = Field(default=[1.0], min_length=1, max_length=SLOTS_MAX)
    talk: HandleSetting = HandleSetting()
    acw: HandleSetting = HandleSetting(mean_s=40.0, cv=0.6)
    patience: PatienceSetting = PatienceSetting()
    tier_patience: dict[str, PatienceSetting] = {}
    tiers: dict[str, Share] = {}
    priority: int = 0
    needs: Skills = {}

    def kind(self, number: int) -> Kind:
        length_s = (self.end - self.begin) / len(self.shape)
        total = sum(self.shape)
        if length_s <= 0.0 or total <= 0.0:
            raise Unusable(f"callers.{number}", "It has no time, or no shape.", "Let `to` come after `from`.")
        return Kind(
            name=self.name or f"{self.queue}-{number}",
            queue_id=self.queue,
            slots=tuple(self.calls * share / total for share in self.shape),
            slot_s=length_s,
            begin_s=self.begin,
            talk=self.talk.draw(),
            acw=self.acw.draw(),
            patience=self.patience.draw(),
            tier_patience={tier: each.draw() for tier, each in self.tier_patience.items()},
            tiers=self.tiers,
            priority=self.priority,
            requirements=tuple(Requirement(skill=skill, level=level) for skill, level in self.needs.items()),
        )


class PeopleSetting(Part):
    """Everybody of a team, or those named; without either all agents."""

    team: str | None = None
    agents: list[Id] = []
    begin: TimeOfDay = Field(default=8 * 3600.0, alias="from")
    end: TimeOfDay = Field(default=18 * 3600.0, alias="to")
    breaks: list[tuple[TimeOfDay, TimeOfDay, str]] = []

    def acts(self, agents: Sequence[AgentProfile]) -> list[Act]:
        chosen = [
            agent.agent_id
            for agent in agents
            if (not self.agents or agent.agent_id in self.agents)
            and (self.team is None or agent.team == self.team)
        ]
        return [act for agent_id in chosen for act in shift(agent_id, self.begin, self.end, self.breaks)]


class TrafficAgent(Part):
    id: Id
    name: Name | None = None
    team: str = ""
    skills: Skills = {}
    queues: list[Id]


Call = tuple[TimeOfDay, Id, Positive, float, float]
"""Time, queue, talk, wrap-up, patience; seconds."""


class TrafficFile(Part):
    day: date = date(2026, 11, 18)
    queues: list[QueueSetting] = []
    agents: list[TrafficAgent] = []
    callers: list[CallersSetting] = []
    calls: list[Call] = []
    people: list[PeopleSetting] = [PeopleSetting()]
    announce_every_s: Annotated[float, Field(ge=5.0)] | None = 45.0
    answer: HandleSetting = HandleSetting(mean_s=4.0, cv=0.5)
    missed: Share = 0.01

    def rules(self, centre: CentreRules | None) -> CentreRules:
        """The file's own queues and agents where it has some.

        Raises:
            Unusable: neither the file nor the centre has any.
        """
        rules = centre or CentreRules(queues=(), agents=())
        if self.queues:
            rules = replace(rules, queues=tuple(self.queues))
        if self.agents:
            rules = replace(
                rules,
                agents=tuple(
                    AgentProfile(
                        agent_id=agent.id,
                        name=agent.name or agent.id,
                        queues=frozenset(agent.queues),
                        skills=agent.skills,
                        team=agent.team,
                    )
                    for agent in self.agents
                ),
            )
        if not rules.queues or not rules.agents:
            raise Unusable("queues", "There are no queues or no agents.", "Write them into the file.")
        return rules

    def input(self, centre: CentreRules | None, zone: str, seed: int) -> DayInput:
        """The day this file tells of."""
        rules = self.rules(centre)
        known = {queue.id for queue in rules.queues}
        for number, each in enumerate(self.callers, start=1):
            if each.queue not in known:
                raise Unusable(f"callers.{number}.queue", f"There is no queue {each.queue}.", "Name one.")
        kinds = [each.kind(number) for number, each in enumerate(self.callers, start=1)]
        callers = draw_callers(kinds, seed) + [
            _single(number, call, seed) for number, call in enumerate(self.calls, start=1)
        ]
        scenario = Scenario(
            begin=midnight(self.day, zone),
            policies=rules.policies(),
            callers=sorted(callers, key=lambda caller: (caller.at_s, caller.contact_id)),
            acts=in_order([act for people in self.people for act in people.acts(rules.agents)]),
            habits=Habits(answer=self.answer.draw(), miss_chance=self.missed),
            announce_every_s=self.announce_every_s,
            length_s=1.5 * 86_400.0,
        )
        names = {agent.agent_id: agent.name for agent in rules.agents}
        return DayInput(rules=rules, day=self.day, zone=zone, names=names, scenario=scenario)


def _single(number: int, call: Call, seed: int) -> Caller:
    at_s, queue_id, talk_s, acw_s, patience_s = call
    return Caller(
        contact_id=f"call-{number:05d}",
        at_s=at_s,
        queue_id=queue_id,
        talk_s=talk_s,
        acw_s=acw_s,
        patience_s=patience_s if patience_s > 0.0 else math.inf,
        stream=stream_of(seed, "call", number),
        kind=queue_id,
    )


def read_yaml(text: str, model: type[BaseModel], what: str) -> Any:
    """A file's text as `model`.

    Raises:
        Unusable: it names the place and what is wrong there.
    """
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise Unusable(what, f"This is no YAML: {error}", "Mend the place it names.") from None
    try:
        return model.model_validate(data if data is not None else {})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in (what, *first["loc"]))
        raise Unusable(where, first["msg"].removeprefix("Value error, "), "Mend the file.") from None
