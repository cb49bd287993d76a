"""Recordings of prompts and music: taken in, heard, taken away."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import FileResponse

from app.api.access import Admin, PartsHere, Supervisor
from app.api.models_setup import SoundFile
from app.setup.recordings import Recordings

router = APIRouter(prefix="/api/setup/sounds", tags=["setup"])

SoundId = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9_]{0,59}$")]
Spoken = Literal["en", "cy", "-"]

_WAV = {"requestBody": {"required": True, "content": {"audio/wav": {"schema": {"type": "string"}}}}}


@router.put("/{sound_id}/recordings/{language}", openapi_extra=_WAV)
async def store_recording(
    sound_id: SoundId, language: Spoken, request: Request, who: Admin, parts: PartsHere
) -> SoundFile:
    """Upload a WAV file (PCM, 16 bits, at most 20 MiB and 15 minutes). Callers hear it from now on.

    A prompt has one recording per language; music has the language `-`.
    """
    recordings = Recordings(database=parts.database, folder=parts.settings.data_dir)
    view = await recordings.store(
        sound_id, language, await request.body(), now=parts.clock.now(), by=who.user_id
    )
    parts.reload()
    return view


@router.delete("/{sound_id}/recordings/{language}", status_code=204)
async def remove_recording(sound_id: SoundId, language: Spoken, who: Admin, parts: PartsHere) -> None:
    """Take a recording away: a prompt is then read aloud, or as it ships. Music in use stays (409)."""
    recordings = Recordings(database=parts.database, folder=parts.settings.data_dir)
    await recordings.remove(sound_id, language, now=parts.clock.now(), by=who.user_id)
    parts.reload()


@router.get("/{sound_id}/audio/{language}", response_class=FileResponse)
async def listen(sound_id: SoundId, language: Spoken, who: Supervisor, parts: PartsHere) -> FileResponse:
    """What callers hear: the recording, the shipped file, or the words read aloud."""
    recordings = Recordings(database=parts.database, folder=parts.settings.data_dir)
    path = await recordings.listen(sound_id, "en" if language == "-" else language)
    return FileResponse(path, media_type="audio/wav", headers={"Cache-Control": "no-store"})
