"""Interval reports: worked out by hand, equal to the live figures, and opened to their contacts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting import (
    FIGURES,
    DayFigures,
    Dimension,
    Filters,
    Place,
    Question,
    QueueTarget,
    RangeFold,
    Table,
    behind,
    table,
)
from reporting.facts import Part, Refusal, Visit
from reporting.report import Collected
from reporting.tally import MEMBERS, PART_MEMBERS
from tests.unit.reporting.log import START, Log, Logged, feed
from tests.unit.reporting.test_day import the_demo_morning
from tests.unit.reporting.test_rebuild import played, steps

HALF_HOUR = 1800
TEAMS = {"amina": "Billing", "dev": "Tier 2", "a0": "Billing", "a1": "Tier 2"}


def at(second: float) -> datetime:
    return START + timedelta(seconds=second)


def folded(
    events: list[Logged],
    *,
    until_s: float = 3 * HALF_HOUR,
    now_s: float = 86_400,
    targets: dict[str, QueueTarget] | None = None,
) -> Collected:
    fold = RangeFold(START, at(until_s), targets)
    for event in events:
        fold.observe(event.event_kind, event.at, event.queue_id, event.agent_id, event.contact_id, event.data)
    return fold.facts(at(now_s))


def asked(
    dimension: Dimension = Dimension.QUEUE, *, slots: int = 3, now_s: float = 86_400, **more: object
) -> Question:
    question = Question(
        borders=[at(number * HALF_HOUR) for number in range(slots + 1)],
        dimension=dimension,
        now=at(now_s),
        teams=TEAMS,
    )
    return replace(question, **more)  # type: ignore[arg-type]


def column(found: Table, figure: str) -> list[float | None]:
    return [row.values[figure] for row in found.rows]


def test_a_contact_is_counted_where_it_first_joined_a_queue() -> None:
    log = Log()
    log.queued("early", 1790)
    log.queued("late", 1800)
    log.answered("early", 1850)
    log.answered("late", 1815, agent="dev")
    log.ended("early", 4000, talk_s=2150)
    log.ended("late", 4100, talk_s=2285, agent="dev")
    found = table(folded(log.events), asked())
    assert column(found, "offered") == [1, 1, 0]
    assert column(found, "answered_in_target") == [0, 1, 0]
    assert column(found, "talk_s") == [2150, 2285, 0]
    assert column(found, "service_level") == [0.0, 1.0, None]
    assert found.total.values["service_level"] == 0.5


def test_the_three_service_levels_by_the_fractions_of_the_facts() -> None:
    """74 offered: 52 answered (39 in time), 2 gave up, one of them at once, 20 chose a callback."""
    log = Log()
    for i in range(52):
        log.queued(f"a{i}", i)
        log.answered(f"a{i}", i + (12 if i < 39 else 100), agent=f"p{i}")
    log.queued("short", 60)
    log.abandoned("short", 64)
    log.queued("long", 60)
    log.abandoned("long", 160)
    for i in range(20):
        log.queued(f"cb{i}", 200 + i)
        log.write("callback.chosen", 230 + i, f"cb{i}", "billing")
    values = table(folded(log.events), asked()).total.values
    assert values["service_level"] == pytest.approx(39 / (52 + 2 - 1))
    assert values["service_level_answered"] == pytest.approx(39 / 52)
    assert values["service_level_all"] == pytest.approx((39 + 1) / (52 + 2))
    assert values["service_level_callbacks"] == pytest.approx(39 / (52 + 2 - 1 + 20))
    assert values["abandon_rate"] == pytest.approx(2 / 74)
    assert values["abandon_rate_long"] == pytest.approx(1 / 73)
    assert (values["callbacks_chosen"], values["abandoned"], values["waiting_first"]) == (20, 2, 0)


def test_a_kept_callback_is_neither_an_answer_in_line_nor_a_loss() -> None:
    log = Log()
    log.queued("c", 0)
    log.write("callback.chosen", 30, "c", "billing")
    log.write("contact.ended", 31, "c", "billing", talk_s=0.0, hold_s=0.0, by="caller")
    log.write("callback.dialled", 600, "c", "billing", "amina")
    log.write("contact.answered", 620, "c", "billing", "amina", wait_s=620)
    log.write("callback.answered", 620, "c", "billing", "amina")
    log.ended("c", 720, talk_s=100)
    log.wrapped("c", 750, 30)
    values = table(folded(log.events), asked()).total.values
    assert (values["callbacks_kept"], values["answered"], values["abandoned"]) == (1, 0, 0)
    assert values["callbacks_kept_rate"] == 1.0
    assert values["service_level"] is None
    assert (values["handled"], values["aht_s"]) == (1, 130)


def test_an_expired_callback_is_no_abandon() -> None:
    log = Log()
    log.queued("c", 0)
    log.write("callback.chosen", 30, "c", "billing")
    log.write("contact.ended", 31, "c", "billing", talk_s=0.0, hold_s=0.0, by="caller")
    log.write("callback.expired", 6000, "c", "billing")
    values = table(folded(log.events), asked()).total.values
    assert (values["callbacks_chosen"], values["callbacks_kept"], values["abandoned"]) == (1, 0, 0)


def a_transfer() -> Log:
    """Billing answers in 10 s and passes on to Retention after 100 s; there it waits 40 s and ends."""
    log = Log()
    log.queued("c", 1700)
    log.answered("c", 1710, agent="amina")
    part = {"role": "owner", "talk_s": 90.0, "hold_s": 10.0, "outcome": "transferred"}
    log.write("part.ended", 1810, "c", "billing", "amina", **part)
    transfer = {"to": "retention", "by": "amina", "how": "blind"}
    log.write("contact.transferred", 1810, "c", "billing", None, **transfer)
    log.write("contact.queued", 1810, "c", "retention")
    log.wrapped("c", 1840, 30)
    log.write("contact.rejoined", 1850, "c", "retention", "dev", wait_s=10)
    consulted = {"role": "consulted", "talk_s": 20.0, "hold_s": 0.0, "outcome": "left"}
    log.write("part.ended", 1900, "c", "retention", "leila", **consulted)
    part = {"role": "owner", "talk_s": 200.0, "hold_s": 0.0, "outcome": "ended"}
    log.write("part.ended", 2050, "c", "retention", "dev", **part)
    log.write("contact.ended", 2050, "c", "retention", "dev", talk_s=200.0, hold_s=0.0, by="caller")
    log.wrapped("c", 2100, 50, agent="dev")
    return log


def test_a_transferred_contact_counts_once_and_each_part_for_its_agent() -> None:
    facts = folded(a_transfer().events)
    overall = table(facts, asked()).total.values
    assert (overall["offered"], overall["answered"], overall["handled"]) == (1, 1, 1)
    assert (overall["asa_s"], overall["transferred"], overall["aht_s"]) == (10, 1, 380)
    queues = {row.place.key: row.values for row in table(facts, asked(each=True)).rows}
    assert (queues["billing"]["asa_s"], queues["billing"]["aht_s"]) == (10, 130)
    assert (queues["retention"]["asa_s"], queues["retention"]["aht_s"]) == (40, 250)
    assert (queues["billing"]["service_level"], queues["retention"]["service_level"]) == (1.0, 0.0)
    people = {row.place.key: row.values for row in table(facts, asked(Dimension.AGENT, each=True)).rows}
    assert (people["amina"]["handled"], people["amina"]["aht_s"], people["amina"]["transferred"]) == (
        1,
        130,
        1,
    )
    assert (people["dev"]["handled"], people["dev"]["aht_s"], people["dev"]["transferred"]) == (1, 250, 0)
    assert (people["leila"]["handled"], people["leila"]["assisted"], people["leila"]["assist_s"]) == (
        0,
        1,
        20,
    )
    assert table(facts, asked(each=True)).rows[0].place.slot == 0


def test_a_part_told_before_or_after_the_end_counts_once() -> None:
    log = a_transfer()
    late = [event for event in log.events if event.data.get("outcome") != "ended"]
    assert table(folded(late), asked()).total.values == table(folded(log.events), asked()).total.values


def test_a_talk_that_was_given_back_is_handled_by_who_has_it_next() -> None:
    log = Log()
    log.queued("c", 0)
    log.answered("c", 10)
    part = {"role": "owner", "talk_s": 80.0, "hold_s": 0.0, "outcome": "given_back"}
    log.write("part.ended", 90, "c", "billing", "amina", **part)
    log.write("contact.given_back", 90, "c", "billing", "amina", talk_s=80.0, hold_s=0.0)
    log.write("contact.requeued", 90, "c", "billing")
    log.write("contact.rejoined", 95, "c", "billing", "dev", wait_s=10)
    log.ended("c", 195, talk_s=100, agent="dev")
    rows = table(folded(log.events), asked(Dimension.AGENT, each=True)).rows
    people = {row.place.key: row.values for row in rows}
    assert (people["amina"]["handled"], people["amina"]["talk_s"]) == (0, 80)
    assert (people["dev"]["handled"], people["dev"]["talk_s"]) == (1, 100)
    total = table(folded(log.events), asked()).total.values
    assert (total["answered"], total["handled"], total["talk_s"]) == (1, 1, 180)


def test_time_is_cut_at_the_borders_and_ends_now() -> None:
    log = Log()
    log.state("amina", -600, "available")
    log.state("amina", 1000, "on_contact")
    log.state("amina", 2000, "not_ready")
    log.state("amina", 2300, "available")
    found = table(folded(log.events, now_s=2400), asked(Dimension.AGENT, now_s=2400))
    assert column(found, "busy_s") == [800, 200]
    assert column(found, "free_s") == [1000, 100]
    assert column(found, "occupancy") == [pytest.approx(800 / 1800), pytest.approx(200 / 300)]
    assert found.total.values["utilisation"] == pytest.approx(1000 / 2400)
    assert found.total.values["not_ready_s"] == 300


def test_teams_and_filters_narrow_people_and_contacts() -> None:
    facts = folded(a_transfer().events)
    teams = {
        row.place.key: row.values["handled"] for row in table(facts, asked(Dimension.TEAM, each=True)).rows
    }
    assert teams == {"Billing": 1, "Tier 2": 1, "": 0}
    only = asked(filters=Filters(queue_id="retention"))
    assert table(facts, only).total.values["asa_s"] == 40
    assert table(facts, asked(filters=Filters(agent_id="nobody"))).total.values["offered"] == 0
    assert table(facts, asked(filters=Filters(team="Tier 2"))).total.values["offered"] == 1


def test_outcomes_and_numbers_are_dimensions() -> None:
    log = Log()
    log.write("contact.arrived", 0, "c", dnis="+442079460100")
    log.queued("c", 5)
    log.answered("c", 10)
    log.ended("c", 60, talk_s=50)
    log.write("contact.disposed", 70, "c", "billing", "amina", disposition="refund_issued")
    log.queued("d", 80)
    facts = folded(log.events)
    outcomes = [
        (row.place.key, row.values["offered"])
        for row in table(facts, asked(Dimension.DISPOSITION, each=True)).rows
    ]
    assert outcomes == [("", 1), ("refund_issued", 1)]
    numbers = {row.place.key for row in table(facts, asked(Dimension.DNIS, each=True)).rows}
    assert numbers == {"", "+442079460100"}
    assert table(facts, asked()).total.values["waiting_first"] == 1


def test_what_began_before_or_after_the_range_is_not_counted() -> None:
    log = Log()
    for second, contact in ((-10, "before"), (0, "in"), (1800, "after")):
        log.queued(contact, second)
        log.answered(contact, second + 20, agent=contact)
        log.ended(contact, second + 30, 10, agent=contact)
    facts = folded(log.events, until_s=1800)
    assert [visit.contact.contact_id for visit in facts.visits if visit.queue_id is None] == ["in"]
    assert table(facts, asked(slots=1)).total.values["talk_s"] == 10


# --- live equals report; a cell equals its contacts ---


@settings(max_examples=120)
@given(steps, st.integers(1, 40))
def test_a_report_of_the_day_is_the_live_day(steps: list[tuple[str, int, str, float]], chunk: int) -> None:
    events, _ = played(steps)
    end = (events[-1].at if events else START) + timedelta(seconds=1)
    live = feed(DayFigures(START), events).snapshot(end)
    fold = RangeFold(START, START + timedelta(days=1))
    for first in range(0, len(events), chunk):
        for event in events[first : first + chunk]:
            fold.observe(
                event.event_kind, event.at, event.queue_id, event.agent_id, event.contact_id, event.data
            )
        table(fold.facts(end), whole_day(end))
    facts = fold.facts(end)
    for queue_id, figures in (("", live.overall), *live.queues.items()):
        filters = Filters(queue_id=queue_id or None)
        values = table(facts, replace(whole_day(end), filters=filters)).total.values
        for figure in (*_SHARED, "longest_wait_s"):
            assert values[figure] == pytest.approx(getattr(figures, figure)), (queue_id, figure)
    people = table(facts, replace(whole_day(end), dimension=Dimension.AGENT, each=True)).rows
    for row in people:
        for figure in ("handled", "talk_s", "hold_s", "acw_s", "aht_s", "missed", "declined"):
            assert row.values[figure] == pytest.approx(getattr(live.agents[row.place.key or ""], figure))


_SHARED = (
    "offered",
    "answered",
    "abandoned",
    "short_abandoned",
    "left_otherwise",
    "given_up_after_answer",
    "service_level",
    "service_level_answered",
    "service_level_all",
    "abandon_rate",
    "abandon_rate_long",
    "asa_s",
    "handled",
    "aht_s",
)


def whole_day(now: datetime) -> Question:
    return Question(
        borders=[START, START + timedelta(days=1)], dimension=Dimension.QUEUE, now=now, teams=TEAMS
    )


Open = Callable[[Collected, Question, Place, str], list[Visit | Part | Refusal]]


def opened(facts: Collected, question: Question, place: Place, figure: str) -> list[Visit | Part | Refusal]:
    return [each.fact for each in behind(facts, question, place, figure)]


def every_cell_opens(facts: Collected, question: Question, open_cell: Open) -> bool:
    found = table(facts, question)
    counted = set(PART_MEMBERS) | {"missed", "declined"} if question.by_people else set(MEMBERS)
    return all(
        len(open_cell(facts, question, row.place, figure)) == row.values[figure]
        for row in (*found.rows, found.total)
        for figure in counted
    )


@settings(max_examples=60)
@given(steps)
def test_a_cell_opens_exactly_the_contacts_it_counts(steps: list[tuple[str, int, str, float]]) -> None:
    facts = folded(played(steps)[0])
    for dimension in Dimension:
        for each in (False, True):
            assert every_cell_opens(facts, asked(dimension, each=each), opened)


def test_a_drill_down_that_counts_by_another_rule_is_caught() -> None:
    """Broken on purpose: short ones are left out of the list but not of the cell."""

    def without_short(
        facts: Collected, question: Question, place: Place, figure: str
    ) -> list[Visit | Part | Refusal]:
        return [one for one in opened(facts, question, place, figure) if not getattr(one, "short", False)]

    assert not every_cell_opens(folded(the_demo_morning().events), asked(), without_short)
    assert every_cell_opens(folded(the_demo_morning().events), asked(), opened)


def test_a_share_opens_what_it_is_divided_by_and_says_which_are_in_it() -> None:
    facts = folded(the_demo_morning().events)
    found = behind(facts, asked(), Place(None, None), "service_level")
    assert (len(found), sum(each.hit for each in found)) == (235, 194)
    asa = behind(facts, asked(), Place(None, None), "asa_s")
    assert len(asa) == 230
    with pytest.raises(KeyError):
        behind(facts, asked(), Place(None, None), "luck")


def test_every_figure_of_a_row_is_defined() -> None:
    facts = folded(the_demo_morning().events)
    for dimension in Dimension:
        assert table(facts, asked(dimension)).total.values.keys() <= FIGURES.keys()
