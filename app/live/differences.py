"""What differs between two states of a page: the least that has to be sent."""

from __future__ import annotations

from pydantic import BaseModel

from app.api import models as wire
from app.engine.contact import Contact


def by_id(topic: wire.FloorTopic) -> dict[str, dict[str, BaseModel]]:
    """The floor's lists, each entry under its id."""
    return {
        "queues": {entry.id: entry for entry in topic.queues},
        "agents": {entry.id: entry for entry in topic.agents},
        "waiting": {entry.id: entry for entry in topic.waiting},
        "alerts": {entry.id: entry for entry in topic.alerts},
    }


def fingerprint(contact: Contact) -> object:
    """What a pop is built from; when it differs the pop is built anew."""
    return (
        contact.customer_id,
        tuple(contact.candidates),
        contact.verified,
        contact.verified_how,
        contact.customer_chosen,
        contact.case_id,
        len(contact.path),
        contact.part,
    )


def changed_members(before: BaseModel | None, after: BaseModel) -> dict[str, object]:
    """What differs. Read field by field: a topic has a member called `keys`, which `dict()` would call."""
    names = type(after).model_fields
    if before is None:
        return {name: getattr(after, name) for name in names}
    return {name: getattr(after, name) for name in names if getattr(before, name) != getattr(after, name)}
