"""What is asked about who is on the line: transfers, consultations, conferences, help, callbacks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from app.engine import commands_calls as ask
from app.engine.consulting import Consulting
from app.engine.contact import Contact, Phase
from app.engine.desk import Desk
from app.engine.promises import Promises
from app.engine.refusals import Refused
from app.engine.transfers import Transfers
from app.engine.world import World

_WITH_CALLER = (Phase.TALKING, Phase.HELD)


class LineDesk:
    def __init__(
        self, world: World, consulting: Consulting, transfers: Transfers, promises: Promises, desk: Desk
    ) -> None:
        self._world = world
        self._consulting = consulting
        self._transfers = transfers
        self._promises = promises
        self._desk = desk

    def commands(self) -> dict[type, Callable[[Any, datetime], None]]:
        return {
            ask.Transfer: self._transfer,
            ask.TakeBack: self._take_back,
            ask.Consult: self._consult,
            ask.CancelConsult: self._cancel,
            ask.SwapConsult: self._swap,
            ask.CompleteConsult: self._complete,
            ask.JoinConsult: self._join,
            ask.LeaveCall: self._leave,
            ask.DropParty: self._drop,
            ask.AskForHelp: self._help,
            ask.ChooseCallback: self._choose_callback,
            ask.CancelCallback: self._cancel_callback,
        }

    def _owned(self, contact_id: str, agent_id: str, *phases: Phase) -> Contact:
        contact = self._desk.owned(contact_id, agent_id)
        self._desk.must_be(contact, *phases)
        return contact

    def _transfer(self, command: ask.Transfer, now: datetime) -> None:
        contact = self._owned(command.contact_id, command.agent_id, *_WITH_CALLER)
        to = command.to
        self._transfers.blind(contact, to.kind, to.id, command.why, now, back=command.back)

    def _take_back(self, command: ask.TakeBack, now: datetime) -> None:
        contact = self._owned(command.contact_id, command.agent_id, Phase.ASIDE)
        self._transfers.take_back(contact, "taken_back", now)

    def _consult(self, command: ask.Consult, now: datetime) -> None:
        contact = self._owned(command.contact_id, command.agent_id, *_WITH_CALLER)
        self._consulting.consult(contact, command.to.kind, command.to.id, command.why, now)

    def _cancel(self, command: ask.CancelConsult, now: datetime) -> None:
        contact = self._owned(command.contact_id, command.agent_id, *_WITH_CALLER)
        self._consulting.cancel(contact, now)

    def _swap(self, command: ask.SwapConsult, now: datetime) -> None:
        contact = self._owned(command.contact_id, command.agent_id, *_WITH_CALLER)
        self._consulting.swap(contact, now)

    def _complete(self, command: ask.CompleteConsult, now: datetime) -> None:
        contact = self._owned(command.contact_id, command.agent_id, *_WITH_CALLER)
        pending = self._consulting.complete(contact, now)
        if pending is not None:
            self._transfers.blind(contact, pending.kind, pending.target, pending.why, now)

    def _join(self, command: ask.JoinConsult, now: datetime) -> None:
        contact = self._owned(command.contact_id, command.agent_id, *_WITH_CALLER)
        self._consulting.join(contact, now)

    def _leave(self, command: ask.LeaveCall, now: datetime) -> None:
        contact = self._desk.mine(command.contact_id, command.agent_id)
        self._desk.must_be(contact, *_WITH_CALLER, Phase.CALLER_LOST, Phase.AGENT_LOST)
        self._consulting.leave(contact, command.agent_id, now)

    def _drop(self, command: ask.DropParty, now: datetime) -> None:
        contact = self._owned(command.contact_id, command.agent_id, *_WITH_CALLER)
        self._consulting.drop(contact, command.party_id, now)

    def _help(self, command: ask.AskForHelp, now: datetime) -> None:
        contact = self._owned(command.contact_id, command.agent_id, *_WITH_CALLER)
        self._consulting.help(contact, command.why, now)

    def _choose_callback(self, command: ask.ChooseCallback, now: datetime) -> None:
        self._promises.choose(self._known(command.contact_id), command.number, now)

    def _cancel_callback(self, command: ask.CancelCallback, now: datetime) -> None:
        self._promises.cancel(self._known(command.contact_id), now)

    def _known(self, contact_id: str) -> Contact:
        contact = self._world.contacts.get(contact_id)
        if contact is None:
            raise Refused("contact_ended", "This call is over.")
        return contact
