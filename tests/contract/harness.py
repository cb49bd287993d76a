"""What a telephony back end's test bench must offer so that the one contract suite can drive it.

A harness owns one back end under test and plays the parties: callers and agents' phones. Every leg it makes
sends its own continuous tone (`tone_hz`), so that who hears whom, and who is on which channel of a
recording, can be told apart by pitch. Time is the back end's own: real for real media, virtual where the
back end runs on a virtual clock; the suite never sleeps, it asks the harness to let time pass.

Pitches (all back ends): callers 300-500 Hz, agents 900-1100 Hz, default and other music `MUSIC_HZ`,
prompts `PROMPT_HZ`.
"""

from __future__ import annotations

import math
import struct
import wave
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from telephony.port import OriginateOutcome, Prompt, TelephonyPort

MUSIC = "music"
PROMPT = "prompt"
MUSIC_HZ = 600.0
PROMPT_HZ = 1500.0
RATE_HZ = 8000


class Harness(Protocol):
    """One back end and the parties on it. Made fresh for each test."""

    @property
    def control_absence_limit_s(self) -> float:
        """How long this back end, as configured for the tests, keeps waiting calls with nobody in control."""

    @property
    def destinations(self) -> Mapping[OriginateOutcome, str]:
        """For each `Originate` outcome the bench can bring about: a destination that has it.

        An outcome that is missing here is skipped, with that said in the test report.
        """

    async def open(self, folder: Path) -> None:
        """Start the back end. `folder` is empty, private and writable by it."""

    async def close(self) -> None:
        """End everything this bench started."""

    def port(self) -> TelephonyPort:
        """A new controlling side of the same back end, not started yet.

        The first one is the control process; further ones are what a restarted or a rival control
        process would hold. Legs live in the back end, not in the port.
        """

    # --- the parties ------------------------------------------------------------------------------

    async def call(
        self, *, ani: str = "+442071234567", dnis: str = "100", attributes: Mapping[str, str] | None = None
    ) -> str:
        """A caller comes in and sends its tone. Returns its leg id; `CallArrived` follows or is under way."""

    async def agent(self) -> str:
        """An agent's phone is attached and sends its tone. Returns its leg id."""

    async def replace_agent(self, leg_id: str) -> str:
        """The same agent opens a second phone; the first ends with `REPLACED`. Returns the new leg id."""

    async def press(self, leg_id: str, digits: str) -> None:
        """The party presses keys, one after another, well within any inter-digit time-out."""

    async def hang_up(self, leg_id: str) -> None:
        """The party says that it ends the call."""

    async def lose(self, leg_id: str) -> None:
        """The party's media stops without a word (network gone, page reloaded)."""

    async def restore(self, leg_id: str) -> None:
        """The party's media flows again, on the same leg."""

    def tone_hz(self, leg_id: str) -> float:
        """The pitch of what this leg sends."""

    async def hears(self, leg_id: str) -> frozenset[str]:
        """What the party hears at this moment: leg ids, `MUSIC`, `PROMPT`. Empty: silence."""

    async def digits_received(self, leg_id: str) -> str:
        """Every digit the party has been sent by `SendDigits` so far."""

    def prompt(self, seconds: float) -> Prompt:
        """A prompt (WAV file) of this length at `PROMPT_HZ`."""

    def music(self) -> Prompt:
        """Music (WAV file) other than the default, at `MUSIC_HZ`."""

    # --- trouble ----------------------------------------------------------------------------------

    async def fail(self, leg_id: str) -> bool:
        """The back end cannot keep this leg (`FAILED`). False: the bench cannot bring that about."""

    async def cut_link(self) -> bool:
        """The control side cannot reach the back end any more. False: as above."""

    async def mend_link(self) -> None:
        """It can again."""

    # --- time -------------------------------------------------------------------------------------

    async def until(self, condition: Callable[[], bool], within_s: float = 5.0) -> None:
        """Let time pass until the condition holds.

        Raises:
            TimeoutError: it does not hold after `within_s` of the back end's time.
        """

    async def until_hears(self, leg_id: str, wanted: frozenset[str], within_s: float = 3.0) -> None:
        """Let time pass until the party hears exactly `wanted`.

        Raises:
            TimeoutError: naming what it hears instead.
        """

    async def pass_time(self, seconds: float) -> None:
        """Let this much of the back end's time pass, for tests in which nothing must happen."""


def write_tone(path: Path, hz: float, seconds: float) -> None:
    """Write a mono 16-bit WAV of one pitch."""
    count = round(seconds * RATE_HZ)
    samples = (round(12000 * math.sin(2 * math.pi * hz * i / RATE_HZ)) for i in range(count))
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes(struct.pack(f"<{count}h", *samples))
