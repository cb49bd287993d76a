"""Joining pages to the telephone system: an agent's nailed-up leg, a caller's leg, and either one again."""

from __future__ import annotations

from app.api.models import CallerCall, CallerCallStarted, IceServer, PhoneConfiguration, SessionAnswer
from app.api.ports import LiveCall, Parts
from app.auth.tokens import digest, same
from app.engine import commands as ask
from app.errors import CommandRefused, NotFound, Unusable
from app.services.commands import carry_out
from screenpop import E164, normalise
from telephony.port import LegKind, TelephonyError


class Phones:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def configuration(self) -> PhoneConfiguration:
        servers = [IceServer.model_validate(server) for server in self._parts.settings.ice_server_list]
        phone = self._parts.phone
        return PhoneConfiguration(ice_servers=servers, codec=phone.codec, backend=phone.name)

    # --- agents ---

    async def open_agent(self, agent_id: str, sdp: str, *, client_id: str, actor: str) -> SessionAnswer:
        """Give the agent a leg, or its leg a new connection.

        The engine hears of the leg before the telephone system does, so that no event of it is unknown.

        Raises:
            Unusable: the offer cannot be understood.
            BackendDown: the telephone system does not answer.
        """
        known = self._parts.live.agent_leg(agent_id)
        leg_id = known or self._parts.new_id("lg")
        opened = ask.AgentPhoneOpened(agent_id=agent_id, leg_id=leg_id, backend=self._parts.phone.name)
        await carry_out(self._parts, opened, client_id=f"{client_id}:{leg_id}", actor=actor)
        try:
            answer = await self._connect(leg_id, LegKind.AGENT, sdp)
        except (Unusable, TelephonyError):
            if known is None:
                closed = ask.AgentPhoneClosed(agent_id=agent_id)
                await carry_out(self._parts, closed, client_id=self._parts.new_id("cm"), actor=actor)
            raise
        return SessionAnswer(leg_id=leg_id, sdp=answer)

    # --- callers ---

    async def start_call(self, caller_id: str, body: CallerCall, *, client_id: str) -> CallerCallStarted:
        """Announce the contact, then open its leg. What the page says of its caller verifies nothing.

        Raises:
            Unusable: the offer cannot be understood.
            BackendDown: the telephone system does not answer.
        """
        ids = self._parts.auth.callers.call_ids(caller_id, client_id)
        number = normalise(body.number or "", self._parts.settings.region)
        ani = number.value if isinstance(number, E164) else ""
        said = {"topic": body.topic, "account": body.account, "number_typed": body.number}
        attributes = {"language": body.language} | {name: text for name, text in said.items() if text}
        starting = ask.CallerCallStarting(
            contact_id=ids.contact_id,
            leg_id=ids.leg_id,
            backend=self._parts.phone.name,
            resume_hash=digest(ids.resume_token),
            ani=ani,
            dnis=body.dnis,
            attributes=attributes,
        )
        await carry_out(self._parts, starting, client_id=client_id, actor=f"caller:{caller_id}")
        try:
            answer = await self._connect(
                ids.leg_id, LegKind.CALLER, body.sdp, ani=ani, dnis=body.dnis, attributes=attributes
            )
        except (Unusable, TelephonyError):
            await self._hang_up(ids.contact_id, caller_id)
            raise
        return CallerCallStarted(
            contact_id=ids.contact_id, leg_id=ids.leg_id, resume_token=ids.resume_token, sdp=answer
        )

    async def rejoin(self, contact_id: str, resume_token: str, sdp: str) -> SessionAnswer:
        call = self.own_call(contact_id, resume_token)
        if not call.line:
            raise CommandRefused(
                "no_callback", "Your place is kept. This page rings when it is your turn.", 409
            )
        answer = await self._connect(call.leg_id, LegKind.CALLER, sdp)
        return SessionAnswer(leg_id=call.leg_id, sdp=answer)

    async def guest(self, leg_id: str, sdp: str) -> SessionAnswer:
        """A guest telephone takes the call that was dialled to it."""
        return SessionAnswer(leg_id=leg_id, sdp=await self._connect(leg_id, LegKind.CALLER, sdp))

    async def hang_up(self, contact_id: str, resume_token: str, caller_id: str) -> None:
        """End the call; one that is over already is fine, the page's own channel may have been faster."""
        if self._parts.live.caller_call(contact_id) is None:
            return
        call = self.own_call(contact_id, resume_token)
        await self._hang_up(call.contact_id, caller_id)

    def own_call(self, contact_id: str, resume_token: str) -> LiveCall:
        """The live call that `resume_token` belongs to.

        Raises:
            CommandRefused: it is over (`contact_ended`).
            NotFound: the token is of another call. Not told apart from a call that never was.
        """
        call = self._parts.live.caller_call(contact_id)
        if call is None:
            raise CommandRefused("contact_ended", "This call is over. Start a new one.", 409)
        if call.resume_hash is None or not same(digest(resume_token), call.resume_hash):
            raise NotFound("call", contact_id)
        return call

    async def _hang_up(self, contact_id: str, caller_id: str) -> None:
        command = ask.CallerHangUp(contact_id=contact_id)
        client_id = self._parts.new_id("cm")
        await carry_out(self._parts, command, client_id=client_id, actor=f"caller:{caller_id}")

    async def _connect(
        self,
        leg_id: str,
        kind: LegKind,
        sdp: str,
        ani: str = "",
        dnis: str = "",
        attributes: dict[str, str] | None = None,
    ) -> str:
        try:
            return await self._parts.phone.connect(
                leg_id=leg_id, kind=kind, sdp=sdp, ani=ani, dnis=dnis, attributes=attributes
            )
        except ValueError as error:
            cure = "Send an offer with one audio line and its candidates."
            why = str(error).rstrip(".")
            what = f"The session description cannot be used: {why[:1].lower()}{why[1:]}."
            raise Unusable("sdp", what, cure, "bad_sdp") from None
