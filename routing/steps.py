"""Steps over waiting: what a queue does for those who have waited long, or whom nobody can serve."""

from __future__ import annotations

from datetime import datetime, timedelta

from calendars import is_open
from routing.agents import Agent
from routing.choice import Choice
from routing.contacts import Contact
from routing.deadlines import Deadlines, Due, DueKind
from routing.floor import Floor
from routing.ledger import Ledger
from routing.notes import Notes
from routing.types import (
    AgentState,
    DivertCause,
    Operation,
    QueueStep,
    StepCondition,
    StepOpened,
    Way,
    WayKind,
)
from routing.ways import Ways

LOOK_AGAIN = timedelta(seconds=5)
"""When a step whose condition did not hold, or that waits for an offer's end, is looked at again."""

_FOR_CALLERS = frozenset({Operation.OFFER_CALLBACK, Operation.VOICEMAIL, Operation.ANNOUNCE})
"""What only somebody on the line can be given: a queued callback passes over it."""
_LEADS_AWAY = frozenset({Operation.OVERFLOW, Operation.VOICEMAIL, Operation.OFFER_CALLBACK})
"""What is put off while somebody's telephone rings for the contact."""
_RULES = frozenset({Operation.RELAX, Operation.RAISE_PRIORITY, Operation.WIDEN, Operation.OVERFLOW})
"""What decides who gets the contact, or when."""
_WAYS = {
    Operation.VOICEMAIL: Way(kind=WayKind.VOICEMAIL),
    Operation.OFFER_CALLBACK: Way(kind=WayKind.CALLBACK),
}


