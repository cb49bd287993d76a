"""A fault in one input costs that input alone: it is parked, and everybody else goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.engine.commit import Row
from app.store.database import Database
from app.store.errors import StoreUnavailable
from tests.fixtures.small_centre import Press, Raise, StaySilent, WriteRows, offer_row
from tests.integration.engine.conftest import Build, Stage, until


async def _together(stage: Stage, *commands: object) -> list[Any]:
    async with asyncio.TaskGroup() as group:
        sent = [
            group.create_task(stage.engine.submit(command, client_id=f"k{n}"))
            for n, command in enumerate(commands)
        ]
    return [task.result() for task in sent]


@pytest.mark.parametrize(
    "culprit",
    [
        pytest.param(Raise(), id="the domain raises"),
        pytest.param(StaySilent(), id="the domain gives no answer"),
        pytest.param(WriteRows((Row(table="nowhere", key="x", values={}),)), id="an unknown table"),
        pytest.param(
            WriteRows((Row(table="offers", key="o", values={"made_at": "noon"}),)), id="a wrong type"
        ),
        pytest.param(
            WriteRows((Row(table="calls", key="c", values={"body": {"x": object()}}),)),  # type: ignore[dict-item]
            id="no JSON",
        ),
        pytest.param(Raise("NUL \x00 and a lone surrogate \ud800"), id="text no database takes"),
    ],
)
async def test_the_culprit_is_parked_and_the_others_are_carried_out(stage: Stage, culprit: object) -> None:
    before, bad, after = await _together(stage, Press("ct_1", "1"), culprit, Press("ct_1", "2"))
    assert before.ok
    assert after.ok
    assert (bad.ok, bad.error_code) == (False, "internal")
    assert stage.domain.digits == {"ct_1": "12"}
    assert await stage.rows("SELECT kind FROM parked_inputs") == [(f"CommandInput {type(culprit).__name__}",)]
    assert [event.event.kind for event in stage.published] == [
        "digit.pressed",
        "engine.input_parked",
        "digit.pressed",
    ]
    assert stage.engine.stats.parked == 1
    # The answer is kept: whoever sends the command again is not served a second fault.
    assert await stage.engine.submit(culprit, client_id="k1") == bad
    assert stage.engine.stats.parked == 1


async def test_nothing_of_a_refused_batch_stays_in_memory(stage: Stage) -> None:
    await _together(stage, Raise(), Press("ct_1", "1"))
    assert "broken" not in stage.domain.digits
    assert len(stage.domains) > 1


async def test_a_row_that_breaks_an_invariant_of_the_database_is_parked(stage: Stage) -> None:
    now = stage.engine._clock.now()
    first = WriteRows((offer_row("o_1", "amina", "ct_1", now),))
    second = WriteRows((offer_row("o_2", "amina", "ct_2", now),))
    good, bad = await _together(stage, first, second)
    assert good.ok
    assert bad.error_code == "internal"
    assert await stage.rows("SELECT offer_id FROM offers") == [("o_1",)]


async def test_a_telephony_event_that_is_parked_is_not_delivered_again(build: Build) -> None:
    stage = build()
    await stage.engine.start()
    stage.engine.sink("webrtc")

    class Hostile(str):
        __slots__ = ()

        def __add__(self, other: str) -> str:
            raise RuntimeError("cannot be typed")

        __radd__ = __add__

    stage.journal.press(stage.engine, "leg_1", "1", 1)
    stage.journal.press(stage.engine, "leg_1", Hostile("2"), 2)
    stage.journal.press(stage.engine, "leg_1", "3", 3)
    await until(lambda: stage.journal.acknowledged == 3)
    assert stage.domain.digits == {"leg_1": "13"}
    assert await stage.rows("SELECT kind FROM parked_inputs") == [("TelephonyInput DigitPressed",)]


class FlakyDatabase(Database):
    """A database that breaks off, before the commit or after it, as a network does."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.break_before = 0
        self.break_after = 0

    async def write(self, work: Any) -> Any:
        if self.break_before:
            self.break_before -= 1
            raise StoreUnavailable("the line went dead before the commit")
        done = await super().write(work)
        if self.break_after:
            self.break_after -= 1
            raise StoreUnavailable("the line went dead after the commit")
        return done


@pytest.fixture
async def flaky(database_url: str) -> AsyncIterator[FlakyDatabase]:
    """Ask for it before `build`: what is made first is closed last."""
    opened = FlakyDatabase(database_url)
    yield opened
    await opened.close()


@pytest.mark.parametrize("moment", ["break_before", "break_after"])
async def test_a_batch_is_written_exactly_once_however_the_commit_breaks_off(
    flaky: FlakyDatabase, build: Build, moment: str
) -> None:
    stage = build(on=flaky)
    await stage.engine.start()
    await stage.engine.submit(Press("ct_1", "1"), client_id="k1")
    setattr(flaky, moment, 3)
    assert (await stage.engine.submit(Press("ct_1", "2"), client_id="k2")).ok
    assert (await stage.engine.submit(Press("ct_1", "3"), client_id="k3")).ok
    assert stage.domain.digits == {"ct_1": "123"}
    assert await stage.value("SELECT count(*) FROM events") == 3
    assert [event.position for event in stage.published] == [1, 2, 3]
    assert len(stage.domains) == 1
    assert stage.engine.stats.parked == 0


async def test_while_the_database_is_away_commands_wait_and_stats_say_so(
    flaky: FlakyDatabase, build: Build
) -> None:
    stage = build(on=flaky)
    await stage.engine.start()
    flaky.break_before = 1_000_000
    waiting = asyncio.create_task(stage.engine.submit(Press("ct_1", "1"), client_id="k1"))
    await until(lambda: stage.engine.stats.store_down_since is not None)
    assert not waiting.done()
    flaky.break_before = 0
    assert (await waiting).ok
    assert stage.engine.stats.store_down_since is None
