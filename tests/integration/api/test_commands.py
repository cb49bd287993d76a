"""What an agent asks of the engine, and how its answers come back."""

from __future__ import annotations

import pytest

from app.engine.commands import RequestState
from telephony.port import LegKind
from tests.integration.api.conftest import Centre


async def test_a_command_reaches_the_engine_as_whom_the_session_says(centre: Centre) -> None:
    visitor = await centre.signed_in("amina")
    answer = await visitor.post("/api/agent/state", {"state": "not_ready", "reason": "break"})
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    (command,) = centre.engine.taken
    assert command == RequestState(agent_id="ag_amina", state="not_ready", reason="break")


@pytest.mark.parametrize(
    ("method", "path", "body", "command"),
    [
        ("POST", "/api/contacts/ct_1/resume", None, "ResumeCall"),
        ("POST", "/api/contacts/ct_1/hang-up", None, "HangUpCall"),
        ("POST", "/api/contacts/ct_1/mute", {"on": True}, "MuteCall"),
        ("POST", "/api/contacts/ct_1/digits", {"digits": "12#"}, "SendDigits"),
        ("POST", "/api/contacts/ct_1/recording/pause", None, "PauseRecording"),
        ("POST", "/api/contacts/ct_1/recording/resume", None, "ResumeRecording"),
        ("POST", "/api/contacts/ct_1/wrap-up/extend", {"seconds": 30}, "ExtendWrapUp"),
        ("POST", "/api/contacts/ct_1/wrap-up/finish", {"disposition": "solved"}, "FinishWrapUp"),
        ("PUT", "/api/contacts/ct_1/disposition", {"disposition": None}, "SetDisposition"),
        ("POST", "/api/contacts/ct_1/verify", {"asked": ["one", "two"]}, "MarkVerified"),
        ("POST", "/api/offers/of_1/decline", {}, "DeclineOffer"),
        ("DELETE", "/api/agent/phone", None, "AgentPhoneClosed"),
    ],
)
async def test_every_command_route_sends_its_command_for_this_agent(
    centre: Centre, method: str, path: str, body: object, command: str
) -> None:
    visitor = await centre.signed_in("amina")
    assert (await visitor.change(method, path, body)).status_code in (200, 204)
    (sent,) = centre.engine.taken
    assert repr(sent).startswith(f"{command}(")
    assert "agent_id='ag_amina'" in repr(sent)


async def test_the_same_command_sent_again_is_carried_out_once_and_answered_the_same(centre: Centre) -> None:
    centre.engine.offers["of_1"] = "ag_amina"
    visitor = await centre.signed_in("amina")
    first = await visitor.post("/api/offers/of_1/accept", key="one-and-the-same")
    again = await visitor.post("/api/offers/of_1/accept", key="one-and-the-same")
    assert (first.status_code, again.status_code) == (200, 200)
    assert len(centre.engine.taken) == 1
    late = await visitor.post("/api/offers/of_1/accept", key="another-one")
    assert (late.status_code, late.json()["code"]) == (409, "offer_ended")


async def test_nobody_reads_the_answer_to_anothers_command_by_guessing_its_id(centre: Centre) -> None:
    centre.engine.offers["of_1"] = "ag_amina"
    amina, dev = await centre.signed_in("amina"), await centre.signed_in("dev")
    assert (await amina.post("/api/offers/of_1/accept", key="one-and-the-same")).status_code == 200
    assert (await dev.post("/api/offers/of_1/accept", key="one-and-the-same")).status_code == 409


