"""Trying a change over HTTP: a recorded day, a try that runs in its own process, its result, its end."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.demo import yesterday
from app.store import records
from app.store.repositories.configuration import Configuration
from routing.types import AgentProfile, PoliciesChanged, QueuePolicy
from telephony.clock import monotonic
from tests.integration.api.conftest import START, Centre, Visitor

LONDON = ZoneInfo("Europe/London")
DAY = (START - timedelta(days=1)).date()
CHANGE: dict[str, Any] = {
    "change": {
        "queues": [{"id": "billing", "ring_timeout_s": 12}],
        "staff": [{"queue": "billing", "people": -2}],
    },
    "day": DAY.isoformat(),
    "seed": 7,
    "others": 0,
}
PATIENCE_S = 90.0


@pytest.fixture
async def recorded(centre: Centre) -> Centre:
    """Yesterday, six people served billing."""
    names = ("ana", "emeka", "grace", "hugo", "ines", "olu")
    async with centre.database.transaction() as session:
        for name in names:
            await Configuration(session).put_agent(
                records.Agent(
                    agent_id=name,
                    name=name.title(),
                    initials="XX",
                    team=name,
                    queues=["billing"],
                    skills={"Billing": 5},
                )
            )
    policies = PoliciesChanged(
        queues=(QueuePolicy(queue_id="billing", name="Billing"),),
        agents=tuple(
            AgentProfile(
                agent_id=name, name=name, queues=frozenset(("billing",)), skills={"Billing": 5}, team=name
            )
            for name in names
        ),
    )
    day = yesterday.yesterday(policies, day=DAY, zone=LONDON, dnis="+442079460100")
    async with centre.database.transaction() as session:
        await yesterday.write(session, day)
    return centre


async def ended(visitor: Visitor, try_id: str) -> dict[str, Any]:
    until = monotonic() + PATIENCE_S
    while monotonic() < until:
        view: dict[str, Any] = (await visitor.get(f"/api/simulation/tries/{try_id}")).json()
        if view["state"] not in ("waiting", "running"):
            return view
        await asyncio.sleep(0.05)
    raise AssertionError("the try did not end")


async def test_a_change_is_tried_on_a_recorded_day(recorded: Centre) -> None:
    leila = await recorded.signed_in("leila")
    ground = (await leila.get("/api/simulation/ground")).json()
    assert [day["day"] for day in ground["days"]] == [DAY.isoformat()]
    assert ground["days"][0]["contacts"] > 500
    assert [queue["id"] for queue in ground["queues"]] == ["billing"]
    answer = await leila.post("/api/simulation/tries", CHANGE)
    assert answer.status_code == 202
    assert answer.json()["changed"] == ["Billing, ring timeout 20.0 → 12.0", "Billing, -2 people"]
    view = await ended(leila, answer.json()["try_id"])
    assert (view["state"], view["trouble"], view["progress"]) == ("done", "", 1.0)
    result = view["result"]
    assert result["contacts"] == ground["days"][0]["contacts"]
    (billing,) = result["queues"]
    assert billing["people_before"] - billing["people_after"] == 2
    assert billing["service_level_after"] < billing["service_level_before"]
    assert billing["less"] + billing["same"] + billing["longer"] == billing["contacts"]
    assert result["verdict"]["tone"] == "bad"
    assert result["verdict"]["answer"].startswith("Worse for Billing")
    group = result["losers"][0]
    assert group["sentence"] == "2 fewer people serve this queue."
    assert group["calls"][0]["why"][0].startswith("At 0:20 of waiting: ")
    assert (
        sum(slot["abandoned_before"] for slot in result["courses"][1]["slots"]) == billing["abandoned_before"]
    )
    assert [each["try_id"] for each in (await leila.get("/api/simulation/tries")).json()["tries"]] == [
        view["try_id"]
    ]


async def test_the_same_seed_gives_the_same_result(recorded: Centre) -> None:
    ada = await recorded.signed_in("ada")
    results = []
    for _ in range(2):
        started = (await ada.post("/api/simulation/tries", CHANGE)).json()
        result = (await ended(ada, started["try_id"]))["result"]
        results.append({name: value for name, value in result.items() if name != "seconds"})
    assert results[0] == results[1]


async def test_a_try_can_be_stopped(recorded: Centre) -> None:
    leila = await recorded.signed_in("leila")
    started = (await leila.post("/api/simulation/tries", CHANGE | {"others": 20})).json()
    stopped = (await leila.change("DELETE", f"/api/simulation/tries/{started['try_id']}")).json()
    assert stopped["state"] == "cancelled"
    again = (await leila.post("/api/simulation/tries", CHANGE)).json()
    assert (await ended(leila, again["try_id"]))["state"] == "done"


async def test_only_so_many_tries_wait(recorded: Centre) -> None:
    leila = await recorded.signed_in("leila")
    answers = [await leila.post("/api/simulation/tries", CHANGE | {"others": 20}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [202] * 5 + [409]
    assert answers[-1].json()["code"] == "too_many_tries"
    await recorded.parts.tries.close()
    states = {view["state"] for view in (await leila.get("/api/simulation/tries")).json()["tries"]}
    assert states == {"cancelled"}


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"change": {"queues": [{"id": "nowhere", "weight": 1}]}}, "queues.nowhere"),
        ({"change": {"queues": [{"id": "billing", "weight": -1}]}}, "queues.billing.weight"),
        ({"change": {"queues": [{"id": "billing", "colour": "red"}]}}, "queues.billing.colour"),
        ({"change": {"agents": [{"id": "nobody"}]}}, "agents.nobody"),
        ({"change": {"staff": [{"queue": "nowhere", "people": 1}]}}, "staff.nowhere"),
        ({"day": "2020-01-01"}, "day"),
    ],
)
async def test_what_does_not_fit_is_refused_and_named(
    recorded: Centre, wrong: dict[str, Any], where: str
) -> None:
    leila = await recorded.signed_in("leila")
    answer = await leila.post("/api/simulation/tries", CHANGE | wrong)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [where]


async def test_agents_and_operators_may_not_try(recorded: Centre) -> None:
    for username in ("amina", "oli"):
        visitor = await recorded.signed_in(username)
        assert (await visitor.get("/api/simulation/ground")).status_code == 403
        assert (await visitor.post("/api/simulation/tries", CHANGE)).status_code == 403


def test_yesterday_is_the_same_for_the_same_date() -> None:
    policies = PoliciesChanged(
        queues=(QueuePolicy(queue_id="billing", name="Billing"),),
        agents=(AgentProfile(agent_id="a", name="A", queues=frozenset(("billing",)), skills={}),),
    )
    once, again = (
        yesterday.yesterday(policies, day=DAY, zone=LONDON, dnis="+442079460100") for _ in range(2)
    )
    assert (once.events, once.contacts) == (again.events, again.contacts)
    begin = datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC)
    assert all(begin <= event.at < begin + timedelta(days=1) for event in once.events)
