"""The one place that turns errors into answers: problem documents (RFC 9457) and their status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.api.models import FieldError, Problem
from app.api.plain import findings as plain_findings
from app.engine.commit import CommandResult
from app.errors import CommandRefused, PatchbayError, Unavailable
from app.store.errors import RecordChanged, RecordExists, RecordMissing, StoreError
from telephony.port import BackendDown, StaleEpoch, Unsupported

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"

COMMAND_STATUS: Mapping[str, int] = {
    "unknown_agent": 404,
    "unknown_contact": 404,
    "unknown_offer": 404,
    "telephony_down": 503,
    "engine_down": 503,
    "not_owner": 503,
    "busy": 503,
}
"""Refusals of the engine that are not simply 409."""


def refused(result: CommandResult) -> CommandRefused:
    """The error for a command the engine did not carry out."""
    code = result.error_code or "refused"
    return CommandRefused(code, result.detail, COMMAND_STATUS.get(code, 409))


def problem_response(
    *,
    status: int,
    code: str,
    title: str,
    detail: str,
    errors: Sequence[FieldError] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem document as an answer that nothing may keep."""
    body = Problem(title=title, status=status, detail=detail, code=code, errors=list(errors))
    return Response(
        body.model_dump_json(),
        status_code=status,
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def response_of(error: PatchbayError) -> Response:
    return problem_response(
        status=error.status,
        code=error.code,
        title=error.title,
        detail=str(error),
        errors=[FieldError(field=f.field, what=f.what, cure=f.cure) for f in error.findings],
        headers=error.headers,
    )


def internal_error() -> Response:
    """What a person sees of a fault of ours: nothing of its inside."""
    return problem_response(
        status=500,
        code="internal",
        title="Something went wrong",
        detail="The server made a mistake and wrote it down. Try again; calls are not affected.",
    )


async def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, PatchbayError)
    return response_of(error)


async def _telephony(request: Request, error: Exception) -> Response:
    if isinstance(error, Unsupported):
        return problem_response(
            status=409,
            code="capability_missing",
            title="Not possible here",
            detail=f"{str(error).capitalize()}.",
        )
    log.warning("telephony did not answer a request", path=request.url.path, error=str(error))
    return response_of(
        Unavailable(
            "telephony_down", "The telephone system does not answer just now. Calls go on; try again."
        )
    )


async def _store(request: Request, error: Exception) -> Response:
    match error:
        case RecordMissing():
            status, code = 404, "not_found"
        case RecordChanged():
            status, code = 409, "changed"
        case RecordExists():
            status, code = 409, "exists"
        case _:
            log.warning("the database did not answer a request", path=request.url.path, error=str(error))
            return response_of(
                Unavailable("database_down", "The database does not answer just now. Calls go on; try again.")
            )
    text = str(error)
    detail = text[:1].upper() + text[1:].removesuffix(".") + "."
    return problem_response(status=status, code=code, title="Not possible now", detail=detail)


async def _malformed(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    broken = next((each for each in error.errors() if each["type"] == "json_invalid"), None)
    if broken is not None:
        return _no_json(broken)
    # Rules of a centre are no secret, and long to look through; anywhere else it may be a PIN.
    repeat = request.url.path.startswith("/api/setup")
    errors = [
        FieldError(field=each.field, what=each.what, cure=each.cure)
        for each in plain_findings(error.errors(), skip=1, repeat=repeat)
    ]
    fields = ", ".join(sorted({each.field for each in errors}))
    return problem_response(
        status=422,
        code="malformed",
        title="Malformed",
        detail=f"The request cannot be read: {fields}. The documentation is at /docs.",
        errors=errors,
    )


def _no_json(broken: Mapping[str, Any]) -> Response:
    why, place = broken["ctx"]["error"], broken["loc"][-1]
    what = f"The body is not JSON: {why[:1].lower()}{why[1:]}, at character {place}."
    cure = "Check quotes, commas and brackets there."
    return problem_response(
        status=422,
        code="malformed",
        title="Malformed",
        detail=f"{what} {cure}",
        errors=[FieldError(field="body", what=what, cure=cure)],
    )


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    phrase = HTTPStatus(error.status_code).phrase
    code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "refused")
    detail = {
        404: f"There is nothing at {request.url.path[:200]}.",
        405: f"{request.method} is not possible at {request.url.path[:200]}.",
    }.get(error.status_code, "The request cannot be carried out.")
    return problem_response(
        status=error.status_code, code=code, title=phrase, detail=detail, headers=error.headers
    )


def install(app: FastAPI) -> None:
    """Register the table. What is not in it is a fault of ours and answered by the outermost middleware."""
    app.add_exception_handler(PatchbayError, _ours)
    app.add_exception_handler(BackendDown, _telephony)
    app.add_exception_handler(StaleEpoch, _telephony)
    app.add_exception_handler(Unsupported, _telephony)
    app.add_exception_handler(StoreError, _store)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http)
