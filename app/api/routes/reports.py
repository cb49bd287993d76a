"""Interval reports: figures, the contacts behind them, files, and what is sent regularly."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import Response

from app.api.access import IdempotencyKey, PartsHere, Supervisor
from app.api.models_reports import (
    BehindView,
    DeliveryView,
    DimensionName,
    FigureView,
    FileFormat,
    Interval,
    ReportChoices,
    ReportView,
    ScheduleChange,
    ScheduleList,
    ScheduleView,
)
from app.services.report_behind import BehindCells
from app.services.report_files import MEDIA_TYPES, file_name, report_file
from app.services.report_schedules import Schedules
from app.services.reports import Asked, Reports

_FILE = {"description": "The file", "content": {MEDIA_TYPES["xlsx"]: {"example": "a workbook"}}}

router = APIRouter(prefix="/api/reports", tags=["reports"])

Value = Annotated[str | None, Query(max_length=120)]
Id = Annotated[str, Path(max_length=80)]
Day = Annotated[date, Query(description="A day of the centre's own")]


def _asked(
    first: Annotated[date, Query(alias="from")],
    last: Annotated[date, Query(alias="to")],
    interval: Interval = "30",
    dimension: DimensionName = "queue",
    each: bool = False,
    queue: Value = None,
    agent: Value = None,
    team: Value = None,
    dnis: Value = None,
    disposition: Value = None,
) -> Asked:
    return Asked(
        first=first,
        last=last,
        interval=interval,
        dimension=dimension,
        each=each,
        queue=queue,
        agent=agent,
        team=team,
        dnis=dnis,
        disposition=disposition,
    )


AskedFor = Annotated[Asked, Depends(_asked)]


@router.get("")
async def report(asked: AskedFor, who: Supervisor, parts: PartsHere) -> ReportView:
    """A report from the log. 422 `report_too_large` says what to shorten."""
    return await Reports(parts, who.language).view(asked)


@router.get("/figures")
async def figures(who: Supervisor, parts: PartsHere, queue: Value = None) -> list[FigureView]:
    """What every figure means, with the seconds that a queue promises."""
    return Reports(parts, who.language).figures(queue)


@router.get("/choices")
async def choices(who: Supervisor, parts: PartsHere) -> ReportChoices:
    return await Reports(parts, who.language).choices()


@router.get("/contacts")
async def behind(
    asked: AskedFor,
    who: Supervisor,
    parts: PartsHere,
    figure: Annotated[str, Query(max_length=60)],
    slot: Annotated[int | None, Query(ge=0)] = None,
    key: Value = None,
) -> BehindView:
    """The contacts that one cell counts; `slot` and `key` are those of its row, none for the last line."""
    return await BehindCells(parts, who.language).view(asked, slot=slot, key=key, figure=figure)


@router.get("/file", response_class=Response, responses={200: _FILE})
async def file(asked: AskedFor, who: Supervisor, parts: PartsHere, format: FileFormat = "xlsx") -> Response:
    """The same report as a file."""
    view = await Reports(parts, who.language).view(asked)
    name = file_name(view, format)
    return Response(
        report_file(view, format, who.language),
        media_type=MEDIA_TYPES[format],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.get("/schedules")
async def schedules(who: Supervisor, parts: PartsHere) -> ScheduleList:
    return await Schedules(parts, who).list()


@router.post("/schedules")
async def add_schedule(
    body: ScheduleChange, who: Supervisor, key: IdempotencyKey, parts: PartsHere
) -> ScheduleView:
    """Send a report regularly from now on."""
    return await Schedules(parts, who).save(None, body, key)


@router.put("/schedules/{schedule_id}")
async def change_schedule(
    schedule_id: Id, body: ScheduleChange, who: Supervisor, key: IdempotencyKey, parts: PartsHere
) -> ScheduleView:
    """Change it, if `version` is still the stored one; else 409 `changed`."""
    return await Schedules(parts, who).save(schedule_id, body, key)


@router.delete("/schedules/{schedule_id}", status_code=204)
async def remove_schedule(schedule_id: Id, who: Supervisor, parts: PartsHere) -> None:
    await Schedules(parts, who).remove(schedule_id)


@router.post("/schedules/{schedule_id}/send")
async def send_now(schedule_id: Id, who: Supervisor, parts: PartsHere) -> DeliveryView:
    """Send it once, now, as a test; what became of it stands in the list."""
    return await Schedules(parts, who).send_now(schedule_id)
