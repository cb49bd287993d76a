"""What an administrator sets up: flows, numbers, and the clock."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from app.api.access import Admin, PartsHere
from app.api.models import Done, FlowDocument, FlowRow, FlowSaved, FlowView, NumberSetting
from app.services.clock import follow_jump
from app.services.flows import Flows

router = APIRouter(prefix="/api", tags=["setup"])

Name = Annotated[str, Path(max_length=80)]


@router.get("/flows")
async def flows(who: Admin, parts: PartsHere) -> list[FlowRow]:
    return await Flows(parts, who).rows()


@router.get("/flows/{flow_id}")
async def flow(flow_id: Name, who: Admin, parts: PartsHere) -> FlowView:
    """The newest version as data."""
    return await Flows(parts, who).view(flow_id)


@router.put("/flows/{flow_id}")
async def save_flow(flow_id: Name, body: FlowDocument, who: Admin, parts: PartsHere) -> FlowSaved:
    """Save a new version for new callers. One error refuses it (409 `flow_invalid`, with all `errors`).

    Takes what `GET` gives. With a `version` that is no longer the newest it is refused: 409 `flow_changed`.
    """
    return await Flows(parts, who).save(flow_id, body)


@router.get("/numbers")
async def numbers(who: Admin, parts: PartsHere) -> list[NumberSetting]:
    return await Flows(parts, who).numbers()


@router.put("/numbers/{dnis}")
async def set_number(dnis: Name, body: NumberSetting, who: Admin, parts: PartsHere) -> NumberSetting:
    """Have a flow answer a number. 409 `capability_missing` when the back end cannot do what it asks."""
    return await Flows(parts, who).set_number(dnis, body)


@router.delete("/numbers/{dnis}", status_code=204)
async def remove_number(dnis: Name, who: Admin, parts: PartsHere) -> None:
    """Take a number out of service. 409 `last_number` for the only one: some flow must answer."""
    await Flows(parts, who).remove_number(dnis)


@router.post("/system/clock/confirm")
async def confirm_clock(who: Admin, parts: PartsHere) -> Done:
    """The wall clock jumped, and it is right: follow it."""
    await follow_jump(parts, who)
    return Done()
