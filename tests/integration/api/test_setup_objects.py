"""Setting up over HTTP: saved with a version, checked, written down; every refusal says what to change."""

from __future__ import annotations

import io
import wave
from typing import Any

import pytest

from app.store.repositories.configuration import Configuration
from app.store.repositories.events import AuditTrail
from tests.integration.api.conftest import Centre, Visitor

Body = dict[str, Any]


def queue(**changes: Any) -> Body:
    return {"id": "sales", "name": "Sales", **changes}


async def put(visitor: Visitor, path: str, setting: Body, version: int = 0) -> tuple[int, Body]:
    answer = await visitor.put(f"/api/setup/{path}", {"setting": setting, "version": version})
    return answer.status_code, answer.json()


async def check(visitor: Visitor, path: str, setting: Body) -> list[Body]:
    answer = await visitor.post(f"/api/setup/{path}/check", {"setting": setting, "version": 0})
    assert answer.status_code == 200, answer.text
    findings: list[Body] = answer.json()["findings"]
    return findings


async def remove(visitor: Visitor, path: str, version: int) -> tuple[int, Body]:
    answer = await visitor.change("DELETE", f"/api/setup/{path}?version={version}")
    return answer.status_code, answer.json()


async def test_an_object_is_saved_read_changed_and_removed(centre: Centre) -> None:
    ada = await centre.signed_in("ada")
    assert await put(ada, "skills/Sales", {"skill": "Sales", "about": "Contracts"}) == (
        200,
        {"version": 1, "findings": []},
    )
    status, saved = await put(ada, "queues/sales", queue(requirements={"Sales": 2}, max_wait_s=300))
    assert (status, saved["version"]) == (200, 1)
    assert [each["code"] for each in saved["findings"]] == ["no_members"]
    whole = (await ada.get("/api/setup")).json()
    assert whole["versions"]["queues/sales"] == 1
    (stored,) = (each for each in whole["centre"]["queues"] if each["id"] == "sales")
    assert (stored["requirements"], stored["max_wait_s"]) == ({"Sales": 2}, 300)
    assert (await put(ada, "queues/sales", queue(requirements={"Sales": 3}), version=1))[1]["version"] == 2
    async with centre.database.read() as session:
        (row,) = (each for each in await Configuration(session).queues() if each.queue_id == "sales")
        newest = (await AuditTrail(session).recent(limit=1))[0]
    assert row.policy["requirements"] == {"Sales": 3}
    assert (newest.action, newest.subject) == ("setup.changed", "queues/sales")
    assert {"path": "requirements.Sales", "old": "2", "new": "3"} in newest.data["changes"]  # type: ignore[operator]
    assert centre.reloads == [1, 1, 1]
    assert await remove(ada, "queues/sales", 2) == (200, {"ok": True})
    assert "queues/sales" not in (await ada.get("/api/setup")).json()["versions"]


async def test_saving_what_is_there_changes_nothing(centre: Centre) -> None:
    ada = await centre.signed_in("ada")
    await put(ada, "skills/Sales", {"skill": "Sales"})
    assert await put(ada, "skills/Sales", {"skill": "Sales"}, version=1) == (
        200,
        {"version": 1, "findings": []},
    )
    assert centre.reloads == [1]


async def test_who_was_slower_is_told_what_the_other_changed(centre: Centre) -> None:
    ada = await centre.signed_in("ada")
    await put(ada, "queues/sales", queue())
    await put(ada, "queues/sales", queue(weight=3), version=1)
    status, problem = await put(ada, "queues/sales", queue(acw_s=90), version=1)
    assert (status, problem["code"]) == (409, "setup_changed")
    assert problem["detail"] == (
        "Sales was changed by Ada Byrne (weight): it is at version 2, you saw 1. "
        "Load it again and make your change once more."
    )
    assert problem["errors"] == [{"field": "weight", "what": "0 -> 3", "cure": ""}]


async def test_a_new_object_does_not_overwrite_one_that_is_there(centre: Centre) -> None:
    ada = await centre.signed_in("ada")
    status, problem = await put(ada, "queues/billing", {"id": "billing", "name": "Other"})
    assert (status, problem["detail"]) == (409, "There is a Billing already. Choose another name.")


async def test_a_change_to_something_removed_says_so(centre: Centre) -> None:
    ada = await centre.signed_in("ada")
    status, problem = await put(ada, "queues/sales", queue(), version=4)
    assert (status, problem["detail"]) == (409, "sales was removed meanwhile. Load the page again.")


