"""What supervisors do: with calls, agents, queues and waiting callers; figures, thresholds and alerts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime

from app.api.access import Agent, IdempotencyKey, PartsHere, Supervisor
from app.api.models import AlertMeasure, Done
from app.api.models_calls import (
    CloseQueueRequest,
    ForceStateRequest,
    MoveRequest,
    PriorityRequest,
    SuperviseRequest,
)
from app.api.models_floor import (
    AgentSkills,
    AlertHistory,
    AlertNoticeView,
    AlertTargetMade,
    ClosePreview,
    FigureContacts,
    FigureName,
    NewAlertTarget,
    SkillsRequest,
    TargetTried,
    Thresholds,
    ThresholdSetting,
    WhyNoCalls,
)
from app.services.alerts import AlertService
from app.services.floor import FloorService

router = APIRouter(prefix="/api", tags=["floor"])

Id = Annotated[str, Path(max_length=80)]
Limit = Annotated[int, Query(ge=1, le=200)]
Subject = Annotated[str, Query(max_length=80, description="Queue or agent id; empty: everybody's.")]
Queue = Annotated[str | None, Query(max_length=80)]


# --- calls ----------------------------------------------------------------------------------------


@router.post("/floor/contacts/{contact_id}/supervise")
async def supervise(
    contact_id: Id, body: SuperviseRequest, who: Supervisor, key: IdempotencyKey, parts: PartsHere
) -> Done:
    """Listen, whisper or barge in with the own phone, or change between them."""
    return await FloorService(parts, who).supervise(contact_id, body.mode, client_id=key)


@router.delete("/floor/supervising")
async def stop_supervising(who: Supervisor, key: IdempotencyKey, parts: PartsHere) -> Done:
    """Leave the line; the others go on."""
    return await FloorService(parts, who).stop_supervising(client_id=key)


# --- who waits ------------------------------------------------------------------------------------


@router.post("/floor/contacts/{contact_id}/move")
async def move(
    contact_id: Id, body: MoveRequest, who: Supervisor, key: IdempotencyKey, parts: PartsHere
) -> Done:
    """To another queue, the waiting credited, or to the front or back of one."""
    return await FloorService(parts, who).move(contact_id, body, client_id=key)


@router.post("/floor/contacts/{contact_id}/priority")
async def prioritise(
    contact_id: Id, body: PriorityRequest, who: Supervisor, key: IdempotencyKey, parts: PartsHere
) -> Done:
    """Higher is served first. What the tier and the steps add comes on top."""
    return await FloorService(parts, who).prioritise(contact_id, body.priority, client_id=key)


@router.post("/floor/contacts/{contact_id}/offer-callback")
async def offer_callback(contact_id: Id, who: Supervisor, key: IdempotencyKey, parts: PartsHere) -> Done:
    """Say to the caller that a callback at this place may be chosen with a key."""
    return await FloorService(parts, who).offer_callback(contact_id, client_id=key)


# --- agents ---------------------------------------------------------------------------------------


@router.post("/floor/agents/{agent_id}/state")
async def force_state(
    agent_id: Id, body: ForceStateRequest, who: Supervisor, key: IdempotencyKey, parts: PartsHere
) -> Done:
    """Set an agent's state. A call and its wrap-up are never cut short; the state comes after."""
    return await FloorService(parts, who).force_state(agent_id, body, client_id=key)


@router.get("/floor/agents/{agent_id}/skills")
async def skills(agent_id: Id, who: Supervisor, parts: PartsHere) -> AgentSkills:
    return await FloorService(parts, who).skills(agent_id)


@router.put("/floor/agents/{agent_id}/skills")
async def change_skills(
    agent_id: Id, body: SkillsRequest, who: Supervisor, key: IdempotencyKey, parts: PartsHere
) -> AgentSkills:
    """From the next decision on."""
    return await FloorService(parts, who).change_skills(agent_id, body.skills)


@router.get("/floor/agents/{agent_id}/why")
async def why_no_calls(agent_id: Id, who: Supervisor, parts: PartsHere) -> WhyNoCalls:
    """Why this agent gets no calls just now."""
    return FloorService(parts, who).why_no_calls(agent_id)


