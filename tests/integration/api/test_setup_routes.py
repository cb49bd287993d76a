"""Flows and numbers: what would harm callers is refused, with every place and cure."""

from __future__ import annotations

import copy
from typing import Any
from urllib.parse import quote

import pytest

from app.store.repositories.events import AuditTrail
from app.store.repositories.people import Users
from tests.integration.api.conftest import Centre

FLOW: dict[str, Any] = {
    "id": "main",
    "name": "Main line",
    "languages": ["en"],
    "start": "hello",
    "fallback_queue": "billing",
    "nodes": {
        "hello": {"kind": "say", "say": [{"text": {"en": "Hello"}}], "next": "billing"},
        "billing": {"kind": "queue", "queue": "billing", "on_return": "bye"},
        "bye": {"kind": "hang_up"},
    },
}


def with_node(name: str, node: dict[str, Any], start: str | None = None) -> dict[str, Any]:
    flow = copy.deepcopy(FLOW)
    flow["nodes"][name] = node
    if start is not None:
        flow["nodes"]["hello"]["next"] = start
        del flow["nodes"]["billing"], flow["nodes"]["bye"]
    return flow


TRANSFER = with_node("out", {"kind": "transfer", "destination": "+441134960000"}, start="out")


async def test_a_sound_flow_is_saved_as_the_next_version_and_the_engine_reads_it(centre: Centre) -> None:
    ada = await centre.signed_in("ada")
    for version in (1, 2):
        answer = await ada.put("/api/flows/main", {"flow": FLOW})
        assert answer.status_code == 200, answer.text
        assert (answer.json()["version"], answer.json()["findings"]) == (version, [])
    assert centre.reloads == [1, 1]
    (row,) = (await ada.get("/api/flows")).json()
    assert (row["version"], row["published"], row["saved_by"]) == (2, 2, "Ada Byrne")
    view = (await ada.get("/api/flows/main")).json()
    assert view["flow"]["nodes"]["billing"]["queue"] == "billing"
    assert (await ada.get("/api/flows/none")).status_code == 404
    async with centre.database.read() as session:
        assert [each.action for each in await AuditTrail(session).recent(limit=2)] == [
            "flow.saved",
            "flow.saved",
        ]


async def test_what_is_read_can_be_changed_and_sent_back_whole(centre: Centre) -> None:
    ada = await centre.signed_in("ada")
    await ada.put("/api/flows/main", {"flow": FLOW})
    view = (await ada.get("/api/flows/main")).json()
    view["flow"]["nodes"]["hello"]["say"] = [{"text": {"en": "Good day"}}]
    saved = await ada.put("/api/flows/main", view)
    assert (saved.status_code, saved.json()["version"]) == (200, 2), saved.text
    again = (await ada.get("/api/flows/main")).json()
    assert again["flow"]["nodes"]["hello"]["say"] == [{"text": {"en": "Good day"}}]


async def test_a_change_of_a_version_that_is_old_is_refused(centre: Centre) -> None:
    ada = await centre.signed_in("ada")
    await ada.put("/api/flows/main", {"flow": FLOW})
    seen = (await ada.get("/api/flows/main")).json()
    assert (await ada.put("/api/flows/main", seen)).status_code == 200
    late = await ada.put("/api/flows/main", seen)
    assert (late.status_code, late.json()["code"]) == (409, "flow_changed")
    assert "newest version of main is 2, you changed version 1" in late.json()["detail"]
    other = await ada.put("/api/flows/main", seen | {"flow_id": "other", "version": 2})
    assert (other.status_code, other.json()["errors"][0]["field"]) == (422, "flow_id")
    assert (await ada.get("/api/flows/main")).json()["version"] == 2


async def test_a_flow_with_errors_is_refused_with_all_of_them(centre: Centre) -> None:
    ada = await centre.signed_in("ada")
    flow = with_node("lonely", {"kind": "queue", "queue": "bilings"})
    answer = await ada.put("/api/flows/main", {"flow": flow})
    assert (answer.status_code, answer.json()["code"]) == (409, "flow_invalid")
    places = {error["field"] for error in answer.json()["errors"]}
    assert any(place.startswith("lonely") for place in places)
    assert all(error["what"] and error["cure"] for error in answer.json()["errors"])
    assert (await ada.get("/api/flows")).json() == []
    assert centre.reloads == []


async def test_what_is_no_flow_at_all_is_refused_with_its_places(centre: Centre) -> None:
    ada = await centre.signed_in("ada")
    for flow in ({}, {"id": "main", "nodes": "none"}, with_node("x", {"kind": "dance"})):
        answer = await ada.put("/api/flows/main", {"flow": flow})
        assert (answer.status_code, answer.json()["code"]) == (409, "flow_invalid")
        assert answer.json()["errors"]


async def test_a_flow_is_saved_under_its_own_name(centre: Centre) -> None:
    ada = await centre.signed_in("ada")
    answer = await ada.put("/api/flows/other", {"flow": FLOW})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "flow.id")


async def test_a_number_is_answered_only_by_a_back_end_that_can_do_what_its_flow_asks(centre: Centre) -> None:
    ada = await centre.signed_in("ada")
    assert (await ada.put("/api/flows/main", {"flow": TRANSFER})).status_code == 200
    setting = {"dnis": "100", "label": "Main", "flow_id": "main", "backend": "webrtc"}
    refused = await ada.put("/api/numbers/100", setting)
    assert (refused.status_code, refused.json()["code"]) == (409, "capability_missing")
    assert "does not reach the telephone network" in refused.json()["detail"]
    assert (await ada.put("/api/numbers/100", setting | {"backend": "simulated"})).status_code == 200
    assert (await ada.get("/api/numbers")).json() == [setting | {"backend": "simulated"}]
    assert centre.reloads == [1, 1]


