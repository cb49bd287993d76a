"""Agents: they come and go, answer or miss, talk, and wrap up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from routing import types as acd
from routing.types import AgentState, OfferOutcome
from simulation.callers import CALLBACK_RING_S
from simulation.result import Ending
from simulation.stage import Call, Due, Stage


class Agents:
    def __init__(self, stage: Stage, reached: Callable[[Call], bool]) -> None:
        """Args:
        reached: whether the customer answers a callback.
        """
        self._stage = stage
        self._reached = reached
        self._states: dict[str, tuple[AgentState, str | None, datetime]] = {}
        self._wants: dict[str, tuple[AgentState, str | None]] = {}
        """What each agent wants of his own."""
        self._wraps: dict[str, Call] = {}
        """The call each agent wraps up."""

    def offered(self, made: acd.OfferMade) -> None:
        call = self._stage.calls[made.contact_id]
        call.fate.offers += 1
        habits = self._stage.scenario.habits
        if self._stage.watch is not None:
            decision = made.decision
            data: dict[str, object] = {
                "offer_id": made.offer_id,
                "queue_id": made.queue_id,
                "expires_at": made.expires_at.isoformat(),
                "key": dict(decision.key),
                "runners_up": list(decision.runners_up),
                "eligible": decision.eligible,
                "policy_version": decision.policy_version,
            }
            self._stage.log("offer.made", call, made.agent_id, data)
        answer_s = 0.0
        if habits.miss_chance or habits.answer.mean_s:
            chance = self._stage.chance(call, f"offer-{call.fate.offers}")
            if chance.random() < habits.miss_chance:
                return
            answer_s = habits.answer.at(chance.gauss(0.0, 1.0))
        call.fate.decision = made.decision
        self._stage.later(answer_s, Due.ANSWER, made.offer_id, made.agent_id)

    def answer(self, offer_id: str, agent_id: str) -> None:
        if self._stage.router.offer(offer_id) is not None:
            self._stage.tell(acd.OfferAnswered(offer_id=offer_id, agent_id=agent_id))

    def offer_ended(self, ended: acd.OfferEnded) -> None:
        call = self._stage.calls.get(ended.contact_id)
        if call is None:
            return
        data: dict[str, object] = {"offer_id": ended.offer_id, "reason": ended.reason}
        self._stage.log(f"offer.{ended.outcome.value}", call, ended.agent_id, data)
        if ended.outcome is OfferOutcome.ACCEPTED:
            self._join(call, ended.agent_id)

    def _join(self, call: Call, agent_id: str) -> None:
        contact_id = call.caller.contact_id
        call.agent_id, call.waiting, call.answered_s = agent_id, False, self._stage.now_s
        call.fate.agent_id = agent_id
        if call.callback:
            policy = self._stage.queues[call.queue_id].callbacks
            if policy.mode is acd.CallbackMode.AGENT_FIRST:
                self._dial_from_agent(call)
                return
        else:
            call.fate.ending, call.fate.wait_s = Ending.ANSWERED, self._stage.now_s - call.caller.at_s
        self._stage.log("contact.answered", call, agent_id, {"wait_s": call.fate.wait_s})
        self._stage.later(self._talk_s(call) + call.caller.hold_s, Due.HANG_UP, contact_id)

    def _dial_from_agent(self, call: Call) -> None:
        if self._reached(call):
            self._stage.log("callback.answered", call, call.agent_id)
            self._stage.log("contact.answered", call, call.agent_id, {"wait_s": call.fate.wait_s})
            self._stage.later(
                CALLBACK_RING_S + self._talk_s(call) + call.caller.hold_s,
                Due.HANG_UP,
                call.caller.contact_id,
            )
            return
        call.waiting, call.agent_id = True, None
        self._stage.tell(acd.CallbackFailed(contact_id=call.caller.contact_id, why="no_answer"))

    def _talk_s(self, call: Call) -> float:
        speed = self._stage.scenario.habits.speeds.get(call.agent_id or "", 1.0)
        return call.caller.talk_s * speed

    def hang_up(self, contact_id: str) -> None:
        call = self._stage.calls.pop(contact_id)
        agent_id = call.agent_id
        assert agent_id is not None
        self._stage.busy_s[agent_id, call.queue_id] += self._stage.now_s - call.answered_s
        parts: dict[str, object] = {
            "talk_s": max(0.0, self._stage.now_s - call.answered_s - call.caller.hold_s),
            "hold_s": call.caller.hold_s,
            "part": 1,
        }
        self._stage.log("contact.ended", call, agent_id, parts | {"by": "caller"})
        self._stage.log("part.ended", call, agent_id, parts | {"role": "owner", "outcome": "ended"})
        self._wraps[agent_id] = call
        self._wrapping(call, agent_id)

    def _wrapping(self, call: Call, agent_id: str) -> None:
        contact_id = call.caller.contact_id
        self._stage.tell(acd.HandlingEnded(contact_id=contact_id, agent_id=agent_id, wrap_up=True))
        record = self._stage.router.agent(agent_id)
        if record is None or record.state is not AgentState.ACW or record.acw_ends_at is None:
            return
        given_s = (record.acw_ends_at - self._stage.now).total_seconds()
        if call.caller.acw_s < given_s:
            self._stage.later(call.caller.acw_s, Due.WRAPPED, agent_id, contact_id)
        elif self._stage.chance(call, "extend").random() < self._stage.scenario.habits.extends:
            more = timedelta(seconds=call.caller.acw_s - given_s)
            if more > timedelta(0):
                self._stage.tell(acd.WrapUpExtended(agent_id=agent_id, by=more))

    def wrapped(self, agent_id: str, contact_id: str) -> None:
        record = self._stage.router.agent(agent_id)
        if record is not None and record.state is AgentState.ACW and record.contact_id == contact_id:
            self._stage.tell(acd.WrapUpFinished(agent_id=agent_id))

    def act(self, agent_id: str, state: AgentState, reason: str | None) -> None:
        self._wants[agent_id] = (state, reason)
        if self._stage.router.agent(agent_id) is not None:
            self._stage.tell(acd.StateRequested(agent_id=agent_id, state=state, reason=reason))

    def come_back(self, agent_id: str) -> None:
        """After missed offers, back to what he wanted."""
        record = self._stage.router.agent(agent_id)
        if record is None or (record.state, record.reason) != (AgentState.NOT_READY, acd.MISSED_REASON):
            return
        state, reason = self._wants[agent_id]
        self._stage.tell(acd.StateRequested(agent_id=agent_id, state=state, reason=reason))

    def agent_changed(self, agent: acd.AgentRecord) -> None:
        before = self._states.get(agent.agent_id)
        current = (agent.state, agent.reason, agent.since)
        if before == current:
            return
        self._states[agent.agent_id] = current
        agent_id = agent.agent_id
        if before is not None and before[0] is AgentState.ACW:
            self._acw_ended(agent_id, before[2])
        if before is None or before[:2] != current[:2]:
            self._stage.log(
                "agent.state", None, agent_id, {"state": agent.state.value, "reason": agent.reason}
            )
        if agent.state is AgentState.ACW:
            self._stage.log("acw.started", self._wraps.get(agent_id), agent_id)
        if agent.state is AgentState.NOT_READY and agent.reason == acd.MISSED_REASON:
            self._stage.later(self._stage.scenario.habits.back_after_s, Due.BACK, agent_id)

    def _acw_ended(self, agent_id: str, since: datetime) -> None:
        acw_s = max(0.0, (self._stage.now - since).total_seconds())
        call = self._wraps.pop(agent_id, None)
        if call is not None:
            self._stage.busy_s[agent_id, call.queue_id] += acw_s
        self._stage.log("acw.ended", call, agent_id, {"acw_s": acw_s})
