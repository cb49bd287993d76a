"""What every back end must do, whatever carries its calls.

Rules beyond the wording of `telephony/port.py`, on which control relies: each `Play` that was begun reports
its end, whatever ended it, unless the leg ended; each `Bridged` is followed by one `Unbridged`; sequences
grow by one and begin at 1 (`LinkChanged` is of no journal: its sequence is 0).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pytest

from telephony.port import (
    Answer,
    BackendDown,
    Bridge,
    Bridged,
    BridgeFailed,
    CallArrived,
    Collect,
    CollectOutcome,
    DigitPressed,
    DigitsCollected,
    Hangup,
    Hold,
    LegConnected,
    LegEndCause,
    LegEnded,
    LegKind,
    LegLost,
    LegRestored,
    LinkChanged,
    Mute,
    Originate,
    OriginateOutcome,
    OriginateResult,
    Play,
    PlaybackFinished,
    PlaybackOutcome,
    Prompt,
    QualityReported,
    SendDigits,
    StaleEpoch,
    StopPlay,
    Unbridge,
    Unbridged,
    Unsupported,
)
from tests.contract.conftest import Control, Parties
from tests.contract.harness import MUSIC, PROMPT, Harness

LONG_S = 30.0


# --- arriving, answering, ending ------------------------------------------------------------------


async def test_a_call_arrives_with_who_called_what(control: Control) -> None:
    leg_id = await control.harness.call(ani="+447700900218", dnis="200", attributes={"topic": "Billing"})

    arrived = await control.until(CallArrived, leg_id=leg_id)

    assert (arrived.ani, arrived.dnis, dict(arrived.attributes)) == (
        "+447700900218",
        "200",
        {"topic": "Billing"},
    )


async def test_a_withheld_number_is_empty(control: Control) -> None:
    leg_id = await control.harness.call(ani="")
    assert (await control.until(CallArrived, leg_id=leg_id)).ani == ""


async def test_a_caller_is_connected_once_it_is_answered_and_not_before(control: Control) -> None:
    leg_id = await control.harness.call()
    await control.until(CallArrived, leg_id=leg_id)
    await control.harness.pass_time(1.0)
    assert control.events(LegConnected) == []

    await control.do(Answer(leg_id=leg_id), Answer(leg_id=leg_id))

    await control.until(LegConnected, leg_id=leg_id)
    await control.harness.pass_time(0.5)
    assert len(control.events(LegConnected)) == 1


async def test_an_agents_phone_reports_that_it_is_ready(control: Control) -> None:
    leg_id = await control.harness.agent()
    await control.until(LegConnected, leg_id=leg_id)
    assert control.events(CallArrived) == []


async def test_a_caller_who_ends_says_so(control: Control, caller: str) -> None:
    await control.harness.hang_up(caller)
    assert (await control.until(LegEnded, leg_id=caller)).cause is LegEndCause.REMOTE_HANGUP


async def test_a_caller_may_end_before_it_is_answered(control: Control) -> None:
    leg_id = await control.harness.call()
    await control.until(CallArrived, leg_id=leg_id)
    await control.harness.hang_up(leg_id)
    assert (await control.until(LegEnded, leg_id=leg_id)).cause is LegEndCause.REMOTE_HANGUP


async def test_we_hang_up_and_commands_on_what_is_gone_are_ignored(control: Control, caller: str) -> None:
    await control.do(Hangup(leg_id=caller))
    assert (await control.until(LegEnded, leg_id=caller)).cause is LegEndCause.LOCAL_HANGUP

    prompt = control.harness.prompt(0.5)
    await control.do(
        Hangup(leg_id=caller),
        Answer(leg_id=caller),
        Play(leg_id=caller, playback_id="p1", prompts=(prompt,)),
        Collect(leg_id=caller, collect_id="k1", max_digits=1),
        Hold(leg_id=caller),
        Mute(leg_id=caller, on=True),
        SendDigits(leg_id=caller, digits="1"),
        StopPlay(leg_id=caller),
        Unbridge(bridge_id="never"),
    )
    await control.harness.pass_time(0.5)
    assert [type(event) for _, _, event in control.told][-1] is LegEnded


async def test_a_second_phone_replaces_the_first(control: Control, agent: str) -> None:
    new = await control.harness.replace_agent(agent)
    assert (await control.until(LegEnded, leg_id=agent)).cause is LegEndCause.REPLACED
    await control.until(LegConnected, leg_id=new)


async def test_a_leg_that_cannot_be_kept_has_failed(control: Control, caller: str) -> None:
    if not await control.harness.fail(caller):
        pytest.skip("this bench cannot make a leg fail")
    assert (await control.until(LegEnded, leg_id=caller)).cause is LegEndCause.FAILED


# --- prompts --------------------------------------------------------------------------------------


async def test_prompts_are_heard_one_after_another_to_their_end(control: Control, caller: str) -> None:
    await control.hears(caller)
    prompt = control.harness.prompt(1.0)
    began = len(control.told)

    await control.do(Play(leg_id=caller, playback_id="p1", prompts=(prompt, replace(prompt, silence_s=0.2))))
    await control.hears(caller, PROMPT)
    finished = await control.until(PlaybackFinished, playback_id="p1")

    assert finished.outcome is PlaybackOutcome.COMPLETED
    assert finished.leg_id == caller
    at = next(at for _, at, event in control.told if event == finished)
    sent = control.told[began - 1][1]
    assert 2.0 <= (at - sent).total_seconds() < 4.5, "two prompts of a second each and the quiet between"
    await control.hears(caller)


async def test_a_tone_can_be_played(control: Control, caller: str) -> None:
    await control.do(Play(leg_id=caller, playback_id="p1", prompts=(Prompt(tone_hz=440.0, tone_s=0.3),)))
    assert (await control.until(PlaybackFinished, playback_id="p1")).outcome is PlaybackOutcome.COMPLETED


async def test_a_prompt_that_cannot_be_read_fails(control: Control, caller: str) -> None:
    missing = Prompt(file="/nowhere/missing.wav")
    await control.do(Play(leg_id=caller, playback_id="p1", prompts=(missing,)))
    assert (await control.until(PlaybackFinished, playback_id="p1")).outcome is PlaybackOutcome.FAILED


async def test_playing_can_be_stopped(control: Control, caller: str) -> None:
    await control.do(Play(leg_id=caller, playback_id="p1", prompts=(control.harness.prompt(LONG_S),)))
    await control.hears(caller, PROMPT)
    await control.do(StopPlay(leg_id=caller))
    assert (await control.until(PlaybackFinished, playback_id="p1")).outcome is PlaybackOutcome.INTERRUPTED
    await control.hears(caller)


async def test_a_new_prompt_replaces_the_one_that_plays(control: Control, caller: str) -> None:
    await control.do(Play(leg_id=caller, playback_id="p1", prompts=(control.harness.prompt(LONG_S),)))
    await control.do(Play(leg_id=caller, playback_id="p2", prompts=(control.harness.prompt(0.5),)))
    await control.until(PlaybackFinished, playback_id="p2", outcome=PlaybackOutcome.COMPLETED)
    ended = [(event.playback_id, event.outcome) for event in control.events(PlaybackFinished)]
    assert ended == [("p1", PlaybackOutcome.INTERRUPTED), ("p2", PlaybackOutcome.COMPLETED)]


async def test_a_digit_interrupts_a_prompt_that_allows_it(control: Control, caller: str) -> None:
    await control.do(Play(leg_id=caller, playback_id="p1", prompts=(control.harness.prompt(LONG_S),)))
    await control.hears(caller, PROMPT)
    await control.harness.press(caller, "5")
    assert (await control.until(PlaybackFinished, playback_id="p1")).outcome is PlaybackOutcome.INTERRUPTED
    assert (await control.until(DigitPressed, leg_id=caller)).digit == "5"


async def test_a_digit_is_reported_but_does_not_interrupt_or_count_without_barge_in(
    control: Control, caller: str
) -> None:
    prompt = control.harness.prompt(1.5)
    await control.do(
        Play(leg_id=caller, playback_id="p1", prompts=(prompt,), barge_in=False),
        Collect(leg_id=caller, collect_id="k1", max_digits=1, first_digit_timeout_s=1.0),
    )
    await control.hears(caller, PROMPT)
    await control.harness.press(caller, "5")

    await control.until(DigitPressed, leg_id=caller, digit="5")
    finished = await control.until(PlaybackFinished, playback_id="p1")
    assert finished.outcome is PlaybackOutcome.COMPLETED
    collected = await control.until(DigitsCollected, collect_id="k1")
    assert (collected.digits, collected.outcome) == ("", CollectOutcome.NO_INPUT)


# --- digits ---------------------------------------------------------------------------------------


async def test_digits_are_collected_up_to_the_number_wanted(control: Control, caller: str) -> None:
    await control.do(Collect(leg_id=caller, collect_id="k1", max_digits=4))
    await control.harness.press(caller, "2077")
    collected = await control.until(DigitsCollected, collect_id="k1")
    assert (collected.leg_id, collected.digits) == (caller, "2077")
    assert collected.outcome is CollectOutcome.COMPLETE
    assert [event.digit for event in control.events(DigitPressed)] == list("2077")


async def test_the_terminator_ends_collecting_and_is_no_digit(control: Control, caller: str) -> None:
    await control.do(Collect(leg_id=caller, collect_id="k1", max_digits=9))
    await control.harness.press(caller, "48#")
    collected = await control.until(DigitsCollected, collect_id="k1")
    assert (collected.digits, collected.outcome) == ("48", CollectOutcome.TERMINATED)


async def test_the_terminator_alone_is_an_empty_answer(control: Control, caller: str) -> None:
    await control.do(Collect(leg_id=caller, collect_id="k1", max_digits=9, terminator="*"))
    await control.harness.press(caller, "*")
    collected = await control.until(DigitsCollected, collect_id="k1")
    assert (collected.digits, collected.outcome) == ("", CollectOutcome.TERMINATED)


async def test_without_a_terminator_every_key_counts(control: Control, caller: str) -> None:
    await control.do(Collect(leg_id=caller, collect_id="k1", max_digits=2, terminator=None))
    await control.harness.press(caller, "#*")
    collected = await control.until(DigitsCollected, collect_id="k1")
    assert (collected.digits, collected.outcome) == ("#*", CollectOutcome.COMPLETE)


async def test_collecting_ends_when_no_digit_follows(control: Control, caller: str) -> None:
    await control.do(
        Collect(
            leg_id=caller,
            collect_id="k1",
            max_digits=4,
            first_digit_timeout_s=LONG_S,
            inter_digit_timeout_s=1.0,
        )
    )
    await control.harness.press(caller, "20")
    collected = await control.until(DigitsCollected, collect_id="k1")
    assert (collected.digits, collected.outcome) == ("20", CollectOutcome.TIMEOUT)


async def test_the_wait_for_the_first_digit_starts_when_the_prompt_ends(
    control: Control, caller: str
) -> None:
    await control.do(
        Play(leg_id=caller, playback_id="p1", prompts=(control.harness.prompt(1.5),)),
        Collect(leg_id=caller, collect_id="k1", max_digits=1, first_digit_timeout_s=1.0),
    )
    collected = await control.until(DigitsCollected, collect_id="k1")

    assert (collected.digits, collected.outcome) == ("", CollectOutcome.NO_INPUT)
    instants = {type(event): at for _, at, event in control.told}
    waited = instants[DigitsCollected] - instants[PlaybackFinished]
    assert 0.9 <= waited.total_seconds() < 2.0


async def test_digits_pressed_while_the_prompt_plays_count(control: Control, caller: str) -> None:
    await control.do(Play(leg_id=caller, playback_id="p1", prompts=(control.harness.prompt(LONG_S),)))
    await control.hears(caller, PROMPT)
    await control.harness.press(caller, "12")
    await control.until(DigitPressed, digit="2")

    await control.do(Collect(leg_id=caller, collect_id="k1", max_digits=2))

    collected = await control.until(DigitsCollected, collect_id="k1")
    assert (collected.digits, collected.outcome) == ("12", CollectOutcome.COMPLETE)


async def test_digits_from_before_the_prompt_do_not_count(control: Control, caller: str) -> None:
    await control.harness.press(caller, "9")
    await control.until(DigitPressed, digit="9")
    await control.do(
        Play(leg_id=caller, playback_id="p1", prompts=(control.harness.prompt(0.5),)),
        Collect(leg_id=caller, collect_id="k1", max_digits=2, first_digit_timeout_s=1.0),
    )
    assert (await control.until(DigitsCollected, collect_id="k1")).digits == ""


async def test_digits_typed_ahead_count_for_the_next_prompt_and_stop_it(control: Control, caller: str) -> None:
    """A caller who knows the menus types `21` at once: `1` is pressed before the second menu is there."""
    await control.do(
        Play(leg_id=caller, playback_id="p1", prompts=(control.harness.prompt(0.5),)),
        Collect(leg_id=caller, collect_id="k1", max_digits=1),
    )
    await control.harness.press(caller, "21")
    assert (await control.until(DigitsCollected, collect_id="k1")).digits == "2"
    await control.until(DigitPressed, digit="1")

    await control.do(
        Play(leg_id=caller, playback_id="p2", prompts=(control.harness.prompt(LONG_S),)),
        Collect(leg_id=caller, collect_id="k2", max_digits=1),
    )
    assert (await control.until(DigitsCollected, collect_id="k2")).digits == "1"
    played = await control.until(PlaybackFinished, playback_id="p2")
    assert played.outcome is PlaybackOutcome.INTERRUPTED


async def test_digits_typed_ahead_are_forgotten_by_what_must_be_heard(control: Control, caller: str) -> None:
    await control.do(
        Play(leg_id=caller, playback_id="p1", prompts=(control.harness.prompt(0.5),)),
        Collect(leg_id=caller, collect_id="k1", max_digits=1),
    )
    await control.harness.press(caller, "21")
    await control.until(DigitPressed, digit="1")

    await control.do(
        Play(leg_id=caller, playback_id="p2", prompts=(control.harness.prompt(0.2),), barge_in=False),
        Collect(leg_id=caller, collect_id="k2", max_digits=1, first_digit_timeout_s=0.5),
    )
    assert (await control.until(DigitsCollected, collect_id="k2")).digits == ""


async def test_a_newer_collect_replaces_an_older_one_silently(control: Control, caller: str) -> None:
    await control.do(
        Collect(leg_id=caller, collect_id="k1", max_digits=1),
        Collect(leg_id=caller, collect_id="k2", max_digits=1),
    )
    await control.harness.press(caller, "7")
    await control.until(DigitsCollected, collect_id="k2")
    assert [event.collect_id for event in control.events(DigitsCollected)] == ["k2"]


async def test_digits_are_passed_on_to_a_leg(control: Control, caller: str) -> None:
    await control.do(SendDigits(leg_id=caller, digits="12#"))
    await control.harness.pass_time(1.5)
    assert await control.harness.digits_received(caller) == "12#"


# --- music and bridges ----------------------------------------------------------------------------


async def test_a_held_caller_hears_music_until_played_to(control: Control, caller: str) -> None:
    await control.do(Hold(leg_id=caller))
    await control.hears(caller, MUSIC)
    await control.do(Hold(leg_id=caller, music=control.harness.music()))
    await control.harness.pass_time(2.5)
    await control.hears(caller, MUSIC)

    await control.do(Play(leg_id=caller, playback_id="p1", prompts=(control.harness.prompt(1.0),)))
    await control.hears(caller, PROMPT)
    await control.until(PlaybackFinished, playback_id="p1")
    await control.hears(caller)


async def test_holding_interrupts_a_prompt(control: Control, caller: str) -> None:
    await control.do(Play(leg_id=caller, playback_id="p1", prompts=(control.harness.prompt(LONG_S),)))
    await control.do(Hold(leg_id=caller))
    assert (await control.until(PlaybackFinished, playback_id="p1")).outcome is PlaybackOutcome.INTERRUPTED
    await control.hears(caller, MUSIC)


async def test_bridged_legs_hear_each_other_and_nothing_else(
    control: Control, caller: str, agent: str
) -> None:
    await control.do(
        Hold(leg_id=caller),
        Play(leg_id=agent, playback_id="p1", prompts=(control.harness.prompt(LONG_S),)),
        Collect(leg_id=agent, collect_id="k1", max_digits=1),
    )
    await control.do(Bridge(bridge_id="b1", leg_a=caller, leg_b=agent))

    bridged = await control.until(Bridged, bridge_id="b1")
    assert {bridged.leg_a, bridged.leg_b} == {caller, agent}
    await control.hears(caller, agent)
    await control.hears(agent, caller)
    assert (await control.until(PlaybackFinished, playback_id="p1")).outcome is PlaybackOutcome.INTERRUPTED
    await control.harness.press(agent, "1")
    await control.until(DigitPressed, leg_id=agent)
    assert control.events(DigitsCollected) == [], "the bridge ended collecting"


async def test_a_bridge_asked_for_twice_is_made_once(control: Control, talking: Parties) -> None:
    await control.do(Bridge(bridge_id="b1", leg_a=talking.caller, leg_b=talking.agent))
    await control.harness.pass_time(0.5)
    assert len(control.events(Bridged)) == 1
    assert control.events(Unbridged) == []


async def test_unbridging_leaves_both_in_silence(control: Control, talking: Parties) -> None:
    await control.do(Unbridge(bridge_id="b1"))
    await control.until(Unbridged, bridge_id="b1")
    await control.hears(talking.caller)
    await control.hears(talking.agent)


async def test_hold_gives_the_caller_music_and_the_agent_silence_and_a_bridge_brings_speech_back(
    control: Control, talking: Parties
) -> None:
    await control.do(Hold(leg_id=talking.caller))
    await control.until(Unbridged, bridge_id="b1")
    await control.hears(talking.caller, MUSIC)
    await control.hears(talking.agent)

    await control.do(Bridge(bridge_id="b2", leg_a=talking.caller, leg_b=talking.agent))
    await control.until(Bridged, bridge_id="b2")
    await control.hears(talking.caller, talking.agent)
    await control.hears(talking.agent, talking.caller)


async def test_an_agent_goes_from_one_caller_to_the_next(control: Control, talking: Parties) -> None:
    second = await control.harness.call()
    await control.until(CallArrived, leg_id=second)
    await control.do(Answer(leg_id=second))
    await control.until(LegConnected, leg_id=second)

    await control.do(Bridge(bridge_id="b2", leg_a=second, leg_b=talking.agent))

    await control.until(Bridged, bridge_id="b2")
    await control.until(Unbridged, bridge_id="b1")
    await control.hears(second, talking.agent)
    await control.hears(talking.caller)


async def test_when_one_leg_ends_the_other_stays_in_silence(control: Control, talking: Parties) -> None:
    await control.harness.hang_up(talking.caller)
    await control.until(LegEnded, leg_id=talking.caller)
    await control.until(Unbridged, bridge_id="b1")
    await control.hears(talking.agent)
    assert [event.leg_id for event in control.events(LegEnded)] == [talking.caller]


async def test_a_leg_that_is_gone_cannot_be_bridged(control: Control, agent: str) -> None:
    await control.do(Bridge(bridge_id="b1", leg_a="nobody", leg_b=agent))
    failed = await control.until(BridgeFailed, bridge_id="b1")
    assert "nobody" in failed.reason
    assert control.events(Bridged) == []


async def test_a_muted_leg_hears_and_is_not_heard(control: Control, talking: Parties) -> None:
    await control.do(Mute(leg_id=talking.caller, on=True))
    await control.hears(talking.agent)
    await control.hears(talking.caller, talking.agent)
    await control.do(Mute(leg_id=talking.caller, on=False))
    await control.hears(talking.agent, talking.caller)


# --- losses ---------------------------------------------------------------------------------------


async def test_a_lost_leg_is_kept_and_its_bridge_is_not(control: Control, talking: Parties) -> None:
    await control.harness.lose(talking.caller)

    lost = await control.until(LegLost, leg_id=talking.caller)
    assert lost.reason
    await control.until(Unbridged, bridge_id="b1")
    await control.hears(talking.agent)
    await control.do(Bridge(bridge_id="b2", leg_a=talking.caller, leg_b=talking.agent))
    await control.until(BridgeFailed, bridge_id="b2")

    await control.harness.restore(talking.caller)
    await control.until(LegRestored, leg_id=talking.caller)
    await control.hears(talking.agent)
    await control.do(Bridge(bridge_id="b3", leg_a=talking.caller, leg_b=talking.agent))
    await control.until(Bridged, bridge_id="b3")
    await control.hears(talking.agent, talking.caller)
    await control.hears(talking.caller, talking.agent)
    assert control.events(LegEnded) == []


async def test_music_goes_on_for_whoever_comes_back(control: Control, caller: str) -> None:
    await control.do(Hold(leg_id=caller))
    await control.hears(caller, MUSIC)
    await control.harness.lose(caller)
    await control.until(LegLost, leg_id=caller)
    await control.harness.restore(caller)
    await control.until(LegRestored, leg_id=caller)
    await control.hears(caller, MUSIC)


async def test_the_quality_of_each_connected_leg_is_reported(control: Control, caller: str) -> None:
    reported = await control.until(QualityReported, leg_id=caller, within_s=15)
    assert 0.0 <= reported.loss_fraction <= 1.0
    assert reported.jitter_ms >= 0.0
    assert reported.audio_level_db is not None
    assert reported.audio_level_db < 0.0


# --- calling out ----------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", list(OriginateOutcome))
async def test_calling_out_ends_in_exactly_one_outcome_however_often_it_is_asked_for(
    control: Control, outcome: OriginateOutcome
) -> None:
    destination = control.harness.destinations.get(outcome)
    if destination is None:
        pytest.skip(f"this back end does not bring about {outcome}")
    command = Originate(
        attempt_id="t1",
        leg_id="out-1",
        destination=destination,
        ring_timeout_s=25.0,
        detect_machine=control.port.capabilities.detects_machines,
    )
    await control.do(command, command)

    result = await control.until(OriginateResult, attempt_id="t1", within_s=40)
    await control.do(command)
    await control.harness.pass_time(1.0)

    assert (result.leg_id, result.outcome) == ("out-1", outcome)
    assert len(control.events(OriginateResult)) == 1
    picked_up = outcome in (OriginateOutcome.ANSWERED, OriginateOutcome.MACHINE)
    assert len(control.events(LegConnected)) == picked_up
    assert control.events(CallArrived) == [], "the call that we made is no arrival"


async def test_what_a_back_end_cannot_reach_it_refuses(control: Control) -> None:
    can = control.port.capabilities
    assert can.reaches_browsers or can.reaches_telephone_network
    for reaches, destination in (
        (can.reaches_browsers, "browser:anybody"),
        (can.reaches_telephone_network, "+442071234599"),
    ):
        if not reaches:
            with pytest.raises(Unsupported, match=control.port.name):
                await control.do(Originate(attempt_id="t1", leg_id="out-1", destination=destination))


# --- control --------------------------------------------------------------------------------------


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
