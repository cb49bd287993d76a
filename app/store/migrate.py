"""Bringing a database to the shape this version needs, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from app.store.database import Database

SCRIPTS = Path(__file__).resolve().parents[2] / "migrations"
"""Beside the package `app`, in a checkout as in an installed wheel."""

_MIGRATION_LOCK = 0x50415443
"""Advisory lock on PostgreSQL: two nodes that start together migrate one after the other."""


def head() -> str:
    """The revision this version of the code is written for."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    assert revision is not None
    return revision


async def current(database: Database) -> str | None:
    """The revision the database has; None when it is empty."""
    return await database.write(_current)


async def upgrade(database: Database, revision: str = "head") -> None:
    """Apply what is missing, all of it or nothing."""
    await database.write(lambda connection: _run(connection, command.upgrade, revision))


async def downgrade(database: Database, revision: str) -> None:
    """Go back to `revision`, or to nothing with `base`. What newer tables hold is lost."""
    await database.write(lambda connection: _run(connection, command.downgrade, revision))


def _run(connection: Connection, verb: Any, revision: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
    config = _config()
    config.attributes["connection"] = connection
    verb(config, revision)


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    return config