@router.get("/agent/why")
async def my_why(agent: Agent, parts: PartsHere) -> WhyNoCalls:
    """Why am I getting no calls?"""
    return FloorService(parts, agent.who).why_no_calls(agent.agent_id)


# --- queues and figures ---------------------------------------------------------------------------


@router.get("/floor/queues/{queue_id}/close-preview")
async def preview(queue_id: Id, who: Supervisor, parts: PartsHere) -> ClosePreview:
    """How many callers a close would concern."""
    return FloorService(parts, who).preview(queue_id)


@router.post("/floor/queues/{queue_id}/close")
async def close_queue(
    queue_id: Id, body: CloseQueueRequest, who: Supervisor, key: IdempotencyKey, parts: PartsHere
) -> Done:
    """Nobody joins from now on; those waiting go where `then` says."""
    return await FloorService(parts, who).close_queue(queue_id, body, client_id=key)


@router.post("/floor/queues/{queue_id}/reopen")
async def reopen_queue(queue_id: Id, who: Supervisor, key: IdempotencyKey, parts: PartsHere) -> Done:
    return await FloorService(parts, who).reopen_queue(queue_id, client_id=key)


@router.get("/floor/contacts")
async def contacts(
    who: Supervisor, parts: PartsHere, figure: FigureName, queue: Queue = None
) -> FigureContacts:
    """The contacts behind one figure of today: as many as it says."""
    return await FloorService(parts, who).contacts(figure, queue)


# --- thresholds and alerts ------------------------------------------------------------------------


@router.get("/floor/thresholds")
async def thresholds(who: Supervisor, parts: PartsHere) -> Thresholds:
    return await AlertService(parts, who).thresholds()


@router.put("/floor/thresholds/{measure}")
async def set_threshold(
    measure: AlertMeasure,
    body: ThresholdSetting,
    who: Supervisor,
    key: IdempotencyKey,
    parts: PartsHere,
    subject: Subject = "",
) -> Thresholds:
    return await AlertService(parts, who).set_threshold(measure, subject, body)


@router.delete("/floor/thresholds/{measure}")
async def reset_threshold(
    measure: AlertMeasure, who: Supervisor, key: IdempotencyKey, parts: PartsHere, subject: Subject = ""
) -> Thresholds:
    """Back to what is usual, or to everybody's."""
    return await AlertService(parts, who).reset_threshold(measure, subject)


@router.post("/floor/targets")
async def add_target(
    body: NewAlertTarget, who: Supervisor, key: IdempotencyKey, parts: PartsHere
) -> AlertTargetMade:
    """Send alerts there too. A webhook's secret is shown this once."""
    return await AlertService(parts, who).add_target(body, client_id=key)


@router.delete("/floor/targets/{target_id}", status_code=204)
async def remove_target(target_id: Id, who: Supervisor, key: IdempotencyKey, parts: PartsHere) -> None:
    await AlertService(parts, who).remove_target(target_id)


@router.post("/floor/targets/{target_id}/test")
async def try_target(target_id: Id, who: Supervisor, key: IdempotencyKey, parts: PartsHere) -> TargetTried:
    """Send a test notice now and say what came of it."""
    return await AlertService(parts, who).try_target(target_id, client_id=key)


@router.get("/floor/alerts")
async def alerts(
    who: Supervisor, parts: PartsHere, limit: Limit = 50, before: AwareDatetime | None = None
) -> AlertHistory:
    """Open and past ones, newest first."""
    return await AlertService(parts, who).history(limit=limit, before=before)


@router.get("/floor/alerts/{alert_id}/notices")
async def alert_notices(alert_id: Id, who: Supervisor, parts: PartsHere) -> list[AlertNoticeView]:
    """What was sent of this alert, where to, and what came of it."""
    return await AlertService(parts, who).notices(alert_id)


@router.post("/floor/alerts/{alert_id}/take")
async def take_alert(alert_id: Id, who: Supervisor, key: IdempotencyKey, parts: PartsHere) -> Done:
    """Look after it. 409 `alert_taken` when somebody else does."""
    await AlertService(parts, who).take(alert_id)
    return Done()
