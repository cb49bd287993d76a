"""The day's figures: each sentence of the definitions, worked out by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reporting import DayFigures, DaySnapshot, QueueTarget
from tests.unit.reporting.log import START, Log, feed


def figures_of(log: Log, at_s: float = 3600, targets: dict[str, QueueTarget] | None = None) -> DaySnapshot:
    return feed(DayFigures(START, targets), log.events).snapshot(START + timedelta(seconds=at_s))


def the_demo_morning() -> Log:
    """Billing at 10:43: 241 arrived, 230 answered (194 in time), 7 gave up (2 at once), 4 wait."""
    log = Log()
    for i in range(230):
        wait_s = 10 if i < 194 else 45
        log.queued(f"answered{i}", i)
        log.answered(f"answered{i}", i + wait_s, agent=f"agent{i}")
        log.ended(f"answered{i}", i + wait_s + 300, talk_s=280, hold_s=20, agent=f"agent{i}")
        log.wrapped(f"answered{i}", i + wait_s + 360, acw_s=60, agent=f"agent{i}")
    for i in range(7):
        log.queued(f"left{i}", 600 + i)
        log.abandoned(f"left{i}", 600 + i + (3 if i < 2 else 60))
    for i in range(4):
        log.queued(f"waits{i}", 3500 + i)
    log.events.sort(key=lambda event: event.at)
    return log


def test_the_demo_morning_gives_the_figures_of_its_screen() -> None:
    billing = figures_of(the_demo_morning()).queues["billing"]
    assert (billing.offered, billing.answered, billing.abandoned, billing.waiting) == (241, 230, 7, 4)
    assert billing.short_abandoned == 2
    assert billing.service_level == pytest.approx(194 / 235)
    assert billing.service_level_answered == pytest.approx(194 / 230)
    assert billing.service_level_all == pytest.approx((194 + 2) / 237)
    assert billing.abandon_rate == pytest.approx(7 / 241)
    assert billing.abandon_rate_long == pytest.approx(5 / 239)
    assert billing.asa_s == pytest.approx((194 * 10 + 36 * 45) / 230)
    assert billing.aht_s == pytest.approx(360)
    assert billing.longest_wait_s == 100
    assert billing.waiting_since == START + timedelta(seconds=3500)


def test_all_queues_together_count_a_contact_once() -> None:
    log = Log()
    log.queued("c", 0, "billing")
    log.queued("c", 30, "retention")
    log.answered("c", 50, "retention")
    day = figures_of(log)
    assert (day.overall.offered, day.overall.answered, day.overall.left_otherwise) == (1, 1, 0)
    assert (day.queues["billing"].offered, day.queues["billing"].left_otherwise) == (1, 1)
    assert (day.queues["retention"].offered, day.queues["retention"].answered) == (1, 1)
    assert day.overall.asa_s == 50
    assert day.queues["retention"].asa_s == 20


def test_each_queue_is_measured_by_its_own_promise() -> None:
    log = Log()
    for queue in ("billing", "retention"):
        log.queued(queue, 0, queue)
        log.answered(queue, 25, queue)
    day = figures_of(log, targets={"retention": QueueTarget(answer_s=30)})
    assert day.queues["billing"].service_level == 0.0
    assert day.queues["retention"].service_level == 1.0
    assert day.overall.service_level == 0.5


def test_a_queue_without_calls_is_there_and_says_nothing() -> None:
    quiet = figures_of(Log(), targets={"complaints": QueueTarget()}).queues["complaints"]
    assert quiet.service_level is None
    assert quiet.aht_s is None
    assert quiet.longest_wait_s == 0.0
    assert quiet.spark == (0,) * 24


def test_a_caller_given_back_to_the_queue_was_answered_once() -> None:
    log = Log()
    log.queued("c", 0)
    log.answered("c", 10, agent="amina")
    log.write("contact.given_back", 100, "c", "billing", "amina", talk_s=80.0, hold_s=10.0, why="page gone")
    log.write("contact.requeued", 100, "c", "billing")
    waiting = figures_of(log, at_s=110)
    assert (waiting.overall.waiting, waiting.overall.longest_wait_s) == (1, 10)
    log.write("contact.rejoined", 115, "c", "billing", "dev", wait_s=10)
    log.ended("c", 215, talk_s=100, agent="dev")
    log.wrapped("c", 225, 10, agent="dev")
    day = figures_of(log)
    assert (day.overall.offered, day.overall.answered, day.overall.handled) == (1, 1, 1)
    assert (day.agents["amina"].handled, day.agents["amina"].talk_s) == (0, 80)
    assert (day.agents["dev"].handled, day.agents["dev"].aht_s) == (1, 110)
    assert day.overall.aht_s == 200


def test_giving_up_after_an_answer_is_not_an_abandon() -> None:
    log = Log()
    log.queued("c", 0)
    log.answered("c", 10)
    log.write("contact.given_back", 100, "c", "billing", "amina", talk_s=90.0, hold_s=0.0)
    log.write("contact.requeued", 100, "c", "billing")
    log.abandoned("c", 160)
    overall = figures_of(log).overall
    assert (overall.answered, overall.abandoned, overall.given_up_after_answer) == (1, 0, 1)
    assert (overall.waiting, overall.handled) == (0, 0)


@pytest.mark.parametrize("kind", ["voicemail.left", "contact.returned", "contact.transferring"])
def test_who_leaves_for_a_message_neither_waits_nor_gave_up(kind: str) -> None:
    log = Log()
    log.queued("c", 0)
    log.write(kind, 90, "c", "billing")
    log.write("contact.ended", 95, "c", "billing", talk_s=0.0, hold_s=0.0, by="voicemail")
    overall = figures_of(log).overall
    assert (overall.waiting, overall.abandoned, overall.left_otherwise) == (0, 0, 1)


def test_who_comes_back_to_the_queue_had_not_left_it() -> None:
    log = Log()
    log.queued("c", 0)
    log.write("contact.returned", 60, "c", "billing")
    log.queued("c", 70)
    log.answered("c", 80)
    overall = figures_of(log).overall
    assert (overall.offered, overall.answered, overall.left_otherwise) == (1, 1, 0)
    assert overall.asa_s == 80


def test_a_call_that_ends_in_the_menu_was_never_offered() -> None:
    log = Log()
    log.write("contact.arrived", 0, "c")
    log.write("contact.ended", 9, "c", talk_s=0.0, hold_s=0.0, by="caller")
    assert figures_of(log).overall.offered == 0


def test_an_agents_missed_and_declined_offers_are_told_apart() -> None:
    log = Log()
    log.queued("c", 0)
    for second, outcome in enumerate(("timed_out", "timed_out", "declined", "withdrawn", "accepted")):
        log.write(f"offer.{outcome}", second, "c", "billing", "amina")
    amina = figures_of(log).agents["amina"]
    assert (amina.missed, amina.declined) == (2, 1)


def test_occupancy_is_work_over_work_and_readiness() -> None:
    log = Log()
    for second, state in [
        (0, "available"),
        (100, "ringing"),
        (110, "on_contact"),
        (400, "acw"),
        (450, "not_ready"),
        (1000, "available"),
    ]:
        log.state("amina", second, state)
    amina = figures_of(log, at_s=1050).agents["amina"]
    assert amina.spent_s == {"available": 150, "ringing": 10, "on_contact": 290, "acw": 50, "not_ready": 550}
    assert amina.occupancy == pytest.approx(340 / 500)


def test_what_began_yesterday_counts_yesterday_but_is_still_waiting() -> None:
    log = Log()
    log.state("amina", -3600, "available")
    log.queued("old", -60)
    log.queued("talks", -90)
    log.answered("talks", -80)
    log.write("offer.timed_out", -30, "old", "billing", "amina")
    day = figures_of(log, at_s=0)
    assert (day.overall.offered, day.overall.waiting) == (0, 1)
    log.abandoned("old", 30)
    log.ended("talks", 40, talk_s=120)
    log.wrapped("talks", 50, 10)
    later = figures_of(log, at_s=600)
    assert (later.overall.waiting, later.overall.abandoned, later.overall.handled) == (0, 0, 0)
    assert (later.overall.talk_s, later.overall.acw_s) == (0, 0)
    assert later.agents["amina"].spent_s == {"available": 600}
    assert later.agents["amina"].missed == 0


def test_wrap_up_is_found_again_although_its_contact_is_gone() -> None:
    log = Log()
    log.queued("c", 0)
    log.answered("c", 5)
    log.ended("c", 65, talk_s=60)
    log.wrapped(None, 95, 30)
    log.wrapped(None, 96, 30)
    overall = figures_of(log).overall
    assert (overall.acw_s, overall.aht_s) == (30, 90)


def test_garbage_in_an_event_counts_as_nothing() -> None:
    log = Log()
    log.queued("c", 0)
    log.answered("c", 5)
    log.write("contact.ended", 65, "c", "billing", "amina", talk_s="long", hold_s=None)
    log.write("contact.exploded", 66, "c", "billing", "amina")
    overall = figures_of(log).overall
    assert (overall.handled, overall.talk_s) == (1, 0.0)
