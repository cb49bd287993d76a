"""Every figure, defined once: live screens, reports and exports read the same fold over the same events.

    DayFigures(day_start, targets).observe(kind, at, queue_id, agent_id, contact_id, data)
    DayFigures.snapshot(now) -> DaySnapshot
    FIGURES[figure_id].explain(language)
    RangeFold(begin, end, targets).observe(...); table(facts, question); behind(facts, question, place, id)

`reporting.erlang` has the formulas for staffing and for checking simulations. How long a caller still waits
is told by `routing.estimate`.
"""

from reporting.day import DayFigures
from reporting.definitions import FIGURES, Definition, Unit
from reporting.report import Dimension, Filters, Place, Question, RangeFold, Row, Table, behind, table
from reporting.snapshots import (
    DEFAULT_TARGET,
    AgentFigures,
    DaySnapshot,
    Level,
    QueueFigures,
    QueueTarget,
    level,
)
from reporting.waiting import POINTS, SLOT_S, WaitingHistory

__all__ = [
    "DEFAULT_TARGET",
    "FIGURES",
    "POINTS",
    "SLOT_S",
    "AgentFigures",
    "DayFigures",
    "DaySnapshot",
    "Definition",
    "Dimension",
    "Filters",
    "Level",
    "Place",
    "Question",
    "QueueFigures",
    "QueueTarget",
    "RangeFold",
    "Row",
    "Table",
    "Unit",
    "WaitingHistory",
    "behind",
    "level",
    "table",
]
