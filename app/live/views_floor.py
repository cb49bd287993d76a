"""What supervisors see: queues, agents, waiting callers, alerts. Every figure names its definition."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

from app.api import models as wire
from app.engine.contact import Contact, Phase
from app.live.daybook import DayBook
from app.live.directory import Directory, QueueEntry
from app.live.state import LiveState
from app.live.views_agent import presence, unreachable_text
from app.live.views_caller import CallerView
from app.live.why import Explain, verdict
from app.words import counted, minutes, word
from reporting import FIGURES, level
from reporting.snapshots import WAIT_WARNING
from routing.types import MISSED_REASON, AgentRecord, AgentState, WaitingRecord

ALERTS_APART_MAX = 4
"""More agents than this with the same trouble are told in one alert."""
NAMED_TOGETHER = 3
LONG_CALL_S = 600.0
LONG_ACW_S = 120.0
LONG_BREAK_S = 1800.0
"""Times after which a tile says "Long"."""


class FloorView:
    def __init__(
        self,
        state: LiveState,
        directory: Callable[[], Directory],
        callers: CallerView,
        daybook: DayBook,
        explain: Explain,
        language: str = "en",
    ) -> None:
        self._state = state
        self._directory = directory
        self._callers = callers
        self._daybook = daybook
        self._explain = explain
        self._language = language

    def topic(self, now: datetime) -> wire.FloorTopic:
        return wire.FloorTopic(
            figures=self.figures(now),
            queues=[self.queue(entry, now) for entry in self._directory().queues.values()],
            agents=self.agents(),
            waiting=self.waiting(now),
            alerts=self.alerts(now),
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
        )

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
            contact_id=record.contact_id,
            long_after_s=_long_after(state),
        )

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
            lost=waiting.suspended,
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

    # --- alerts ---

    def alerts(self, now: datetime) -> list[wire.FloorAlert]:
        """What needs a person now, gravest first."""
        found = [*self._queue_alerts(now), *self._together(self._agent_alerts(now))]
        rank = {"bad": 0, "warn": 1, "ok": 2}
        return sorted(found, key=lambda alert: (rank[alert.tone], alert.at, alert.id))

    def _together(self, alerts: list[wire.FloorAlert]) -> list[wire.FloorAlert]:
        """In a storm one line for all agents with the same trouble, else nobody sees the queues for it."""
        shown = []
        for kind in dict.fromkeys(alert.kind for alert in alerts):
            same = [alert for alert in alerts if alert.kind == kind]
            if len(same) <= ALERTS_APART_MAX:
                shown += same
                continue
            names = [self._directory().agent(alert.subject).name for alert in same]
            first = min(same, key=lambda alert: alert.at)
            text = ", ".join(names[:NAMED_TOGETHER])
            more = word("alert.more", self._language, count=len(names) - NAMED_TOGETHER)
            shown.append(
                first.model_copy(
                    update={
                        "id": f"{kind}:together",
                        "title": word(f"alert.together.{kind}", self._language, count=len(same)),
                        "text": f"{text} {more}",
                    }
                )
            )
        return shown

    def _queue_alerts(self, now: datetime) -> list[wire.FloorAlert]:
        alerts = []
        for entry in self._directory().queues.values():
            line = self._state.line(entry.queue_id)
            longest = min((waiting.place_at for waiting in line), default=None)
            if longest is None:
                continue
            limit_at = longest + timedelta(seconds=entry.wait_limit_s)
            near_at = longest + timedelta(seconds=entry.wait_limit_s * WAIT_WARNING)
            if now >= limit_at:
                alerts.append(
                    self._alert(
                        "bad",
                        "queue_wait",
                        entry.queue_id,
                        limit_at,
                        queue=entry.name,
                        wait=minutes((now - longest).total_seconds()),
                        limit=minutes(entry.wait_limit_s),
                    )
                )
            elif now >= near_at:
                free = self._free(entry.queue_id)
                alerts.append(
                    self._alert(
                        "warn",
                        "queue_level",
                        entry.queue_id,
                        near_at,
                        queue=entry.name,
                        count=len(line),
                        free=free,
                    )
                )
        return alerts

    def _agent_alerts(self, now: datetime) -> list[wire.FloorAlert]:
        alerts = []
        for record in self._state.agents.values():
            name = self._directory().agent(record.agent_id).name
            if presence(record) == "unreachable":
                alert = self._alert(
                    "bad",
                    "agent_unreachable",
                    record.agent_id,
                    record.unreachable_since or record.since,
                    agent=name,
                )
                alerts.append(alert.model_copy(update={"text": unreachable_text(record, self._language)}))
            elif record.state is AgentState.ACW and now - record.since > timedelta(seconds=LONG_ACW_S):
                alerts.append(
                    self._alert(
                        "warn",
                        "agent_long",
                        record.agent_id,
                        record.since + timedelta(seconds=LONG_ACW_S),
                        agent=name,
                        time=minutes((now - record.since).total_seconds()),
                        limit=minutes(LONG_ACW_S),
                    )
                )
            elif record.state is AgentState.NOT_READY and record.reason == MISSED_REASON:
                alerts.append(self._alert("warn", "agent_missed", record.agent_id, record.since, agent=name))
        return alerts

    def _alert(
        self,
        tone: Literal["bad", "warn"],
        kind: Literal["queue_wait", "queue_level", "agent_unreachable", "agent_long", "agent_missed"],
        subject: str,
        at: datetime,
        **values: object,
    ) -> wire.FloorAlert:
        code = {
            "agent_unreachable": "alert.unreachable",
            "agent_long": "alert.long_acw",
            "agent_missed": "alert.missed",
        }.get(kind, f"alert.{kind}")
        return wire.FloorAlert(
            id=f"{kind}:{subject}",
            tone=tone,
            kind=kind,
            title=word(code, self._language, **values),
            text=word(f"{code}.text", self._language, **values),
            at=at,
            subject=subject,
        )


def _long_after(state: str) -> float | None:
    return {"on_contact": LONG_CALL_S, "hold": LONG_CALL_S, "acw": LONG_ACW_S, "not_ready": LONG_BREAK_S}.get(
        state
    )
