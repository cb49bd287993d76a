"""What `/metrics` says of the centre: read from the committed state each time, few labels, no ids."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from app.engine.contact import Contact, Phase
from app.engine.limits import EngineStats
from app.live.state import LiveState
from app.metrics import Metrics, watch_centre
from routing.types import AgentRecord, AgentState

NOW = datetime(2025, 11, 19, 10, 0, tzinfo=UTC)


@dataclass(slots=True)
class Counted:
    """An engine as far as it is counted."""

    stats: EngineStats = field(default_factory=EngineStats)
    running: bool = True


@dataclass(slots=True)
class Linked:
    why: str | None = None

    def trouble(self, name: str) -> str | None:
        return self.why


def contact(contact_id: str, phase: Phase) -> Contact:
    return Contact(
        contact_id=contact_id,
        backend="webrtc",
        leg_id=f"lg_{contact_id}",
        ani="",
        dnis="100",
        arrived_at=NOW,
        phase=phase,
    )


def said(metrics: Metrics) -> dict[str, float]:
    lines = metrics.render().decode().splitlines()
    return {
        series: float(value) for series, value in (line.rsplit(" ", 1) for line in lines if line[0] != "#")
    }


def test_calls_and_agents_are_counted_as_they_are_now() -> None:
    metrics, state, engine, links = Metrics(), LiveState(), Counted(), Linked()
    watch_centre(metrics, state, engine, links, ["webrtc"])
    before = said(metrics)
    assert (before["patchbay_open_calls"], before["patchbay_waiting_callers"]) == (0, 0)
    state.contacts = {
        "c1": contact("c1", Phase.QUEUED),
        "c2": contact("c2", Phase.TALKING),
        "c3": contact("c3", Phase.WRAP_UP),
    }
    state.agents = {"a1": AgentRecord(agent_id="a1", state=AgentState.ACW, since=NOW)}
    after = said(metrics)
    assert after["patchbay_open_calls"] == 2
    assert after['patchbay_agents{state="acw"}'] == 1
    assert after['patchbay_agents{state="available"}'] == 0


def test_the_engine_and_its_back_ends_are_watched() -> None:
    metrics, engine, links = Metrics(), Counted(), Linked()
    watch_centre(metrics, LiveState(), engine, links, ["webrtc"])
    engine.stats.committed(events=3, effects=1, took_s=0.02)
    engine.stats.parked = 2
    links.why = "webrtc: not connected yet"
    engine.stats.store_down_since = NOW
    now = said(metrics)
    assert now["patchbay_engine_batches"] == 1
    assert now["patchbay_engine_commit_seconds_last"] == 0.02
    assert now["patchbay_engine_parked_inputs"] == 2
    assert now["patchbay_engine_store_down"] == 1
    assert now["patchbay_engine_running"] == 1
    assert now['patchbay_back_end_up{back_end="webrtc"}'] == 0
    links.why = None
    assert said(metrics)['patchbay_back_end_up{back_end="webrtc"}'] == 1
