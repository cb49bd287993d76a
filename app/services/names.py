"""Who is meant by an id, for people to read."""

from __future__ import annotations

from collections.abc import Mapping

from app.api.ports import Parts
from app.auth.tokens import digest


def agent_names(parts: Parts) -> Mapping[str, str]:
    """Agent id -> name."""
    return {agent_id: entry.name for agent_id, entry in parts.directory().agents.items()}


def queue_names(parts: Parts) -> Mapping[str, str]:
    """Queue id -> name."""
    return {queue_id: entry.name for queue_id, entry in parts.directory().queues.items()}


def derived_id(prefix: str, actor: str, client_id: str) -> str:
    """An id that is the same each time one person sends the same request, so that nothing is made twice."""
    return f"{prefix}_{digest(f'{actor}:{client_id}')[:26]}"
