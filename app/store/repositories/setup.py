"""What the centre decides as a whole, and the rows behind everything that is set up.

Settings are changed under one lock: a change is checked against exactly the centre it becomes part of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.store.columns import Base
from app.store.models import (
    AgentModel,
    AuditModel,
    CalendarModel,
    NumberModel,
    QueueModel,
    ReferenceModel,
    SessionModel,
    UserModel,
)
from app.store.schema import AgentStateModel
from app.store.tables_setup import SetUpModel, SkillModel, SoundModel, TeamModel
from routing.policy import Across

ROUTING = "routing"
REVISION = "revision"

MODELS: Mapping[str, tuple[type[Base], str]] = {
    "routing": (SetUpModel, "name"),
    "skills": (SkillModel, "skill"),
    "teams": (TeamModel, "team"),
    "calendars": (CalendarModel, "calendar_id"),
    "sounds": (SoundModel, "sound_id"),
    "queues": (QueueModel, "queue_id"),
    "agents": (AgentModel, "agent_id"),
    "users": (UserModel, "username"),
    "numbers": (NumberModel, "dnis"),
}
"""Section -> its table and the column that names a row. Reasons and flows have tables of another kind."""

Row = Mapping[str, Any]


class SetUp:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def across(self) -> Across:
        """Which of several queues an agent's next contact comes from."""
        row = await self._session.get(SetUpModel, ROUTING)
        return Across.WEIGHT_THEN_LONGEST if row is None else Across(row.value["across"])

    async def revision(self) -> int:
        row = await self._session.get(SetUpModel, REVISION)
        return 0 if row is None else row.version

    async def lock(self) -> int:
        """Take the one lock of all settings until the transaction ends; returns the new revision."""
        taken = await self._session.execute(
            update(SetUpModel)
            .where(SetUpModel.name == REVISION)
            .values(version=SetUpModel.version + 1)
            .returning(SetUpModel.version)
        )
        revision = taken.scalar_one_or_none()
        if revision is None:
            self._session.add(SetUpModel(name=REVISION, value={}, version=1))
            await self._session.flush()
            return 1
        return revision

    async def rows(self, section: str) -> Sequence[Row]:
        """Every row of a section, by its key."""
        model, key = MODELS[section]
        query = select(model).order_by(getattr(model, key))
        names = [column.key for column in model.__mapper__.column_attrs]
        return [{name: getattr(row, name) for name in names} for row in await self._session.scalars(query)]

    async def put(self, section: str, key: str, values: Row) -> int:
        """Store a row, or change the columns that `values` names; returns its version."""
        model, column = MODELS[section]
        query = select(model).where(getattr(model, column) == key)
        row: Any = (await self._session.scalars(query)).one_or_none()
        if row is None:
            row = model(**{column: key, **values, "version": 1})
            self._session.add(row)
        else:
            for name, value in values.items():
                setattr(row, name, value)
            row.version += 1
        await self._session.flush()
        version: int = row.version
        return version

    async def remove(self, section: str, key: str) -> None:
        model, column = MODELS[section]
        await self._session.execute(delete(model).where(getattr(model, column) == key))

    async def version_of(self, name: str) -> int:
        """Of something kept by name in `setup`; 0 when it never was changed."""
        row = await self._session.get(SetUpModel, name)
        return 0 if row is None else row.version

    async def put_reasons(self, kind: str, entries: Sequence[Row]) -> int:
        """A whole list, in its order; returns its version."""
        await self._session.execute(delete(ReferenceModel).where(ReferenceModel.kind == kind))
        self._session.expire_all()
        for position, entry in enumerate(entries):
            self._session.add(ReferenceModel(kind=kind, position=position, **entry))
        return await self.put("routing", f"list:{kind}", {"value": {}})

    async def sound(self, sound_id: str) -> SoundModel | None:
        return await self._session.get(SoundModel, sound_id)

    async def end_sessions(self, user_id: str) -> None:
        """Sign a user out everywhere."""
        await self._session.execute(delete(SessionModel).where(SessionModel.user_id == user_id))

    async def signed_in(self, agent_id: str) -> bool:
        """Whether the engine has this agent at work."""
        row = await self._session.get(AgentStateModel, agent_id)
        return row is not None and row.state != "signed_out"

    async def changes_of(self, subject: str, after: int, limit: int = 20) -> Sequence[AuditModel]:
        """Audit lines about one object, newest first, of versions after `after`."""
        query = (
            select(AuditModel)
            .where(AuditModel.subject == subject, AuditModel.action.like("setup.%"))
            .order_by(AuditModel.audit_id.desc())
            .limit(limit)
        )
        rows = await self._session.scalars(query)
        return [row for row in rows if int(row.data.get("version") or 0) > after]
