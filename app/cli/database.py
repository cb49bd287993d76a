"""`patchbay migrate`, and the database as the other commands open it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import typer

from app.cli.console import fail, load_settings, out
from app.settings import Settings
from app.store import migrate as migrations
from app.store.database import Database
from app.store.errors import StoreError


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    """The configured database."""
    if not settings.database_url.get_secret_value():
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = Database(settings.store_url, readers=1)
    try:
        yield database
    finally:
        await database.close()


def migrate(
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; fail if something is missing.")
    ] = False,
) -> None:
    """Bring the database to the shape this version needs."""
    settings = load_settings()
    try:
        before, after = asyncio.run(_migrate(settings, apply=not check))
    except StoreError as error:
        fail(f"{str(error).capitalize()}.", cure="Check PATCHBAY_DATABASE_URL, and that the server runs.")
    if check and before != after:
        fail(
            f"The database is at {before or 'nothing'}, this version needs {after}.",
            cure="Run: patchbay migrate",
        )
    out.print(f"The database is at {after}." if before == after else f"Migrated to {after}.")


async def _migrate(settings: Settings, *, apply: bool) -> tuple[str | None, str]:
    async with opened(settings) as database:
        before = await migrations.current(database)
        if apply and before != migrations.head():
            await migrations.upgrade(database)
    return before, migrations.head()
