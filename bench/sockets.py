"""Fan-out of live events to thousands of pages: `make bench-sockets`.

Our whole websocket path (tickets, hub, outboxes, uvicorn as in production) beside the usual FastAPI server
with `gather(send_json)` and beside bare transports, in the same run, alternating. What is compared is
deliveries for each second of the server's processor time; clients are another process. Then a thousand pages
that never read, and what they cost: memory, and the time of those who do read.
"""

from __future__ import annotations

import contextlib
import json
import resource
import socket
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from bench.figures import percentile, progress, quick, tell
from bench.sockets_servers import MESSAGE_BYTES
from telephony.clock import monotonic

RUNS = 5
KINDS = ("product", "gather", "raw")
PLANS = ((1000, 10.0), (3000, 5.0))
"""Clients, and floor changes a second."""
SECONDS = 6.0
AGENTS_PART = 0.1
SINGLES = 10
"""Events to single agents for each change of the floor."""
STALLED, OTHERS, STALL_PER_S, STALL_S = 1000, 100, 50.0, 20.0
CAUGHT_UP_S_MAX = 20.0


class Process:
    """A child that answers lines with lines."""

    def __init__(self, *arguments: str, pass_fds: tuple[int, ...] = ()) -> None:
        self._name = " ".join(arguments)
        self._child = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=pass_fds,
            text=True,
        )
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._in: IO[str] = self._child.stdin
        self._out: IO[str] = self._child.stdout

    def tell(self, do: str, **rest: Any) -> None:
        self._in.write(json.dumps({"do": do, **rest}) + "\n")
        self._in.flush()

    def answer(self) -> dict[str, Any]:
        line = self._out.readline()
        if not line:
            raise RuntimeError(f"{self._name} ended")
        found: dict[str, Any] = json.loads(line)
        return found

    def ask(self, do: str, **rest: Any) -> dict[str, Any]:
        self.tell(do, **rest)
        return self.answer()

    def end(self) -> None:
        self._in.close()
        try:
            self._child.wait(10)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._out.close()


@contextlib.contextmanager
def centre(kind: str) -> Iterator[tuple[Process, Process]]:
    """A server and a process of clients that knows its port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(4096)
        listener.set_inheritable(True)
        port = listener.getsockname()[1]
        descriptor = listener.fileno()
        server = Process("bench.sockets_servers", kind, str(descriptor), pass_fds=(descriptor,))
    clients = Process("bench.sockets_clients", str(port))
    try:
        server.ask("count")
        yield server, clients
    finally:
        clients.end()
        server.end()


def connect(server: Process, clients: Process, count: int, agents: int, stalled: bool = False) -> None:
    """In handfuls, since a ticket lives for seconds only."""
    paths = server.ask("tickets", count=count, agents=agents)["paths"]
    for at in range(0, len(paths), 100):
        clients.ask("connect", paths=paths[at : at + 100], stalled=stalled)
    while server.ask("count")["count"] < count:
        pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One server, one number of clients, once."""

    per_cpu_s: float
    ages: Counter[float]
    """Milliseconds -> deliveries."""
    lost: int


def look(kind: str, count: int, per_s: float, seconds: float) -> Look:
    agents = int(count * AGENTS_PART)
    rounds = int(per_s * seconds)
    with centre(kind) as (server, clients):
        connect(server, clients, count, agents)
        # One round to warm up; what it cost is not counted.
        server.ask("publish", rounds=3, per_s=per_s, agents=agents, singles=SINGLES)
        deliveries(clients, 3 * (count - agents + SINGLES))
        done = server.ask("publish", rounds=rounds, per_s=per_s, agents=agents, singles=SINGLES)
        expected = rounds * (count - agents + SINGLES)
        ages = deliveries(clients, expected)
    return Look(per_cpu_s=ages.total() / done["cpu_s"], ages=ages, lost=expected - ages.total())


def deliveries(clients: Process, expected: int) -> Counter[float]:
    """Ages of what has arrived, once everything has."""
    ages: Counter[float] = Counter()
    patience = monotonic() + CAUGHT_UP_S_MAX
    while ages.total() < expected and monotonic() < patience:
        told = clients.ask("report")
        for ticks, number in told["ages"].items():
            ages[int(ticks) * told["tick_ms"]] += number
    return ages


def age_percentile(ages: Counter[float], part: float) -> float:
    return percentile(sorted(ages.elements()), part)


def kernel_kib() -> float:
    """Socket buffers of the whole machine."""
    for line in Path("/proc/net/sockstat").read_text().splitlines():
        if line.startswith("TCP:"):
            return int(line.split()[-1]) * resource.getpagesize() / 1024
    return 0.0


