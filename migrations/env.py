"""Alembic's way in. `app.store.migrate` opens the connection and hands it over."""

from __future__ import annotations

from alembic import context

import app.store.models
import app.store.schema  # noqa: F401  (both fill the metadata)
from app.store.columns import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    # All migrations of one upgrade hold or none, on SQLite too.
    transactional_ddl=True,
    transaction_per_migration=False,
    render_as_batch=True,
)
context.run_migrations()
