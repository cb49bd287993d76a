"""The router under a million random steps, with every fault there is: `make soak-routing`.

    python -m tests.soak.routing [--seed N] [--steps N] [--processes N]

Lives of the small centre of `tests.property.routing`, one after the other, each judged step by step by the
oracle: events are lost, repeated, delayed and reordered, the process dies before and after its writes and
starts again from the store. A violation is printed with the seed of its life and its last events; `--life
SEED` plays that life again. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from random import Random

from telephony.clock import monotonic
from tests.property.routing.books import Violation
from tests.property.routing.life import Life

STEPS = 1_000_000
STEPS_OF_LIFE = 500
LIVES_OF_TASK = 10
REPORT_EVERY_S = 10.0
VIOLATIONS_MAX = 10
"""So many, and the soak ends early."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Some lives, one after the other."""

    steps: int
    events: int
    crashes: int
    violations: tuple[str, ...]


def live(first_seed: int, lives: int, steps: int) -> Outcome:
    """Lives with consecutive seeds. A life that breaks a rule ends there."""
    done = events = crashes = 0
    violations: list[str] = []
    for seed in range(first_seed, first_seed + lives):
        chance, life = Random(seed), Life()
        try:
            life.open(chance)
            for _ in range(steps):
                life.step(chance)
                done += 1
        except Exception as fault:
            kind = "" if isinstance(fault, Violation) else f"{type(fault).__name__}: "
            last = "\n    ".join(life.last)
            violations.append(f"life {seed}, event {life.events}: {kind}{fault}\n    {last}")
        events += life.events
        crashes += life.crashes
    return Outcome(steps=done, events=events, crashes=crashes, violations=tuple(violations))


def outcomes(seed: int, steps: int, processes: int) -> Iterator[Outcome]:
    """Until so many steps are done, in several processes."""
    with ProcessPoolExecutor(processes) as pool:
        running: set[Future[Outcome]] = set()
        first, begun = seed, 0
        while begun < steps or running:
            while begun < steps and len(running) < 2 * processes:
                lives = min(LIVES_OF_TASK, -(-(steps - begun) // STEPS_OF_LIFE))
                running.add(pool.submit(live, first, lives, STEPS_OF_LIFE))
                first += lives
                begun += lives * STEPS_OF_LIFE
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()


def main() -> int:
    asked = _arguments()
    _say(f"seed {asked.seed}")
    if asked.life is not None:
        outcome = live(asked.life, 1, STEPS_OF_LIFE)
        _say("\n".join(outcome.violations) or "no violation")
        return bool(outcome.violations)
    began_s = reported_s = monotonic()
    steps = events = crashes = 0
    violations: list[str] = []
    for outcome in outcomes(asked.seed, asked.steps, asked.processes):
        steps += outcome.steps
        events += outcome.events
        crashes += outcome.crashes
        violations += outcome.violations
        for violation in outcome.violations:
            _say(violation)
        if monotonic() - reported_s >= REPORT_EVERY_S:
            reported_s = monotonic()
            _say(f"{steps:,} steps, {crashes:,} restarts, {len(violations)} violations")
        if len(violations) >= VIOLATIONS_MAX:
            break
    told = {
        "seed": asked.seed,
        "steps": steps,
        "events": events,
        "restarts": crashes,
        "violations": len(violations),
        "processes": asked.processes,
        "took_s": round(monotonic() - began_s, 1),
    }
    sys.stdout.write(json.dumps(told) + "\n")
    return bool(violations)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="The router under random steps with faults.")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**9), help="of the first life")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--life", type=int, help="play only the life with this seed")
    return parser.parse_args()


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
