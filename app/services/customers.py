"""Customers: found by what one knows of them, read with their history, made when they are new."""

from __future__ import annotations

from app.api import models as wire
from app.api.ports import Parts, SignedIn
from app.engine.commit import LogEvent
from app.errors import NotFound, Unusable
from app.services.cards import customer_card, history
from app.services.names import agent_names, derived_id, queue_names
from app.store import records
from app.store.log import append_event
from app.store.repositories.cases import Cases
from app.store.repositories.contacts import Contacts
from app.store.repositories.customers import Customers as Stored
from app.store.repositories.notes import Notes
from screenpop.numbers import E164, normalise

FOUND_MAX = 20
CONTACTS_MAX = 100


class Customers:
    def __init__(self, parts: Parts, who: SignedIn) -> None:
        self._parts = parts
        self._who = who

    async def search(self, query: str) -> list[wire.CustomerCard]:
        """By name, account, place or number."""
        async with self._parts.database.read() as session:
            found = await Stored(session).search(query, limit=FOUND_MAX)
        return [customer_card(customer) for customer in found]

    async def card(self, customer_id: str) -> wire.CustomerCard:
        """Raises: NotFound."""
        async with self._parts.database.read() as session:
            customer = await Stored(session).get(customer_id)
        if customer is None:
            raise NotFound("customer", customer_id)
        return customer_card(customer)

    async def history(self, customer_id: str) -> list[wire.TimelineEntry]:
        """All that happened over all channels, newest first.

        Raises:
            NotFound: there is no such customer.
        """
        async with self._parts.database.read() as session:
            if await Stored(session).get(customer_id) is None:
                raise NotFound("customer", customer_id)
            contacts = await Contacts(session).of_customer(customer_id, limit=CONTACTS_MAX)
            ids = [contact.contact_id for contact in contacts]
            recordings = await Contacts(session).recordings_of(ids)
            cases = await Cases(session).of_customer(customer_id, limit=CONTACTS_MAX)
            return history(
                happenings=await Stored(session).happenings(customer_id),
                contacts=contacts,
                notes=await Notes(session).of_contacts(ids),
                recorded=frozenset(each.contact_id for each in recordings if each.state == "ready"),
                case_numbers={case.case_id: case.number for case in cases},
                names=agent_names(self._parts),
                queue_names=queue_names(self._parts),
                language=self._who.language,
            )

    async def add(self, new: wire.NewCustomer, *, client_id: str, ani: str = "") -> records.Customer:
        """Make a customer; sent again under the same id, it is the one that was made.

        Args:
            ani: The number they call from just now; theirs, too, unless it was withheld.

        Raises:
            Unusable: the number is none.
        """
        numbers = {ani} if ani else set()
        if new.number:
            number = normalise(new.number, self._parts.settings.region)
            if not isinstance(number, E164):
                raise Unusable(
                    "number", f"{new.number} is not a complete telephone number.", "Check its digits."
                )
            numbers.add(number.value)
        customer_id = derived_id("cu", self._who.user_id, client_id)
        now = self._parts.clock.now()
        async with self._parts.database.transaction() as session:
            known = await Stored(session).get(customer_id)
            if known is not None:
                return known
            customer = records.Customer(
                customer_id=customer_id,
                name=new.name,
                account=new.account,
                place=new.place,
                language=new.language,
                created_at=now,
                numbers=tuple(records.CustomerNumber(number=each) for each in sorted(numbers)),
            )
            await Stored(session).add(customer)
            append_event(
                session,
                LogEvent(
                    kind="customer.added",
                    at=now,
                    customer_id=customer_id,
                    agent_id=self._who.agent_id,
                    data={"by": self._who.user_id},
                ),
            )
        return customer
