"""The one fold of the event log. Live pages and reports are fed by it, so that they cannot differ.

`Fold.observe` takes every event of the voice domain in log order and tells a `Book` what changed. Events and
the `data` they are read for:

    contact.arrived  dnis               contact.queued, contact.requeued (back at its old place)
    contact.answered   wait_s           contact.rejoined (answered again: given back, or transferred)
    contact.abandoned  wait_s           contact.given_back  talk_s, hold_s
    contact.ended      talk_s, hold_s   contact.returned, contact.transferring, voicemail.left
    contact.transferred  by, kind       part.ended  role, talk_s, hold_s, outcome
    callback.chosen, callback.answered, callback.expired
    contact.disposed   disposition      acw.ended  acw_s
    agent.state        state            offer.timed_out, offer.declined

`talk_s` is without hold. A contact is counted where `begin <= its first enqueue < end`, all of it; what came
before `begin` tells who is waiting and what agents do then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from reporting.book import Book, Data, number, seconds
from reporting.facts import Callback, ContactFacts, Fact, Part, Refusal, RefusalKind, Role, StateSpan, Visit
from reporting.snapshots import DEFAULT_TARGET, QueueTarget

CLOSED_MAX = 256
"""So many ended contacts are remembered for what is told of them late: a participant's part, an outcome."""

_ROLES = {"consulted": Role.CONSULTED, "conferenced": Role.CONFERENCED, "joined": Role.CONFERENCED}

_LEFT = frozenset({"contact.returned", "contact.transferring", "voicemail.left"})


@dataclass(slots=True, kw_only=True)
class _Live:
    """A contact between its first queue and its end.

    Attributes:
        parts: open parts by agent; `told`: parts that are over, the last of each agent.
        passed_on: an agent's part ended by a transfer, so that it was handled even if nobody ends it.
    """

    facts: ContactFacts
    overall: Visit
    queue_id: str
    visits: dict[str, Visit] = field(default_factory=dict)
    agent_id: str | None = None
    parts: dict[str, Part] = field(default_factory=dict)
    told: dict[str, Part] = field(default_factory=dict)
    passed_on: bool = False

    @property
    def visit(self) -> Visit:
        return self.visits[self.queue_id]

    @property
    def both(self) -> tuple[Visit, Visit]:
        return self.visit, self.overall


