"""What crosses the wire for recordings: finding, hearing, rating, and who may."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from app.api.models import ContactEvent, Role, Wire

ReachName = Literal["own", "team", "all", "none"]


class RecordingRow(Wire):
    """`who` is the customer's name or number. `kept_until` is None while it is kept without end."""

    recording_id: str
    contact_id: str
    who: str
    agent_name: str
    queue_name: str
    outcome: str
    started_at: datetime
    duration_s: float | None
    message: bool
    held: bool
    kept_until: datetime | None


class RecordingPage(Wire):
    """`total` fit what was asked; `all` may be heard by this person."""

    total: int
    all: int
    reach: ReachName
    recordings: list[RecordingRow]


class Question(Wire):
    code: str
    text: str


class RatingView(Wire):
    """The sheet, what this person gave, and the mean of all who rated."""

    questions: list[Question]
    mine: dict[str, int]
    mean: dict[str, float]
    raters: list[str]


class HeardBy(Wire):
    who: str
    at: datetime
    what: Literal["played", "downloaded", "refused"]
    reason: str = ""


class RecordingDetail(RecordingRow):
    """`events` are the contact's, for the moments on the time line."""

    state: Literal["ready", "recording", "failed", "expired"]
    ended_at: datetime | None
    case_number: int | None
    held_by: str | None
    held_why: str
    may_rate: bool
    may_hold: bool
    rating: RatingView
    heard_by: list[HeardBy]
    events: list[ContactEvent]


class DownloadReason(Wire):
    reason: str = Field(min_length=3, max_length=300)


class HoldChange(Wire):
    on: bool
    reason: str = Field(default="", max_length=300)


class RatingChange(Wire):
    scores: dict[Annotated[str, Field(max_length=60)], Annotated[int, Field(ge=1, le=5)]] = Field(
        max_length=30
    )


class RetentionSetting(Wire):
    """`queue_id` '' stands for all other queues. `days` None: kept without end."""

    queue_id: str
    name: str = ""
    days: int | None = Field(default=None, ge=1, le=3650)


class RecordingSettings(Wire):
    access: dict[Role, ReachName]
    retention: list[RetentionSetting]
