"""Examples of reports and recordings, from the demo morning."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from app.api import models as wire
from app.api import models_recordings as rec
from app.api import models_reports as m

_DAY = date(2025, 11, 19)
_AT = datetime(2025, 11, 19, 9, 30, tzinfo=UTC)
_VALUES: dict[str, float | None] = {
    "offered": 54,
    "answered": 52,
    "answered_in_target": 39,
    "abandoned": 2,
    "short_abandoned": 1,
    "service_level": 0.7358,
    "asa_s": 26.0,
}
_ROW = m.ReportRow(
    slot=19,
    begin=_AT,
    end=_AT + timedelta(minutes=30),
    label="09:30",
    key=None,
    name="",
    values=_VALUES,
)
_REPORT = m.ReportView(
    from_day=_DAY,
    to_day=_DAY,
    zone="Europe/London",
    interval="30",
    dimension="queue",
    each=False,
    as_of=_AT + timedelta(minutes=73),
    goal=0.8,
    target_s=20,
    short_s=5,
    figures=["offered", "answered", "abandoned", "service_level", "asa_s"],
    rows=[_ROW],
    total=_ROW.model_copy(update={"slot": None, "begin": None, "end": None, "label": "Wed 19 Nov"}),
)
_CHANGE = m.ScheduleChange(
    name="Billing by half hours",
    report=m.ScheduledReport(period="today", queue="billing"),
    recipients=["leila@example.org"],
    days=[0, 1, 2, 3, 4, 5],
    at="20:15",
)
_DELIVERY = m.DeliveryView(
    due_at=_AT - timedelta(hours=13, minutes=15),
    state="sent",
    attempts=1,
    detail="Sent to 1.",
    settled_at=_AT - timedelta(hours=13, minutes=15),
    next_try_at=None,
    test=False,
)
_SCHEDULE = m.ScheduleView(
    **_CHANGE.model_dump(),
    schedule_id="rs_01KAD8Q2M4Z7W9TB3C5F6G7H8J",
    next_due_at=_AT + timedelta(hours=10, minutes=45),
    created_by="Leila Haddad",
    last=_DELIVERY,
)
_RECORDING = rec.RecordingRow(
    recording_id="r_01KAD8Q2M4Z7W9TB3C5F6G7H8J",
    contact_id="ct_01KAD8Q2M4Z7W9TB3C5F6G7H8J",
    who="Margaret Okonjo",
    agent_name="Amina Yusuf",
    queue_name="Billing",
    outcome="Resolved: refund issued",
    started_at=_AT,
    duration_s=494.0,
    message=False,
    held=False,
    kept_until=_AT + timedelta(days=180),
)
_RATING = rec.RatingView(
    questions=[rec.Question(code="plain", text="Explained in plain words")],
    mine={"plain": 4},
    mean={"plain": 4.0},
    raters=["Leila Haddad"],
)

INSTANCES: tuple[wire.Wire, ...] = (
    _ROW,
    _REPORT,
    m.FigureView(
        figure="service_level",
        name="Service level",
        sentence="Answered within 20 s, divided by answered plus given up, less the short ones.",
        unit="share",
        formula="Answered in time / (Answered + Given up - Given up at once)",
        counted="Counted in the interval in which the contact first joined a queue, so that rows add up.",
        numerator=[m.TermView(figure="answered_in_target", sign=1)],
        denominator=[m.TermView(figure="answered", sign=1), m.TermView(figure="short_abandoned", sign=-1)],
    ),
    m.ReportChoices(
        today=_DAY,
        queues=[m.ValueName(value="billing", name="Billing")],
        agents=[m.ValueName(value="amina", name="Amina Yusuf")],
        teams=[m.ValueName(value="Billing", name="Billing")],
        numbers=[m.ValueName(value="+442079460100", name="Main line, +44 20 7946 0100")],
        dispositions=[m.ValueName(value="refund_issued", name="Resolved: refund issued")],
    ),
    m.BehindView(
        figure="service_level",
        counted=53,
        hits=39,
        left_out=1,
        rows=[
            m.BehindRow(
                contact_id="ct_01KAD8Q2M4Z7W9TB3C5F6G7H8J",
                at=_AT,
                clock="09:30:00",
                who="+44 7700 900611",
                hit=False,
                waited_s=160.0,
                ended="answered",
                agent_name="Ines Duarte",
                talk_s=432.0,
                why="12 of 12 on contact",
            )
        ],
    ),
    _CHANGE,
    _DELIVERY,
    _SCHEDULE,
    m.ScheduleList(
        mail="smtp", mail_detail="Sent through mail.example.org as Brightwater.", schedules=[_SCHEDULE]
    ),
    _RECORDING,
    rec.RecordingPage(total=38, all=4117, reach="all", recordings=[_RECORDING]),
    _RATING,
    rec.RecordingDetail(
        **_RECORDING.model_dump(),
        state="ready",
        ended_at=_AT + timedelta(minutes=9),
        case_number=48213,
        held_by=None,
        held_why="",
        may_rate=True,
        may_hold=True,
        rating=_RATING,
        heard_by=[rec.HeardBy(who="Leila Haddad", at=_AT + timedelta(hours=1), what="played")],
        events=[wire.ContactEvent(at=_AT, kind="contact.answered", text="Amina Yusuf answered.", data={})],
    ),
    rec.DownloadReason(reason="Letter from the ombudsman"),
    rec.HoldChange(on=True, reason="Complaint 48213"),
    rec.RatingChange(scores={"plain": 4}),
    rec.RecordingSettings(
        access={"agent": "own", "supervisor": "all", "operator": "none", "admin": "all"},
        retention=[rec.RetentionSetting(queue_id="", days=180)],
    ),
)
