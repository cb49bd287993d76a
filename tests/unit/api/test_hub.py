"""Fan-out: one serialisation for all readers, sequence numbers without gaps, bounded and coalesced queues."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import find, given
from hypothesis import strategies as st

from app.api.models import AgentSelf, Notice
from app.live.hub import LEADER, SECOND_TAB, Hub, topic_name
from app.live.outbox import (
    BEHIND_S_MAX,
    CHARACTERS_MAX,
    CLOSE_BEHIND,
    CLOSE_ERROR,
    DIRECT_MAX,
    MESSAGES_MAX,
    Message,
    Outbox,
    text_message,
)
from tests.unit.api.live_reading import LoopTime, drain

AT = datetime(2025, 11, 19, 10, 43, tzinfo=UTC)


class Floor:
    """A topic's owner: state and the hub it publishes to."""

    def __init__(self, hub: Hub, key: str = "floor") -> None:
        self.state: dict[str, Any] = {"count": 0, "agents": []}
        self.key = key
        self.hub = hub
        self.rendered = 0
        hub.register(key, self.snapshot)

    def snapshot(self) -> dict[str, Any]:
        self.rendered += 1
        return dict(self.state)

    def add(self, by: int = 1) -> None:
        self.state["count"] += by
        self.hub.publish(self.key, set={"count": self.state["count"]})


@pytest.fixture
def time() -> LoopTime:
    return LoopTime()


@pytest.fixture
def hub(time: LoopTime) -> Hub:
    return Hub(time=time)


def reader_of(hub: Hub, key: str = "floor") -> Outbox:
    outbox = hub.outbox()
    assert hub.attach(outbox, key)
    return outbox


def test_a_new_reader_gets_the_whole_topic_and_then_each_change(hub: Hub) -> None:
    floor = Floor(hub)
    reader = reader_of(hub)
    assert drain(reader) == [
        {"type": "snapshot", "topic": "floor", "seq": 0, "data": {"count": 0, "agents": []}}
    ]
    floor.add()
    floor.add()
    assert [(each["type"], each["seq"], each["set"]) for each in drain(reader)] == [
        ("delta", 1, {"count": 1}),
        ("delta", 2, {"count": 2}),
    ]


def test_every_reader_is_sent_the_same_prebuilt_message(hub: Hub) -> None:
    floor = Floor(hub)
    first, second = reader_of(hub), reader_of(hub)
    assert first.take() is second.take()
    floor.add()
    assert first.take() is second.take()
    assert floor.rendered == 1


def test_a_change_before_the_snapshot_is_sent_is_inside_it_and_not_sent_again(hub: Hub) -> None:
    floor = Floor(hub)
    reader = reader_of(hub)
    floor.add()
    messages = drain(reader)
    assert [(each["type"], each["seq"]) for each in messages] == [("snapshot", 1)]
    assert messages[0]["data"]["count"] == 1


def test_nobody_is_told_of_an_empty_change_or_an_unknown_topic(hub: Hub) -> None:
    Floor(hub)
    reader = reader_of(hub)
    drain(reader)
    hub.publish("floor", set={}, upsert=None, remove=None)
    hub.publish("nothing", set={"a": 1})
    assert drain(reader) == []
    assert not hub.attach(hub.outbox(), "nothing")


def test_lists_are_changed_by_id(hub: Hub) -> None:
    Floor(hub)
    reader = reader_of(hub)
    drain(reader)
    hub.publish("floor", upsert={"agents": [{"id": "a", "since": AT}]}, remove={"waiting": ["c1"]})
    (delta,) = drain(reader)
    assert delta["upsert"] == {"agents": [{"id": "a", "since": "2025-11-19T10:43:00Z"}]}
    assert delta["remove"] == {"waiting": ["c1"]}


def test_after_a_gap_the_page_gets_a_fresh_snapshot_instead_of_what_waited(hub: Hub) -> None:
    floor = Floor(hub)
    reader = reader_of(hub)
    drain(reader)
    floor.add()
    hub.resync(reader, "floor")
    floor.add()
    assert [(each["type"], each["seq"]) for each in drain(reader)] == [("snapshot", 2)]
    floor.add()
    assert [each["seq"] for each in drain(reader)] == [3]


