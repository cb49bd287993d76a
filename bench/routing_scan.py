"""The same core with a linear search: what the index of `routing.floor` is measured against.

Everything but the search is the same. Whoever becomes free looks at everybody who waits, and every caller at
all agents; the cheap questions come first, so that most are passed over after one comparison.
"""

from __future__ import annotations

from routing.agents import Agent
from routing.choice import Choice
from routing.contacts import Contact
from routing.ranking import RUNNERS_UP_MAX, Pick, rank
from routing.rooms import Order
from routing.router import Router


class ScanningChoice(Choice):
    def best_contact(self, agent: Agent) -> Contact | None:
        floor, best, found = self._floor, None, None
        queues = agent.profile.queues if agent.profile else frozenset()
        for contact in floor.contacts.values():
            if contact.queue_id not in queues or not contact.listed:
                continue
            at: Order = contact.key
            if best is not None and best < at:
                continue
            if contact.bars(agent.agent_id) or not floor.serves(agent, contact.line):
                continue
            best, found = at, contact
        return found

    def best_agent(self, contact: Contact) -> Pick | None:
        floor, line = self._floor, contact.line
        free = sorted(
            rank(agent, line.room.policy, line.needs)
            for agent in floor.agents.values()
            if agent.free_for(contact.channel)
            and not contact.bars(agent.agent_id)
            and floor.serves(agent, line)
        )
        if not free:
            return None
        equals = sum(one[0] == free[0][0] for one in free)
        runners_up = tuple(one[2] for one in free[1 : RUNNERS_UP_MAX + 1])
        return Pick(floor.agents[free[0][2]], len(free), equals, runners_up)


def search_linearly(router: Router) -> None:
    """From now on this router looks at everybody."""
    # Its parts share one `Choice`; the methods of that one are what is exchanged.
    router._choice.__class__ = ScanningChoice
