"""Agents: the states they ask for, their phones, what they handle, and their after-call work."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from routing.agents import NOTHING, Agent
from routing.callbacks import Callbacks
from routing.deadlines import Deadlines, Due, DueKind
from routing.floor import Floor
from routing.ledger import Ledger
from routing.notes import Notes
from routing.offers import Offers
from routing.types import (
    AgentState,
    HandlingEnded,
    HandlingHanded,
    QueuePolicy,
    ReachabilityChanged,
    StateRequested,
    WorkItem,
    WrapUpExtended,
    WrapUpFinished,
)

_ON_CONTACT = AgentState.ON_CONTACT


class Handling:
    def __init__(
        self,
        floor: Floor,
        ledger: Ledger,
        notes: Notes,
        deadlines: Deadlines,
        offers: Offers,
        callbacks: Callbacks,
    ) -> None:
        self._floor = floor
        self._ledger = ledger
        self._notes = notes
        self._deadlines = deadlines
        self._offers = offers
        self._callbacks = callbacks

    # --- states -----------------------------------------------------------------------------------

    def request_state(self, event: StateRequested, now: datetime) -> None:
        agent = self._floor.agents[event.agent_id]
        reason = event.reason if event.state is AgentState.NOT_READY else None
        once = event.once and event.state is AgentState.AVAILABLE
        if event.forced_by is not None and event.state is not AgentState.AVAILABLE:
            self._offers.withdraw_from(agent, "forced", now)
        elif event.state is AgentState.SIGNED_OUT and not agent.busy:
            self._offers.withdraw_from(agent, "signed_out", now)
        if agent.busy or (event.state is AgentState.SIGNED_OUT and agent.others):
            agent.next_state, agent.next_reason, agent.once = event.state, reason, once
        elif (agent.state, agent.reason, agent.once) == (event.state, reason, once):
            if agent.next_state is None:
                return
            agent.next_state = agent.next_reason = None
        else:
            agent.next_state = agent.next_reason = None
            if event.state is AgentState.AVAILABLE:
                agent.misses = 0
            if (agent.state, agent.reason) != (event.state, reason):
                agent.enter(event.state, reason, now)
            agent.once = once
        self._notes.agent(agent)

    def change_reachability(self, event: ReachabilityChanged, now: datetime) -> None:
        agent = self._floor.agents[event.agent_id]
        why = None if event.reachable else event.why
        if (agent.reachable, agent.unreachable_why, agent.media) == (event.reachable, why, event.media):
            return
        agent.reachable, agent.unreachable_why = event.reachable, why
        agent.unreachable_since = None if event.reachable else agent.unreachable_since or now
        if agent.media != event.media:
            self._notes.ranks_anew(agent)
            agent.media = event.media
            self._floor.rewire(agent)
        if not agent.reachable:
            self._offers.withdraw_from(agent, "agent_unreachable", now)
        elif agent.offer_id is not None:
            offer = self._offers.open[agent.offer_id]
            if self._floor.contacts[offer.contact_id].media not in agent.media:
                self._offers.withdraw(offer, "agent_unreachable", now)
        self._notes.agent(agent)

    def dismiss(self, agent: Agent, now: datetime) -> None:
        """He has lost his profile: no more offers; what he is busy with he may finish."""
        self._offers.withdraw_from(agent, "agent_removed", now)
        if agent.busy or agent.others:
            agent.next_state, agent.next_reason = AgentState.SIGNED_OUT, None
        elif agent.state is not AgentState.SIGNED_OUT:
            agent.enter(AgentState.SIGNED_OUT, None, now)
        self._notes.agent(agent)

    # --- what is handled --------------------------------------------------------------------------

    def end(self, event: HandlingEnded, now: datetime) -> None:
        agent = self._floor.agents[event.agent_id]
        if agent.state is not _ON_CONTACT or agent.contact_id != event.contact_id:
            self._end_slot(agent, event, now)
            return
        self._let_go(event.contact_id)
        self._notes.ranks_anew(agent)
        agent.leave_caller(self._floor.callers)
        acw = self._policy(agent).acw if event.wrap_up else NOTHING
        if acw > NOTHING:
            agent.enter(AgentState.ACW, None, now)
            self._end_acw_at(agent, now + acw)
        else:
            agent.finish_work(now)
        self._notes.agent(agent)

    def _let_go(self, contact_id: str) -> None:
        self._floor.let_go(contact_id)
        if contact_id in self._floor.contacts:
            self._callbacks.close(contact_id)

    def hand(self, event: HandlingHanded) -> None:
        agent, floor = self._floor.agents[event.agent_id], self._floor
        if agent.state is not AgentState.ON_CONTACT or agent.contact_id != event.from_contact_id:
            self._ledger.stale("handling", event.from_contact_id)
            return
        self._let_go(event.from_contact_id)
        floor.talk(event.to_contact_id)
        agent.leave_caller(floor.callers)
        agent.caller = next(
            (
                other.caller
                for other in floor.agents.values()
                if other.contact_id == event.to_contact_id and other.caller is not None
            ),
            None,
        )
        if agent.caller is not None:
            floor.callers[agent.caller] += 1
        agent.contact_id = event.to_contact_id
        agent.queue_id = event.queue_id or agent.queue_id
        self._notes.agent(agent)

    # --- after-call work --------------------------------------------------------------------------

    def extend(self, event: WrapUpExtended) -> None:
        agent = self._floor.agents[event.agent_id]
        if agent.acw_ends_at is None:
            self._ledger.stale("acw", event.agent_id)
            return
        granted = min(event.by, self._policy(agent).acw_extend_limit - agent.acw_extended)
        if granted > NOTHING:
            agent.acw_extended += granted
            self._end_acw_at(agent, agent.acw_ends_at + granted)
            self._notes.agent(agent)

    def finish(self, event: WrapUpFinished, now: datetime) -> None:
        """The call's wrap-up, or else the oldest of another channel."""
        agent = self._floor.agents[event.agent_id]
        if agent.state is AgentState.ACW:
            self.end_acw(agent, now)
            return
        wrapping_up = [item for item in agent.others if item.acw_ends_at is not None]
        if not wrapping_up:
            self._ledger.stale("acw", event.agent_id)
            return
        self.free_slot(agent, min(wrapping_up, key=lambda item: item.since), now)

    def end_acw(self, agent: Agent, now: datetime) -> None:
        self._notes.ranks_anew(agent)
        agent.finish_work(now)
        self._notes.agent(agent)

    def _end_acw_at(self, agent: Agent, at: datetime) -> None:
        agent.acw_ends_at = at
        self._deadlines.add(Due(at, DueKind.ACW, agent.agent_id))

    def _policy(self, agent: Agent) -> QueuePolicy:
        """The rules of the queue whose contact he handles, or handled."""
        assert agent.queue_id is not None, "an agent at work knows for which queue"
        return self._floor.rooms[agent.queue_id].policy

    # --- other channels ---------------------------------------------------------------------------

    def _end_slot(self, agent: Agent, event: HandlingEnded, now: datetime) -> None:
        item = next(
            (
                item
                for item in agent.others
                if item.contact_id == event.contact_id and not item.offer_id and item.acw_ends_at is None
            ),
            None,
        )
        if item is None:
            self._ledger.stale("handling", event.contact_id)
            return
        self._let_go(event.contact_id)
        self._notes.ranks_anew(agent)
        agent.talk += now - item.since
        acw = self._floor.rooms[item.queue_id].policy.acw
        if event.wrap_up and acw > NOTHING:
            ends_at = now + acw
            wrapping_up = replace(item, since=now, acw_ends_at=ends_at)
            agent.others = tuple(wrapping_up if one is item else one for one in agent.others)
            self._deadlines.add(Due(ends_at, DueKind.SLOT_ACW, agent.agent_id, item.contact_id))
            self._notes.agent(agent)
        else:
            self.free_slot(agent, item, now)

    def free_slot(self, agent: Agent, item: WorkItem, now: datetime) -> None:
        """A contact of another channel and its wrap-up are over."""
        self._notes.ranks_anew(agent)
        agent.others = tuple(one for one in agent.others if one is not item)
        if agent.idle_since is not None:
            agent.idle_since = now
        agent.settle(now)
        self._notes.agent(agent)