def test_a_page_that_reads_slowly_gets_one_snapshot_instead_of_many_changes(hub: Hub) -> None:
    floor = Floor(hub)
    slow, quick = reader_of(hub), reader_of(hub)
    drain(slow)
    drain(quick)
    for _ in range(MESSAGES_MAX * 3):
        floor.add()
        assert slow.depth <= MESSAGES_MAX
        assert len(drain(quick)) == 1
    messages = drain(slow)
    assert [each["type"] for each in messages] == ["snapshot"]
    assert messages[0]["data"]["count"] == MESSAGES_MAX * 3


def test_what_waits_for_one_page_is_bounded_in_size_too(hub: Hub) -> None:
    Floor(hub)
    reader = reader_of(hub)
    drain(reader)
    for _ in range(8):
        hub.publish("floor", set={"text": "x" * (CHARACTERS_MAX // 4)})
    assert [each["type"] for each in drain(reader)] == ["snapshot"]


def test_a_page_that_stays_behind_is_disconnected(hub: Hub, time: LoopTime) -> None:
    floor = Floor(hub)
    reader = reader_of(hub)
    drain(reader)
    floor.add()
    time.now_s += BEHIND_S_MAX + 0.1
    floor.add()
    assert reader.closing is not None
    assert reader.closing[0] == CLOSE_BEHIND
    assert drain(reader) == []


def test_a_page_that_stays_behind_with_a_snapshot_due_is_disconnected_too(hub: Hub, time: LoopTime) -> None:
    floor = Floor(hub)
    reader = reader_of(hub)
    drain(reader)
    for _ in range(MESSAGES_MAX * 2):
        floor.add()
    time.now_s += BEHIND_S_MAX + 0.1
    floor.add()
    assert reader.closing is not None


def test_a_page_that_catches_up_in_time_stays(hub: Hub, time: LoopTime) -> None:
    floor = Floor(hub)
    reader = reader_of(hub)
    for _ in range(10):
        floor.add()
        time.now_s += BEHIND_S_MAX * 0.9
        drain(reader)
    assert reader.closing is None


def test_answers_to_a_page_that_reads_nothing_are_bounded(hub: Hub) -> None:
    reader = hub.outbox()
    for _ in range(DIRECT_MAX + 1):
        reader.put_direct(text_message("{}"))
    assert reader.closing is not None
    assert reader.closing[0] == CLOSE_BEHIND


def test_a_newer_answer_of_the_same_name_replaces_the_one_that_waits(hub: Hub) -> None:
    reader = hub.outbox()
    for number in range(DIRECT_MAX * 2):
        reader.put_direct(text_message(json.dumps({"n": number})), name="heartbeat")
    assert drain(reader) == [{"n": DIRECT_MAX * 2 - 1}]


def test_a_notice_survives_the_folding_of_changes(hub: Hub) -> None:
    floor = Floor(hub)
    reader = reader_of(hub)
    drain(reader)
    hub.notify("floor", Notice(code="rejoined"))
    for _ in range(MESSAGES_MAX * 2):
        floor.add()
    assert [each["type"] for each in drain(reader)] == ["notice", "snapshot"]


def test_finishing_sends_what_waits_and_then_closes(hub: Hub) -> None:
    reader = hub.outbox()
    closed: list[bool] = []
    reader.on_close = lambda: closed.append(True)
    reader.put_direct(text_message('{"type":"notice"}'))
    reader.finish(1008, "over")
    assert closed == []
    assert drain(reader) == [{"type": "notice"}]
    assert reader.closing == (1008, "over")
    assert closed == [True]


def test_a_closed_topic_reaches_nobody_and_a_detached_reader_neither(hub: Hub) -> None:
    floor = Floor(hub)
    reader, left = reader_of(hub), reader_of(hub)
    drain(left)
    floor.add()
    hub.detach(left, "floor")
    hub.unregister("floor")
    floor.add()
    assert drain(reader) == []
    assert drain(left) == []


def test_a_topic_registered_again_shows_its_new_owner_to_its_readers(hub: Hub) -> None:
    Floor(hub)
    reader = reader_of(hub)
    drain(reader)
    hub.register("floor", lambda: {"count": 7})
    (message,) = drain(reader)
    assert (message["type"], message["seq"], message["data"]) == ("snapshot", 1, {"count": 7})


def test_a_provider_that_fails_closes_the_page_and_is_reported(hub: Hub) -> None:
    def broken() -> dict[str, Any]:
        raise RuntimeError("no state")

    hub.register("floor", broken)
    reader = reader_of(hub)
    with pytest.raises(RuntimeError):
        reader.take()
    assert reader.closing is not None
    assert reader.closing[0] == CLOSE_ERROR


def test_a_second_tab_sees_the_same_but_does_not_lead(hub: Hub) -> None:
    me = AgentSelf(
        agent_id="ag", name="Priya Nair", initials="PN", state="available", since=AT, reachable=True
    )
    hub.register("agent:ag", lambda: {"me": me, "queues": []})
    leader, second = hub.outbox(), hub.outbox()
    hub.attach(leader, "agent:ag", LEADER)
    hub.attach(second, "agent:ag", SECOND_TAB)
    hub.publish("agent:ag", set={"me": me})
    hub.publish("agent:ag", set={"queues": []})
    assert [each["data"]["me"]["leader"] for each in drain(leader)] == [True]
    assert [each["data"]["me"]["leader"] for each in drain(second)] == [False]
    hub.publish("agent:ag", set={"me": me})
    assert drain(leader)[0]["set"]["me"]["leader"] is True
    assert drain(second)[0]["set"]["me"]["leader"] is False
    hub.move(second, "agent:ag", LEADER)
    hub.move(leader, "agent:ag", SECOND_TAB)
    assert drain(second)[0]["data"]["me"]["leader"] is True
    assert drain(leader)[0]["data"]["me"]["leader"] is False


def test_the_page_knows_a_topic_by_the_part_before_the_colon() -> None:
    assert topic_name("agent:ag_1") == "agent"
    assert topic_name("floor") == "floor"


def replay(messages: list[dict[str, Any]], state: dict[str, Any] | None, seq: int) -> tuple[Any, int]:
    """What a page does: take snapshots whole, apply deltas in order, accept no gap."""
    for message in messages:
        if message["type"] == "snapshot":
            state, seq = dict(message["data"]), message["seq"]
        else:
            assert state is not None
            assert message["seq"] == seq + 1, "a gap"
            state |= message["set"]
            seq = message["seq"]
    return state, seq


STEPS = st.lists(st.sampled_from(["change", "read", "resync", "burst"]), max_size=60)


def play(hub: Hub, steps: list[str]) -> None:
    """Change and read at some pace; the page must end with the true state and never see a gap."""
    floor = Floor(hub)
    reader = reader_of(hub)
    state: dict[str, Any] | None = None
    seq = -1
    for step in steps:
        match step:
            case "change":
                floor.add()
            case "burst":
                for _ in range(MESSAGES_MAX + 1):
                    floor.add()
            case "resync":
                hub.resync(reader, "floor")
            case "read":
                state, seq = replay(drain(reader), state, seq)
    state, seq = replay(drain(reader), state, seq)
    assert state == floor.state


@given(STEPS)
def test_whatever_the_pace_a_page_ends_with_the_true_state_and_never_sees_a_gap(steps: list[str]) -> None:
    play(Hub(time=LoopTime()), steps)


class Forgetful(Outbox):
    """Deliberately broken: what does not fit is dropped instead of folded into a snapshot."""

    def put_delta(self, topic: str, message: Message, size: int) -> None:
        if self.depth < MESSAGES_MAX:
            super().put_delta(topic, message, size)


class ForgetfulHub(Hub):
    def outbox(self) -> Outbox:
        return Forgetful(self._render, LoopTime())


def test_the_property_catches_an_outbox_that_drops_changes() -> None:
    def caught(steps: list[str]) -> bool:
        try:
            play(ForgetfulHub(time=LoopTime()), steps)
        except AssertionError:
            return True
        return False

    assert len(find(STEPS, caught)) <= 3
