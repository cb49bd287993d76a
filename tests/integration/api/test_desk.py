"""What the desk reads and writes: contacts, notes, cases, customers, recordings."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from app.engine.commands import AttachCase, ChooseCustomer
from app.store import records
from app.store.repositories.cases import Cases
from app.store.repositories.customers import Customers
from app.store.repositories.events import AuditTrail, Events
from app.store.schema import ContactModel, OfferModel, RecordingModel
from tests.integration.api.conftest import START, Centre


async def wrote(centre: Centre, model: Any, **values: Any) -> None:
    """A row as the engine writes it."""

    def work(connection: Connection) -> None:
        connection.execute(insert(model).values(values))

    await centre.database.write(work)


async def add_contact(
    centre: Centre, contact_id: str = "ct_1", agent_id: str = "ag_amina", **more: Any
) -> None:
    values: dict[str, Any] = {
        "contact_id": contact_id,
        "state": "talking",
        "live": True,
        "ani": "+441134960182",
        "queue_id": "billing",
        "agent_id": agent_id,
        "arrived_at": START,
        "answered_at": START + timedelta(seconds=40),
    }
    await wrote(centre, ContactModel, **(values | more))
    await wrote(
        centre,
        OfferModel,
        offer_id=f"of_{contact_id}",
        contact_id=contact_id,
        agent_id=agent_id,
        queue_id="billing",
        made_at=START,
        expires_at=START,
        outcome="accepted",
    )


async def add_customer(centre: Centre, customer_id: str = "cu_1", name: str = "Margaret Okonjo") -> None:
    async with centre.database.transaction() as session:
        await Customers(session).add(
            records.Customer(
                customer_id=customer_id,
                name=name,
                tier="gold",
                account=f"BW-{customer_id}",
                created_at=START,
                numbers=(records.CustomerNumber(number="+441134960182"),),
            )
        )


async def events(centre: Centre, kind: str) -> Sequence[records.StoredEvent]:
    async with centre.database.read() as session:
        return [event for event in await Events(session).since(0) if event.kind == kind]


# --- notes ----------------------------------------------------------------------------------------


async def test_a_note_is_kept_as_it_is_typed_and_shown_where_the_contact_is(centre: Centre) -> None:
    await add_contact(centre)
    visitor = await centre.signed_in("amina")
    for text in ("Refu", "Refund promised"):
        centre.clock.advance(timedelta(seconds=1))
        answer = await visitor.put("/api/contacts/ct_1/note", {"text": text})
    assert answer.json() == {"saved_at": "2025-11-19T10:00:02Z"}
    detail = (await visitor.get("/api/contacts/ct_1")).json()
    assert detail["note"] == "Refund promised"
    assert centre.live.changes[-1]["contact_id"] == "ct_1"
    assert [event.data["characters"] for event in await events(centre, "note.saved")] == [4, 15]


async def test_nobody_writes_into_anothers_contact(centre: Centre) -> None:
    await add_contact(centre)
    visitor = await centre.signed_in("dev")
    answer = await visitor.put("/api/contacts/ct_1/note", {"text": "mine now"})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_your_contact")
    assert (await visitor.put("/api/contacts/ct_9/note", {"text": "x"})).status_code == 404
    assert await events(centre, "note.saved") == []


# --- contacts -------------------------------------------------------------------------------------


async def test_an_agent_sees_only_the_contacts_it_handled(centre: Centre) -> None:
    await add_contact(centre, "ct_1", "ag_amina")
    await add_contact(centre, "ct_2", "ag_dev", arrived_at=START + timedelta(minutes=1))
    amina, leila = await centre.signed_in("amina"), await centre.signed_in("leila")
    assert [row["contact_id"] for row in (await amina.get("/api/contacts")).json()["contacts"]] == ["ct_1"]
    everybodys = (await leila.get("/api/contacts")).json()["contacts"]
    assert [row["contact_id"] for row in everybodys] == ["ct_2", "ct_1"]
    assert (await amina.get("/api/contacts/ct_2")).status_code == 404
    assert (await leila.get("/api/contacts/ct_2")).status_code == 200
    page = await leila.get("/api/contacts", params={"before": everybodys[0]["at"], "limit": 1})
    assert [row["contact_id"] for row in page.json()["contacts"]] == ["ct_1"]
    vague = await leila.get("/api/contacts", params={"before": "2025-11-19T10:00:00"})
    assert (vague.status_code, vague.json()["errors"][0]["field"]) == (422, "before")


async def test_the_story_of_a_contact_is_told_in_the_readers_language(centre: Centre) -> None:
    await add_contact(centre)
    visitor = await centre.signed_in("amina")
    await visitor.put("/api/contacts/ct_1/note", {"text": "x"})
    english = (await visitor.get("/api/contacts/ct_1")).json()
    await visitor.put("/api/session/language", {"language": "cy"})
    welsh = (await visitor.get("/api/contacts/ct_1")).json()
    assert [event["text"] for event in english["events"]] == ["Amina Yusuf wrote a note."]
    assert [event["text"] for event in welsh["events"]] == ["Ysgrifennodd Amina Yusuf nodyn."]
    assert english["ani"] == "+44 113 496 0182"


async def test_why_a_caller_waits_is_told_while_it_waits(centre: Centre) -> None:
    leila = await centre.signed_in("leila")
    assert (await leila.get("/api/contacts/ct_waiting/why")).json()["verdict"] == "Nobody is free."
    assert (await leila.get("/api/contacts/ct_1/why")).status_code == 404


# --- cases ----------------------------------------------------------------------------------------


async def test_a_new_case_gets_a_number_an_owner_and_an_event(centre: Centre) -> None:
    await add_customer(centre)
    visitor = await centre.signed_in("amina")
    body = {"subject": "Charged twice", "type": "refund", "customer_id": "cu_1", "text": "Asks for it back."}
    view = (await visitor.post("/api/cases", body)).json()
    assert view["case"]["number"] == 1
    assert view["case"]["mine"] is True
    assert view["case"]["assignee"] == "Amina Yusuf"
    assert view["customer"]["name"] == "Margaret Okonjo"
    assert [(entry["kind"], entry["who"]) for entry in view["timeline"]] == [
        ("note", "Amina Yusuf"),
        ("case", "Amina Yusuf"),
    ]
    (event,) = await events(centre, "case.opened")
    assert (event.case_id, event.customer_id) == (view["case"]["case_id"], "cu_1")


async def test_a_case_asked_for_twice_is_opened_once(centre: Centre) -> None:
    visitor = await centre.signed_in("amina")
    first = await visitor.post("/api/cases", {"subject": "Late bill"}, key="open-it-once")
    again = await visitor.post("/api/cases", {"subject": "Late bill"}, key="open-it-once")
    assert first.json()["case"]["case_id"] == again.json()["case"]["case_id"]
    assert (await visitor.get("/api/cases")).json()["total"] == 1


async def test_whoever_changes_an_old_version_is_told_and_changes_nothing(centre: Centre) -> None:
    amina, dev = await centre.signed_in("amina"), await centre.signed_in("dev")
    view = (await amina.post("/api/cases", {"subject": "Late bill"})).json()
    path = f"/api/cases/{view['case']['case_id']}"
    first = await dev.change("PATCH", path, {"version": view["version"], "status": "open", "note": "On it."})
    assert (first.status_code, first.json()["version"]) == (200, view["version"] + 1)
    late = await amina.change("PATCH", path, {"version": view["version"], "subject": "Mine", "note": "Lost"})
    assert (late.status_code, late.json()["code"]) == (409, "case_changed")
    after = (await amina.get(path)).json()
    assert after["case"]["subject"] == "Late bill"
    assert [entry["text"] for entry in after["timeline"] if entry["kind"] == "note"] == ["On it."]


async def test_a_move_the_workflow_lacks_is_refused_with_what_is_possible(centre: Centre) -> None:
    visitor = await centre.signed_in("amina")
    view = (await visitor.post("/api/cases", {"subject": "Late bill", "type": "complaint"})).json()
    path = f"/api/cases/{view['case']['case_id']}"
    answer = await visitor.change("PATCH", path, {"version": view["version"], "status": "closed"})
    assert (answer.status_code, answer.json()["code"]) == (409, "transition_refused")
    assert "Possible: Open" in answer.json()["detail"]


async def test_cases_are_found_by_words_status_and_owner(centre: Centre) -> None:
    await add_customer(centre)
    amina, dev = await centre.signed_in("amina"), await centre.signed_in("dev")
    await amina.post("/api/cases", {"subject": "Charged twice", "customer_id": "cu_1"})
    await dev.post("/api/cases", {"subject": "Moving home", "type": "move"})

    async def subjects(query: str) -> list[str]:
        found = (await amina.get(f"/api/cases?{query}")).json()
        return [row["case"]["subject"] for row in found["cases"]]

    assert await subjects("q=okonjo") == ["Charged twice"]
    assert await subjects("mine=true") == ["Charged twice"]
    assert await subjects("status=solved") == []
    assert sorted(await subjects("")) == ["Charged twice", "Moving home"]
    assert (await amina.get("/api/cases?limit=0")).status_code == 422


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"subject": "x", "type": "nonsense"}, 422, "malformed"),
        ({"subject": "x", "customer_id": "cu_none"}, 404, "not_found"),
        ({"subject": ""}, 422, "malformed"),
    ],
)
async def test_a_case_that_makes_no_sense_is_not_opened(
    centre: Centre, body: dict[str, Any], status: int, code: str
) -> None:
    visitor = await centre.signed_in("amina")
    answer = await visitor.post("/api/cases", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await visitor.get("/api/cases")).json()["total"] == 0


async def test_a_contact_is_joined_to_a_new_case_of_its_customer_and_queue(centre: Centre) -> None:
    await add_customer(centre)
    await add_contact(centre, customer_id="cu_1")
    visitor = await centre.signed_in("amina")
    body = {"new": {"subject": "Charged twice", "type": "refund"}}
    first = (await visitor.put("/api/contacts/ct_1/case", body, key="join-it-once")).json()
    again = (await visitor.put("/api/contacts/ct_1/case", body, key="join-it-once")).json()
    assert first["case_id"] == again["case_id"]
    (command,) = centre.engine.of_kind(AttachCase)
    assert command.case_id == first["case_id"]
    async with centre.database.read() as session:
        case = await Cases(session).get(first["case_id"])
    assert case is not None
    assert (case.customer_id, case.queue_id, case.status) == ("cu_1", "billing", "open")


async def test_joining_needs_exactly_one_case_and_the_own_contact(centre: Centre) -> None:
    await add_contact(centre)
    amina, dev = await centre.signed_in("amina"), await centre.signed_in("dev")
    path = "/api/contacts/ct_1/case"
    assert (await amina.put(path, {})).status_code == 422
    assert (await amina.put(path, {"case_id": "cs_none"})).status_code == 404
    answer = await dev.put(path, {"new": {"subject": "Not mine"}})
    assert answer.json()["code"] == "not_your_contact"
    assert (await dev.get("/api/cases")).json()["total"] == 0
    assert centre.engine.of_kind(AttachCase) == []


# --- customers ------------------------------------------------------------------------------------


async def test_a_new_customer_is_known_by_the_number_that_called(centre: Centre) -> None:
    await add_contact(centre)
    visitor = await centre.signed_in("amina")
    new = {"name": "Tom Bell", "number": "0113 496 0190", "account": "BW-301122"}
    card = (await visitor.put("/api/contacts/ct_1/customer", {"new": new}, key="make-him-once")).json()
    again = (await visitor.put("/api/contacts/ct_1/customer", {"new": new}, key="make-him-once")).json()
    assert card["numbers"] == ["+44 113 496 0182", "+44 113 496 0190"]
    assert card["customer_id"] == again["customer_id"]
    (command,) = centre.engine.of_kind(ChooseCustomer)
    assert command.customer_id == card["customer_id"]
    found = (await visitor.get("/api/customers?q=bell")).json()
    assert [each["customer_id"] for each in found] == [card["customer_id"]]


async def test_a_customer_is_chosen_among_those_there_are(centre: Centre) -> None:
    await add_customer(centre)
    await add_contact(centre)
    visitor = await centre.signed_in("amina")
    path = "/api/contacts/ct_1/customer"
    assert (await visitor.put(path, {"customer_id": "cu_1"})).json()["name"] == "Margaret Okonjo"
    assert (await visitor.put(path, {"customer_id": "cu_none"})).status_code == 404
    assert (await visitor.put(path, {})).status_code == 422
    bad = await visitor.put(path, {"new": {"name": "Tom", "number": "12"}})
    assert (bad.status_code, bad.json()["errors"][0]["field"]) == (422, "number")


async def test_a_customers_history_lists_calls_and_notes(centre: Centre) -> None:
    await add_customer(centre)
    await add_contact(
        centre, customer_id="cu_1", ended_at=START + timedelta(minutes=3), state="ended", live=False
    )
    visitor = await centre.signed_in("amina")
    await visitor.put("/api/contacts/ct_1/note", {"text": "Refund promised"})
    entries = (await visitor.get("/api/customers/cu_1/history")).json()
    assert [(entry["kind"], entry["text"], entry["who"]) for entry in entries] == [
        ("call", "Refund promised", "Amina Yusuf")
    ]
    assert (await visitor.get("/api/customers/cu_none/history")).status_code == 404


# --- recordings -----------------------------------------------------------------------------------


async def add_recording(centre: Centre, path: Path, state: str = "ready") -> None:
    await wrote(
        centre,
        RecordingModel,
        recording_id="rc_1",
        contact_id="ct_1",
        path=str(path),
        started_at=START,
        duration_s=1.0,
        state=state,
    )


def sound(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(range(256)) * 100)
    return path


async def plays(centre: Centre) -> list[str | None]:
    async with centre.database.read() as session:
        entries = await AuditTrail(session).recent()
    return [entry.actor for entry in entries if entry.action == "recording.played"]


async def test_whoever_handled_the_call_hears_it_in_parts_and_each_play_is_written_down(
    centre: Centre,
) -> None:
    await add_contact(centre)
    path = sound(centre.parts.settings.recordings / "a.wav")
    await add_recording(centre, path)
    visitor = await centre.signed_in("amina")
    whole = await visitor.get("/api/recordings/rc_1/audio")
    assert whole.content == path.read_bytes()
    assert whole.headers["content-type"] == "audio/wav"
    part = await visitor.get("/api/recordings/rc_1/audio", headers={"range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, path.read_bytes()[100:200])
    assert await plays(centre) == ["us_amina"]
    leila = await centre.signed_in("leila")
    await leila.get("/api/recordings/rc_1/audio", headers={"range": "bytes=0-"})
    assert await plays(centre) == ["us_leila", "us_amina"]


async def test_nobody_else_hears_it(centre: Centre) -> None:
    await add_contact(centre)
    await add_recording(centre, sound(centre.parts.settings.recordings / "a.wav"))
    for username in ("dev", "oli"):
        visitor = await centre.signed_in(username)
        assert (await visitor.get("/api/recordings/rc_1/audio")).status_code == 404
    assert await plays(centre) == []


@pytest.mark.parametrize(("state", "status"), [("recording", 409), ("failed", 409)])
async def test_what_cannot_be_heard_yet_says_so(centre: Centre, state: str, status: int) -> None:
    await add_contact(centre)
    await add_recording(centre, sound(centre.parts.settings.recordings / "a.wav"), state)
    visitor = await centre.signed_in("amina")
    answer = await visitor.get("/api/recordings/rc_1/audio")
    assert (answer.status_code, answer.json()["code"]) == (status, "recording_not_ready")


async def test_a_path_outside_the_recordings_is_never_sent(centre: Centre, tmp_path: Path) -> None:
    await add_contact(centre)
    outside = sound(tmp_path / "elsewhere" / "secret.wav")
    await add_recording(centre, centre.parts.settings.recordings / ".." / "elsewhere" / "secret.wav")
    visitor = await centre.signed_in("leila")
    answer = await visitor.get("/api/recordings/rc_1/audio")
    assert answer.status_code == 404
    assert str(outside) not in answer.text
