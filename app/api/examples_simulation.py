"""An example of a try, from the demo centre's yesterday."""

from __future__ import annotations

from datetime import date

from app.api import models_simulation as m
from app.api.models import Wire

INSTANCES: tuple[Wire, ...] = (
    m.TryAsked(
        change=m.DayChange(
            queues=[m.QueuePatch.model_validate({"id": "retention", "weight": 3})],
            staff=[m.StaffPatch(queue="technical", people=1)],
        ),
        day=date(2025, 11, 18),
    ),
)
