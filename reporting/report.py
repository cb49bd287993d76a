"""Interval reports: facts grouped by slot and dimension, summed by the definitions, opened to their contacts.

`Collected` is the book that keeps every fact of a range. `table` answers a `Question`; `behind` lists the
facts that one cell of it counts, by the very tests the cell was summed with.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from reporting.book import seconds
from reporting.day import BUSY, FREE
from reporting.definitions import COMPUTED, FIGURES, compute
from reporting.facts import Fact, Part, Refusal, RefusalKind, StateSpan, Visit
from reporting.fold import Fold
from reporting.snapshots import QueueTarget
from reporting.tally import MEMBERS, PART_MEMBERS, PartTally, Tally, sums_of

F = TypeVar("F")


class Dimension(StrEnum):
    QUEUE = "queue"
    AGENT = "agent"
    TEAM = "team"
    DNIS = "dnis"
    DISPOSITION = "disposition"


BY_PEOPLE = frozenset({Dimension.AGENT, Dimension.TEAM})
"""These count agents' parts; the others count contacts."""


class Collected:
    """The book of a range: every fact that counts, and who waits."""

    def __init__(self) -> None:
        self.visits: list[Visit] = []
        self.parts: list[Part] = []
        self.refusals: list[Refusal] = []
        self.spans: list[StateSpan] = []

    def opened(self, fact: Fact) -> None:
        if isinstance(fact, Visit):
            self.visits.append(fact)
        else:
            self.parts.append(fact)

    def before(self, fact: Fact) -> None:
        """Nothing to take back: the fact itself is kept."""

    def after(self, fact: Fact) -> None:
        """Nothing to count: it is counted when somebody asks."""

    def refused(self, refusal: Refusal) -> None:
        self.refusals.append(refusal)

    def spent(self, span: StateSpan) -> None:
        self.spans.append(span)

    def waits(self, queue_id: str | None, change: int, at: datetime) -> None:
        """Who waits can be read off the visits."""


class RangeFold:
    """The facts of a range of time, folded from the log; goes on with every event it is given."""

    def __init__(
        self, begin: datetime, end: datetime, targets: Mapping[str, QueueTarget] | None = None
    ) -> None:
        self._facts = Collected()
        self._fold = Fold(begin, self._facts, end=end, targets=targets)
        self.observe = self._fold.observe

    def facts(self, now: datetime) -> Collected:
        """What happened, with what agents do now counted up to `now`."""
        found = Collected()
        found.visits, found.parts = self._facts.visits, self._facts.parts
        found.refusals = self._facts.refusals
        found.spans = [
            *self._facts.spans,
            *(
                StateSpan(agent_id=agent_id, state=state, since=since, until=now)
                for agent_id, (state, since) in self._fold.states.items()
                if since < now
            ),
        ]
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What is looked at; None: all of it."""

    queue_id: str | None = None
    agent_id: str | None = None
    team: str | None = None
    dnis: str | None = None
    disposition: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a report shows.

    Attributes:
        borders: instants at which slots begin, and the end of the last; at least two.
        dimension: whether contacts or people are counted, and by what `each` splits rows.
        each: one row for each value of the dimension (in each slot).
        teams: agent -> team.
        now: figures of what still goes on are as of this instant.
    """

    borders: Sequence[datetime]
    dimension: Dimension
    each: bool = False
    filters: Filters = field(default_factory=Filters)
    teams: Mapping[str, str] = field(default_factory=dict)
    now: datetime

    @property
    def by_people(self) -> bool:
        return self.dimension in BY_PEOPLE


