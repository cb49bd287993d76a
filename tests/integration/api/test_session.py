"""Signing in, staying signed in, signing out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.api.models import Session
from app.store.repositories.events import AuditTrail
from app.store.repositories.people import Users
from tests.integration.api.conftest import PASSWORD, Centre, Visitor


async def audit(centre: Centre) -> list[str]:
    """What was written down, oldest first."""
    async with centre.database.read() as session:
        return [entry.action for entry in reversed(await AuditTrail(session).recent())]


async def test_signing_in_tells_the_page_who_it_is(centre: Centre) -> None:
    visitor = centre.visitor()
    answer = await visitor.sign_in("  AMINA ")
    session = Session.model_validate(answer.json())
    assert (session.user.name, session.user.roles, session.user.agent_id) == (
        "Amina Yusuf",
        ["agent"],
        "ag_amina",
    )
    assert session.user.initials == "AY"
    assert (await visitor.get("/api/session")).json()["csrf_token"] == session.csrf_token
    assert await audit(centre) == ["session.began"]


async def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(centre: Centre) -> None:
    cookie = (await centre.visitor().sign_in("amina")).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Secure" not in cookie
    https = centre.parts.settings.model_copy(update={"public_base_url": "https://127.0.0.1:8800"})
    secure = await Visitor(centre.rebuilt(settings=https)).sign_in("amina")
    assert "Secure" in secure.headers["set-cookie"]


async def test_the_token_is_not_in_the_database(centre: Centre) -> None:
    answer = await centre.visitor().sign_in("amina")
    token = answer.cookies["patchbay_session"]
    assert centre.database.path is not None
    everything = b"".join(path.read_bytes() for path in centre.database.path.parent.glob("patchbay.sqlite3*"))
    assert b"us_amina" in everything
    assert token.encode() not in everything


@pytest.mark.parametrize(
    ("username", "password"), [("amina", "wrong"), ("nobody", PASSWORD), ("gone", PASSWORD)]
)
async def test_every_refusal_of_a_sign_in_says_the_same(centre: Centre, username: str, password: str) -> None:
    async with centre.database.transaction() as session:
        leila = await Users(session).by_username("leila")
        assert leila is not None
        gone = replace(leila, user_id="us_gone", username="gone", disabled=True)
        await Users(session).add(gone)
    answer = await centre.visitor().sign_in(username, password)
    assert answer.status_code == 401
    assert answer.json() == {
        "type": "about:blank",
        "title": "Not signed in",
        "status": 401,
        "detail": "Name and password do not fit. Check both; a supervisor can set a new password.",
        "code": "wrong_credentials",
        "errors": [],
    }
    assert "set-cookie" not in answer.headers
    assert await audit(centre) == ["session.refused"]


async def test_too_many_wrong_passwords_for_one_name_lock_that_name_for_a_while(centre: Centre) -> None:
    visitor = centre.visitor()
    for _ in range(10):
        assert (await visitor.sign_in("amina", "wrong")).status_code == 401
    locked = await visitor.sign_in("amina")
    assert (locked.status_code, locked.json()["code"]) == (429, "too_many_requests")
    assert 1 <= int(locked.headers["retry-after"]) <= 300
    assert (await centre.visitor(address="127.0.0.2").sign_in("dev")).status_code == 200


async def test_too_many_tries_from_one_address_are_turned_away(centre: Centre, settings: Any) -> None:
    from app.auth.parts import build_auth
    from app.clock import monotonic

    strict = settings.model_copy(update={"limit_sign_in": "3/minute"})
    auth = replace(build_auth(strict, b"s", monotonic), passwords=centre.parts.auth.passwords)
    app = centre.rebuilt(auth=auth)
    statuses = [(await Visitor(app).sign_in("amina")).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    assert (await Visitor(app, address="127.0.0.9").sign_in("amina")).status_code == 200


async def test_an_idle_session_ends(centre: Centre) -> None:
    visitor = await centre.signed_in("amina")
    centre.clock.advance(timedelta(minutes=59))
    assert (await visitor.get("/api/session")).status_code == 200
    centre.clock.advance(timedelta(minutes=59))
    assert (await visitor.get("/api/session")).status_code == 200
    centre.clock.advance(timedelta(minutes=61))
    answer = await visitor.get("/api/session")
    assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")


async def test_a_session_ends_after_a_long_shift_however_busy(centre: Centre) -> None:
    visitor = await centre.signed_in("amina")
    for _ in range(14 * 2 - 1):
        centre.clock.advance(timedelta(minutes=30))
        assert (await visitor.get("/api/session")).status_code == 200
    centre.clock.advance(timedelta(minutes=30))
    assert (await visitor.get("/api/session")).status_code == 401


async def test_signing_out_ends_session_phone_and_shift(centre: Centre) -> None:
    visitor = await centre.signed_in("amina")
    await visitor.post("/api/agent/phone", {"sdp": "v=0"})
    cookie = visitor.http.cookies["patchbay_session"]
    answer = await visitor.change("DELETE", "/api/session")
    assert answer.status_code == 204
    assert [type(command).__name__ for command in centre.engine.taken[-2:]] == [
        "RequestState",
        "AgentPhoneClosed",
    ]
    visitor.http.cookies.set("patchbay_session", cookie)
    assert (await visitor.get("/api/session")).status_code == 401
    assert await audit(centre) == ["session.began", "session.ended"]


async def test_a_person_can_leave_while_the_engine_is_away(centre: Centre) -> None:
    visitor = await centre.signed_in("amina")
    centre.engine.running = False
    assert (await visitor.change("DELETE", "/api/session")).status_code == 204
    assert (await visitor.get("/api/session")).status_code == 401


async def test_a_disabled_user_is_signed_out_everywhere(centre: Centre) -> None:
    visitor = await centre.signed_in("amina")
    async with centre.database.transaction() as session:
        await Users(session).set_disabled("us_amina", True)
    assert (await visitor.get("/api/session")).status_code == 401


async def test_the_language_stays_for_the_next_sign_in(centre: Centre) -> None:
    visitor = await centre.signed_in("amina")
    answer = await visitor.put("/api/session/language", {"language": "cy"})
    assert answer.json()["user"]["language"] == "cy"
    assert (await (await centre.signed_in("amina")).get("/api/session")).json()["user"]["language"] == "cy"
    assert centre.reloads == [1]
    assert (await visitor.put("/api/session/language", {"language": "fr"})).status_code == 422


async def test_demo_sign_ins_exist_in_demo_mode_and_for_this_machine_only(centre: Centre) -> None:
    assert (await centre.visitor().get("/api/demo/sign-ins")).status_code == 404
    demo = centre.rebuilt(settings=centre.parts.settings.model_copy(update={"demo": True}))
    here, elsewhere = Visitor(demo), Visitor(demo, address="192.168.1.50")
    assert [each["username"] for each in (await here.get("/api/demo/sign-ins")).json()] == ["amina"]
    assert (await elsewhere.get("/api/demo/sign-ins")).status_code == 404


async def test_a_demo_password_opens_nothing_outside_demo_mode(centre: Centre) -> None:
    known = centre.parts.demo_sign_ins[0].password
    async with centre.database.transaction() as session:
        await Users(session).set_password("us_amina", await centre.parts.auth.passwords.hash(known))
    assert (await centre.visitor().sign_in("amina", known)).status_code == 401
    demo = centre.rebuilt(settings=centre.parts.settings.model_copy(update={"demo": True}))
    assert (await Visitor(demo).sign_in("amina", known)).status_code == 200


async def test_the_lists_come_in_the_sessions_language(centre: Centre) -> None:
    visitor = await centre.signed_in("amina")
    english = (await visitor.get("/api/reference")).json()
    await visitor.put("/api/session/language", {"language": "cy"})
    welsh = (await visitor.get("/api/reference")).json()
    assert [each["label"] for each in english["case_types"]][:2] == ["Question", "Fault"]
    assert [each["label"] for each in welsh["case_types"]][:2] == ["Cwestiwn", "Nam"]
    assert english["queues"] == [{"queue_id": "billing", "name": "Billing"}]