@pytest.mark.parametrize("key", ["", "short", "x" * 101])
async def test_a_command_without_a_usable_id_is_malformed(centre: Centre, key: str) -> None:
    visitor = await centre.signed_in("amina")
    answer = await visitor.http.post("/api/offers/of_1/accept", headers={"idempotency-key": key})
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"
    assert centre.engine.taken == []


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("offer_ended", 409),
        ("not_your_contact", 409),
        ("wrong_state", 409),
        ("capability_missing", 409),
        ("unknown_agent", 404),
        ("telephony_down", 503),
        ("something_new", 409),
    ],
)
async def test_each_refusal_of_the_engine_has_one_status(centre: Centre, code: str, status: int) -> None:
    centre.engine.refuse_with = (code, "A sentence.")
    visitor = await centre.signed_in("amina")
    answer = await visitor.post("/api/contacts/ct_1/hold")
    assert (answer.status_code, answer.json()["code"], answer.json()["detail"]) == (
        status,
        code,
        "A sentence.",
    )


async def test_with_no_engine_the_answer_says_when_to_try_again(centre: Centre) -> None:
    visitor = await centre.signed_in("amina")
    centre.engine.running = False
    answer = await visitor.post("/api/contacts/ct_1/hold")
    assert (answer.status_code, answer.json()["code"]) == (503, "engine_stopped")
    assert answer.headers["retry-after"] == "2"


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/api/agent/state", {"state": "sleeping"}, "state"),
        ("/api/agent/state", {"state": "available", "extra": 1}, "extra"),
        ("/api/contacts/ct_1/digits", {"digits": "12; DROP"}, "digits"),
        ("/api/contacts/ct_1/wrap-up/extend", {"seconds": 100000}, "seconds"),
        ("/api/agent/phone", {"sdp": "x" * 32769}, "sdp"),
    ],
)
async def test_malformed_bodies_name_the_field_and_repeat_nothing_of_it(
    centre: Centre, path: str, body: dict[str, object], field: str
) -> None:
    visitor = await centre.signed_in("amina")
    answer = await visitor.post(path, body)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert answer.json()["errors"][0]["field"] == field
    assert "DROP" not in answer.text
    assert "xxxx" not in answer.text
    assert centre.engine.taken == []


# --- the agent's phone ----------------------------------------------------------------------------


async def test_the_engine_knows_an_agents_leg_before_it_is_connected(centre: Centre) -> None:
    visitor = await centre.signed_in("amina")
    answer = await visitor.post("/api/agent/phone", {"sdp": "v=0"})
    leg_id = answer.json()["leg_id"]
    assert centre.phone.connected == [(leg_id, LegKind.AGENT, True)]
    assert answer.json()["sdp"].startswith("v=0")


async def test_after_a_reload_the_agents_leg_gets_a_new_connection(centre: Centre) -> None:
    visitor = await centre.signed_in("amina")
    first = (await visitor.post("/api/agent/phone", {"sdp": "v=0"})).json()
    second = (await visitor.post("/api/agent/phone", {"sdp": "v=0"})).json()
    assert first["leg_id"] == second["leg_id"]
    assert len(centre.phone.connected) == 2


async def test_an_offer_nobody_understands_leaves_no_leg_behind(centre: Centre) -> None:
    visitor = await centre.signed_in("amina")
    answer = await visitor.post("/api/agent/phone", {"sdp": "nonsense"})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_sdp")
    assert answer.json()["errors"][0]["field"] == "sdp"
    assert centre.engine.legs == {}


async def test_a_bad_offer_does_not_end_the_leg_that_is_there(centre: Centre) -> None:
    visitor = await centre.signed_in("amina")
    await visitor.post("/api/agent/phone", {"sdp": "v=0"})
    assert (await visitor.post("/api/agent/phone", {"sdp": "nonsense"})).status_code == 422
    assert list(centre.engine.legs) == ["ag_amina"]


async def test_with_telephony_down_the_phone_says_so_and_leaves_no_leg_behind(centre: Centre) -> None:
    visitor = await centre.signed_in("amina")
    centre.phone.down = True
    answer = await visitor.post("/api/agent/phone", {"sdp": "v=0"})
    assert (answer.status_code, answer.json()["code"]) == (503, "telephony_down")
    assert centre.engine.legs == {}
