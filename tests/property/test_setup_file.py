"""Export, then apply, changes nothing: for any centre, through the text and through the store."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.api.models_setup import CentreFile
from app.setup import difference as differ
from app.setup.centre import EMPTY, read, write
from app.setup.difference import difference
from app.setup.service import SetUpService
from app.setup.yaml import dump, load
from app.store import migrate
from app.store.database import Database
from routing.policy import Absence, Across, Operation, SayPosition, SayWait, Strategy, WayKind

NOW = datetime(2025, 11, 19, 10, tzinfo=UTC)

names = st.text(
    st.characters(categories=("L", "N", "P", "Zs"), include_characters="'\":#-"), min_size=1, max_size=12
)
ids = st.from_regex(r"[a-z][a-z0-9_]{0,6}", fullmatch=True)
seconds = st.one_of(st.integers(1, 3600), st.floats(1, 3600, allow_nan=False, width=32))
skills = st.dictionaries(names, st.integers(1, 10), max_size=3)


def some(
    fields: dict[str, st.SearchStrategy[Any]], **needed: st.SearchStrategy[Any]
) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(needed, optional=fields)


steps = st.lists(
    some(
        {
            "name": names,
            "skill": names,
            "level": st.integers(1, 10),
            "by": st.integers(-9, 9),
            "queue": ids,
            "prompt": ids,
            "repeat_every_s": seconds,
            "skip_if_nobody": st.booleans(),
            "when": some({"position_at_least": st.integers(0, 9), "calendar": ids, "open": st.booleans()}),
        },
        after_s=seconds,
        operation=st.sampled_from(list(Operation)),
    ),
    max_size=4,
)
ways = some({"kind": st.sampled_from(list(WayKind)), "queue": ids})
absences = st.lists(st.sampled_from(list(Absence)), unique=True)
queues = some(
    {
        "requirements": skills,
        "strategy": st.sampled_from(list(Strategy)),
        "order": st.lists(ids, max_size=3),
        "penalties": st.dictionaries(ids, st.integers(0, 9), max_size=3),
        "weight": st.integers(0, 9),
        "tier_priority": st.dictionaries(names, st.integers(-9, 9), max_size=3),
        "steps": steps,
        "join_empty": absences,
        "leave_empty": absences,
        "max_wait_s": seconds,
        "on_full": ways,
        "on_max_wait": ways,
        "announcements": some(
            {
                "first_after_s": seconds,
                "position": st.sampled_from(list(SayPosition)),
                "wait": st.sampled_from(list(SayWait)),
            }
        ),
        "callbacks": some({"offered": st.booleans(), "calendar": ids}),
        "blending": some(
            {"open_at_free": st.integers(0, 9)}, yields_to=st.lists(ids, min_size=1, max_size=2)
        ),
        "target_s": seconds,
        "goal": st.floats(0.01, 1, allow_nan=False),
        "consent": ids,
    },
    id=ids,
    name=names,
)
agents = some(
    {"team": names, "queues": st.lists(ids, max_size=3), "skills": skills, "voice_blocks": st.booleans()},
    id=ids,
    name=names,
)
users = some(
    {"agent": ids, "disabled": st.booleans(), "language": st.sampled_from(["en", "cy"])},
    username=ids,
    name=names,
    roles=st.lists(st.sampled_from(["agent", "supervisor", "admin"]), min_size=1, unique=True),
)
reasons = st.lists(
    some(
        {"group": names, "active": st.booleans()},
        code=ids,
        label=st.fixed_dictionaries({"en": names.filter(str.strip)}),
    ),
    max_size=4,
    unique_by=lambda each: each["code"],
)


def unique(entries: st.SearchStrategy[Any], key: str) -> st.SearchStrategy[Any]:
    return st.lists(entries, max_size=3, unique_by=lambda each: each[key])


centres = st.fixed_dictionaries(
    {
        "routing": st.sampled_from(list(Across)).map(lambda across: [{"across": across}]),
        "skills": unique(some({"about": names}, skill=names), "skill"),
        "teams": unique(some({"lead": ids}, team=names), "team"),
        "queues": unique(queues, "id"),
        "agents": unique(agents, "id"),
        "users": unique(users, "username"),
        "numbers": unique(
            some({"label": names}, dnis=st.from_regex(r"[0-9]{1,6}", fullmatch=True), flow=ids), "dnis"
        ),
        "reasons": reasons.map(lambda entries: [{"id": "disposition", "entries": entries}]),
    }
).map(CentreFile.model_validate)


def through_text(file: CentreFile) -> None:
    centre = EMPTY.with_file(file)
    again = EMPTY.with_file(load(dump(file)))
    assert difference(centre, again) == []
    assert dump(again.file()) == dump(centre.file())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(centres)
def test_what_is_written_reads_back_the_same(file: CentreFile) -> None:
    through_text(file)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(file=centres)
def test_what_is_exported_applies_without_a_change(file: CentreFile, tmp_path: Path) -> None:
    path = tmp_path / "centre.sqlite3"
    path.unlink(missing_ok=True)
    asyncio.run(_through_the_store(file, path))


async def _through_the_store(file: CentreFile, path: Path) -> None:
    database = Database(f"sqlite:///{path}", readers=1)
    try:
        await migrate.upgrade(database)
        async with database.transaction() as session:
            for section, key, setting in EMPTY.with_file(file).each():
                await write(session, section, key, setting, now=NOW, by="test", new_user_id=f"us_{key}")
        async with database.read() as session:
            stored = await read(session)
        wanted = stored.with_file(file)
        assert difference(stored, wanted) == []
        made = await service(database).apply(load(dump(await service(database).file())), dry_run=True)
        assert made.changes == []
    finally:
        await database.close()


def service(database: Database) -> SetUpService:
    return SetUpService(
        database=database,
        actor="test",
        language="en",
        now=lambda: NOW,
        new_id=lambda prefix: prefix,
        reload=lambda: None,
    )


def test_the_property_catches_a_writer_that_forgets(monkeypatch: pytest.MonkeyPatch) -> None:
    """A deliberately broken variant: fields of steps are not compared."""
    file = load("queues: [{id: a, name: A, steps: [{id: s, after_s: 60, operation: raise_priority, by: 1}]}]")
    other = load(
        "queues: [{id: a, name: A, steps: [{id: s, after_s: 60, operation: raise_priority, by: 2}]}]"
    )
    assert difference(EMPTY.with_file(file), EMPTY.with_file(other)) != []
    whole: Callable[..., Any] = differ.field_changes

    def forgetful(old: Any, new: Any, path: str = "") -> Any:
        return () if path.startswith("steps") else whole(old, new, path)

    monkeypatch.setattr(differ, "field_changes", forgetful)
    assert difference(EMPTY.with_file(file), EMPTY.with_file(other)) == []
