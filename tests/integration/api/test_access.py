"""Who may: signed out, wrong role, no CSRF token, a foreign page, a name that is not ours."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.routing import APIRoute

from app.api.examples import EXAMPLES
from app.api.models import Wire
from app.api.routes import ROUTERS
from tests.integration.api.conftest import Centre, Visitor

OPEN_ROUTES = {
    ("POST", "/api/session"),
    ("GET", "/api/demo/sign-ins"),
    ("GET", "/api/caller/centre"),
    ("POST", "/api/caller/session"),
}
PROBLEM_MEMBERS = {"type", "title", "status", "detail", "code", "errors"}


def routes() -> list[tuple[str, str, type[Wire] | None]]:
    """(method, path with its parameters filled in, body model) of every API route."""
    found: list[tuple[str, str, type[Wire] | None]] = []
    for route in (route for router in ROUTERS for route in router.routes):
        assert isinstance(route, APIRoute)
        path = re.sub(r"\{(\w+)\}", r"x_\1", route.path)
        body: Any = route.body_field.field_info.annotation if route.body_field is not None else None
        found += [(method, path, body) for method in sorted(route.methods or ())]
    return found


async def send(visitor: Visitor, method: str, path: str, body: type[Wire] | None) -> tuple[int, str]:
    example = EXAMPLES[body] if body is not None else None
    answer = await visitor.change(method, path, example)
    problem = answer.json() if answer.content and answer.status_code >= 400 else {}
    if problem:
        assert set(problem) == PROBLEM_MEMBERS
        assert problem["status"] == answer.status_code
        assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, problem.get("code", "")


async def test_nothing_but_the_open_routes_answers_somebody_who_is_signed_out(centre: Centre) -> None:
    visitor = centre.visitor()
    checked = 0
    for method, path, body in routes():
        if (method, path) in OPEN_ROUTES:
            continue
        assert await send(visitor, method, path, body) == (401, "signed_out"), (method, path)
        checked += 1
    assert checked > 35


async def test_no_change_is_made_without_the_csrf_token_of_the_session(centre: Centre) -> None:
    checked = 0
    for token in (None, "", "wrong"):
        visitor = await centre.signed_in("amina")
        del visitor.http.headers["x-csrf-token"]
        if token is not None:
            visitor.http.headers["x-csrf-token"] = token
        for method, path, body in routes():
            if method == "GET" or (method, path) in OPEN_ROUTES or path.startswith("/api/caller/"):
                continue
            assert await send(visitor, method, path, body) == (403, "csrf"), (method, path)
            checked += 1
    assert checked > 3 * 20
    assert centre.engine.taken == []


async def test_the_csrf_token_of_another_session_does_not_fit(centre: Centre) -> None:
    amina, dev = await centre.signed_in("amina"), await centre.signed_in("dev")
    amina.http.headers["x-csrf-token"] = dev.http.headers["x-csrf-token"]
    answer = await amina.post("/api/agent/state", {"state": "available"})
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")


@pytest.mark.parametrize(
    "origin", ["http://evil.example.com", "http://127.0.0.1:9999", "https://127.0.0.1:8800", "null"]
)
async def test_a_foreign_page_changes_nothing(centre: Centre, origin: str) -> None:
    visitor = await centre.signed_in("amina")
    visitor.http.headers["origin"] = origin
    checked = 0
    for method, path, body in routes():
        if method != "GET":
            assert await send(visitor, method, path, body) == (403, "foreign_origin"), (method, path)
            checked += 1
    assert checked > 25
    assert centre.engine.taken == []


async def test_a_browser_that_hides_its_origin_is_known_by_its_fetch_metadata(centre: Centre) -> None:
    visitor = centre.visitor(origin=None)
    visitor.http.headers["sec-fetch-site"] = "cross-site"
    answer = await visitor.sign_in("amina")
    assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin")
    visitor.http.headers["sec-fetch-site"] = "same-origin"
    assert (await visitor.sign_in("amina")).status_code == 200


async def test_a_program_without_an_origin_may_sign_in(centre: Centre) -> None:
    assert (await centre.visitor(origin=None).sign_in("amina")).status_code == 200


async def test_a_name_that_is_not_ours_is_refused_but_for_probes(centre: Centre) -> None:
    visitor = centre.visitor()
    for path in ("/api/demo/sign-ins", "/", "/docs"):
        answer = await visitor.get(path, headers={"host": "evil.example.com"})
        assert (answer.status_code, answer.json()["code"]) == (403, "host_not_allowed")
        assert "PATCHBAY_PUBLIC_BASE_URL" in answer.json()["detail"]
    for path in ("/healthz", "/readyz", "/metrics"):
        assert (await visitor.get(path, headers={"host": "patchbay:8800"})).status_code == 200


ALLOWED = {
    "amina": {"agent", "desk"},
    "leila": {"desk", "supervisor"},
    "oli": set[str](),
    "ada": {"desk", "supervisor", "admin"},
}
NEEDS: list[tuple[str, str, Any, str]] = [
    ("GET", "/api/contacts", None, "desk"),
    ("GET", "/api/customers", None, "desk"),
    ("GET", "/api/cases", None, "desk"),
    ("POST", "/api/cases", {"subject": "Late bill"}, "desk"),
    ("GET", "/api/contacts/ct_waiting/why", None, "supervisor"),
    ("POST", "/api/agent/state", {"state": "available"}, "agent"),
    ("POST", "/api/agent/phone", {"sdp": "v=0"}, "agent"),
    ("POST", "/api/offers/of_1/accept", None, "agent"),
    ("POST", "/api/contacts/ct_1/hang-up", None, "agent"),
    ("PUT", "/api/contacts/ct_1/note", {"text": "x"}, "agent"),
    ("GET", "/api/flows", None, "admin"),
    ("PUT", "/api/flows/main", {"flow": {}}, "admin"),
    ("GET", "/api/numbers", None, "admin"),
    ("POST", "/api/system/clock/confirm", None, "admin"),
]


@pytest.mark.parametrize("username", sorted(ALLOWED))
async def test_each_role_reaches_what_is_its_own_and_nothing_else(centre: Centre, username: str) -> None:
    visitor = await centre.signed_in(username)
    for method, path, body, need in NEEDS:
        answer = await visitor.change(method, path, body)
        refused = answer.status_code == 403 and answer.json()["code"] == "role_missing"
        assert refused is (need not in ALLOWED[username]), (method, path, answer.text)
