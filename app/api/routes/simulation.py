"""Trying a change on a recorded day before it reaches a caller."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from app.api.access import PartsHere, Supervisor
from app.api.models_simulation import Tries, TryAsked, TryGround, TryView
from app.services.simulation import Simulations

router = APIRouter(prefix="/api/simulation", tags=["simulation"])

Id = Annotated[str, Path(max_length=80)]


@router.get("/ground")
async def ground(who: Supervisor, parts: PartsHere) -> TryGround:
    """What can be changed, and the days it can be tried on."""
    return await Simulations(parts, who).ground()


@router.get("/tries")
async def tries(who: Supervisor, parts: PartsHere) -> Tries:
    return Simulations(parts, who).all()


@router.post("/tries", status_code=202)
async def start(body: TryAsked, who: Supervisor, parts: PartsHere) -> TryView:
    """Begin a try; follow it at `GET /api/simulation/tries/{try_id}`. 409 `too_many_tries`: several run."""
    return await Simulations(parts, who).start(body)


@router.get("/tries/{try_id}")
async def follow(try_id: Id, who: Supervisor, parts: PartsHere) -> TryView:
    """How far it is. The result comes before it is known how sure it is."""
    return Simulations(parts, who).view(try_id)


@router.delete("/tries/{try_id}")
async def cancel(try_id: Id, who: Supervisor, parts: PartsHere) -> TryView:
    """Stop it. What is known already stays."""
    return await Simulations(parts, who).cancel(try_id)
