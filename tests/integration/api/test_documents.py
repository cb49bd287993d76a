"""What is served beside the API: documents with examples, pages, probes, and the headers on all of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from app.api import models
from app.api.examples import EXAMPLES
from app.api.front_end import FrontEnd
from app.main import create_app
from app.store.errors import StoreUnavailable
from tests.integration.api.conftest import ORIGIN, Centre, Visitor

Document = dict[str, Any]


async def document(centre: Centre, name: str) -> Document:
    answer = await centre.visitor().get(f"/{name}.json")
    loaded: Document = answer.json()
    return loaded


def references(node: Any) -> set[str]:
    """Every `$ref` below a node."""
    if isinstance(node, dict):
        own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set[str]()
        return own.union(*(references(value) for value in node.values()))
    if isinstance(node, list):
        return set[str]().union(*(references(value) for value in node))
    return set()


def found(document: Document, reference: str) -> bool:
    node: Any = document
    for step in reference.removeprefix("#/").split("/"):
        if step not in node:
            return False
        node = node[step]
    return True


# --- OpenAPI --------------------------------------------------------------------------------------


async def test_every_body_in_the_api_document_has_an_example(centre: Centre) -> None:
    api = await document(centre, "openapi")
    bodies = 0
    for path, item in api["paths"].items():
        for method, operation in item.items():
            places = {"request": operation.get("requestBody", {}), **operation["responses"]}
            for place, body in places.items():
                for media, content in body.get("content", {}).items():
                    if media == "audio/wav":
                        continue
                    assert "example" in content, (method, path, place)
                    bodies += 1
    assert bodies > 150


async def test_every_example_is_what_its_model_accepts(centre: Centre) -> None:
    for model, example in EXAMPLES.items():
        model.model_validate(example)
    api = await document(centre, "openapi")
    by_name = {model.__name__: model for model in EXAMPLES}
    for operation in (each for item in api["paths"].values() for each in item.values()):
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content is not None:
            name = content["schema"]["$ref"].rpartition("/")[2]
            by_name[name].model_validate(content["example"])


async def test_every_operation_says_how_it_fails_as_a_problem_document(centre: Centre) -> None:
    api = await document(centre, "openapi")
    for path, item in api["paths"].items():
        for method, operation in item.items():
            problems = {status for status in operation["responses"] if status[0] in "45"}
            assert "422" in problems, (method, path)
            if method != "get":
                assert {"403", "409", "413", "503"} <= problems, (method, path)
            for status in problems:
                schema = operation["responses"][status]["content"]["application/problem+json"]["schema"]
                assert schema["$ref"] == "#/components/schemas/Problem"
    assert "HTTPValidationError" not in api["components"]["schemas"]


@pytest.mark.parametrize("name", ["openapi", "asyncapi"])
async def test_the_documents_refer_only_to_what_they_contain(centre: Centre, name: str) -> None:
    loaded = await document(centre, name)
    assert {each for each in references(loaded) if not found(loaded, each)} == set()


# --- AsyncAPI -------------------------------------------------------------------------------------


async def test_the_websocket_document_holds_every_message_of_the_unions(centre: Centre) -> None:
    asyncapi = await document(centre, "asyncapi")
    assert asyncapi["asyncapi"] == "3.0.0"
    documented = {message["name"] for message in asyncapi["components"]["messages"].values()}
    unions: tuple[Any, ...] = (models.ServerMessage, models.StaffMessage, models.CallerMessage)
    wanted = {
        kind for union in unions for kind in TypeAdapter(union).json_schema()["discriminator"]["mapping"]
    }
    assert documented == wanted
    for message in asyncapi["components"]["messages"].values():
        assert message["examples"][0]["payload"]["type"] == message["name"]
    assert asyncapi["channels"]["staff"]["address"] == "/ws"


# --- the page of documents ------------------------------------------------------------------------


async def test_the_docs_page_needs_no_internet_and_runs_under_our_policy(centre: Centre) -> None:
    visitor = centre.visitor()
    page = await visitor.get("/docs")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert re.findall(r"<script(?![^>]*src=)", page.text) == []
    links = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(links) >= 5
    for link in links:
        answer = await visitor.get(link)
        assert (answer.status_code, len(answer.content) > 100) == (200, True), link
    assert (await visitor.get("/docs/..%2fsecret.key")).status_code == 404


# --- the front end --------------------------------------------------------------------------------


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>desk</title>")
    (folder / "assets" / "index-a1b2c3.js").write_text("let a = 1;")
    (folder / "favicon.svg").write_text("<svg/>")
    (tmp_path / "secret.txt").write_text("secret")
    return folder


async def test_every_page_is_the_one_front_end_and_its_parts_are_kept_for_good(
    centre: Centre, built: Path
) -> None:
    visitor = Visitor(create_app(centre.parts, FrontEnd(built)))
    for path in ("/", "/desk", "/floor", "/wall", "/cases/cs_1", "/call"):
        answer = await visitor.get(path)
        assert (answer.status_code, "desk" in answer.text) == (200, True), path
        assert answer.headers["cache-control"] == "no-cache"
    script = await visitor.get("/assets/index-a1b2c3.js")
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (await visitor.get("/favicon.svg")).headers["cache-control"] == "no-cache"


async def test_a_missing_file_is_not_answered_with_a_page_and_nothing_outside_is_served(
    centre: Centre, built: Path
) -> None:
    visitor = Visitor(create_app(centre.parts, FrontEnd(built)))
    for path in (
        "/assets/gone.js",
        "/../secret.txt",
        "/..%2fsecret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/api/none",
        "/ws/none",
        "/docs/none",
    ):
        answer = await visitor.get(path)
        assert answer.status_code == 404, path
        assert "secret" not in answer.text.replace("secret.txt", "")
    assert (await visitor.post("/desk")).status_code == 405


async def test_without_a_front_end_the_page_says_how_to_build_it(centre: Centre, tmp_path: Path) -> None:
    visitor = Visitor(create_app(centre.parts, FrontEnd(tmp_path / "nothing")))
    answer = await visitor.get("/desk")
    assert answer.status_code == 503
    assert "make setup" in answer.text


# --- headers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/docs", "/api/session", "/api/none", "/healthz"])
async def test_security_headers_stand_on_every_answer(centre: Centre, path: str) -> None:
    headers = (await centre.visitor().get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "microphone=(self)" in headers["permissions-policy"]
    assert "strict-transport-security" not in headers
    if path.startswith("/api/"):
        assert headers["cache-control"] == "no-store"


async def test_https_is_remembered_by_browsers_but_not_for_localhost(centre: Centre) -> None:
    visitor = centre.visitor()
    https = ORIGIN.replace("http://", "https://")
    assert "strict-transport-security" in (await visitor.get(f"{https}/healthz")).headers
    local = await visitor.get("https://localhost:8800/healthz")
    assert "strict-transport-security" not in local.headers


# --- probes and faults ----------------------------------------------------------------------------


async def test_readiness_names_what_is_missing(centre: Centre) -> None:
    visitor = centre.visitor()
    answer = await visitor.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]) == (200, {"database": "ok", "engine": "ok"})
    centre.engine.running = False
    answer = await visitor.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "not ready", "checks": {"database": "ok", "engine": "it is stopped"}}
    assert (await visitor.get("/healthz")).status_code == 200


async def test_figures_carry_no_ids_of_contacts_agents_or_callers(centre: Centre) -> None:
    visitor = await centre.signed_in("amina")
    await visitor.post("/api/contacts/ct_secret/hold")
    await visitor.get("/api/cases/cs_secret")
    await visitor.get("/desk/agent_secret")
    figures = (await visitor.get("/metrics")).text
    assert (
        'patchbay_http_requests_total{method="POST",route="/api/contacts/{contact_id}/hold",status="409"}'
        in figures
    )
    assert 'patchbay_commands_total{command="HoldCall",outcome="refused"} 1.0' in figures
    assert "secret" not in figures
    assert "amina" not in figures


async def test_a_fault_of_ours_tells_nothing_of_its_inside(centre: Centre) -> None:
    def broken(contact_id: str, language: str) -> None:
        raise RuntimeError("the secret inside")

    object.__setattr__(centre.live, "why_waiting", broken)
    visitor = await centre.signed_in("leila")
    answer = await visitor.get("/api/contacts/ct_1/why")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "secret inside" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_database_that_is_away_is_a_503_that_says_so(centre: Centre) -> None:
    def away(contact_id: str, language: str) -> None:
        raise StoreUnavailable("no connection")

    object.__setattr__(centre.live, "why_waiting", away)
    visitor = await centre.signed_in("leila")
    answer = await visitor.get("/api/contacts/ct_1/why")
    assert (answer.status_code, answer.json()["code"]) == (503, "database_down")


async def test_an_unknown_address_and_a_wrong_method_are_problems_too(centre: Centre) -> None:
    visitor = await centre.signed_in("amina")
    for method, path, status, code in (
        ("GET", "/api/nothing", 404, "not_found"),
        ("DELETE", "/api/contacts", 405, "method_not_allowed"),
    ):
        answer = await visitor.change(method, path)
        assert (answer.status_code, answer.json()["code"]) == (status, code), (method, path)
