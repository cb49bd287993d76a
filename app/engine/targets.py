"""Whom a contact may be sent to, or who may be asked in; who cannot be reached is refused with the reason."""

from __future__ import annotations

import re

from app.engine.configuration import NumberPolicy
from app.engine.contact import Contact
from app.engine.refusals import Refused
from app.engine.world import World
from ivr.flow import Flow
from routing.types import AgentState, QueuePolicy

_DIALLED = re.compile(r"\+?[0-9]{2,15}\Z")
_SPACING = re.compile(r"[\s().\-/]+")


class Targets:
    def __init__(self, world: World) -> None:
        self._world = world

    def agent(self, agent_id: str, contact: Contact) -> None:
        """An agent who can be rung now, or is on a call and can be waited for.

        Raises:
            Refused: he is unknown, away, unreachable, or in this call already.
        """
        record = self._world.router.agent(agent_id)
        name = self.name(agent_id)
        if record is None:
            raise Refused("unknown_target", f"There is no agent {agent_id}.")
        if contact.agent_id == agent_id or contact.companion_agent(agent_id) is not None:
            raise Refused("unknown_target", f"{name} is in this call already.")
        if record.state is AgentState.SIGNED_OUT:
            raise Refused("target_unreachable", f"{name} is signed out.")
        if not record.reachable:
            raise Refused("target_unreachable", f"The phone of {name} cannot ring just now.")
        if record.state is AgentState.NOT_READY:
            raise Refused("target_unreachable", f"{name} is not ready: {record.reason or 'no reason given'}.")

    def name(self, agent_id: str) -> str:
        agents = self._world.configuration.agents
        return next((agent.name for agent in agents if agent.agent_id == agent_id), agent_id)

    def queue(self, queue_id: str) -> QueuePolicy:
        policy = self._world.configuration.queue(queue_id)
        if policy is None:
            raise Refused("unknown_target", f"There is no queue {queue_id}.")
        if self._world.is_shut(queue_id):
            raise Refused("target_unreachable", f"{policy.name} is closed just now.")
        return policy

    def flow(self, flow_id: str) -> Flow:
        configuration = self._world.configuration
        version = configuration.published.get(flow_id)
        flow = configuration.flows.get((flow_id, version)) if version is not None else None
        if flow is None:
            raise Refused("unknown_target", f"There is no published flow {flow_id}.")
        return flow

    def own_number(self, number: str) -> NumberPolicy | None:
        """A number of this centre, which need not be dialled; with an agent if it is a direct extension."""
        dnis = _SPACING.sub("", number)
        configuration = self._world.configuration
        return configuration.extension(dnis) or configuration.numbers.get(dnis)

    def number(self, typed: str, backend: str) -> str:
        """A number as it may be dialled: digits with an optional leading plus, and nothing else.

        Raises:
            Refused: it is no number, or this back end reaches no telephone network.
        """
        number = _SPACING.sub("", typed)
        if not _DIALLED.match(number):
            raise Refused("bad_number", f"{typed[:40]} is not a number that can be dialled.")
        configuration = self._world.configuration
        if not (configuration.context.reaches_telephone_network or configuration.guest_telephones):
            raise Refused(
                "capability_missing",
                f"{backend} reaches no telephone network. Numbers of this centre, queues, people and flows "
                "can be reached.",
            )
        return number

    def helpers(self, agent_id: str) -> frozenset[str]:
        """Supervisors whose page is open and whose phone can ring, the agent's own team's first choice."""
        world = self._world
        teams = {agent.agent_id: agent.team for agent in world.configuration.agents}
        there = set()
        for supervisor in world.configuration.supervisors - {agent_id}:
            record = world.router.agent(supervisor)
            if record is not None and record.reachable and record.state is not AgentState.SIGNED_OUT:
                there.add(supervisor)
        own = {each for each in there if teams.get(each) == teams.get(agent_id)}
        return frozenset(own or there)
