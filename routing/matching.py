"""Who is matched with whom, until no pair is left that the rules permit."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from datetime import datetime
from itertools import count

from routing.agents import Agent
from routing.callbacks import Callbacks
from routing.choice import Choice
from routing.contacts import Contact
from routing.floor import Floor
from routing.gates import Gates
from routing.notes import Notes
from routing.offers import Offers
from routing.ranking import Pick
from routing.rooms import Key, Line, Order


class Matching:
    def __init__(
        self,
        floor: Floor,
        choice: Choice,
        notes: Notes,
        offers: Offers,
        gates: Gates,
        callbacks: Callbacks,
    ) -> None:
        self._floor = floor
        self._choice = choice
        self._notes = notes
        self._offers = offers
        self._gates = gates
        self._callbacks = callbacks

    def match(self, now: datetime) -> None:
        """Offer whatever may be offered, the first in service order first."""
        notes, floor = self._notes, self._floor
        if floor.blending:
            self._gates.judge()
        while notes.freed or notes.opened or notes.everything or notes.rooms:
            if notes.everything or notes.rooms or len(notes.freed) + len(notes.opened) > 1:
                freed = [agent for agent in notes.freed.values() if agent.free]
                opened = [contact for contact in notes.opened.values() if contact.listed]
                notes.freed.clear()
                notes.opened.clear()
                self._match_lines(freed, opened, now)
            elif notes.opened:
                _, contact = notes.opened.popitem()
                self._match_contact(contact, now)
            else:
                _, agent = notes.freed.popitem()
                self._match_agent(agent, now)
            if floor.blending:
                self._gates.judge()

    def _match_contact(self, contact: Contact, now: datetime) -> None:
        """Nobody else has changed, so nobody else competes for whoever is free."""
        if contact.callback is not None:
            self._match_lines([], [contact], now)
            return
        while contact.listed and (pick := self._choice.best_agent(contact)) is not None:
            self._offers.make(contact, pick, now)
            if self._floor.blending:
                # Whom it rings now is free no longer: the gate may close before it rings another.
                self._gates.judge()

    def _match_agent(self, agent: Agent, now: datetime) -> None:
        """What waits has nobody else who is free, or it would not wait: he is the only candidate."""
        contact = self._choice.best_contact(agent)
        if contact is None:
            self._floor.enlist(agent)
        elif contact.callback is not None or len(agent.channels) > 1:
            self._match_lines([agent], [], now)
        else:
            self._offers.make(contact, Pick(agent), now)

    def _match_lines(self, freed: list[Agent], opened: list[Contact], now: datetime) -> None:
        """The general case: go down the lines concerned, merged in service order."""
        floor, notes = self._floor, self._notes
        for agent in freed:
            floor.enlist(agent)
        lines, few = self._concerned(freed, opened)
        notes.everything = False
        notes.rooms.clear()
        heads: list[tuple[Order, int, Line | None, int, Contact]] = []
        tie = count()

        def push(line: Line | None, at: int, contact: Contact) -> None:
            heapq.heappush(heads, (floor.order(contact), next(tie), line, at, contact))

        for each in lines:
            if each.waiting and each.idle and not each.room.gated:
                push(each, 0, floor.contacts[each.waiting[0][3]])
        for contact in few:
            push(None, 0, contact)
        while heads:
            _, _, line, at, contact = heapq.heappop(heads)
            if line is None:
                while contact.listed and self._serve(contact, now):
                    pass
                continue
            waiting = line.waiting
            if _stands_at(waiting, at, contact):
                served = self._serve(contact, now)
                if not served and _stands_at(waiting, at, contact):
                    at += 1
            if line.idle and at < len(waiting) and not line.room.gated:
                push(line, at, floor.contacts[waiting[at][3]])

    def _concerned(
        self, freed: list[Agent], opened: list[Contact]
    ) -> tuple[Iterable[Line], Iterable[Contact]]:
        """Lines to go down, and contacts that stand with few agents instead."""
        floor, notes = self._floor, self._notes
        if notes.everything:
            lines = [line for room in floor.rooms.values() for line in room.lines.values()]
            few = [c for c in floor.contacts.values() if c.listed and c.audience is not None]
            return lines, few
        concerned = {id(contact.line): contact.line for contact in opened if contact.audience is None}
        for agent in freed:
            for of_channel in agent.lines.values():
                concerned.update((id(line), line) for line in of_channel)
        for room in notes.rooms.values():
            concerned.update((id(line), line) for line in room.lines.values())
        singles = {c.contact_id: c for c in opened if c.audience is not None}
        singles.update((key[3], floor.contacts[key[3]]) for agent in freed for key in agent.own)
        for room in notes.rooms.values():
            for key in room.order:
                contact = floor.contacts[key[3]]
                if contact.listed and contact.audience is not None:
                    singles[contact.contact_id] = contact
        return concerned.values(), singles.values()

    def _serve(self, contact: Contact, now: datetime) -> bool:
        """Offer it, or dial its customer, if somebody is free for it."""
        if contact.callback is not None and not self._callbacks.may_be_called(contact, now):
            return False
        pick = self._choice.best_agent(contact)
        if pick is None:
            return False
        if contact.to_dial:
            return self._callbacks.dial(contact, pick.eligible, now)
        self._offers.make(contact, pick, now)
        if self._floor.blending:
            self._gates.judge()
        return True


def _stands_at(keys: list[Key], at: int, contact: Contact) -> bool:
    return at < len(keys) and keys[at][3] == contact.contact_id
