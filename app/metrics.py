"""Counters and gauges for Prometheus. Labels are few and fixed: never a contact, an agent or a number."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


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

    def render(self) -> bytes:
        return generate_latest(self.registry)
