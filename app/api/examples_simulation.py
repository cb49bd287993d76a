"""Examples of a try, from the demo centre's yesterday."""

from __future__ import annotations

from datetime import UTC, date, datetime

from app.api import models_simulation as m
from app.api.models import Wire
from app.api.models_setup_queue import QueueSetting
from routing.policy import Across

_DAY = date(2025, 11, 18)
_ASKED = m.TryAsked(
    change=m.DayChange(
        queues=[m.QueuePatch.model_validate({"id": "retention", "weight": 3})],
        staff=[m.StaffPatch(queue="technical", people=1)],
    ),
    day=_DAY,
)
_VIEW = m.TryView(
    try_id="try_01JCYR0000000000000000000A",
    state="running",
    progress=0.4,
    asked=_ASKED,
    by="Gwen Parry",
    started_at=datetime(2025, 11, 19, 10, 43, tzinfo=UTC),
    changed=["Retention, weight 2 → 3", "Technical help, +1 people"],
)

INSTANCES: tuple[Wire, ...] = (
    _ASKED,
    _VIEW,
    m.Tries(tries=[_VIEW]),
    m.TryGround(
        days=[m.DayOnRecord(day=_DAY, contacts=1748, people=37)],
        queues=[QueueSetting(id="retention", name="Retention", weight=2, requirements={"Retention": 3})],
        agents=[m.TryAgent(id="noor", name="Noor Rahman", skills={"Retention": 8}, queues=["retention"])],
        across=Across.WEIGHT_THEN_LONGEST,
    ),
)
