"""What changed while an event was taken, and so has to be matched before the router rests."""

from __future__ import annotations

from routing.agents import Agent
from routing.contacts import Contact
from routing.floor import Floor
from routing.ledger import Ledger
from routing.rooms import Room
from routing.types import Absence, AgentState

_SIGNED_OUT = AgentState.SIGNED_OUT
_ABSENCES = {state: Absence(state.value) for state in AgentState if state is not AgentState.AVAILABLE}


class Notes:
    """Keeps the index of the floor right, the ledger complete, and remembers whom to match."""

    def __init__(self, floor: Floor, ledger: Ledger) -> None:
        self.freed: dict[str, Agent] = {}
        """Agents who became free and are listed nowhere yet."""
        self.opened: dict[str, Contact] = {}
        """Contacts that somebody who is listed may be free for."""
        self.rooms: dict[str, Room] = {}
        """Queues all of whose contacts must be looked at."""
        self.everything = False
        self.vacated: dict[str, Room] = {}
        """Queues that may be empty of agents now."""
        self.entered: dict[str, Contact] = {}
        """Contacts whose steps over waiting begin."""
        self._floor = floor
        self._ledger = ledger

    def agent(self, agent: Agent) -> None:
        """Something about him changed. Call after each change, before the next."""
        self._ledger.agent(agent)
        state = agent.state
        if state is not agent.seen_state:
            if state is _SIGNED_OUT or agent.seen_state is _SIGNED_OUT:
                self._floor.sign_ins += 1
            agent.seen_state = state
        if agent.wanted:
            self._wanted_again(agent)
        if agent.watching:
            self.watch(agent)
        listings = agent.listings
        for channel in agent.channels:
            if agent.free_for(channel):
                if channel not in listings:
                    self.freed[agent.agent_id] = agent
            elif channel in listings:
                self._floor.delist(agent, channel)

    def _wanted_again(self, agent: Agent) -> None:
        """Contacts may wait for him, or for him no longer."""
        for contact in agent.wanted.values():
            if contact.preferred_until is not None:
                before = contact.audience
                self._floor.refresh(contact)
                if contact.listed and contact.audience != before:
                    self.opened[contact.contact_id] = contact

    def ranks_anew(self, agent: Agent) -> None:
        """What strategies rank him by is about to change: he must be listed anew."""
        if agent.listings:
            for channel in list(agent.listings):
                self._floor.delist(agent, channel)

    def contact(self, contact: Contact) -> None:
        """Something about it changed that may make it acceptable to somebody."""
        self._ledger.contact(contact)
        self._floor.refresh(contact)
        if contact.listed:
            self.opened[contact.contact_id] = contact
        room = contact.line.room
        if room.policy.leave_empty and not room.there:
            self.vacated[contact.queue_id] = room

    def watch(self, agent: Agent) -> None:
        """Count him where queues ask who is free, or there."""
        absences = {_ABSENCES[agent.state]} if agent.state in _ABSENCES else set[Absence]()
        if not agent.reachable:
            absences.add(Absence.UNREACHABLE)
        for room in agent.watching:
            policy = room.policy
            if policy.blending is not None:
                _put(room.free, agent.agent_id, agent.ready)
            if policy.join_empty:
                _put(room.there_to_join, agent.agent_id, policy.join_empty.isdisjoint(absences))
            if policy.leave_empty:
                _put(room.there, agent.agent_id, policy.leave_empty.isdisjoint(absences))
                if not room.there:
                    self.vacated[policy.queue_id] = room

    def all(self) -> None:
        """The rules changed: nobody is listed, and everything must be looked at."""
        agents = self._floor.agents.values()
        self.freed = {agent.agent_id: agent for agent in agents if agent.free}
        self.everything = True
        for agent in agents:
            if agent.watching:
                self.watch(agent)
        self.vacated = {
            queue_id: room
            for queue_id, room in self._floor.rooms.items()
            if room.policy.leave_empty and not room.there
        }

    def forget(self, contact: Contact) -> None:
        """It waits no longer."""
        self._floor.remove(contact)
        self.opened.pop(contact.contact_id, None)
        self.entered.pop(contact.contact_id, None)
        self._ledger.gone(contact)
        if contact.callback is not None:
            self.wake_callbacks(contact.line.room)

    def wake_callbacks(self, room: Room) -> None:
        """One fewer is being dialled: another customer's turn may have come."""
        for key in room.order:
            contact = self._floor.contacts[key[3]]
            if contact.listed and contact.to_dial:
                self.opened[contact.contact_id] = contact


def _put(members: set[str], agent_id: str, belongs: bool) -> None:
    if belongs:
        members.add(agent_id)
    else:
        members.discard(agent_id)
