"""The best agent for a contact, and the best contact for an agent, among those on the floor."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from routing.agents import Agent
from routing.contacts import Contact
from routing.floor import Floor
from routing.ranking import RUNNERS_UP_MAX, Pick, Rank, in_turn, rank, shortfall
from routing.rooms import Key, Line, Order
from routing.types import VOICE, Strategy

_IN_TURN = frozenset({Strategy.ROUND_ROBIN, Strategy.WEIGHTED_RANDOM})
FEW_LINES = 16
"""Up to so many lines of an agent, looking at each costs less than walking the heads of his queues."""
_NONE: Mapping[Line, None] = {}


class Choice:
    """Looks; changes nothing."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor

    def best_agent(self, contact: Contact) -> Pick | None:
        """The first of those who are listed, may serve it and are not barred from it."""
        floor, line = self._floor, contact.line
        idle = line.idle if contact.audience is None else self._few(contact)
        if not idle or line.room.gated:
            return None
        policy = line.room.policy
        tier_ends = idle
        if policy.strategy in _IN_TURN:
            idle = in_turn(idle, policy, contact.contact_id, line.room.memory.last_agent, floor.seed)
        rung = self._rung(contact)
        if not contact.barred and not rung:
            first = idle[0]
            return Pick(
                floor.agents[first[2]],
                len(idle),
                _width(tier_ends, first[0]),
                tuple([other[2] for other in idle[1 : RUNNERS_UP_MAX + 1]]),
            )
        barred = contact.excluded.union(contact.cooloff, rung)
        candidates: Iterator[Rank] = (other for other in idle if other[2] not in barred)
        best = next(candidates, None)
        if best is None:
            return None
        eligible, equals = len(idle), _width(tier_ends, best[0])
        for agent_id in barred:
            at = self._rank_in(tier_ends, agent_id, contact)
            if at is not None:
                eligible -= 1
                equals -= at[0] == best[0]
        runners_up = tuple(other[2] for other in islice(candidates, RUNNERS_UP_MAX))
        return Pick(floor.agents[best[2]], eligible, equals, runners_up)

    def _rung(self, contact: Contact) -> frozenset[str]:
        """Whom it rings already and who has room for more of its channel: he is not offered it twice."""
        if not contact.offer_ids or contact.channel == VOICE:
            return frozenset()
        agents = self._floor.agents.values()
        return frozenset(agent.agent_id for agent in agents if agent.has(contact.contact_id))

    def _rank_in(self, idle: list[Rank], agent_id: str, contact: Contact) -> Rank | None:
        agent = self._floor.agents.get(agent_id)
        if agent is None or contact.channel not in agent.listings:
            return None
        at = rank(agent, contact.line.room.policy, contact.line.needs)
        where = bisect_left(idle, at)
        return at if where < len(idle) and idle[where] == at else None

    def _few(self, contact: Contact) -> list[Rank]:
        """Those of its few agents who are free for it, best first."""
        floor, policy, needs = self._floor, contact.line.room.policy, contact.line.needs
        return sorted(
            rank(agent, policy, needs)
            for agent_id in contact.audience or ()
            if (agent := floor.agents.get(agent_id)) is not None
            and contact.channel in agent.listings
            and self.may_be_called(agent, contact)
        )

    def may_be_called(self, agent: Agent, contact: Contact) -> bool:
        """Whether one of a contact's few agents can take it, by his profile and his phone."""
        if contact.only_agents:
            return (
                contact.channel in agent.channels
                and (contact.channel != VOICE or contact.media in agent.media)
                and shortfall(agent.skills, contact.line.needs) is None
            )
        return self._floor.serves(agent, contact.line)

    def best_contact(self, agent: Agent) -> Contact | None:
        """The first in service order, over all queues, that this agent may be offered."""
        served = self._served(agent)
        if len(served) <= FEW_LINES and not self._floor.fair and not agent.own:
            # Nearly always nothing bars the very first one, and then nobody else has to be looked at.
            first = _first_of(served)
            contact = self._floor.contacts[first[3]] if first is not None else None
            if contact is None or not (contact.cooloff or contact.excluded or contact.offer_ids):
                return contact
        return self._best_of(agent, served)

    def _best_of(self, agent: Agent, served: Mapping[Line, None]) -> Contact | None:
        """The same, whatever may be in the way."""
        best: Order | None = None
        floor = self._floor
        agent_id, contacts, fair = agent.agent_id, floor.contacts, floor.fair
        for room in agent.rooms:
            if room.gated:
                continue
            share = floor.share(room) if fair else 0.0
            for head, line in room.heads:
                at: Order = (head[0], share, head[2], head[3]) if fair else head
                if best is not None and best < at:
                    break
                if line not in served:
                    continue
                for key in line.waiting:
                    at = (key[0], share, key[2], key[3]) if fair else key
                    if best is not None and best < at:
                        break
                    contact = contacts[key[3]]
                    if not contact.bars(agent_id) and not (contact.offer_ids and agent.has(key[3])):
                        best = at
                        break
        for key in agent.own:
            contact = contacts[key[3]]
            at = floor.order(contact)
            if (best is None or at < best) and self._is_for(agent, contact):
                best = at
        return contacts[best[3]] if best is not None else None

    def _served(self, agent: Agent) -> Mapping[Line, None]:
        """Lines he is free for."""
        channels = agent.channels
        if len(channels) == 1:
            return agent.lines.get(channels[0], _NONE) if agent.free_for(channels[0]) else _NONE
        lines = [agent.lines.get(channel, _NONE) for channel in channels if agent.free_for(channel)]
        return {line: None for each in lines for line in each}

    def _is_for(self, agent: Agent, contact: Contact) -> bool:
        """He may be offered a contact that stands with him."""
        return (
            agent.free_for(contact.channel)
            and not contact.bars(agent.agent_id)
            and not (contact.offer_ids and agent.has(contact.contact_id))
            and not contact.line.room.gated
            and self.may_be_called(agent, contact)
        )

    def overruled(self, contact: Contact, agent: Agent) -> tuple[str, ...]:
        """The rules by which it comes before contacts of this agent that are ahead by priority and place."""
        floor = self._floor
        told: dict[str, None] = {}
        if (floor.weighted or floor.fair) and self._passes_over(contact, agent):
            across = "fair_share" if floor.fair else "weight"
            told[f"{across}:{contact.queue_id}"] = None
        mine = (contact.key[0], contact.place_at, contact.contact_id)
        for other in floor.moved.values():
            theirs = (other.key[0], other.place_at, other.contact_id)
            if (
                theirs < mine
                and other.listed
                and self._could_have(agent, other)
                and not other.bars(agent.agent_id)
            ):
                told.update((rule, None) for rule in other.rules if rule.startswith("moved_by:"))
        return tuple(told)

    def _could_have(self, agent: Agent, contact: Contact) -> bool:
        """He is of those whom it stands with."""
        if contact.audience is None:
            return self._floor.serves(agent, contact.line)
        return agent.agent_id in contact.audience and self.may_be_called(agent, contact)

    def _passes_over(self, contact: Contact, agent: Agent) -> bool:
        """Somebody of another queue has its priority and an earlier place, and could be offered to him."""
        contacts, served = self._floor.contacts, self._served(agent)
        priority, _, at, _ = contact.key
        mine = contact.line.room
        for room in agent.rooms:
            if room is mine or room.gated:
                continue
            for head, line in room.heads:
                if head[0] > priority or (head[0] == priority and head[2] >= at):
                    break
                if line not in served:
                    continue
                waiting = line.waiting
                # Who is ahead by priority and yet not offered, as a callback of which enough are being
                # dialled, hides nobody behind him.
                for key in islice(waiting, bisect_left(waiting, (priority,)), None):
                    if key[0] > priority or key[2] >= at:
                        break
                    if not contacts[key[3]].bars(agent.agent_id) and not agent.has(key[3]):
                        return True
        return any(
            key[0] == priority
            and key[2] < at
            and contacts[key[3]].line.room is not mine
            and self._is_for(agent, contacts[key[3]])
            for key in agent.own
        )


def _first_of(lines: Iterable[Line]) -> Key | None:
    """The first contact of several lines, in service order but for the fair share."""
    first: Key | None = None
    for line in lines:
        waiting = line.waiting
        if waiting and (first is None or waiting[0] < first) and not line.room.gated:
            first = waiting[0]
    return first


def _width(idle: list[Rank], tier: int) -> int:
    """How many agents are in a tier."""
    if idle[0][0] == idle[-1][0]:
        return len(idle)
    return bisect_left(idle, tier + 1, key=_tier) - bisect_left(idle, tier, key=_tier)


def _tier(at: Rank) -> int:
    return at[0]