@dataclass(frozen=True, slots=True)
class Place:
    """A row: its slot (None: all of them) and its value of the dimension (None: all of them)."""

    slot: int | None
    key: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    place: Place
    values: Mapping[str, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    rows: Sequence[Row]
    total: Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """A fact that a cell counts; `hit`: it is in the numerator, or the cell has none."""

    fact: Visit | Part | Refusal
    hit: bool


def table(facts: Collected, question: Question) -> Table:
    """The report's rows in order of slot and value, and its last line over all of them."""
    groups = _Groups(facts, question)
    rows = [Row(place=place, values=groups.values(place)) for place in groups.places()]
    return Table(rows=rows, total=Row(place=Place(None, None), values=groups.values(Place(None, None))))


def behind(facts: Collected, question: Question, place: Place, figure: str) -> list[Behind]:
    """The facts that the cell `figure` of the row `place` is made of.

    For a count they are as many as the cell says; for a share or mean those it is divided by.

    Raises:
        KeyError: there is no such figure.
    """
    groups = _Groups(facts, question)
    if question.by_people and figure in ("missed", "declined"):
        return [
            Behind(fact=each, hit=True) for each in groups.refusals_of(place) if each.kind.value == figure
        ]
    found: list[Behind] = []
    if question.by_people:
        for part in groups.parts_of(place):
            counted, hit = _weights(figure, part, PART_MEMBERS)
            if counted:
                found.append(Behind(fact=part, hit=hit))
    else:
        for visit in groups.visits_of(place):
            counted, hit = _weights(figure, visit, MEMBERS)
            if counted:
                found.append(Behind(fact=visit, hit=hit))
    return found


def _weights(figure: str, fact: F, members: Mapping[str, Callable[[F], bool]]) -> tuple[bool, bool]:
    """Whether a cell counts this fact, and whether its numerator does."""
    if figure in members:
        return members[figure](fact), True
    definition = FIGURES[figure]
    known = [
        [term for term in terms if term.figure in members]
        for terms in (definition.numerator, definition.denominator)
    ]
    above, below = (sum(term.sign * members[term.figure](fact) for term in terms) for terms in known)
    if known[1]:
        return below > 0, above > 0 if known[0] else True
    # A sum of seconds, or people: all facts that could have given some.
    return _gives(figure, fact), True


def _gives(figure: str, fact: object) -> bool:
    match figure, fact:
        case ("longest_wait_s", Visit()):
            return fact.wait_s is not None or fact.waiting
        case ("answer_wait_s", Visit()):
            return fact.answered
        case ("people" | "occupancy" | "utilisation" | "busy_s" | "free_s", Visit()):
            return bool(fact.agents)
        case ("talk_s" | "hold_s" | "acw_s", Visit() | Part()):
            return bool(getattr(fact, figure) > 0)
        case _:
            return isinstance(fact, Part)


class _Groups:
    """Facts by row."""

    def __init__(self, facts: Collected, question: Question) -> None:
        self._question = question
        self._visits: dict[Place, list[Visit]] = defaultdict(list)
        self._parts: dict[Place, list[Part]] = defaultdict(list)
        self._refusals: dict[Place, list[Refusal]] = defaultdict(list)
        self._spent = _spent(facts.spans, question)
        if question.by_people:
            self._group_people(facts)
        else:
            self._group_contacts(facts)

    # --- grouping ---

    def _group_contacts(self, facts: Collected) -> None:
        question, filters = self._question, self._question.filters
        by_queue = filters.queue_id is not None or (question.each and question.dimension is Dimension.QUEUE)
        for visit in facts.visits:
            if (visit.queue_id is not None) != by_queue or not self._wanted(visit):
                continue
            slot = self._slot(visit.contact.first_queued_at)
            for place in self._places(slot, self._key(visit)):
                self._visits[place].append(visit)

    def _group_people(self, facts: Collected) -> None:
        for part in facts.parts:
            if self._wanted_part(part):
                slot = self._slot(part.contact.first_queued_at)
                for place in self._places(slot, self._person(part.agent_id)):
                    self._parts[place].append(part)
        for refusal in facts.refusals:
            filters = self._question.filters
            if self._wanted_person(refusal.agent_id) and filters.queue_id in (None, refusal.queue_id):
                for place in self._places(self._slot(refusal.at), self._person(refusal.agent_id)):
                    self._refusals[place].append(refusal)

    def _places(self, slot: int | None, key: str) -> Iterable[Place]:
        """Every row a fact counts in: its own, and the last line."""
        if slot is None:
            return ()
        own = Place(slot, key if self._question.each else None)
        return own, Place(None, None)

    def _slot(self, at: datetime) -> int | None:
        borders = self._question.borders
        slot = bisect_right(borders, at) - 1
        return slot if 0 <= slot < len(borders) - 1 else None

    def _key(self, visit: Visit) -> str:
        match self._question.dimension:
            case Dimension.DNIS:
                return visit.contact.dnis
            case Dimension.DISPOSITION:
                return visit.contact.disposition or ""
            case _:
                return visit.queue_id or ""

    def _person(self, agent_id: str) -> str:
        if self._question.dimension is Dimension.TEAM:
            return self._question.teams.get(agent_id, "")
        return agent_id

    def _wanted(self, visit: Visit) -> bool:
        filters = self._question.filters
        return (
            filters.queue_id in (None, visit.queue_id)
            and filters.dnis in (None, visit.contact.dnis)
            and filters.disposition in (None, visit.contact.disposition or "")
            and (
                (filters.agent_id is None and filters.team is None)
                or any(self._wanted_person(agent_id) for agent_id in visit.agents)
            )
        )

    def _wanted_part(self, part: Part) -> bool:
        filters = self._question.filters
        return (
            filters.queue_id in (None, part.queue_id)
            and filters.dnis in (None, part.contact.dnis)
            and filters.disposition in (None, part.contact.disposition or "")
            and self._wanted_person(part.agent_id)
        )

    def _wanted_person(self, agent_id: str) -> bool:
        filters = self._question.filters
        return filters.agent_id in (None, agent_id) and filters.team in (
            None,
            self._question.teams.get(agent_id, ""),
        )

    # --- rows ---

    def places(self) -> list[Place]:
        """Every slot that has begun; with `each` the values found in it."""
        question = self._question
        if not question.each:
            begun = [slot for slot, at in enumerate(question.borders[:-1]) if at <= question.now]
            return [Place(slot, None) for slot in begun]
        found = set(self._visits) | set(self._parts) | set(self._refusals)
        if question.by_people:
            found |= {
                Place(slot, self._person(agent_id))
                for (slot, agent_id), spent_s in self._spent.items()
                if self._wanted_person(agent_id) and _signed_in(spent_s) > 0
            }
        found.discard(Place(None, None))
        return sorted(found, key=lambda place: (place.slot or 0, place.key or ""))

    def visits_of(self, place: Place) -> Sequence[Visit]:
        return self._visits.get(place, [])

    def parts_of(self, place: Place) -> Sequence[Part]:
        return self._parts.get(place, [])

    def refusals_of(self, place: Place) -> Sequence[Refusal]:
        return self._refusals.get(place, [])

    def values(self, place: Place) -> dict[str, float | None]:
        """Every figure of a row."""
        sums = self._people_sums(place) if self._question.by_people else self._contact_sums(place)
        values: dict[str, float | None] = dict(sums)
        for figure in COMPUTED:
            definition = FIGURES[figure]
            if all(term.figure in sums for term in (*definition.numerator, *definition.denominator)):
                values[figure] = compute(figure, sums)
        return values

    def _contact_sums(self, place: Place) -> dict[str, float]:
        tally, people = Tally(), set[str]()
        longest = 0.0
        for visit in self.visits_of(place):
            tally.add(visit)
            people.update(visit.agents)
            if visit.waiting_since is not None:
                longest = max(longest, seconds(visit.waiting_since, self._question.now))
        busy_s, free_s, _, _ = self._time(place.slot, people)
        return {
            **sums_of(tally),
            "longest_wait_s": max(longest, tally.wait_longest_s),
            "people": len(people),
            "busy_s": busy_s,
            "free_s": free_s,
        }

    def _people_sums(self, place: Place) -> dict[str, float]:
        tally, people = PartTally(), set[str]()
        for part in self.parts_of(place):
            tally.add(part)
            people.add(part.agent_id)
        refused = [each.kind for each in self.refusals_of(place)]
        whose = {
            agent_id
            for _, agent_id in self._spent
            if self._wanted_person(agent_id) and place.key in (None, self._person(agent_id))
        }
        busy_s, free_s, not_ready_s, signed_in_s = self._time(place.slot, whose)
        return {
            **{name: getattr(tally, name) for name in PART_MEMBERS},
            "missed": refused.count(RefusalKind.MISSED),
            "declined": refused.count(RefusalKind.DECLINED),
            "talk_s": tally.talk_s,
            "hold_s": tally.hold_s,
            "acw_s": tally.acw_s,
            "assist_s": tally.assist_s,
            "busy_s": busy_s,
            "free_s": free_s,
            "not_ready_s": not_ready_s,
            "signed_in_s": signed_in_s,
            "people": len(people),
        }

    def _time(self, slot: int | None, people: Iterable[str]) -> tuple[float, float, float, float]:
        """Seconds at work, ready, not ready and signed in of `people` in a slot; None: in all of them."""
        slots = range(len(self._question.borders) - 1) if slot is None else (slot,)
        busy_s = free_s = not_ready_s = signed_in_s = 0.0
        for agent_id in people:
            for one in slots:
                spent_s = self._spent.get((one, agent_id), {})
                busy_s += sum(spent_s.get(state, 0.0) for state in BUSY)
                free_s += sum(spent_s.get(state, 0.0) for state in FREE)
                not_ready_s += spent_s.get("not_ready", 0.0)
                signed_in_s += _signed_in(spent_s)
        return busy_s, free_s, not_ready_s, signed_in_s


def _signed_in(spent_s: Mapping[str, float]) -> float:
    return sum(spent for state, spent in spent_s.items() if state != "signed_out")


def _spent(spans: Iterable[StateSpan], question: Question) -> Mapping[tuple[int, str], Mapping[str, float]]:
    """Seconds by slot, agent and state: spans cut at the borders."""
    spent: dict[tuple[int, str], dict[str, float]] = defaultdict(dict)
    borders = question.borders
    for span in spans:
        slot = max(0, bisect_right(borders, span.since) - 1)
        until = min(span.until, question.now)
        while slot < len(borders) - 1 and borders[slot] < until:
            part_s = seconds(max(span.since, borders[slot]), min(until, borders[slot + 1]))
            if part_s > 0:
                states = spent[slot, span.agent_id]
                states[span.state] = states.get(span.state, 0.0) + part_s
            slot += 1
    return spent