ILL: tuple[tuple[str, str, Body, str, str], ...] = (
    (
        "a step behind the longest wait",
        "queues/sales",
        queue(max_wait_s=480, steps=[{"id": "late", "after_s": 540, "operation": "raise_priority", "by": 1}]),
        "queues/sales/steps/late/after_s",
        "Step 1 can never open. It opens at 9:00. At 8:00 the longest wait ends.",
    ),
    (
        "a skill that is in no list",
        "queues/sales",
        queue(requirements={"Selling": 2}),
        "queues/sales/requirements/Selling",
        "There is no skill Selling. It is asked for or held here and not in the list of skills.",
    ),
    (
        "an overflow to nowhere",
        "queues/sales",
        queue(max_length=5, on_full={"kind": "overflow"}),
        "queues/sales/on_full/queue",
        "When full: overflow to nowhere. Name the queue that callers move to.",
    ),
    (
        "an agent of a queue that is not there",
        "agents/ann",
        {"id": "ann", "name": "Ann Lee", "queues": ["gone"]},
        "agents/ann/queues",
        "There is no queue gone. Ann Lee refers to it.",
    ),
    (
        "a team led by nobody",
        "teams/Sales",
        {"team": "Sales", "lead": "gone"},
        "teams/Sales/lead",
        "There is no agent gone. Sales is led by one.",
    ),
    (
        "a number without a flow",
        "numbers/100",
        {"dnis": "100", "flow": "gone"},
        "numbers/100/flow",
        "There is no flow gone. The number 100 would not be answered. There are: .",
    ),
    (
        "an extension of nobody",
        "numbers/121",
        {"dnis": "121", "agent": "gone", "queue": "billing"},
        "numbers/121/agent",
        "There is no agent gone. The number 121 would not be answered. There are: .",
    ),
    (
        "an extension by the rules of nothing",
        "numbers/121",
        {"dnis": "121", "agent": "gone", "queue": "gone"},
        "numbers/121/queue",
        "There is no queue gone. Callers of 121 wait by its rules. There are: billing.",
    ),
    (
        "the last administrator",
        "users/ada",
        {"username": "ada", "name": "Ada Byrne", "roles": ["supervisor"]},
        "users/ada/roles",
        "Nobody would be left to set up. At least one administrator must be able to sign in.",
    ),
)


@pytest.mark.parametrize(("what", "path", "setting", "field", "said"), ILL, ids=[each[0] for each in ILL])
async def test_errors_refuse_a_change_and_say_where_and_why(
    centre: Centre, what: str, path: str, setting: Body, field: str, said: str
) -> None:
    ada = await centre.signed_in("ada")
    version = 1 if path == "users/ada" else 0
    status, problem = await put(ada, path, setting, version)
    assert (status, problem["code"]) == (409, "setup_invalid"), problem
    assert {"field": field, "what": said} in [
        {"field": each["field"], "what": each["what"]} for each in problem["errors"]
    ]
    assert centre.reloads == []


async def test_a_number_may_ring_one_person(centre: Centre) -> None:
    ada = await centre.signed_in("ada")
    await put(ada, "queues/sales", queue())
    await put(ada, "agents/ann", {"id": "ann", "name": "Ann Lee", "queues": ["sales"]})
    extension = {"dnis": "121", "label": "Ann Lee", "agent": "ann", "queue": "sales"}
    assert (await put(ada, "numbers/121", extension))[0] == 200
    [stored] = (await ada.get("/api/setup")).json()["centre"]["numbers"]
    assert stored == {**extension, "flow": "", "backend": "webrtc"}
    async with centre.database.read() as session:
        [number] = await Configuration(session).numbers()
    assert (number.agent_id, number.queue_id, number.flow_id) == ("ann", "sales", "")
    status, problem = await remove(ada, "agents/ann", 1)
    assert (status, problem["code"]) == (409, "setup_invalid"), "nobody would answer the number"


