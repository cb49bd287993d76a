"""The parts of the store that need no database."""

from __future__ import annotations

import asyncio
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.store.columns import dump_json, load_json, storable
from app.store.driver import several_connections_are_safe
from app.store.repositories.search import fold, number_forms
from app.store.turn import WriteTurn


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 4), True),
        ((4, 0, 0), True),
    ],
)
def test_which_sqlite_may_have_several_connections(version: tuple[int, int, int], safe: bool) -> None:
    assert several_connections_are_safe(version) is safe


def test_read_only_mappings_and_tuples_become_json() -> None:
    value = MappingProxyType({"a": (1, 2), "b": MappingProxyType({"c": None})})
    assert load_json(dump_json(value)) == {"a": [1, 2], "b": {"c": None}}


def test_what_json_has_no_word_for_is_refused() -> None:
    with pytest.raises(TypeError):
        dump_json({"a": object()})


@given(st.text(max_size=50) | st.just("\ud800\x00"))
def test_storable_text_has_no_nul_and_can_be_encoded(text: str) -> None:
    stored = storable(text)
    assert "\x00" not in stored
    stored.encode("utf-8")


def test_stored_text_and_typed_text_are_folded_alike() -> None:
    assert fold(["Siân PRITCHARD", None, "BW-204-7713"]) == "sian pritchard bw-204-7713 bw2047713"
    assert number_forms("+447700900142") == ["+447700900142", "07700 900142"]
    assert number_forms("withheld") == ["withheld"]


async def test_an_engine_goes_before_requests_that_wait() -> None:
    turn = WriteTurn()
    order: list[str] = []

    async def take(name: str, *, engine: bool) -> None:
        await turn.acquire(engine=engine)
        order.append(name)
        await asyncio.sleep(0)
        turn.release()

    await turn.acquire(engine=False)
    waiting = [
        asyncio.create_task(take("request 1", engine=False)),
        asyncio.create_task(take("request 2", engine=False)),
        asyncio.create_task(take("engine", engine=True)),
    ]
    await asyncio.sleep(0)
    turn.release()
    await asyncio.gather(*waiting)
    assert order == ["engine", "request 1", "request 2"]


async def test_whoever_stops_waiting_gives_its_turn_on() -> None:
    turn = WriteTurn()
    await turn.acquire(engine=False)
    first = asyncio.create_task(turn.acquire(engine=False))
    second = asyncio.create_task(turn.acquire(engine=False))
    await asyncio.sleep(0)
    turn.release()
    first.cancel()  # it has just been given the turn
    with pytest.raises(asyncio.CancelledError):
        await first
    async with asyncio.timeout(5):
        await second
    third = asyncio.create_task(turn.acquire(engine=True))
    await asyncio.sleep(0)
    third.cancel()
    await asyncio.wait([third])
    turn.release()
    async with asyncio.timeout(5):
        await turn.acquire(engine=False)
