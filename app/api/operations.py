"""What machines ask: is it alive, is it ready, what does it count."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.api.ports import Parts
from app.store.errors import StoreError
from app.store.repositories.events import Events

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
async def healthz() -> Response:
    """The process answers. Nothing else is looked at, so that a slow database kills no healthy process."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz")
async def readyz(request: Request) -> Response:
    """Whether calls can be served: 200, or 503 that names what is missing."""
    parts: Parts = request.app.state.parts
    checks: dict[str, str] = {"database": await _database(parts)}
    for each in parts.ready:
        checks[each.name] = each.check() or "ok"
    ready = all(said == "ok" for said in checks.values())
    body = {"status": "ready" if ready else "not ready", "checks": checks}
    return JSONResponse(body, status_code=200 if ready else 503, headers={"Cache-Control": "no-store"})


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    parts: Parts = request.app.state.parts
    return Response(parts.metrics.render(), headers={"Content-Type": parts.metrics.content_type})


async def _database(parts: Parts) -> str:
    try:
        async with parts.database.read() as session:
            await Events(session).end()
    except StoreError as error:
        return str(error)
    return "ok"
