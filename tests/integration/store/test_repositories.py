"""Queries and changes of requests, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.engine.commit import JsonValue, LogEvent, Row
from app.store.database import Database
from app.store.errors import RecordChanged, RecordExists, RecordMissing
from app.store.log import append_event
from app.store.records import (
    Case,
    Customer,
    CustomerNumber,
    Happening,
)
from app.store.repositories.cases import Cases
from app.store.repositories.contacts import Contacts
from app.store.repositories.customers import Customers
from app.store.repositories.events import AuditTrail, Events
from app.store.repositories.notes import Notes
from app.store.rows import write_rows
from tests.fixtures.small_centre import offer_row

NOW = datetime(2026, 11, 19, 10, 43, tzinfo=UTC)
SHARED = "+441134960142"

MARGARET = Customer(
    customer_id="cu_margaret",
    name="Margaret Okonjo",
    tier="gold",
    account="BW-204-7713",
    place="Leeds",
    facts=({"label": "Plan", "value": "Fibre 500"},),
    created_at=NOW,
    numbers=(CustomerNumber(number=SHARED, label="home"), CustomerNumber(number="+447700900142")),
)
SIAN = Customer(customer_id="cu_sian", name="Siân Pritchard", place="Cardiff", created_at=NOW, language="cy")
CATERING = Customer(
    customer_id="cu_catering",
    name="Okonjo Catering Ltd",
    kind="organisation",
    created_at=NOW,
    numbers=(CustomerNumber(number=SHARED),),
)


@pytest.fixture
async def session(database: Database) -> AsyncIterator[AsyncSession]:
    """One transaction for a whole test."""
    async with database.transaction() as opened:
        yield opened


@pytest.fixture
async def customers(session: AsyncSession) -> Customers:
    repository = Customers(session)
    for customer in (MARGARET, SIAN, CATERING):
        await repository.add(customer)
    return repository


async def test_a_customer_comes_back_as_it_was_stored(customers: Customers, session: AsyncSession) -> None:
    session.expunge_all()
    found = await customers.get("cu_margaret")
    assert found == replace(MARGARET, facts=[{"label": "Plan", "value": "Fibre 500"}])
    assert await customers.get("cu_nobody") is None


async def test_a_shared_number_finds_everybody_on_it(customers: Customers) -> None:
    names = [each.name for each in await customers.by_number(SHARED)]
    assert names == ["Margaret Okonjo", "Okonjo Catering Ltd"]
    assert [each.name for each in await customers.by_number("+447700900142")] == ["Margaret Okonjo"]
    assert await customers.by_number("+441110000000") == []


@pytest.mark.parametrize("typed", ["BW-204-7713", "bw2047713", "BW 204 7713"])
async def test_an_account_is_found_however_it_is_typed(customers: Customers, typed: str) -> None:
    found = await customers.by_account(typed)
    assert found is not None
    assert found.customer_id == "cu_margaret"


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("okonjo", ["Margaret Okonjo", "Okonjo Catering Ltd"]),
        ("OKONJO leeds", ["Margaret Okonjo"]),
        ("sian", ["Siân Pritchard"]),
        ("Siân", ["Siân Pritchard"]),
        ("7713", ["Margaret Okonjo"]),
        ("2047713", ["Margaret Okonjo"]),
        ("+44 7700 900142", ["Margaret Okonjo"]),
        ("07700 900142", ["Margaret Okonjo"]),
        ("okonjo 0142", ["Margaret Okonjo", "Okonjo Catering Ltd"]),
        ("%", []),
        ("_", []),
        ("nobody", []),
        ("", ["Margaret Okonjo", "Okonjo Catering Ltd", "Siân Pritchard"]),
    ],
)
async def test_search(customers: Customers, typed: str, names: list[str]) -> None:
    assert [each.name for each in await customers.search(typed)] == names


async def test_numbers_come_and_go_and_are_searched(customers: Customers) -> None:
    await customers.add_number("cu_sian", CustomerNumber(number="+447700900999"))
    await customers.add_number("cu_sian", CustomerNumber(number="+447700900999"))
    assert [each.customer_id for each in await customers.search("900999")] == ["cu_sian"]
    await customers.remove_number("cu_sian", "+447700900999")
    assert await customers.by_number("+447700900999") == []
    assert await customers.search("900999") == []
    with pytest.raises(RecordMissing):
        await customers.add_number("cu_nobody", CustomerNumber(number="+447700900999"))


async def test_an_update_keeps_the_numbers(customers: Customers) -> None:
    await customers.update(replace(MARGARET, name="Margaret Adeyemi", numbers=()))
    found = await customers.get("cu_margaret")
    assert found is not None
    assert (found.name, len(found.numbers)) == ("Margaret Adeyemi", 2)
    assert [each.name for each in await customers.search("adeyemi 0142")] == ["Margaret Adeyemi"]


async def test_happenings_are_newest_first(customers: Customers) -> None:
    for day in (1, 3, 2):
        await customers.add_happening(
            Happening(
                happening_id=f"h_{day}",
                customer_id="cu_margaret",
                kind="payment",
                at=NOW - timedelta(days=day),
                title=f"Payment {day}",
                body={"chip": {"tone": "bad", "text": "Likely duplicate"}},
            )
        )
    found = await customers.happenings("cu_margaret")
    assert [each.happening_id for each in found] == ["h_1", "h_2", "h_3"]
    assert found[0].body == {"chip": {"tone": "bad", "text": "Likely duplicate"}}


# --- cases ----------------------------------------------------------------------------------------


def _case(number: int, **values: object) -> Case:
    given = {
        "case_id": f"ca_{number}",
        "number": number,
        "customer_id": "cu_margaret",
        "subject": "Charged twice for November",
        "type": "refund",
        "status": "open",
        "opened_at": NOW,
        "updated_at": NOW + timedelta(seconds=number),
    }
    return Case(**given | values)  # type: ignore[arg-type]


async def test_case_numbers_go_on_above_the_highest(customers: Customers, session: AsyncSession) -> None:
    cases = Cases(session)
    await cases.add(_case(48213))
    await cases.add(_case(47990))
    assert [await cases.next_number(), await cases.next_number()] == [48214, 48215]
    with pytest.raises(RecordExists):
        await cases.add(_case(48213, case_id="ca_other"))


async def test_a_number_of_a_case_that_was_not_opened_is_given_again(database: Database) -> None:
    async def undone() -> None:
        async with database.transaction() as session:
            await Cases(session).next_number()
            raise RuntimeError("undone")

    with pytest.raises(RuntimeError, match="undone"):
        await undone()
    async with database.transaction() as session:
        assert await Cases(session).next_number() == 1


async def test_cases_of_a_customer(customers: Customers, session: AsyncSession) -> None:
    cases = Cases(session)
    for case in (_case(1), _case(2, status="solved"), _case(3), _case(4, customer_id="cu_sian")):
        await cases.add(case)
    assert [each.number for each in await cases.of_customer("cu_margaret")] == [3, 2, 1]
    assert [each.number for each in await cases.of_customer("cu_margaret", open_only=True)] == [3, 1]
    by_number = await cases.by_number(4)
    assert by_number is not None
    assert by_number.customer_id == "cu_sian"


async def test_who_saw_an_old_version_changes_nothing(customers: Customers, session: AsyncSession) -> None:
    cases = Cases(session)
    await cases.add(_case(1))
    changed = await cases.change("ca_1", 1, {"status": "solved", "subject": "Refund made"})
    assert (changed.version, changed.status, changed.subject) == (2, "solved", "Refund made")
    with pytest.raises(RecordChanged):
        await cases.change("ca_1", 1, {"status": "open"})
    now = await cases.get("ca_1")
    assert now is not None
    assert (now.status, now.version) == ("solved", 2)
    with pytest.raises(RecordMissing):
        await cases.change("ca_2", 1, {"status": "open"})


async def test_list_of_cases(customers: Customers, session: AsyncSession) -> None:
    cases = Cases(session)
    await cases.add(_case(101, assignee="amina"))
    await cases.add(_case(102, status="solved", subject="Smart meter", assignee="amina"))
    await cases.add(_case(103, customer_id=None, subject="Smart meter again"))

    async def numbers(**asked: object) -> tuple[list[int], int]:
        page, total = await cases.list(**asked)  # type: ignore[arg-type]
        return [each.case.number for each in page], total

    assert await numbers() == ([103, 102, 101], 3)
    assert await numbers(limit=1, offset=1) == ([102], 3)
    assert await numbers(query="smart METER") == ([103, 102], 2)
    assert await numbers(query="103") == ([103], 1)
    assert await numbers(query="okonjo") == ([102, 101], 2)
    assert await numbers(status="open", assignee="amina") == ([101], 1)
    page, _ = await cases.list(query="101")
    assert (page[0].customer_name, page[0].customer_tier) == ("Margaret Okonjo", "gold")
    await cases.change("ca_101", 1, {"subject": "Broken router"})
    assert await numbers(query="router") == ([101], 1)


# --- notes, contacts, events ----------------------------------------------------------------------


async def test_an_author_has_one_note_per_contact(session: AsyncSession) -> None:
    notes = Notes(session)
    first = await notes.save_for_contact(
        note_id="n_1", contact_id="ct_1", author="amina", text="Wants", at=NOW
    )
    same = await notes.save_for_contact(
        note_id="n_2", contact_id="ct_1", author="amina", text="Wants", at=NOW + timedelta(seconds=1)
    )
    more = await notes.save_for_contact(
        note_id="n_3", contact_id="ct_1", author="amina", text="Wants a refund", at=NOW + timedelta(seconds=2)
    )
    other = await notes.save_for_contact(note_id="n_4", contact_id="ct_1", author="dev", text="", at=NOW)
    assert (first, same.at, same.version) == (same, NOW, 1)
    assert (more.note_id, more.text, more.version) == ("n_1", "Wants a refund", 2)
    assert {each.note_id for each in await notes.of_contact("ct_1")} == {"n_1", other.note_id}
    for n in (1, 2):
        await notes.add_to_case(
            note_id=f"c_{n}", case_id="ca_1", author="dev", text=str(n), at=NOW + timedelta(minutes=n)
        )
    assert [each.text for each in await notes.of_case("ca_1")] == ["2", "1"]
    assert len(await notes.of_contacts(["ct_1", "ct_2"])) == 2


async def test_contacts_are_newest_first_and_paged(database: Database) -> None:
    def contact(n: int, agent: str) -> Row:
        at = NOW + timedelta(minutes=n)
        return Row(
            table="contacts",
            key=f"ct_{n}",
            values={"state": "ended", "arrived_at": at, "agent_id": agent, "customer_id": "cu_margaret"},
        )

    rows = [contact(n, "amina" if n % 2 else "dev") for n in range(5)]
    rows += [
        offer_row("o_1", "dev", "ct_1", NOW, outcome="declined"),
        offer_row("o_2", "amina", "ct_1", NOW + timedelta(seconds=1), outcome="accepted"),
        Row(
            table="recordings",
            key="r_1",
            values={"contact_id": "ct_1", "path": "/r", "started_at": NOW, "state": "ready"},
        ),
    ]
    await database.write(lambda connection: write_rows(connection, rows))
    async with database.read() as session:
        contacts = Contacts(session)
        recent = await contacts.recent(limit=2)
        assert [each.contact_id for each in recent] == ["ct_4", "ct_3"]
        older = await contacts.recent(limit=2, before=recent[-1].arrived_at)
        assert [each.contact_id for each in older] == ["ct_2", "ct_1"]
        assert [each.contact_id for each in await contacts.recent(agent_id="amina")] == ["ct_3", "ct_1"]
        assert len(await contacts.of_customer("cu_margaret", limit=3)) == 3
        assert [each.offer_id for each in await contacts.offers("ct_1")] == ["o_1", "o_2"]
        assert await contacts.was_handled_by("ct_1", "amina")
        assert not await contacts.was_handled_by("ct_1", "dev")
        assert [each.recording_id for each in await contacts.recordings("ct_1")] == ["r_1"]
        assert [each.recording_id for each in await contacts.recordings_of(["ct_1", "ct_2"])] == ["r_1"]
        recording = await contacts.recording("r_1")
        assert recording is not None
        assert recording.state == "ready"
        assert await contacts.get("ct_9") is None


async def test_calls_that_never_came_are_not_among_the_contacts(database: Database) -> None:
    """Announced and gone, announced and waiting for its leg, refused for want of a flow, served."""
    gone: dict[str, JsonValue | datetime] = {"state": "ended", "ended_at": NOW}
    each: dict[str, dict[str, JsonValue | datetime]] = {
        "never": gone | {"ended_by": "line"},
        "given_up": gone | {"ended_by": "caller"},
        "starting": {"state": "starting", "live": True},
        "no_flow": gone | {"ended_by": "system"},
        "served": gone | {"ended_by": "caller", "flow_id": "main"},
    }
    rows = [
        Row(table="contacts", key=key, values=values | {"arrived_at": NOW}) for key, values in each.items()
    ]
    await database.write(lambda connection: write_rows(connection, rows))
    async with database.read() as session:
        listed = {contact.contact_id for contact in await Contacts(session).recent()}
    assert listed == {"starting", "no_flow", "served"}


async def test_the_log_is_read_by_position_contact_and_day(database: Database) -> None:
    for n in range(6):
        async with database.transaction() as session:
            kind = "contact.arrived" if n % 2 == 0 else "contact.ended"
            at = NOW + timedelta(hours=6 * n)
            append_event(session, LogEvent(kind=kind, at=at, contact_id=f"ct_{n // 2}", data={"n": n}))
    async with database.read() as session:
        events = Events(session)
        assert await events.end() == 6
        assert [each.position for each in await events.since(4)] == [5, 6]
        assert [each.data["n"] for each in await events.of_contact("ct_1")] == [2, 3]
        midnight = datetime(2026, 11, 20, tzinfo=UTC)
        day = await events.between(midnight, midnight + timedelta(days=1))
        assert [each.position for each in day] == [4, 5, 6]
        ended = await events.between(NOW, midnight, kinds=["contact.ended"])
        assert [each.position for each in ended] == [2]
        assert [each.position for each in await events.between(NOW, midnight, after=1, limit=1)] == [2]
        between = await events.published(1, 4)
        assert [(each.position, each.event.contact_id) for each in between] == [(2, "ct_0"), (3, "ct_1")]


async def test_audit(session: AsyncSession) -> None:
    audit = AuditTrail(session)
    await audit.add(at=NOW, actor="u_1", action="recording.played", subject="r_1", data={"from": "127.0.0.1"})
    await audit.add(at=NOW, actor=None, action="sign_in.failed")
    latest, first = await audit.recent()
    assert (latest.action, latest.actor) == ("sign_in.failed", None)
    assert (first.subject, first.data) == ("r_1", {"from": "127.0.0.1"})
