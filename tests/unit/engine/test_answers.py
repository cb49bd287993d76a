"""One client id, one answer."""

from __future__ import annotations

import asyncio

import pytest

from app.engine.answers import Answers
from app.engine.commit import CommandResult


def _result(client_id: str) -> CommandResult:
    return CommandResult(client_id=client_id, ok=True)


async def test_everybody_who_waits_for_an_id_shares_one_promise() -> None:
    answers = Answers()
    promise = answers.expect("a")
    assert answers.known("a") is promise
    answers.give(_result("a"))
    assert await promise == _result("a")
    later = answers.known("a")
    assert later is not None
    assert await later == _result("a")


async def test_only_so_many_answers_are_remembered() -> None:
    answers = Answers(recent_max=2)
    answers.remember(_result(name) for name in "abc")
    assert answers.known("a") is None
    assert answers.known("b") is not None
    assert answers.known("c") is not None


async def test_what_was_not_queued_is_forgotten() -> None:
    answers = Answers()
    answers.expect("a")
    answers.forget("a")
    assert answers.known("a") is None


async def test_the_end_of_the_engine_reaches_whoever_waits() -> None:
    answers = Answers()
    waiting, gone = answers.expect("a"), answers.expect("b")
    gone.cancel()
    answers.break_off(RuntimeError("stopped"))
    with pytest.raises(RuntimeError, match="stopped"):
        await waiting
    assert answers.known("a") is None
    await asyncio.sleep(0)
