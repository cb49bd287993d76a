"""What every back end must do for whoever is in control, for the next one, and without any."""

from __future__ import annotations

from datetime import UTC

import pytest

from telephony.port import (
    Answer,
    BackendDown,
    CallArrived,
    Collect,
    DigitPressed,
    Hangup,
    Hold,
    LegConnected,
    LegEndCause,
    LegEnded,
    LegKind,
    LinkChanged,
    Play,
    StaleEpoch,
)
from tests.contract.conftest import Control, Parties
from tests.contract.harness import MUSIC, Harness

LONG_S = 30.0


# --- control ----------------------------------------------------------------------------------------


async def test_events_are_numbered_without_a_gap_and_dated(control: Control, talking: Parties) -> None:
    await control.harness.hang_up(talking.caller)
    await control.until(LegEnded, leg_id=talking.caller)
    sequences = [sequence for sequence, _, _ in control.told]
    assert sequences == list(range(1, len(sequences) + 1))
    instants = [at for _, at, _ in control.told]
    assert instants == sorted(instants)
    assert all(at.tzinfo is UTC for at in instants)


async def test_the_snapshot_says_what_is_live(control: Control, talking: Parties) -> None:
    held = await control.harness.call(ani="+447700900218", dnis="200", attributes={"topic": "Billing"})
    await control.until(CallArrived, leg_id=held)
    await control.do(Answer(leg_id=held))
    await control.until(LegConnected, leg_id=held)
    await control.do(Hold(leg_id=held), Collect(leg_id=held, collect_id="k1", max_digits=1))
    asked = await control.harness.call()
    await control.until(CallArrived, leg_id=asked)
    await control.do(Answer(leg_id=asked))
    await control.until(LegConnected, leg_id=asked)
    await control.do(Play(leg_id=asked, playback_id="p1", prompts=(control.harness.prompt(LONG_S),)))
    await control.port.close()

    successor = Control(control.harness, control.harness.port())
    snapshot = await successor.start(epoch=2, acknowledged=control.last_sequence)

    legs = {leg.leg_id: leg for leg in snapshot.legs}
    assert legs.keys() == {talking.caller, talking.agent, held, asked}
    assert legs[talking.agent].kind is LegKind.AGENT
    assert legs[talking.caller].kind is LegKind.CALLER
    assert legs[talking.caller].bridge_id == legs[talking.agent].bridge_id == "b1"
    of_held = legs[held]
    assert (of_held.on_hold, of_held.collect_id, of_held.bridge_id) == (True, "k1", None)
    assert (of_held.ani, of_held.dnis, dict(of_held.attributes)) == (
        "+447700900218",
        "200",
        {"topic": "Billing"},
    )
    assert legs[asked].playback_id == "p1"
    assert all(leg.connected for leg in legs.values())
    assert legs[held].answered
    await successor.port.close()


async def test_calls_go_on_while_nobody_is_in_control(control: Control, talking: Parties) -> None:
    await control.port.close()
    await control.harness.pass_time(control.harness.control_absence_limit_s / 4)
    await control.hears(talking.agent, talking.caller)
    await control.hears(talking.caller, talking.agent)


async def test_what_happens_without_control_is_told_to_the_next_one(control: Control, caller: str) -> None:
    await control.harness.press(caller, "1")
    await control.until(DigitPressed, digit="1")
    seen = control.last_sequence
    await control.port.close()
    await control.harness.press(caller, "2")
    await control.harness.hang_up(caller)

    successor = Control(control.harness, control.harness.port())
    await successor.start(epoch=2, acknowledged=seen)

    assert (await successor.until(LegEnded, leg_id=caller)).cause is LegEndCause.REMOTE_HANGUP
    assert [event.digit for event in successor.events(DigitPressed)] == ["2"]
    assert next(sequence for sequence, _, _ in successor.told) == seen + 1
    await successor.port.close()


async def test_events_that_were_not_acknowledged_are_told_again(control: Control, caller: str) -> None:
    await control.port.acknowledge(1)
    told = [(sequence, event) for sequence, _, event in control.told]
    await control.port.close()

    successor = Control(control.harness, control.harness.port())
    await successor.start(epoch=2, acknowledged=1)
    await successor.until(LegConnected, leg_id=caller)

    again = [(sequence, event) for sequence, _, event in successor.told]
    assert again[: len(told) - 1] == told[1:]
    await successor.port.close()


async def test_a_waiting_call_ends_when_nobody_is_in_control_for_too_long(
    control: Control, talking: Parties
) -> None:
    waiting = await control.harness.call()
    await control.until(CallArrived, leg_id=waiting)
    await control.do(Answer(leg_id=waiting), Hold(leg_id=waiting))
    await control.until(LegConnected, leg_id=waiting)
    await control.port.close()

    await control.harness.pass_time(control.harness.control_absence_limit_s + 2.0)

    successor = Control(control.harness, control.harness.port())
    snapshot = await successor.start(epoch=2, acknowledged=control.last_sequence)
    ended = await successor.until(LegEnded, leg_id=waiting)
    assert ended.cause is LegEndCause.ABANDONED_BY_CONTROL
    assert {leg.leg_id for leg in snapshot.legs} == {talking.caller, talking.agent}
    await successor.port.close()


async def test_an_owner_with_a_lower_epoch_is_refused(control: Control) -> None:
    successor = Control(control.harness, control.harness.port())
    await successor.start(epoch=5)
    late = Control(control.harness, control.harness.port())
    with pytest.raises(StaleEpoch) as caught:
        await late.start(epoch=4)
    assert (caught.value.ours, caught.value.seen) == (4, 5)
    await successor.port.close()


async def test_whoever_was_displaced_commands_nothing_any_more(control: Control, caller: str) -> None:
    successor = Control(control.harness, control.harness.port())
    await successor.start(epoch=2, acknowledged=control.last_sequence)
    await control.until(LinkChanged, up=False)
    with pytest.raises(StaleEpoch):
        await control.do(Hangup(leg_id=caller))
    await successor.do(Hold(leg_id=caller))
    await control.hears(caller, MUSIC)
    assert successor.events(LegEnded) == []
    await successor.port.close()


async def test_a_cut_link_is_told_and_what_happened_meanwhile_afterwards(
    control: Control, caller: str
) -> None:
    if not await control.harness.cut_link():
        pytest.skip("this bench cannot cut the link")
    assert (await control.until(LinkChanged, up=False)).reason
    with pytest.raises(BackendDown):
        await control.do(Hold(leg_id=caller))
    await control.harness.press(caller, "3")

    await control.harness.mend_link()

    await control.until(LinkChanged, up=True)
    await control.until(DigitPressed, leg_id=caller, digit="3")
    await control.do(Hold(leg_id=caller))
    await control.hears(caller, MUSIC)
    sequences = [sequence for sequence, _, event in control.told if not isinstance(event, LinkChanged)]
    assert sequences == list(range(1, len(sequences) + 1))


async def test_a_port_that_is_closed_or_was_never_started_commands_nothing(harness: Harness) -> None:
    port = harness.port()
    with pytest.raises(BackendDown):
        await port.execute(Hangup(leg_id="nobody"))
