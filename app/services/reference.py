"""The lists people choose from, in their own language."""

from __future__ import annotations

from collections.abc import Sequence

from app.api import models as wire
from app.api.ports import Parts
from app.store import records
from app.store.repositories.configuration import Configuration
from cases.workflow import CaseType, type_label

LANGUAGES = (wire.Choice(code="en", label="English"), wire.Choice(code="cy", label="Cymraeg"))
KEYS = "1234567890"
"""One key each for the first ten outcomes."""


async def reference(parts: Parts, language: str) -> wire.Reference:
    """Every list at once; case types are the workflow's own where none are set up."""
    async with parts.database.read() as session:
        entries = await Configuration(session).reference(active_only=True)
        queues = await Configuration(session).queues()

    def choices(kind: str) -> list[wire.Choice]:
        return [_choice(each, language) for each in entries if each.kind == kind]

    types = [wire.Choice(code=each, label=type_label(each, language)) for each in CaseType]
    return wire.Reference(
        not_ready_reasons=choices("not_ready_reason"),
        decline_reasons=choices("decline_reason"),
        dispositions=_with_keys(choices("disposition")),
        case_types=choices("case_type") or types,
        queues=[wire.QueueName(queue_id=each.queue_id, name=each.name) for each in queues],
        languages=list(LANGUAGES),
    )


def _choice(entry: records.Reference, language: str) -> wire.Choice:
    label = entry.label.get(language) or entry.label.get("en") or entry.code
    return wire.Choice(code=entry.code, label=label, group=entry.grouping)


def _with_keys(choices: Sequence[wire.Choice]) -> list[wire.Choice]:
    return [
        choice.model_copy(update={"key": KEYS[place] if place < len(KEYS) else None})
        for place, choice in enumerate(choices)
    ]
