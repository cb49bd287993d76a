"""Publishes committed state to the pages it concerns, as it changes.

An agent's own state, offer and contact go out at once; queues, colleagues and the floor a few times a second,
and only what differs from what was sent before. A pop is loaded before its offer is shown.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

import structlog
from pydantic import BaseModel

from app.api import models as wire
from app.api.ports import LiveCall, SignedIn
from app.clock import Clock
from app.engine.commit import Committed, LogEvent
from app.engine.configuration import VoiceConfiguration
from app.engine.contact import Contact
from app.live.daybook import DayBook
from app.live.differences import by_id, changed_members, fingerprint
from app.live.directory import Directory
from app.live.hub import Hub
from app.live.state import LiveState, Touched
from app.live.views_agent import AgentView, Extras, quality_word
from app.live.views_caller import CallerView, ended
from app.live.views_floor import AlertBook, FloorView, QuietBook
from app.live.views_targets import TargetsNow, TargetsView
from app.live.why import Explain, Surroundings, why_waiting
from routing.estimate import WaitEstimate
from telephony.port import QualityReported

log = structlog.get_logger(__name__)

FLOOR_EVERY_S = 0.25
"""Least time between two floor updates."""
TICK_S = 2.0
"""What changes by time alone (alerts, levels) is looked at so often."""
ENDED_KEPT = timedelta(minutes=2)
"""A caller's page may still read how the call ended for so long."""


class Pops(Protocol):
    """Loads what an agent sees of a caller."""

    async def build(self, contact: Contact, agent_id: str, now: datetime) -> wire.Pop: ...

    async def note(self, contact_id: str) -> tuple[str, datetime | None]: ...


