"""What every back end must do with prompts and digits."""

from __future__ import annotations

from dataclasses import replace

from telephony.port import (
    Collect,
    CollectOutcome,
    DigitPressed,
    DigitsCollected,
    Play,
    PlaybackFinished,
    PlaybackOutcome,
    Prompt,
    SendDigits,
    StopPlay,
)
from tests.contract.conftest import Control
from tests.contract.harness import PROMPT

LONG_S = 30.0


# --- prompts ----------------------------------------------------------------------------------------


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


# --- digits -----------------------------------------------------------------------------------------


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


async def test_digits_typed_ahead_count_for_the_next_prompt_and_stop_it(
    control: Control, caller: str
) -> None:
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