def stalled_pages(seconds: float) -> dict[str, float]:
    """What pages that never read cost: memory from before they came to the worst moment, the others' time."""
    with centre("product") as (server, clients):
        connect(server, clients, OTHERS, 0)
        server.ask("publish", rounds=10, per_s=STALL_PER_S, agents=0, singles=0)
        deliveries(clients, 10 * OTHERS)
        before, kernel_before = server.ask("memory")["kib"], kernel_kib()
        paths = server.ask("tickets", count=STALLED, agents=0)["paths"]
        for at in range(0, STALLED, 100):
            clients.ask("connect", paths=paths[at : at + 100], stalled=True)
        open_kib = server.ask("memory")["kib"]
        rounds = int(seconds * STALL_PER_S)
        server.tell("publish", rounds=rounds, per_s=STALL_PER_S, agents=0, singles=0)
        ages: Counter[float] = Counter()
        kernel_worst = kernel_before
        began = monotonic()
        while ages.total() < rounds * OTHERS and monotonic() - began < seconds + CAUGHT_UP_S_MAX:
            ages += deliveries(clients, min(OTHERS, rounds * OTHERS - ages.total()))
            kernel_worst = max(kernel_worst, kernel_kib())
        server.answer()
        peak = server.ask("memory")["peak_kib"]
        left = server.ask("count")["count"]
    return {
        "stalled_kib_per_client": (peak - before) / STALLED,
        "stalled_open_kib_per_client": (open_kib - before) / STALLED,
        "stalled_kernel_kib_per_client": (kernel_worst - kernel_before) / STALLED,
        "others_p99_ms": age_percentile(ages, 0.99),
        "others_lost": rounds * OTHERS - ages.total(),
        "stalled_left": left - OTHERS,
    }


def allow_many_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 4 * max(count for count, _ in PLANS)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))


def main() -> None:
    allow_many_files()
    runs = 1 if quick() else RUNS
    seconds = 1.0 if quick() else SECONDS
    per_cpu: dict[tuple[str, int], list[float]] = {}
    ages: dict[tuple[str, int], Counter[float]] = {}
    lost = 0
    stalls: list[dict[str, float]] = []
    for run in range(runs):
        for count, per_s in PLANS:
            for kind in KINDS:
                seen = look(kind, count, per_s, seconds)
                per_cpu.setdefault((kind, count), []).append(seen.per_cpu_s)
                ages.setdefault((kind, count), Counter()).update(seen.ages)
                lost += seen.lost
                p99 = age_percentile(seen.ages, 0.99)
                progress(f"run {run + 1}: {kind}, {count}: {seen.per_cpu_s:,.0f}/CPU-s, p99 {p99:.1f} ms")
        stalls.append(stalled_pages(14.0 if quick() else STALL_S))
        progress(f"run {run + 1}: stalled {stalls[-1]}")
    tell(figures(per_cpu, ages, stalls, lost), runs)


def figures(
    per_cpu: dict[tuple[str, int], list[float]],
    ages: dict[tuple[str, int], Counter[float]],
    stalls: list[dict[str, float]],
    lost: int,
) -> dict[str, Any]:
    """Ratios within each run, their median over the runs, the worse of the two sizes."""
    sizes = [count for count, _ in PLANS]

    def ratio(peer: str, count: int) -> float:
        pairs = zip(per_cpu["product", count], per_cpu[peer, count], strict=True)
        return statistics.median(ours / theirs for ours, theirs in pairs)

    found: dict[str, Any] = {
        "fanout_ratio": round(min(ratio("gather", count) for count in sizes), 2),
        "raw_fraction": round(min(ratio("raw", count) for count in sizes), 3),
        "clients": sizes,
        "p99_ms_1000": round(age_percentile(ages["product", 1000], 0.99), 1),
        "p99_ms_3000": round(age_percentile(ages["product", 3000], 0.99), 1),
        "gather_p99_ms_3000": round(age_percentile(ages["gather", 3000], 0.99), 1),
    }
    found |= {key: round(statistics.median(one[key] for one in stalls), 1) for key in stalls[0]}
    for kind in KINDS:
        rates = [round(statistics.median(per_cpu[kind, count])) for count in sizes]
        found[f"{kind}_deliveries_per_cpu_s"] = rates
    return found | {
        "lost": lost,
        "message_bytes": MESSAGE_BYTES,
        "floor_changes_per_s": [per_s for _, per_s in PLANS],
        "agent_events_per_s": [per_s * SINGLES for _, per_s in PLANS],
        "stalled_clients": STALLED,
    }


if __name__ == "__main__":
    main()
