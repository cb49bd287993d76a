"""Every test, in the order in which a failure is cheapest to learn of: `make test`.

    python -m scripts.test                 all stages
    python -m scripts.test cores e2e       only these

The last line of output is the sum over all stages. A stage that could not run because setup could not
get what it needs counts as failed, unless ALLOW_MISSING=1 says that this is expected here.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts.setup import find_browser

ROOT = Path(__file__).resolve().parent.parent
REPORTS = ROOT / ".cache" / "tests"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One run of pytest over `folders`. `workers` 0 runs everything in this one process, in order."""

    name: str
    folders: tuple[str, ...]
    workers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What one stage counted; `seconds` is wall time."""

    passed: int
    failed: int
    skipped: int
    seconds: float


STAGES = (
    Stage(name="cores", folders=("unit", "property", "simulation", "tidy"), workers=2),
    # Real media and real servers: timing matters, so one after another.
    Stage(name="contracts", folders=("contract",), workers=0),
    Stage(name="integration", folders=("integration",), workers=0),
    Stage(name="e2e", folders=("e2e",), workers=0),
)


def run_pytest(stage: Stage) -> Tally:
    """Run one stage and count from its report; a run that left no report counts as one failure."""
    folders = [f"tests/{name}" for name in stage.folders if (ROOT / "tests" / name).is_dir()]
    report = REPORTS / f"{stage.name}.xml"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-q", f"--junit-xml={report}", "--durations=5", *folders]
    if stage.workers:
        command += ["-n", str(stage.workers), "--dist=loadfile"]
    started = time.perf_counter()
    status = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, check=False).returncode
    seconds = time.perf_counter() - started
    if not report.is_file():
        return Tally(passed=0, failed=1, skipped=0, seconds=seconds)
    suites = list(ElementTree.parse(report).getroot().iter("testsuite"))
    count = {
        key: sum(int(s.get(key, "0")) for s in suites) for key in ("tests", "failures", "errors", "skipped")
    }
    failed = count["failures"] + count["errors"]
    if status != 0 and failed == 0:
        failed = 1
    passed = count["tests"] - count["failures"] - count["errors"] - count["skipped"]
    return Tally(passed=max(passed, 0), failed=failed, skipped=count["skipped"], seconds=seconds)


def count_vitest(output: str, status: int) -> tuple[int, int, int]:
    """(passed, failed, skipped) from the last lines of a Vitest run."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", output)
    line = next((row for row in plain.splitlines() if row.strip().startswith("Tests ")), "")

    def figure(word: str) -> int:
        found = re.search(rf"(\d+) {word}", line)
        return int(found.group(1)) if found else 0

    failed = figure("failed")
    return figure("passed"), failed or int(status != 0), figure("skipped")


def run_web() -> Tally:
    """Run the front end's unit tests."""
    npm = shutil.which("npm")
    started = time.perf_counter()
    if npm is None or not (ROOT / "web" / "node_modules").is_dir():
        print("The front end's tests cannot run: its packages are not installed.", flush=True)
        return Tally(passed=0, failed=1, skipped=0, seconds=0.0)
    done = subprocess.run(
        [npm, "run", "--silent", "test"],
        cwd=ROOT / "web",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    print(done.stdout, flush=True)
    passed, failed, skipped = count_vitest(done.stdout, done.returncode)
    return Tally(passed=passed, failed=failed, skipped=skipped, seconds=time.perf_counter() - started)


def run_stages(names: list[str]) -> dict[str, Tally]:
    """Run the chosen stages in order."""
    REPORTS.mkdir(parents=True, exist_ok=True)
    tallies: dict[str, Tally] = {}
    for stage in STAGES:
        if stage.name not in names:
            continue
        if not any((ROOT / "tests" / folder).is_dir() for folder in stage.folders):
            continue
        print(f"\n--- {stage.name} ---", flush=True)
        tallies[stage.name] = run_pytest(stage)
    if "web" in names:
        print("\n--- web ---", flush=True)
        tallies["web"] = run_web()
    return tallies


def summarise(tallies: Mapping[str, Tally], missing: list[str]) -> int:
    """Print one line per stage and the sum as the last line; return the exit status."""
    print()
    for name, tally in tallies.items():
        skipped = f", {tally.skipped} skipped" if tally.skipped else ""
        print(f"{name:12} {tally.passed} passed, {tally.failed} failed{skipped} in {tally.seconds:.0f} s")
    for what in missing:
        print(f"{what}: could not run here; setup says why.")
    excused = os.environ.get("ALLOW_MISSING") == "1"
    failed = sum(t.failed for t in tallies.values()) + (0 if excused else len(missing))
    passed = sum(t.passed for t in tallies.values())
    left_out = sum(t.skipped for t in tallies.values())
    print(f"{passed} passed, {failed} failed, {left_out} skipped")
    return 1 if failed or not passed else 0


def main(arguments: list[str]) -> int:
    """Run the named stages, or all."""
    every = [*(stage.name for stage in STAGES), "web"]
    unknown = [name for name in arguments if name not in every]
    if unknown:
        print(f"Unknown stage: {', '.join(unknown)}. There are {', '.join(every)}.")
        return 2
    names = arguments or every
    missing: list[str] = []
    if "e2e" in names and find_browser() is None:
        names = [name for name in names if name != "e2e"]
        missing.append("e2e (no Chromium)")
    return summarise(run_stages(names), missing)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