class Fold:
    """See the module. Deterministic; it has no clock and forgets what is over."""

    def __init__(
        self,
        begin: datetime,
        book: Book,
        *,
        end: datetime | None = None,
        targets: Mapping[str, QueueTarget] | None = None,
    ) -> None:
        self._begin = begin
        self._end = end
        self._book = book
        self._targets = dict(targets or {})
        self._arrived: dict[str, str] = {}
        """Contact before its first queue -> the number it called."""
        self._live: dict[str, _Live] = {}
        self._closed: dict[str, _Live] = {}
        self._states: dict[str, tuple[str, datetime]] = {}
        self._wrapping: dict[str, tuple[Part, _Live, str]] = {}
        """By agent: the part whose wrap-up runs, its contact and its queue."""

    def target(self, queue_id: str) -> QueueTarget:
        """The promise of a queue; a usual one where none was given."""
        return self._targets.get(queue_id, DEFAULT_TARGET)

    @property
    def targets(self) -> Mapping[str, QueueTarget]:
        return self._targets

    @property
    def states(self) -> Mapping[str, tuple[str, datetime]]:
        """What each agent does now, and since when."""
        return self._states

    def waiting(self) -> Iterator[tuple[str, datetime]]:
        """Queue and since when, for each who waits now."""
        for live in self._live.values():
            since = live.overall.waiting_since
            if since is not None:
                yield live.queue_id, since

    def observe(
        self,
        event_kind: str,
        at: datetime,
        queue_id: str | None = None,
        agent_id: str | None = None,
        contact_id: str | None = None,
        data: Data | None = None,
        customer_id: str | None = None,
    ) -> None:
        """Take one event in. Kinds that no figure needs are passed over, as are contacts never queued."""
        data = data or {}
        if agent_id is not None:
            self._observe_agent(event_kind, at, agent_id, queue_id, contact_id, data)
        if contact_id is None:
            return
        if event_kind == "contact.arrived":
            self._arrived[contact_id] = str(data.get("dnis") or "")
            return
        if event_kind in ("contact.queued", "contact.requeued") and queue_id is not None:
            self._enter(contact_id, queue_id, at)
        live = self._live.get(contact_id)
        if live is None:
            self._observe_unknown(event_kind, at, agent_id, contact_id, data)
            return
        live.facts.customer_id = customer_id or live.facts.customer_id
        self._observe_live(live, event_kind, at, agent_id, data)

    def _observe_live(
        self, live: _Live, event_kind: str, at: datetime, agent_id: str | None, data: Data
    ) -> None:
        match event_kind:
            case "contact.answered" | "contact.rejoined":
                self._answered(live, agent_id, at, data)
            case "contact.abandoned":
                self._abandoned(live, at, data)
            case "contact.given_back":
                self._given_back(live, agent_id, data)
            case "part.ended" if agent_id is not None:
                self._part_ended(live, agent_id, at, data)
            case "contact.transferred" if data.get("by"):
                self._transferred(live, str(data["by"]))
            case "callback.chosen":
                self._callback_chosen(live, at)
            case "callback.answered" | "callback.expired":
                kept = event_kind == "callback.answered"
                self._callback_over(live, Callback.KEPT if kept else Callback.EXPIRED)
            case "contact.disposed":
                self._disposed(live, data)
            case "contact.ended":
                self._ended(live, agent_id, at, data)
            case _ if event_kind in _LEFT:
                self._left(live, at)

    def _observe_unknown(
        self, event_kind: str, at: datetime, agent_id: str | None, contact_id: str, data: Data
    ) -> None:
        """Of a contact that never joined a queue, or is over."""
        if event_kind == "contact.ended":
            self._arrived.pop(contact_id, None)
        closed = self._closed.get(contact_id)
        if closed is None:
            return
        if event_kind == "contact.disposed":
            self._disposed(closed, data)
        elif event_kind == "part.ended" and agent_id is not None:
            self._part_ended(closed, agent_id, at, data)

    # --- queues ---

    @contextmanager
    def _changing(self, *facts: Fact) -> Iterator[None]:
        """Facts that count are taken back and counted anew around the block."""
        counted = [each for each in facts if each.contact.counts]
        for each in counted:
            self._book.before(each)
        yield
        for each in counted:
            self._book.after(each)

    def _open(self, fact: Fact) -> None:
        if fact.contact.counts:
            self._book.opened(fact)

    def _enter(self, contact_id: str, queue_id: str, at: datetime) -> None:
        live = self._live.get(contact_id)
        if live is None:
            live = self._begin_contact(contact_id, queue_id, at)
        elif live.overall.waiting:
            self._leave_queue(live, at)
            if queue_id != live.queue_id:
                self._count_left(live.visit)
        live.queue_id, live.agent_id = queue_id, None
        visit = live.visits.get(queue_id)
        if visit is None:
            visit = live.visits[queue_id] = Visit(contact=live.facts, queue_id=queue_id, entered_at=at)
            self._open(visit)
        if live.overall.callback is not Callback.NONE:
            return
        since = at if visit.answered else visit.entered_at
        with self._changing(visit, live.overall):
            for each in (visit, live.overall):
                each.left = False
                each.waiting, each.waiting_since = True, since
        self._book.waits(queue_id, 1, at)
        self._book.waits(None, 1, at)

    def _begin_contact(self, contact_id: str, queue_id: str, at: datetime) -> _Live:
        counts = at >= self._begin and (self._end is None or at < self._end)
        facts = ContactFacts(
            contact_id=contact_id,
            first_queued_at=at,
            counts=counts,
            dnis=self._arrived.pop(contact_id, ""),
        )
        overall = Visit(contact=facts, queue_id=None, entered_at=at)
        live = self._live[contact_id] = _Live(facts=facts, overall=overall, queue_id=queue_id)
        self._open(overall)
        return live

    def _leave_queue(self, live: _Live, at: datetime) -> None:
        with self._changing(*live.both):
            for each in live.both:
                each.waiting, each.waiting_since = False, None
        self._book.waits(live.queue_id, -1, at)
        self._book.waits(None, -1, at)

    def _count_left(self, visit: Visit) -> None:
        if not visit.answered:
            with self._changing(visit):
                visit.left = True

    def _answered(self, live: _Live, agent_id: str | None, at: datetime, data: Data) -> None:
        if live.overall.waiting:
            self._leave_queue(live, at)
        live.agent_id = agent_id
        called_back = live.overall.callback is not Callback.NONE
        with self._changing(*live.both):
            for visit, wait_s in self._waits(live, at, data):
                if called_back:
                    visit.callback = Callback.KEPT
                elif not visit.answered:
                    visit.answered, visit.wait_s = True, wait_s
                    visit.in_target = wait_s <= self.target(live.queue_id).answer_s
                if agent_id is not None and agent_id not in visit.agents:
                    visit.agents.append(agent_id)
        if agent_id is not None:
            live.told.pop(agent_id, None)
            self._own(live, agent_id, at)

    def _own(self, live: _Live, agent_id: str, at: datetime) -> None:
        part = Part(
            contact=live.facts, agent_id=agent_id, queue_id=live.queue_id, role=Role.OWNER, began_at=at
        )
        live.parts[agent_id] = part
        self._open(part)

    def _waits(self, live: _Live, at: datetime, data: Data) -> tuple[tuple[Visit, float], ...]:
        """How long it waited: for its queue since it came there, for all together since its first queue."""
        first_s = number(data, "wait_s", seconds(live.facts.first_queued_at, at))
        return (live.visit, seconds(live.visit.entered_at, at)), (live.overall, first_s)

    def _abandoned(self, live: _Live, at: datetime, data: Data) -> None:
        if not live.overall.waiting:
            return
        self._leave_queue(live, at)
        target = self.target(live.queue_id)
        with self._changing(*live.both):
            for visit, wait_s in self._waits(live, at, data):
                if visit.answered:
                    visit.given_up_after_answer = True
                    continue
                visit.abandoned, visit.wait_s = True, wait_s
                visit.in_target = wait_s <= target.answer_s
                visit.short = wait_s <= target.short_abandon_s

    def _left(self, live: _Live, at: datetime) -> None:
        """Out of the queue without an answer and without giving up."""
        if live.overall.waiting:
            self._leave_queue(live, at)
            for visit in live.both:
                self._count_left(visit)

    # --- callbacks ---

    def _callback_chosen(self, live: _Live, at: datetime) -> None:
        if live.overall.waiting:
            self._leave_queue(live, at)
        with self._changing(*live.both):
            for visit in live.both:
                visit.callback = Callback.CHOSEN

    def _callback_over(self, live: _Live, how: Callback) -> None:
        with self._changing(*live.both):
            for visit in live.both:
                if visit.callback is Callback.CHOSEN:
                    visit.callback = how
        if how is Callback.EXPIRED and live.agent_id is None:
            self._close(live)

    # --- agents' parts ---

    def _part_ended(self, live: _Live, agent_id: str, at: datetime, data: Data) -> None:
        role, outcome = _ROLES.get(str(data.get("role")), Role.OWNER), data.get("outcome")
        if role is Role.OWNER:
            told = live.told.get(agent_id)
            if agent_id not in live.parts and (told is None or told.role is not Role.OWNER):
                self._own(live, agent_id, at)
            if agent_id in live.parts:
                live.passed_on = live.passed_on or outcome == "transferred"
                self._settle(live, agent_id, data, handled=outcome not in ("cancelled", "given_back"))
            return
        talk_s, hold_s = number(data, "talk_s"), number(data, "hold_s")
        part = Part(
            contact=live.facts,
            agent_id=agent_id,
            queue_id=live.queue_id,
            role=role,
            began_at=at - timedelta(seconds=talk_s + hold_s),
            handled=outcome != "cancelled",
            talk_s=talk_s,
            hold_s=hold_s,
        )
        self._open(part)
        live.told.setdefault(agent_id, part)

    def _settle(self, live: _Live, agent_id: str, data: Data, *, handled: bool) -> None:
        """An owner's part is over: its talk goes to the agent, to its queue and to all together."""
        part = live.parts.pop(agent_id)
        live.told[agent_id] = part
        visit = live.visits[part.queue_id]
        talk_s, hold_s = number(data, "talk_s"), number(data, "hold_s")
        with self._changing(part, visit, live.overall):
            part.talk_s, part.hold_s, part.handled = talk_s, hold_s, handled
            for each in (visit, live.overall):
                if agent_id not in each.agents:
                    each.agents.append(agent_id)
                each.talk_s += talk_s
                each.hold_s += hold_s
            visit.handled = visit.handled or handled
        if handled:
            self._wrapping[agent_id] = (part, live, part.queue_id)

    def _given_back(self, live: _Live, agent_id: str | None, data: Data) -> None:
        """The agent was lost: the talk counts, the contact is handled by who has it next."""
        who = agent_id or live.agent_id
        live.agent_id = None
        if who is None:
            return
        if who in live.parts:
            self._settle(live, who, data, handled=False)
        elif who in live.told:
            part = live.told[who]
            self._wrapping.pop(who, None)
            with self._changing(part, live.visits[part.queue_id]):
                part.handled = live.visits[part.queue_id].handled = False

    def _transferred(self, live: _Live, by: str) -> None:
        part = live.parts.get(by) or live.told.get(by)
        visit = live.visits[part.queue_id] if part is not None else live.visit
        with self._changing(visit, live.overall, *([part] if part is not None else [])):
            visit.transferred = live.overall.transferred = True
            if part is not None:
                part.transferred = True

    def _disposed(self, live: _Live, data: Data) -> None:
        with self._changing(live.overall, *live.visits.values()):
            live.facts.disposition = str(data.get("disposition") or "") or None

    def _ended(self, live: _Live, agent_id: str | None, at: datetime, data: Data) -> None:
        self._left(live, at)
        who = live.agent_id
        if agent_id is not None and agent_id not in live.told and agent_id in live.parts:
            who = agent_id
        if who is not None and who in live.parts:
            self._settle(live, who, data, handled=True)
        if who is not None or live.passed_on:
            with self._changing(live.overall):
                live.overall.handled = True
        if live.overall.callback is not Callback.CHOSEN:
            self._close(live)

    def _close(self, live: _Live) -> None:
        contact_id = live.facts.contact_id
        self._live.pop(contact_id, None)
        self._closed[contact_id] = live
        while len(self._closed) > CLOSED_MAX:
            del self._closed[next(iter(self._closed))]

    # --- agents ---

    def _observe_agent(
        self,
        event_kind: str,
        at: datetime,
        agent_id: str,
        queue_id: str | None,
        contact_id: str | None,
        data: Data,
    ) -> None:
        match event_kind:
            case "agent.state":
                before = self._states.get(agent_id)
                if before is not None:
                    state, since = before
                    self._book.spent(StateSpan(agent_id=agent_id, state=state, since=since, until=at))
                self._states[agent_id] = (str(data.get("state", "signed_out")), at)
            case "acw.ended":
                self._wrapped(agent_id, data)
            case "offer.timed_out" | "offer.declined":
                if at >= self._begin and (self._end is None or at < self._end):
                    missed = event_kind == "offer.timed_out"
                    self._book.refused(
                        Refusal(
                            kind=RefusalKind.MISSED if missed else RefusalKind.DECLINED,
                            at=at,
                            agent_id=agent_id,
                            contact_id=contact_id,
                            queue_id=queue_id,
                        )
                    )

    def _wrapped(self, agent_id: str, data: Data) -> None:
        """Wrap-up belongs to the part before it, also when its contact is gone."""
        found = self._wrapping.pop(agent_id, None)
        if found is None:
            return
        part, live, queue_id = found
        acw_s = number(data, "acw_s")
        visit = live.visits[queue_id]
        with self._changing(part, visit, live.overall):
            part.acw_s += acw_s
            visit.acw_s += acw_s
            live.overall.acw_s += acw_s
