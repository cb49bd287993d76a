"""Contacts: the list, one with its story, and what an agent adds to one: a note, a case, a customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, cast

from app.api import models as wire
from app.api.ports import Parts, SignedIn
from app.engine import commands as ask
from app.engine.commit import JsonValue, LogEvent
from app.errors import CommandRefused, NotFound, RoleMissing, Unusable
from app.services.cards import customer_card, spoken_number
from app.services.cases import Cases
from app.services.commands import carry_out
from app.services.customers import Customers
from app.services.decisions import decision_details
from app.services.names import agent_names, queue_names
from app.services.sentences import outcome, sentence
from app.store import records
from app.store.log import append_event
from app.store.repositories.cases import Cases as StoredCases
from app.store.repositories.configuration import Configuration
from app.store.repositories.contacts import Contacts as Stored
from app.store.repositories.customers import Customers as StoredCustomers
from app.store.repositories.events import Events
from app.store.repositories.notes import Notes


class Contacts:
    def __init__(self, parts: Parts, who: SignedIn) -> None:
        self._parts = parts
        self._who = who

    # --- reading ---

    async def page(self, *, limit: int, before: datetime | None) -> wire.ContactList:
        """Newest first: all of them for a supervisor, an agent's own for an agent."""
        own = None if self._who.has("supervisor") else self._who.agent_id
        if own is None and not self._who.has("supervisor"):
            raise RoleMissing(("supervisor", "agent"))
        async with self._parts.database.read() as session:
            contacts = await Stored(session).recent(limit=limit, before=before, agent_id=own)
            recordings = await Stored(session).recordings_of([each.contact_id for each in contacts])
            ids = sorted({each.customer_id for each in contacts if each.customer_id is not None})
            customers = await StoredCustomers(session).get_many(ids)
            labels = await self._labels(Configuration(session))
        playable = {each.contact_id: each.recording_id for each in recordings if each.state == "ready"}
        names = {each.customer_id: each.name for each in customers}
        return wire.ContactList(
            contacts=[self._row(each, names, labels, playable.get(each.contact_id)) for each in contacts]
        )

    async def detail(self, contact_id: str) -> wire.ContactDetail:
        """One contact with everything that happened to it.

        Raises:
            NotFound: there is no such contact, or it is somebody else's.
        """
        async with self._parts.database.read() as session:
            contact = await Stored(session).get(contact_id)
            if contact is None or not await self._may_see(Stored(session), contact):
                raise NotFound("contact", contact_id)
            customer = (
                await StoredCustomers(session).get(contact.customer_id) if contact.customer_id else None
            )
            case = await StoredCases(session).get(contact.case_id) if contact.case_id else None
            recordings = await Stored(session).recordings(contact_id)
            notes = await Notes(session).of_contact(contact_id)
            events = await Events(session).of_contact(contact_id)
            labels = await self._labels(Configuration(session))
        names = agent_names(self._parts)
        return wire.ContactDetail(
            contact_id=contact_id,
            state=contact.state,
            queue_name=queue_names(self._parts).get(contact.queue_id or ""),
            customer=customer_card(customer) if customer is not None else None,
            case_number=case.number if case is not None else None,
            agent_name=names.get(contact.agent_id or ""),
            ani=spoken_number(contact.ani) if contact.ani else "",
            arrived_at=contact.arrived_at,
            queued_at=contact.queued_at,
            answered_at=contact.answered_at,
            ended_at=contact.ended_at,
            disposition=labels.get(contact.disposition or "", contact.disposition),
            note="\n".join(note.text for note in notes if note.text),
            recordings=[_recording(each) for each in recordings],
            events=contact_events(self._parts, self._who.language, events),
        )

    def why(self, contact_id: str) -> wire.WhyWaiting:
        """Raises: NotFound."""
        found = self._parts.live.why_waiting(contact_id, self._who.language)
        if found is None:
            raise NotFound("waiting contact", contact_id)
        return found

    # --- what an agent adds ---

    async def save_note(self, contact_id: str, text: str) -> wire.NoteSaved:
        """Keep what the agent types, as it is typed."""
        now = self._parts.clock.now()
        async with self._parts.database.transaction() as session:
            contact = await self._own(Stored(session), contact_id)
            note = await Notes(session).save_for_contact(
                note_id=self._parts.new_id("nt"),
                contact_id=contact_id,
                author=self._who.user_id,
                text=text,
                at=now,
            )
            if note.at == now:
                append_event(session, self._fact("note.saved", contact, {"characters": len(text)}))
        await self._parts.live.changed(contact_id=contact_id)
        return wire.NoteSaved(saved_at=note.at)

    async def asked_to_verify(self, contact_id: str, asked: Sequence[str]) -> None:
        """Write down which questions an agent verified the caller by."""
        async with self._parts.database.transaction() as session:
            contact = await Stored(session).get(contact_id)
            if contact is not None:
                append_event(session, self._fact("contact.questions_asked", contact, {"asked": list(asked)}))

    async def attach_case(
        self, contact_id: str, agent_id: str, body: wire.AttachCase, *, client_id: str
    ) -> wire.CaseSummary:
        """Join the contact to a case, an existing or a new one.

        Raises:
            CommandRefused: the contact is not this agent's, or over.
            NotFound: there is no such case.
            Unusable: neither or both were named.
        """
        cases = Cases(self._parts, self._who)
        async with self._parts.database.read() as session:
            contact = await self._own(Stored(session), contact_id)
            case = await StoredCases(session).get(body.case_id) if body.case_id is not None else None
        if (body.case_id is None) == (body.new is None):
            raise Unusable("case_id", "Name either a case or a new one.", "Send case_id or new, not both.")
        if body.new is not None:
            case = await cases.open(body.new, client_id=client_id, contact=contact)
        if case is None:
            raise NotFound("case", body.case_id or "")
        command = ask.AttachCase(contact_id=contact_id, agent_id=agent_id, case_id=case.case_id)
        await carry_out(self._parts, command, client_id=client_id, actor=self._who.user_id)
        return cases.summary(case)

    async def choose_customer(
        self, contact_id: str, agent_id: str, body: wire.ChooseCustomer, *, client_id: str
    ) -> wire.CustomerCard:
        """Say who the caller is: one of the customers, or a new one.

        Raises:
            CommandRefused: the contact is not this agent's, or over.
            NotFound: there is no such customer.
            Unusable: neither or both were named, or the number is none.
        """
        async with self._parts.database.read() as session:
            contact = await self._own(Stored(session), contact_id)
            customer = (
                await StoredCustomers(session).get(body.customer_id) if body.customer_id is not None else None
            )
        if (body.customer_id is None) == (body.new is None):
            what = "Name either a customer or a new one."
            raise Unusable("customer_id", what, "Send customer_id or new, not both.")
        if body.new is not None:
            added = Customers(self._parts, self._who)
            customer = await added.add(body.new, client_id=client_id, ani=contact.ani)
        if customer is None:
            raise NotFound("customer", body.customer_id or "")
        command = ask.ChooseCustomer(
            contact_id=contact_id, agent_id=agent_id, customer_id=customer.customer_id
        )
        await carry_out(self._parts, command, client_id=client_id, actor=self._who.user_id)
        return customer_card(customer)

    # --- inside ---

    async def _own(self, contacts: Stored, contact_id: str) -> records.Contact:
        """The contact, if this agent has it or had it."""
        contact = await contacts.get(contact_id)
        if contact is None:
            raise NotFound("contact", contact_id)
        agent_id = self._who.agent_id
        if agent_id is None or (
            contact.agent_id != agent_id and not await contacts.was_handled_by(contact_id, agent_id)
        ):
            raise CommandRefused("not_your_contact", "Somebody else has this contact.", 409)
        return contact

    async def _may_see(self, contacts: Stored, contact: records.Contact) -> bool:
        if self._who.has("supervisor"):
            return True
        agent_id = self._who.agent_id
        return agent_id is not None and (
            contact.agent_id == agent_id or await contacts.was_handled_by(contact.contact_id, agent_id)
        )

    def _fact(self, kind: str, contact: records.Contact, data: Mapping[str, JsonValue]) -> LogEvent:
        return LogEvent(
            kind=kind,
            at=self._parts.clock.now(),
            contact_id=contact.contact_id,
            agent_id=self._who.agent_id,
            queue_id=contact.queue_id,
            customer_id=contact.customer_id,
            data={**data, "by": self._who.user_id},
        )

    async def _labels(self, configuration: Configuration) -> dict[str, str]:
        """Disposition code -> its label in this person's language."""
        entries = await configuration.reference("disposition")
        language = self._who.language
        return {each.code: each.label.get(language) or each.label.get("en") or each.code for each in entries}

    def _row(
        self,
        contact: records.Contact,
        customers: Mapping[str, str],
        labels: Mapping[str, str],
        recording_id: str | None,
    ) -> wire.ContactRow:
        began, ended = contact.answered_at or contact.arrived_at, contact.ended_at
        withheld = sentence("number.withheld", self._who.language)
        return wire.ContactRow(
            contact_id=contact.contact_id,
            at=contact.arrived_at,
            name=customers.get(contact.customer_id or "")
            or (spoken_number(contact.ani) if contact.ani else withheld),
            queue_name=queue_names(self._parts).get(contact.queue_id or ""),
            agent_name=agent_names(self._parts).get(contact.agent_id or ""),
            outcome=labels.get(contact.disposition or "") or outcome(contact, self._who.language),
            duration_s=(ended - began).total_seconds() if ended is not None else None,
            recording_id=recording_id,
        )


