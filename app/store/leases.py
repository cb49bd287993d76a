"""The lease rows: who owns a domain, by database time and with an epoch that only grows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Interval,
    Update,
    bindparam,
    func,
    literal,
    select,
    type_coerce,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from app.store.columns import Instant
from app.store.errors import LeaseHeld, LeaseLost
from app.store.schema import LeaseModel


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseToken:
    """What its holder shows at each write."""

    domain: str
    owner: str
    epoch: int
    ttl: timedelta


def acquire(
    connection: Connection, *, domain: str, owner: str, ttl: timedelta, holds_file_lock: bool
) -> tuple[LeaseToken, int]:
    """Become the owner, under a new epoch. Returns the token and the number of the last batch.

    Args:
        holds_file_lock: On SQLite the file lock decides, so whoever holds it takes over at once.

    Raises:
        LeaseHeld: somebody else's lease has not run out.
    """
    insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert
    empty = {"domain": domain, "owner": "", "epoch": 0, "expires_at": _now(connection)}
    connection.execute(insert(LeaseModel).values(empty).on_conflict_do_nothing())
    row = connection.execute(
        select(
            LeaseModel.owner,
            LeaseModel.epoch,
            LeaseModel.batch,
            LeaseModel.expires_at,
            _now(connection).label("now"),
        )
        .where(LeaseModel.domain == domain)
        .with_for_update()
    ).one()
    left_s = (row.expires_at - row.now).total_seconds()
    if row.owner not in ("", owner) and left_s > 0 and not holds_file_lock:
        raise LeaseHeld(domain, row.owner, left_s)
    token = LeaseToken(domain=domain, owner=owner, epoch=row.epoch + 1, ttl=ttl)
    connection.execute(
        update(LeaseModel)
        .where(LeaseModel.domain == domain)
        .values(owner=owner, epoch=token.epoch, expires_at=_now(connection, ttl))
    )
    return token, row.batch


@dataclass(frozen=True, slots=True, kw_only=True)
class LastBatch:
    """What the lease row remembers of the last committed batch."""

    number: int
    position: int
    """End of the log after it."""


def renew(connection: Connection, token: LeaseToken, batch: LastBatch | None = None) -> None:
    """Move the end of the lease on, and what the last batch was. Locks the row until the commit.

    Raises:
        LeaseLost: the domain has another owner or epoch; nothing may be written.
    """
    values = {
        "of": token.domain,
        "by": token.owner,
        "under": token.epoch,
        "plus": _plus(connection, token.ttl),
    }
    if batch is not None:
        values |= {"the_batch": batch.number, "the_position": batch.position}
    if connection.execute(_renewal(connection.dialect.name, batch is not None), values).rowcount != 1:
        raise LeaseLost(token.domain, token.epoch)


@cache
def _renewal(dialect: str, with_batch: bool) -> Update:
    """Built once, for it is part of every transaction."""
    ours = (
        (LeaseModel.domain == bindparam("of"))
        & (LeaseModel.owner == bindparam("by"))
        & (LeaseModel.epoch == bindparam("under"))
    )
    values: dict[str, Any] = {"expires_at": _later(dialect)}
    if with_batch:
        values |= {"batch": bindparam("the_batch"), "position": bindparam("the_position")}
    return update(LeaseModel).where(ours).values(values)


def last_batch(connection: Connection, token: LeaseToken) -> LastBatch:
    """The last committed batch, under the lock of the lease row.

    Raises:
        LeaseLost: the domain has another owner or epoch.
    """
    renew(connection, token)
    query = select(LeaseModel.batch, LeaseModel.position).where(LeaseModel.domain == token.domain)
    row = connection.execute(query).one()
    return LastBatch(number=row.batch, position=row.position)


def release(connection: Connection, token: LeaseToken) -> None:
    """Let go of a lease; nothing happens when it is no longer ours."""
    left = update(LeaseModel).where(_is_ours(token))
    connection.execute(left.values(owner="", expires_at=_now(connection)))


def free(connection: Connection, owner: str) -> int:
    """End every lease of an owner that is known to be gone; returns how many. Fences it too."""
    freed = update(LeaseModel).where(LeaseModel.owner == owner)
    return connection.execute(freed.values(owner="", expires_at=_now(connection))).rowcount


def _is_ours(token: LeaseToken) -> ColumnElement[bool]:
    return (
        (LeaseModel.domain == token.domain)
        & (LeaseModel.owner == token.owner)
        & (LeaseModel.epoch == token.epoch)
    )


def _now(connection: Connection, plus: timedelta = timedelta()) -> ColumnElement[Any]:
    """Database time, `plus` later."""
    return _later(connection.dialect.name, literal(_plus(connection, plus)))


def _later(dialect: str, plus: ColumnElement[Any] | None = None) -> ColumnElement[Any]:
    """Database time later by what `_plus` makes, bound as `plus` unless it is given."""
    if dialect == "sqlite":
        after = bindparam("plus") if plus is None else plus
        return func.strftime("%Y-%m-%dT%H:%M:%f000Z", "now", after, type_=Instant)
    after = bindparam("plus", type_=Interval) if plus is None else plus
    return type_coerce(func.clock_timestamp() + after, Instant)


def _plus(connection: Connection, duration: timedelta) -> Any:
    """A duration as the database takes it."""
    return duration if connection.dialect.name != "sqlite" else f"{duration.total_seconds():+.3f} seconds"
