"""Beyond the plain call: transfers, consultations, conferences, help; and the caller's callback."""

from __future__ import annotations

from fastapi import APIRouter

from app.api.access import Agent, Caller, IdempotencyKey, PartsHere
from app.api.models import CallerProof, Done
from app.api.models_calls import (
    CallbackRequest,
    ConsultRequest,
    HelpRequest,
    TransferRequest,
    TransferTarget,
    TransferTargets,
)
from app.engine import commands_calls as ask
from app.services.callbacks import Callbacks
from app.services.commands import carry_out
from app.services.targets import Targets

router = APIRouter(prefix="/api", tags=["agent"])
caller_router = APIRouter(prefix="/api/caller", tags=["caller"])


def _target(to: TransferTarget) -> ask.Target:
    return ask.Target(kind=to.kind, id=to.id)


@router.get("/transfer-targets")
async def transfer_targets(contact_id: str, agent: Agent, parts: PartsHere) -> TransferTargets:
    """Whom this caller may go to, the likeliest first, and what goes along."""
    return await Targets(parts, agent.who.language).of(contact_id, agent.agent_id)


@router.post("/contacts/{contact_id}/transfer")
async def transfer(
    contact_id: str, body: TransferRequest, agent: Agent, key: IdempotencyKey, parts: PartsHere
) -> Done:
    """Hand the caller over at once. If nobody answers the caller comes back to this agent."""
    command = ask.Transfer(
        contact_id=contact_id, agent_id=agent.agent_id, to=_target(body.to), why=body.why, back=body.back
    )
    return await carry_out(parts, command, client_id=key, actor=agent.who.user_id)


@router.post("/contacts/{contact_id}/take-back")
async def take_back(contact_id: str, agent: Agent, key: IdempotencyKey, parts: PartsHere) -> Done:
    """End the flow the caller was sent into, and talk again."""
    command = ask.TakeBack(contact_id=contact_id, agent_id=agent.agent_id)
    return await carry_out(parts, command, client_id=key, actor=agent.who.user_id)


@router.post("/contacts/{contact_id}/consult")
async def consult(
    contact_id: str, body: ConsultRequest, agent: Agent, key: IdempotencyKey, parts: PartsHere
) -> Done:
    """Ring somebody; the caller hears music meanwhile."""
    command = ask.Consult(contact_id=contact_id, agent_id=agent.agent_id, to=_target(body.to), why=body.why)
    return await carry_out(parts, command, client_id=key, actor=agent.who.user_id)


@router.post("/contacts/{contact_id}/consult/cancel")
async def cancel_consult(contact_id: str, agent: Agent, key: IdempotencyKey, parts: PartsHere) -> Done:
    """Let the other one go, and talk to the caller again."""
    command = ask.CancelConsult(contact_id=contact_id, agent_id=agent.agent_id)
    return await carry_out(parts, command, client_id=key, actor=agent.who.user_id)


@router.post("/contacts/{contact_id}/consult/swap")
async def swap_consult(contact_id: str, agent: Agent, key: IdempotencyKey, parts: PartsHere) -> Done:
    """Talk to the one who hears music; the other hears it then."""
    command = ask.SwapConsult(contact_id=contact_id, agent_id=agent.agent_id)
    return await carry_out(parts, command, client_id=key, actor=agent.who.user_id)


@router.post("/contacts/{contact_id}/consult/complete")
async def complete_consult(contact_id: str, agent: Agent, key: IdempotencyKey, parts: PartsHere) -> Done:
    """Hand the caller over to the one who was consulted."""
    command = ask.CompleteConsult(contact_id=contact_id, agent_id=agent.agent_id)
    return await carry_out(parts, command, client_id=key, actor=agent.who.user_id)


@router.post("/contacts/{contact_id}/consult/join")
async def join_consult(contact_id: str, agent: Agent, key: IdempotencyKey, parts: PartsHere) -> Done:
    """All hear each other."""
    command = ask.JoinConsult(contact_id=contact_id, agent_id=agent.agent_id)
    return await carry_out(parts, command, client_id=key, actor=agent.who.user_id)


@router.post("/contacts/{contact_id}/leave")
async def leave(contact_id: str, agent: Agent, key: IdempotencyKey, parts: PartsHere) -> Done:
    """Leave; the others go on."""
    command = ask.LeaveCall(contact_id=contact_id, agent_id=agent.agent_id)
    return await carry_out(parts, command, client_id=key, actor=agent.who.user_id)


@router.delete("/contacts/{contact_id}/parties/{party_id}")
async def drop_party(
    contact_id: str, party_id: str, agent: Agent, key: IdempotencyKey, parts: PartsHere
) -> Done:
    """Take somebody out of the conference."""
    command = ask.DropParty(contact_id=contact_id, agent_id=agent.agent_id, party_id=party_id)
    return await carry_out(parts, command, client_id=key, actor=agent.who.user_id)


@router.post("/contacts/{contact_id}/help")
async def ask_for_help(
    contact_id: str, body: HelpRequest, agent: Agent, key: IdempotencyKey, parts: PartsHere
) -> Done:
    """Ring the supervisors; who accepts is heard by this agent only."""
    command = ask.AskForHelp(contact_id=contact_id, agent_id=agent.agent_id, why=body.why)
    return await carry_out(parts, command, client_id=key, actor=agent.who.user_id)


@caller_router.post("/calls/{contact_id}/callback")
async def choose_callback(
    contact_id: str, body: CallbackRequest, caller: Caller, key: IdempotencyKey, parts: PartsHere
) -> Done:
    """Keep the place and be called back, on a number or on this page."""
    return await Callbacks(parts).choose(contact_id, body, caller, client_id=key)


@caller_router.delete("/calls/{contact_id}/callback")
async def cancel_callback(
    contact_id: str, body: CallerProof, caller: Caller, key: IdempotencyKey, parts: PartsHere
) -> Done:
    """Give the callback up."""
    return await Callbacks(parts).cancel(contact_id, body.resume_token, caller, client_id=key)
