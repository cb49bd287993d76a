"""Carries out what the voice domain decided: telephony commands, speech, look-ups."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol, cast

from app.engine.codec import decode
from app.engine.commit import EffectRow, JsonValue
from app.engine.room import with_music
from ivr.types import Find, Phrase, Say
from telephony.port import (
    BackendDown,
    Command,
    Hangup,
    Hold,
    Mix,
    Originate,
    Play,
    Prompt,
    TelephonyPort,
)

PHRASE_GAP_S = 0.12
"""Quiet between two recorded pieces, so that numbers are understood."""


class Sounds(Protocol):
    """Turns words into sound files."""

    async def say(self, phrases: tuple[Phrase, ...]) -> Sequence[str]:
        """Absolute paths of WAV files that say `phrases` one after another; the unsayable is left out."""

    def music(self, name: str | None) -> str | None:
        """The file of a piece of hold music; None: the back end's own."""


class Lookups(Protocol):
    """Reads customers and cases for flows."""

    async def find(self, find: Find) -> Mapping[str, JsonValue]:
        """`{"matched": bool, "result": {...}}` for one look-up of a flow."""

    async def identify(self, contact_id: str) -> Mapping[str, JsonValue]:
        """Who calls: `{"contact_id", "match", "customer_id", "candidates"}`."""


class OutsideLine(Protocol):
    """Numbers that a back end without a telephone network reaches all the same."""

    async def dial(self, originate: Originate, execute: Callable[[Command], Awaitable[None]]) -> None:
        """Carry out a dial, through `execute`, to whoever plays the number."""

    def stopped(self, leg_id: str) -> None:
        """The leg is being hung up."""


class VoiceRunner:
    """See `app.engine.commit.EffectRunner`."""

    def __init__(
        self,
        back_ends: Mapping[str, TelephonyPort],
        sounds: Sounds,
        lookups: Lookups,
        secrets: Callable[[str], Mapping[str, Any]],
        outside: Mapping[str, OutsideLine] | None = None,
    ) -> None:
        """Args:
        secrets: what an effect needs and its row must not hold, by effect id.
        outside: back end -> who plays outside numbers there.
        """
        self._outside = outside or {}
        self._secrets = secrets
        self._back_ends = back_ends
        self._sounds = sounds
        self._lookups = lookups
        self._kinds: dict[str, Callable[[EffectRow], Awaitable[Mapping[str, JsonValue] | None]]] = {
            "telephony": self._telephony,
            "dial": self._telephony,
            "say": self._say,
            "hold": self._hold,
            "mix": self._mix,
            "find": self._find,
            "identify": self._identify,
        }

    async def run(self, effect: EffectRow) -> Mapping[str, JsonValue] | None:
        return await self._kinds[effect.kind](effect)

    async def _telephony(self, effect: EffectRow) -> None:
        command = decode(cast("Mapping[str, Any]", effect.payload["command"]))
        await self._execute(effect, cast("Command", command))

    async def _execute(self, effect: EffectRow, command: Command) -> None:
        name = str(effect.payload["backend"])
        back_end = self._back_ends.get(name)
        if back_end is None:
            raise BackendDown(name, "it is not configured on this node")
        outside = self._outside.get(name)
        if outside is not None and isinstance(command, Hangup):
            outside.stopped(command.leg_id)
        if outside is not None and isinstance(command, Originate) and not _is_page(command):
            await outside.dial(command, back_end.execute)
            return
        await back_end.execute(command)

    async def _say(self, effect: EffectRow) -> None:
        say = decode(cast("Mapping[str, Any]", effect.payload["say"]))
        assert isinstance(say, Say)
        files = await self._sounds.say(say.phrases)
        prompts = [Prompt(file=file, silence_s=PHRASE_GAP_S) for file in files]
        beep_hz = effect.payload.get("beep_hz")
        if isinstance(beep_hz, int | float):
            prompts.append(Prompt(tone_hz=float(beep_hz), tone_s=0.3))
        play = Play(
            leg_id=str(effect.payload["leg_id"]),
            playback_id=str(effect.payload["playback_id"]),
            prompts=tuple(prompts),
            barge_in=say.barge_in,
        )
        await self._execute(effect, play)

    async def _hold(self, effect: EffectRow) -> None:
        music = self._music(effect)
        await self._execute(effect, Hold(leg_id=str(effect.payload["leg_id"]), music=music))

    async def _mix(self, effect: EffectRow) -> None:
        mix = decode(cast("Mapping[str, Any]", effect.payload["command"]))
        assert isinstance(mix, Mix)
        await self._execute(effect, with_music(mix, self._music(effect)))

    def _music(self, effect: EffectRow) -> Prompt | None:
        name = effect.payload.get("music")
        file = self._sounds.music(name if isinstance(name, str) else None)
        return Prompt(file=file) if file is not None else None

    async def _find(self, effect: EffectRow) -> Mapping[str, JsonValue]:
        find = decode(cast("Mapping[str, Any]", effect.payload["find"]))
        assert isinstance(find, Find)
        secret = self._secrets(effect.effect_id)
        return await self._lookups.find(replace(find, arguments={**find.arguments, **secret}))

    async def _identify(self, effect: EffectRow) -> Mapping[str, JsonValue]:
        return await self._lookups.identify(str(effect.payload["contact_id"]))


def _is_page(originate: Originate) -> bool:
    """A callback rings the caller's own page, which is no number."""
    return originate.destination.startswith("browser:")
