"""Sending a command to the engine, and what its refusal means here."""

from __future__ import annotations

from app.api.models import Done
from app.api.ports import Parts
from app.api.problems import refused
from app.engine.commands import Command


async def carry_out(parts: Parts, command: Command, *, client_id: str, actor: str) -> Done:
    """Send one command to the engine and answer as it does.

    Args:
        client_id: The page's id for it; made unique per actor, so that nobody reads another's answer.

    Raises:
        CommandRefused: the engine said no.
        Unavailable: no engine answers.
    """
    name = type(command).__name__
    with parts.metrics.command_s.time():
        result = await parts.commands.submit(command, client_id=f"{actor}:{client_id}", actor=actor)
    parts.metrics.commands.labels(name, "ok" if result.ok else "refused").inc()
    if not result.ok:
        raise refused(result)
    return Done()
