"""Run every benchmark and write docs/benchmarks.md: `make bench`.

    python -m scripts.benchmarks               all
    python -m scripts.benchmarks media         only this

Each benchmark is a module `bench.NAME` that prints one JSON object as its last line; progress goes to
standard error. A goal that is missed is shown as missed, not hidden.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """`key` of the result should be at least (`>=`) or at most (`<=`) `bound`."""

    key: str
    sign: str
    bound: float

    def met(self, result: Mapping[str, Any]) -> bool:
        """Whether the result has the key and reaches the bound."""
        value = result.get(self.key)
        if not isinstance(value, int | float):
            return False
        return value >= self.bound if self.sign == ">=" else value <= self.bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """One `bench.NAME`. `about` is the sentence above its table."""

    name: str
    about: str
    goals: tuple[Goal, ...]


BENCHMARKS = (
    Benchmark(
        name="media",
        about="Calls that one pinned core of the built-in voice carries with losses under 0.1%, packets of "
        "20 ms, against a bare relay of UDP packets in the same run.",
        goals=(
            Goal(key="calls_per_core_bridged", sign=">=", bound=150),
            Goal(key="calls_per_core_recorded", sign=">=", bound=100),
            Goal(key="added_delay_ms_p50", sign="<=", bound=1),
        ),
    ),
    Benchmark(
        name="call",
        about="From joining the queue to the ring in the agent's page, commits included, against a loop that "
        "looks once a second in the same run.",
        goals=(
            Goal(key="join_to_ring_ms_p99", sign="<=", bound=250),
            Goal(key="calls", sign=">=", bound=200),
            Goal(key="lost", sign="<=", bound=0),
        ),
    ),
    Benchmark(
        name="routing",
        about="Decisions of the whole router in a full house: an agent becomes free and is offered the first "
        "of all whom he may serve, the record included; against the same core with a linear search in the "
        "same run. Then committed, and from becoming free to the committed offer at 500 events a second.",
        goals=(
            Goal(key="decisions_per_s", sign=">=", bound=50_000),
            Goal(key="p99_ms", sign="<=", bound=1),
            Goal(key="p999_ms", sign="<=", bound=5),
            Goal(key="scan_ratio", sign=">=", bound=30),
            Goal(key="growth_1k_10k", sign="<=", bound=1.5),
            Goal(key="free_to_offer_sqlite_ms_p99", sign="<=", bound=10),
            Goal(key="free_to_offer_postgres_ms_p99", sign="<=", bound=10),
        ),
    ),
    Benchmark(
        name="sockets",
        about="Fan-out of 300-byte changes of the floor and of agents' events to 1,000 and 3,000 pages, by "
        "the server's processor time, against `gather(send_json)` and against bare transports in the same "
        "run; and a thousand pages that never read.",
        goals=(
            Goal(key="fanout_ratio", sign=">=", bound=2.5),
            Goal(key="raw_fraction", sign=">=", bound=0.3),
            Goal(key="stalled_kib_per_client", sign="<=", bound=64),
            Goal(key="others_p99_ms", sign="<=", bound=250),
        ),
    ),
    Benchmark(
        name="simulate",
        about="The virtual day on the production router: its speed, its distance from Erlang's formulas and "
        "from exact full pooling, and how far the told wait is from the waited one.",
        goals=(
            Goal(key="day_seconds", sign="<=", bound=20),
            Goal(key="erlang_c_error", sign="<=", bound=0.01),
            Goal(key="erlang_a_error", sign="<=", bound=0.01),
            Goal(key="wait_standard_errors_max", sign="<=", bound=3),
            Goal(key="two_skill_wait_ratio", sign="<=", bound=1.35),
        ),
    ),
)


def run(benchmark: Benchmark) -> dict[str, Any] | None:
    """Its JSON object, or None when it failed; what it says goes on to our standard error."""
    print(f"--- bench-{benchmark.name}", file=sys.stderr, flush=True)
    done = subprocess.run(
        [sys.executable, "-m", f"bench.{benchmark.name}"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    last = done.stdout.strip().splitlines()[-1:]
    if done.returncode != 0 or not last:
        return None
    print(last[0], flush=True)
    found = json.loads(last[0])
    return found if isinstance(found, dict) else None


def section(benchmark: Benchmark, result: Mapping[str, Any] | None) -> str:
    """One benchmark's part of the page."""
    head = f"## bench-{benchmark.name}\n\n{benchmark.about}\n\n"
    if result is None:
        return head + "It failed to run.\n"
    goals = {goal.key: goal for goal in benchmark.goals}
    lines = ["| key | value | goal | |", "|---|---|---|---|"]
    for key in [*goals, *(key for key in result if key not in goals)]:
        goal = goals.get(key)
        aim = f"{goal.sign} {goal.bound:g}" if goal else ""
        word = ("met" if goal.met(result) else "**missed**") if goal else ""
        lines.append(f"| `{key}` | {shown(result.get(key))} | {aim} | {word} |")
    return head + "\n".join(lines) + "\n"


def shown(value: object) -> str:
    """A value as the page prints it."""
    if isinstance(value, float):
        return f"{value:.4g}"
    return "none" if value is None else str(value).replace("|", "\\|")


def page(results: Sequence[tuple[Benchmark, Mapping[str, Any] | None]]) -> str:
    """The whole of docs/benchmarks.md."""
    quick = (
        " These are quick runs (`QUICK=1`): a first look, not a measurement."
        if os.environ.get("QUICK")
        else ""
    )
    intro = (
        "# Benchmarks\n\n"
        "Written by `make bench`; each part can be run by itself, `make bench-media` for instance. Machines "
        f"are shared and noisy, so the ratios count more than the figures.{quick}\n\n"
        f"Machine: {platform.machine()}, {os.cpu_count()} cores, {platform.system()}, "
        f"Python {platform.python_version()}.\n\n"
    )
    return intro + "\n".join(section(benchmark, result) for benchmark, result in results)


def main(arguments: list[str]) -> int:
    """Run the named benchmarks, or all; the page is written only when all ran."""
    unknown = set(arguments) - {benchmark.name for benchmark in BENCHMARKS}
    if unknown:
        print(f"No such benchmark: {', '.join(sorted(unknown))}.", file=sys.stderr)
        return 2
    chosen = [benchmark for benchmark in BENCHMARKS if not arguments or benchmark.name in arguments]
    results = [(benchmark, run(benchmark)) for benchmark in chosen]
    if not arguments:
        PAGE.write_text(page(results), encoding="utf-8")
        print(f"Written: {PAGE.relative_to(ROOT)}", file=sys.stderr)
    failed = [benchmark.name for benchmark, result in results if result is None]
    if failed:
        print(f"Failed to run: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
