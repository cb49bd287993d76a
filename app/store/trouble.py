"""Telling trouble with the database from mistakes in what it was given.

The difference decides what the engine does: wait and try again, or find the culprit and park it.
"""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.store.errors import StoreUnavailable

_SQLITE_TROUBLE = {5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 26}
"""Primary result codes: BUSY, LOCKED, NOMEM, READONLY, INTERRUPT, IOERR, CORRUPT, FULL, CANTOPEN,
PROTOCOL, NOTADB. Source: https://www.sqlite.org/rescode.html"""
_POSTGRES_TROUBLE = {"08", "25", "40", "53", "55", "57", "58"}
"""SQLSTATE classes: connection, transaction state, rollback (deadlock), resources, object not in
state, operator intervention, system. Source: PostgreSQL manual, appendix A."""


_WRITE_REFUSED = (8, "25")
"""A database that may not be written is trouble, unless a reader tried: READONLY, read-only transaction."""


def unavailable(error: Exception, *, reading: bool = False) -> StoreUnavailable | None:
    """What to raise when `error` says that the database, not the statement, is the trouble.

    Args:
        reading: Whether the statement ran where nothing may be written, so that trying is a mistake.
    """
    if isinstance(error, PoolTimeout | ConnectionError | TimeoutError):
        return StoreUnavailable(str(error) or type(error).__name__)
    original = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return StoreUnavailable(str(original))
    code = getattr(original, "sqlite_errorcode", None)
    state = getattr(original, "sqlstate", None)
    kind = code & 0xFF if isinstance(code, int) else str(state)[:2]
    trouble = kind in _SQLITE_TROUBLE or kind in _POSTGRES_TROUBLE
    if trouble and not (reading and kind in _WRITE_REFUSED):
        return StoreUnavailable(str(original))
    return None