class Steps:
    def __init__(
        self,
        floor: Floor,
        choice: Choice,
        ledger: Ledger,
        notes: Notes,
        deadlines: Deadlines,
        ways: Ways,
    ) -> None:
        self._floor = floor
        self._choice = choice
        self._ledger = ledger
        self._notes = notes
        self._deadlines = deadlines
        self._ways = ways
        self.skippable: dict[str, None] = {}
        """Contacts with a step that may be skipped to."""
        self._fresh: dict[str, None] = {}
        """Those of them that have to be looked at although nobody has signed in or out."""
        self._looked_at = 0
        """The count of sign-ins when all were looked at."""

    # --- when -------------------------------------------------------------------------------------

    def begin(self, now: datetime) -> None:
        """Contacts have entered a queue with steps. Their credited waiting may open some at once."""
        while self._notes.entered:
            _, contact = self._notes.entered.popitem()
            self.run(contact, now)

    def schedule(self, contact: Contact) -> None:
        """Find out which step is next. Call after whatever may change that."""
        steps = contact.line.room.policy.steps
        if not steps and contact.step_due_at is None:
            return
        contact.step_due_at = min(
            (at for step in steps if (at := self.due_at(contact, step)) is not None), default=None
        )
        if contact.step_due_at is not None:
            self._deadlines.add(Due(contact.step_due_at, DueKind.STEP, contact.contact_id))
        if any(step.skip_if_nobody and step.step_id not in contact.steps_done for step in steps):
            self.skippable[contact.contact_id] = self._fresh[contact.contact_id] = None
        else:
            self.skippable.pop(contact.contact_id, None)

    def schedule_anew(self) -> None:
        """The rules are new: so may be everybody's next step."""
        for contact in self._floor.contacts.values():
            before = contact.step_due_at
            self.schedule(contact)
            if contact.step_due_at != before:
                self._ledger.contact(contact)

    def restored(self) -> None:
        """Nothing needs to be looked at that the router which wrote the records has looked at."""
        self._fresh.clear()
        self._looked_at = self._floor.sign_ins

    @staticmethod
    def due_at(contact: Contact, step: QueueStep) -> datetime | None:
        """When a step is looked at next; None: it is over."""
        at = contact.steps_next.get(step.step_id)
        if step.step_id in contact.steps_done:
            return at if step.repeat_every else None
        # The rules may have changed since it was put off.
        first = contact.place_at + step.after
        return first if at is None else max(at, first)

    def run(self, contact: Contact, now: datetime) -> None:
        """Open what is due, in the order of the steps."""
        room = contact.line.room
        for step in room.policy.steps:
            at = self.due_at(contact, step)
            if at is not None and at <= now:
                self._open(contact, step, now)
                if not self._still_in(contact, room.policy.queue_id):
                    return
        self.schedule(contact)
        self._ledger.contact(contact)

    def _still_in(self, contact: Contact, queue_id: str) -> bool:
        return self._floor.contacts.get(contact.contact_id) is contact and contact.queue_id == queue_id

    # --- before its time --------------------------------------------------------------------------

    def skip(self, now: datetime) -> bool:
        """Open steps for whom nobody signed in could serve. Call when no offer is possible any more.

        Returns:
            Whether anything opened, and so may be matched.
        """
        everyone = self._looked_at != self._floor.sign_ins
        looking = list(self.skippable if everyone else self._fresh)
        self._looked_at = self._floor.sign_ins
        self._fresh.clear()
        opened = False
        for contact_id in looking:
            contact = self._floor.contacts.get(contact_id)
            if contact is None:
                self.skippable.pop(contact_id, None)
            elif contact.offer_ids:
                self._fresh[contact_id] = None
            elif not contact.choosing:
                opened = self._skip(contact, now) or opened
        return opened

    def _skip(self, contact: Contact, now: datetime) -> bool:
        room = contact.line.room
        if any(agent.state is not AgentState.SIGNED_OUT for agent in self.qualified(contact)):
            return False
        for step in room.policy.steps:
            if (
                step.skip_if_nobody
                and step.step_id not in contact.steps_done
                and self._holds(contact, step, now)
            ):
                self._open(contact, step, now, skipped_to=True)
                if self._still_in(contact, room.policy.queue_id):
                    self.schedule(contact)
                    self._ledger.contact(contact)
                return True
        return False

    def qualified(self, contact: Contact) -> list[Agent]:
        """Whoever could ever be offered this contact with what holds now."""
        floor, line = self._floor, contact.line
        if contact.only_agents:
            few = (floor.agents.get(agent_id) for agent_id in sorted(contact.only_agents))
            return [agent for agent in few if agent is not None and agent.profile is not None]
        return [
            agent
            for agent in floor.audience_of(line).values()
            if agent.agent_id not in contact.excluded and floor.qualified(agent, line)
        ]

    # --- whether ----------------------------------------------------------------------------------

    def _holds(self, contact: Contact, step: QueueStep, now: datetime) -> bool:
        when = step.when
        return (
            all(contact.attributes.get(name) in values for name, values in when.attributes.items())
            and self._calendar_holds(when, now)
            and self._numbers_hold(contact, when)
        )

    def _calendar_holds(self, when: StepCondition, now: datetime) -> bool:
        """A calendar that is gone holds nothing up."""
        calendar = self._floor.policies.calendars.get(when.calendar) if when.calendar is not None else None
        return calendar is None or is_open(calendar, now).open is when.open

    def _numbers_hold(self, contact: Contact, when: StepCondition) -> bool:
        floor = self._floor
        if when.position_at_least is not None and floor.position(contact) < when.position_at_least:
            return False
        if when.waiting_at_least is not None and len(contact.line.room.order) < when.waiting_at_least:
            return False
        if when.available_at_most is not None:
            pick = self._choice.best_agent(contact)
            if pick is not None and pick.eligible > when.available_at_most:
                return False
        if when.signed_in_at_most is not None:
            here = sum(agent.state is not AgentState.SIGNED_OUT for agent in self.qualified(contact))
            return here <= when.signed_in_at_most
        return True

    # --- what -------------------------------------------------------------------------------------

    def _open(self, contact: Contact, step: QueueStep, now: datetime, *, skipped_to: bool = False) -> None:
        """Let a step act, if it may now."""
        operation = step.operation
        if contact.callback is not None and operation in _FOR_CALLERS:
            self._done(contact, step, now)
            return
        rings = bool(contact.offer_ids) and operation in _LEADS_AWAY
        if rings or contact.choosing or not self._holds(contact, step, now):
            contact.steps_next = {**contact.steps_next, step.step_id: now + LOOK_AGAIN}
            return
        self._done(contact, step, now)
        self._ledger.effect(
            StepOpened(
                contact_id=contact.contact_id,
                queue_id=contact.queue_id,
                step_id=step.step_id,
                operation=operation,
                skipped_to=skipped_to,
                prompt=step.prompt,
            )
        )
        self._act(contact, step, now)

    @staticmethod
    def _done(contact: Contact, step: QueueStep, now: datetime) -> None:
        """Note that it acted, and when it will again."""
        at = Steps.due_at(contact, step) or now
        steps_next = {step_id: due for step_id, due in contact.steps_next.items() if step_id != step.step_id}
        if step.repeat_every is not None and step.repeat_every > timedelta(0):
            again = at + step.repeat_every
            steps_next[step.step_id] = again if again > now else now + step.repeat_every
        contact.steps_next = steps_next
        if step.step_id not in contact.steps_done:
            contact.steps_done = (*contact.steps_done, step.step_id)

    def _act(self, contact: Contact, step: QueueStep, now: datetime) -> None:
        if step.operation in _RULES:
            contact.obey(f"step:{step.step_id}")
        match step.operation:
            case Operation.RELAX:
                if step.skill is not None:
                    contact.relaxed = {**contact.relaxed, step.skill: step.level}
                    self._stand_anew(contact)
            case Operation.RAISE_PRIORITY:
                contact.raised += step.by
                self._stand_anew(contact)
            case Operation.WIDEN:
                if step.queue_id is not None and step.queue_id not in contact.widened:
                    contact.widened = (*contact.widened, step.queue_id)
                    self._stand_anew(contact)
            case Operation.OVERFLOW:
                way = Way(kind=WayKind.OVERFLOW, queue_id=step.queue_id)
                self._ways.divert(contact, DivertCause.STEP, way, now, step.step_id)
            case Operation.VOICEMAIL | Operation.OFFER_CALLBACK:
                self._ways.divert(contact, DivertCause.STEP, _WAYS[step.operation], now, step.step_id)
            case Operation.ANNOUNCE:
                pass

    def _stand_anew(self, contact: Contact) -> None:
        self._floor.replace(contact)
        self._notes.contact(contact)
