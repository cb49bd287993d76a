"""Killed with -9 in the middle of its commits: nothing confirmed is lost, nothing is half written."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from collections import Counter
from pathlib import Path

import pytest

from app.engine.lease import free_lease
from tests.integration.engine.conftest import Build, Stage

ROOT = Path(__file__).resolve().parents[3]
KILLS = 5
SEED = 1119


@pytest.mark.parametrize("kills", [KILLS, pytest.param(100, marks=pytest.mark.soak)])
@pytest.mark.timeout(1800)
async def test_kill_9_loses_nothing_and_leaves_nothing_half_written(
    build: Build, database_url: str, kills: int
) -> None:
    chance = random.Random(SEED)
    confirmed: Counter[str] = Counter()
    performed: list[str] = []
    for number in range(kills):
        lines = await _run_and_kill(database_url, f"child-{number}", chance.randrange(20, 400))
        confirmed.update(f"{contact}" for kind, contact, _ in lines if kind == "typed")
        performed += [name for kind, name, _ in lines if kind == "did"]
        stage = build()
        await free_lease(stage.database, f"child-{number}")
        await stage.engine.start()
        await stage.engine.idle()
        await _check_books(stage, confirmed)
        performed += stage.world.done
        await stage.engine.stop()
    assert sum(confirmed.values()) > kills * 5
    await _check_effects(stage, performed)


async def _run_and_kill(url: str, owner: str, lines_before: int) -> list[tuple[str, str, str]]:
    """Let a child work until it has said so many lines, then kill it. Returns all that it said."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.integration.engine.crash_child",
        url,
        owner,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONWARNINGS": "ignore"},
    )
    assert child.stdout is not None
    assert child.stderr is not None
    said: list[str] = []
    try:
        while len(said) < lines_before:
            line = await asyncio.wait_for(child.stdout.readline(), 60)
            assert line, (await child.stderr.read()).decode()
            said.append(line.decode().rstrip("\n"))
    finally:
        child.send_signal(signal.SIGKILL)
        rest = (await child.stdout.read()).decode()
        await child.wait()
    # The last line may be cut off in the middle; a confirmation counts only when it is whole.
    said += rest.split("\n")[:-1]
    words = [line.split() for line in said]
    return [(line[0], line[1], "") for line in words if len(line) > 1]


async def _check_books(stage: Stage, confirmed: Counter[str]) -> None:
    """Rows, log and memory tell the same story, and it holds all that was confirmed."""
    events = await stage.rows("SELECT position, kind, contact_id FROM events ORDER BY position")
    assert [position for position, _, _ in events] == list(range(1, len(events) + 1))
    logged = Counter(contact for _, kind, contact in events if kind == "digit.pressed")
    typed = {contact: len(digits) for contact, digits in stage.domain.digits.items()}
    assert typed == dict(logged)
    for contact, count in confirmed.items():
        assert typed[contact] >= count
    # A child has eight workers, each with at most one command whose confirmation it did not get out.
    answered = await stage.value("SELECT count(*) FROM command_results WHERE client_id NOT LIKE '%-e%'")
    assert answered == sum(logged.values())


async def _check_effects(stage: Stage, performed: list[str]) -> None:
    """No effect that may happen once happened twice, and each that must happen did."""
    rows = await stage.rows("SELECT effect_id, recovery, state FROM effects")
    times = Counter(performed)
    for effect_id, recovery, state in rows:
        if recovery == "once":
            assert times[effect_id] <= 1, effect_id
            assert state in ("done", "uncertain"), (effect_id, state)
        elif recovery == "repeat":
            assert times[effect_id] >= 1, effect_id
            assert state == "done"
        else:
            assert times[effect_id] <= 1
            assert state in ("done", "dropped")
    assert {effect_id for effect_id in times} <= {row[0] for row in rows}
