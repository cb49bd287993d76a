"""What an engine writes and is rebuilt from. Everything here happens under its lease."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.engine.commit import (
    Batch,
    CommandResult,
    EffectRow,
    JsonValue,
    Loaded,
    LogEvent,
    Recovery,
)
from app.store import leases
from app.store.columns import Instant
from app.store.database import Database
from app.store.leases import LastBatch, LeaseToken
from app.store.log import append_events
from app.store.rows import ENGINE_TABLES, live_rows, write_rows
from app.store.schema import (
    CommandResultModel,
    CounterModel,
    EffectModel,
    JournalModel,
    ParkedInputModel,
)

_EFFECTS_PER_BATCH_MAX = 1 << 20
PRUNE_ROWS_MAX = 500
"""Deleted in one transaction at most, so that it stays short."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What became of an effect: `done`, `failed`, `expired`, `dropped` or `uncertain`."""

    effect_id: str
    state: str
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """An input that is set aside, as far as JSON can say what it was."""

    parked_id: str
    kind: str
    input: Mapping[str, JsonValue]
    error: str
    trace: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchWrite:
    """One transaction of an engine."""

    number: int
    """One more than the last committed batch."""
    now: datetime
    batch: Batch
    settlements: Sequence[Settlement] = ()
    parked: Parked | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveredEffects:
    """What the last owner left unsettled, in the order it was written.

    Nothing of it is written before the first batch, which takes `settlements` and `events` along: a second
    crash in between finds everything as it was.
    """

    again: Sequence[EffectRow] = ()
    """To be run: `REPEAT`, and `ONCE` that was never claimed."""
    uncertain: Sequence[EffectRow] = ()
    dropped: Sequence[EffectRow] = ()
    expired: Sequence[EffectRow] = ()

    def settlements(self) -> list[Settlement]:
        fates = {"uncertain": self.uncertain, "dropped": self.dropped, "expired": self.expired}
        return [
            Settlement(effect_id=effect.effect_id, state=fate)
            for fate, effects in fates.items()
            for effect in effects
        ]

    def events(self, now: datetime) -> list[LogEvent]:
        return [_uncertain_event(effect, now) for effect in self.uncertain]