SHAPES: tuple[tuple[str, Body, str, str, str], ...] = (
    ("queues/sales", queue(goal=1.5), "setting.goal", "1.5 is too much.", "Write at most 1."),
    ("queues/sales", queue(acw_s=-1), "setting.acw_s", "-1 is too little.", "Write at least 0."),
    (
        "queues/sales",
        queue(requirements={"Sales": 11}),
        "setting.requirements.Sales",
        "11 is too much.",
        "Write at most 10.",
    ),
    (
        "queues/sales",
        queue(wieght=2),
        "setting.wieght",
        "There is no such field.",
        "Take it out, or check how it is spelled.",
    ),
    (
        "queues/sales",
        queue(on_full={"kind": "shout"}),
        "setting.on_full.kind",
        "'shout' is none of the choices.",
        "Write 'return', 'overflow', 'voicemail', 'callback' or 'hang_up'.",
    ),
    (
        "agents/ann",
        {"id": "ann", "name": "Ann Lee", "capacity": {"voice": 2}},
        "setting",
        "An agent takes one call at a time.",
        "Write voice: 1, or leave voice out.",
    ),
    (
        "numbers/0790",
        {"dnis": "07700 900142", "flow": "main"},
        "setting.dnis",
        "'07700 900142' cannot be used here.",
        "Write a number with its country, as +442079460100, up to 6 digits, or a short name.",
    ),
    (
        "numbers/121",
        {"dnis": "121", "agent": "ann"},
        "setting",
        "An agent's own number has agent and queue.",
        "Write both, or neither.",
    ),
    ("skills/x", {"skill": ""}, "setting.skill", "The text is too short.", "Write at least 1."),
)


@pytest.mark.parametrize(("path", "setting", "field", "what", "cure"), SHAPES)
async def test_a_shape_that_is_wrong_anywhere_names_field_and_cure(
    centre: Centre, path: str, setting: Body, field: str, what: str, cure: str
) -> None:
    ada = await centre.signed_in("ada")
    status, problem = await put(ada, path, setting)
    assert status == 422
    assert {"field": field, "what": what, "cure": cure} in problem["errors"]


async def test_a_dry_check_shows_findings_with_their_cures_and_changes_nothing(centre: Centre) -> None:
    ada = await centre.signed_in("ada")
    (ring,) = [
        each for each in await check(ada, "queues/sales", queue(ring_width=3)) if each["severity"] == "error"
    ]
    assert ring["title"] == "Only ringing strategies ring several"
    assert [(cure["label"], cure["edit"]["path"], cure["edit"]["value"]) for cure in ring["cures"]] == [
        ("Ring one", ["ring_width"], 1),
        ("Ring all at once", ["strategy"], "ring_all"),
    ]
    assert "queues/sales" not in (await ada.get("/api/setup")).json()["versions"]


async def test_what_is_referred_to_stays(centre: Centre) -> None:
    ada = await centre.signed_in("ada")
    await put(ada, "skills/Sales", {"skill": "Sales"})
    await put(ada, "queues/sales", queue(requirements={"Sales": 2}))
    status, problem = await remove(ada, "skills/Sales", 1)
    assert (status, problem["code"]) == (409, "setup_invalid")
    assert problem["detail"].startswith("There is no skill Sales.")
    status, problem = await remove(ada, "skills/Gone", 1)
    assert (status, problem["detail"]) == (404, "There is no skill Gone.")


async def test_supervisors_change_skills_and_nothing_else(centre: Centre) -> None:
    ada, leila = await centre.signed_in("ada"), await centre.signed_in("leila")
    await put(ada, "skills/Sales", {"skill": "Sales"})
    await put(ada, "agents/ann", {"id": "ann", "name": "Ann Lee", "queues": ["billing"]})
    answer = await leila.put("/api/setup/agents/ann/skills", {"skills": {"Sales": 7}, "version": 1})
    assert (answer.status_code, answer.json()["version"]) == (200, 2)
    assert (await leila.get("/api/setup")).json()["centre"]["users"] is None
    assert (await put(leila, "queues/sales", queue()))[0] == 403
    assert (await leila.get("/api/setup/export")).status_code == 403
    dev = await centre.signed_in("dev")
    assert (await dev.get("/api/setup")).status_code == 403


async def test_a_new_user_signs_in_with_the_password_that_is_set(centre: Centre) -> None:
    ada = await centre.signed_in("ada")
    user = {"username": "nia", "name": "Nia Evans", "roles": ["supervisor"]}
    assert (await put(ada, "users/nia", user))[0] == 200
    visitor = centre.visitor()
    assert (await visitor.sign_in("nia", "a short sentence")).status_code == 401
    answer = await ada.post("/api/setup/users/nia/password", {"password": "a short sentence"})
    assert answer.status_code == 204
    assert (await visitor.sign_in("nia", "a short sentence")).status_code == 200
    assert (await put(ada, "users/nia", {**user, "disabled": True}, version=1))[0] == 200
    assert (await visitor.get("/api/setup")).status_code == 401
    short = await ada.post("/api/setup/users/nia/password", {"password": "short"})
    assert short.json()["errors"] == [
        {"field": "password", "what": "The text is too short.", "cure": "Write at least 10."}
    ]