def contact_events(
    parts: Parts, language: str, events: Sequence[records.StoredEvent]
) -> list[wire.ContactEvent]:
    """A contact's events as sentences."""
    names, queues = agent_names(parts), queue_names(parts)
    people = {**parts.directory().people, **names}

    def named(value: object) -> str:
        return people.get(str(value)) or queues.get(str(value)) or str(value or "")

    return [
        wire.ContactEvent(
            at=event.at,
            kind=event.kind,
            text=sentence(
                event.kind,
                language,
                {
                    **event.data,
                    "agent": names.get(event.agent_id or "", event.agent_id or ""),
                    "queue_name": queues.get(event.queue_id or "", event.queue_id or ""),
                    "by_name": named(event.data.get("by")),
                    "to_name": named(event.data.get("to")),
                },
            ),
            details=decision_details(event.data, named, language) if event.kind == "offer.made" else [],
            data=cast("dict[str, object]", dict(event.data)),
        )
        for event in events
    ]


def _recording(recording: records.Recording) -> wire.RecordingView:
    state = "recording" if recording.state == "paused" else recording.state
    return wire.RecordingView(
        recording_id=recording.recording_id,
        started_at=recording.started_at,
        duration_s=recording.duration_s,
        state=cast("Literal['recording', 'ready', 'failed']", state),
    )
