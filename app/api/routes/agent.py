"""The agent's own: phone, state, offers, and the call at hand."""

from __future__ import annotations

from fastapi import APIRouter

from app.api.access import Agent, IdempotencyKey, PartsHere
from app.api.models import (
    Decline,
    Done,
    ExtendWrapUp,
    FinishWrapUp,
    SendDigits,
    SessionAnswer,
    SessionOffer,
    SetDisposition,
    SetMute,
    SetState,
    Verify,
)
from app.engine import commands as ask
from app.services.commands import carry_out
from app.services.contacts import Contacts
from app.services.phones import Phones

router = APIRouter(prefix="/api", tags=["agent"])


@router.post("/agent/phone")
async def open_phone(
    body: SessionOffer, agent: Agent, key: IdempotencyKey, parts: PartsHere
) -> SessionAnswer:
    """Open the agent's nailed-up leg, or attach a new connection to it."""
    return await Phones(parts).open_agent(agent.agent_id, body.sdp, client_id=key, actor=agent.who.user_id)


@router.delete("/agent/phone", status_code=204)
async def close_phone(agent: Agent, key: IdempotencyKey, parts: PartsHere) -> None:
    """End the agent's leg. No calls are offered until it is opened again."""
    command = ask.AgentPhoneClosed(agent_id=agent.agent_id)
    await carry_out(parts, command, client_id=key, actor=agent.who.user_id)


@router.post("/agent/state")
async def set_state(body: SetState, agent: Agent, key: IdempotencyKey, parts: PartsHere) -> Done:
    """Ask for a state. While busy it becomes the next state, entered after the work at hand."""
    command = ask.RequestState(agent_id=agent.agent_id, state=body.state, reason=body.reason, once=body.once)
    return await carry_out(parts, command, client_id=key, actor=agent.who.user_id)


@router.post("/offers/{offer_id}/accept")
async def accept(offer_id: str, agent: Agent, key: IdempotencyKey, parts: PartsHere) -> Done:
    command = ask.AcceptOffer(offer_id=offer_id, agent_id=agent.agent_id)
    return await carry_out(parts, command, client_id=key, actor=agent.who.user_id)


@router.post("/offers/{offer_id}/decline")
async def decline(offer_id: str, body: Decline, agent: Agent, key: IdempotencyKey, parts: PartsHere) -> Done:
    command = ask.DeclineOffer(offer_id=offer_id, agent_id=agent.agent_id, reason=body.reason)
    return await carry_out(parts, command, client_id=key, actor=agent.who.user_id)


@router.post("/contacts/{contact_id}/hold")
async def hold(contact_id: str, agent: Agent, key: IdempotencyKey, parts: PartsHere) -> Done:
    """The caller hears music."""
    command = ask.HoldCall(contact_id=contact_id, agent_id=agent.agent_id)
    return await carry_out(parts, command, client_id=key, actor=agent.who.user_id)


@router.post("/contacts/{contact_id}/resume")
async def resume(contact_id: str, agent: Agent, key: IdempotencyKey, parts: PartsHere) -> Done:
    command = ask.ResumeCall(contact_id=contact_id, agent_id=agent.agent_id)
    return await carry_out(parts, command, client_id=key, actor=agent.who.user_id)


@router.post("/contacts/{contact_id}/hang-up")
async def hang_up(contact_id: str, agent: Agent, key: IdempotencyKey, parts: PartsHere) -> Done:
    command = ask.HangUpCall(contact_id=contact_id, agent_id=agent.agent_id)
    return await carry_out(parts, command, client_id=key, actor=agent.who.user_id)


@router.post("/contacts/{contact_id}/mute")
async def mute(contact_id: str, body: SetMute, agent: Agent, key: IdempotencyKey, parts: PartsHere) -> Done:
    command = ask.MuteCall(contact_id=contact_id, agent_id=agent.agent_id, on=body.on)
    return await carry_out(parts, command, client_id=key, actor=agent.who.user_id)


@router.post("/contacts/{contact_id}/digits")
async def digits(
    contact_id: str, body: SendDigits, agent: Agent, key: IdempotencyKey, parts: PartsHere
) -> Done:
    """Send keypad tones to the caller's side."""
    command = ask.SendDigits(contact_id=contact_id, agent_id=agent.agent_id, digits=body.digits)
    return await carry_out(parts, command, client_id=key, actor=agent.who.user_id)


@router.post("/contacts/{contact_id}/recording/pause")
async def pause_recording(contact_id: str, agent: Agent, key: IdempotencyKey, parts: PartsHere) -> Done:
    command = ask.PauseRecording(contact_id=contact_id, agent_id=agent.agent_id)
    return await carry_out(parts, command, client_id=key, actor=agent.who.user_id)


@router.post("/contacts/{contact_id}/recording/resume")
async def resume_recording(contact_id: str, agent: Agent, key: IdempotencyKey, parts: PartsHere) -> Done:
    command = ask.ResumeRecording(contact_id=contact_id, agent_id=agent.agent_id)
    return await carry_out(parts, command, client_id=key, actor=agent.who.user_id)


@router.post("/contacts/{contact_id}/wrap-up/extend")
async def extend_wrap_up(
    contact_id: str, body: ExtendWrapUp, agent: Agent, key: IdempotencyKey, parts: PartsHere
) -> Done:
    command = ask.ExtendWrapUp(contact_id=contact_id, agent_id=agent.agent_id, seconds=body.seconds)
    return await carry_out(parts, command, client_id=key, actor=agent.who.user_id)


@router.post("/contacts/{contact_id}/wrap-up/finish")
async def finish_wrap_up(
    contact_id: str, body: FinishWrapUp, agent: Agent, key: IdempotencyKey, parts: PartsHere
) -> Done:
    command = ask.FinishWrapUp(contact_id=contact_id, agent_id=agent.agent_id, disposition=body.disposition)
    return await carry_out(parts, command, client_id=key, actor=agent.who.user_id)


@router.put("/contacts/{contact_id}/disposition")
async def set_disposition(
    contact_id: str, body: SetDisposition, agent: Agent, key: IdempotencyKey, parts: PartsHere
) -> Done:
    command = ask.SetDisposition(contact_id=contact_id, agent_id=agent.agent_id, disposition=body.disposition)
    return await carry_out(parts, command, client_id=key, actor=agent.who.user_id)


@router.post("/contacts/{contact_id}/verify")
async def verify(contact_id: str, body: Verify, agent: Agent, key: IdempotencyKey, parts: PartsHere) -> Done:
    """The agent asked and the answers fit; which questions is written down."""
    command = ask.MarkVerified(contact_id=contact_id, agent_id=agent.agent_id)
    done = await carry_out(parts, command, client_id=key, actor=agent.who.user_id)
    await Contacts(parts, agent.who).asked_to_verify(contact_id, body.asked)
    return done
