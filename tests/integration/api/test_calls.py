"""Transfers, consultations, help and callbacks at the edge: each request becomes one command, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.api import models as wire
from app.engine import commands as plain
from app.engine import commands_calls as ask
from app.live.views_targets import PersonNow, QueueNow
from app.store import records
from app.store.repositories.configuration import Configuration
from app.telephones import GuestTelephones
from telephony.port import OriginateOutcome
from tests.integration.api.conftest import START, Centre, Visitor
from tests.integration.api.test_callers import CALL, caller_of
from tests.integration.api.test_desk import add_contact

DEV = {"kind": "agent", "id": "ag_dev"}
MINE = {"contact_id": "ct_1", "agent_id": "ag_amina"}


@pytest.mark.parametrize(
    ("verb", "path", "body", "command"),
    [
        (
            "POST",
            "transfer",
            {"to": {"kind": "flow", "id": "payment"}, "why": "By card", "back": True},
            ask.Transfer(**MINE, to=ask.Target(kind="flow", id="payment"), why="By card", back=True),
        ),
        ("POST", "take-back", None, ask.TakeBack(**MINE)),
        (
            "POST",
            "consult",
            {"to": DEV, "why": "Over my limit"},
            ask.Consult(**MINE, to=ask.Target(kind="agent", id="ag_dev"), why="Over my limit"),
        ),
        ("POST", "consult/cancel", None, ask.CancelConsult(**MINE)),
        ("POST", "consult/swap", None, ask.SwapConsult(**MINE)),
        ("POST", "consult/complete", None, ask.CompleteConsult(**MINE)),
        ("POST", "consult/join", None, ask.JoinConsult(**MINE)),
        ("POST", "leave", None, ask.LeaveCall(**MINE)),
        ("DELETE", "parties/pa_7", None, ask.DropParty(**MINE, party_id="pa_7")),
        ("POST", "help", {"why": "He shouts"}, ask.AskForHelp(**MINE, why="He shouts")),
    ],
)
async def test_each_request_is_one_command_in_the_agent_s_own_name(
    centre: Centre, verb: str, path: str, body: Any, command: object
) -> None:
    amina = await centre.signed_in("amina")
    for _ in range(2):
        answer = await amina.change(verb, f"/api/contacts/ct_1/{path}", body, key="the-same-wish")
        assert answer.status_code == 200, answer.text
    assert centre.engine.taken == [command]


async def test_available_for_one_call_reaches_the_engine(centre: Centre) -> None:
    amina = await centre.signed_in("amina")
    await amina.post("/api/agent/state", {"state": "available", "once": True})
    assert centre.engine.taken == [plain.RequestState(agent_id="ag_amina", state="available", once=True)]


async def test_a_refusal_says_why_with_the_engine_s_code(centre: Centre) -> None:
    amina = await centre.signed_in("amina")
    centre.engine.refuse_with = ("target_unreachable", "Dev Patel cannot be reached.")
    answer = await amina.post("/api/contacts/ct_1/consult", {"to": DEV})
    assert (answer.status_code, answer.json()["code"]) == (409, "target_unreachable")
    assert answer.json()["detail"] == "Dev Patel cannot be reached."


# --- the picker -----------------------------------------------------------------------------------


def colleague(agent_id: str, **more: Any) -> PersonNow:
    values: dict[str, Any] = {"agent_id": agent_id, "state": "available", "since": START}
    return PersonNow(**(values | more))


async def targets(visitor: Visitor, contact_id: str = "ct_1") -> dict[str, Any]:
    answer = await visitor.get(f"/api/transfer-targets?contact_id={contact_id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture
async def talking(centre: Centre) -> Centre:
    """Amina talks to somebody in Billing."""
    await add_contact(centre, "ct_1", "ag_amina")
    centre.live.lines = [
        QueueNow(
            queue_id="billing",
            name="Billing",
            waiting=4,
            free=0,
            estimate_s=95.0,
            closed=False,
            ring_timeout_s=25.0,
        )
    ]
    return centre


async def test_who_cannot_be_reached_is_shown_with_the_reason_and_is_not_likely(talking: Centre) -> None:
    talking.live.colleagues = [
        colleague("ag_dev", state="unreachable", unreachable_why="microphone_silent"),
        colleague("ag_amina"),
    ]
    [dev] = (await targets(await talking.signed_in("amina")))["people"]
    assert (dev["name"], dev["reachable"], dev["likely"]) == ("Dev Patel", False, 0)
    assert dev["detail"] == "microphone silent"


async def test_a_busy_colleague_says_how_long_it_usually_takes(talking: Centre) -> None:
    talking.live.colleagues = [colleague("ag_dev", state="on_contact", left_s=70.0)]
    [dev] = (await targets(await talking.signed_in("amina")))["people"]
    assert (dev["reachable"], dev["detail"]) == (True, "usually 1 min more")


async def test_the_queue_s_line_and_its_ring_time_are_told(talking: Centre) -> None:
    told = await targets(await talking.signed_in("amina"))
    [billing] = told["queues"]
    assert (billing["waiting"], billing["estimate_s"], told["ring_timeout_s"]) == (4, 95.0, 25.0)


async def test_numbers_are_dialled_only_where_the_back_end_reaches_them(talking: Centre) -> None:
    amina = await talking.signed_in("amina")
    here = await targets(amina)
    assert not here["dialling"]
    assert "browsers only" in here["dialling_why"]
    await add_contact(talking, "ct_2", "ag_amina", backend="simulated")
    there = await targets(amina, "ct_2")
    assert (there["dialling"], there["dialling_why"]) == (True, "")


async def test_numbers_are_dialled_where_pages_play_them(talking: Centre) -> None:
    parts = talking.parts

    async def refuse(leg_id: str, outcome: OriginateOutcome) -> None:
        raise AssertionError("nothing is dialled here")

    telephones = GuestTelephones(
        hub=parts.hub,
        new_id=parts.new_id,
        now=parts.clock.now,
        monotonic_s=parts.monotonic_s,
        region="GB",
        refuse=refuse,
    )
    talking.app = talking.rebuilt(telephones=telephones)
    await add_contact(talking, "ct_3", "ag_amina", backend="webrtc")
    assert (await targets(await talking.signed_in("amina"), "ct_3"))["dialling"]


async def test_an_extension_is_shown_beside_its_person(talking: Centre) -> None:
    async with talking.database.transaction() as session:
        own = records.Number(
            dnis="+442079460122",
            label="Dev Patel",
            flow_id="",
            backend="webrtc",
            agent_id="ag_dev",
            queue_id="billing",
        )
        await Configuration(session).put_number(own)
    talking.live.colleagues = [colleague("ag_dev"), colleague("ag_amina")]
    people = (await targets(await talking.signed_in("amina")))["people"]
    assert {each["agent_id"]: each["extension"] for each in people} == {
        "ag_dev": "+442079460122",
    }


async def test_the_directory_and_the_flows_set_up_for_transfers_are_offered(talking: Centre) -> None:
    async with talking.database.transaction() as session:
        configuration = Configuration(session)
        for kind, code, label, grouping in (
            ("directory", "+441134960300", {"en": "Billing partner", "cy": "Partner biliau"}, ""),
            ("transfer_flow", "survey", {"en": "Rate this call"}, "leave"),
            ("transfer_flow", "gone", {"en": "No such flow"}, ""),
        ):
            await configuration.put_reference(
                records.Reference(kind=kind, code=code, label=label, grouping=grouping)
            )
        await configuration.save_flow("survey", name="Survey", body={}, at=START, by="ada")
    told = await targets(await talking.signed_in("amina"))
    assert told["flows"] == [{"flow_id": "survey", "name": "Rate this call", "comes_back": False}]
    [number] = told["numbers"]
    assert (number["number"], number["label"]) == ("+441134960300", "Billing partner")
    assert number["detail"] == "+44 113 496 0300"


async def test_what_goes_along_is_listed(talking: Centre) -> None:
    await add_contact(
        talking,
        "ct_3",
        "ag_amina",
        queued_at=START - timedelta(seconds=100),
        answered_at=START - timedelta(seconds=26),
    )
    talking.live.pop = wire.Pop(
        match="known",
        verification=wire.Verification(verified=True, how="pin", label="PIN verified"),
        number="",
        topic="Invoice",
        promises=["An answer by Thursday 12:00"],
    )
    told = await targets(await talking.signed_in("amina"), "ct_3")
    assert told["travels"] == [
        "PIN verified, not asked again",
        "Chosen in the menu: Invoice",
        "The 1:14 already waited",
        "Promised: An answer by Thursday 12:00",
    ]


async def test_nobody_asks_for_another_s_caller(talking: Centre) -> None:
    dev = await talking.signed_in("dev")
    answer = await dev.get("/api/transfer-targets?contact_id=ct_1")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_your_contact")
    assert (await dev.get("/api/transfer-targets?contact_id=none")).status_code == 404


# --- callbacks ------------------------------------------------------------------------------------


async def waiting_caller(centre: Centre) -> tuple[Visitor, str, dict[str, Any]]:
    visitor = await caller_of(centre)
    call = (await visitor.post("/api/caller/call", CALL)).json()
    return visitor, f"/api/caller/calls/{call['contact_id']}/callback", {"resume_token": call["resume_token"]}


async def test_a_callback_is_asked_for_on_a_number_or_on_the_page(centre: Centre) -> None:
    centre.phone.capabilities = replace(centre.phone.capabilities, reaches_telephone_network=True)
    visitor, path, proof = await waiting_caller(centre)
    assert (await visitor.post(path, proof | {"number": "07700 900142"})).status_code == 200
    assert (await visitor.post(path, proof)).status_code == 200
    numbers = [each.number for each in centre.engine.of_kind(ask.ChooseCallback)]
    assert numbers == ["+447700900142", None]
    assert (await visitor.change("DELETE", path, proof)).status_code == 200
    assert len(centre.engine.of_kind(ask.CancelCallback)) == 1


async def test_no_number_is_promised_a_call_that_cannot_be_dialled(centre: Centre) -> None:
    visitor, path, proof = await waiting_caller(centre)
    answer = await visitor.post(path, proof | {"number": "07700 900142"})
    assert (answer.status_code, answer.json()["code"]) == (409, "capability_missing")
    assert centre.engine.of_kind(ask.ChooseCallback) == []


async def test_a_callback_to_no_number_is_refused_in_words(centre: Centre) -> None:
    visitor, path, proof = await waiting_caller(centre)
    answer = await visitor.post(path, proof | {"number": "twelve"})
    assert answer.status_code == 422
    assert "no telephone number" in answer.json()["detail"]
    assert centre.engine.of_kind(ask.ChooseCallback) == []


async def test_nobody_chooses_for_another_s_call(centre: Centre) -> None:
    _, path, proof = await waiting_caller(centre)
    stranger = await caller_of(centre)
    for token in ("x" * 43, proof["resume_token"][:-1] + "?"):
        answer = await stranger.post(path, {"resume_token": token})
        assert answer.status_code == 404
    assert centre.engine.of_kind(ask.ChooseCallback) == []


async def test_a_page_that_waits_for_its_callback_hears_of_it_and_gets_no_line(centre: Centre) -> None:
    visitor, path, proof = await waiting_caller(centre)
    contact_id = path.split("/")[4]
    centre.engine.calls[contact_id] = replace(centre.engine.calls[contact_id], line=False)
    ticket = await visitor.post("/api/caller/ws-ticket", proof | {"contact_id": contact_id})
    assert ticket.status_code == 200
    answer = await visitor.post(f"/api/caller/call/{contact_id}/rejoin", proof | {"sdp": "v=0"})
    assert (answer.status_code, answer.json()["code"]) == (409, "no_callback")
    assert (await visitor.change("DELETE", path, proof)).status_code == 200
