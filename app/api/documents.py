"""`/docs`, `/openapi.json` and `/asyncapi.json`: all of it served from here, nothing from the internet."""

from __future__ import annotations

from importlib import resources
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema
from starlette.responses import HTMLResponse, JSONResponse, Response

from app.api import models
from app.api.examples import EXAMPLES, example_of, problem_example
from app.api.problems import MEDIA_TYPE

router = APIRouter(include_in_schema=False)

_ASSETS = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon.png": "image/png",
}
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Patchbay API</title>
<link rel="icon" href="/docs/favicon.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="swagger"></div>
<noscript>This page needs scripts; <a href="/openapi.json">openapi.json</a> holds the same.</noscript>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
# Tried out from the page, a request needs the session's token and an id of its own like any other.
_START = """"use strict";
let token = null;
async function csrf() {
  if (token === null) {
    const answer = await fetch("/api/session");
    token = answer.ok ? (await answer.json()).csrf_token : "";
  }
  return token;
}
window.ui = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger",
  deepLinking: true,
  validatorUrl: null,
  requestInterceptor: async (request) => {
    if (request.method && request.method !== "GET" && !request.loadSpec) {
      request.headers["X-CSRF-Token"] = await csrf();
      request.headers["Idempotency-Key"] ??= crypto.randomUUID();
    }
    return request;
  },
});
"""

SECURITY_SCHEMES = {
    "session": {"type": "apiKey", "in": "cookie", "name": "patchbay_session"},
    "csrf": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token"},
    "caller": {"type": "apiKey", "in": "cookie", "name": "patchbay_caller"},
}
OPEN = frozenset({"/api/demo/sign-ins", "/api/caller/centre", "/api/caller/session"})

PROBLEMS = {
    401: ("signed_out", "Signed out"),
    403: ("role_missing", "Not allowed"),
    404: ("not_found", "Not found"),
    409: ("offer_ended", "Not possible now"),
    413: ("too_large", "Too large"),
    422: ("malformed", "Malformed"),
    429: ("too_many_requests", "Too many at once"),
    503: ("telephony_down", "Not available just now"),
}


@router.get("/docs")
async def docs() -> Response:
    return HTMLResponse(_PAGE)


@router.get("/docs/start.js")
async def docs_start() -> Response:
    return Response(_START, media_type="text/javascript")


@router.get("/docs/{name}")
async def docs_asset(name: str) -> Response:
    if name not in _ASSETS:
        return Response(status_code=404)
    content = resources.files("fastapi_offline").joinpath("static", name).read_bytes()
    return Response(content, media_type=_ASSETS[name], headers={"Cache-Control": "public, max-age=86400"})


@router.get("/asyncapi.json")
async def asyncapi_document() -> Response:
    return JSONResponse(asyncapi())


# --- OpenAPI --------------------------------------------------------------------------------------


def openapi(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document: the routes' own, with an example at every body and our problem documents."""
    if app.openapi_schema is not None:
        return app.openapi_schema
    document = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        routes=app.routes,
        tags=app.openapi_tags,
    )
    for path, item in document["paths"].items():
        for method, operation in item.items():
            _describe(operation, changes=method != "get", signed_in="/caller/" not in path)
            operation["security"] = _security(method, path)
    document["components"]["securitySchemes"] = SECURITY_SCHEMES
    schemas = document["components"]["schemas"]
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    for model, example in EXAMPLES.items():
        if model.__name__ in schemas:
            schemas[model.__name__]["examples"] = [example]
    for name in ("Problem", "FieldError"):
        schemas.setdefault(name, _definitions([models.Problem])[name])
    app.openapi_schema = document
    return document


def _security(method: str, path: str) -> list[dict[str, list[str]]]:
    """What a request must carry, as OpenAPI says it: one of the entries, all of each."""
    changes = method != "get"
    if path in OPEN or (method, path) == ("post", "/api/session"):
        return []
    if path.startswith("/api/caller/"):
        return [{"caller": []}]
    if path == "/api/phone":
        return [{"session": []}, {"caller": []}]
    return [{"session": [], "csrf": []}] if changes else [{"session": []}]


