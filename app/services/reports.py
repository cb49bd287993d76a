"""Interval reports: which are possible, and their figures from the log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from app.api import models_reports as wire
from app.api.ports import Parts
from app.errors import Unusable
from app.services.cards import spoken_number
from app.services.report_words import day_name, days_name, say
from app.store.repositories.configuration import Configuration
from reporting import FIGURES, Dimension, Filters, Question, QueueTarget, Row, table
from reporting.report import BY_PEOPLE, Collected

DAYS_MAX = 31
"""A longer report is several reports; each day costs about a quarter of a second to read."""
ROWS_MAX = 3000

CONTACT_COLUMNS = (
    "offered",
    "answered",
    "abandoned",
    "service_level",
    "asa_s",
    "longest_wait_s",
    "aht_s",
    "occupancy",
    "people",
    "abandon_rate",
    "abandon_rate_long",
    "short_abandoned",
    "left_otherwise",
    "transferred",
    "transfer_rate",
    "callbacks_chosen",
    "callbacks_kept",
    "callbacks_kept_rate",
    "service_level_answered",
    "service_level_all",
    "service_level_callbacks",
    "handled",
    "talk_s",
    "hold_s",
    "acw_s",
)
PEOPLE_COLUMNS = (
    "handled",
    "aht_s",
    "talk_s",
    "hold_s",
    "acw_s",
    "occupancy",
    "utilisation",
    "signed_in_s",
    "missed",
    "declined",
    "transferred",
    "transfer_rate",
    "assisted",
    "assist_s",
    "free_s",
    "not_ready_s",
    "people",
)
_STEP_S = {"15": 900, "30": 1800, "60": 3600}


class ReportTooLarge(Unusable):
    """More than one report should show; says what to change."""

    def __init__(self, what: str, cure: str) -> None:
        super().__init__("interval", what, cure, code="report_too_large")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A report as a person asks for it. Days are the centre's own, both included."""

    first: date
    last: date
    interval: wire.Interval = "30"
    dimension: wire.DimensionName = "queue"
    each: bool = False
    queue: str | None = None
    agent: str | None = None
    team: str | None = None
    dnis: str | None = None
    disposition: str | None = None

    @property
    def filters(self) -> Filters:
        return Filters(
            queue_id=self.queue,
            agent_id=self.agent,
            team=self.team,
            dnis=self.dnis,
            disposition=self.disposition,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A report's question with the facts it is answered from."""

    asked: Asked
    question: Question
    facts: Collected
    borders: Sequence[datetime]


def borders_of(asked: Asked, zone: ZoneInfo) -> list[datetime]:
    """Where slots begin, and the end of the last. A day of 23 or 25 hours has its own slots.

    Raises:
        ReportTooLarge: more days than `DAYS_MAX`.
        Unusable: the last day is before the first.
    """
    days = (asked.last - asked.first).days + 1
    if days < 1:
        raise Unusable("to", "The last day is before the first.", "Swap them.")
    if days > DAYS_MAX:
        raise ReportTooLarge(f"{days} days are too long for one report.", f"Choose at most {DAYS_MAX} days.")
    midnights = [
        datetime.combine(asked.first + timedelta(days=n), time(), tzinfo=zone).astimezone(ZoneInfo("UTC"))
        for n in range(days + 1)
    ]
    if asked.interval == "whole":
        return [midnights[0], midnights[-1]]
    if asked.interval == "day":
        return midnights
    step = timedelta(seconds=_STEP_S[asked.interval])
    borders: list[datetime] = []
    for begin, end in pairwise(midnights):
        at = begin
        while at < end:
            borders.append(at)
            at += step
    return [*borders, midnights[-1]]


class Reports:
    """`language` is that of whoever reads it."""

    def __init__(self, parts: Parts, language: str) -> None:
        self._parts = parts
        self._language = language
        self._zone = ZoneInfo(parts.settings.zone)

    def today(self) -> date:
        return self._parts.clock.now().astimezone(self._zone).date()

    # --- what there is ---

    def figures(self, queue: str | None) -> list[wire.FigureView]:
        """Every definition, with the seconds of one queue."""
        target = self.target(queue)
        return [
            wire.FigureView(
                figure=each.figure_id,
                name=each.name(self._language),
                sentence=each.explain(
                    self._language, target_s=target.answer_s, short_s=target.short_abandon_s
                ),
                unit=each.unit.value,
                formula=each.formula(self._language),
                counted=each.where(self._language),
                numerator=[_term(term.figure, term.sign) for term in each.numerator],
                denominator=[_term(term.figure, term.sign) for term in each.denominator],
            )
            for each in FIGURES.values()
        ]

    async def choices(self) -> wire.ReportChoices:
        """Everything a report may be narrowed to, by name."""
        directory = self._parts.directory()
        async with self._parts.database.read() as session:
            numbers = await Configuration(session).numbers()
        teams = sorted({agent.team for agent in directory.agents.values() if agent.team})
        labels = await self._dispositions()
        return wire.ReportChoices(
            today=self.today(),
            queues=[
                wire.ValueName(value=each.queue_id, name=each.name) for each in directory.queues.values()
            ],
            agents=sorted(
                (wire.ValueName(value=each.agent_id, name=each.name) for each in directory.agents.values()),
                key=lambda each: each.name,
            ),
            teams=[wire.ValueName(value=team, name=team) for team in teams],
            numbers=[
                wire.ValueName(value=each.dnis, name=f"{each.label}, {spoken_number(each.dnis)}")
                for each in numbers
            ],
            dispositions=[wire.ValueName(value=code, name=label) for code, label in labels.items()],
        )

    # --- a report ---

    async def read(self, asked: Asked) -> Read:
        """The facts of a report.

        Raises:
            ReportTooLarge: it asks for more than one report should show; says what to change.
        """
        borders = borders_of(asked, self._zone)
        if len(borders) - 1 > ROWS_MAX:
            raise ReportTooLarge(
                f"That are {len(borders) - 1} lines, and {ROWS_MAX} are shown at most.",
                "Choose fewer days, or a longer interval.",
            )
        now = self._parts.clock.now()
        directory = self._parts.directory()
        targets = {queue_id: self.target(queue_id) for queue_id in directory.queues}
        facts = await self._parts.report_books.facts(
            self._parts.database, borders[0], borders[-1], targets, now
        )
        question = Question(
            borders=borders,
            dimension=Dimension(asked.dimension),
            each=asked.each,
            filters=asked.filters,
            teams={agent_id: agent.team for agent_id, agent in directory.agents.items()},
            now=min(now, borders[-1]),
        )
        return Read(asked=asked, question=question, facts=facts, borders=borders)

    async def view(self, asked: Asked) -> wire.ReportView:
        """The report with its names. Raises: ReportTooLarge, Unusable."""
        read = await self.read(asked)
        found = table(read.facts, read.question)
        if len(found.rows) > ROWS_MAX:
            raise ReportTooLarge(
                f"That are {len(found.rows)} lines, and {ROWS_MAX} are shown at most.",
                "Choose fewer days, a longer interval, or one value instead of each.",
            )
        names = await self._names(asked.dimension)
        target = self.target(asked.queue)
        people = Dimension(asked.dimension) in BY_PEOPLE
        return wire.ReportView(
            from_day=asked.first,
            to_day=asked.last,
            zone=self._zone.key,
            interval=asked.interval,
            dimension=asked.dimension,
            each=asked.each,
            as_of=self._parts.clock.now(),
            goal=target.goal,
            target_s=target.answer_s,
            short_s=target.short_abandon_s,
            figures=list(PEOPLE_COLUMNS if people else CONTACT_COLUMNS),
            rows=[self._row(row, read, names) for row in found.rows],
            total=self._row(found.total, read, names),
        )

    def _row(self, row: Row, read: Read, names: Mapping[str, str]) -> wire.ReportRow:
        slot, key = row.place.slot, row.place.key
        begin = read.borders[slot] if slot is not None else None
        end = read.borders[slot + 1] if slot is not None else None
        unnamed = say(f"none.{read.asked.dimension}", self._language)
        return wire.ReportRow(
            slot=slot,
            begin=begin,
            end=end,
            label=self._slot_label(read.asked, begin),
            key=key,
            name="" if key is None else names.get(key, key) or unnamed,
            so_far=begin is not None and end is not None and begin <= self._parts.clock.now() < end,
            values=dict(row.values),
        )

    def _slot_label(self, asked: Asked, begin: datetime | None) -> str:
        if begin is None or asked.interval == "whole":
            return days_name(asked.first, asked.last, self._language)
        local = begin.astimezone(self._zone)
        day = day_name(local.date(), self._language)
        if asked.interval == "day":
            return day
        return f"{local:%H:%M}" if asked.first == asked.last else f"{day} {local:%H:%M}"

    # --- inside ---

    def target(self, queue: str | None) -> QueueTarget:
        """What a queue promises; a usual one for all together."""
        entry = self._parts.directory().queues.get(queue or "")
        return entry.target if entry is not None else QueueTarget()

    async def _dispositions(self) -> dict[str, str]:
        async with self._parts.database.read() as session:
            entries = await Configuration(session).reference("disposition")
        return {
            each.code: each.label.get(self._language) or each.label.get("en") or each.code for each in entries
        }

    async def _names(self, dimension: wire.DimensionName) -> Mapping[str, str]:
        directory = self._parts.directory()
        match dimension:
            case "queue":
                return {each.queue_id: each.name for each in directory.queues.values()}
            case "agent":
                return {each.agent_id: each.name for each in directory.agents.values()}
            case "disposition":
                return await self._dispositions()
            case "dnis":
                async with self._parts.database.read() as session:
                    numbers = await Configuration(session).numbers()
                return {each.dnis: f"{each.label}, {spoken_number(each.dnis)}" for each in numbers}
            case "team":
                return {}


def _term(figure: str, sign: int) -> wire.TermView:
    return wire.TermView(figure=figure, sign=1 if sign > 0 else -1)
