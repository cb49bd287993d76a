"""What is watched of queues and agents, read from a real voice domain's rows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.engine import commands as ask
from app.engine.commit import Batch
from app.live.alert_rules import DEFAULTS, AlertRules
from app.live.alert_words import text, title
from app.live.daybook import DayBook
from app.live.directory import AgentEntry, Directory, QueueEntry
from app.live.readings import readings
from app.live.state import LiveState
from app.store.repositories.alerts import Threshold
from reporting.thresholds import Change, Measure, Reading
from routing.types import QueuePolicy, WaitingRecord
from tests.unit.voice.centre import START, Centre, configuration


class Watched:
    """A centre whose rows are read for figures."""

    def __init__(self) -> None:
        self.centre = Centre()
        self.state = LiveState()
        voice = configuration()
        self.directory = Directory(
            agents={
                each.agent_id: AgentEntry(agent_id=each.agent_id, name=each.agent_id, initials="", team="")
                for each in voice.agents
            },
            queues={
                each.queue_id: QueueEntry(queue_id=each.queue_id, name=each.name) for each in voice.queues
            },
        )
        self.daybook = DayBook(START, ZoneInfo("Europe/London"), {})
        self.rules = AlertRules()
        take = self.centre.take

        def taken(*inputs: Any) -> Batch:
            batch = take(*inputs)
            self.state.apply(batch.rows)
            self.daybook.observe(batch.events, self.centre.now)
            return batch

        self.centre.take = taken  # type: ignore[method-assign]

    def read(self, measure: Measure, subject: str) -> Reading:
        found = readings(self.state, self.daybook, self.directory, self.rules, self.centre.now)
        [reading] = [each for each in found if (each.measure, each.subject) == (measure, subject)]
        return reading

    def since(self, measure: Measure, agent_id: str) -> datetime | None:
        found = readings(self.state, self.daybook, self.directory, self.rules, self.centre.now)
        return next(
            (each.since for each in found if (each.measure, each.subject) == (measure, agent_id)), None
        )


def test_who_waits_longest_and_how_many_wait_is_read_of_each_queue() -> None:
    watched = Watched()
    watched.centre.caller()
    watched.centre.wait(20)
    watched.centre.caller()
    longest = watched.read(Measure.LONGEST_WAIT, "billing")
    assert longest.at(watched.centre.now) == 20
    assert watched.read(Measure.WAITING, "billing").value == 2


def test_a_queues_own_promise_holds_until_somebody_says_otherwise() -> None:
    watched = Watched()
    entry = watched.directory.queues["billing"]
    limits = watched.read(Measure.LONGEST_WAIT, "billing").limits
    assert (limits.warn, limits.bad) == (entry.wait_limit_s * 0.75, entry.wait_limit_s)
    watched.rules = AlertRules.of([Threshold(measure="longest_wait", subject="billing", bad=45)])
    limits = watched.read(Measure.LONGEST_WAIT, "billing").limits
    assert (limits.warn, limits.bad) == (None, 45)


def test_what_is_switched_off_has_no_limit_but_says_long_on_its_tile() -> None:
    rules = AlertRules()
    assert not DEFAULTS[Measure.LONG_CALL].active
    assert rules.limits(Measure.LONG_CALL, "amina").warn is None
    assert rules.long_after_s(Measure.LONG_CALL, "amina") == 600


def test_an_agents_state_is_one_measure_at_a_time() -> None:
    watched = Watched()
    contact = watched.centre.talking("amina")
    assert watched.since(Measure.LONG_CALL, "amina") is not None
    assert watched.since(Measure.LONG_HOLD, "amina") is None
    watched.centre.wait(5)
    watched.centre.do(ask.HoldCall(contact_id=contact.contact_id, agent_id="amina"))
    assert watched.since(Measure.LONG_CALL, "amina") is None
    assert watched.since(Measure.LONG_HOLD, "amina") == watched.centre.now


def test_an_agent_who_cannot_be_reached_is_watched_from_then_on() -> None:
    watched = Watched()
    watched.centre.agent("dev")
    assert watched.since(Measure.UNREACHABLE, "dev") is None
    watched.centre.wait(5)
    watched.centre.do(ask.SetReachability(agent_id="dev", reachable=False, why="microphone_silent"))
    assert watched.since(Measure.UNREACHABLE, "dev") == watched.centre.now
    reading = watched.read(Measure.UNREACHABLE, "dev")
    assert reading.limits.clear_s == DEFAULTS[Measure.UNREACHABLE].clear_s


def test_every_measure_has_its_sentences_in_both_languages() -> None:
    for measure in Measure:
        assert measure in DEFAULTS
        said = {title(measure, "Noor", 12, Change.OPENED, language) for language in ("en", "cy")}
        assert len(said) == 2
        assert all("Noor" in each for each in said)
    assert text(Measure.LONGEST_WAIT, 120, over_s=360, taken_by="Leila") == (
        "Back to normal after 6:00. Taken by Leila."
    )
    assert text(Measure.ABANDONED, 0.05) == "Limit 5.0%."


def test_a_line_stands_in_the_order_that_the_router_serves_it() -> None:
    state = LiveState()

    def waits(contact_id: str, place_s: float, **more: Any) -> None:
        place = START + timedelta(seconds=place_s)
        state.waiting[contact_id] = WaitingRecord(
            contact_id=contact_id,
            queue_id="billing",
            media="webrtc",
            place_at=place,
            queued_at=place,
            **{"priority": 0, **more},
        )

    waits("first", 0)
    waits("raised", 10, raised=1)
    waits("gold", 20, attributes={"tier": "gold"})
    waits("moved to the front", 30, stands_at=START - timedelta(seconds=1))
    waits("prioritised", 40, priority=5)
    state.policy_of = lambda queue_id: QueuePolicy(
        queue_id=queue_id, name="Billing", tier_priority={"gold": 2}
    )
    order = ["prioritised", "gold", "raised", "moved to the front", "first"]
    assert [each.contact_id for each in state.line("billing")] == order
    assert [state.position(each) for each in order] == [1, 2, 3, 4, 5]
