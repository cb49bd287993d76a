"""Connections and transactions, on SQLite and on PostgreSQL.

On SQLite one connection at a time writes (`WriteTurn`) and others read beside it. The engine's batches run
as one call on a thread of their own, because a hop between threads for each statement would cost more
than the statement.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import structlog
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import StaticPool

from app.clock import monotonic
from app.engine.commit import PublishedEvent
from app.store.columns import dump_json, load_json
from app.store.driver import several_connections_are_safe, sqlite_version
from app.store.errors import StoreUnavailable
from app.store.log import write_pending
from app.store.trouble import unavailable
from app.store.turn import WriteTurn

Result = TypeVar("Result")
Publish = Callable[[Sequence[PublishedEvent]], None]

BUSY_TIMEOUT_S = 10.0
"""How long SQLite waits for another process that writes."""
SLOW_TRANSACTION_S = 0.020
"""No request may hold the turn to write longer than this; it delays every call."""

_log = structlog.get_logger(__name__)
_JSON: dict[str, Any] = {"json_serializer": dump_json, "json_deserializer": load_json}


class Database:
    """The one way to the data. `read` and `transaction` are for requests, `write` is for engines."""

    def __init__(
        self,
        url: str,
        *,
        readers: int = 4,
        publish: Publish | None = None,
        one_connection: bool | None = None,
    ) -> None:
        """Prepare; nothing is opened before the first use.

        Args:
            url: `sqlite:////absolute/path` or `postgresql://user@host/name`.
            readers: Connections that read at the same time.
            publish: Told the events of each request's transaction after its commit.
            one_connection: Whether SQLite is limited to one connection for everything; None decides by
                the library's version.
        """
        parsed = make_url(url)
        self.dialect = parsed.get_backend_name()
        self.url = parsed.render_as_string(hide_password=True)
        self._publish = publish
        self._turn = WriteTurn()
        self._thread: ThreadPoolExecutor | None = None
        self._batch_writer: Engine | None = None
        self._writing: set[asyncio.Future[Any]] = set()
        if self.dialect == "sqlite":
            self._open_sqlite(parsed, readers, one_connection)
        elif self.dialect == "postgresql":
            # Two more than readers: one for the engine's batches, one for its lease.
            self._writer = create_async_engine(
                parsed.set(drivername="postgresql+asyncpg"), pool_size=readers + 2, max_overflow=4, **_JSON
            )
            event.listen(self._writer.sync_engine, "do_connect", _connect)
            self._reader = self._writer.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            self.one_connection = False
        else:
            raise ValueError(f"the database is sqlite or postgresql, not {self.dialect}")
        self._read_sessions = async_sessionmaker(self._reader, expire_on_commit=False)
        self._write_sessions = async_sessionmaker(self._writer, expire_on_commit=False)

    @property
    def path(self) -> Path | None:
        """The file of an SQLite database."""
        return self._path if self.dialect == "sqlite" else None

    def publish_to(self, publish: Publish) -> None:
        """Say who is told the events of requests after their commit."""
        self._publish = publish

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session that only reads, from one state of the database."""
        if self.one_connection:
            await self._turn.acquire(engine=False)
        try:
            async with self._read_sessions() as session:
                yield session
        except Exception as error:
            _raise_named(error, reading=True)
        finally:
            if self.one_connection:
                self._turn.release()

    @asynccontextmanager
    async def transaction(self, *, slow_s: float = SLOW_TRANSACTION_S) -> AsyncIterator[AsyncSession]:
        """A session whose changes are committed at the end of the block, and undone if it raises.

        Events given to `append_event` are written with it and published after the commit. Compute
        what takes long (a password hash) before: on SQLite nobody else writes meanwhile. Longer than
        `slow_s` seconds is logged.
        """
        exclusive = self.dialect == "sqlite"
        if exclusive:
            await self._turn.acquire(engine=False)
        began = monotonic()
        try:
            async with self._write_sessions() as session, session.begin():
                yield session
                events = await write_pending(session)
        except Exception as error:
            _raise_named(error)
        finally:
            if exclusive:
                self._turn.release()
        held = monotonic() - began
        if exclusive and held > slow_s:
            _log.warning("store.transaction_held_long", held_ms=round(held * 1000, 1))
        if events and self._publish is not None:
            self._publish(events)

    async def write(self, work: Callable[[Connection], Result]) -> Result:
        """Run `work` in one transaction and commit. It goes before waiting requests.

        Cancelling the caller does not cut the transaction off.
        """
        try:
            if self._batch_writer is None:
                return await self._write_through(work)
            return await self._write_on_thread(work)
        except Exception as error:
            _raise_named(error)

    async def ping(self) -> None:
        """See that the database answers.

        Raises:
            StoreUnavailable: it does not.
        """
        async with self.read() as session:
            await session.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Close every connection, once the writes are over that nobody waits for any more."""
        await asyncio.gather(*self._writing, return_exceptions=True)
        await self._writer.dispose()
        if self.dialect == "sqlite" and self._reader is not self._writer:
            await self._reader.dispose()
        if self._batch_writer is not None and self._thread is not None:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._batch_writer.dispose)
            self._thread.shutdown()

    # --- SQLite ---------------------------------------------------------------------------------

    def _open_sqlite(self, url: URL, readers: int, one_connection: bool | None) -> None:
        if not url.database or url.database == ":memory:":
            raise ValueError("an SQLite database needs a file")
        self._path = Path(url.database)
        safe = several_connections_are_safe(sqlite_version())
        self.one_connection = not safe if one_connection is None else one_connection
        connect: dict[str, Any] = {"timeout": BUSY_TIMEOUT_S, "isolation_level": None}
        several: dict[str, Any] = {"connect_args": connect, **_JSON}
        url = url.set(drivername="sqlite+aiosqlite")
        self._writer = create_async_engine(url, pool_size=1, max_overflow=0, **several)
        _configure(self._writer.sync_engine, write=True)
        if self.one_connection:
            self._reader = self._writer
            return
        self._reader = create_async_engine(url, pool_size=readers, max_overflow=0, **several)
        _configure(self._reader.sync_engine, write=False)
        self._thread = ThreadPoolExecutor(1, "store-writer")
        self._batch_writer = create_engine(
            url.set(drivername="sqlite"),
            poolclass=StaticPool,
            connect_args={**connect, "check_same_thread": False},
            **_JSON,
        )
        _configure(self._batch_writer, write=True)

    async def _write_on_thread(self, work: Callable[[Connection], Result]) -> Result:
        assert self._batch_writer is not None
        engine = self._batch_writer

        def run() -> Result:
            with engine.begin() as connection:
                return work(connection)

        await self._turn.acquire(engine=True)
        try:
            running = asyncio.get_running_loop().run_in_executor(self._thread, run)
        except BaseException:
            self._turn.release()
            raise
        # The turn ends with the transaction, also when the caller has stopped waiting for it.
        running.add_done_callback(self._turn_over)
        return await asyncio.shield(running)

    async def _write_through(self, work: Callable[[Connection], Result]) -> Result:
        async def run() -> Result:
            async with self._writer.begin() as connection:
                return await connection.run_sync(work)

        exclusive = self.dialect == "sqlite"
        if exclusive:
            await self._turn.acquire(engine=True)
        running = asyncio.ensure_future(run())
        self._writing.add(running)
        running.add_done_callback(self._writing.discard)
        if exclusive:
            running.add_done_callback(self._turn_over)
        return await asyncio.shield(running)

    def _turn_over(self, done: asyncio.Future[Any]) -> None:
        self._turn.release()
        if not done.cancelled():
            done.exception()  # looked at, so that a caller who was cancelled leaves no warning behind


def _configure(engine: Engine, *, write: bool) -> None:
    """Set up each new connection, and begin transactions the way SQLite needs."""

    def connected(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        if not write:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    def begun(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begun)


def _connect(dialect: Any, _record: object, arguments: Any, settings: Any) -> Any:
    """Open a connection; a server that is not there is trouble with the database, whatever the error."""
    try:
        return dialect.connect(*arguments, **settings)
    except OSError as error:
        raise StoreUnavailable(str(error)) from error


def _raise_named(error: Exception, *, reading: bool = False) -> NoReturn:
    """Raise `error`, or what it means when the database itself is the trouble."""
    meaning = unavailable(error, reading=reading)
    if meaning is None:
        raise error
    raise meaning from error
