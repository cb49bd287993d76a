"""The whole of what is set up, read from the store and written to it, in the shape of `CentreFile`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy.ext.asyncio import AsyncSession

from app.api.models import Wire
from app.api.models_setup import (
    SECTIONS,
    AgentSetting,
    CalendarSetting,
    CentreFile,
    FlowSetting,
    NumberSetUp,
    ReasonList,
    RoutingSetting,
    SkillSetting,
    SoundSetting,
    TeamSetting,
    UserSetting,
)
from app.api.models_setup_queue import QueueRules, QueueSetting
from app.store.repositories.configuration import Configuration
from app.store.repositories.setup import Row, SetUp

REASONS = ("disposition", "not_ready_reason", "decline_reason")
PERMANENT = ("routing", "reasons")
"""Sections whose objects always exist: a file changes those that it names."""
NO_PASSWORD = "-"
"""A hash that no password fits."""

Objects = dict[str, Wire]


@dataclass(frozen=True, slots=True)
class Centre:
    """Section -> key -> setting, and beside it `section/key` -> version."""

    sections: Mapping[str, Objects]
    versions: Mapping[str, int] = field(default_factory=dict)

    def get(self, section: str, key: str) -> Wire | None:
        return self.sections[section].get(key)

    def version(self, section: str, key: str) -> int:
        """0 when there is no such object."""
        return self.versions.get(f"{section}/{key}", 0)

    def having(self, section: str, key: str, setting: Wire | None) -> Centre:
        """The centre with one object put in, or taken out."""
        objects = {name: each for name, each in self.sections[section].items() if name != key}
        if setting is not None:
            objects[key] = setting
        return Centre({**self.sections, section: objects}, self.versions)

    def with_file(self, file: CentreFile) -> Centre:
        """The centre as a file wants it; sections that it leaves out stay."""
        sections = dict(self.sections)
        for section, (_, key) in SECTIONS.items():
            wanted = getattr(file, section)
            if wanted is not None:
                kept = sections[section] if section in PERMANENT else {}
                sections[section] = {**kept, **{str(getattr(each, key)): each for each in wanted}}
        return Centre(sections, self.versions)

    def file(self) -> CentreFile:
        """Everything, each section in the order of its keys; queues in the order of the floor."""
        given: dict[str, list[Any]] = {}
        for section in SECTIONS:
            objects = self.sections[section]
            given[section] = [objects[key] for key in sorted(objects)]
        given["queues"].sort(key=lambda queue: (queue.position, queue.id))
        return CentreFile(**given)

    def each(self) -> Iterator[tuple[str, str, Wire]]:
        for section, objects in self.sections.items():
            for key, setting in objects.items():
                yield section, key, setting

    @property
    def queues(self) -> Mapping[str, QueueSetting]:
        return cast("Mapping[str, QueueSetting]", self.sections["queues"])

    @property
    def agents(self) -> Mapping[str, AgentSetting]:
        return cast("Mapping[str, AgentSetting]", self.sections["agents"])

    @property
    def users(self) -> Mapping[str, UserSetting]:
        return cast("Mapping[str, UserSetting]", self.sections["users"])

    @property
    def sounds(self) -> Mapping[str, SoundSetting]:
        return cast("Mapping[str, SoundSetting]", self.sections["sounds"])


EMPTY = Centre({section: {} for section in SECTIONS})


# --- reading --------------------------------------------------------------------------------------


async def read(session: AsyncSession) -> Centre:
    """The whole centre, as this transaction sees it."""
    rows = SetUp(session)
    sections: dict[str, Objects] = {section: {} for section in SECTIONS}
    versions: dict[str, int] = {}
    for section in ("skills", "teams", "calendars", "sounds", "queues", "agents", "users", "numbers"):
        for row in await rows.rows(section):
            setting = _setting(section, row)
            key = str(getattr(setting, SECTIONS[section][1]))
            sections[section][key] = setting
            versions[f"{section}/{key}"] = row["version"]
    sections["routing"]["routing"] = RoutingSetting(across=await rows.across())
    versions["routing/routing"] = await rows.version_of("routing") or 1
    configuration = Configuration(session)
    for kind in REASONS:
        sections["reasons"][kind] = ReasonList.model_validate(
            {
                "id": kind,
                "entries": [
                    {
                        "code": entry.code,
                        "label": dict(entry.label),
                        "group": entry.grouping,
                        "active": entry.active,
                    }
                    for entry in await configuration.reference(kind)
                ],
            }
        )
        versions[f"reasons/{kind}"] = await rows.version_of(f"list:{kind}") or 1
    for flow in await configuration.published_flows():
        body = {name: value for name, value in flow.body.items() if name not in ("id", "version")}
        sections["flows"][flow.flow_id] = FlowSetting(id=flow.flow_id, flow=body)
        versions[f"flows/{flow.flow_id}"] = flow.version
    return Centre(sections, versions)


def _setting(section: str, row: Row) -> Wire:
    match section:
        case "skills":
            return SkillSetting(skill=row["skill"], about=row["about"])
        case "teams":
            return TeamSetting(team=row["team"], about=row["about"], lead=row["lead"])
        case "calendars":
            body = {**row["body"], "id": row["calendar_id"], "name": row["name"]}
            return CalendarSetting.model_validate(body)
        case "sounds":
            return SoundSetting(
                id=row["sound_id"], kind=row["kind"], name=row["name"], texts=dict(row["texts"])
            )
        case "queues":
            rules = QueueRules.stored(row["policy"])
            return QueueSetting(id=row["queue_id"], name=row["name"], **dict(rules))
        case "agents":
            return AgentSetting(
                id=row["agent_id"],
                name=row["name"],
                initials=row["initials"],
                team=row["team"],
                queues=list(row["queues"]),
                skills=dict(row["skills"]),
                capacity=dict(row["capacity"]),
                voice_blocks=row["voice_blocks"],
            )
        case "users":
            return UserSetting(
                username=row["username"],
                name=row["name"],
                roles=list(row["roles"]),
                agent=row["agent_id"],
                language=row["language"],
                disabled=row["disabled"],
            )
    return NumberSetUp(
        dnis=row["dnis"],
        label=row["label"],
        flow=row["flow_id"],
        backend=row["backend"],
        agent=row["agent_id"],
        queue=row["queue_id"],
    )


# --- writing --------------------------------------------------------------------------------------


async def write(
    session: AsyncSession, section: str, key: str, setting: Wire, *, now: datetime, by: str, new_user_id: str
) -> int:
    """Store one object; returns its version. A new user gets no password."""
    rows = SetUp(session)
    if isinstance(setting, FlowSetting):
        body = {**setting.flow, "id": setting.id}
        name = str(setting.flow.get("name") or setting.id)
        saved = await Configuration(session).save_flow(setting.id, name=name, body=body, at=now, by=by)
        return saved.version
    if isinstance(setting, ReasonList):
        entries = [
            {"code": each.code, "label": dict(each.label), "grouping": each.group, "active": each.active}
            for each in setting.entries
        ]
        return await rows.put_reasons(setting.id, entries)
    values = _columns(setting)
    if isinstance(setting, UserSetting):
        users = {row["username"]: row for row in await rows.rows("users")}
        if key not in users:
            values |= {"user_id": new_user_id, "password_hash": NO_PASSWORD}
        elif setting.disabled:
            await rows.end_sessions(users[key]["user_id"])
    if isinstance(setting, SoundSetting) and await rows.sound(key) is None:
        values["recordings"] = {}
    return await rows.put(section, key, values)


async def remove(session: AsyncSession, section: str, key: str) -> None:
    """Take one object out; a flow stops answering and keeps its versions."""
    if section == "flows":
        await Configuration(session).withdraw_flow(key)
    elif section not in PERMANENT:
        await SetUp(session).remove(section, key)


def _columns(setting: Wire) -> dict[str, Any]:
    """A setting as its table's columns, but for the key and the version."""
    plain = setting.model_dump(mode="json")
    match setting:
        case QueueSetting():
            return {"name": setting.name, "policy": setting.rules()}
        case CalendarSetting():
            return {"name": setting.name, "body": setting.body()}
        case RoutingSetting():
            return {"value": {"across": setting.across.value}}
        case UserSetting():
            plain["agent_id"] = plain.pop("agent")
        case NumberSetUp():
            plain |= {f"{name}_id": plain.pop(name) for name in ("flow", "agent", "queue")}
    key = next(key for model, key in SECTIONS.values() if isinstance(setting, model))
    del plain[key]
    return plain
