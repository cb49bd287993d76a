"""The virtual day against theory, its speed, and the error of the told wait: `make bench-simulate`.

    day             20,000 calls and 200 agents through router and figures, one process
    erlang          five queues of Erlang C and five of Erlang A, five runs each, pooled
    two skills      Wallace and Whitt's centre on the bare router against exact full pooling
    told wait       steadfast callers of a realistic day: what they were told on joining, what they waited

Runs go to as many processes as there are cores, the timed days alone and first.
"""

from __future__ import annotations

import json
import math
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from typing import Any

from bench.theory import (
    BEGIN,
    ERLANG_A,
    ERLANG_C,
    FULL_POOLING_MIN,
    Cell,
    erlang_run,
    full_pooling_min,
    skills_run,
)
from routing import types as acd
from simulation.day import simulate
from simulation.draws import LogNormal, Patience
from simulation.result import Ending
from simulation.traffic import Caller, Kind, Scenario, draw_callers, in_order, shift
from telephony.clock import monotonic

RUNS = 5
HOUR_S = 3600.0
STEADFAST = 0.05
"""Share of callers who never give up, so that their wait is known to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    runs: int
    day_calls: int
    erlang_calls: int
    """Per run and cell."""
    skills_calls: int
    """Per run."""
    told_calls: int


FULL = Size(runs=RUNS, day_calls=20_000, erlang_calls=80_000, skills_calls=420_000, told_calls=20_000)
QUICK = Size(runs=1, day_calls=20_000, erlang_calls=20_000, skills_calls=200_000, told_calls=6_000)


def realistic_day(calls: int, seed: int) -> Scenario:
    """Ten queues, 200 agents in three shifts with three queues each, two peaks, three tiers of customers."""
    agents = 200 * calls // 20_000
    queues = tuple(
        acd.QueuePolicy(
            queue_id=f"q{q}",
            name=f"Queue {q}",
            requirements=(acd.Requirement(skill=f"s{q}", level=2),),
            weight=int(q == 9),
            announcements=acd.Announcements(every=timedelta(seconds=45)),
        )
        for q in range(10)
    )
    served = [(number % 10, (number + 1) % 10, (number + 3) % 10) for number in range(agents)]
    people = tuple(
        acd.AgentProfile(
            agent_id=f"a{number:03d}",
            name=f"Agent {number}",
            queues=frozenset(f"q{q}" for q in qs),
            skills={f"s{q}": 3 + (number + q) % 6 for q in qs},
        )
        for number, qs in enumerate(served)
    )
    half_hours = [0.0] * 16 + [2, 3.5, 5, 5.6, 5.8, 5.4, 5, 4.6, 4.4, 4.6, 5, 4.8, 4.2, 3.8, 3.2, 2.6, 2, 1.4]
    total = sum(half_hours)
    kinds = [
        Kind(
            name=f"k{q}",
            queue_id=f"q{q}",
            slots=tuple(calls / 10 * share / total for share in half_hours),
            talk=LogNormal(mean_s=180.0 + 12.0 * q),
            patience=Patience(mean_s=300.0),
            tier_patience={"gold": Patience(mean_s=420.0), "bronze": Patience(mean_s=200.0)},
            tiers={"gold": 0.15, "silver": 0.35, "bronze": 0.5},
        )
        for q in range(10)
    ]
    acts = []
    for number, person in enumerate(people):
        begin_s = (8 + number % 3 / 2) * HOUR_S
        lunch_s = (11.5 + number % 8 / 4) * HOUR_S
        acts += shift(
            person.agent_id, begin_s, begin_s + 9 * HOUR_S, [(lunch_s, lunch_s + HOUR_S / 2, "lunch")]
        )
    return Scenario(
        begin=BEGIN,
        policies=acd.PoliciesChanged(queues=queues, agents=people),
        callers=draw_callers(kinds, seed),
        acts=in_order(acts),
    )


def timed_day(calls: int, seed: int) -> dict[str, Any]:
    scenario = realistic_day(calls, seed)
    began = monotonic()
    result = simulate(scenario, seed)
    return {"seconds": monotonic() - began, "calls": len(scenario.callers), "decisions": result.decisions}


def told_day(calls: int, seed: int) -> dict[str, Any]:
    """Of steadfast callers who had to wait: sums of waits, told waits and errors, in seconds."""
    scenario = realistic_day(calls, seed)
    chance = Random(seed)
    steadfast: set[str] = set()
    callers: list[Caller] = []
    for caller in scenario.callers:
        if chance.random() < STEADFAST:
            steadfast.add(caller.contact_id)
            caller = replace(caller, patience_s=math.inf, startle_s=0.0)
        callers.append(caller)
    fates = simulate(replace(scenario, callers=callers), seed, tell_waits=True).fates
    told = [
        (fate, fate.told_s)
        for contact_id, fate in fates.items()
        if contact_id in steadfast and fate.told_s is not None and fate.ending is Ending.ANSWERED
    ]
    return {
        "callers": len(told),
        "wait_s": sum(fate.wait_s for fate, _ in told),
        "told_s": sum(told_s for _, told_s in told),
        "error_s": sum(abs(told_s - fate.wait_s) for fate, told_s in told),
        "rounded_error_s": sum(abs(math.ceil(told_s / 60.0) * 60.0 - fate.wait_s) for fate, told_s in told),
        "inside": sum(fate.told_low_s <= fate.wait_s <= fate.told_high_s for fate, _ in told),
    }


# --- putting the runs together --------------------------------------------------------------------


def pooled(cell: Cell, runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """One cell's runs beside its theory."""
    batches = [batch for run in runs for batch in run["batches"] if batch[0]]
    calls = sum(batch[0] for batch in batches)
    level = sum(batch[1] for batch in batches) / calls
    wait_s = sum(batch[2] for batch in batches) / calls
    error_s = statistics.stdev(batch[2] / batch[0] for batch in batches) / math.sqrt(len(batches))
    theory = cell.theory()
    return {
        "cell": cell.name,
        "calls": calls,
        "service_level": round(level, 5),
        "service_level_theory": round(theory.service_level, 5),
        "mean_wait_s": round(wait_s, 3),
        "mean_wait_theory_s": round(theory.asa_s, 3),
        "wait_standard_errors": round((wait_s - theory.asa_s) / error_s, 2),
    }


