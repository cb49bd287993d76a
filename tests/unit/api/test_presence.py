"""Which page leads, and whether the agent behind it could take a call."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.api.models import Heartbeat
from app.clock import VirtualClock
from app.live.presence import HEARTBEAT_LIMIT_S, Presence

START = datetime(2025, 11, 19, 10, 0, tzinfo=UTC)
LIMIT = timedelta(seconds=HEARTBEAT_LIMIT_S)


class Desk:
    """A presence board with everything it says written down."""

    def __init__(self) -> None:
        self.clock = VirtualClock(START)
        self.said: list[tuple[str, bool, str | None]] = []
        self.leaders: list[tuple[str, str | None, str | None]] = []
        self.board = Presence(
            clock=self.clock,
            on_reachability=lambda *said: self.said.append(said),
            on_leader=lambda *change: self.leaders.append(change),
        )

    def beat(self, page: str, **fields: Any) -> None:
        self.board.heard(page, Heartbeat(**({"phone": "ready", "microphone": "ok"} | fields)))

    def ready(self, page: str = "p1", agent: str = "ag") -> None:
        self.board.opened(agent, page)
        self.beat(page)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_an_agent_is_reachable_once_its_page_has_a_phone(desk: Desk) -> None:
    desk.board.opened("ag", "p1")
    desk.beat("p1", phone="connecting", microphone="unknown")
    desk.beat("p1")
    desk.beat("p1")
    assert desk.said == [("ag", False, "no_phone"), ("ag", True, None)]
    assert desk.board.reachability("ag") == (True, None)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"phone": "lost"}, "media_lost"),
        ({"phone": "none"}, "no_phone"),
        ({"phone": "connecting"}, "no_phone"),
        ({"microphone": "silent"}, "microphone_silent"),
        ({"microphone": "ended"}, "microphone_ended"),
    ],
)
def test_each_fault_of_the_leader_makes_the_agent_unreachable_and_says_why(
    desk: Desk, fields: dict[str, Any], why: str
) -> None:
    desk.ready()
    desk.beat("p1", **fields)
    desk.beat("p1")
    assert desk.said[-2:] == [("ag", False, why), ("ag", True, None)]


def test_an_unmeasured_microphone_and_a_hidden_page_do_not_count_against_the_agent(desk: Desk) -> None:
    desk.ready()
    desk.beat("p1", microphone="unknown", visible=False)
    assert desk.board.reachability("ag") == (True, None)


def test_silence_makes_the_page_count_as_gone_and_a_heartbeat_brings_it_back(desk: Desk) -> None:
    desk.ready()
    desk.clock.advance(LIMIT - timedelta(milliseconds=1))
    assert desk.board.reachability("ag") == (True, None)
    desk.clock.advance(timedelta(milliseconds=1))
    desk.beat("p1")
    assert desk.said[-2:] == [("ag", False, "page_gone"), ("ag", True, None)]


def test_steady_heartbeats_keep_the_agent_reachable(desk: Desk) -> None:
    desk.ready()
    for _ in range(100):
        desk.clock.advance(timedelta(seconds=5))
        desk.beat("p1")
    assert [said for said in desk.said if not said[1]] == [("ag", False, "no_phone")]


def test_a_closed_page_is_gone_at_once(desk: Desk) -> None:
    desk.ready()
    desk.board.closed("p1")
    assert desk.said[-1] == ("ag", False, "page_gone")
    assert desk.board.pages("ag") == ()


def test_a_reload_moves_the_lead_to_the_new_page(desk: Desk) -> None:
    desk.ready("p1")
    desk.board.opened("ag", "p2")
    assert desk.board.leads("p1"), "the new page has not said yet that it wants to lead"
    desk.beat("p2")
    assert desk.board.leads("p2")
    desk.board.closed("p1")
    assert desk.leaders == [("ag", "p1", None), ("ag", "p2", "p1")]
    assert desk.board.reachability("ag") == (True, None)


def test_an_old_page_that_goes_on_beating_does_not_take_the_lead_back(desk: Desk) -> None:
    desk.ready("p1")
    desk.ready("p2")
    desk.beat("p1")
    assert desk.board.leads("p2")


def test_a_second_tab_that_declines_does_not_lead_and_its_faults_do_not_count(desk: Desk) -> None:
    desk.ready("p1")
    desk.board.opened("ag", "p2")
    desk.beat("p2", leader=False, phone="none")
    assert desk.board.leads("p1")
    assert desk.board.reachability("ag") == (True, None)


def test_a_person_may_take_over_in_a_second_tab(desk: Desk) -> None:
    desk.ready("p1")
    desk.board.opened("ag", "p2")
    desk.beat("p2", leader=False, phone="none")
    desk.board.took_over("p2")
    assert desk.board.leads("p2")
    assert desk.said[-1] == ("ag", False, "no_phone")


def test_when_the_leader_closes_the_newest_page_that_wants_it_leads(desk: Desk) -> None:
    for page in ("p1", "p2", "p3"):
        desk.ready(page)
    desk.beat("p2", leader=False)
    desk.board.closed("p3")
    assert desk.board.leads("p1")


def test_after_a_restart_agents_have_one_limit_to_come_back_before_they_are_gone(desk: Desk) -> None:
    desk.board.expect(["back", "gone"])
    desk.clock.advance(timedelta(seconds=3))
    desk.board.opened("back", "p1")
    assert desk.said == [], "a page that is just connecting is no news"
    desk.beat("p1")
    assert desk.said == [], "still reachable is no news"
    desk.clock.advance(timedelta(seconds=6))
    desk.beat("p1")
    desk.clock.advance(timedelta(seconds=4))
    assert desk.said == [("gone", False, "page_gone")]


def test_a_faster_clock_does_not_shorten_the_real_time_a_page_has(desk: Desk) -> None:
    class Fast(VirtualClock):
        rate = 10.0

    clock = Fast(START)
    said: list[tuple[str, bool, str | None]] = []
    board = Presence(clock=clock, on_reachability=lambda *s: said.append(s), on_leader=lambda *_: None)
    board.opened("ag", "p1")
    board.heard("p1", Heartbeat(phone="ready"))
    clock.advance(LIMIT * 9)
    assert board.reachability("ag") == (True, None)
    clock.advance(LIMIT)
    assert said[-1] == ("ag", False, "page_gone")


def test_what_pages_nobody_knows_say_is_ignored(desk: Desk) -> None:
    desk.beat("nobody")
    desk.board.took_over("nobody")
    desk.board.closed("nobody")
    assert (desk.said, desk.leaders) == ([], [])
    assert desk.board.reachability("nobody") == (False, "page_gone")


def test_forgetting_the_timer_leaves_nothing_armed(desk: Desk) -> None:
    desk.ready()
    desk.board.close()
    assert desk.clock.next_at() is None
