"""What is set up on screen: queues, agents, teams, skills, users, numbers, hours, lists, flows.

One object at a time: read the whole with `GET /api/setup`, change an object with the version that was read.
Saving checks it against the centre it becomes part of: errors refuse it (409 `setup_invalid`), warnings come
with the answer. Another version stored refuses it too (409 `setup_changed`, with the fields others changed).
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path

from app.api.access import Admin, PartsHere, Supervisor
from app.api.models import Done, Wire
from app.api.models_setup import (
    SAVINGS,
    SECTIONS,
    AgentSetting,
    Apply,
    CentreFile,
    CentreView,
    Difference,
    Findings,
    NewPassword,
    SetUpSaved,
    SkillsChange,
    StillWaiting,
)
from app.api.ports import Parts, SignedIn
from app.errors import NotFound
from app.setup.check import Surroundings
from app.setup.recordings import Recordings
from app.setup.service import SetUpService
from app.setup.traffic import STILL_AT_S, busiest_hours, still_waiting

router = APIRouter(prefix="/api/setup", tags=["setup"])

Key = Annotated[str, Path(max_length=80)]


async def service_of(parts: Parts, who: SignedIn, *, with_traffic: bool = False) -> SetUpService:
    traffic = await busiest_hours(parts.database, parts.clock.now()) if with_traffic else {}
    return SetUpService(
        database=parts.database,
        actor=who.user_id,
        language=who.language,
        now=parts.clock.now,
        new_id=parts.new_id,
        reload=parts.reload,
        around=Surroundings(
            backends={name: each.reaches_telephone_network for name, each in parts.capabilities.items()},
            traffic=traffic,
        ),
        recordings=Recordings(database=parts.database, folder=parts.settings.data_dir),
    )


@router.get("")
async def centre(who: Supervisor, parts: PartsHere) -> CentreView:
    """Everything that is set up, with each object's version and what the analyser finds.

    Users are shown to administrators only.
    """
    service = await service_of(parts, who, with_traffic=True)
    return await service.view(users=who.has("admin"))


@router.get("/export")
async def export(who: Admin, parts: PartsHere) -> CentreFile:
    """The configuration as one file. It holds no secret: no password, no PIN, no key."""
    return await (await service_of(parts, who)).file()


@router.post("/apply")
async def apply(body: Apply, who: Admin, parts: PartsHere) -> Difference:
    """What a file changes, object by object. With `dry_run` false and no error it is made so, at once.

    A section that the file leaves out stays as it is.
    """
    service = await service_of(parts, who, with_traffic=True)
    return await service.apply(body.centre, dry_run=body.dry_run)


@router.put("/agents/{key}/skills")
async def set_skills(key: Key, body: SkillsChange, who: Supervisor, parts: PartsHere) -> SetUpSaved:
    """Change an agent's skills. A supervisor may do this much."""
    service = await service_of(parts, who)
    file = await service.file()
    agent = next((each for each in file.agents or () if each.id == key), None)
    if agent is None:
        raise NotFound("agent", key)
    changed = AgentSetting.model_validate({**agent.model_dump(), "skills": body.skills})
    return await service.save("agents", key, changed, body.version)


@router.get("/queues/{key}/still-waiting")
async def waited(key: Key, who: Supervisor, parts: PartsHere) -> StillWaiting:
    """How long the callers of the last day waited: who of them meets a step, and who never does."""
    callers, shares = await still_waiting(parts.database, key, parts.clock.now())
    points = [(float(at), share) for at, share in zip(STILL_AT_S, shares, strict=False)]
    return StillWaiting(callers=callers, points=points)


@router.post("/users/{key}/password", status_code=204)
async def set_password(key: Key, body: NewPassword, who: Admin, parts: PartsHere) -> None:
    """Give a user a new password and sign them out everywhere."""
    hashed = await parts.auth.passwords.hash(body.password)
    await (await service_of(parts, who)).set_password(key, hashed)


# --- the same for every section -------------------------------------------------------------------

Handler = Callable[..., Awaitable[Any]]


def _saving(section: str, model: type[Wire]) -> Handler:
    async def save(key: Key, body: Any, who: Admin, parts: PartsHere) -> SetUpSaved:
        return await (await service_of(parts, who)).save(section, key, body.setting, body.version)

    save.__annotations__["body"] = SAVINGS[model]
    return save


def _checking(section: str, model: type[Wire]) -> Handler:
    async def check(key: Key, body: Any, who: Supervisor, parts: PartsHere) -> Findings:
        service = await service_of(parts, who, with_traffic=True)
        return Findings(findings=await service.check(section, key, body.setting))

    check.__annotations__["body"] = SAVINGS[model]
    return check


def _removing(section: str) -> Handler:
    async def remove(key: Key, version: int, who: Admin, parts: PartsHere) -> Done:
        await (await service_of(parts, who)).remove(section, key, version)
        return Done()

    return remove


_WHAT: Mapping[str, str] = {
    "routing": "which of several queues comes first",
    "skills": "a skill",
    "teams": "a team",
    "calendars": "opening hours",
    "sounds": "a prompt's words, or the name of music",
    "queues": "a queue: its rules, its steps, its promise",
    "agents": "an agent",
    "users": "a user",
    "reasons": "a list of outcomes or reasons",
    "flows": "a call flow",
    "numbers": "a number",
}

for _section, (_model, _) in SECTIONS.items():
    _path = f"/{_section}/{{key}}"
    router.add_api_route(
        _path,
        _saving(_section, _model),
        methods=["PUT"],
        name=f"save_{_section}",
        response_model=SetUpSaved,
        description=f"Save {_WHAT[_section]}: new with version 0, or the next version of the one read.",
    )
    router.add_api_route(
        f"{_path}/check",
        _checking(_section, _model),
        methods=["POST"],
        name=f"check_{_section}",
        response_model=Findings,
        description=f"What would stand out about {_WHAT[_section]}, saved like this. Nothing is changed.",
    )
    if _section not in ("routing", "reasons"):
        router.add_api_route(
            _path,
            _removing(_section),
            methods=["DELETE"],
            name=f"remove_{_section}",
            response_model=Done,
            description=f"Remove {_WHAT[_section]}. Refused while something refers to it.",
        )
