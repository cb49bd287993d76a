"""Where free agents and open contacts find each other, without looking at all of either.

Contacts with equal needs share a `Line`. A free agent is listed with each line he may serve, ranked as the
queue's strategy says; so the best agent for a contact is the first of its line, and the best contact for
an agent is the least of the first ones of his lines. Contacts that only few may take now (a direct
extension, a preferred agent) stand with those few instead of in their line.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from itertools import chain
from typing import TypeVar

from routing.agents import Agent
from routing.contacts import Contact
from routing.ranking import Needs, Rank, compile_needs, rank, shortfall
from routing.rooms import Key, Line, Order, QueueMemory, Room
from routing.types import VOICE, Across, AgentState, PoliciesChanged, QueueRecord

LINES_LEAST = 64
"""From so many lines on a queue drops the empty ones when their number has doubled since the last time."""

_Sorted = TypeVar("_Sorted", Key, Rank)


class Floor:
    """All agents, contacts and queues, and the index between them."""

    def __init__(self, seed: int = 0) -> None:
        self.agents: dict[str, Agent] = {}
        self.contacts: dict[str, Contact] = {}
        self.rooms: dict[str, Room] = {}
        self.memories: dict[str, QueueMemory] = {}
        """Of every queue there ever was."""
        self.policies = PoliciesChanged(queues=(), agents=())
        self.handled: dict[str, int] = {}
        """Contact -> how many agents talk to it."""
        self.callers: Counter[str] = Counter()
        """Recognised caller -> contacts of his that wait or are talked to."""
        self.moved: dict[str, Contact] = {}
        """Those that were put to the front or the back."""
        self.blending: list[Room] = []
        self.sign_ins = 0
        """Counts whatever may change who is signed in with which skills."""
        self.seed = seed
        """Of draws."""
        self.fair = False
        """Across queues, the fair share decides."""
        self.weighted = False
        """Across queues, weights decide, and they differ."""

    # --- configuration ----------------------------------------------------------------------------

    def configure(self, policies: PoliciesChanged) -> None:
        """Put rules in force and index everyone anew. Afterwards no agent is listed."""
        self.policies = policies
        self.fair = policies.across is Across.FAIR_SHARE
        for room in self.rooms.values():
            room.retired = True
        for policy in policies.queues:
            room = self.rooms.get(policy.queue_id) or self._new_room(policy.queue_id)
            room.policy = policy
            room.needs = compile_needs(policy.requirements)
            room.retired = False
        by_id = {profile.agent_id: profile for profile in policies.agents}
        for agent in self.agents.values():
            agent.take_profile(by_id.get(agent.agent_id))
        self._drop_retired()
        self._index()

    def _new_room(self, queue_id: str) -> Room:
        policy = next(policy for policy in self.policies.queues if policy.queue_id == queue_id)
        room = self.rooms[queue_id] = Room(policy, self.memory(queue_id), LINES_LEAST)
        return room

    def memory(self, queue_id: str) -> QueueMemory:
        found = self.memories.get(queue_id)
        if found is None:
            found = self.memories[queue_id] = QueueMemory(QueueRecord(queue_id=queue_id))
        return found

    def _drop_retired(self) -> None:
        needed = {contact.queue_id for contact in self.contacts.values()}
        for agent in self.agents.values():
            needed.update(item.queue_id for item in agent.others)
            if agent.queue_id is not None:
                needed.add(agent.queue_id)
        self.rooms = {
            queue_id: room for queue_id, room in self.rooms.items() if not room.retired or queue_id in needed
        }

    def _index(self) -> None:
        weights = {room.policy.weight for room in self.rooms.values()}
        self.weighted = self.policies.across is Across.WEIGHT_THEN_LONGEST and len(weights) > 1
        self.blending = [room for room in self.rooms.values() if room.policy.blending is not None]
        self.sign_ins += 1
        for room in self.rooms.values():
            room.members, room.lines, room.order, room.guests = {}, {}, [], []
            room.heads = []
            room.obey_gate()
            room.free, room.there, room.there_to_join = set(), set(), set()
            room.away, room.dialling = set(), set()
        for agent in self.agents.values():
            agent.listings, agent.wanted, agent.own = {}, {}, []
            self._make_member(agent)
        for contact in self.contacts.values():
            if contact.preferred_agent in self.agents:
                self.agents[contact.preferred_agent].wanted[contact.contact_id] = contact
            self._place(contact)
            room = contact.line.room
            room.order.append(contact.key)
            if contact.put_off:
                room.away.add(contact.contact_id)
            if contact.being_dialled:
                room.dialling.add(contact.contact_id)
            contact.listed = False
            if contact.open:
                self._stand(contact)
        for room in self.rooms.values():
            room.order.sort()

    def _make_member(self, agent: Agent) -> None:
        queues = agent.profile.queues if agent.profile else ()
        rooms = [self.rooms[queue_id] for queue_id in sorted(queues) if queue_id in self.rooms]
        for room in rooms:
            room.members[agent.agent_id] = agent
        agent.watching = tuple(room for room in rooms if room.watched)
        self.rewire(agent)

    def recount(self) -> None:
        """After a restore: who is talked to, and whose callers are live."""
        for agent in self.agents.values():
            if agent.state is AgentState.ON_CONTACT and agent.contact_id is not None:
                self.talk(agent.contact_id)
            for item in agent.others:
                if not item.offer_id and item.acw_ends_at is None:
                    self.talk(item.contact_id)
            if agent.caller is not None:
                self.callers[agent.caller] += 1
        for contact in self.contacts.values():
            if contact.caller is not None:
                self.callers[contact.caller] += 1

    def talk(self, contact_id: str) -> None:
        """One more agent talks to it."""
        self.handled[contact_id] = self.handled.get(contact_id, 0) + 1

    def let_go(self, contact_id: str) -> None:
        """One agent fewer talks to it."""
        others = self.handled[contact_id] - 1
        if others:
            self.handled[contact_id] = others
        else:
            del self.handled[contact_id]

    # --- lines ------------------------------------------------------------------------------------

    def _place(self, contact: Contact) -> None:
        """Find its line and its place in the order of service."""
        room = self.rooms[contact.queue_id]
        widened = contact.widened and tuple(other for other in contact.widened if other in self.rooms)
        at = (contact.needs_in(room), contact.media, contact.channel, widened)
        line = contact.line = room.lines.get(at) or self._new_line(room, *at)
        line.members += 1
        weight = room.policy.weight if self.weighted else 0
        priority = contact.effective_priority
        contact.key = (-priority, -weight, contact.stands_at or contact.place_at, contact.contact_id)
        if contact.stands_at is not None:
            self.moved[contact.contact_id] = contact

    def _new_line(self, room: Room, needs: Needs, media: str, channel: str, widened: tuple[str, ...]) -> Line:
        if len(room.lines) >= room.lines_allowed:
            self._drop_empty_lines(room)
            room.lines_allowed = max(LINES_LEAST, 2 * len(room.lines))
        line = room.lines[needs, media, channel, widened] = Line(room, needs, media, channel, widened)
        for queue_id in widened:
            self.rooms[queue_id].guests.append(line)
        for agent in self.audience_of(line).values():
            if self.serves(agent, line):
                agent.lines.setdefault(channel, {})[line] = None
                agent.rooms[room] = None
                if channel in agent.listings:
                    self._list(agent, line)
        return line

    def audience_of(self, line: Line) -> dict[str, Agent]:
        """Members of the line's queue, and of those it is widened to."""
        if not line.widened:
            return line.room.members
        rooms = [line.room, *(self.rooms[queue_id] for queue_id in line.widened)]
        return dict(chain.from_iterable(room.members.items() for room in rooms))

    def _drop_empty_lines(self, room: Room) -> None:
        empty = [line for line in room.lines.values() if not line.members]
        room.lines = {at: line for at, line in room.lines.items() if line.members}
        for line in empty:
            for queue_id in line.widened:
                self.rooms[queue_id].guests.remove(line)
        for line in empty:
            for agent in self.audience_of(line).values():
                agent.lines.get(line.channel, {}).pop(line, None)
                listed = agent.listings.get(line.channel)
                if listed:
                    agent.listings[line.channel] = [one for one in listed if one[0] is not line]

    def serves(self, agent: Agent, line: Line) -> bool:
        """Whether his profile and his phone allow him this line's contacts."""
        return self.qualified(agent, line) and (line.channel != VOICE or line.media in agent.media)

    def qualified(self, agent: Agent, line: Line) -> bool:
        """Whether his profile allows him this line's contacts."""
        profile = agent.profile
        return (
            profile is not None
            and line.channel in agent.channels
            and (line.room.policy.queue_id in profile.queues or not profile.queues.isdisjoint(line.widened))
            and shortfall(profile.skills, line.needs) is None
        )

    def join(self, agent: Agent) -> None:
        """An agent that was not known before. He must not be listed."""
        self.agents[agent.agent_id] = agent
        self.sign_ins += 1
        self._make_member(agent)
        for contact in self.contacts.values():
            if agent.agent_id == contact.preferred_agent:
                agent.wanted[contact.contact_id] = contact
            if agent.agent_id in contact.only_agents:
                self.refresh(contact, anew=True)

    def rewire(self, agent: Agent) -> None:
        """His phone or his profile changed: find his lines anew. He must not be listed."""
        queues = agent.profile.queues if agent.profile else ()
        rooms = [self.rooms[queue_id] for queue_id in sorted(queues) if queue_id in self.rooms]
        agent.lines, agent.rooms = {}, {}
        for line in chain.from_iterable(chain(room.lines.values(), room.guests) for room in rooms):
            if self.serves(agent, line):
                agent.lines.setdefault(line.channel, {})[line] = None
                agent.rooms[line.room] = None

    # --- contacts ---------------------------------------------------------------------------------

    def admit(self, contact: Contact) -> None:
        """It enters the queue it names."""
        self.contacts[contact.contact_id] = contact
        if contact.caller is not None:
            self.callers[contact.caller] += 1
        if contact.preferred_agent in self.agents:
            self.agents[contact.preferred_agent].wanted[contact.contact_id] = contact
        self._enter(contact)

    def remove(self, contact: Contact) -> None:
        """It waits no longer."""
        del self.contacts[contact.contact_id]
        if contact.caller is not None:
            self.callers[contact.caller] -= 1
        if contact.preferred_agent in self.agents:
            self.agents[contact.preferred_agent].wanted.pop(contact.contact_id, None)
        self.moved.pop(contact.contact_id, None)
        self.shut(contact)
        line = contact.line
        line.members -= 1
        line.room.away.discard(contact.contact_id)
        line.room.dialling.discard(contact.contact_id)
        _take_out(line.room.order, contact.key)

    def _enter(self, contact: Contact) -> None:
        self._place(contact)
        room = contact.line.room
        insort(room.order, contact.key)
        if contact.put_off:
            room.away.add(contact.contact_id)
        if contact.being_dialled:
            room.dialling.add(contact.contact_id)
        if contact.open:
            self._stand(contact)

    def replace(self, contact: Contact) -> None:
        """What it needs, its priority or its place is another now."""
        self.shut(contact)
        contact.line.members -= 1
        _take_out(contact.line.room.order, contact.key)
        self._enter(contact)

    def refresh(self, contact: Contact, *, anew: bool = False) -> None:
        """Whether it can be offered, or to whom, may be another now."""
        open_ = contact.open
        if open_ and contact.listed and not anew and contact.audience == self._audience(contact):
            return
        self.shut(contact)
        if open_:
            self._stand(contact)

    def _audience(self, contact: Contact) -> tuple[str, ...] | None:
        if contact.only_agents:
            return tuple(sorted(contact.only_agents))
        if contact.preferred_until is not None and self.holds(contact):
            assert contact.preferred_agent is not None, "who waits for somebody says for whom"
            return (contact.preferred_agent,)
        return None

    def holds(self, contact: Contact) -> bool:
        """The agent it prefers is there, and may take it."""
        agent = self.agents.get(contact.preferred_agent or "")
        return (
            agent is not None
            and agent.there
            and agent.agent_id not in contact.excluded
            and self.qualified(agent, contact.line)
        )

    def _stand(self, contact: Contact) -> None:
        """It can be offered, at the place it always had."""
        contact.listed = True
        contact.audience = audience = self._audience(contact)
        if audience is None:
            contact.line.put(contact.key)
            return
        for agent_id in audience:
            if agent_id in self.agents:
                insort(self.agents[agent_id].own, contact.key)

    def shut(self, contact: Contact) -> None:
        """It cannot be offered for now."""
        if not contact.listed:
            return
        contact.listed = False
        audience = contact.audience
        if audience is None:
            contact.line.take(contact.key)
            return
        for agent_id in audience:
            agent = self.agents.get(agent_id)
            if agent is not None and contact.key in agent.own:
                agent.own.remove(contact.key)

    def position(self, contact: Contact) -> int:
        """1-based place in its queue."""
        return bisect_left(contact.line.room.order, contact.key) + 1

    def order(self, contact: Contact) -> Order:
        """Service order over all queues."""
        priority, weight, at, contact_id = contact.key
        return priority, self.share(contact.line.room) if self.fair else weight, at, contact_id

    def share(self, room: Room) -> float:
        """How much a queue has had, measured by what it is to have."""
        return room.memory.served / max(1, room.policy.share)

    # --- agents -----------------------------------------------------------------------------------

    def enlist(self, agent: Agent) -> None:
        """List him wherever he is free; for now nothing that waits is for him."""
        for channel in agent.channels:
            if channel not in agent.listings and agent.free_for(channel):
                agent.listings[channel] = []
                for line in agent.lines.get(channel, ()):
                    self._list(agent, line)

    def _list(self, agent: Agent, line: Line) -> None:
        at = rank(agent, line.room.policy, line.needs)
        insort(line.idle, at)
        agent.listings[line.channel].append((line, at))

    def delist(self, agent: Agent, channel: str) -> None:
        """He is free for it no longer."""
        for line, at in agent.listings.pop(channel):
            _take_out(line.idle, at)


def _take_out(keys: list[_Sorted], key: _Sorted) -> None:
    at = bisect_left(keys, key)
    assert keys[at] == key, "everyone is where his key says"
    del keys[at]
