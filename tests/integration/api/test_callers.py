"""The caller's page: anonymous, limited, and able to come back to its own call and no other."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.auth.parts import build_auth
from app.clock import monotonic
from app.engine.commands import CallerCallStarting
from telephony.port import LegKind
from tests.integration.api.conftest import SECRET, Centre, Visitor

CALL = {"sdp": "v=0", "dnis": "100", "topic": "billing", "account": "BW-1", "number": "0113 496 0182"}


async def caller_of(centre: Centre) -> Visitor:
    visitor = centre.visitor()
    assert (await visitor.post("/api/caller/session")).status_code == 204
    return visitor


async def test_a_call_is_announced_before_it_is_connected_with_what_the_caller_says(centre: Centre) -> None:
    visitor = await caller_of(centre)
    answer = (await visitor.post("/api/caller/call", CALL)).json()
    (command,) = centre.engine.of_kind(CallerCallStarting)
    assert command.ani == "+441134960182"
    assert command.attributes == {
        "language": "en",
        "topic": "billing",
        "account": "BW-1",
        "number_typed": "0113 496 0182",
    }
    assert centre.phone.connected == [(answer["leg_id"], LegKind.CALLER, True)]
    assert answer["resume_token"] not in repr(command)


async def test_a_number_that_is_none_is_kept_as_typed_and_never_as_who_calls(centre: Centre) -> None:
    visitor = await caller_of(centre)
    await visitor.post("/api/caller/call", CALL | {"number": "twelve"})
    (command,) = centre.engine.of_kind(CallerCallStarting)
    assert command.ani == ""


async def test_a_call_sent_twice_is_one_call(centre: Centre) -> None:
    visitor = await caller_of(centre)
    first = (await visitor.post("/api/caller/call", CALL, key="the-same-call")).json()
    again = (await visitor.post("/api/caller/call", CALL, key="the-same-call")).json()
    assert (first["contact_id"], first["resume_token"]) == (again["contact_id"], again["resume_token"])
    assert len(centre.engine.of_kind(CallerCallStarting)) == 1
    other = (await visitor.post("/api/caller/call", CALL)).json()
    assert other["contact_id"] != first["contact_id"]


async def test_a_call_that_cannot_be_connected_is_taken_back(centre: Centre) -> None:
    visitor = await caller_of(centre)
    answer = await visitor.post("/api/caller/call", CALL | {"sdp": "nonsense"})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_sdp")
    assert ".." not in answer.json()["detail"]
    centre.phone.down = True
    answer = await visitor.post("/api/caller/call", CALL)
    assert (answer.status_code, answer.json()["code"]) == (503, "telephony_down")
    assert centre.engine.calls == {}


async def test_a_body_that_is_broken_is_said_with_its_place(centre: Centre) -> None:
    visitor = await caller_of(centre)
    headers = {"idempotency-key": "a-key-of-mine", "content-type": "application/json"}
    answer = await visitor.http.post("/api/caller/call", content=b'{sdp: "v=0"}', headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert answer.json()["detail"] == (
        "The body is not JSON: expecting property name enclosed in double quotes, at character 1. "
        "Check quotes, commas and brackets there."
    )


async def test_a_caller_comes_back_with_the_token_of_the_call(centre: Centre) -> None:
    visitor = await caller_of(centre)
    call = (await visitor.post("/api/caller/call", CALL)).json()
    path = f"/api/caller/call/{call['contact_id']}/rejoin"
    answer = await visitor.post(path, {"resume_token": call["resume_token"], "sdp": "v=0"})
    assert (answer.status_code, answer.json()["leg_id"]) == (200, call["leg_id"])


async def test_nobody_reaches_a_call_with_another_token(centre: Centre) -> None:
    visitor, other = await caller_of(centre), await caller_of(centre)
    call = (await visitor.post("/api/caller/call", CALL)).json()
    theirs = (await other.post("/api/caller/call", CALL)).json()
    wrong = {"resume_token": theirs["resume_token"]}
    path = f"/api/caller/call/{call['contact_id']}"
    assert (await other.post(f"{path}/rejoin", wrong | {"sdp": "v=0"})).status_code == 404
    assert (await other.post(f"{path}/hang-up", wrong)).status_code == 404
    ticket = await other.post("/api/caller/ws-ticket", wrong | {"contact_id": call["contact_id"]})
    assert ticket.status_code == 404
    assert call["contact_id"] in centre.engine.calls


async def test_hanging_up_ends_the_call_and_the_way_back(centre: Centre) -> None:
    visitor = await caller_of(centre)
    call = (await visitor.post("/api/caller/call", CALL)).json()
    proof = {"resume_token": call["resume_token"]}
    path = f"/api/caller/call/{call['contact_id']}"
    assert (await visitor.post(f"{path}/hang-up", proof)).json() == {"ok": True}
    assert centre.engine.calls == {}
    answer = await visitor.post(f"{path}/rejoin", proof | {"sdp": "v=0"})
    assert (answer.status_code, answer.json()["code"]) == (409, "contact_ended")


async def test_a_callers_session_ends_after_a_day(centre: Centre) -> None:
    visitor = await caller_of(centre)
    assert (await visitor.get("/api/phone")).json() == {
        "ice_servers": [],
        "codec": "pcmu",
        "backend": "webrtc",
    }
    centre.clock.advance(timedelta(hours=24))
    assert (await visitor.get("/api/phone")).status_code == 401
    assert (await visitor.post("/api/caller/call", CALL)).status_code == 401


async def test_callers_are_limited_by_address(centre: Centre) -> None:
    strict = centre.parts.settings.model_copy(
        update={"limit_caller": "4/minute", "limit_caller_calls": "2/minute"}
    )
    app = centre.rebuilt(auth=replace(build_auth(strict, SECRET, monotonic)))
    visitor = Visitor(app)
    await visitor.post("/api/caller/session")
    statuses = [(await visitor.post("/api/caller/call", CALL)).status_code for _ in range(4)]
    assert statuses == [200, 200, 429, 429]
    assert (await Visitor(app).get("/api/caller/centre")).status_code == 429
    assert (await Visitor(app, address="10.1.1.1").get("/api/caller/centre")).status_code == 200


async def test_the_centre_is_told_in_the_language_asked_for(centre: Centre) -> None:
    visitor = centre.visitor()
    assert (await visitor.get("/api/caller/centre")).json()["topics"][0]["label"] == "A bill"
    assert (await visitor.get("/api/caller/centre?language=cy")).json()["topics"][0]["label"] == "Bil"
    assert (await visitor.get("/api/caller/centre?language=xx")).status_code == 422
