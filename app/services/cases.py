"""Cases as the desk works with them: found, opened, read with all that happened, changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.api import models as wire
from app.api.ports import Parts, SignedIn
from app.engine.commit import LogEvent
from app.errors import CaseChanged, Conflict, NotFound, Unusable
from app.services.cards import case_summary, customer_card, history
from app.services.names import agent_names, derived_id, queue_names
from app.store import records
from app.store.errors import RecordChanged
from app.store.log import append_event
from app.store.repositories.cases import Cases as Stored
from app.store.repositories.contacts import Contacts
from app.store.repositories.customers import Customers
from app.store.repositories.events import Events
from app.store.repositories.notes import Notes
from app.store.repositories.people import Users
from cases.workflow import WORKFLOWS, CaseType, Status, TransitionRefused, status_label

CONTACTS_MAX = 50


class MoveRefused(Conflict):
    code = "transition_refused"
    title = "The case cannot go there"

    def __init__(self, refused: TransitionRefused) -> None:
        super().__init__(refused)
        self.refused = refused

    def __str__(self) -> str:
        return str(self.refused)


class Cases:
    def __init__(self, parts: Parts, who: SignedIn) -> None:
        self._parts = parts
        self._who = who

    # --- reading ---

    async def page(
        self, *, query: str, status: str | None, mine: bool, limit: int, offset: int
    ) -> wire.CaseList:
        """One page, changed last first. `mine`: those assigned to whoever asks."""
        assignee = (self._who.agent_id or self._who.user_id) if mine else None
        async with self._parts.database.read() as session:
            found, total = await Stored(session).list(
                query=query, status=status, assignee=assignee, limit=limit, offset=offset
            )
        rows = [
            wire.CaseRow(
                case=self.summary(each.case),
                customer_name=each.customer_name,
                customer_tier=each.customer_tier,
            )
            for each in found
        ]
        return wire.CaseList(cases=rows, total=total)

    async def view(self, case_id: str) -> wire.CaseView:
        """A case with everything that happened in it.

        Raises:
            NotFound: there is no such case.
        """
        async with self._parts.database.read() as session:
            case = await Stored(session).get(case_id)
            if case is None:
                raise NotFound("case", case_id)
            customer = await Customers(session).get(case.customer_id) if case.customer_id else None
            timeline = await self._timeline(session, case)
        return wire.CaseView(
            case=self.summary(case),
            version=case.version,
            customer=customer_card(customer) if customer is not None else None,
            queue_name=queue_names(self._parts).get(case.queue_id or ""),
            timeline=timeline,
        )

    def summary(self, case: records.Case) -> wire.CaseSummary:
        return case_summary(
            case,
            now=self._parts.clock.now(),
            language=self._who.language,
            names=agent_names(self._parts),
            viewer=self._who.agent_id or self._who.user_id,
        )

    # --- changing ---

    async def open(
        self, new: wire.NewCase, *, client_id: str, contact: records.Contact | None = None
    ) -> records.Case:
        """Open a case; sent again under the same id, it is the one that was opened.

        Args:
            contact: The contact it comes from; its customer and queue are the case's, unless said otherwise.

        Raises:
            NotFound: there is no such customer.
            Unusable: there is no such type.
        """
        if new.type not in set(CaseType):
            raise Unusable("type", f"There is no case type {new.type!r}.", f"Choose one of {_types()}.")
        case_id = derived_id("cs", self._who.user_id, client_id)
        now = self._parts.clock.now()
        customer_id = new.customer_id or (contact.customer_id if contact is not None else None)
        async with self._parts.database.transaction() as session:
            known = await Stored(session).get(case_id)
            if known is not None:
                return known
            if customer_id is not None and await Customers(session).get(customer_id) is None:
                raise NotFound("customer", customer_id)
            case = records.Case(
                case_id=case_id,
                number=await Stored(session).next_number(),
                customer_id=customer_id,
                subject=new.subject,
                type=new.type,
                status=Status.OPEN if contact is not None else Status.NEW,
                assignee=self._who.agent_id,
                queue_id=contact.queue_id if contact is not None else None,
                opened_at=now,
                updated_at=now,
            )
            await Stored(session).add(case)
            if new.text:
                await self._note(session, case_id, new.text)
            self._log(session, "case.opened", case, {"type": case.type})
        await self._parts.live.changed(case_id=case_id, customer_id=customer_id)
        return case

    async def change(self, case_id: str, change: wire.CaseChange) -> wire.CaseView:
        """Change what is named and add a note, if the version is the one that was seen.

        Raises:
            CaseChanged: somebody else was quicker.
            MoveRefused: the workflow has no such move.
            NotFound: there is no such case.
        """
        async with self._parts.database.transaction() as session:
            before = await Stored(session).get(case_id)
            if before is None:
                raise NotFound("case", case_id)
            if before.version != change.version:
                raise CaseChanged(before.number, before.version, change.version)
            values: dict[str, Any] = {"updated_at": self._parts.clock.now()}
            if change.subject is not None:
                values["subject"] = change.subject
            if change.status is not None:
                values["status"] = _moved(before, change.status)
            try:
                after = await Stored(session).change(case_id, change.version, values)
            except RecordChanged:
                # PostgreSQL lets two read the same version; one of them comes here.
                raise CaseChanged(before.number, before.version + 1, change.version) from None
            if change.note:
                await self._note(session, case_id, change.note)
            self._log(session, "case.changed", after, _difference(before, after))
        await self._parts.live.changed(case_id=case_id, customer_id=after.customer_id)
        return await self.view(case_id)

    # --- inside ---

    async def _note(self, session: AsyncSession, case_id: str, text: str) -> None:
        await Notes(session).add_to_case(
            note_id=self._parts.new_id("nt"),
            case_id=case_id,
            author=self._who.user_id,
            text=text,
            at=self._parts.clock.now(),
        )

    def _log(self, session: AsyncSession, kind: str, case: records.Case, data: Mapping[str, Any]) -> None:
        append_event(
            session,
            LogEvent(
                kind=kind,
                at=self._parts.clock.now(),
                case_id=case.case_id,
                customer_id=case.customer_id,
                agent_id=self._who.agent_id,
                data={**data, "by": self._who.user_id},
            ),
        )

    async def _timeline(self, session: AsyncSession, case: records.Case) -> list[wire.TimelineEntry]:
        """Calls, messages, notes and moves of one case, newest first."""
        events = await Events(session).of_case(case.case_id)
        contacts = await self._contacts(session, case, events)
        ids = [contact.contact_id for contact in contacts]
        recordings = await Contacts(session).recordings_of(ids) if ids else ()
        happenings = await Customers(session).happenings(case.customer_id) if case.customer_id else ()
        entries = history(
            happenings=[each for each in happenings if each.case_id == case.case_id],
            contacts=contacts,
            notes=await Notes(session).of_contacts(ids) if ids else (),
            recorded=frozenset(each.contact_id for each in recordings if each.state == "ready"),
            case_numbers={case.case_id: case.number},
            names=agent_names(self._parts),
            queue_names=queue_names(self._parts),
            language=self._who.language,
        )
        people: dict[str, str] = {}
        for note in await Notes(session).of_case(case.case_id):
            who = await _name(session, note.author, people)
            entries.append(
                wire.TimelineEntry(
                    id=note.note_id, kind="note", at=note.at, title=who, text=note.text, who=who
                )
            )
        for event in events:
            entry = self._move(event, await _name(session, str(event.data.get("by", "")), people))
            entries += [entry] if entry is not None else []
        return sorted(entries, key=lambda entry: (entry.at, entry.id), reverse=True)

    async def _contacts(
        self, session: AsyncSession, case: records.Case, events: Any
    ) -> list[records.Contact]:
        """Those whose row names the case, and those that an event joined to it."""
        found: dict[str, records.Contact] = {}
        if case.customer_id is not None:
            of_customer = await Contacts(session).of_customer(case.customer_id, limit=CONTACTS_MAX)
            found = {each.contact_id: each for each in of_customer if each.case_id == case.case_id}
        for contact_id in {event.contact_id for event in events} - set(found) - {None}:
            contact = await Contacts(session).get(contact_id)
            if contact is not None and contact.case_id == case.case_id:
                found[contact_id] = contact
        return list(found.values())

    def _move(self, event: records.StoredEvent, who: str) -> wire.TimelineEntry | None:
        status = event.data.get("status") if event.kind == "case.changed" else None
        if event.kind == "case.opened":
            status = Status.NEW
        if status is None:
            return None
        title = status_label(Status(str(status)), self._who.language)
        return wire.TimelineEntry(id=f"ev_{event.position}", kind="case", at=event.at, title=title, who=who)


def _types() -> str:
    return ", ".join(sorted(CaseType))


def _moved(case: records.Case, to: str) -> str:
    kind = CaseType(case.type) if case.type in set(CaseType) else CaseType.QUESTION
    try:
        return WORKFLOWS[kind].move(Status(case.status), Status(to))
    except TransitionRefused as refused:
        raise MoveRefused(refused) from None


def _difference(before: records.Case, after: records.Case) -> dict[str, Any]:
    """What an event says of a change: the new values of what is different."""
    return {
        name: getattr(after, name)
        for name in ("status", "subject", "assignee")
        if getattr(after, name) != getattr(before, name)
    }


async def _name(session: AsyncSession, user_id: str, known: dict[str, str]) -> str:
    """The name of a user; the id itself for one that is gone."""
    if user_id and user_id not in known:
        user = await Users(session).get(user_id)
        known[user_id] = user.name if user is not None else user_id
    return known.get(user_id, "")
