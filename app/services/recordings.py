"""Listening to what was recorded: who may, and that every play, download and refusal is written down."""

from __future__ import annotations

from pathlib import Path

from app.api.ports import Parts, SignedIn
from app.errors import Conflict, NotFound
from app.store.repositories.events import AuditTrail
from app.store.repositories.recordings import Found, Reach
from app.store.repositories.recordings import Recordings as Stored

DEFAULT_REACH = {"agent": "own", "supervisor": "all", "operator": "none", "admin": "all"}
"""Where nobody chose otherwise."""
_ORDER = ("none", "own", "team", "all")


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
        if self.state == "expired":
            return "This recording was kept as long as its queue asks, and then deleted."
        return "The recording is still being made. It can be heard when the call is over."


async def reach_of(stored: Stored, parts: Parts, who: SignedIn) -> tuple[str, Reach]:
    """What this person may hear: the widest of what their roles give."""
    chosen = {**DEFAULT_REACH, **await stored.access()}
    name = max((chosen.get(role, "none") for role in who.roles), key=_ORDER.index, default="none")
    if name == "all":
        return name, Reach(everybody=True)
    own = frozenset({who.agent_id}) if who.agent_id is not None else frozenset[str]()
    if name == "team" and who.agent_id is not None:
        directory = parts.directory()
        team = directory.agent(who.agent_id).team
        own |= {each.agent_id for each in directory.agents.values() if team and each.team == team}
    return name, Reach(agents=own if name != "none" else frozenset())


class Recordings:
    """`address` is where the request comes from; it is written down with what is heard."""

    def __init__(self, parts: Parts, who: SignedIn, address: str = "") -> None:
        self._parts = parts
        self._who = who
        self._address = address

    async def open(self, recording_id: str, *, from_start: bool) -> Path:
        """The file of a recording.

        Args:
            from_start: This is the beginning of a play, not its continuation.

        Raises:
            NotFound: there is no such recording, it is somebody else's call, or its file is gone.
            RecordingNotReady: it is being made, failed, or its time is over.
        """
        found = await self.permitted(recording_id)
        path = self.file(found)
        if from_start:
            await self.write_down("recording.played", found)
        return path

    async def download(self, recording_id: str, reason: str) -> Path:
        """The file, to be kept elsewhere; why is written down. Raises: as `open`."""
        found = await self.permitted(recording_id)
        path = self.file(found)
        await self.write_down("recording.downloaded", found, reason=reason)
        return path

    async def permitted(self, recording_id: str) -> Found:
        """The recording, if this person may hear it; else the try is written down.

        Raises:
            NotFound: there is none, or it is not for them.
        """
        async with self._parts.database.read() as session:
            stored = Stored(session)
            found = await stored.get(recording_id)
            if found is None:
                raise NotFound("recording", recording_id)
            _, reach = await reach_of(stored, self._parts, self._who)
            people = await stored.people(found.recording.contact_id)
        agent_id = found.recording.agent_id
        if not reach.covers([*people, *([agent_id] if agent_id is not None else [])]):
            await self.write_down("recording.refused", found)
            raise NotFound("recording", recording_id)
        return found

    def file(self, found: Found) -> Path:
        """Raises: NotFound, RecordingNotReady."""
        recording = found.recording
        if found.mark is not None and found.mark.expired_at is not None:
            raise RecordingNotReady(recording.recording_id, "expired")
        if recording.state != "ready":
            raise RecordingNotReady(recording.recording_id, recording.state)
        path = kept_file(self._parts.settings.recordings, recording.path)
        if path is None:
            raise NotFound("file of the recording", recording.recording_id)
        return path

    async def write_down(self, action: str, found: Found, **data: str) -> None:
        """Who did what with which recording, when and from where."""
        async with self._parts.database.transaction() as session:
            await AuditTrail(session).add(
                at=self._parts.clock.now(),
                actor=self._who.user_id,
                action=action,
                subject=found.recording.recording_id,
                data={"contact_id": found.recording.contact_id, "from": self._address, **data},
            )


def kept_file(folder: Path, path: str) -> Path | None:
    """The file, if it is one and lies where recordings are kept."""
    resolved, kept = Path(path).resolve(), folder.resolve()
    return resolved if resolved.is_relative_to(kept) and resolved.is_file() else None
