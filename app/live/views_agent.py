"""What one agent's page shows: who, what and next, from committed state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, cast

from app.api import models as wire
from app.engine.company import WrapUp
from app.engine.contact import Contact, Phase
from app.engine.parties import masked
from app.live.daybook import DayBook
from app.live.directory import AgentEntry, Directory
from app.live.state import LiveState
from app.live.views_company import (
    aside,
    asked_by,
    offer_kind,
    parties,
    role,
    since_of,
    supervising,
)
from app.words import because, word
from routing.types import AgentRecord, AgentState

_STATES: Mapping[Phase, str] = {
    Phase.CONNECTING: "connecting",
    Phase.TALKING: "talking",
    Phase.HELD: "held",
    Phase.ASIDE: "held",
    Phase.CALLER_LOST: "caller_lost",
    Phase.AGENT_LOST: "reconnecting",
    Phase.WRAP_UP: "acw",
}
MEDIA_FAIR_MS = 150.0
MEDIA_POOR_MS = 400.0
LOSS_FAIR = 0.02
LOSS_POOR = 0.08
"""Round trip and loss at which people begin to notice, and to complain (ITU-T G.114, G.113)."""


@dataclass(slots=True)
class Extras:
    """What lives beside the engine's records: pops, notes, sound quality."""

    pops: dict[tuple[str, str], wire.Pop] = field(default_factory=dict)
    """By contact and agent: sentences are in the agent's language."""
    notes: dict[str, tuple[str, datetime | None]] = field(default_factory=dict)
    quality: dict[str, wire.QualityView] = field(default_factory=dict)
    """By agent."""
    names: dict[str, str] = field(default_factory=dict)
    """Callers' names by contact, once a pop was built."""


def quality_word(rtt_ms: float | None, loss_fraction: float) -> Literal["clear", "fair", "poor"]:
    if loss_fraction >= LOSS_POOR or (rtt_ms or 0.0) >= MEDIA_POOR_MS:
        return "poor"
    return "fair" if loss_fraction >= LOSS_FAIR or (rtt_ms or 0.0) >= MEDIA_FAIR_MS else "clear"


