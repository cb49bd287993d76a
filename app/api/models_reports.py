"""What crosses the wire for reports: tables, the contacts behind a cell, definitions, schedules."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from app.api.models import Wire

Interval = Literal["15", "30", "60", "day", "whole"]
DimensionName = Literal["queue", "agent", "team", "dnis", "disposition"]
FileFormat = Literal["csv", "xlsx"]


class ReportRow(Wire):
    """One line. `begin`/`end` are None in the last line; `key` is the value of the dimension, if split."""

    slot: int | None
    begin: datetime | None
    end: datetime | None
    label: str
    """Of the interval, in the centre's own time: `09:30`, `Wed 19 Nov`."""
    key: str | None
    name: str
    """What the key stands for."""
    so_far: bool = False
    """The interval still goes on."""
    values: dict[str, float | None]


class ReportView(Wire):
    """A report. `figures` are the ids of its columns, in order; `/api/reports/figures` defines them."""

    from_day: date
    to_day: date
    zone: str
    interval: Interval
    dimension: DimensionName
    each: bool
    as_of: datetime
    goal: float
    target_s: float
    short_s: float
    figures: list[str]
    rows: list[ReportRow]
    total: ReportRow


class TermView(Wire):
    figure: str
    sign: Literal[1, -1]


class FigureView(Wire):
    """The definition of a figure. `numerator` over `denominator` are other figures, to be added up."""

    figure: str
    name: str
    sentence: str
    unit: Literal["count", "seconds", "share"]
    formula: str
    counted: str
    numerator: list[TermView]
    denominator: list[TermView]


class ValueName(Wire):
    value: str
    name: str


class ReportChoices(Wire):
    """What a report may be narrowed to."""

    today: date
    queues: list[ValueName]
    agents: list[ValueName]
    teams: list[ValueName]
    numbers: list[ValueName]
    dispositions: list[ValueName]


class BehindRow(Wire):
    """A contact (or an agent's part of one, or an offer) that a cell counts."""

    contact_id: str
    at: datetime
    clock: str
    """`at` in the centre's own time."""
    who: str
    hit: bool
    """It is in the upper half of the fraction."""
    waited_s: float | None = None
    ended: Literal[
        "answered", "gave_up", "gave_up_short", "left", "waiting", "callback", "missed", "declined"
    ]
    agent_name: str = ""
    talk_s: float | None = None
    why: str = ""
    recording_id: str | None = None


class BehindView(Wire):
    """`counted` is as many as the cell says; `rows` has the first of them, those not in `hits` before."""

    figure: str
    counted: int
    hits: int
    left_out: int
    """Short abandons that the figure leaves out."""
    rows: list[BehindRow]


# --- schedules ------------------------------------------------------------------------------------

Address = Annotated[str, Field(max_length=254, pattern=r"^[^@\s<>,;]+@[^@\s<>,;]+$")]


class ScheduledReport(Wire):
    """Which report is sent. `period` is relative to the day it is sent on."""

    period: Literal["today", "yesterday", "last_7_days", "last_week"] = "yesterday"
    interval: Interval = "30"
    dimension: DimensionName = "queue"
    each: bool = False
    queue: str | None = Field(default=None, max_length=80)
    agent: str | None = Field(default=None, max_length=80)
    team: str | None = Field(default=None, max_length=80)
    dnis: str | None = Field(default=None, max_length=80)
    disposition: str | None = Field(default=None, max_length=80)


class ScheduleChange(Wire):
    name: str = Field(min_length=1, max_length=80)
    report: ScheduledReport
    format: FileFormat = "xlsx"
    recipients: list[Address] = Field(min_length=1, max_length=50)
    days: list[Annotated[int, Field(ge=0, le=6)]] = Field(min_length=1, max_length=7)
    """Days of the week, 0 is Monday."""
    at: str = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    """In the centre's own time."""
    enabled: bool = True
    version: int = 0
    """The one that was seen; 0 for a new one."""


class DeliveryView(Wire):
    due_at: datetime
    state: Literal["waiting", "sent", "written", "failed"]
    attempts: int
    detail: str
    settled_at: datetime | None
    next_try_at: datetime | None
    test: bool


class ScheduleView(ScheduleChange):
    schedule_id: str
    next_due_at: datetime | None
    created_by: str
    last: DeliveryView | None


class ScheduleList(Wire):
    """`mail`: how reports leave this server; `outbox`: into files, because no mail server is set up."""

    mail: Literal["smtp", "outbox"]
    mail_detail: str
    schedules: list[ScheduleView]
