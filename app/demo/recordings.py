"""A few real recordings for yesterday's talks, spoken by the speech engine while the server already serves.

Each is made once: what is there stays. Without the engine there are none.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import structlog
import yaml
from sqlalchemy import select

from app.api.ports import Parts
from app.store.repositories.recordings import Recordings
from app.store.schema import ContactModel, RecordingModel
from telephony.audio.g711 import Samples
from telephony.audio.wav import read_wav, resample, write_wav
from telephony.speech.speaker import Speaker, SpeechError

log = structlog.get_logger(__name__)

PER_QUEUE = 2
SCRIPT_OF = {"billing": 0, "moving": 1, "technical": 2}
"""Queue -> which talk of talks.yaml."""
SEEDED_LEG = "leg_"
"""Contacts of the seeded day have legs of this name; real ones never."""
RATE_HZ = 8000
TALK_S = (40.0, 110.0)
"""Talks of such a length are chosen, so that words and times agree."""
AGENT_PITCH = 1.1
"""The agent's voice is the caller's, a little higher."""
KEPT_DAYS = 180


async def make_recordings(parts: Parts) -> int:
    """Make those that are missing; returns how many were made."""
    if not Speaker.installed():
        return 0
    async with parts.database.transaction() as session:
        if not await Recordings(session).retention():
            await Recordings(session).set_retention({"": KEPT_DAYS})
    scripts: list[list[str]] = yaml.safe_load(
        Path(__file__).with_name("talks.yaml").read_text(encoding="utf-8")
    )
    speaker = Speaker(parts.settings.data_dir / "speech", timeout_s=30)
    made = 0
    try:
        for contact in await _talks(parts):
            recording_id = f"r_demo_{contact.contact_id}"
            path = parts.settings.recordings / f"{recording_id}.wav"
            async with parts.database.read() as session:
                if await session.get(RecordingModel, recording_id) is not None:
                    continue
            assert contact.answered_at is not None
            assert contact.ended_at is not None
            seconds = (contact.ended_at - contact.answered_at).total_seconds()
            await _speak(speaker, scripts[SCRIPT_OF[contact.queue_id or ""]], path, seconds)
            async with parts.database.transaction() as session:
                session.add(
                    RecordingModel(
                        recording_id=recording_id,
                        contact_id=contact.contact_id,
                        queue_id=contact.queue_id,
                        agent_id=contact.agent_id,
                        path=str(path),
                        started_at=contact.answered_at,
                        duration_s=seconds,
                        state="ready",
                        body={},
                    )
                )
            made += 1
    except (SpeechError, OSError) as error:
        log.info("the demo has fewer recordings", why=str(error))
    finally:
        await speaker.close()
    return made


async def _talks(parts: Parts) -> Sequence[ContactModel]:
    """Talks of yesterday, the newest first, with an outcome and of a fitting length."""
    query = select(ContactModel).where(
        ContactModel.caller_leg_id.startswith(SEEDED_LEG),
        ContactModel.queue_id.in_(SCRIPT_OF),
        ContactModel.agent_id.is_not(None),
        ContactModel.disposition.is_not(None),
    )
    async with parts.database.read() as session:
        found = list(await session.scalars(query.order_by(ContactModel.arrived_at.desc()).limit(1000)))
    fitting = [
        each
        for each in found
        if each.answered_at is not None
        and each.ended_at is not None
        and TALK_S[0] <= (each.ended_at - each.answered_at).total_seconds() <= TALK_S[1]
    ]
    newest: list[ContactModel] = []
    for each in fitting:
        if sum(other.queue_id == each.queue_id for other in newest) < PER_QUEUE:
            newest.append(each)
    return newest


async def _speak(speaker: Speaker, lines: Sequence[str], path: Path, seconds: float) -> None:
    """Two channels, the caller left: turn after turn, with pauses that fill the whole time."""
    spoken = [
        await asyncio.to_thread(_voice, await speaker.render(line, "en"), i) for i, line in enumerate(lines)
    ]
    await asyncio.to_thread(_write, spoken, path, seconds)


def _voice(path: Path, turn: int) -> Samples:
    rate_hz, samples = read_wav(path)
    pitch = AGENT_PITCH if turn % 2 else 1.0
    return resample(samples, int(rate_hz * pitch), RATE_HZ)


def _write(spoken: Sequence[Samples], path: Path, seconds: float) -> None:
    frames = int(seconds * RATE_HZ)
    pause = max(RATE_HZ // 3, (frames - sum(map(len, spoken))) // (len(spoken) + 1))
    both = np.zeros((frames, 2), dtype=np.int16)
    at = min(pause, RATE_HZ)
    for turn, voice in enumerate(spoken):
        piece = voice[: max(0, frames - at)]
        both[at : at + len(piece), turn % 2] = piece
        at += len(voice) + pause
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    write_wav(partial, both, RATE_HZ)
    partial.replace(path)