@dataclass(slots=True)
class EngineStore:
    """The durable side of one domain."""

    database: Database
    domain: str
    tables: Sequence[str] = field(default_factory=lambda: tuple(ENGINE_TABLES))
    """Those the domain is rebuilt from."""

    async def commit(self, token: LeaseToken, write: BatchWrite) -> int:
        """Write a batch, all of it or nothing. Returns the end of the log after it.

        Raises:
            LeaseLost: the domain has another owner; nothing was written.
            StoreUnavailable: it is not known whether it was written; `last_batch` tells.
            Exception: the database refused what the batch says; nothing was written.
        """
        return await self.database.write(lambda connection: self._commit(connection, token, write))

    async def last_batch(self, token: LeaseToken) -> LastBatch:
        """The last committed batch, whoever waited for it."""
        return await self.database.write(lambda connection: leases.last_batch(connection, token))

    async def load(self, token: LeaseToken) -> Loaded:
        """Everything live, from one state of the database, which nobody else may change meanwhile."""
        return await self.database.write(lambda connection: self._load(connection, token))

    async def unsettled_effects(self, token: LeaseToken, now: datetime) -> RecoveredEffects:
        """What the last owner left. Asked once, at the start."""
        return await self.database.write(lambda connection: self._unsettled(connection, token, now))

    async def claim(self, token: LeaseToken, effect_ids: Sequence[str]) -> None:
        """Mark `ONCE` effects as about to be carried out.

        Raises:
            LeaseLost: nothing may be carried out any more.
        """
        await self.database.write(lambda connection: _claim(connection, token, effect_ids))

    async def result_of(self, client_id: str) -> CommandResult | None:
        """The stored answer to a command, if it was carried out before."""
        query = select(CommandResultModel.result).where(
            CommandResultModel.domain == self.domain, CommandResultModel.client_id == client_id
        )
        async with self.database.read() as session:
            found = (await session.execute(query)).scalar_one_or_none()
        return None if found is None else CommandResult(client_id=client_id, **found)

    async def recent_results(self, limit: int) -> list[CommandResult]:
        """The last answers given, oldest first."""
        query = select(CommandResultModel.client_id, CommandResultModel.result)
        query = query.where(CommandResultModel.domain == self.domain)
        async with self.database.read() as session:
            found = await session.execute(query.order_by(CommandResultModel.at.desc()).limit(limit))
            return [CommandResult(client_id=row.client_id, **row.result) for row in found][::-1]

    async def prune(self, token: LeaseToken, before: datetime) -> int:
        """Delete some settled effects and answered commands from before; returns how many."""
        return await self.database.write(lambda connection: self._prune(connection, token, before))

    # --- inside one transaction -----------------------------------------------------------------

    def _commit(self, connection: Connection, token: LeaseToken, write: BatchWrite) -> int:
        batch = write.batch
        write_rows(connection, batch.rows)
        if batch.effects:
            connection.execute(_insert_effect, self._effect_rows(write))
        _settle(connection, write.settlements, write.now)
        if batch.results:
            connection.execute(
                insert(CommandResultModel), [self._result_row(r, write.now) for r in batch.results]
            )
        self._acknowledge(connection, batch.acknowledged)
        if write.parked is not None:
            connection.execute(insert(ParkedInputModel), self._parked_row(write.parked, write.now))
        position = append_events(connection, batch.events)
        leases.renew(connection, token, LastBatch(number=write.number, position=position))
        return position

    def _effect_rows(self, write: BatchWrite) -> list[dict[str, Any]]:
        return [
            {
                "effect_id": effect.effect_id,
                "domain": self.domain,
                "number": write.number * _EFFECTS_PER_BATCH_MAX + at,
                "kind": effect.kind,
                "recovery": effect.recovery.value,
                "state": "pending",
                "lanes": list(effect.lanes),
                "payload": effect.payload,
                "created_at": write.now,
                "expires_at": effect.expires_at,
            }
            for at, effect in enumerate(write.batch.effects)
        ]

    def _result_row(self, result: CommandResult, now: datetime) -> dict[str, Any]:
        answer = {
            "ok": result.ok,
            "error_code": result.error_code,
            "detail": result.detail,
            "data": result.data,
        }
        return {"domain": self.domain, "client_id": result.client_id, "result": answer, "at": now}

    def _parked_row(self, parked: Parked, now: datetime) -> dict[str, Any]:
        return {
            "parked_id": parked.parked_id,
            "domain": self.domain,
            "at": now,
            "kind": parked.kind,
            "input": parked.input,
            "error": parked.error,
            "trace": parked.trace,
        }

    def _acknowledge(self, connection: Connection, positions: Mapping[str, int]) -> None:
        if not positions:
            return
        connection.execute(
            _take_in_journal(connection.dialect.name),
            [
                {"domain": self.domain, "backend": backend, "acknowledged": position}
                for backend, position in positions.items()
            ],
        )

    def _load(self, connection: Connection, token: LeaseToken) -> Loaded:
        leases.renew(connection, token)
        journals = select(JournalModel.backend, JournalModel.acknowledged)
        journals = journals.where(JournalModel.domain == self.domain)
        position = select(CounterModel.value).where(CounterModel.name == "events")
        return Loaded(
            rows={name: live_rows(connection, name) for name in self.tables},
            journals={row.backend: row.acknowledged for row in connection.execute(journals)},
            position=connection.execute(position).scalar_one(),
        )

    def _unsettled(self, connection: Connection, token: LeaseToken, now: datetime) -> RecoveredEffects:
        leases.renew(connection, token)
        query = select(EffectModel.__table__).where(
            EffectModel.domain == self.domain, EffectModel.state.in_(("pending", "claimed"))
        )
        left: dict[str, list[EffectRow]] = {"again": [], "uncertain": [], "dropped": [], "expired": []}
        for row in connection.execute(query.order_by(EffectModel.number)):
            effect = EffectRow(
                effect_id=row.effect_id,
                kind=row.kind,
                recovery=Recovery(row.recovery),
                payload=row.payload,
                lanes=tuple(row.lanes),
                expires_at=row.expires_at,
            )
            left[_fate(effect, row.state, now)].append(effect)
        return RecoveredEffects(**left)

    def _prune(self, connection: Connection, token: LeaseToken, before: datetime) -> int:
        leases.renew(connection, token)
        effects = select(EffectModel.effect_id).where(
            EffectModel.domain == self.domain,
            EffectModel.created_at < before,
            EffectModel.state.not_in(("pending", "claimed")),
        )
        answers = select(CommandResultModel.client_id).where(
            CommandResultModel.domain == self.domain, CommandResultModel.at < before
        )
        done = connection.execute(
            delete(EffectModel).where(EffectModel.effect_id.in_(effects.limit(PRUNE_ROWS_MAX)))
        ).rowcount
        done += connection.execute(
            delete(CommandResultModel).where(
                CommandResultModel.domain == self.domain,
                CommandResultModel.client_id.in_(answers.limit(PRUNE_ROWS_MAX)),
            )
        ).rowcount
        return done


_insert_effect = insert(EffectModel)
_insert_result = insert(CommandResultModel)
_the_effect = EffectModel.effect_id == bindparam("the_effect")
_claim_effect = update(EffectModel.__table__).where(_the_effect).values(state="claimed")  # type: ignore[arg-type]
_settle_effect = (
    update(EffectModel.__table__)  # type: ignore[arg-type]
    .where(_the_effect)
    .values(
        state=bindparam("the_state"),
        settled_at=bindparam("the_time", type_=Instant),
        error=bindparam("the_error"),
    )
)


@cache
def _take_in_journal(dialect: str) -> Any:
    table = (sqlite if dialect == "sqlite" else postgresql).insert(JournalModel)
    return table.on_conflict_do_update(
        index_elements=["domain", "backend"], set_={"acknowledged": table.excluded.acknowledged}
    )


def _fate(effect: EffectRow, state: str, now: datetime) -> str:
    """What a crash makes of an unsettled effect."""
    if state == "claimed":
        return "uncertain"
    if effect.recovery is Recovery.MOMENT:
        return "dropped"
    if effect.expires_at is not None and effect.expires_at <= now:
        return "expired"
    return "again"


def _uncertain_event(effect: EffectRow, now: datetime) -> LogEvent:
    contact_id = effect.payload.get("contact_id")
    return LogEvent(
        kind="effect.uncertain",
        at=now,
        contact_id=contact_id if isinstance(contact_id, str) else None,
        data={"effect_id": effect.effect_id, "effect": effect.kind},
    )


def _claim(connection: Connection, token: LeaseToken, effect_ids: Sequence[str]) -> None:
    leases.renew(connection, token)
    connection.execute(_claim_effect, [{"the_effect": effect_id} for effect_id in effect_ids])


def _settle(connection: Connection, settlements: Sequence[Settlement], now: datetime) -> None:
    if not settlements:
        return
    connection.execute(
        _settle_effect,
        [
            {"the_effect": each.effect_id, "the_state": each.state, "the_time": now, "the_error": each.error}
            for each in settlements
        ],
    )
