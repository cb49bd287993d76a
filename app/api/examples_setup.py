"""Examples of what is set up, from the demo centre."""

from __future__ import annotations

from app.api import models_setup as m
from app.api.models import Wire
from app.api.models_setup_queue import QueueSetting

_QUEUE = QueueSetting.model_validate(
    {
        "id": "retention",
        "name": "Retention",
        "requirements": {"Retention": 3},
        "max_wait_s": 480,
        "on_max_wait": {"kind": "voicemail"},
        "steps": [
            {"after_s": 120, "operation": "raise_priority", "by": 2, "name": "Raise"},
            {"after_s": 240, "operation": "relax", "skill": "Retention", "level": 2, "name": "Relax"},
        ],
    }
)
_AGENT = m.AgentSetting(
    id="dev", name="Dev Patel", team="Billing tier 2", queues=["billing"], skills={"Billing": 9}
)
_FINDING = m.FindingView(
    code="step_after_longest_wait",
    severity="error",
    section="queues",
    id="retention",
    where=["steps", "widen_540", "after_s"],
    title="Step 6 can never open",
    what="It opens at 9:00. At 8:00 the longest wait ends.",
    cures=[
        m.CureView(
            code="open_at",
            label="Open it at 7:00",
            edit=m.EditView(
                section="queues", id="retention", path=["steps", "widen_540", "after_s"], value=420.0
            ),
        )
    ],
)
_HOURS = m.CalendarSetting.model_validate(
    {"id": "office", "name": "Office", "weekly": {"mon": ["08:00-20:00"], "tue": ["08:00-20:00"]}}
)
_REASONS = m.ReasonList(
    id="not_ready_reason", entries=[m.ReasonEntry(code="lunch", label={"en": "Lunch", "cy": "Cinio"})]
)
_SETTINGS: tuple[Wire, ...] = (
    m.RoutingSetting(),
    m.SkillSetting(skill="Billing", about="Invoices, payments, refunds"),
    m.TeamSetting(team="Billing", lead="leila"),
    _HOURS,
    m.SoundSetting(
        id="christmas", texts={"en": "We are closed at Christmas.", "cy": "Ar gau dros y Nadolig."}
    ),
    _QUEUE,
    _AGENT,
    m.UserSetting(username="dev", name="Dev Patel", roles=["agent"], agent="dev"),
    _REASONS,
    m.FlowSetting(id="main", flow={"name": "Main line", "start": "hello", "nodes": {}}),
    m.NumberSetUp(dnis="+442079460100", label="Main line", flow="main"),
)
_CENTRE = m.CentreFile(skills=[m.SkillSetting(skill="Billing")], queues=[_QUEUE], agents=[_AGENT])
_CHANGE = m.ObjectChange(
    section="queues",
    id="retention",
    name="Retention",
    kind="changed",
    fields=[m.FieldChange(path="weight", old="1", new="2")],
)

INSTANCES: tuple[Wire, ...] = (
    *_SETTINGS,
    *(m.SAVINGS[type(each)](setting=each, version=3) for each in _SETTINGS),
    m.SkillsChange(skills={"Billing": 9, "Technical": 4}, version=2),
    m.SetUpSaved(version=4, findings=[_FINDING]),
    m.Findings(findings=[_FINDING]),
    _CENTRE,
    m.CentreView(
        centre=_CENTRE,
        versions={"queues/retention": 12, "agents/dev": 3, "skills/Billing": 1},
        findings=[_FINDING],
        sounds=[
            m.SoundView(
                id="recording_notice",
                shipped=True,
                recordings=[m.SoundFile(language="en", duration_s=4.2, bytes=67_244)],
                used=[m.SoundUse(section="flows", id="main", name="Main line")],
            )
        ],
        revision=41,
    ),
    m.Apply(centre=_CENTRE, dry_run=True),
    m.Difference(changes=[_CHANGE], findings=[], applied=False),
    m.StillWaiting(callers=214, points=[(0.0, 1.0), (20.0, 0.36), (120.0, 0.21)]),
    m.NewPassword(password="a short sentence is good"),
    m.SoundFile(language="en", duration_s=4.2, bytes=67_244),
)
