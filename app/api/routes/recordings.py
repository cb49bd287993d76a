"""Recordings: finding, downloading, rating, holding; who may hear them and how long they are kept."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime
from starlette.responses import FileResponse

from app.api.access import Address, Admin, Anyone, PartsHere
from app.api.models import Done
from app.api.models_recordings import (
    DownloadReason,
    HoldChange,
    RatingChange,
    RatingView,
    RecordingDetail,
    RecordingPage,
    RecordingSettings,
)
from app.services.recording_library import RecordingLibrary
from app.services.recordings import Recordings
from app.store.repositories.recordings import Wanted

router = APIRouter(prefix="/api/recordings", tags=["recordings"])

Id = Annotated[str, Path(max_length=80)]
Value = Annotated[str | None, Query(max_length=120)]
Seconds = Annotated[float | None, Query(ge=0, le=86_400)]


@router.get("")
async def recordings(
    who: Anyone,
    parts: PartsHere,
    q: Annotated[str, Query(max_length=120)] = "",
    queue: Value = None,
    agent: Value = None,
    outcome: Value = None,
    since: AwareDatetime | None = None,
    before: AwareDatetime | None = None,
    seconds_min: Seconds = None,
    seconds_max: Seconds = None,
    message: bool | None = None,
    held: bool | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> RecordingPage:
    """Those this person may hear: by words (name, number, agent, queue, outcome), time and length."""
    wanted = Wanted(
        queue_id=queue,
        agent_id=agent,
        disposition=outcome,
        since=since,
        before=before,
        seconds_min=seconds_min,
        seconds_max=seconds_max,
        message=message,
        held=held,
    )
    return await RecordingLibrary(parts, who).page(q, wanted, limit=limit, offset=offset)


@router.get("/settings")
async def settings(who: Admin, parts: PartsHere) -> RecordingSettings:
    """Who may hear what, and how long recordings are kept."""
    return await RecordingLibrary(parts, who).settings()


@router.put("/settings")
async def change_settings(body: RecordingSettings, who: Admin, parts: PartsHere) -> RecordingSettings:
    return await RecordingLibrary(parts, who).change_settings(body)


@router.get("/{recording_id}")
async def recording(recording_id: Id, who: Anyone, address: Address, parts: PartsHere) -> RecordingDetail:
    """What is known of one. The sound is at `/audio`."""
    return await RecordingLibrary(parts, who, address).detail(recording_id)


@router.post(
    "/{recording_id}/download",
    response_class=FileResponse,
    responses={200: {"description": "The file", "content": {"audio/wav": {}}}},
)
async def download(
    recording_id: Id, body: DownloadReason, who: Anyone, address: Address, parts: PartsHere
) -> FileResponse:
    """The file to keep elsewhere. Who took it, when, from where and why is written down."""
    path = await Recordings(parts, who, address).download(recording_id, body.reason)
    return FileResponse(path, media_type="audio/wav", filename=f"{recording_id}.wav")


@router.put("/{recording_id}/hold")
async def hold(recording_id: Id, body: HoldChange, who: Anyone, address: Address, parts: PartsHere) -> Done:
    """Keep it beyond its time, for a reason; or let its time run again."""
    await RecordingLibrary(parts, who, address).hold(recording_id, body)
    return Done()


@router.put("/{recording_id}/rating")
async def rate(
    recording_id: Id, body: RatingChange, who: Anyone, address: Address, parts: PartsHere
) -> RatingView:
    """Rate the call by the centre's sheet, 1 to 5. The agent sees it."""
    return await RecordingLibrary(parts, who, address).rate(recording_id, body)
