"""What supervisors see: queues, agents, waiting callers, alerts. Every figure names its definition."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from app.api import models as wire
from app.engine.company import contact_id_of
from app.engine.contact import Contact, Phase
from app.live.alert_rules import AlertRules
from app.live.daybook import DayBook
from app.live.directory import Directory, QueueEntry
from app.live.state import LiveState
from app.live.views_agent import presence
from app.live.views_caller import CallerView
from app.live.why import Explain, verdict
from app.words import counted, word
from reporting import FIGURES, level
from reporting.thresholds import Measure
from routing.types import AgentRecord, AgentState, WaitingRecord


class AlertBook(Protocol):
    """The alerts as they stand, and the rules they follow."""

    @property
    def rules(self) -> AlertRules: ...

    def shown(self) -> Sequence[wire.FloorAlert]: ...


class QuietBook:
    """No alerts, the usual rules: a floor on which nobody is watched over."""

    rules = AlertRules()

    def shown(self) -> Sequence[wire.FloorAlert]:
        return ()


class FloorView:
    def __init__(
        self,
        state: LiveState,
        directory: Callable[[], Directory],
        callers: CallerView,
        daybook: DayBook,
        explain: Explain,
        alerts: AlertBook,
        language: str = "en",
    ) -> None:
        self._state = state
        self._directory = directory
        self._callers = callers
        self._daybook = daybook
        self._explain = explain
        self._alerts = alerts
        self._language = language

    def topic(self, now: datetime) -> wire.FloorTopic:
        return wire.FloorTopic(
            figures=self.figures(now),
            queues=[self.queue(entry, now) for entry in self._directory().queues.values()],
            agents=self.agents(),
            waiting=self.waiting(now),
            alerts=list(self._alerts.shown()),
        )

    def figures(self, now: datetime) -> wire.FloorFigures:
        day = self._daybook.overall(now)
        longest = min(self._state.waiting.values(), key=lambda each: each.place_at, default=None)
        signed_in = [
            record for record in self._state.agents.values() if record.state is not AgentState.SIGNED_OUT
        ]
        return wire.FloorFigures(
            waiting=len(self._state.waiting),
            longest_since=longest.place_at if longest else None,
            longest_queue=self._directory().queue_name(longest.queue_id) if longest else None,
            service_level=wire.Figure(
                value=day.service_level,
                goal=0.8,
                definition=FIGURES["service_level"].explain(self._language),
            ),
            abandoned=wire.Figure(
                value=day.abandon_rate, definition=FIGURES["abandon_rate"].explain(self._language)
            ),
            offered=day.offered,
            answered=day.answered,
            abandoned_count=day.abandoned,
            handle_time_s=day.aht_s,
            on_contact=sum(record.state is AgentState.ON_CONTACT for record in signed_in),
            agents_signed_in=len(signed_in),
            available=sum(record.state is AgentState.AVAILABLE and record.reachable for record in signed_in),
        )

    def queue(self, entry: QueueEntry, now: datetime) -> wire.FloorQueue:
        line = self._state.line(entry.queue_id)
        kept = self._state.queues.get(entry.queue_id)
        shut = kept if kept is not None and kept.shut else None
        figures = self._daybook.queue(entry.queue_id, now)
        here = [record for record in self._state.agents.values() if record.queue_id == entry.queue_id]
        longest = min((waiting.place_at for waiting in line), default=None)
        estimate = self._callers.estimate(entry.queue_id, len(line) + 1, now)
        return wire.FloorQueue(
            id=entry.queue_id,
            name=entry.name,
            waiting=len(line),
            longest_since=longest,
            wait_limit_s=entry.wait_limit_s,
            estimate_s=estimate.mean_s if estimate else None,
            spark=list(figures.spark),
            service_level=figures.service_level,
            goal=entry.goal,
            target_s=entry.target_s,
            abandoned=figures.abandon_rate,
            on_contact=sum(record.state is AgentState.ON_CONTACT for record in here),
            acw=sum(record.state is AgentState.ACW for record in here),
            free=self._free(entry.queue_id),
            level=level(figures, self._daybook.target(entry.queue_id), now).value,
            closed=shut is not None,
            closed_by=self._person(shut.shut_by) if shut is not None else None,
            closed_at=shut.shut_at if shut is not None else None,
            callbacks=sum(waiting.callback is not None for waiting in line),
        )

    def _person(self, user_id: str | None) -> str | None:
        return self._directory().people.get(user_id, user_id) if user_id is not None else None

    def _free(self, queue_id: str) -> int:
        directory = self._directory()
        return sum(
            record.state is AgentState.AVAILABLE
            and record.reachable
            and queue_id in directory.agent(record.agent_id).queues
            for record in self._state.agents.values()
        )

    def agents(self) -> list[wire.FloorAgent]:
        return [
            self.agent(record)
            for record in self._state.agents.values()
            if record.state is not AgentState.SIGNED_OUT
        ]

    def agent(self, record: AgentRecord) -> wire.FloorAgent:
        entry = self._directory().agent(record.agent_id)
        contact = self._state.contact_of_agent(record.agent_id)
        held = contact is not None and contact.phase is Phase.HELD
        state = "hold" if held else presence(record)
        reason = record.reason
        if state == "unreachable":
            reason = word(f"unreachable.{record.unreachable_why or 'no_phone'}", self._language)
        return wire.FloorAgent(
            id=record.agent_id,
            name=entry.name,
            initials=entry.initials,
            team=entry.team,
            state=state,
            since=record.unreachable_since or record.since if state == "unreachable" else record.since,
            queue=self._directory().queue_name(record.queue_id) if record.queue_id else None,
            reason=reason,
            contact_id=contact_id_of(record.contact_id) if record.contact_id else None,
            long_after_s=self._long_after_s(state, record.agent_id),
        )

    def _long_after_s(self, state: str, agent_id: str) -> float | None:
        measure = _MEASURES.get(state)
        return self._alerts.rules.long_after_s(measure, agent_id) if measure is not None else None

    def waiting(self, now: datetime) -> list[wire.FloorWaiting]:
        return [
            self.waiting_caller(waiting, place, now)
            for queue_id in self._directory().queues
            for place, waiting in enumerate(self._state.line(queue_id), start=1)
        ]

    def waiting_caller(self, waiting: WaitingRecord, place: int, now: datetime) -> wire.FloorWaiting:
        contact = self._state.contacts.get(waiting.contact_id)
        offer = self._state.offers.get(waiting.offer_id or "")
        agent = self._directory().agent(offer.agent_id).name if offer else None
        return wire.FloorWaiting(
            id=waiting.contact_id,
            queue_id=waiting.queue_id,
            position=place,
            since=waiting.place_at,
            priority=waiting.priority,
            label=self._label(contact),
            offered_to=agent,
            lost=waiting.suspended and waiting.callback is None,
            callback=waiting.callback is not None,
            why=self.why(waiting, place, now),
        )

    def why(self, waiting: WaitingRecord, place: int, now: datetime) -> str:
        """One sentence: why this caller is waiting. The router's own verdict, as in the drawer."""
        if place > 1 and waiting.offer_id is None and not waiting.suspended:
            return counted("verdict.behind", place - 1, self._language, count=place - 1)
        explanation = self._explain(waiting.contact_id, now)
        return verdict(explanation, self._directory(), self._language, now)

    def _label(self, contact: Contact | None) -> str:
        if contact is None:
            return word("unknown_caller", self._language)
        name = contact.attributes.get("customer_name") or contact.attributes.get("name")
        if name:
            return str(name)
        hidden = len(contact.ani) - 3
        if not contact.ani:
            return word("withheld", self._language)
        return f"{contact.ani[: max(0, hidden)]}…" if hidden > 0 else word("unknown_caller", self._language)


_MEASURES: Mapping[str, Measure] = {
    "on_contact": Measure.LONG_CALL,
    "hold": Measure.LONG_HOLD,
    "acw": Measure.LONG_WRAP_UP,
    "not_ready": Measure.LONG_BREAK,
}
"""State of a tile -> the threshold after which it says "Long"."""
