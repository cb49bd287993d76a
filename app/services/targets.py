"""Whom an agent may hand a caller to, or ask: people, queues, flows and numbers, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.api import models as wire
from app.api.models_calls import TargetFlow, TargetNumber, TargetPerson, TargetQueue, TransferTargets
from app.api.ports import Parts
from app.errors import CommandRefused, NotFound
from app.live.directory import AgentEntry, Directory
from app.live.views_targets import PersonNow, QueueNow
from app.services.cards import spoken_number
from app.store import records
from app.store.repositories.cases import Cases
from app.store.repositories.configuration import Configuration
from app.store.repositories.contacts import Contacts
from app.store.repositories.notes import Notes
from app.store.repositories.people import Users
from app.words import minutes
from app.words_targets import word

DIRECTORY_KIND = "directory"
"""Entries of table `reference`: code is a number, label a name, grouping what is said beside it."""
FLOW_KIND = "transfer_flow"
"""Entries of table `reference`: code is a flow; grouping `leave` when it does not come back."""
LIKELY_MAX = 5
HISTORY_MAX = 20
"""Contacts of the customer looked through for who spoke last."""

_REACH: Mapping[str, int] = {"available": 0, "acw": 1, "on_contact": 1, "ringing": 1, "not_ready": 2}
_CHOOSABLE = frozenset({"available", "acw", "on_contact", "ringing"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """What ties a colleague to this caller and to the agent who asks."""

    spoke_at: datetime | None = None
    """When this customer was last handled."""
    has_case: bool = False
    same_team: bool = False
    supervises: bool = False
    shares_queue: bool = False


def rank(person: PersonNow, tie: Tie, name: str) -> tuple[int, bool, bool, bool, bool, bool, str, str]:
    """Sorts people: who can answer soonest, then who knows the caller, then the nearest colleague."""
    return (
        _REACH.get(person.state, 3),
        tie.spoke_at is None,
        not tie.has_case,
        not tie.same_team,
        not tie.supervises,
        not tie.shares_queue,
        name,
        person.agent_id,
    )


class Targets:
    def __init__(self, parts: Parts, language: str) -> None:
        self._parts = parts
        self._language = language

    async def of(self, contact_id: str, agent_id: str) -> TransferTargets:
        """Everything the picker shows for one contact.

        Raises:
            NotFound: there is no such contact.
            CommandRefused: it is somebody else's.
        """
        now = self._parts.clock.now()
        async with self._parts.database.read() as session:
            contact = await self._own(Contacts(session), contact_id, agent_id)
            earlier = (
                await Contacts(session).of_customer(contact.customer_id, HISTORY_MAX)
                if contact.customer_id is not None
                else []
            )
            case = await Cases(session).get(contact.case_id) if contact.case_id is not None else None
            notes = await Notes(session).of_contact(contact_id)
            users = await Users(session).list()
            configuration = Configuration(session)
            flows = await configuration.published_flows()
            numbers = await configuration.numbers()
            reference = await configuration.reference(active_only=True)
        view = self._parts.live.transfer_view(agent_id, contact_id)
        reasons = {each.code: each for each in reference if each.kind == "not_ready_reason"}
        leads = {user.agent_id for user in users if user.agent_id and "supervisor" in user.roles}
        ties = self._ties(agent_id, view.people, contact, earlier, case, leads)
        called = view.pop.customer.name.split()[0] if view.pop is not None and view.pop.customer else ""
        backend = self._parts.capabilities.get(contact.backend)
        dialling = backend is not None and backend.reaches_telephone_network
        if contact.backend == self._parts.phone.name and self._parts.telephones is not None:
            dialling = True
        return TransferTargets(
            people=self._people(view.people, ties, reasons, _extensions(numbers), called, now),
            queues=[_queue(each) for each in view.queues],
            flows=self._flows(flows, numbers, [each for each in reference if each.kind == FLOW_KIND]),
            numbers=[self._number(each) for each in reference if each.kind == DIRECTORY_KIND],
            dialling=dialling,
            dialling_why="" if dialling else word("dialling.no", self._language),
            travels=self._travels(contact, case, any(note.text for note in notes), view.pop),
            ring_timeout_s=_ring_timeout_s(view.queues, contact.queue_id),
        )

    async def _own(self, contacts: Contacts, contact_id: str, agent_id: str) -> records.Contact:
        contact = await contacts.get(contact_id)
        if contact is None:
            raise NotFound("contact", contact_id)
        if contact.agent_id != agent_id and not await contacts.was_handled_by(contact_id, agent_id):
            raise CommandRefused("not_your_contact", "Somebody else has this contact.", 409)
        return contact

    # --- people ---

    def _ties(
        self,
        agent_id: str,
        people: Iterable[PersonNow],
        contact: records.Contact,
        earlier: Iterable[records.Contact],
        case: records.Case | None,
        leads: Iterable[str | None],
    ) -> dict[str, Tie]:
        directory = self._parts.directory()
        spoke: dict[str, datetime] = {}
        for each in earlier:
            at = each.answered_at
            if each.agent_id is not None and at is not None and each.contact_id != contact.contact_id:
                spoke[each.agent_id] = max(at, spoke.get(each.agent_id, at))
        me, supervisors = directory.agent(agent_id), set(leads)
        return {
            person.agent_id: Tie(
                spoke_at=spoke.get(person.agent_id),
                has_case=case is not None and case.assignee == person.agent_id,
                same_team=_same_team(me, directory.agent(person.agent_id)),
                supervises=person.agent_id in supervisors,
                shares_queue=contact.queue_id in directory.agent(person.agent_id).queues,
            )
            for person in people
        }

    def _people(
        self,
        people: Iterable[PersonNow],
        ties: Mapping[str, Tie],
        reasons: Mapping[str, records.Reference],
        extensions: Mapping[str, str],
        called: str,
        now: datetime,
    ) -> list[TargetPerson]:
        directory = self._parts.directory()
        ordered = sorted(
            people, key=lambda each: rank(each, ties[each.agent_id], directory.agent(each.agent_id).name)
        )
        found: list[TargetPerson] = []
        for place, person in enumerate(ordered, start=1):
            entry, tie = directory.agent(person.agent_id), ties[person.agent_id]
            reachable = person.state in _CHOOSABLE and person.unreachable_why is None
            found.append(
                TargetPerson(
                    agent_id=person.agent_id,
                    name=entry.name,
                    initials=entry.initials,
                    role=self._role(entry, tie, directory, called, now),
                    extension=extensions.get(person.agent_id),
                    state=person.state,
                    since=person.since.isoformat(),
                    reachable=reachable,
                    detail=self._detail(person, reasons),
                    likely=place if reachable and place <= LIKELY_MAX else 0,
                )
            )
        return found

    def _role(self, entry: AgentEntry, tie: Tie, directory: Directory, called: str, now: datetime) -> str:
        """Team, then what else ties: an earlier talk with the caller, or the queues beside the team's."""
        parts = [entry.team or word("lead", self._language)]
        if tie.spoke_at is not None:
            zone = ZoneInfo(self._parts.settings.zone)
            when = self._day(tie.spoke_at.astimezone(zone).date(), now.astimezone(zone).date())
            code = "spoke" if called else "spoke.caller"
            parts.append(word(code, self._language, who=called, when=when))
        else:
            names = [directory.queue_name(each) for each in entry.queues]
            parts += [name for name in names if not entry.team.startswith(name)][:2]
        return ", ".join(parts)

    def _day(self, then: date, today: date) -> str:
        days = (today - then).days
        code = "when.today" if days <= 0 else "when.yesterday" if days == 1 else "when.days"
        return word(code, self._language, count=days)

    def _detail(self, person: PersonNow, reasons: Mapping[str, records.Reference]) -> str:
        """Why this one cannot be chosen, or when a call at hand usually ends."""
        if person.unreachable_why is not None:
            return word(f"why.{person.unreachable_why}", self._language)
        if person.state == "not_ready":
            entry = reasons.get(person.reason or "")
            return (
                _label(entry, self._language) if entry is not None else word("why.not_ready", self._language)
            )
        if person.left_s is None:
            return ""
        if person.left_s >= 60:
            return word("left.minutes", self._language, count=round(person.left_s / 60))
        return word("left.soon" if person.left_s > 0 else "left.over", self._language)

    # --- flows, numbers, what goes along ---

    def _flows(
        self,
        flows: Iterable[records.Flow],
        numbers: Iterable[records.Number],
        chosen: Sequence[records.Reference],
    ) -> list[TargetFlow]:
        """Those set up for transfers; where none is, the published flows that no number calls."""
        by_id = {flow.flow_id: flow for flow in flows}
        if chosen:
            return [
                TargetFlow(
                    flow_id=each.code,
                    name=_label(each, self._language),
                    comes_back=each.grouping != "leave",
                )
                for each in chosen
                if each.code in by_id
            ]
        called = {each.flow_id for each in numbers}
        return [
            TargetFlow(flow_id=flow.flow_id, name=flow.name, comes_back=True)
            for flow in by_id.values()
            if flow.flow_id not in called
        ]

    def _number(self, entry: records.Reference) -> TargetNumber:
        return TargetNumber(
            number=entry.code, label=_label(entry, self._language), detail=spoken_number(entry.code)
        )

    def _travels(
        self, contact: records.Contact, case: records.Case | None, noted: bool, pop: wire.Pop | None
    ) -> list[str]:
        def say(code: str, **values: object) -> str:
            return word(f"travels.{code}", self._language, **values)

        found: list[str] = []
        if case is not None:
            found.append(say("case_note" if noted else "case", number=case.number))
        elif noted:
            found.append(say("note"))
        if pop is not None and pop.verification.verified:
            found.append(say("verified", how=pop.verification.label))
        if pop is not None and pop.topic:
            found.append(say("topic", topic=pop.topic))
        if contact.queued_at is not None and contact.answered_at is not None:
            found.append(
                say("waited", time=minutes((contact.answered_at - contact.queued_at).total_seconds()))
            )
        if pop is not None:
            found += [say("promise", promise=each) for each in pop.promises[:2]]
        return found


def _extensions(numbers: Iterable[records.Number]) -> dict[str, str]:
    """Agent -> own number; the first where there are several."""
    own = [(each.agent_id, each.dnis) for each in numbers if each.agent_id is not None]
    return dict(sorted(own, reverse=True))


def _queue(queue: QueueNow) -> TargetQueue:
    return TargetQueue(
        queue_id=queue.queue_id,
        name=queue.name,
        waiting=queue.waiting,
        free=queue.free,
        estimate_s=queue.estimate_s,
        closed=queue.closed,
        keeps_wait=True,
    )


def _ring_timeout_s(queues: Sequence[QueueNow], queue_id: str | None) -> float:
    own = next((each.ring_timeout_s for each in queues if each.queue_id == queue_id), None)
    return own if own is not None else max((each.ring_timeout_s for each in queues), default=20.0)


def _same_team(one: AgentEntry, other: AgentEntry) -> bool:
    """Tiers of one team count as one: "Billing" and "Billing tier 2"."""
    if not one.team or not other.team:
        return False
    return one.team.startswith(other.team) or other.team.startswith(one.team)


def _label(entry: records.Reference, language: str) -> str:
    return entry.label.get(language) or entry.label.get("en") or entry.code
