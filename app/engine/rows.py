"""The domain's records as rows of its tables, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter

from app.engine.commit import Loaded, Row, RowValue
from app.engine.contact import Contact, from_row
from app.engine.world import Making, Phone
from routing.types import (
    AbandonedRecord,
    AgentRecord,
    Changes,
    OfferOutcome,
    OfferRecord,
    QueueRecord,
    WaitingRecord,
)

Record = TypeVar("Record")


_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {
    kind: TypeAdapter(kind)
    for kind in (AgentRecord, WaitingRecord, OfferRecord, QueueRecord, AbandonedRecord)
}


def _body(record: object) -> dict[str, Any]:
    return cast("dict[str, Any]", _ADAPTERS[type(record)].dump_python(record, mode="json"))


def agent_record(row: Mapping[str, RowValue]) -> AgentRecord:
    return _record(AgentRecord, row)


def waiting_record(row: Mapping[str, RowValue]) -> WaitingRecord:
    return _record(WaitingRecord, row)


def offer_record(row: Mapping[str, RowValue]) -> OfferRecord:
    return _record(OfferRecord, row)


def queue_record(row: Mapping[str, RowValue]) -> QueueRecord:
    return _record(QueueRecord, row)


def _record(kind: type[Record], row: Mapping[str, RowValue]) -> Record:
    return cast("Record", _ADAPTERS[kind].validate_python(row["body"]))


def router_rows(changes: Changes, contacts: Mapping[str, Contact]) -> list[Row]:
    """What the router changed."""
    rows = [
        Row(
            table="agent_states",
            key=agent.agent_id,
            values={"state": agent.state.value, "since": agent.since, "body": _body(agent)},
        )
        for agent in changes.agents
    ]
    rows += [
        Row(
            table="waiting",
            key=waiting.contact_id,
            values={
                "queue_id": waiting.queue_id,
                "priority": waiting.priority,
                "place_at": waiting.place_at,
                "body": _body(waiting),
            },
        )
        for waiting in changes.waiting
    ]
    rows += [Row(table="waiting", key=contact_id, values=None) for contact_id in changes.gone]
    rows += [
        Row(table="queue_states", key=queue.queue_id, values={"body": _body(queue)})
        for queue in changes.queues
    ]
    rows += [
        Row(table="abandoned", key=left.contact_id, values={"left_at": left.left_at, "body": _body(left)})
        for left in changes.abandoned
    ]
    rows += [Row(table="abandoned", key=contact_id, values=None) for contact_id in changes.resumed]
    return rows + [_offer_row(offer, contacts) for offer in changes.offers]


def _offer_row(offer: OfferRecord, contacts: Mapping[str, Contact]) -> Row:
    contact = contacts.get(offer.contact_id)
    handled = contact.part if contact else 0
    return Row(
        table="offers",
        key=offer.offer_id,
        values={
            "contact_id": offer.contact_id,
            "agent_id": offer.agent_id,
            "queue_id": offer.queue_id,
            "part": max(1, handled if offer.outcome is OfferOutcome.ACCEPTED else handled + 1),
            "made_at": offer.made_at,
            "expires_at": offer.expires_at,
            "outcome": offer.outcome.value if offer.outcome else None,
            "ended_at": offer.ended_at,
            "body": _body(offer),
        },
    )


def contact_row(contact: Contact) -> Row:
    return Row(table="contacts", key=contact.contact_id, values=cast("dict[str, RowValue]", contact.to_row()))


def phone_row(phone: Phone) -> Row:
    if phone.leg_id is None:
        return Row(table="agent_legs", key=phone.agent_id, values=None)
    body = {
        "connected": phone.connected,
        "page_ready": phone.page_ready,
        "page_why": phone.page_why,
    }
    return Row(
        table="agent_legs",
        key=phone.agent_id,
        values={"leg_id": phone.leg_id, "backend": phone.backend, "body": body},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """All records of the voice domain as the store holds them."""

    contacts: tuple[Contact, ...]
    agents: tuple[AgentRecord, ...]
    waiting: tuple[WaitingRecord, ...]
    offers: tuple[OfferRecord, ...]
    phones: tuple[Phone, ...]
    recordings: Mapping[str, Making]
    queues: tuple[QueueRecord, ...] = ()
    abandoned: tuple[AbandonedRecord, ...] = ()


def _making(row: Mapping[str, RowValue]) -> Making:
    body = cast("Mapping[str, object]", row["body"])
    return Making(contact_id=str(row["contact_id"]), message=body.get("message") is True)


def restored(loaded: Loaded) -> Restored:
    """The records that the store's rows stand for."""

    def rows(table: str) -> list[Mapping[str, RowValue]]:
        return list(loaded.rows.get(table, ()))

    phones = tuple(
        Phone(
            agent_id=str(row["agent_id"]),
            leg_id=str(row["leg_id"]),
            backend=str(row["backend"]),
            **cast("dict[str, Any]", row["body"]),
        )
        for row in rows("agent_legs")
    )
    return Restored(
        contacts=tuple(from_row(str(row["contact_id"]), row) for row in rows("contacts")),
        agents=tuple(agent_record(row) for row in rows("agent_states")),
        waiting=tuple(waiting_record(row) for row in rows("waiting")),
        offers=tuple(offer_record(row) for row in rows("offers")),
        phones=phones,
        recordings={str(row["recording_id"]): _making(row) for row in rows("recordings")},
        queues=tuple(queue_record(row) for row in rows("queue_states")),
        abandoned=tuple(_record(AbandonedRecord, row) for row in rows("abandoned")),
    )