def greatest(cells: Sequence[dict[str, Any]]) -> float:
    return max(abs(float(cell["service_level"]) - float(cell["service_level_theory"])) for cell in cells)


def figures(size: Size, done: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    erlang_c = [pooled(cell, done[cell.name]) for cell in ERLANG_C]
    erlang_a = [pooled(cell, done[cell.name]) for cell in ERLANG_A]
    skills, told = done["two skills"], done["told wait"]
    served = sum(run["served"] for run in skills)
    two_skills_min = sum(run["wait_s"] for run in skills) / served / 60.0
    wait_s = sum(run["wait_s"] for run in told)
    callers = sum(run["callers"] for run in told)
    return {
        "day_seconds": round(statistics.median(run["seconds"] for run in done["day"]), 2),
        "day_calls": done["day"][0]["calls"],
        "day_agents": 200 * size.day_calls // 20_000,
        "erlang_c_error": round(greatest(erlang_c), 5),
        "erlang_a_error": round(greatest(erlang_a), 5),
        "wait_standard_errors_max": max(abs(cell["wait_standard_errors"]) for cell in erlang_c + erlang_a),
        "two_skill_wait_ratio": round(two_skills_min / FULL_POOLING_MIN, 4),
        "two_skill_wait_min": round(two_skills_min, 4),
        "two_skill_calls": served,
        "full_pooling_exact_min": round(full_pooling_min(), 4),
        "wait_estimate_error": round(sum(run["error_s"] for run in told) / wait_s, 4),
        "wait_estimate_error_rounded_up": round(sum(run["rounded_error_s"] for run in told) / wait_s, 4),
        "wait_estimate_mean_ratio": round(sum(run["told_s"] for run in told) / wait_s, 4),
        "wait_estimate_in_range": round(sum(run["inside"] for run in told) / callers, 4),
        "wait_estimate_callers": callers,
        "erlang_c_cells": erlang_c,
        "erlang_a_cells": erlang_a,
    }


def measure(size: Size, workers: int) -> dict[str, Any]:
    done: dict[str, list[dict[str, Any]]] = {}
    with ProcessPoolExecutor(max_workers=workers) as pool:
        for seed in range(size.runs):
            run = pool.submit(timed_day, size.day_calls, seed).result()
            done.setdefault("day", []).append(run)
            progress(f"day {seed + 1} of {size.runs}: {run['calls']} calls in {run['seconds']:.1f} s")
        waiting: dict[Future[dict[str, Any]], str] = {}

        def submit(name: str, task: Callable[..., dict[str, Any]], *arguments: Any) -> None:
            for seed in range(size.runs):
                waiting[pool.submit(task, *arguments, seed + 1)] = name

        submit("two skills", skills_run, 2, size.skills_calls)
        for cell in (*ERLANG_C, *ERLANG_A):
            submit(cell.name, erlang_run, cell, size.erlang_calls)
        submit("told wait", told_day, size.told_calls)
        for number, future in enumerate(as_completed(waiting), start=1):
            done.setdefault(waiting[future], []).append(future.result())
            progress(f"{number} of {len(waiting)} runs: {waiting[future]}")
    return figures(size, done)


def progress(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def commit() -> str:
    found = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return found.stdout.strip() or "unknown"


def main() -> None:
    quick = bool(os.environ.get("QUICK"))
    size = QUICK if quick else FULL
    began = monotonic()
    found = measure(size, workers=os.cpu_count() or 1)
    found |= {
        "commit": commit(),
        "python": platform.python_version(),
        "cpus": os.cpu_count(),
        "runs": size.runs,
        "quick": quick,
        "took_s": round(monotonic() - began, 1),
    }
    if quick:
        found["shrunk"] = {
            "erlang_calls": size.erlang_calls,
            "skills_calls": size.skills_calls,
            "told_calls": size.told_calls,
        }
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
