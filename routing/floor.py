"""Where free agents and open contacts find each other, without looking at all of either.

Contacts with equal needs share a `Line`. A free agent is listed with each line he may serve, ranked as the
queue's strategy says; so the best agent for a contact is the first standing listing of its line, and
the best contact for an agent is the least of the first ones of his lines.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from routing.live import Agent, Contact, Key, Line, Room
from routing.ranking import RUNNERS_UP_MAX, TIERS, Needs, Rank, compile_needs, shortfall
from routing.types import AgentProfile, QueuePolicy

LINES_LEAST = 64
"""From so many lines on a queue drops the empty ones when their number has doubled since the last time."""

_SLACK = 16
"""Outdated listings a line may carry beyond the number that stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """The best agent for a contact, and what is worth remembering about the others."""

    agent: Agent
    eligible: int = 1
    equals: int = 1
    runners_up: tuple[str, ...] = ()


class Floor:
    """All agents, contacts and queues, and the index between them."""

    def __init__(self) -> None:
        self.agents: dict[str, Agent] = {}
        self.contacts: dict[str, Contact] = {}
        self.rooms: dict[str, Room] = {}

    # --- configuration ----------------------------------------------------------------------------

    def configure(self, queues: Iterable[QueuePolicy], profiles: Iterable[AgentProfile]) -> None:
        """Put rules in force and index everyone anew. Afterwards no agent is listed."""
        for room in self.rooms.values():
            room.retired = True
        for policy in queues:
            known = self.rooms.setdefault(policy.queue_id, Room(policy, (), LINES_LEAST))
            known.policy = policy
            known.needs = compile_needs(policy.requirements)
            known.retired = False
        by_id = {profile.agent_id: profile for profile in profiles}
        for agent in self.agents.values():
            agent.profile = by_id.get(agent.agent_id)
        self._drop_retired()
        self._index()

    def _drop_retired(self) -> None:
        needed = {contact.queue_id for contact in self.contacts.values()}
        needed |= {agent.queue_id for agent in self.agents.values() if agent.queue_id}
        self.rooms = {
            queue_id: room for queue_id, room in self.rooms.items() if not room.retired or queue_id in needed
        }

    def _index(self) -> None:
        members: dict[str, dict[str, Agent]] = {queue_id: {} for queue_id in self.rooms}
        for agent in self.agents.values():
            agent.listed = False
            agent.stamp += 1
            agent.lines = []
            for queue_id in agent.profile.queues if agent.profile else ():
                if queue_id in members:
                    members[queue_id][agent.agent_id] = agent
        for queue_id, room in self.rooms.items():
            room.members = members[queue_id]
            room.lines = {}
            room.order = []
        for contact in self.contacts.values():
            self._place(contact)
            contact.line.room.order.append(contact.key)
            if contact.open:
                contact.line.open.append(contact.key)
        for room in self.rooms.values():
            room.order.sort()
            for line in room.lines.values():
                line.open.sort()

    def _place(self, contact: Contact) -> None:
        room = self.rooms[contact.queue_id]
        needs = room.needs
        if contact.requirements:
            needs = compile_needs(room.policy.requirements, contact.requirements)
        contact.line = room.lines.get((needs, contact.media)) or self._new_line(room, needs, contact.media)
        contact.line.members += 1
        contact.key = (-contact.priority, -room.policy.weight, contact.place_at, contact.contact_id)

    def _new_line(self, room: Room, needs: Needs, media: str) -> Line:
        if len(room.lines) >= room.lines_allowed:
            self._drop_empty_lines(room)
            room.lines_allowed = max(LINES_LEAST, 2 * len(room.lines))
        line = room.lines[needs, media] = Line(room, needs, media)
        for agent in room.members.values():
            if self.serves(agent, line):
                agent.lines.append(line)
                if agent.listed:
                    self._list(agent, line)
        return line

    def _drop_empty_lines(self, room: Room) -> None:
        room.lines = {at: line for at, line in room.lines.items() if line.members}
        for agent in room.members.values():
            agent.lines = [line for line in agent.lines if line.room is not room or line.members]

    def serves(self, agent: Agent, line: Line) -> bool:
        """Whether his profile and his phone allow him this line's contacts."""
        profile = agent.profile
        return (
            profile is not None
            and line.room.policy.queue_id in profile.queues
            and line.media in agent.media
            and shortfall(profile.skills, line.needs) is None
        )

    def join(self, agent: Agent) -> None:
        """An agent that was not known before. He must not be listed."""
        self.agents[agent.agent_id] = agent
        for queue_id in agent.profile.queues if agent.profile else ():
            if queue_id in self.rooms:
                self.rooms[queue_id].members[agent.agent_id] = agent
        self.rewire(agent)

    def rewire(self, agent: Agent) -> None:
        """His phone changed: find his lines anew. He must not be listed."""
        queues = agent.profile.queues if agent.profile else ()
        rooms = (self.rooms[queue_id] for queue_id in queues if queue_id in self.rooms)
        agent.lines = [line for room in rooms for line in room.lines.values() if self.serves(agent, line)]

    # --- contacts ---------------------------------------------------------------------------------

    def admit(self, contact: Contact) -> None:
        self.contacts[contact.contact_id] = contact
        self._place(contact)
        insort(contact.line.room.order, contact.key)
        if contact.open:
            self.open(contact)

    def remove(self, contact: Contact) -> None:
        """It waits no longer. It must not be open."""
        del self.contacts[contact.contact_id]
        contact.line.members -= 1
        _take_out(contact.line.room.order, contact.key)

    def open(self, contact: Contact) -> None:
        """It can be offered, at the place it always had."""
        insort(contact.line.open, contact.key)

    def shut(self, contact: Contact) -> None:
        """It is being offered, or suspended, or about to leave."""
        _take_out(contact.line.open, contact.key)

    def position(self, contact: Contact) -> int:
        """1-based place in its queue."""
        return bisect_left(contact.line.room.order, contact.key) + 1

    # --- agents -----------------------------------------------------------------------------------

    def enlist(self, agent: Agent) -> None:
        """He is free, and nothing that waits is for him."""
        agent.listed = True
        agent.stamp += 1
        for line in agent.lines:
            self._list(agent, line)

    def _list(self, agent: Agent, line: Line) -> None:
        tier = self.tier(agent, line)
        if len(line.idle) > 2 * sum(line.ready.values()) + _SLACK:
            line.idle = [rank for rank in line.idle if self._stands(rank)]
        assert agent.idle_since is not None, "an available agent has been idle since some instant"
        insort(line.idle, (tier, agent.idle_since, agent.agent_id, agent.stamp))
        line.ready[tier] = line.ready.get(tier, 0) + 1

    def delist(self, agent: Agent) -> None:
        """He is free no longer. His listings are left behind, outdated by their stamp."""
        agent.listed = False
        agent.stamp += 1
        for line in agent.lines:
            tier = self.tier(agent, line)
            if line.ready[tier] == 1:
                del line.ready[tier]
            else:
                line.ready[tier] -= 1

    def tier(self, agent: Agent, line: Line) -> int:
        assert agent.profile is not None, "only agents with a profile have lines"
        return TIERS[line.room.policy.strategy](agent.profile, line.needs)

    def _stands(self, rank: Rank) -> bool:
        return self.agents[rank[2]].stamp == rank[3]

    # --- matching ---------------------------------------------------------------------------------

    def best_agent(self, contact: Contact) -> Pick | None:
        """The first of those who are listed, may serve it and are not barred from it."""
        line = contact.line
        if not line.ready:
            return None
        candidates = self._candidates(contact)
        winner = next(candidates, None)
        if winner is None:
            return None
        tier = winner[0]
        eligible, equals = sum(line.ready.values()), line.ready[tier]
        if contact.barred:
            for agent_id in contact.excluded.union(contact.cooloff):
                agent = self.agents.get(agent_id)
                if agent is not None and agent.listed and line in agent.lines:
                    eligible -= 1
                    equals -= self.tier(agent, line) == tier
        return Pick(
            agent=self.agents[winner[2]],
            eligible=eligible,
            equals=equals,
            runners_up=tuple(rank[2] for rank in islice(candidates, RUNNERS_UP_MAX)),
        )

    def _candidates(self, contact: Contact) -> Iterator[Rank]:
        idle = contact.line.idle
        outdated = 0
        while outdated < len(idle) and not self._stands(idle[outdated]):
            outdated += 1
        if outdated:
            del idle[:outdated]
        barred = contact.barred
        for rank in idle:
            if self._stands(rank) and not (barred and contact.bars(rank[2])):
                yield rank

    def best_contact(self, agent: Agent) -> Contact | None:
        """The first in service order, over all queues, that this agent may be offered."""
        best: Key | None = None
        for line in agent.lines:
            waiting = line.open
            if not waiting or (best is not None and best < waiting[0]):
                continue
            for key in waiting:
                if best is not None and best < key:
                    break
                if not self.contacts[key[3]].bars(agent.agent_id):
                    best = key
                    break
        return self.contacts[best[3]] if best is not None else None


def _take_out(keys: list[Key], key: Key) -> None:
    at = bisect_left(keys, key)
    assert keys[at] == key, "every contact is where its key says"
    del keys[at]
