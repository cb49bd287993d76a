"""What a domain is told, what it hands back to be written, and what it is rebuilt from.

A domain is a deterministic state machine around one or more cores. The engine loop feeds it inputs,
writes everything it returns in one transaction, and only then lets anything happen in the world.
Nothing here does I/O.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeAlias

from telephony.port import Event as TelephonyEvent
from telephony.port import Snapshot

JsonValue: TypeAlias = "bool | int | float | str | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
RowValue: TypeAlias = "JsonValue | datetime"


# --- what a domain is told ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class TelephonyInput:
    """An event of a back end. The engine acknowledges `sequence` once the batch is committed."""

    backend: str
    sequence: int
    at: datetime
    """When the back end saw it; the batch's `now` is later."""
    event: TelephonyEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotInput:
    """What was live on a back end when the engine took control of it, for re-adoption."""

    backend: str
    snapshot: Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandInput:
    """Something a person asked for. Each is answered by exactly one `CommandResult`."""

    client_id: str
    """Chosen by the client. The same id again returns the stored result and does nothing."""
    body: object
    """The domain's own command dataclass."""
    actor: str | None = None
    """The user or agent who asked, for the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """Anything else the shell tells: configuration changed, a phone became reachable."""

    body: object


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectSettled:
    """An effect answered or failed. Successful effects without an answer are not reported."""

    effect_id: str
    kind: str
    ok: bool
    data: Mapping[str, JsonValue] = field(default_factory=dict)
    """What the runner returned."""
    error: str | None = None
    """Why it failed; `expired` when it was too late to begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerFired:
    """The deadline of `next_deadline()` has come. Late and repeated ones change nothing."""


Input = TelephonyInput | SnapshotInput | CommandInput | Observation | EffectSettled | TimerFired


# --- what a domain hands back ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEvent:
    """One fact of the append-only log. `kind` is dotted and past tense: `offer.accepted`."""

    kind: str
    at: datetime
    contact_id: str | None = None
    agent_id: str | None = None
    queue_id: str | None = None
    case_id: str | None = None
    customer_id: str | None = None
    data: Mapping[str, JsonValue] = field(default_factory=dict)


class Recovery(StrEnum):
    """What becomes of an effect that a crash cut off."""

    ONCE = "once"
    """Claimed before it is sent and never sent again; left claimed it is `uncertain` (dial)."""
    REPEAT = "repeat"
    """Run at least once; its id lets the receiver drop a repetition (mail, webhook, lookup)."""
    MOMENT = "moment"
    """Worthless later, dropped; the leg is reconciled instead (ring, prompt)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectRow:
    """Something to be done in the world after the commit."""

    effect_id: str
    kind: str
    recovery: Recovery
    payload: Mapping[str, JsonValue]
    lanes: tuple[str, ...] = ()
    """Effects that share a lane run one after another, in the order they were written: the legs it
    touches. Without a lane it runs on its own."""
    expires_at: datetime | None = None
    """Not begun at or after this instant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The record `key` of an engine-owned table as it is now. None deletes it.

    Give the whole record, JSON columns included, without the key and without `None` columns left out:
    a column that is not named keeps its old value, or takes its default in a new record. The last row
    of a batch for one key wins.
    """

    table: str
    key: str
    values: Mapping[str, RowValue] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandResult:
    client_id: str
    ok: bool
    error_code: str | None = None
    """Stable and snake_case: `offer_ended`, `not_your_contact`."""
    detail: str = ""
    """A sentence for the person who asked."""
    data: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """All that follows from one call of `Domain.handle`. Written in one transaction or not at all."""

    rows: tuple[Row, ...] = ()
    events: tuple[LogEvent, ...] = ()
    effects: tuple[EffectRow, ...] = ()
    results: tuple[CommandResult, ...] = ()
    acknowledged: Mapping[str, int] = field(default_factory=dict)
    """Journal position per back end. The engine adds what the batch's own telephony inputs carried,
    so a domain may leave it empty."""


# --- what a domain is rebuilt from ----------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What the store holds of a domain at the start, or after a failed batch."""

    rows: Mapping[str, Sequence[Mapping[str, RowValue]]]
    """Table -> live records, key column included, ordered by key. See `app.store.schema` for what
    counts as live."""
    journals: Mapping[str, int] = field(default_factory=dict)
    position: int = 0
    """The last event of the log."""
    uncertain: Sequence[EffectRow] = ()
    """`ONCE` effects which a crash left claimed: perhaps carried out. Only at the start."""
    dropped: Sequence[EffectRow] = ()
    """`MOMENT` effects which a crash cut off. Only at the start."""


class Domain(Protocol):
    """The cores of one routing, dialing or cases domain, composed. Synchronous, no I/O, no clock."""

    def handle(self, inputs: Sequence[Input], now: datetime) -> Batch:
        """Take the inputs in order, all at `now`, and return what must be written.

        One `CommandResult` for each `CommandInput`. Whatever it raises discards the instance.
        """

    def next_deadline(self) -> datetime | None:
        """When to be called again with `TimerFired`, whatever else happens."""

    def restore(self, loaded: Loaded) -> None:
        """Become what the rows say. Called once, on a fresh instance."""


class EffectRunner(Protocol):
    """Carries out one effect. Effects which share a lane come one after another."""

    async def run(self, effect: EffectRow) -> Mapping[str, JsonValue] | None:
        """What is returned reaches the domain as `EffectSettled`; None means done, nothing to say.

        Raises:
            Exception: it failed; the domain is told with the exception's text.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedEvent:
    """A committed event with its place in the log. Positions have no gaps and grow in commit order."""

    position: int
    event: LogEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """What listeners of the engine get, in commit order."""

    number: int
    """Of the batch, growing by one within a domain."""
    now: datetime
    batch: Batch
    events: tuple[PublishedEvent, ...]
