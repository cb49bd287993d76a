"""Agents' parts of a contact: each is a segment of its own in the log, and ends in at most one wrap-up."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.engine.company import Companion, WrapUp
from app.engine.contact import Contact, Phase
from app.engine.queueing import Queueing
from app.engine.world import World
from routing import types as acd
from routing.types import AgentState


class Segments:
    def __init__(self, world: World, queueing: Queueing) -> None:
        self._world = world
        self._queueing = queueing

    # --- the owner's part ---

    def talked_s(self, contact: Contact, now: datetime) -> float:
        """Seconds of talk in the present agent's part, hold not counted."""
        if contact.part_answered_at is None:
            return 0.0
        return max(0.0, (now - contact.part_answered_at).total_seconds() - contact.hold_s)

    def owner_done(
        self, contact: Contact, outcome: str, now: datetime, *, wrap_up: bool, **data: Any
    ) -> None:
        """The agent's part is over: log it, free the agent or begin the wrap-up.

        Args:
            outcome: ended, transferred, left, given_back.
        """
        world = self._world
        agent_id = contact.agent_id
        assert agent_id is not None
        contact.stop_hold(now)
        body = {
            "part": contact.part,
            "role": "owner",
            "talk_s": self.talked_s(contact, now),
            "hold_s": contact.hold_s,
            "outcome": outcome,
        }
        world.log("part.ended", now, contact, agent_id=agent_id, data=body | data)
        if wrap_up:
            contact.wraps.append(
                WrapUp(
                    agent_id=agent_id,
                    part=contact.part,
                    disposition=contact.disposition,
                    answered_at=contact.part_answered_at or contact.accepted_at,
                    ended_at=now,
                    talk_s=self.talked_s(contact, now),
                    hold_s=contact.hold_s,
                )
            )
        world.touch(contact)
        self._queueing.route(
            acd.HandlingEnded(contact_id=contact.contact_id, agent_id=agent_id, wrap_up=wrap_up), now
        )
        record = world.router.agent(agent_id)
        if record is None or record.state is not AgentState.ACW:
            self.unwrap(contact, agent_id)

    # --- a companion's part ---

    def companion_done(self, contact: Contact, companion: Companion, outcome: str, now: datetime) -> None:
        """A consulted or joined agent leaves, without wrap-up."""
        if companion.agent_id is None or not companion.present:
            return
        self.companion_log(contact, companion, outcome, now)
        ended = acd.HandlingEnded(contact_id=companion.party_id, agent_id=companion.agent_id, wrap_up=False)
        self._queueing.route(ended, now)

    def companion_log(self, contact: Contact, companion: Companion, outcome: str, now: datetime) -> None:
        """The segment of an agent who was asked in: cancelled, left, dropped, lost, ended, took_over."""
        talk_s = (now - companion.answered_at).total_seconds() if companion.answered_at else 0.0
        body = {
            "part": contact.part,
            "role": "joined" if companion.joined else "consulted",
            "talk_s": max(0.0, talk_s),
            "hold_s": 0.0,
            "outcome": outcome,
        }
        self._world.log("part.ended", now, contact, agent_id=companion.agent_id, data=body)

    # --- wrap-ups ---

    def wrapped_up(self, agent_id: str, _now: datetime) -> None:
        """The agent's ACW is over, whichever contact it was for."""
        for contact in list(self._world.contacts.values()):
            if contact.wrap_up(agent_id) is not None:
                self.unwrap(contact, agent_id)
                self.settle(contact)

    def unwrap(self, contact: Contact, agent_id: str) -> None:
        contact.wraps = [wrap for wrap in contact.wraps if wrap.agent_id != agent_id]
        self._world.touch(contact)

    def settle(self, contact: Contact) -> None:
        """A contact that is over is forgotten when nobody wraps it up any more."""
        if contact.live:
            return
        if contact.wraps:
            contact.phase = Phase.WRAP_UP
            self._world.touch(contact)
        else:
            self._world.release(contact)
