"""The commands of the telephony port; import them from `telephony.port`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One piece of sound. Exactly one of `file`, `tone_hz` is set.

    `file` is an absolute path of a mono 16-bit WAV, any rate; the back end resamples and caches.
    `silence_s` is quiet appended after it.
    """

    file: str | None = None
    tone_hz: float | None = None
    tone_s: float = 0.2
    silence_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    leg_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """Play prompts one after another, then report `PlaybackFinished`. Replaces what is playing.

    Whatever ends it early (a digit, `StopPlay`, another `Play`, `Hold`, `Bridge`) reports it `INTERRUPTED`.
    """

    leg_id: str
    playback_id: str
    prompts: tuple[Prompt, ...]
    barge_in: bool = True
    """A digit stops it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopPlay:
    leg_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Collect:
    """Gather digits, those pressed during a running `Play` included, then `DigitsCollected`.

    Digits pressed during a `Play` that does not allow `barge_in` are reported but never count.
    Digits pressed after the last `Collect` ended count too (type-ahead), and stop a prompt that may be
    interrupted; a `Play` without barge-in, a `Hold` and a `Bridge` forget them. The clock of
    `first_digit_timeout_s` starts when the running playback ends. A newer `Collect` replaces an older one
    without an event.
    """

    leg_id: str
    collect_id: str
    max_digits: int
    terminator: str | None = "#"
    first_digit_timeout_s: float = 6.0
    inter_digit_timeout_s: float = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Music on this leg, from now until bridged, played to, hung up or held with other music.

    A bridge this leg was in is dissolved; the other leg then hears silence.
    `music` is a `Prompt` file looped; None means the back end's default music.
    """

    leg_id: str
    music: Prompt | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridge:
    """Both legs hear each other. Music, prompts and collects on either end at once."""

    bridge_id: str
    leg_a: str
    leg_b: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unbridge:
    """Dissolve; both legs stay up and hear silence."""

    bridge_id: str


class MixRole(StrEnum):
    TALK = "talk"
    """Hears everyone who talks, and is heard by all but those on HOLD."""
    LISTEN = "listen"
    """Hears everyone who talks, whisperers included, and is heard by nobody."""
    WHISPER = "whisper"
    """As LISTEN, but heard by `to` alone."""
    HOLD = "hold"
    """Hears music (`music`, or the back end's default), and is heard by nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MixMember:
    leg_id: str
    role: MixRole = MixRole.TALK
    to: str | None = None
    """For WHISPER: the leg that hears it."""
    music: Prompt | None = None
    """For HOLD."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """A room of several legs: who is in it and who hears whom, as a whole. Sent again it replaces what was.

    Takes its legs out of any bridge or other room they are in (which is over when fewer than two legs are
    left in it) without a gap for those who go on hearing each other; ends prompts and collections on them.
    Answered by `Mixed` each time, or by `MixFailed` (capability missing, a leg is gone), which changes
    nothing. A leg that ends, is lost, or is bridged, held or played to elsewhere leaves the room; the room
    lasts while it has a leg that talks. `Bridge` with two legs of a room takes them out without a gap.
    """

    mix_id: str
    members: tuple[MixMember, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmix:
    """Dissolve the room; its legs stay up and hear silence."""

    mix_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AimRecording:
    """From now on the right channel records these legs, mixed when several; none: silence.

    For transfers and conferences: one file through the whole contact. The left channel keeps its leg.
    """

    recording_id: str
    right_legs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StartRecording:
    """Record into `path` (stereo WAV; left = `left_leg`, right = `right_leg`), until stopped.

    `right_leg` may be None (voicemail: left only, right silent). What a leg *sends* is recorded; the
    music another hears is not. If a leg is replaced by rejoin the recording goes on. It finishes by itself
    at `max_s` and when none of its legs is left; when none is there to begin with it fails.
    """

    recording_id: str
    path: str
    left_leg: str
    right_leg: str | None
    max_s: float = 4 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseRecording:
    """Silence is written while paused, so that the timeline stays true."""

    recording_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeRecording:
    recording_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRecording:
    recording_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """Drop what this leg sends (it still hears)."""

    leg_id: str
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SendDigits:
    """Pass digits on to a leg as DTMF."""

    leg_id: str
    digits: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hangup:
    leg_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Originate:
    """Call out. Never executed twice for one `attempt_id`; the outcome is `OriginateResult`."""

    attempt_id: str
    leg_id: str
    destination: str
    """E.164 number, or `browser:<name>` on the built-in back end."""
    caller_id: str | None = None
    ring_timeout_s: float = 30.0
    detect_machine: bool = False


Command = (
    Answer
    | Play
    | StopPlay
    | Collect
    | Hold
    | Bridge
    | Unbridge
    | Mix
    | Unmix
    | AimRecording
    | StartRecording
    | PauseRecording
    | ResumeRecording
    | StopRecording
    | Mute
    | SendDigits
    | Hangup
    | Originate
)
