"""Counters and gauges for Prometheus. Labels are few and fixed: never a contact, an agent or a number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from app.engine.contact import Contact
from app.engine.limits import EngineStats
from routing.types import AgentRecord, AgentState, WaitingRecord

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class CentreState(Protocol):
    """What is counted of the committed state: `app.live.state.LiveState`."""

    @property
    def contacts(self) -> Mapping[str, Contact]: ...

    @property
    def waiting(self) -> Mapping[str, WaitingRecord]: ...

    @property
    def agents(self) -> Mapping[str, AgentRecord]: ...


class EngineCounts(Protocol):
    @property
    def stats(self) -> EngineStats: ...

    @property
    def running(self) -> bool: ...


class Links(Protocol):
    def trouble(self, name: str) -> str | None:
        """What is wrong with a back end; None when it answers."""


class Metrics:
    """One registry per control process; made by the composition root and handed to whoever counts."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        registry = self.registry
        self.requests = Counter(
            "patchbay_http_requests", "Requests answered", ["method", "route", "status"], registry=registry
        )
        self.request_s = Histogram(
            "patchbay_http_request_seconds", "Time to answer", ["route"], buckets=_SECONDS, registry=registry
        )
        self.sign_ins = Counter("patchbay_sign_ins", "Tries to sign in", ["outcome"], registry=registry)
        self.sockets = Gauge("patchbay_websockets", "Open websockets", ["kind"], registry=registry)
        self.sockets_closed = Counter(
            "patchbay_websockets_closed", "Websockets closed by the server", ["code"], registry=registry
        )
        self.publications = Counter(
            "patchbay_topic_publications", "Changes published", ["topic"], registry=registry
        )
        self.deliveries = Counter(
            "patchbay_topic_deliveries", "Changes put in line for a page", ["topic"], registry=registry
        )
        self.snapshots = Counter(
            "patchbay_topic_snapshots", "Whole states sent", ["topic"], registry=registry
        )
        self.commands = Counter(
            "patchbay_commands", "Commands to the engine", ["command", "outcome"], registry=registry
        )
        self.command_s = Histogram(
            "patchbay_command_seconds",
            "From command to committed answer",
            buckets=_SECONDS,
            registry=registry,
        )

    def published(self, topic: str, readers: int) -> None:
        """For the hub."""
        self.publications.labels(topic).inc()
        self.deliveries.labels(topic).inc(readers)

    def snapshot(self, topic: str) -> None:
        """For the hub."""
        self.snapshots.labels(topic).inc()

    def watch(self, name: str, text: str, read: Callable[[], float]) -> None:
        """A gauge that is read when somebody asks."""
        Gauge(name, text, registry=self.registry).set_function(read)

    def watch_each(
        self, name: str, text: str, label: str, values: Iterable[str], read: Callable[[str], float]
    ) -> None:
        """One gauge with a series for each of a few fixed `values` of `label`."""
        gauge = Gauge(name, text, [label], registry=self.registry)
        for value in values:
            gauge.labels(value).set_function(partial(read, value))

    def render(self) -> bytes:
        return generate_latest(self.registry)


def watch_centre(
    metrics: Metrics, state: CentreState, engine: EngineCounts, links: Links, back_ends: Iterable[str]
) -> None:
    """Gauges of calls, agents, the engine and its back ends; read when somebody asks for `/metrics`.

    Args:
        back_ends: Names of those that `links` keeps attached.
    """
    metrics.watch("patchbay_waiting_callers", "Callers in a queue", lambda: len(state.waiting))
    metrics.watch(
        "patchbay_open_calls",
        "Calls from announcement to hang-up; wrap-up is not counted",
        lambda: sum(contact.live for contact in state.contacts.values()),
    )
    metrics.watch_each(
        "patchbay_agents",
        "Agents in a state",
        "state",
        [agent_state.value for agent_state in AgentState],
        lambda value: sum(agent.state.value == value for agent in state.agents.values()),
    )
    metrics.watch("patchbay_engine_running", "1 while the engine runs here", lambda: engine.running)
    for name, text, read in _ENGINE:
        metrics.watch(f"patchbay_engine_{name}", text, partial(_of, engine, read))
    metrics.watch_each(
        "patchbay_back_end_up",
        "1 while the back end answers",
        "back_end",
        back_ends,
        lambda name: links.trouble(name) is None,
    )


def _of(engine: EngineCounts, read: Callable[[EngineStats], float]) -> float:
    return read(engine.stats)


_ENGINE: tuple[tuple[str, str, Callable[[EngineStats], float]], ...] = (
    ("batches", "Batches committed since the start", lambda stats: stats.batches),
    ("inputs", "Inputs handled since the start", lambda stats: stats.inputs),
    ("parked_inputs", "Inputs put aside because handling them broke", lambda stats: stats.parked),
    ("commit_seconds_last", "Time of the last commit", lambda stats: stats.commit_ms_last / 1000),
    (
        "commit_seconds_average",
        "Time of a commit, moving over about 20",
        lambda stats: stats.commit_ms_average / 1000,
    ),
    ("store_down", "1 while the database does not answer", lambda stats: stats.store_down_since is not None),
)
