"""What every back end must do, whatever carries its calls.

Rules beyond the wording of `telephony/port.py`, on which control relies: each `Play` that was begun reports
its end, whatever ended it, unless the leg ended; each `Bridged` is followed by one `Unbridged`; sequences
grow by one and begin at 1 (`LinkChanged` is of no journal: its sequence is 0).
"""

from __future__ import annotations

import pytest

from telephony.port import (
    Answer,
    Bridge,
    Bridged,
    BridgeFailed,
    CallArrived,
    Collect,
    DigitPressed,
    DigitsCollected,
    Hangup,
    Hold,
    LegConnected,
    LegEndCause,
    LegEnded,
    LegLost,
    LegRestored,
    Mix,
    MixMember,
    Mute,
    Originate,
    OriginateOutcome,
    OriginateResult,
    Play,
    PlaybackFinished,
    PlaybackOutcome,
    QualityReported,
    SendDigits,
    StopPlay,
    Unbridge,
    Unbridged,
    Unsupported,
)
from tests.contract.conftest import Control, Parties
from tests.contract.harness import MUSIC, PROMPT

LONG_S = 30.0


# --- arriving, answering, ending --------------------------------------------------------------------


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


# --- music and bridges ------------------------------------------------------------------------------


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


# --- losses -----------------------------------------------------------------------------------------


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
    """The first report may come before the first sound did."""

    def with_sound() -> list[QualityReported]:
        return [
            report
            for report in control.events(QualityReported)
            if report.leg_id == caller and report.audio_level_db is not None
        ]

    await control.harness.until(lambda: bool(with_sound()), 30.0)
    [reported, *_] = with_sound()
    assert 0.0 <= reported.loss_fraction <= 1.0
    assert reported.jitter_ms >= 0.0
    assert reported.audio_level_db is not None
    assert reported.audio_level_db < 0.0


# --- calling out ------------------------------------------------------------------------------------


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


async def test_whoever_answers_our_call_can_be_joined_with_a_caller(
    control: Control, caller: str, agent: str
) -> None:
    """A caller who is passed on to a number; first three talk, then the agent goes."""
    destination = control.harness.destinations[OriginateOutcome.ANSWERED]
    await control.do(Originate(attempt_id="t1", leg_id="out-1", destination=destination, ring_timeout_s=25.0))
    answered = await control.until(OriginateResult, attempt_id="t1", within_s=40)
    assert answered.outcome is OriginateOutcome.ANSWERED
    await control.until(LegConnected, leg_id="out-1")
    if control.port.capabilities.conferences:
        members = tuple(MixMember(leg_id=leg_id) for leg_id in (caller, agent, "out-1"))
        await control.do(Mix(mix_id="m1", members=members))
        await control.hears("out-1", caller, agent)
        await control.hears(caller, agent, "out-1")

    await control.do(Bridge(bridge_id="b1", leg_a=caller, leg_b="out-1"))

    await control.until(Bridged, bridge_id="b1")
    await control.hears("out-1", caller)
    await control.hears(caller, "out-1")


async def test_a_call_that_we_give_up_is_not_answered(control: Control) -> None:
    destination = control.harness.destinations[OriginateOutcome.NO_ANSWER]
    await control.do(
        Originate(attempt_id="t1", leg_id="out-1", destination=destination, ring_timeout_s=25.0),
        Hangup(leg_id="out-1"),
    )
    result = await control.until(OriginateResult, attempt_id="t1", within_s=5)
    assert result.outcome is OriginateOutcome.NO_ANSWER


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