class Board:
    def __init__(
        self,
        *,
        hub: Hub,
        state: LiveState,
        daybook: DayBook,
        directory: Callable[[], Directory],
        configuration: Callable[[], VoiceConfiguration],
        pops: Pops,
        clock: Clock,
        explain: Explain,
        alerts: AlertBook | None = None,
        no_calls: Callable[[str], list[str]] = lambda _agent_id: [],
        told: Callable[[str], WaitEstimate | None] = lambda _contact_id: None,
        of_place: Callable[[str, int, datetime], WaitEstimate | None] | None = None,
    ) -> None:
        self._hub = hub
        self._state = state
        self._daybook = daybook
        self._directory = directory
        self._configuration = configuration
        self._pops = pops
        self._clock = clock
        self._explain = explain
        self._extras = Extras()
        self._callers = CallerView(state, directory, configuration, daybook, told, of_place)
        self._agents = AgentView(
            state,
            directory,
            self._extras,
            daybook,
            self._extend_limit_s,
            flow_name=self._flow_name,
            no_calls=no_calls,
        )
        self._floor = FloorView(state, directory, self._callers, daybook, explain, alerts or QuietBook())
        self._targets = TargetsView(state, directory, configuration, self._callers, daybook)
        self._fingerprints: dict[tuple[str, str], object] = {}
        self._refreshing: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._ended: dict[str, wire.CallerTopic] = {}
        self._last_caller: dict[str, wire.CallerTopic] = {}
        self._dirty = asyncio.Event()
        self._sent_floor: dict[str, dict[str, BaseModel]] = {}
        self._sent_figures: BaseModel | None = None
        self._sent_agents: dict[str, tuple[object, ...]] = {}
        self._loop_task: asyncio.Task[None] | None = None

    # --- life ---

    def open(self) -> None:
        """Register every topic and begin to publish."""
        self._hub.register("floor", lambda: self._floor.topic(self._clock.now()))
        self.directory_changed()
        self._publish_floor()
        for contact in self._state.contacts.values():
            self._register_caller(contact.contact_id)
            if contact.agent_id is not None:
                self._refresh(contact.agent_id)
        for offer in self._state.offers.values():
            self._refresh(offer.agent_id)
        self._loop_task = asyncio.create_task(self._publish_slowly(), name="board")

    async def close(self) -> None:
        tasks = [task for task in (self._loop_task, *self._refreshing.values()) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def directory_changed(self) -> None:
        """Agents or queues were added, renamed or removed."""
        for agent_id in self._directory().agents:
            self._hub.register(
                f"agent:{agent_id}",
                lambda agent_id=agent_id: self._agents.topic(agent_id, self._clock.now()),  # type: ignore[misc]
            )
        self._hub.publish_snapshot("floor")
        self._dirty.set()

    def alerts_changed(self) -> None:
        """Alerts were opened, taken or closed, or follow other rules."""
        self._dirty.set()

    # --- what the engine tells ---

    def on_committed(self, committed: Committed) -> None:
        """Called in commit order, on the event loop."""
        now = self._clock.now()
        before = dict.fromkeys(self._state.contacts)
        touched = self._state.apply(committed.batch.rows)
        self._daybook.observe((published.event for published in committed.events), now)
        for contact_id in touched.contacts:
            self._caller_changed(contact_id, committed, now, known=contact_id in before)
        for agent_id in touched.agents:
            self._refresh(agent_id)
        self._notice(event.event for event in committed.events)
        self._forget(touched)
        self._dirty.set()

    def quality(self, leg_id: str, report: QualityReported) -> None:
        """Sound quality of one leg, a few times a minute; not a fact of the log."""
        for agent_id, (agent_leg, _) in self._state.legs.items():
            if agent_leg == leg_id:
                self._extras.quality[agent_id] = wire.QualityView(
                    rtt_ms=report.rtt_ms,
                    loss_fraction=report.loss_fraction,
                    word=quality_word(report.rtt_ms, report.loss_fraction),
                )
                if self._state.contact_of_agent(agent_id) is not None:
                    self._refresh(agent_id)
                return

    def _notice(self, events: Iterable[LogEvent]) -> None:
        for event in events:
            if event.agent_id is None:
                continue
            if event.kind in ("offer.timed_out", "offer.withdrawn"):
                data = {"outcome": event.kind.removeprefix("offer."), "offer_id": event.data["offer_id"]}
                self._hub.notify(f"agent:{event.agent_id}", wire.Notice(code="offer_ended", data=data))
            elif event.kind == "agent.state" and event.data.get("reason") == "missed":
                self._hub.notify(f"agent:{event.agent_id}", wire.Notice(code="not_ready_missed"))
            elif event.kind == "leg.restored" and event.data.get("leg") == "agent":
                self._hub.notify(f"agent:{event.agent_id}", wire.Notice(code="rejoined"))

    def _forget(self, touched: Touched) -> None:
        for contact_id in touched.gone:
            self._extras.notes.pop(contact_id, None)
            self._extras.names.pop(contact_id, None)
            for key in [key for key in self._extras.pops if key[0] == contact_id]:
                self._extras.pops.pop(key, None)
                self._fingerprints.pop(key, None)

    # --- agents ---

    def _refresh(self, agent_id: str) -> None:
        """Publish this agent's state: at once when its pop is there, else after loading it."""
        if agent_id in self._refreshing:
            self._again.add(agent_id)
            return
        if not self._stale(agent_id):
            self._publish_agent(agent_id)
            return
        task = asyncio.create_task(self._load_and_publish(agent_id), name=f"pop:{agent_id}")
        self._refreshing[agent_id] = task

    async def _load_and_publish(self, agent_id: str) -> None:
        try:
            for contact in self._stale(agent_id):
                await self._load(contact, agent_id)
            self._publish_agent(agent_id)
        except Exception:
            log.exception("a pop could not be loaded", agent_id=agent_id)
        finally:
            self._refreshing.pop(agent_id, None)
            if agent_id in self._again:
                self._again.discard(agent_id)
                self._refresh(agent_id)

    async def _load(self, contact: Contact, agent_id: str) -> None:
        key = (contact.contact_id, agent_id)
        built_from = fingerprint(contact)
        self._extras.pops[key] = await self._pops.build(contact, agent_id, self._clock.now())
        self._fingerprints[key] = built_from
        customer = self._extras.pops[key].customer
        self._extras.names[contact.contact_id] = customer.name if customer else ""
        self._extras.notes[contact.contact_id] = await self._pops.note(contact.contact_id)

    def _stale(self, agent_id: str) -> list[Contact]:
        """Contacts on this agent's page whose pop is missing or was built from older facts."""
        found = []
        record = self._state.agents.get(agent_id)
        offer = self._state.offers.get(record.offer_id or "") if record is not None else None
        offered = self._state.contact_of_offer(offer) if offer is not None else None
        for contact in (offered, self._state.contact_of_agent(agent_id)):
            if contact is None:
                continue
            if self._fingerprints.get((contact.contact_id, agent_id)) != fingerprint(contact):
                found.append(contact)
        return found

    def _publish_agent(self, agent_id: str) -> None:
        now = self._clock.now()
        self._hub.publish(
            f"agent:{agent_id}",
            set={
                "me": self._agents.me(agent_id, now),
                "offer": self._agents.offer(agent_id),
                "contact": self._agents.contact(agent_id),
                "supervising": self._agents.supervising(agent_id),
            },
        )

    def _flow_name(self, flow_id: str) -> str:
        voice = self._configuration()
        flow = voice.flows.get((flow_id, voice.published.get(flow_id, 0)))
        return flow.name if flow is not None else flow_id

    def _extend_limit_s(self, queue_id: str) -> float:
        queue = self._configuration().queue(queue_id)
        return queue.acw_extend_limit.total_seconds() if queue else 0.0

    # --- callers ---

    def _register_caller(self, contact_id: str) -> None:
        self._hub.register(f"caller:{contact_id}", lambda: self._caller_topic(contact_id))

    def _caller_topic(self, contact_id: str) -> wire.CallerTopic:
        contact = self._state.contacts.get(contact_id)
        if contact is None:
            return self._ended[contact_id]
        return self._callers.topic(contact, self._clock.now())

    def _caller_changed(self, contact_id: str, committed: Committed, now: datetime, *, known: bool) -> None:
        contact = self._state.contacts.get(contact_id)
        key = f"caller:{contact_id}"
        if contact is None:
            self._caller_gone(contact_id, committed, now)
            return
        if not known or not self._hub.has(key):
            self._register_caller(contact_id)
        topic = self._callers.topic(contact, now)
        before = self._last_caller.get(contact_id)
        self._last_caller[contact_id] = topic
        changed = changed_members(before, topic)
        if changed:
            self._hub.publish(key, set=changed)

    def _caller_gone(self, contact_id: str, committed: Committed, now: datetime) -> None:
        key = f"caller:{contact_id}"
        if not self._hub.has(key) or contact_id in self._ended:
            return
        rows = [row for row in committed.batch.rows if row.key == contact_id and row.values]
        by = str((rows[-1].values or {}).get("ended_by") or "system") if rows else "system"
        self._ended[contact_id] = ended(contact_id, self._last_caller.pop(contact_id, None), by, now)
        self._hub.publish_snapshot(key)
        self._clock.call_at(now + ENDED_KEPT, lambda: self._unregister(contact_id))

    def _unregister(self, contact_id: str) -> None:
        self._hub.unregister(f"caller:{contact_id}")
        self._ended.pop(contact_id, None)

    # --- the floor, and what moves slowly on agents' pages ---

    async def _publish_slowly(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._dirty.wait(), TICK_S)
            self._dirty.clear()
            try:
                self._publish_floor()
                self._publish_surroundings()
                self._publish_positions()
            except Exception:
                log.exception("the floor could not be published")
            await asyncio.sleep(FLOOR_EVERY_S)

    def _publish_floor(self) -> None:
        topic = self._floor.topic(self._clock.now())
        upsert: dict[str, list[Any]] = {}
        remove: dict[str, list[str]] = {}
        for name, current in by_id(topic).items():
            sent = self._sent_floor.get(name, {})
            changed = [entry for key, entry in current.items() if sent.get(key) != entry]
            gone = [key for key in sent if key not in current]
            if changed:
                upsert[name] = changed
            if gone:
                remove[name] = gone
            self._sent_floor[name] = current
        figures = None if topic.figures == self._sent_figures else {"figures": topic.figures}
        self._sent_figures = topic.figures
        self._hub.publish("floor", set=figures, upsert=upsert, remove=remove)

    def _publish_surroundings(self) -> None:
        """Queues, colleagues and the own day, on the pages that are open."""
        now = self._clock.now()
        for agent_id in self._directory().agents:
            key = f"agent:{agent_id}"
            if not self._hub.readers(key):
                self._sent_agents.pop(agent_id, None)
                continue
            current = (
                self._agents.queues(agent_id, now),
                self._agents.people(agent_id, now),
                self._agents.day(agent_id, now),
                self._agents.why_no_calls(agent_id),
            )
            if self._sent_agents.get(agent_id) != current:
                self._sent_agents[agent_id] = current
                names = ("queues", "people", "day", "why_no_calls")
                self._hub.publish(key, set=dict(zip(names, current, strict=True)))

    def _publish_positions(self) -> None:
        """A waiting caller's place changes when others move."""
        now = self._clock.now()
        for contact_id in self._state.waiting:
            contact = self._state.contacts.get(contact_id)
            if contact is None:
                continue
            topic = self._callers.topic(contact, now)
            changed = changed_members(self._last_caller.get(contact_id), topic)
            if changed:
                self._last_caller[contact_id] = topic
                self._hub.publish(f"caller:{contact_id}", set=changed)

    # --- what the edge asks (see `app.api.ports.Live`) ---

    def topic_key(self, who: SignedIn, topic: Literal["agent", "floor"]) -> str | None:
        if topic == "floor":
            return "floor" if who.has("supervisor", "admin", "operator") else None
        return f"agent:{who.agent_id}" if who.agent_id is not None else None

    def caller_topic_key(self, contact_id: str) -> str | None:
        key = f"caller:{contact_id}"
        return key if self._hub.has(key) else None

    def agent_leg(self, agent_id: str) -> str | None:
        leg = self._state.legs.get(agent_id)
        return leg[0] if leg else None

    def caller_call(self, contact_id: str) -> LiveCall | None:
        contact = self._state.contacts.get(contact_id)
        if contact is None or not contact.live:
            return None
        return LiveCall(
            contact_id=contact_id,
            leg_id=contact.leg_id,
            resume_hash=contact.resume_hash,
            # A place is kept; there is no line to come back to before the page rings.
            line=contact.promise is None or contact.promise.dialling is not None,
        )

    def caller_centre(self, language: str) -> wire.CallerCentre:
        return self._callers.centre(language, self._clock.now())

    def why_waiting(self, contact_id: str, language: str) -> wire.WhyWaiting | None:
        waiting = self._state.waiting.get(contact_id)
        contact = self._state.contacts.get(contact_id)
        if waiting is None or contact is None:
            return None
        now = self._clock.now()
        explanation = self._explain(contact_id, now)
        voice = self._configuration()
        around = Surroundings(
            directory=self._directory(),
            policy=voice.queue(waiting.queue_id),
            profiles={agent.agent_id: agent for agent in voice.agents},
            agents=self._state.agents,
            estimate=self._callers.of_contact(contact_id, now),
            handle_s=self._daybook.queue(waiting.queue_id, now).aht_s,
        )
        return why_waiting(contact, waiting, explanation, around, language, now)

    def transfer_view(self, agent_id: str, contact_id: str) -> TargetsNow:
        now = self._clock.now()
        return TargetsNow(
            people=self._targets.people(agent_id, now),
            queues=self._targets.queues(now),
            pop=self._extras.pops.get((contact_id, agent_id)),
        )

    def shown(self, agent_id: str, offer_id: str) -> None:
        log.debug("pop shown", agent_id=agent_id, offer_id=offer_id)

    async def changed(
        self,
        *,
        contact_id: str | None = None,
        case_id: str | None = None,
        customer_id: str | None = None,
    ) -> None:
        """Load anew the pops that show this note, case or customer."""
        for key in list(self._fingerprints):
            contact = self._state.contacts.get(key[0])
            if contact is None:
                continue
            concerned = (
                key[0] == contact_id
                or (case_id is not None and contact.case_id == case_id)
                or (customer_id is not None and customer_id in (contact.customer_id, *contact.candidates))
            )
            if concerned:
                self._fingerprints.pop(key, None)
                self._refresh(key[1])
