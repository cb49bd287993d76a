"""The inbox is bounded: commands are refused, observers wait, telephony comes again from its journal."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from app.engine.commit import CommandInput, EffectSettled, Observation, TelephonyInput
from app.engine.inbox import Inbox
from app.engine.limits import EngineBusy, Limits
from telephony.port import LinkChanged

AT = datetime(2026, 11, 19, 10, 43, tzinfo=UTC)


def _event(sequence: int, backend: str = "webrtc") -> TelephonyInput:
    return TelephonyInput(backend=backend, sequence=sequence, at=AT, event=LinkChanged(up=True))


def _command(client_id: str) -> CommandInput:
    return CommandInput(client_id=client_id, body=None)


def _sequences(inbox: Inbox, limit: int = 1000) -> list[int]:
    return [one.sequence for one in inbox.take(limit) if isinstance(one, TelephonyInput)]


async def test_inputs_come_out_in_the_order_they_came_in() -> None:
    inbox = Inbox(Limits())
    inputs = [_event(1), _command("a"), _event(2), Observation(body=1), _event(3)]
    inbox.put_telephony(_event(1))
    inbox.put_command(_command("a"))
    inbox.put_telephony(_event(2))
    await inbox.put_observation(Observation(body=1))
    inbox.put_telephony(_event(3))
    assert inbox.take(2) + inbox.take(10) == inputs


def test_too_many_commands_are_refused_until_some_are_taken() -> None:
    inbox = Inbox(Limits(commands_max=2))
    inbox.put_command(_command("a"))
    inbox.put_command(_command("b"))
    with pytest.raises(EngineBusy):
        inbox.put_command(_command("c"))
    # Telephony and answers have their own room.
    assert inbox.put_telephony(_event(1))
    inbox.put_settled(EffectSettled(effect_id="e", kind="ring", ok=True))
    inbox.take(1)
    inbox.put_command(_command("c"))
    assert len(inbox) == 4


async def test_an_observer_waits_for_room() -> None:
    inbox = Inbox(Limits(observations_max=1))
    await inbox.put_observation(Observation(body=1))
    waiting = asyncio.create_task(inbox.put_observation(Observation(body=2)))
    await asyncio.sleep(0)
    assert not waiting.done()
    inbox.take(1)
    await waiting
    assert inbox.take(5) == [Observation(body=2)]


def test_what_does_not_fit_is_refused_with_all_that_follows_and_taken_in_again_in_order() -> None:
    inbox = Inbox(Limits(telephony_max=4))
    taken = [inbox.put_telephony(_event(n)) for n in range(1, 8)]
    assert taken == [True] * 4 + [False] * 3
    assert inbox.to_redeliver() == []
    first = _sequences(inbox, 2)
    # There is room again, but 5 comes before 8.
    assert not inbox.put_telephony(_event(8))
    assert inbox.to_redeliver() == ["webrtc"]
    inbox.start_journal("webrtc", acknowledged=2)
    assert inbox.to_redeliver() == []
    redelivered = [inbox.put_telephony(_event(n)) for n in range(3, 7)]
    assert redelivered == [True] * 4
    assert first + _sequences(inbox) == [1, 2, 3, 4, 5, 6]


def test_one_back_end_that_is_refused_does_not_stop_another() -> None:
    inbox = Inbox(Limits(telephony_max=2))
    for n in (1, 2, 3):
        inbox.put_telephony(_event(n))
    inbox.take(10)
    assert inbox.put_telephony(_event(1, "asterisk"))
    assert inbox.to_redeliver() == ["webrtc"]


def test_a_repeated_event_is_dropped() -> None:
    inbox = Inbox(Limits())
    inbox.start_journal("webrtc", acknowledged=10)
    assert all(inbox.put_telephony(_event(n)) for n in (9, 10, 11, 11, 12, 11))
    assert _sequences(inbox) == [11, 12]
    assert inbox.taken("webrtc") == 12


def test_numbers_that_a_journal_left_out_are_not_missed() -> None:
    inbox = Inbox(Limits())
    assert all(inbox.put_telephony(_event(n)) for n in (1, 3, 7))
    assert inbox.to_redeliver() == []
    assert _sequences(inbox) == [1, 3, 7]


async def test_wait_returns_for_an_input_or_a_wake() -> None:
    inbox = Inbox(Limits())
    waiting = asyncio.create_task(inbox.wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    inbox.wake()
    await waiting
    inbox.put_command(_command("a"))
    await inbox.wait()
    inbox.take(1)
    again = asyncio.create_task(inbox.wait())
    await asyncio.sleep(0)
    assert not again.done()
    again.cancel()
