"""Listening to what was recorded. Every play is written down."""

from __future__ import annotations

from pathlib import Path

from app.api.ports import Parts, SignedIn
from app.errors import Conflict, NotFound
from app.store.repositories.contacts import Contacts
from app.store.repositories.events import AuditTrail


class RecordingNotReady(Conflict):
    code = "recording_not_ready"
    title = "Nothing to hear yet"

    def __init__(self, recording_id: str, state: str) -> None:
        super().__init__(recording_id, state)
        self.recording_id = recording_id
        self.state = state

    def __str__(self) -> str:
        if self.state == "failed":
            return "This recording failed; nothing of it was kept."
        return "The recording is still being made. It can be heard when the call is over."


class Recordings:
    def __init__(self, parts: Parts, who: SignedIn) -> None:
        self._parts = parts
        self._who = who

    async def open(self, recording_id: str, *, from_start: bool) -> Path:
        """The file of a recording.

        Args:
            from_start: This is the beginning of a play, not its continuation.

        Raises:
            NotFound: there is no such recording, it is somebody else's call, or its file is gone.
            RecordingNotReady: it is being made, or failed.
        """
        async with self._parts.database.read() as session:
            contacts = Contacts(session)
            recording = await contacts.recording(recording_id)
            if recording is None or not (
                self._who.has("supervisor")
                or (
                    self._who.agent_id is not None
                    and await contacts.was_handled_by(recording.contact_id, self._who.agent_id)
                )
            ):
                raise NotFound("recording", recording_id)
        if recording.state != "ready":
            raise RecordingNotReady(recording_id, recording.state)
        path = self._kept(Path(recording.path))
        if path is None:
            raise NotFound("file of the recording", recording_id)
        if from_start:
            async with self._parts.database.transaction() as session:
                await AuditTrail(session).add(
                    at=self._parts.clock.now(),
                    actor=self._who.user_id,
                    action="recording.played",
                    subject=recording_id,
                    data={"contact_id": recording.contact_id},
                )
        return path

    def _kept(self, path: Path) -> Path | None:
        """The file, if it is one and lies where recordings are kept."""
        path, kept = path.resolve(), self._parts.settings.recordings.resolve()
        return path if path.is_relative_to(kept) and path.is_file() else None
