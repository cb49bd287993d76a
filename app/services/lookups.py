"""What flows look up: customers by number or account, the status of a case after number and PIN.

A PIN is compared even when it is locked or nothing was found, so that the time taken tells nothing. Wrong
tries are events of the log; they count by case or account, not by caller.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from app.auth.passwords import Passwords
from app.clock import Clock
from app.engine.commit import JsonValue, LogEvent
from app.engine.contact import Contact
from app.services.pops import REGION, PopService
from app.store import records
from app.store.database import Database
from app.store.log import append_event
from app.store.repositories.cases import Cases
from app.store.repositories.customers import Customers
from app.store.repositories.events import Events
from cases.pins import PinAccepted, PinPolicy, PinVerdict
from cases.workflow import Status, status_label
from ivr.types import Find, FindKind
from screenpop.numbers import E164, normalise

POLICY = PinPolicy()
LOOK_BACK = timedelta(hours=2)
"""Longer than window and lock of the policy together."""
NOTHING: Mapping[str, JsonValue] = {"matched": False, "result": {}}


class LiveContacts(Protocol):
    def __call__(self, contact_id: str) -> Contact | None: ...


class Lookups:
    """See `app.engine.runner.Lookups`."""

    def __init__(
        self,
        database: Database,
        passwords: Passwords,
        clock: Clock,
        pops: PopService,
        contact: LiveContacts,
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._clock = clock
        self._pops = pops
        self._contact = contact

    async def identify(self, contact_id: str) -> Mapping[str, JsonValue]:
        contact = self._contact(contact_id)
        if contact is None:
            return {"contact_id": contact_id, "match": "gone", "customer_id": None, "candidates": []}
        return await self._pops.identify(contact)

    async def find(self, find: Find) -> Mapping[str, JsonValue]:
        given = {name: str(value) for name, value in find.arguments.items() if value is not None}
        match find.kind:
            case FindKind.CUSTOMER_BY_NUMBER:
                return await self._by_number(given.get("number", ""))
            case FindKind.CUSTOMER_BY_ACCOUNT:
                return await self._by_account(given.get("account", ""), given.get("pin"))
            case FindKind.CASE_STATUS:
                return await self._case(given.get("case_number", ""), given.get("pin", ""))

    async def _by_number(self, number: str) -> Mapping[str, JsonValue]:
        """One customer, or nobody: where several share a number the agent asks."""
        parsed = normalise(number, REGION)
        if not isinstance(parsed, E164):
            return NOTHING
        async with self._database.read() as session:
            found = await Customers(session).by_number(parsed.value)
        if len(found) != 1:
            return NOTHING
        return {"matched": True, "result": _customer(found[0])}

    async def _by_account(self, account: str, pin: str | None) -> Mapping[str, JsonValue]:
        async with self._database.read() as session:
            customer = await Customers(session).by_account(account)
        if customer is None:
            if pin is not None:
                await self._passwords.verify(pin, None)
            return NOTHING
        if pin is None:
            return {"matched": True, "result": _customer(customer)}
        verdict = await self._check(pin, customer.pin_hash, customer_id=customer.customer_id)
        if not isinstance(verdict, PinAccepted):
            return NOTHING
        return {"matched": True, "result": _customer(customer) | {"verified": True}}

    async def _case(self, number: str, pin: str) -> Mapping[str, JsonValue]:
        async with self._database.read() as session:
            case = await Cases(session).by_number(int(number)) if number.isdigit() else None
            customer = await Customers(session).get(case.customer_id) if case and case.customer_id else None
        if case is None:
            await self._passwords.verify(pin, None)
            return NOTHING
        secret = case.pin_hash or (customer.pin_hash if customer else None)
        verdict = await self._check(pin, secret, case_id=case.case_id, customer_id=case.customer_id)
        if not isinstance(verdict, PinAccepted):
            return NOTHING
        result: dict[str, JsonValue] = dict(_customer(customer)) if customer else {}
        status = Status(case.status)
        result |= {
            "case_id": case.case_id,
            "number": case.number,
            "subject": case.subject,
            "status": case.status,
            "status_text": status_label(status, customer.language if customer else "en"),
            "verified": True,
        }
        return {"matched": True, "result": result}

    async def _check(
        self, pin: str, pin_hash: str | None, *, case_id: str | None = None, customer_id: str | None = None
    ) -> PinVerdict:
        fits, _ = await self._passwords.verify(pin, pin_hash)
        now = self._clock.now()
        async with self._database.transaction() as session:
            events = Events(session)
            earlier = (
                await events.of_case(case_id) if case_id else await events.of_customer(customer_id or "")
            )
            failures = _failures(earlier, now)
            verdict = POLICY.check(fits=fits, failures=failures, now=now)
            locked = POLICY.locked_until(failures, now) is not None
            kind = "pin.accepted" if isinstance(verdict, PinAccepted) else "pin.refused"
            if isinstance(verdict, PinAccepted) or not locked:
                append_event(session, LogEvent(kind=kind, at=now, case_id=case_id, customer_id=customer_id))
        return verdict


def _failures(events: Sequence[records.StoredEvent], now: datetime) -> list[datetime]:
    """Wrong tries since the last right one."""
    failures: list[datetime] = []
    for event in events:
        if event.at < now - LOOK_BACK:
            continue
        if event.kind == "pin.accepted":
            failures.clear()
        elif event.kind == "pin.refused":
            failures.append(event.at)
    return failures


def _customer(customer: records.Customer) -> dict[str, JsonValue]:
    return {
        "customer_id": customer.customer_id,
        "name": customer.name,
        "tier": customer.tier,
        "language": customer.language,
    }
