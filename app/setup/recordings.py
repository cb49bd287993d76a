"""Uploaded sounds: what a file must be, where it lies, and who uses it."""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, cast

from app.api.models_setup import FlowSetting, SoundFile, SoundUse, SoundView, Texts
from app.demo.catalogue import demo_catalogue
from app.errors import NotFound, Unusable
from app.prompts.resolve import PromptLibrary
from app.setup.centre import Centre, read
from app.setup.errors import InUse
from app.setup.sounds import catalogue_with
from app.store.database import Database
from app.store.repositories.events import AuditTrail
from app.store.repositories.setup import Row, SetUp
from ivr.types import Phrase
from telephony.audio.wav import UnreadableSound, read_wav
from telephony.speech import Speaker

RATES_HZ: Final = (8000, 16000, 22050, 24000, 32000, 44100, 48000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recordings:
    """Keeps `prompts/<language>/<id>.wav` and `music/<id>.wav` in the data folder."""

    database: Database
    folder: Path

    def path(self, kind: str, sound_id: str, language: str) -> Path:
        if kind == "music":
            return self.folder / "music" / f"{sound_id}.wav"
        return self.folder / "prompts" / language / f"{sound_id}.wav"

    def views(self, centre: Centre, stored: Sequence[Row]) -> list[SoundView]:
        """Every sound that ships or was added: its recordings, and where it is used."""
        shipped = demo_catalogue().prompts
        words = catalogue_with(centre.sounds.values()).prompts
        recorded = {row["sound_id"]: row["recordings"] for row in stored}
        used: dict[str, list[SoundUse]] = {}
        for sound_id, use in _uses(centre):
            if use not in used.setdefault(sound_id, []):
                used[sound_id].append(use)
        return [
            SoundView(
                id=sound_id,
                shipped=sound_id in shipped,
                texts=cast("Texts", dict(words[sound_id].texts)) if sound_id in words else {},
                recordings=[
                    SoundFile(language=language, duration_s=each["duration_s"], bytes=each["bytes"])
                    for language, each in sorted(recorded.get(sound_id, {}).items())
                ],
                used=used.get(sound_id, []),
            )
            for sound_id in sorted({*shipped, *centre.sounds})
        ]

    async def store(
        self, sound_id: str, language: str, content: bytes, *, now: datetime, by: str
    ) -> SoundFile:
        """Take in a WAV file for a prompt in one language (en, cy), or for music (language `-`).

        Raises:
            NotFound: there is no such sound.
            Unusable: it is no sound that can be played; says why.
        """
        seconds = await asyncio.to_thread(_duration_s, content)
        async with self.database.transaction() as session:
            await SetUp(session).lock()
            row = await SetUp(session).sound(sound_id)
            shipped = sound_id in demo_catalogue().prompts
            if row is None and not shipped:
                raise NotFound("sound", sound_id)
            kind = "prompt" if row is None else row.kind
            if (kind == "music") != (language == "-"):
                raise Unusable("language", f"{sound_id} is {kind}.", _LANGUAGE_CURE[kind])
            key = "" if language == "-" else language
            facts: dict[str, Any] = {
                "duration_s": round(seconds, 2),
                "bytes": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
                "by": by,
            }
            before = dict(row.recordings) if row is not None else {}
            values: dict[str, Any] = {"recordings": {**before, key: facts}}
            if row is None:
                values |= {"kind": "prompt", "texts": {}}
            await SetUp(session).put("sounds", sound_id, values)
            path = self.path(kind, sound_id, key)
            await asyncio.to_thread(_put, path, content)
            await AuditTrail(session).add(
                at=now, actor=by, action="setup.sound_recorded", subject=f"sounds/{sound_id}", data=facts
            )
        return SoundFile(language=key, duration_s=facts["duration_s"], bytes=facts["bytes"])

    async def remove(self, sound_id: str, language: str, *, now: datetime, by: str) -> None:
        """Take a recording away; a prompt is then read aloud, or as it ships.

        Raises:
            InUse: music that is played somewhere.
            NotFound: there is no such recording.
        """
        key = "" if language == "-" else language
        async with self.database.transaction() as session:
            await SetUp(session).lock()
            row = await SetUp(session).sound(sound_id)
            if row is None or key not in row.recordings:
                raise NotFound("recording", f"{sound_id} {language}")
            users = [use.name for name, use in _uses(await read(session)) if name == sound_id]
            if row.kind == "music" and users:
                raise InUse(sound_id, users[0], "Choose other music there first.")
            kept = {name: each for name, each in row.recordings.items() if name != key}
            await SetUp(session).put("sounds", sound_id, {"recordings": kept})
            await AuditTrail(session).add(
                at=now, actor=by, action="setup.recording_removed", subject=f"sounds/{sound_id}"
            )
            await asyncio.to_thread(self.path(row.kind, sound_id, key).unlink, missing_ok=True)

    async def listen(self, sound_id: str, language: str) -> Path:
        """The file that callers hear.

        Raises:
            NotFound: there is none, and why.
        """
        async with self.database.read() as session:
            centre = await read(session)
        sound = centre.sounds.get(sound_id)
        if sound is not None and sound.kind == "music":
            path = self.path("music", sound_id, "")
            if not path.is_file():
                raise NotFound("recording of the music", sound_id)
            return path
        speaker = Speaker(self.folder / "speech") if Speaker.installed() else None
        try:
            library = PromptLibrary(
                catalogue_with(centre.sounds.values()),
                recordings=self.folder / "prompts",
                speaker=speaker,
            )
            said = await library.resolve([Phrase(prompt=sound_id, language=language)])
        finally:
            if speaker is not None:
                await speaker.close()
        if not said.files:
            raise NotFound("sound of", f"{sound_id}: {said.missing[0] if said.missing else 'no words'}")
        return Path(said.files[0])


_SPEECH: Final = frozenset({"say", "ask", "not_heard", "not_understood"})
_LANGUAGE_CURE = {
    "prompt": "Name its language: en or cy.",
    "music": "Music has no language: send it as `-`.",
}


OF_EVERY_QUEUE = (
    "queue_next",
    "queue_position",
    "queue_more_than",
    "queue_before_you",
    "queue_wait_about",
    "queue_minutes",
    "queue_wait_one",
    "queue_sorry",
    "callback_offer",
    "leave_message",
    "goodbye",
)
"""What the house itself says to callers who wait, or may not: the pieces of announcements, and the two flows
that every centre has."""


def _uses(centre: Centre) -> Iterator[tuple[str, SoundUse]]:
    """(sound, where) of everything that plays one."""
    for queue in list(centre.queues.values())[:1]:
        use = SoundUse(section="queues", id=queue.id, name=queue.name)
        yield from ((prompt, use) for prompt in OF_EVERY_QUEUE)
    for queue in centre.queues.values():
        use = SoundUse(section="queues", id=queue.id, name=queue.name)
        for prompt in (queue.consent, *(step.prompt for step in queue.steps)):
            if prompt:
                yield prompt, use
    for flow_id, setting in centre.sections["flows"].items():
        assert isinstance(setting, FlowSetting)
        use = SoundUse(section="flows", id=flow_id, name=str(setting.flow.get("name") or flow_id))
        for name in _named(setting.flow):
            yield name, use


def _named(data: Any) -> Iterator[str]:
    """Prompts and music that a flow's data names."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key in ("prompt", "music") and isinstance(value, str):
                yield value
            elif key in _SPEECH:
                yield from _bare(value)
            elif key == "prompts" and isinstance(value, dict):
                yield from (each for each in value.values() if isinstance(each, str))
            else:
                yield from _named(value)
    elif isinstance(data, list):
        for each in data:
            yield from _named(each)


def _bare(value: Any) -> Iterator[str]:
    """In what is said, a bare word is a prompt's id; texts stand under their languages."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _bare(each)
    else:
        yield from _named(value)


def _duration_s(content: bytes) -> float:
    if not content:
        raise Unusable("body", "The file is empty.", "Choose a WAV file.")
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        file.write(content)
        file.flush()
        try:
            rate, samples = read_wav(Path(file.name))
        except UnreadableSound as error:
            raise Unusable(
                "body",
                f"The file cannot be played: {error.reason}.",
                "Save it as WAV, PCM, 16 bits a sample.",
            ) from None
    if rate not in RATES_HZ:
        known = ", ".join(f"{each}" for each in RATES_HZ)
        raise Unusable("body", f"It has {rate} samples a second.", f"Save it with one of {known}.")
    if not len(samples):
        raise Unusable("body", "The file has no sound in it.", "Record it again.")
    return len(samples) / rate


def _put(path: Path, content: bytes) -> None:
    """Whole or not at all: somebody may be listening."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_bytes(content)
    partial.replace(path)
