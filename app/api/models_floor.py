"""What crosses the wire for the supervisor's floor: thresholds, alerts, drill-down, skills."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from app.api.models import AlertMeasure, ContactRow, FloorAlert, Wire

# --- thresholds -----------------------------------------------------------------------------------


class ThresholdSetting(Wire):
    """From which value on a figure is a warning and bad. Shares are 0 to 1, times seconds, the rest counts.

    `longest_wait` and `service_level` without limits go by what each queue promises.
    """

    warn: float | None = Field(default=None, ge=0, le=1_000_000)
    bad: float | None = Field(default=None, ge=0, le=1_000_000)
    for_s: float = Field(default=0.0, ge=0, le=3600)
    """It must hold for so long before it is told."""
    clear_s: float = Field(default=30.0, ge=0, le=3600)
    """It must be good again for so long before that is told."""
    active: bool = True
    sound: bool = True
    send: bool = False
    """Also to webhooks and e-mail."""


class ThresholdView(ThresholdSetting):
    measure: AlertMeasure
    subject: str = ""
    """Queue or agent id; empty: all that have no own."""
    name: str = ""
    own: bool = False
    """Set here; else it is as delivered."""
    queue_s_own: bool = False
    """Goes by each queue's own promise."""


class AlertTargetView(Wire):
    target_id: str
    kind: Literal["webhook", "email"]
    address: str
    active: bool
    created_at: datetime


class Thresholds(Wire):
    """`mails`: whether a mail server is set up."""

    thresholds: list[ThresholdView]
    targets: list[AlertTargetView]
    mails: bool


class NewAlertTarget(Wire):
    kind: Literal["webhook", "email"]
    address: str = Field(min_length=3, max_length=400)


class AlertTargetMade(Wire):
    """`secret` signs what a webhook gets; it is shown this once."""

    target: AlertTargetView
    secret: str = ""


class TargetTried(Wire):
    """What came of a test notice."""

    delivered: bool
    detail: str = ""


# --- alerts ---------------------------------------------------------------------------------------


class AlertNoticeView(Wire):
    """One change of an alert on its way to one target."""

    notice_id: str
    address: str
    change: str
    attempts: int
    delivered_at: datetime | None
    next_at: datetime | None
    error: str | None


class AlertHistory(Wire):
    """Newest first."""

    alerts: list[FloorAlert]


# --- drill-down -----------------------------------------------------------------------------------

FigureName = Literal[
    "waiting",
    "offered",
    "answered",
    "answered_in_target",
    "abandoned",
    "short_abandoned",
    "left_otherwise",
    "handled",
    "service_level",
    "abandon_rate",
    "aht_s",
    "longest_wait_s",
    "on_contact",
]


class FigureContact(ContactRow):
    """`value` is this contact's part of the figure: seconds waited or handled. `counts`: it is in the
    upper half of a share."""

    value: float | None = None
    counts: bool = True


class FigureContacts(Wire):
    """The contacts behind one figure. `total` of them is the figure, for a share its lower half."""

    figure: FigureName
    queue_id: str | None
    name: str
    definition: str
    value: float | None
    total: int
    counted: int
    """For a share: how many are in its upper half; else `total`."""
    contacts: list[FigureContact]


# --- agents ---------------------------------------------------------------------------------------


class SkillsRequest(Wire):
    """All skills the agent has from now on, with levels 1 to 10."""

    skills: dict[Annotated[str, Field(min_length=1, max_length=60)], Annotated[int, Field(ge=1, le=10)]]


class AgentSkills(Wire):
    agent_id: str
    name: str
    skills: dict[str, int]
    known: list[str] = []
    """Every skill that somebody has or a queue asks for."""


class WhyNoCalls(Wire):
    """Why an agent gets no calls just now: the verdict first, then one sentence for each of the queues."""

    agent_id: str
    verdict: str
    until: datetime | None = None
    sentences: list[str] = []


class ClosePreview(Wire):
    """What closing a queue now would mean."""

    queue_id: str
    waiting: int
    callbacks: int
    ringing: int
    """Of those waiting, how many ring at an agent just now."""
