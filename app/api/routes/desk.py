"""Contacts, customers, cases and recordings: what the desk reads and writes."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime
from starlette.responses import FileResponse

from app.api.access import Address, Agent, Anyone, Desk, IdempotencyKey, PartsHere, Supervisor
from app.api.models import (
    AttachCase,
    CaseChange,
    CaseList,
    CaseSummary,
    CaseView,
    ChooseCustomer,
    ContactDetail,
    ContactList,
    CustomerCard,
    NewCase,
    NoteSaved,
    SaveNote,
    TimelineEntry,
    WhyWaiting,
)
from app.services.cases import Cases
from app.services.contacts import Contacts
from app.services.customers import Customers
from app.services.recordings import Recordings

router = APIRouter(prefix="/api", tags=["desk"])

Limit = Annotated[int, Query(ge=1, le=200)]
Offset = Annotated[int, Query(ge=0, le=1_000_000)]
Words = Annotated[str, Query(max_length=120)]
Status = Literal["new", "open", "waiting_customer", "solved", "closed"]


@router.put("/contacts/{contact_id}/note")
async def save_note(contact_id: str, body: SaveNote, agent: Agent, parts: PartsHere) -> NoteSaved:
    """Keep the note as it is typed; the newest text replaces the one before."""
    return await Contacts(parts, agent.who).save_note(contact_id, body.text)


@router.put("/contacts/{contact_id}/case")
async def attach_case(
    contact_id: str, body: AttachCase, agent: Agent, key: IdempotencyKey, parts: PartsHere
) -> CaseSummary:
    """Join the contact to a case, an existing or a new one."""
    return await Contacts(parts, agent.who).attach_case(contact_id, agent.agent_id, body, client_id=key)


@router.put("/contacts/{contact_id}/customer")
async def choose_customer(
    contact_id: str, body: ChooseCustomer, agent: Agent, key: IdempotencyKey, parts: PartsHere
) -> CustomerCard:
    """Say who the caller is: one of the matches, somebody found, or a new customer."""
    return await Contacts(parts, agent.who).choose_customer(contact_id, agent.agent_id, body, client_id=key)


@router.get("/contacts")
async def contacts(
    who: Desk, parts: PartsHere, limit: Limit = 50, before: AwareDatetime | None = None
) -> ContactList:
    """Newest first: all for a supervisor, an agent's own for an agent. `before` pages back."""
    return await Contacts(parts, who).page(limit=limit, before=before)


@router.get("/contacts/{contact_id}")
async def contact(contact_id: str, who: Desk, parts: PartsHere) -> ContactDetail:
    """One contact and its story, for a supervisor and whoever handled it."""
    return await Contacts(parts, who).detail(contact_id)


@router.get("/contacts/{contact_id}/why")
async def why(contact_id: str, who: Supervisor, parts: PartsHere) -> WhyWaiting:
    """Why nobody has this caller yet."""
    return Contacts(parts, who).why(contact_id)


@router.get(
    "/recordings/{recording_id}/audio",
    response_class=FileResponse,
    responses={200: {"description": "The sound", "content": {"audio/wav": {}}}},
)
async def audio(
    recording_id: str, request: Request, who: Anyone, address: Address, parts: PartsHere
) -> FileResponse:
    """Two channels: the caller left, the agent right. Ranges are answered; every play is written down."""
    asked = request.headers.get("range", "bytes=0-").replace(" ", "")
    path = await Recordings(parts, who, address).open(recording_id, from_start=asked.startswith("bytes=0-"))
    return FileResponse(path, media_type="audio/wav", headers={"Cache-Control": "private, no-store"})


@router.get("/customers")
async def customers(who: Desk, parts: PartsHere, q: Words = "") -> list[CustomerCard]:
    """By words of name, account, place, or digits of a number."""
    return await Customers(parts, who).search(q)


@router.get("/customers/{customer_id}")
async def customer(customer_id: str, who: Desk, parts: PartsHere) -> CustomerCard:
    return await Customers(parts, who).card(customer_id)


@router.get("/customers/{customer_id}/history")
async def customer_history(customer_id: str, who: Desk, parts: PartsHere) -> list[TimelineEntry]:
    """All that happened over all channels, newest first."""
    return await Customers(parts, who).history(customer_id)


@router.get("/cases")
async def cases(
    who: Desk,
    parts: PartsHere,
    q: Words = "",
    status: Status | None = None,
    mine: bool = False,
    limit: Limit = 50,
    offset: Offset = 0,
) -> CaseList:
    return await Cases(parts, who).page(query=q, status=status, mine=mine, limit=limit, offset=offset)


@router.post("/cases")
async def open_case(body: NewCase, who: Desk, key: IdempotencyKey, parts: PartsHere) -> CaseView:
    """Open a case. Sent again with the same id it is the one that was opened."""
    service = Cases(parts, who)
    opened = await service.open(body, client_id=key)
    return await service.view(opened.case_id)


@router.get("/cases/{case_id}")
async def case(case_id: str, who: Desk, parts: PartsHere) -> CaseView:
    return await Cases(parts, who).view(case_id)


@router.patch("/cases/{case_id}")
async def change_case(case_id: str, body: CaseChange, who: Desk, parts: PartsHere) -> CaseView:
    """Change what is named, if `version` is still the case's; else 409 `case_changed`."""
    return await Cases(parts, who).change(case_id, body)
