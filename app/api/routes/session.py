"""Signing in and out, and what a page needs to begin: ticket, reference, phone."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from app.api.access import Address, Anyone, PartsHere, signed_in
from app.api.models import DemoSignIn, PhoneConfiguration, Reference, Session, SetLanguage, SignIn, Ticket
from app.api.ports import Parts
from app.auth.callers import COOKIE as CALLER_COOKIE
from app.auth.sessions import COOKIE, Sessions
from app.auth.tickets import LIFETIME_S
from app.errors import NotFound
from app.services.phones import Phones
from app.services.reference import reference
from app.settings import is_loopback

router = APIRouter(prefix="/api", tags=["session"])


@router.post("/session")
async def sign_in(body: SignIn, response: Response, address: Address, parts: PartsHere) -> Session:
    """Sign in: sets the cookie `patchbay_session`."""
    sessions = Sessions(parts)
    token, who = await sessions.sign_in(body.username, body.password, address)
    response.set_cookie(
        COOKIE,
        token,
        max_age=parts.settings.session_hours * 3600,
        httponly=True,
        samesite="strict",
        secure=parts.settings.https,
        path="/",
    )
    return sessions.answer(who)


@router.get("/session")
async def session(who: Anyone, parts: PartsHere) -> Session:
    return Sessions(parts).answer(who)


@router.delete("/session", status_code=204)
async def sign_out(who: Anyone, response: Response, parts: PartsHere) -> None:
    """Sign out: the agent's phone leg ends, the state is signed out, every page of the session closes."""
    await Sessions(parts).sign_out(who)
    response.delete_cookie(COOKIE, path="/")


@router.put("/session/language")
async def set_language(body: SetLanguage, request: Request, who: Anyone, parts: PartsHere) -> Session:
    """The language of this person's pages, from now on and at the next sign-in."""
    sessions = Sessions(parts)
    await sessions.set_language(who, body.language)
    return sessions.answer(await sessions.find(request.cookies.get(COOKIE)))


@router.get("/demo/sign-ins")
async def demo_sign_ins(address: Address, parts: PartsHere) -> list[DemoSignIn]:
    """Ready-made sign-ins: in demo mode only, and to this machine only."""
    if not (parts.settings.demo and is_loopback(parts.settings.host) and is_loopback(address)):
        raise NotFound("page")
    return list(parts.demo_sign_ins)


@router.post("/ws-ticket")
async def ticket(who: Anyone, parts: PartsHere) -> Ticket:
    """A ticket for `/ws`, good once and for 30 seconds."""
    return Ticket(ticket=parts.auth.staff_tickets.issue(who), expires_in_s=int(LIFETIME_S))


@router.get("/reference")
async def lists(who: Anyone, parts: PartsHere) -> Reference:
    """The lists people choose from, in the session's language."""
    return await reference(parts, who.language)


@router.get("/phone")
async def phone(request: Request, parts: PartsHere) -> PhoneConfiguration:
    """How a page's phone connects. For whoever is signed in, and for callers."""
    await _staff_or_caller(request, parts)
    return Phones(parts).configuration()


async def _staff_or_caller(request: Request, parts: Parts) -> None:
    caller = parts.auth.callers.check(request.cookies.get(CALLER_COOKIE), parts.clock.now())
    if caller is None:
        await signed_in(request, parts)
