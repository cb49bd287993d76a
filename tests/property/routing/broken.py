"""Routers that are wrong on purpose, so that we know the judge would notice.

Each defect replaces one function of the core. `rules` names the rule, or the few rules, of which the judge
may name the first that is broken: which it is depends on the life in which the defect comes to light.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import routing.floor
import routing.ranking
from routing.deadlines import Due, DueKind
from routing.floor import Floor
from routing.ledger import Ledger
from routing.live import Agent, Contact, Line
from routing.offers import Offers
from routing.ranking import Needs
from routing.router import Router
from routing.types import (
    AgentState,
    ContactQueued,
    ContactResumed,
    ContactSuspended,
    StateRequested,
    WaitingRecord,
    WrapUpExtended,
)

ENDS_ONCE = "a contact ends once"
ORDER = "order of service"
PAIR_LEFT = "no permitted pair remains"
PLACE = "everyone keeps his place until he ends"
REBUILT = "a rebuilt core equals the live one"
TRUTH = "the decision tells the truth"
ACW = "ACW is never cut short"

_forget = Offers.forget
_place = Floor._place
_reopen = Offers.reopen
_request_state = Router._request_state
_keep_contact = Ledger.contact


# --- one offer per voice slot, one acceptance and one end per contact -----------------------------


def ringing_agent_stays_listed(self: Floor, agent: Agent) -> None:
    """As if he had a second voice slot."""


def accepted_contact_stays_in_its_queue(self: Offers, contact: Contact) -> None:
    """Whoever accepts it, the next one gets it too."""
    if contact.offer_id is None:
        _forget(self, contact)
    else:
        contact.offer_id = None
        self.reopen(contact)


def handled_contact_queues_again(self: Router, event: ContactQueued, now: datetime) -> None:
    """A repeated event puts a caller who talks into the queue."""
    if event.contact_id in self._floor.contacts:
        return
    contact = Contact(
        WaitingRecord(
            contact_id=event.contact_id,
            queue_id=event.queue_id,
            media=event.media,
            priority=event.priority,
            place_at=event.place_at,
            queued_at=now,
            requirements=event.requirements,
            excluded_agents=event.excluded_agents,
        )
    )
    self._floor.admit(contact)
    self._offers.note_contact(contact)


def contact_is_lost_when_its_offer_fails(self: Offers, contact: Contact) -> None:
    self._floor.open(contact)
    _forget(self, contact)
    self._floor.contacts[contact.contact_id] = contact


# --- whom it may be offered to --------------------------------------------------------------------


def levels_are_not_looked_at(skills: Mapping[str, int], needs: Needs) -> tuple[str, int, None] | None:
    missing = [(skill, level, None) for skill, level in needs if skill not in skills]
    return missing[0] if missing else None


def unreachable_agent_is_ready(self: Agent) -> bool:
    return self.state is AgentState.AVAILABLE and self.profile is not None


def every_phone_takes_every_media(self: Floor, agent: Agent, line: Line) -> bool:
    profile = agent.profile
    return (
        profile is not None
        and line.room.policy.queue_id in profile.queues
        and routing.ranking.shortfall(profile.skills, line.needs) is None
    )


def excluded_agent_is_asked(self: Contact, agent_id: str) -> bool:
    return agent_id in self.cooloff


def who_declined_is_asked_again_at_once(self: Contact, agent_id: str) -> bool:
    return agent_id in self.excluded


def lost_caller_is_offered(self: Router, event: ContactSuspended, now: datetime) -> None:
    contact = self._waiting_contact(event.contact_id)
    if contact is not None:
        self._withdraw(contact, "caller_lost", now)


# --- order ----------------------------------------------------------------------------------------


def priority_is_not_looked_at(self: Floor, contact: Contact) -> None:
    _place(self, contact)
    contact.key = (0, *contact.key[1:])


def queue_weight_is_not_looked_at(self: Floor, contact: Contact) -> None:
    _place(self, contact)
    contact.key = (contact.key[0], 0, *contact.key[2:])


def failed_offer_costs_the_place(self: Offers, contact: Contact) -> None:
    order = contact.line.room.order
    order.remove(contact.key)
    priority, weight, place_at, contact_id = contact.key
    contact.key = (priority, weight, place_at + timedelta(hours=1), contact_id)
    insort(order, contact.key)
    _reopen(self, contact)


def first_in_line_blocks_those_behind(self: Floor, agent: Agent) -> Contact | None:
    """Only the very first of an agent's queues is looked at, whether or not he may take it."""
    rooms = [room for room in self.rooms.values() if agent.agent_id in room.members]
    waiting = [key for room in rooms for line in room.lines.values() for key in line.open]
    if not waiting:
        return None
    first = self.contacts[min(waiting)[3]]
    return first if first.line in agent.lines and not first.bars(agent.agent_id) else None


def skill_does_not_rank(self: Floor, agent: Agent, line: Line) -> int:
    return 0


