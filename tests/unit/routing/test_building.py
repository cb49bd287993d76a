"""Records that are built past their `__init__` are the same records."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass, fields
from datetime import UTC, datetime
from typing import Any

import pytest

from routing.agents import Agent
from routing.building import builder, recorder
from routing.contacts import Contact
from routing.types import AgentRecord, Decision, OfferEnded, OfferMade, OfferRecord, WaitingRecord

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def each_field_another(kind: type[Any]) -> dict[str, Any]:
    """Values that no two fields share, so that none can stand for another."""
    return {one.name: f"the {one.name}" for one in fields(kind)}


@pytest.mark.parametrize("kind", [AgentRecord, WaitingRecord, Decision, OfferRecord, OfferMade, OfferEnded])
def test_a_record_built_by_position_equals_one_built_by_name(kind: type[Any]) -> None:
    values = each_field_another(kind)
    assert builder(kind)(*values.values()) == kind(**values)


def test_a_built_record_is_frozen_and_of_the_very_class() -> None:
    made = builder(Decision)(*each_field_another(Decision).values())
    assert type(made) is Decision
    with pytest.raises(FrozenInstanceError):
        made.eligible = 2  # type: ignore[misc]


def test_an_attribute_may_be_named_otherwise_than_its_field() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Note:
        author: str
        text: str

    class Draft:
        writer, text = "Ffion", "call back"

    assert recorder(Note, author="writer")(Draft()) == Note(author="Ffion", text="call back")


def test_an_agent_gives_back_every_field_of_his_record() -> None:
    record = AgentRecord(**each_field_another(AgentRecord))
    agent = Agent(record, None)
    agent.touch()
    assert agent.record() == record
    assert agent.record() is not record


def test_a_contact_gives_back_every_field_of_its_record() -> None:
    values = each_field_another(WaitingRecord)
    values |= {"cooloff": {"ann": AT}, "offer_id": "offer-1", "offer_ids": ("offer-1", "offer-2")}
    record = WaitingRecord(**values)
    contact = Contact(record)
    contact.touch()
    assert contact.record() == record
    assert contact.record() is not record
