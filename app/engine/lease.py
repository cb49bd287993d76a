"""Owning a domain: nobody else writes it, and effects run only while that is certain."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from app.clock import monotonic
from app.store import leases
from app.store.database import Database
from app.store.errors import LeaseHeld, LeaseLost
from app.store.leases import LeaseToken

DEFAULT_TTL = timedelta(seconds=10)
MARGIN = 0.1
"""Part of the lease's life left unused, for clocks that run at different speeds."""


class Lease:
    """The right of one process to write one domain.

    It is a row with an owner, an epoch and an end in database time; every batch checks it in its own
    transaction. On SQLite a file lock beside the database is the lease, which the kernel ends with the
    process, and the epoch still counts.
    """

    def __init__(
        self,
        database: Database,
        domain: str,
        owner: str,
        *,
        ttl: timedelta = DEFAULT_TTL,
        monotonic_s: Callable[[], float] = monotonic,
    ) -> None:
        """Prepare; nothing is owned yet.

        Args:
            owner: Names this process and its start; never used twice.
            ttl: How long nobody else may take over after the last sign of life.
        """
        self.domain = domain
        self.owner = owner
        self.ttl = ttl
        self._database = database
        self._monotonic_s = monotonic_s
        self._token: LeaseToken | None = None
        self._deadline_s = 0.0
        self._lock = _FileLock(database.path, domain) if database.path is not None else None

    @property
    def token(self) -> LeaseToken:
        """What to show at each write.

        Raises:
            LeaseLost: it was never acquired, or was released.
        """
        if self._token is None:
            raise LeaseLost(self.domain, 0)
        return self._token

    @property
    def epoch(self) -> int:
        return self.token.epoch

    def holds(self) -> bool:
        """Whether no other process can have taken over yet. Effects run only then."""
        return self._token is not None and self._monotonic_s() < self._deadline_s

    @property
    def seconds_left(self) -> float:
        """Until `holds` ends, if nothing renews it."""
        return max(0.0, self._deadline_s - self._monotonic_s()) if self._token else 0.0

    async def acquire(self) -> int:
        """Become the owner under a new epoch. Returns the number of the last committed batch.

        Raises:
            LeaseHeld: another process owns the domain.
        """
        if self._lock is not None:
            self._lock.acquire()
        began_s = self.stamp()
        try:
            self._token, last = await self._database.write(
                lambda connection: leases.acquire(
                    connection,
                    domain=self.domain,
                    owner=self.owner,
                    ttl=self.ttl,
                    holds_file_lock=self._lock is not None,
                )
            )
        except BaseException:
            if self._lock is not None:
                self._lock.release()
            raise
        self.extended(began_s)
        return last

    async def renew(self) -> None:
        """Move the end on.

        Raises:
            LeaseLost: another process took over.
        """
        token = self.token
        began_s = self.stamp()
        await self._database.write(lambda connection: leases.renew(connection, token))
        self.extended(began_s)

    def stamp(self) -> float:
        """Now, for `extended`: taken before a transaction that renews the lease."""
        return self._monotonic_s()

    def extended(self, began_s: float) -> None:
        """A transaction which began at `stamp` renewed the lease in the database."""
        usable_s = self.ttl.total_seconds() * (1 - MARGIN)
        self._deadline_s = max(self._deadline_s, began_s + usable_s)

    async def release(self) -> None:
        """Let go, so that the next owner need not wait. Harmless when it is lost already."""
        token, self._token = self._token, None
        try:
            if token is not None:
                await self._database.write(lambda connection: leases.release(connection, token))
        finally:
            if self._lock is not None:
                self._lock.release()


async def free_lease(database: Database, owner: str) -> int:
    """End every lease of a process that is known to be dead; returns how many.

    For the supervisor, which has seen its child end. Whoever still acted under the name is fenced.
    """
    return await database.write(lambda connection: leases.free(connection, owner))


class _FileLock:
    """An advisory lock which ends with the process, however it ends."""

    def __init__(self, database: Path, domain: str) -> None:
        self._path = database.with_name(f"{database.name}.{domain}.lock")
        self._domain = domain
        self._file: int | None = None

    def acquire(self) -> None:
        if self._file is not None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # Python opens it close-on-exec: a child that outlives us must not keep the lock.
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            raise LeaseHeld(self._domain, "", None) from None
        self._file = file

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
