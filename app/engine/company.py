"""Who else is in a contact besides the caller and its agent: companions, listeners, and agents in wrap-up.

Plain records inside `Contact`. A companion that the router finds (an agent, one of a queue, a supervisor)
is a routing item of its own, named after the contact: `item_id("c_1", 2)` is `c_1~2`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter

COMPANIONS_MAX = 6
"""Most companions of one contact: with caller and agent eight people, as many as one room is tried with."""


def item_id(contact_id: str, number: int | str) -> str:
    """The routing item of a contact's companion; with `""` what the ids of all of them begin with."""
    return f"{contact_id}~{number}"


def contact_id_of(item: str) -> str:
    """The contact that a routing item belongs to; a contact's own id is itself."""
    return item.partition("~")[0]


class Seat(StrEnum):
    """Where a companion is."""

    QUEUED = "queued"
    """Nobody rings yet."""
    RINGING = "ringing"
    JOINING = "joining"
    """Accepted; the room is not confirmed yet."""
    TALKING = "talking"
    HELD = "held"
    FAILED = "failed"
    """It came to nothing; shown until the agent goes on."""


@dataclass(slots=True, kw_only=True)
class Companion:
    """Somebody who was asked into the contact by its agent."""

    party_id: str
    """The routing item, or for a number the attempt id."""
    kind: str
    """agent, queue, number, help."""
    target: str
    seat: Seat
    since: datetime
    asked_by: str
    why: str = ""
    agent_id: str | None = None
    leg_id: str | None = None
    """For a number; an agent's leg is his phone's."""
    joined: bool = False
    """In the conversation with the caller; otherwise only the asking agent hears it."""
    failed_why: str | None = None
    answered_at: datetime | None = None
    muted: bool = False

    @property
    def present(self) -> bool:
        return self.seat in (Seat.JOINING, Seat.TALKING, Seat.HELD)

    @property
    def pending(self) -> bool:
        return self.seat in (Seat.QUEUED, Seat.RINGING)

    def sit(self, seat: Seat, now: datetime) -> None:
        self.seat, self.since = seat, now


@dataclass(slots=True, kw_only=True)
class Listener:
    """A supervisor on the line. `party_id`: the routing item by which he was called for help."""

    agent_id: str
    mode: str
    since: datetime
    open: bool = False
    party_id: str | None = None
    back_to_available: bool = False
    """He was available before; he is again when he stops."""


@dataclass(slots=True, kw_only=True)
class WrapUp:
    """An agent whose part is over and whose ACW runs."""

    agent_id: str
    part: int
    disposition: str | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    talk_s: float = 0.0
    hold_s: float = 0.0


@dataclass(slots=True, kw_only=True)
class Aside:
    """The caller is in a flow and comes back to its agent."""

    flow_id: str
    since: datetime


@dataclass(slots=True, kw_only=True)
class Sent:
    """A blind transfer that may come back: who sent it, where from."""

    by: str
    kind: str
    to: str
    at: datetime
    queue_id: str | None
    place_at: datetime | None


@dataclass(slots=True, kw_only=True)
class Promise:
    """A callback: chosen, place kept."""

    number: str
    chosen_at: datetime
    attempts: int = 0
    dialling: str | None = None
    """Attempt id of the call that is being made."""


_ADAPTERS: dict[str, TypeAdapter[Any]] = {
    "companions": TypeAdapter(list[Companion]),
    "listeners": TypeAdapter(list[Listener]),
    "wraps": TypeAdapter(list[WrapUp]),
    "aside": TypeAdapter(Aside | None),
    "sent": TypeAdapter(Sent | None),
    "promise": TypeAdapter(Promise | None),
}
NESTED = frozenset(_ADAPTERS)
"""Members of `Contact` that hold these records."""


def dump(name: str, value: object) -> Any:
    """A nested member as JSON."""
    return _ADAPTERS[name].dump_python(value, mode="json")


def load(name: str, value: object) -> Any:
    """What `dump` made, as records again."""
    return _ADAPTERS[name].validate_python(value)
