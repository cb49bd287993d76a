"""What the caller's page asks: the centre, an anonymous session, a call and its return."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Response

from app.api.access import Address, Caller, IdempotencyKey, PartsHere
from app.api.models import (
    CallerCall,
    CallerCallStarted,
    CallerCentre,
    CallerProof,
    CallerRejoin,
    CallerTicketRequest,
    Done,
    SessionAnswer,
    Ticket,
)
from app.api.ports import CallerTicket
from app.auth.callers import COOKIE, LIFETIME
from app.auth.tickets import LIFETIME_S
from app.services.phones import Phones

router = APIRouter(prefix="/api/caller", tags=["caller"])


@router.get("/centre")
async def centre(address: Address, parts: PartsHere, language: Literal["en", "cy"] = "en") -> CallerCentre:
    """Whether it is open, how many wait, and about how long it takes."""
    await parts.auth.limits.hit("caller", address)
    return parts.live.caller_centre(language)


@router.post("/session", status_code=204)
async def start_session(response: Response, address: Address, parts: PartsHere) -> None:
    """Begin an anonymous session: sets the cookie `patchbay_caller`."""
    await parts.auth.limits.hit("caller", address)
    response.set_cookie(
        COOKIE,
        parts.auth.callers.issue(parts.clock.now()),
        max_age=int(LIFETIME.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=parts.settings.https,
        path="/",
    )


@router.post("/call")
async def start_call(
    body: CallerCall, caller: Caller, address: Address, key: IdempotencyKey, parts: PartsHere
) -> CallerCallStarted:
    """Start a call. Sent again with the same id it is the same call, with a new connection."""
    await parts.auth.limits.hit("caller_calls", address)
    return await Phones(parts).start_call(caller, body, client_id=key)


@router.post("/call/{contact_id}/rejoin")
async def rejoin(contact_id: str, body: CallerRejoin, caller: Caller, parts: PartsHere) -> SessionAnswer:
    """Give the call a new connection, after a reload or a change of network."""
    return await Phones(parts).rejoin(contact_id, body.resume_token, body.sdp)


@router.post("/call/{contact_id}/hang-up")
async def hang_up(contact_id: str, body: CallerProof, caller: Caller, parts: PartsHere) -> Done:
    await Phones(parts).hang_up(contact_id, body.resume_token, caller)
    return Done()


@router.post("/ws-ticket")
async def ticket(body: CallerTicketRequest, caller: Caller, parts: PartsHere) -> Ticket:
    """A ticket for `/ws/caller`, good once and for 30 seconds."""
    call = Phones(parts).own_call(body.contact_id, body.resume_token)
    made = parts.auth.caller_tickets.issue(CallerTicket(caller_id=caller, contact_id=call.contact_id))
    return Ticket(ticket=made, expires_in_s=int(LIFETIME_S))
