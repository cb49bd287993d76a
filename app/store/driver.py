"""Which SQLite library is used.

Python's own `sqlite3` carries whatever SQLite it was built with. Versions 3.7.0 to 3.51.2 can corrupt the
database when the write-ahead log is reset while two connections are open (fixed in 3.51.3, 3.50.7 and
3.44.6). The `pysqlite3` wheel bundles a fixed one, so it takes the place of `sqlite3` for every library.
"""

from __future__ import annotations

import importlib
import sys

_FIXED_BRANCHES = {(3, 44): 6, (3, 50): 7}
_FIXED_SINCE = (3, 51, 3)


def choose_sqlite() -> None:
    """Put `pysqlite3` in the place of `sqlite3` where it is installed. Harmless when done twice."""
    if "aiosqlite" in sys.modules and not _bundled():
        raise RuntimeError("aiosqlite was imported before app.store; import app.store first")
    try:
        bundled = importlib.import_module("pysqlite3")
    except ImportError:
        return
    sys.modules["sqlite3"] = bundled
    sys.modules["sqlite3.dbapi2"] = importlib.import_module("pysqlite3.dbapi2")


def _bundled() -> bool:
    return sys.modules.get("sqlite3") is sys.modules.get("pysqlite3", object())


def sqlite_version() -> tuple[int, int, int]:
    """Version of the SQLite library in use."""
    version: tuple[int, int, int] = importlib.import_module("sqlite3").sqlite_version_info
    return version


def several_connections_are_safe(version: tuple[int, int, int]) -> bool:
    """Whether `version` is free of the WAL-reset fault."""
    fixed = _FIXED_BRANCHES.get(version[:2])
    return version >= _FIXED_SINCE or (fixed is not None and version[2] >= fixed)
