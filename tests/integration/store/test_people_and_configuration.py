"""Users, sessions and how the centre is set up, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.store.database import Database
from app.store.errors import RecordChanged, RecordExists, RecordMissing
from app.store.records import Agent, Calendar, Number, Queue, Reference, SignInSession, User
from app.store.repositories.configuration import Configuration
from app.store.repositories.people import Sessions, Users

NOW = datetime(2026, 11, 19, 10, 43, tzinfo=UTC)


@pytest.fixture
async def session(database: Database) -> AsyncIterator[AsyncSession]:
    """One transaction for a whole test."""
    async with database.transaction() as opened:
        yield opened


AMINA = User(
    user_id="u_1", username="Amina", password_hash="x", name="Amina Yusuf", roles=["agent"], agent_id="amina"
)


async def test_user_names_are_unique_without_regard_to_case(session: AsyncSession) -> None:
    users = Users(session)
    assert (await users.add(AMINA)).username == "amina"
    with pytest.raises(RecordExists, match="already a user AMINA"):
        await users.add(replace(AMINA, user_id="u_2", username="AMINA"))
    found = await users.by_username("aMINa")
    assert found is not None
    assert found.user_id == "u_1"
    assert [each.username for each in await users.list()] == ["amina"]
    await users.set_language("u_1", "cy")
    await users.set_password("u_1", "y")
    session.expunge_all()
    found = await users.get("u_1")
    assert found is not None
    assert (found.language, found.password_hash) == ("cy", "y")
    with pytest.raises(RecordMissing):
        await users.set_language("u_9", "cy")


async def test_sign_in_sessions_end_by_time_by_hand_and_with_their_user(session: AsyncSession) -> None:
    users, sessions = Users(session), Sessions(session)
    await users.add(AMINA)
    for name in ("a", "b", "c"):
        await sessions.add(
            SignInSession(
                token_hash=name,
                user_id="u_1",
                csrf="t",
                created_at=NOW,
                seen_at=NOW,
                expires_at=NOW + timedelta(hours=1),
            )
        )
    found = await sessions.get("a", NOW)
    assert found is not None
    assert (found[0].csrf, found[1].name) == ("t", "Amina Yusuf")
    assert await sessions.get("a", NOW + timedelta(hours=1)) is None
    await sessions.seen("a", NOW + timedelta(minutes=5), NOW + timedelta(hours=2))
    session.expunge_all()
    assert await sessions.get("a", NOW + timedelta(hours=1)) is not None
    await sessions.end("b")
    assert await sessions.get("b", NOW) is None
    assert await sessions.delete_over(NOW + timedelta(hours=1)) == 1
    await users.set_disabled("u_1", True)
    session.expunge_all()
    assert await sessions.get("a", NOW) is None


# --- configuration --------------------------------------------------------------------------------


async def test_a_new_version_for_each_change(session: AsyncSession) -> None:
    configuration = Configuration(session)
    billing = Queue(queue_id="billing", name="Billing", policy={"acw_s": 60})
    assert (await configuration.put_queue(billing, seen=0)).version == 1
    assert (await configuration.put_queue(replace(billing, policy={"acw_s": 90}), seen=1)).version == 2
    with pytest.raises(RecordChanged, match="queue billing was changed meanwhile"):
        await configuration.put_queue(billing, seen=1)
    with pytest.raises(RecordChanged):
        await configuration.put_queue(billing, seen=0)
    assert [each.policy for each in await configuration.queues()] == [{"acw_s": 90}]
    amina = Agent(agent_id="amina", name="Amina", initials="AY", queues=("billing",), skills={"Billing": 8})
    await configuration.put_agent(amina)
    await configuration.put_agent(replace(amina, team="Billing"))
    stored = await configuration.agent("amina")
    assert stored is not None
    assert (stored.team, stored.version, stored.queues, stored.skills) == (
        "Billing",
        2,
        ["billing"],
        {"Billing": 8},
    )
    assert len(await configuration.agents()) == 1
    await configuration.put_calendar(Calendar(calendar_id="uk", name="UK", body={"zone": "Europe/London"}))
    assert [each.name for each in await configuration.calendars()] == ["UK"]


async def test_numbers_and_lists(session: AsyncSession) -> None:
    configuration = Configuration(session)
    number = Number(dnis="+442079460100", label="Main", flow_id="main", backend="webrtc")
    await configuration.put_number(number)
    await configuration.put_number(replace(number, flow_id="other"))
    assert [each.flow_id for each in await configuration.numbers()] == ["other"]
    for position, code in enumerate(("lunch", "break")):
        await configuration.put_reference(
            Reference(
                kind="not_ready_reason", code=code, label={"en": code, "cy": "Cinio"}, position=position
            )
        )
    await configuration.put_reference(
        Reference(kind="disposition", code="old", label={"en": "Old"}, active=False)
    )
    assert [each.code for each in await configuration.reference("not_ready_reason")] == ["lunch", "break"]
    assert [each.code for each in await configuration.reference()] == ["old", "lunch", "break"]
    assert [each.code for each in await configuration.reference(active_only=True)] == ["lunch", "break"]


async def test_flow_versions_are_kept_and_one_is_published(session: AsyncSession) -> None:
    configuration = Configuration(session)

    async def save(text: str, *, publish: bool = True) -> int:
        saved = await configuration.save_flow(
            "main", name="Main", body={"say": text}, at=NOW, by="gwen", publish=publish
        )
        assert saved.published is publish
        return saved.version

    assert [await save("one"), await save("two"), await save("draft", publish=False)] == [1, 2, 3]
    assert [each.version for each in await configuration.published_flows()] == [2]
    newest = await configuration.flow("main")
    assert newest is not None
    assert (newest.version, newest.body) == (3, {"say": "draft"})
    await configuration.publish_flow("main", 1)
    session.expunge_all()
    assert [each.version for each in await configuration.published_flows()] == [1]
    with pytest.raises(RecordMissing):
        await configuration.publish_flow("main", 9)
    assert [each.version for each in await configuration.flows()] == [3]
    pairs = [("main", 2), ("main", 9)]
    assert [each.version for each in await configuration.flow_versions(pairs)] == [2]