async def test_messages_need_a_back_end_that_records(centre: Centre) -> None:
    ada = await centre.signed_in("ada")
    node = {"kind": "voicemail", "queue": "billing", "ask": [{"text": {"en": "Leave a message"}}]}
    flow = with_node("message", node, start="message")
    saved = await ada.put("/api/flows/main", {"flow": flow})
    assert saved.status_code == 200, saved.text
    setting = {"dnis": "100", "label": "Main", "flow_id": "main", "backend": "bare"}
    refused = await ada.put("/api/numbers/100", setting)
    assert (refused.status_code, refused.json()["code"]) == (409, "capability_missing")


async def test_a_flow_that_answers_a_number_cannot_grow_beyond_its_back_end(centre: Centre) -> None:
    ada = await centre.signed_in("ada")
    await ada.put("/api/flows/main", {"flow": FLOW})
    setting = {"dnis": "100", "label": "Main", "flow_id": "main", "backend": "webrtc"}
    assert (await ada.put("/api/numbers/100", setting)).status_code == 200
    answer = await ada.put("/api/flows/main", {"flow": TRANSFER})
    assert (answer.status_code, answer.json()["code"]) == (409, "flow_invalid")


async def test_numbers_name_what_exists(centre: Centre) -> None:
    ada = await centre.signed_in("ada")
    setting = {"dnis": "100", "label": "Main", "flow_id": "none", "backend": "webrtc"}
    assert (await ada.put("/api/numbers/100", setting)).status_code == 404
    assert (await ada.put("/api/numbers/100", setting | {"backend": "none"})).status_code == 422
    assert (await ada.put("/api/numbers/200", setting)).status_code == 422


@pytest.mark.parametrize(
    ("dnis", "cure"),
    [
        ("02079460100", "Write it with its country: +442079460100."),
        ("+44 20 7946 0100", "Write it with its country: +442079460100."),
        ("not a number!!", "Write a telephone number with its country"),
        ("+0123", "Write a telephone number with its country"),
        ("1234567", "A name for inside has up to 6 digits"),
    ],
)
async def test_what_is_no_number_is_refused_with_what_to_write(centre: Centre, dnis: str, cure: str) -> None:
    ada = await centre.signed_in("ada")
    await ada.put("/api/flows/main", {"flow": FLOW})
    setting = {"dnis": dnis, "label": "Main", "flow_id": "main", "backend": "webrtc"}
    answer = await ada.put(f"/api/numbers/{quote(dnis)}", setting)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "dnis")
    assert cure in answer.json()["errors"][0]["cure"]
    assert (await ada.get("/api/numbers")).json() == []


async def test_numbers_are_taken_out_of_service_down_to_the_last(centre: Centre) -> None:
    ada = await centre.signed_in("ada")
    await ada.put("/api/flows/main", {"flow": FLOW})
    for dnis in ("+442079460100", "front-desk"):
        setting = {"dnis": dnis, "label": "Main", "flow_id": "main", "backend": "webrtc"}
        assert (await ada.put(f"/api/numbers/{dnis}", setting)).status_code == 200
    leila = await centre.signed_in("leila")
    assert (await leila.change("DELETE", "/api/numbers/front-desk")).status_code == 403
    assert (await ada.change("DELETE", "/api/numbers/none")).status_code == 404
    assert (await ada.change("DELETE", "/api/numbers/front-desk")).status_code == 204
    assert len(centre.reloads) == 4
    last = await ada.change("DELETE", "/api/numbers/+442079460100")
    assert (last.status_code, last.json()["code"]) == (409, "last_number")
    assert [each["dnis"] for each in (await ada.get("/api/numbers")).json()] == ["+442079460100"]


async def test_a_large_flow_fits_and_a_huge_one_does_not(centre: Centre) -> None:
    ada = await centre.signed_in("ada")
    big = {"flow": FLOW | {"name": "x" * 200_000}}
    assert (await ada.put("/api/flows/main", big)).status_code != 413
    answer = await ada.put("/api/flows/main", {"flow": FLOW | {"name": "x" * 1_100_000}})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    note = await ada.post("/api/cases", {"subject": "x", "text": "x" * 70_000})
    assert (note.status_code, note.json()["code"]) == (413, "too_large")


async def test_a_jump_of_the_clock_is_followed_when_an_administrator_says_so(centre: Centre) -> None:
    ada = await centre.signed_in("ada")
    refused = await ada.post("/api/system/clock/confirm")
    assert (refused.status_code, refused.json()["code"]) == (409, "clock_fixed")
    followed: list[float] = []

    def follow() -> float:
        followed.append(3600.0)
        return 3600.0

    app = centre.rebuilt(follow_clock=follow)
    visitor = type(ada)(app)
    await visitor.sign_in("ada")
    assert (await visitor.post("/api/system/clock/confirm")).json() == {"ok": True}
    assert followed == [3600.0]
    async with centre.database.read() as session:
        (entry,) = await AuditTrail(session).recent(limit=1)
        assert await Users(session).get(str(entry.actor)) is not None
    assert (entry.action, entry.data) == ("clock.followed", {"moved_s": 3600.0})