# --- nobody is forgotten --------------------------------------------------------------------------


def end_of_cooling_off_is_missed(self: Offers, now: datetime) -> None:
    while due := self.deadlines.pop(now):
        match due.kind:
            case DueKind.OFFER:
                self.time_out(self.open[due.subject], now)
            case DueKind.ACW:
                self._floor.agents[due.subject].finish_work(now)
                self.note_agent(self._floor.agents[due.subject])
            case DueKind.COOLOFF:
                contact = self._floor.contacts[due.subject]
                del contact.cooloff[due.agent_id]
                self._ledger.contact(contact)


def caller_who_is_back_is_not_looked_at(self: Router, event: ContactResumed) -> None:
    contact = self._waiting_contact(event.contact_id)
    if contact is not None and contact.suspended:
        contact.suspended = False
        self._floor.open(contact)
        self._ledger.contact(contact)


def only_one_match_an_event(self: Offers, freed: list[Agent], opened: list[Contact], now: datetime) -> None:
    self._match_all = False
    for agent in freed:
        self._floor.enlist(agent)
    for contact in opened[:1]:
        pick = self._floor.best_agent(contact)
        if pick is not None:
            self._make(contact, pick, now)


# --- wrap-up --------------------------------------------------------------------------------------


def asking_for_a_state_ends_acw(self: Router, event: StateRequested, now: datetime) -> None:
    agent = self._floor.agents[event.agent_id]
    if agent.state is AgentState.ACW:
        agent.finish_work(now)
    _request_state(self, event, now)


def extension_is_not_granted(self: Router, event: WrapUpExtended) -> None:
    agent = self._floor.agents[event.agent_id]
    if agent.acw_ends_at is not None:
        agent.acw_extended += event.by
        self._offers.note_agent(agent)


# --- restart --------------------------------------------------------------------------------------


def restart_forgets_who_cools_off(self: Offers) -> None:
    for offer in self.open.values():
        self.deadlines.add(Due(offer.expires_at, DueKind.OFFER, offer.offer_id))
    for agent in self._floor.agents.values():
        if agent.acw_ends_at is not None:
            self.deadlines.add(Due(agent.acw_ends_at, DueKind.ACW, agent.agent_id))


def suspension_is_not_written(self: Ledger, contact: Contact) -> None:
    if contact.suspended:
        contact.touch()
    else:
        _keep_contact(self, contact)


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    owner: Any
    attribute: str
    broken: Any
    rules: frozenset[str]

    @property
    def name(self) -> str:
        return str(getattr(self.broken, "fget", self.broken).__name__)


def _defect(owner: Any, attribute: str, broken: Any, *rules: str) -> Defect:
    return Defect(owner=owner, attribute=attribute, broken=broken, rules=frozenset(rules))


DEFECTS = (
    _defect(
        Floor, "delist", ringing_agent_stays_listed, "one open offer per voice slot", "only available agents"
    ),
    _defect(Offers, "forget", accepted_contact_stays_in_its_queue, ENDS_ONCE, PLACE),
    _defect(Router, "_queue", handled_contact_queues_again, ENDS_ONCE, PLACE),
    _defect(Offers, "reopen", contact_is_lost_when_its_offer_fails, PAIR_LEFT, PLACE),
    _defect(routing.floor, "shortfall", levels_are_not_looked_at, "only qualified agents"),
    _defect(Agent, "ready", property(unreachable_agent_is_ready), "only reachable agents"),
    _defect(Floor, "serves", every_phone_takes_every_media, "only reachable agents"),
    _defect(Contact, "bars", excluded_agent_is_asked, "only qualified agents", TRUTH),
    _defect(Contact, "bars", who_declined_is_asked_again_at_once, "cool-off is kept", TRUTH),
    _defect(Router, "_suspend", lost_caller_is_offered, "a lost caller is not offered"),
    _defect(Floor, "_place", priority_is_not_looked_at, ORDER, PLACE),
    _defect(Floor, "_place", queue_weight_is_not_looked_at, ORDER),
    _defect(Offers, "reopen", failed_offer_costs_the_place, ORDER, PLACE),
    _defect(Floor, "best_contact", first_in_line_blocks_those_behind, PAIR_LEFT),
    _defect(Floor, "tier", skill_does_not_rank, "the best agent", TRUTH),
    _defect(Offers, "let_pass", end_of_cooling_off_is_missed, PAIR_LEFT),
    _defect(Router, "_resume", caller_who_is_back_is_not_looked_at, PAIR_LEFT),
    _defect(Offers, "_match_lines", only_one_match_an_event, PAIR_LEFT, ORDER),
    _defect(Router, "_request_state", asking_for_a_state_ends_acw, ACW),
    _defect(Router, "_extend_wrap_up", extension_is_not_granted, ACW),
    _defect(Offers, "schedule_all", restart_forgets_who_cools_off, REBUILT),
    _defect(Ledger, "contact", suspension_is_not_written, REBUILT),
)
