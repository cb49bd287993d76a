"""Changing what is set up: one object, or the whole from a file. Checked, written down, taken up at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.api.models import Wire
from app.api.models_setup import (
    SECTIONS,
    CentreFile,
    CentreView,
    Difference,
    FieldChange,
    FindingView,
    ObjectChange,
    SetUpSaved,
)
from app.engine.commit import JsonValue, LogEvent
from app.errors import NotFound, Unusable
from app.setup.centre import NO_PASSWORD, Centre, read, remove, write
from app.setup.check import Surroundings, blocking, check
from app.setup.difference import difference
from app.setup.errors import InUse, SetUpChanged, SetUpInvalid
from app.setup.recordings import Recordings
from app.setup.words import view
from app.store.database import Database
from app.store.log import append_event
from app.store.repositories.events import AuditTrail
from app.store.repositories.people import Users
from app.store.repositories.setup import SetUp
from routing.findings import Finding, Severity

SLOW_S = 2.0
"""A whole centre is checked and written in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUpService:
    """Args:
    actor: who asks, as the audit names them.
    reload: has the running engine read the configuration again; after every commit.
    """

    database: Database
    actor: str
    language: str
    now: Callable[[], datetime]
    new_id: Callable[[str], str]
    reload: Callable[[], None]
    around: Surroundings = field(default_factory=Surroundings)
    recordings: Recordings | None = None

    # --- reading ---

    async def file(self) -> CentreFile:
        """The whole configuration, as it is exported."""
        async with self.database.read() as session:
            return (await read(session)).file()

    async def view(self, *, users: bool) -> CentreView:
        """Everything for the pages; without `users`, who may sign in is left out."""
        async with self.database.read() as session:
            centre = await read(session)
            revision = await SetUp(session).revision()
            stored = await SetUp(session).rows("sounds")
        found = [self._view(each, centre) for each in check(centre, self.around)]
        file = centre.file()
        if not users:
            file = file.model_copy(update={"users": None})
            found = [each for each in found if each.section != "users"]
        sounds = [] if self.recordings is None else self.recordings.views(centre, stored)
        return CentreView(
            centre=file, versions=dict(centre.versions), findings=found, sounds=sounds, revision=revision
        )

    async def check(self, section: str, key: str, setting: Wire | None) -> list[FindingView]:
        """What would stand out about one object and by it, were it saved like this."""
        async with self.database.read() as session:
            centre = await read(session)
        new = centre.having(section, key, setting)
        before = {each.key for each in check(centre, self.around)}
        return [
            self._view(each, new)
            for each in check(new, self.around)
            if (each.section, each.id) == (section, key) or each.key not in before
        ]

    # --- changing one object ---

    async def save(self, section: str, key: str, setting: Wire, seen: int) -> SetUpSaved:
        """Store one object.

        Raises:
            SetUpChanged: `seen` is not its version; 0 means that it is new.
            SetUpInvalid: with the errors that stand against it.
            Unusable: address and body name two objects.
        """
        named = str(getattr(setting, SECTIONS[section][1]))
        if named != key:
            raise Unusable(
                SECTIONS[section][1], f"The body says {named!r}, the address {key!r}.", "Send both alike."
            )
        async with self.database.transaction(slow_s=SLOW_S) as session:
            await SetUp(session).lock()
            centre = await read(session)
            await self._refuse_changed(session, centre, section, key, seen)
            new = centre.having(section, key, setting)
            found = self._refuse_errors(centre, new, section, key)
            version = centre.version(section, key)
            changes = difference(centre, new)
            if changes:
                version = await self._write(session, section, key, setting)
                await self._written(session, changes[0], version)
        if changes:
            self.reload()
        return SetUpSaved(version=version, findings=[self._view(each, new) for each in found])

    async def remove(self, section: str, key: str, seen: int) -> None:
        """Take one object away.

        Raises:
            InUse: an agent who is signed in.
            NotFound: there is none.
            SetUpChanged: `seen` is not its version.
            SetUpInvalid: something refers to it.
        """
        async with self.database.transaction(slow_s=SLOW_S) as session:
            await SetUp(session).lock()
            centre = await read(session)
            if centre.get(section, key) is None:
                raise NotFound(_SINGULAR[section], key)
            await self._refuse_changed(session, centre, section, key, seen)
            await self._refuse_at_work(session, centre, section, key)
            new = centre.having(section, key, None)
            self._refuse_errors(centre, new, section, key)
            await remove(session, section, key)
            await self._written(session, difference(centre, new)[0], seen)
        self.reload()

    async def set_password(self, username: str, hashed: str) -> None:
        """Give a user a new password and sign them out everywhere.

        Raises:
            NotFound: there is no such user.
        """
        async with self.database.transaction() as session:
            user = await Users(session).by_username(username)
            if user is None:
                raise NotFound("user", username)
            await Users(session).set_password(user.user_id, hashed)
            await SetUp(session).end_sessions(user.user_id)
            await AuditTrail(session).add(
                at=self.now(), actor=self.actor, action="user.password_set", subject=user.user_id
            )

    async def without_password(self) -> list[str]:
        """User names that cannot sign in yet."""
        async with self.database.read() as session:
            return [
                user.username for user in await Users(session).list() if user.password_hash == NO_PASSWORD
            ]

    # --- changing everything ---

    async def apply(self, file: CentreFile, *, dry_run: bool) -> Difference:
        """Make the centre what a file says, all of it or nothing. Errors keep everything as it is.

        Raises:
            InUse: it takes away an agent who is signed in.
        """
        async with self.database.transaction(slow_s=SLOW_S) as session:
            await SetUp(session).lock()
            centre = await read(session)
            new = centre.with_file(file)
            found = check(new, self.around)
            changes = difference(centre, new)
            errors = any(each.severity is Severity.ERROR for each in found)
            applied = bool(changes) and not dry_run and not errors
            if applied:
                await self._apply(session, centre, new, changes)
        if applied:
            self.reload()
        return Difference(
            changes=changes, findings=[self._view(each, new) for each in found], applied=applied
        )

    async def _apply(
        self, session: AsyncSession, old: Centre, new: Centre, changes: Sequence[ObjectChange]
    ) -> None:
        for change in changes:
            setting = new.get(change.section, change.id)
            if setting is None:
                await self._refuse_at_work(session, old, change.section, change.id)
                await remove(session, change.section, change.id)
                version = old.version(change.section, change.id)
            else:
                version = await self._write(session, change.section, change.id, setting)
            await self._written(session, change, version)

    # --- inside ---

    def _view(self, finding: Finding, centre: Centre) -> FindingView:
        return view(finding, centre, self.language)

    def _refuse_errors(self, old: Centre, new: Centre, section: str, key: str) -> tuple[Finding, ...]:
        before, now = check(old, self.around), check(new, self.around)
        stopping = blocking(now, before, section, key)
        if stopping:
            raise SetUpInvalid([self._view(each, new) for each in stopping])
        known = {each.key for each in before}
        return tuple(
            each for each in now if (each.section, each.id) == (section, key) or each.key not in known
        )

    async def _refuse_changed(
        self, session: AsyncSession, centre: Centre, section: str, key: str, seen: int
    ) -> None:
        version = centre.version(section, key)
        if version == seen:
            return
        lines = await SetUp(session).changes_of(f"{section}/{key}", seen)
        users = {user.user_id: user.name for user in await Users(session).list()}
        changes = [FieldChange(**each) for line in reversed(lines) for each in line.data.get("changes", ())]
        setting = centre.get(section, key)
        name = str(getattr(setting, "name", "") or key)
        who = users.get(lines[0].actor or "", lines[0].actor) if lines else None
        raise SetUpChanged(name, version, seen, who, changes)

    async def _refuse_at_work(self, session: AsyncSession, centre: Centre, section: str, key: str) -> None:
        if section != "agents" or not await SetUp(session).signed_in(key):
            return
        name = str(getattr(centre.get(section, key), "name", key))
        raise InUse(name, "a shift that is under way", "Sign the agent out on the floor first.")

    async def _write(self, session: AsyncSession, section: str, key: str, setting: Wire) -> int:
        return await write(
            session,
            section,
            key,
            setting,
            now=self.now(),
            by=self.actor,
            new_user_id=self.new_id("us"),
        )

    async def _written(self, session: AsyncSession, change: ObjectChange, version: int) -> None:
        """The event in the log, and the line in the audit with every field."""
        subject = f"{change.section}/{change.id}"
        about: dict[str, JsonValue] = {
            "subject": subject,
            "kind": change.kind,
            "version": version,
            "by": self.actor,
        }
        append_event(session, LogEvent(kind="setup.changed", at=self.now(), data=about))
        fields = [each.model_dump() for each in change.fields]
        await AuditTrail(session).add(
            at=self.now(),
            actor=self.actor,
            action=f"setup.{change.kind}",
            subject=subject,
            data={"version": version, "changes": fields},
        )


_SINGULAR = {
    "routing": "routing",
    "skills": "skill",
    "teams": "team",
    "calendars": "hours",
    "sounds": "sound",
    "queues": "queue",
    "agents": "agent",
    "users": "user",
    "reasons": "list",
    "flows": "flow",
    "numbers": "number",
}