class AgentView:
    def __init__(
        self,
        state: LiveState,
        directory: Callable[[], Directory],
        extras: Extras,
        daybook: DayBook,
        acw_extend_limit_s: Callable[[str], float],
        flow_name: Callable[[str], str],
        no_calls: Callable[[str], list[str]],
    ) -> None:
        self._flow_name = flow_name
        self._no_calls = no_calls
        self._state = state
        self._directory = directory
        self._extras = extras
        self._daybook = daybook
        self._acw_extend_limit_s = acw_extend_limit_s

    def topic(self, agent_id: str, now: datetime) -> wire.AgentTopic:
        return wire.AgentTopic(
            me=self.me(agent_id, now),
            offer=self.offer(agent_id),
            contact=self.contact(agent_id),
            queues=self.queues(agent_id, now),
            people=self.people(agent_id, now),
            day=self.day(agent_id, now),
            supervising=self.supervising(agent_id),
            why_no_calls=self.why_no_calls(agent_id),
        )

    def me(self, agent_id: str, now: datetime) -> wire.AgentSelf:
        entry = self._directory().agent(agent_id)
        record = self._state.agents.get(agent_id)
        if record is None:
            return wire.AgentSelf(
                agent_id=agent_id,
                name=entry.name,
                initials=entry.initials,
                state="signed_out",
                since=now,
                reachable=False,
                unreachable_why="no_phone",
            )
        return wire.AgentSelf(
            agent_id=agent_id,
            name=entry.name,
            initials=entry.initials,
            state=record.state.value,
            since=record.since,
            reason=record.reason,
            next_state=record.next_state.value if record.next_state else None,
            next_reason=record.next_reason,
            once=record.once,
            reachable=record.reachable,
            unreachable_why=_why(record),
            unreachable_since=record.unreachable_since,
        )

    def offer(self, agent_id: str) -> wire.OfferView | None:
        """The ringing card. Only with its pop: a page never rings for nobody."""
        record = self._state.agents.get(agent_id)
        offer = self._state.offers.get(record.offer_id or "") if record else None
        contact = self._state.contact_of_offer(offer) if offer else None
        pop = self._extras.pops.get((contact.contact_id, agent_id)) if contact else None
        if offer is None or contact is None or pop is None:
            return None
        directory = self._directory()
        waiting = self._state.waiting.get(offer.contact_id)
        before = waiting.offered_before if waiting else ()
        from_name, why = asked_by(contact, offer.contact_id, directory)
        return wire.OfferView(
            offer_id=offer.offer_id,
            contact_id=contact.contact_id,
            kind=offer_kind(contact, offer.contact_id),
            from_name=from_name,
            why=why,
            queue_id=offer.queue_id,
            queue_name=directory.queue_name(offer.queue_id),
            made_at=offer.made_at,
            expires_at=offer.expires_at,
            waited_s=(offer.made_at - (contact.place_at or offer.made_at)).total_seconds(),
            offered_before=[directory.agent(each).name for each in before],
            because=because(offer.decision.because, directory.agent(agent_id).language),
            pop=pop,
        )

    def contact(self, agent_id: str) -> wire.ContactView | None:
        contact = self._state.contact_of_agent(agent_id)
        if contact is None:
            return None
        wrap = contact.wrap_up(agent_id)
        if wrap is None and contact.phase not in _STATES:
            return None
        pop = self._extras.pops.get((contact.contact_id, agent_id))
        if pop is None:
            return None
        note, saved_at = self._extras.notes.get(contact.contact_id, ("", None))
        if wrap is not None:
            # Wherever the caller is by now: waiting, in a flow, at a number outside, with somebody else.
            return self._wrapping(contact, wrap, agent_id, pop)
        directory = self._directory()
        companion = contact.companion_agent(agent_id)
        recording: Literal["on", "paused", "off"] = "off"
        if contact.recording_id is not None:
            recording = "on" if contact.recording_on else "paused"
        view = wire.ContactView(
            contact_id=contact.contact_id,
            state=cast("Literal['talking']", _STATES[contact.phase]),
            queue_id=contact.queue_id or "",
            queue_name=self._directory().queue_name(contact.queue_id),
            answered_at=since_of(contact, agent_id),
            held_since=contact.held_since,
            hold_s=contact.hold_s,
            talk_s=contact.talk_s,
            ended_at=contact.ended_at,
            ended_by=_ended_by(contact),
            muted=companion.muted if companion is not None else contact.muted,
            recording=recording,
            recording_since=contact.recording_since,
            recorded_s=contact.recorded_s,
            lost_since=contact.lost_since,
            grace_ends_at=contact.grace_ends_at,
            note=note,
            note_saved_at=saved_at,
            disposition=contact.disposition,
            case_id=contact.case_id,
            quality=self._extras.quality.get(agent_id),
            role=role(contact, agent_id),
            parties=parties(contact, agent_id, _caller(pop), directory),
            aside=aside(contact, "", self._flow_name(contact.aside.flow_id) if contact.aside else ""),
            from_name=asked_by(contact, companion.party_id, directory)[0] if companion else None,
            why=companion.why if companion is not None else contact.why,
            pop=pop,
        )
        return self._with_wrap_up(view, self._state.agents.get(agent_id))

    def _wrapping(self, contact: Contact, wrap: WrapUp, agent_id: str, pop: wire.Pop) -> wire.ContactView:
        """What this agent still writes down; the caller may be with somebody else by now."""
        note, saved_at = self._extras.notes.get(contact.contact_id, ("", None))
        record = self._state.agents.get(agent_id)
        queue_id = (record.queue_id if record else None) or contact.queue_id or ""
        view = wire.ContactView(
            contact_id=contact.contact_id,
            state="acw",
            queue_id=queue_id,
            queue_name=self._directory().queue_name(queue_id),
            answered_at=wrap.answered_at or contact.arrived_at,
            hold_s=wrap.hold_s,
            talk_s=wrap.talk_s,
            ended_at=wrap.ended_at,
            ended_by=_ended_by(contact),
            note=note,
            note_saved_at=saved_at,
            disposition=wrap.disposition,
            case_id=contact.case_id,
            pop=pop,
        )
        return self._with_wrap_up(view, record)

    def supervising(self, agent_id: str) -> wire.SupervisingView | None:
        """The listening dock of a supervisor."""
        found = self._state.supervised_by(agent_id)
        if found is None:
            return None
        contact, listener = found
        directory = self._directory()
        name = self._extras.names.get(contact.contact_id) or masked(contact.ani)
        return supervising(contact, listener, name, directory)

    def why_no_calls(self, agent_id: str) -> list[str]:
        """Sentences for an agent who is available and idle."""
        record = self._state.agents.get(agent_id)
        if record is None or record.state is not AgentState.AVAILABLE:
            return []
        return self._no_calls(agent_id)

    def _with_wrap_up(self, view: wire.ContactView, agent: AgentRecord | None) -> wire.ContactView:
        if agent is None or agent.state is not AgentState.ACW:
            return view
        left = self._acw_extend_limit_s(view.queue_id) - agent.acw_extended.total_seconds()
        return view.model_copy(
            update={
                "acw_started_at": agent.since,
                "acw_ends_at": agent.acw_ends_at,
                "acw_extendable_s": max(0.0, left),
            }
        )

    def queues(self, agent_id: str, now: datetime) -> list[wire.MyQueue]:
        directory = self._directory()
        return [
            self._queue(queue_id, directory, now)
            for queue_id in directory.agent(agent_id).queues
            if queue_id in directory.queues
        ]

    def _queue(self, queue_id: str, directory: Directory, now: datetime) -> wire.MyQueue:
        line = self._state.line(queue_id)
        figures = self._daybook.queue(queue_id, now)
        serving = [
            record
            for record in self._state.agents.values()
            if queue_id in directory.agent(record.agent_id).queues
        ]
        return wire.MyQueue(
            queue_id=queue_id,
            name=directory.queue_name(queue_id),
            waiting=len(line),
            longest_since=min((waiting.place_at for waiting in line), default=None),
            on_contact=sum(
                record.state is AgentState.ON_CONTACT and record.queue_id == queue_id
                for record in self._state.agents.values()
            ),
            free=sum(record.state is AgentState.AVAILABLE and record.reachable for record in serving),
            service_level=figures.service_level,
            goal=directory.queues[queue_id].goal,
            spark=list(figures.spark),
        )

    def people(self, agent_id: str, now: datetime) -> list[wire.Person]:
        """Everybody signed in, colleagues of the own queues first."""
        directory = self._directory()
        mine = set(directory.agent(agent_id).queues)

        def rank(entry: AgentEntry) -> tuple[bool, str]:
            return (not mine & set(entry.queues), entry.name)

        people = []
        for entry in sorted(directory.agents.values(), key=rank):
            record = self._state.agents.get(entry.agent_id)
            if entry.agent_id == agent_id or record is None or record.state is AgentState.SIGNED_OUT:
                continue
            people.append(
                wire.Person(
                    agent_id=entry.agent_id,
                    name=entry.name,
                    initials=entry.initials,
                    role=entry.team,
                    state=presence(record),
                    since=record.since,
                    reason=record.reason,
                )
            )
        return people

    def day(self, agent_id: str, now: datetime) -> wire.MyDay:
        work = self._daybook.agent(agent_id, now)
        if work is None:
            return wire.MyDay(handled=0, talk_s=0.0, handle_s_average=None, missed=0)
        return wire.MyDay(
            handled=work.handled, talk_s=work.talk_s, handle_s_average=work.aht_s, missed=work.missed
        )


def _caller(pop: wire.Pop) -> str:
    """The caller as the cord names it."""
    return pop.customer.name if pop.customer is not None else pop.number


Presence = Literal["signed_out", "available", "ringing", "on_contact", "acw", "not_ready", "unreachable"]


def presence(record: AgentRecord) -> Presence:
    """The state as others see it: an unreachable agent is never shown as available."""
    if record.state is AgentState.AVAILABLE and not record.reachable:
        return "unreachable"
    return record.state.value


def unreachable_text(record: AgentRecord, language: str) -> str:
    return word(f"alert.unreachable.{record.unreachable_why or 'no_phone'}", language)


def _why(
    record: AgentRecord,
) -> Literal["no_phone", "media_lost", "page_gone", "microphone_silent", "microphone_ended", None]:
    if record.reachable:
        return None
    return cast("Literal['no_phone']", record.unreachable_why or "no_phone")


def _ended_by(contact: Contact) -> Literal["caller", "agent", "line", "system", None]:
    if contact.ended_by is None:
        return None
    return cast(
        "Literal['caller']", contact.ended_by if contact.ended_by in ("caller", "agent", "line") else "system"
    )
