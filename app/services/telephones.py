"""The numbers that a guest telephone may choose from."""

from __future__ import annotations

from app.api.models_telephone import TelephoneDirectory, TelephoneNumber
from app.api.ports import Parts
from app.services.targets import DIRECTORY_KIND
from app.store.repositories.configuration import Configuration
from app.telephones import GuestTelephones


async def directory(parts: Parts, telephones: GuestTelephones) -> TelephoneDirectory:
    """The directory as agents see it, with who is there already."""
    async with parts.database.read() as session:
        entries = await Configuration(session).reference(DIRECTORY_KIND, active_only=True)
    return TelephoneDirectory(
        centre=parts.directory().centre,
        numbers=[
            TelephoneNumber(
                number=each.code,
                label=each.label.get("en") or each.code,
                taken=telephones.taken(each.code),
            )
            for each in entries
        ],
    )