def _describe(operation: dict[str, Any], *, changes: bool, signed_in: bool) -> None:
    responses = operation["responses"]
    responses.pop("422", None)
    statuses = {422, 429 if not signed_in else 401}
    if changes:
        statuses |= {403, 409, 413, 503}
    if "{" in str(operation.get("parameters", "")):
        statuses |= {404}
    for status in sorted(statuses):
        code, title = PROBLEMS[status]
        responses.setdefault(
            str(status),
            {
                "description": title,
                "content": {
                    MEDIA_TYPE: {
                        "schema": {"$ref": "#/components/schemas/Problem"},
                        "example": problem_example(status, code, title),
                    }
                },
            },
        )
    bodies = [operation["requestBody"]] if "requestBody" in operation else []
    bodies += [response for status, response in responses.items() if status.startswith("2")]
    for body in bodies:
        content = body.get("content", {}).get("application/json")
        if content is not None and "example" not in content and "examples" not in content:
            example = example_of(content["schema"])
            if example is not None:
                content["example"] = example


# --- AsyncAPI -------------------------------------------------------------------------------------

SERVER_MESSAGES = (models.Hello, models.Snapshot, models.Delta, models.Notice, models.HeartbeatAnswer)
STAFF_MESSAGES = (models.Heartbeat, models.Resync, models.Subscribe, models.TakeOver, models.Shown)
CALLER_MESSAGES = (models.Heartbeat, models.Resync, models.CallerDigit, models.CallerEnd)
TELEPHONE_MESSAGES = (models.Heartbeat, models.Resync)

_CHANNELS: dict[str, tuple[str, str, tuple[type[models.Wire], ...]]] = {
    "staff": ("/ws", "A staff page. The ticket comes from POST /api/ws-ticket.", STAFF_MESSAGES),
    "caller": (
        "/ws/caller",
        "A caller's page. The ticket comes from POST /api/caller/ws-ticket.",
        CALLER_MESSAGES,
    ),
    "telephone": (
        "/ws/telephone",
        "A guest telephone. The ticket comes from POST /api/caller/telephone/{telephone_id}/ws-ticket.",
        TELEPHONE_MESSAGES,
    ),
}


def asyncapi() -> dict[str, Any]:
    """The websocket protocol as an AsyncAPI 3.0 document, made from the wire models."""
    every: list[type[models.Wire]] = list(
        dict.fromkeys((*SERVER_MESSAGES, *STAFF_MESSAGES, *CALLER_MESSAGES))
    )
    channels: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    for name, (address, description, from_page) in _CHANNELS.items():
        both: list[type[models.Wire]] = list(dict.fromkeys((*SERVER_MESSAGES, *from_page)))
        channels[name] = {
            "address": address,
            "description": description,
            "bindings": {
                "ws": {
                    "method": "GET",
                    "query": {
                        "type": "object",
                        "required": ["ticket"],
                        "properties": {"ticket": {"type": "string"}},
                    },
                }
            },
            "messages": {m.__name__: {"$ref": f"#/components/messages/{m.__name__}"} for m in both},
        }
        for verb, action, which in (("hears", "send", SERVER_MESSAGES), ("says", "receive", from_page)):
            operations[f"{name}_{verb}"] = {
                "action": action,
                "channel": {"$ref": f"#/channels/{name}"},
                "messages": [{"$ref": f"#/channels/{name}/messages/{m.__name__}"} for m in which],
            }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Patchbay live state",
            "version": "1",
            "description": "Hello, then a snapshot of each topic, then deltas with a `seq` per topic. "
            "On a gap the page sends `resync`. Every message is one JSON object with a `type`.",
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {
            "messages": {
                m.__name__: {
                    "name": m.model_fields["type"].default,
                    "summary": (m.__doc__ or m.__name__).strip().splitlines()[0],
                    "payload": {"$ref": f"#/components/schemas/{m.__name__}"},
                    "examples": [{"payload": EXAMPLES[m]}],
                }
                for m in every
            },
            "schemas": _definitions(every),
        },
    }


def _definitions(wanted: list[type[models.Wire]]) -> dict[str, Any]:
    _, schema = models_json_schema(
        [(model, "serialization") for model in wanted], ref_template="#/components/schemas/{model}"
    )
    definitions: dict[str, Any] = schema["$defs"]
    return definitions
