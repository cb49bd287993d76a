"""Examples of what supervisors send and read, from the demo morning."""

from __future__ import annotations

from datetime import UTC, datetime

from app.api import models as wire
from app.api import models_calls as calls
from app.api import models_floor as m

_AT = datetime(2025, 11, 19, 10, 41, 25, tzinfo=UTC)
_TARGET = m.AlertTargetView(
    target_id="tg_hooks",
    kind="webhook",
    address="https://hooks.example.org/patchbay",
    active=True,
    created_at=datetime(2025, 11, 3, 9, 0, tzinfo=UTC),
)
_THRESHOLD = m.ThresholdView(measure="longest_wait", queue_s_own=True)
_ALERT = wire.FloorAlert(
    id="al_01KAD8Q2M4Z7W9TB3C5F6G7H8J",
    tone="bad",
    kind="queue_wait",
    title="Retention: longest wait 2:00",
    text="Limit 2:00.",
    at=_AT,
    subject="retention",
    measure="longest_wait",
    name="Retention",
    value=120.0,
    limit=120.0,
    opened_at=_AT,
    sound=True,
)

INSTANCES: tuple[wire.Wire, ...] = (
    calls.SuperviseRequest(mode="whisper"),
    calls.ForceStateRequest(state="not_ready", reason="coaching"),
    calls.MoveRequest(queue_id="billing", to="first"),
    calls.PriorityRequest(priority=5),
    calls.CloseQueueRequest(then="overflow", then_queue_id="billing"),
    m.SkillsRequest(skills={"Billing": 8, "Language:Welsh": 5}),
    m.AgentSkills(
        agent_id="dev",
        name="Dev Patel",
        skills={"Billing": 9, "Technical": 4},
        known=["Billing", "Language:Welsh", "Technical"],
    ),
    m.WhyNoCalls(
        agent_id="dev",
        verdict="Those who wait need skills that are missing here, or at a higher level.",
        sentences=[
            "Retention: 2 waiting, none of them can come here. 2 need Retention 6 or more, here is 4."
        ],
    ),
    m.ClosePreview(queue_id="retention", waiting=7, callbacks=1, ringing=1),
    m.ThresholdSetting(warn=90, bad=120, for_s=0, clear_s=30, send=True),
    _THRESHOLD,
    m.Thresholds(thresholds=[_THRESHOLD], targets=[_TARGET], mails=True),
    m.NewAlertTarget(kind="webhook", address="https://hooks.example.org/patchbay"),
    m.AlertTargetMade(target=_TARGET, secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
    m.TargetTried(delivered=False, detail="answered 503"),
    _ALERT,
    m.AlertHistory(alerts=[_ALERT]),
    m.AlertNoticeView(
        notice_id="al_01KAD8Q2M4Z7W9TB3C5F6G7H8J.1",
        address="https://hooks.example.org/patchbay",
        change="opened",
        attempts=1,
        delivered_at=_AT,
        next_at=None,
        error=None,
    ),
    m.FigureContacts(
        figure="service_level",
        queue_id="billing",
        name="Service level",
        definition="Answered within 20 s, divided by answered plus given up, less short ones.",
        value=0.826,
        total=235,
        counted=194,
        contacts=[
            m.FigureContact(
                contact_id="ct_01KAD8Q2M4Z7W9TB3C5F6G7H8J",
                at=_AT,
                name="Margaret Okonjo",
                queue_name="Billing",
                agent_name="Dev Patel",
                outcome="Answered",
                duration_s=412.0,
                value=12.0,
            )
        ],
    ),
)