def wav(seconds: float = 0.5, rate: int = 16000, width: int = 2) -> bytes:
    raw = io.BytesIO()
    with wave.open(raw, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(width)
        out.setframerate(rate)
        out.writeframes(b"\x01" * int(seconds * rate) * width)
    return raw.getvalue()


async def upload(visitor: Visitor, path: str, content: bytes) -> tuple[int, Body]:
    answer = await visitor.http.put(
        f"/api/setup/sounds/{path}",
        content=content,
        headers={"content-type": "audio/wav"},
    )
    return answer.status_code, answer.json()


async def test_a_recording_is_taken_in_heard_and_taken_away(centre: Centre) -> None:
    ada = await centre.signed_in("ada")
    await put(ada, "sounds/storm", {"id": "storm", "texts": {"en": "Storm damage is being repaired."}})
    assert await upload(ada, "storm/recordings/en", wav()) == (
        200,
        {"language": "en", "duration_s": 0.5, "bytes": 16044},
    )
    heard = await ada.get("/api/setup/sounds/storm/audio/en")
    assert (heard.status_code, heard.content) == (200, wav())
    (view,) = (each for each in (await ada.get("/api/setup")).json()["sounds"] if each["id"] == "storm")
    assert (view["shipped"], [each["language"] for each in view["recordings"]]) == (False, ["en"])
    assert (await ada.change("DELETE", "/api/setup/sounds/storm/recordings/en")).status_code == 204
    assert (await ada.change("DELETE", "/api/setup/sounds/storm/recordings/en")).status_code == 404


async def test_a_sound_that_cannot_be_played_is_refused_with_the_reason(centre: Centre) -> None:
    ada = await centre.signed_in("ada")
    await put(ada, "sounds/storm", {"id": "storm", "texts": {"en": "Storm."}})
    for content, said in (
        (b"", "The file is empty. Choose a WAV file."),
        (b"ID3 this is no wave file", "Save it as WAV, PCM, 16 bits a sample."),
        (wav(width=1), "it has 8 bits a sample; use 16"),
        (wav(rate=12000), "It has 12000 samples a second."),
    ):
        status, problem = await upload(ada, "storm/recordings/en", content)
        assert (status, said in problem["detail"]) == (422, True), problem["detail"]
    assert (await upload(ada, "none/recordings/en", wav()))[0] == 404
    status, problem = await upload(ada, "storm/recordings/-", wav())
    assert (status, problem["detail"]) == (422, "storm is prompt. Name its language: en or cy.")


async def test_a_prompt_in_use_stays(centre: Centre) -> None:
    ada = await centre.signed_in("ada")
    await put(ada, "sounds/storm", {"id": "storm", "texts": {"en": "Storm."}})
    await put(ada, "queues/sales", queue(consent="storm"))
    (view,) = (each for each in (await ada.get("/api/setup")).json()["sounds"] if each["id"] == "storm")
    assert view["used"] == [{"section": "queues", "id": "sales", "name": "Sales"}]
    flow = {
        "name": "Main",
        "languages": ["en"],
        "start": "hello",
        "nodes": {"hello": {"kind": "say", "say": ["storm"], "next": "bye"}, "bye": {"kind": "hang_up"}},
    }
    assert (await put(ada, "flows/main", {"id": "main", "flow": flow}))[0] == 200
    (view,) = (each for each in (await ada.get("/api/setup")).json()["sounds"] if each["id"] == "storm")
    assert [each["section"] for each in view["used"]] == ["queues", "flows"]
    status, problem = await remove(ada, "sounds/storm", 1)
    assert (status, problem["code"]) == (409, "setup_invalid")
    assert problem["detail"].startswith("main: There is no prompt storm. Use one of")


async def test_a_whole_file_is_compared_then_applied_at_once(centre: Centre) -> None:
    ada = await centre.signed_in("ada")
    centre_file = (await ada.get("/api/setup/export")).json()
    assert "password" not in str(centre_file)
    same = (await ada.post("/api/setup/apply", {"centre": centre_file, "dry_run": True})).json()
    assert (same["changes"], same["applied"]) == ([], False)
    change = {"queues": [{"id": "billing", "name": "Billing", "weight": 4}], "skills": [{"skill": "Sales"}]}
    asked = (await ada.post("/api/setup/apply", {"centre": change, "dry_run": True})).json()
    assert asked["applied"] is False
    assert [(each["section"], each["id"], each["kind"]) for each in asked["changes"]] == [
        ("skills", "Sales", "added"),
        ("queues", "billing", "changed"),
    ]
    assert asked["changes"][1]["fields"] == [{"path": "weight", "old": "0", "new": "4"}]
    assert centre.reloads == []
