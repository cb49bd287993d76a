"""Queued callbacks: the caller hangs up and keeps the exact place; when its turn comes, it is dialled.

Agent-first: it is offered like a call, and the agent who accepts has the customer dialled; the place is
kept until the customer is there. Customer-first: once an agent is free for it the customer is dialled, and
whoever answers waits at the old place for the next free agent. No more customers are dialled than agents
are free for them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from calendars import next_opening
from routing.agents import Agent
from routing.contacts import Contact
from routing.deadlines import Deadlines, Due, DueKind
from routing.floor import Floor
from routing.ledger import Ledger
from routing.notes import Notes
from routing.offers import Offers
from routing.types import (
    VOICE,
    AgentState,
    CallbackAnswered,
    CallbackChosen,
    CallbackDue,
    CallbackFailed,
    CallbackMode,
    CallbackRecord,
    DivertCause,
    Way,
    WayKind,
)
from routing.ways import Ways

_OVER = Way(kind=WayKind.HANG_UP)


class Callbacks:
    def __init__(
        self, floor: Floor, ledger: Ledger, notes: Notes, deadlines: Deadlines, offers: Offers, ways: Ways
    ) -> None:
        self._floor = floor
        self._ledger = ledger
        self._notes = notes
        self._deadlines = deadlines
        self._offers = offers
        self._ways = ways

    # --- what happens to them ---------------------------------------------------------------------

    def choose(self, event: CallbackChosen, now: datetime) -> None:
        contact = self._floor.contacts.get(event.contact_id)
        if contact is None or contact.callback is not None or contact.channel != VOICE:
            self._ledger.stale("contact", event.contact_id)
            return
        self._offers.withdraw_all(contact, "callback_chosen", now)
        policy = contact.line.room.policy.callbacks
        callback = CallbackRecord(
            number=event.number,
            mode=policy.mode,
            chosen_at=now,
            expires_at=now + policy.expires_after,
        )
        contact.callback = callback
        contact.suspended = contact.choosing = False
        contact.leaves_at = None
        self._deadlines.add(Due(callback.expires_at, DueKind.CALLBACK_EXPIRES, contact.contact_id))
        self._notes.contact(contact)

    def answer(self, event: CallbackAnswered) -> None:
        contact = self._floor.contacts.get(event.contact_id)
        callback = contact.callback if contact is not None else None
        if contact is None or callback is None or not callback.dialling:
            self._ledger.stale("callback", event.contact_id)
            return
        if callback.mode is CallbackMode.AGENT_FIRST:
            self._notes.forget(contact)
            return
        contact.callback = replace(callback, dialling=False, answered=True)
        contact.suspended = False
        if contact.media != event.media:
            contact.media = event.media
            self._floor.replace(contact)
        self._notes.contact(contact)

    def fail(self, event: CallbackFailed, now: datetime) -> None:
        contact = self._floor.contacts.get(event.contact_id)
        callback = contact.callback if contact is not None else None
        if contact is None or callback is None or not (callback.dialling or callback.answered):
            self._ledger.stale("callback", event.contact_id)
            return
        self._offers.withdraw_all(contact, "callback_failed", now)
        agent = self._agent_on(contact)
        if agent is not None:
            self._floor.let_go(contact.contact_id)
            self._notes.ranks_anew(agent)
            agent.leave_caller(self._floor.callers)
            agent.finish_work(now)
            self._notes.agent(agent)
        room = contact.line.room
        room.dialling.discard(contact.contact_id)
        contact.suspended = False
        contact.callback = replace(callback, dialling=False, answered=False)
        rules = room.policy.callbacks
        if callback.attempts >= rules.attempts or callback.expires_at <= now:
            self._ways.divert(contact, DivertCause.CALLBACK_EXPIRED, _OVER, now)
        else:
            self._put_off(contact, now + rules.retry_after, now)
            self._deadlines.add(Due(callback.expires_at, DueKind.CALLBACK_EXPIRES, contact.contact_id))
        self._notes.wake_callbacks(room)

    def _agent_on(self, contact: Contact) -> Agent | None:
        """Who accepted it before the customer was there."""
        if contact.contact_id not in self._floor.handled:
            return None
        return next(
            agent
            for agent in self._floor.agents.values()
            if agent.state is AgentState.ON_CONTACT and agent.contact_id == contact.contact_id
        )

    def close(self, contact_id: str) -> None:
        """The agent's part of an agent-first callback has ended: it is done, however the call went."""
        contact = self._floor.contacts.get(contact_id)
        if contact is not None and contact.callback is not None and contact.callback.dialling:
            self._notes.forget(contact)

    # --- when they may be dialled -----------------------------------------------------------------

    def may_be_called(self, contact: Contact, now: datetime) -> bool:
        """Whether it is inside calling hours. If not it is put off until they begin."""
        callback = contact.callback
        assert callback is not None, "only callbacks are asked"
        if callback.answered:
            return True
        name = contact.line.room.policy.callbacks.calendar
        calendar = self._floor.policies.calendars.get(name) if name is not None else None
        if calendar is None:
            return True
        opens_at = next_opening(calendar, now)
        if opens_at is not None and opens_at <= now:
            return True
        self._put_off(contact, opens_at or callback.expires_at, now)
        return False

    def _put_off(self, contact: Contact, until: datetime, now: datetime) -> None:
        assert contact.callback is not None, "only a callback is put off"
        if until > now:
            contact.callback = replace(contact.callback, not_before=until)
            contact.line.room.away.add(contact.contact_id)
            self._deadlines.add(Due(until, DueKind.CALLBACK, contact.contact_id))
        self._notes.contact(contact)

    def come_due(self, contact: Contact) -> None:
        """What it was put off for is over."""
        assert contact.callback is not None, "only a callback is put off"
        contact.callback = replace(contact.callback, not_before=None)
        contact.line.room.away.discard(contact.contact_id)
        self._notes.contact(contact)

    def may_expire(self, contact: Contact) -> bool:
        """Nobody is being called for it just now."""
        callback = contact.callback
        return callback is not None and not (callback.dialling or callback.answered or contact.offer_ids)

    def expire(self, contact: Contact, now: datetime) -> None:
        self._ways.divert(contact, DivertCause.CALLBACK_EXPIRED, _OVER, now)

    def dial(self, contact: Contact, free: int, now: datetime) -> bool:
        """Dial the customer, unless as many are being dialled as agents are free.

        Args:
            free: agents who could be offered this contact.
        """
        callback, room = contact.callback, contact.line.room
        assert callback is not None, "only a callback is dialled"
        if len(room.dialling) >= free:
            return False
        contact.callback = replace(callback, dialling=True, attempts=callback.attempts + 1)
        room.dialling.add(contact.contact_id)
        self._notes.contact(contact)
        self._ledger.effect(
            CallbackDue(
                contact_id=contact.contact_id,
                queue_id=contact.queue_id,
                number=callback.number,
                attempt=callback.attempts + 1,
            )
        )
        return True
