"""What a guest telephone asks: which number it is, and to answer, decline and end its calls."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from app.api.access import Address, Caller, PartsHere
from app.api.models import Done, SessionAnswer, SessionOffer, Ticket
from app.api.models_telephone import (
    TelephoneDirectory,
    TelephoneOpened,
    TelephoneRequest,
)
from app.auth.tickets import LIFETIME_S
from app.errors import NotFound
from app.services.phones import Phones
from app.services.telephones import directory
from app.telephones import GuestTelephones, Telephone

router = APIRouter(prefix="/api/caller/telephone", tags=["caller"])


def _telephones(parts: PartsHere) -> GuestTelephones:
    if parts.telephones is None:
        raise NotFound("guest telephone on this server")
    return parts.telephones


Telephones = Annotated[GuestTelephones, Depends(_telephones)]


def _own(telephone_id: str, caller: Caller, telephones: Telephones) -> Telephone:
    return telephones.of(caller, telephone_id)


Own = Annotated[Telephone, Depends(_own)]


@router.get("")
async def numbers(caller: Caller, parts: PartsHere, telephones: Telephones) -> TelephoneDirectory:
    """The numbers of the centre's directory, for choosing one."""
    return await directory(parts, telephones)


@router.post("")
async def register(
    body: TelephoneRequest, caller: Caller, address: Address, parts: PartsHere, telephones: Telephones
) -> TelephoneOpened:
    """Be this number. Asked again by the same page it is the same telephone."""
    await parts.auth.limits.hit("caller_calls", address)
    telephone = telephones.register(caller, body.number)
    return TelephoneOpened(telephone_id=telephone.telephone_id, number=telephone.number)


@router.delete("/{telephone_id}")
async def close(telephone: Own, telephones: Telephones) -> Done:
    await telephones.close(telephone)
    return Done()


@router.post("/{telephone_id}/ws-ticket")
async def ticket(telephone: Own, telephones: Telephones) -> Ticket:
    """A ticket for `/ws/telephone`, good once and for 30 seconds."""
    made = telephones.tickets.issue(telephone.telephone_id)
    return Ticket(ticket=made, expires_in_s=int(LIFETIME_S))


@router.post("/{telephone_id}/answer")
async def answer(
    body: SessionOffer, telephone: Own, parts: PartsHere, telephones: Telephones
) -> SessionAnswer:
    """Take the call that rings, or give the call a new connection."""
    return await Phones(parts).guest(telephones.answer(telephone), body.sdp)


@router.post("/{telephone_id}/decline")
async def decline(telephone: Own, telephones: Telephones) -> Done:
    await telephones.decline(telephone)
    return Done()


@router.post("/{telephone_id}/hang-up")
async def hang_up(telephone: Own, telephones: Telephones) -> Done:
    """The page has ended its call."""
    telephones.hung_up(telephone)
    return Done()
