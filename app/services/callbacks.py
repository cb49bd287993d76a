"""A caller's own callback: chosen while waiting, given up again."""

from __future__ import annotations

from app.api.models import Done
from app.api.models_calls import CallbackRequest
from app.api.ports import Parts
from app.engine import commands_calls as ask
from app.errors import CommandRefused, Unusable
from app.services.commands import carry_out
from app.services.phones import Phones
from screenpop import E164, normalise


class Callbacks:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def choose(self, contact_id: str, body: CallbackRequest, caller_id: str, *, client_id: str) -> Done:
        """Keep the place of this call.

        Raises:
            CommandRefused: over, not waiting, its queue calls nobody back, or no number can be dialled.
            NotFound: the token is of another call.
            Unusable: the number is none.
        """
        call = Phones(self._parts).own_call(contact_id, body.resume_token)
        number = self._number(body.number) if body.number and body.number.strip() else None
        if number is not None and not self._parts.phone.capabilities.reaches_telephone_network:
            raise CommandRefused(
                "capability_missing", "No telephone number can be called from here. Let this page ring.", 409
            )
        command = ask.ChooseCallback(contact_id=call.contact_id, number=number)
        return await carry_out(self._parts, command, client_id=client_id, actor=f"caller:{caller_id}")

    async def cancel(self, contact_id: str, resume_token: str, caller_id: str, *, client_id: str) -> Done:
        """Give it up; likewise."""
        call = Phones(self._parts).own_call(contact_id, resume_token)
        command = ask.CancelCallback(contact_id=call.contact_id)
        return await carry_out(self._parts, command, client_id=client_id, actor=f"caller:{caller_id}")

    def _number(self, typed: str) -> str:
        found = normalise(typed, self._parts.settings.region)
        if not isinstance(found, E164):
            raise Unusable(
                "number", "That is no telephone number.", "Type it with its area code, as you would dial it."
            )
        return found.value
