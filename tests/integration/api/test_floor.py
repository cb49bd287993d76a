"""What supervisors ask of calls, agents, queues, figures and alerts: who may, what is done, what is said."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.engine import commands_calls as ask
from app.engine.commit import LogEvent
from app.store import records
from app.store.repositories.configuration import Configuration
from app.store.repositories.events import AuditTrail
from routing.types import WaitingRecord
from tests.integration.api.conftest import START, Centre

COMMANDS: list[tuple[str, str, Any, object]] = [
    (
        "/api/floor/contacts/ct_1/move",
        "POST",
        {"queue_id": "billing", "to": "first"},
        ask.MoveContact(contact_id="ct_1", by="us_leila", queue_id="billing", to="first"),
    ),
    (
        "/api/floor/contacts/ct_1/priority",
        "POST",
        {"priority": 5},
        ask.Prioritise(contact_id="ct_1", by="us_leila", priority=5),
    ),
    (
        "/api/floor/contacts/ct_1/offer-callback",
        "POST",
        None,
        ask.OfferCallback(contact_id="ct_1", by="us_leila"),
    ),
    (
        "/api/floor/agents/ag_dev/state",
        "POST",
        {"state": "not_ready", "reason": "coaching"},
        ask.ForceState(agent_id="ag_dev", by="us_leila", state="not_ready", reason="coaching"),
    ),
    (
        "/api/floor/queues/billing/close",
        "POST",
        {"then": "voicemail", "then_queue_id": "ignored"},
        ask.CloseQueue(queue_id="billing", by="us_leila", then="voicemail"),
    ),
    (
        "/api/floor/queues/billing/reopen",
        "POST",
        None,
        ask.ReopenQueue(queue_id="billing", by="us_leila"),
    ),
]


@pytest.mark.parametrize(("path", "method", "body", "command"), COMMANDS, ids=[each[0] for each in COMMANDS])
async def test_a_supervisors_wish_reaches_the_engine_and_the_audit(
    centre: Centre, path: str, method: str, body: Any, command: object
) -> None:
    leila = await centre.signed_in("leila")
    assert (await leila.change(method, path, body)).status_code == 200
    assert centre.engine.taken == [command]
    async with centre.database.read() as session:
        entry = (await AuditTrail(session).recent(1))[0]
    assert (entry.actor, entry.subject) == ("us_leila", path.split("/")[4])


@pytest.mark.parametrize("username", ["amina", "oli"])
async def test_agents_and_operators_steer_nothing(centre: Centre, username: str) -> None:
    visitor = await centre.signed_in(username)
    for path, method, body, _ in COMMANDS:
        answer = await visitor.change(method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (403, "role_missing"), path
    for path in ("/api/floor/thresholds", "/api/floor/alerts", "/api/floor/contacts?figure=answered"):
        assert (await visitor.get(path)).status_code == 403
    assert centre.engine.taken == []


async def test_a_refusal_of_the_engine_is_said_in_its_words_and_not_audited(centre: Centre) -> None:
    leila = await centre.signed_in("leila")
    centre.engine.refuse_with = ("not_waiting", "This caller is not waiting any more.")
    answer = await leila.post("/api/floor/contacts/ct_1/priority", {"priority": 5})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_waiting")
    assert answer.json()["detail"] == "This caller is not waiting any more."
    async with centre.database.read() as session:
        assert all(entry.action != "contact.prioritised" for entry in await AuditTrail(session).recent())


async def test_listening_needs_a_phone_of_ones_own(centre: Centre) -> None:
    leila = await centre.signed_in("leila")
    answer = await leila.post("/api/floor/contacts/ct_1/supervise", {"mode": "listen"})
    assert (answer.status_code, answer.json()["code"]) == (409, "no_phone")
    assert "an agent's record" in answer.json()["detail"]
    assert centre.engine.taken == []


async def test_a_supervisor_changes_skills_and_the_router_hears_of_it(centre: Centre) -> None:
    async with centre.database.transaction() as session:
        await Configuration(session).put_agent(
            records.Agent(
                agent_id="ag_dev", name="Dev Patel", initials="DP", skills={"Billing": 5, "Moving": 3}
            )
        )
    leila = await centre.signed_in("leila")
    answer = await leila.put("/api/floor/agents/ag_dev/skills", {"skills": {"Billing": 8}})
    assert answer.json()["skills"] == {"Billing": 8}
    assert centre.reloads == [1]
    strange = await leila.put("/api/floor/agents/ag_dev/skills", {"skills": {"Juggling": 8}})
    assert (strange.status_code, strange.json()["errors"][0]["cure"]) == (422, "Choose among Billing.")
    assert (await leila.put("/api/floor/agents/ag_x/skills", {"skills": {}})).status_code == 404
    assert (
        await leila.put("/api/floor/agents/ag_dev/skills", {"skills": {"Billing": 11}})
    ).status_code == 422


def day(centre: Centre) -> None:
    """Five callers of Billing: answered in time, answered late, given up, given up at once, waiting."""
    events: list[LogEvent] = []

    def log(kind: str, contact: str, at_s: float, **data: Any) -> None:
        agent = "ag_amina" if kind in ("contact.answered", "contact.ended", "acw.ended") else None
        events.append(
            LogEvent(
                kind=kind,
                at=START + timedelta(seconds=at_s),
                contact_id=contact,
                agent_id=agent,
                queue_id="billing",
                data=data,
            )
        )

    for contact in ("ct_1", "ct_2", "ct_3", "ct_4", "ct_5"):
        log("contact.queued", contact, 0)
    log("contact.abandoned", "ct_4", 3, wait_s=3.0)
    log("contact.ended", "ct_4", 3)
    log("contact.answered", "ct_1", 10, wait_s=10.0)
    log("contact.answered", "ct_2", 50, wait_s=50.0)
    log("contact.abandoned", "ct_3", 70, wait_s=70.0)
    log("contact.ended", "ct_1", 100, talk_s=90.0, hold_s=0.0)
    centre.daybook.observe(events, START + timedelta(seconds=120))
    centre.state.waiting["ct_5"] = WaitingRecord(
        contact_id="ct_5", queue_id="billing", media="webrtc", priority=0, place_at=START, queued_at=START
    )
    centre.clock.advance(timedelta(seconds=120))


@pytest.mark.parametrize(
    ("figure", "value", "total", "counted"),
    [
        ("offered", 5, 5, 5),
        ("waiting", 1, 1, 1),
        ("answered", 2, 2, 2),
        ("abandoned", 2, 2, 2),
        ("short_abandoned", 1, 1, 1),
        ("service_level", 1 / 3, 3, 1),
        ("abandon_rate", 2 / 5, 5, 2),
        ("handled", 1, 1, 1),
        ("aht_s", 90, 1, 1),
    ],
)
async def test_as_many_contacts_stand_behind_a_figure_as_it_says(
    centre: Centre, figure: str, value: float, total: int, counted: int
) -> None:
    day(centre)
    leila = await centre.signed_in("leila")
    for where in ("", "&queue=billing"):
        answer = (await leila.get(f"/api/floor/contacts?figure={figure}{where}")).json()
        assert answer["value"] == pytest.approx(value)
        assert (answer["total"], answer["counted"]) == (total, counted)
    assert (await leila.get(f"/api/floor/contacts?figure={figure}&queue=nowhere")).status_code == 404


async def test_a_close_is_previewed_with_who_waits(centre: Centre) -> None:
    day(centre)
    leila = await centre.signed_in("leila")
    answer = (await leila.get("/api/floor/queues/billing/close-preview")).json()
    assert answer == {"queue_id": "billing", "waiting": 1, "callbacks": 0, "ringing": 0}


async def test_why_an_agent_gets_no_calls_is_told_to_him_and_to_supervisors(centre: Centre) -> None:
    leila, dev = await centre.signed_in("leila"), await centre.signed_in("dev")
    told = (await leila.get("/api/floor/agents/ag_dev/why")).json()
    assert told["verdict"] == (await dev.get("/api/agent/why")).json()["verdict"]
    assert told["verdict"] == "Nobody waits in these queues. Ready for the next caller."
    assert (await dev.get("/api/floor/agents/ag_amina/why")).status_code == 403
    assert (await leila.get("/api/agent/why")).status_code == 403


# --- thresholds -----------------------------------------------------------------------------------


async def test_thresholds_are_set_for_all_and_for_one_and_set_back(centre: Centre) -> None:
    leila = await centre.signed_in("leila")

    def row(answer: Any, subject: str = "") -> dict[str, Any]:
        rows = [each for each in answer.json()["thresholds"] if each["measure"] == "waiting"]
        return next(each for each in rows if each["subject"] == subject)

    body = {"warn": 3, "bad": 6, "for_s": 10, "clear_s": 20}
    assert row(await leila.get("/api/floor/thresholds"))["own"] is False
    assert row(await leila.put("/api/floor/thresholds/waiting", body))["bad"] == 6
    mine = await leila.put("/api/floor/thresholds/waiting?subject=billing", {**body, "bad": 9})
    assert (row(mine, "billing")["bad"], row(mine, "billing")["name"], row(mine)["bad"]) == (9, "Billing", 6)
    assert centre.alerts.rules.own[("waiting", "billing")].bad == 9
    back = await leila.change("DELETE", "/api/floor/thresholds/waiting?subject=billing")
    assert [each["subject"] for each in back.json()["thresholds"] if each["measure"] == "waiting"] == [""]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("waiting", {"warn": 9, "bad": 3}, 422),
        ("service_level", {"warn": 0.7, "bad": 0.8}, 422),
        ("service_level", {"warn": 80, "bad": 70}, 422),
        ("waiting?subject=nowhere", {"warn": 3}, 404),
        ("missed?subject=billing", {"warn": 3}, 404),
        ("nothing", {"warn": 3}, 422),
    ],
)
async def test_a_threshold_that_makes_no_sense_is_refused(
    centre: Centre, path: str, body: Any, status: int
) -> None:
    leila = await centre.signed_in("leila")
    assert (await leila.put(f"/api/floor/thresholds/{path}", body)).status_code == status
    assert centre.alerts.rules.own == {}


async def test_a_webhook_is_added_tried_and_removed_and_its_secret_is_shown_once(centre: Centre) -> None:
    leila = await centre.signed_in("leila")
    body = {"kind": "webhook", "address": "https://hooks.example.org/x"}
    made = (await leila.post("/api/floor/targets", body, key="one-and-only")).json()
    again = (await leila.post("/api/floor/targets", body, key="one-and-only")).json()
    assert made == again
    assert made["secret"].startswith("whsec_")
    target = made["target"]["target_id"]
    assert "secret" not in (await leila.get("/api/floor/thresholds")).text
    assert (await leila.post(f"/api/floor/targets/{target}/test")).json() == {"delivered": True, "detail": ""}
    centre.webhooks.statuses = [500]
    tried = (await leila.post(f"/api/floor/targets/{target}/test")).json()
    assert tried == {"delivered": False, "detail": "answered 500"}
    assert (await leila.change("DELETE", f"/api/floor/targets/{target}")).status_code == 204
    assert (await leila.get("/api/floor/thresholds")).json()["targets"] == []
    assert (await leila.post(f"/api/floor/targets/{target}/test")).status_code == 404


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({"kind": "webhook", "address": "https://127.0.0.1/x"}, 422, "inside this network"),
        ({"kind": "webhook", "address": "http://hooks.example.org/x"}, 422, "Use https"),
        ({"kind": "email", "address": "floor@example.org"}, 409, "mail server"),
    ],
)
async def test_a_target_we_may_not_or_cannot_send_to_is_refused(
    centre: Centre, body: Any, status: int, says: str
) -> None:
    leila = await centre.signed_in("leila")
    answer = await leila.post("/api/floor/targets", body)
    assert answer.status_code == status
    assert says in answer.json()["detail"] + str(answer.json()["errors"])
    assert centre.webhooks.received == []
