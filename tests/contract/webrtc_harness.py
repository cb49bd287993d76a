"""The contract suite's bench for the built-in back end: a real media process, WebRTC clients as parties.

A party sends a sine wave and judges what it hears by pitch, over the last fifth of a second.
"""

from __future__ import annotations

import asyncio
import contextlib
import fractions
import json
import os
import signal
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path

import aioice.ice
import av
import numpy as np
import psutil
from aiortc import MediaStreamTrack, RTCDataChannel, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError
from numpy.typing import NDArray

from telephony.audio.g711 import Samples
from telephony.clock import monotonic
from telephony.port import (
    BackendDown,
    Command,
    LegKind,
    Originate,
    OriginateOutcome,
    Prompt,
    StaleEpoch,
    TelephonyPort,
)
from telephony.webrtc.backend import WebRtcBackend
from telephony.webrtc.launch import WorkerPaths, ensure_worker
from tests.contract.cable import Cable
from tests.contract.harness import MUSIC, MUSIC_HZ, PROMPT, PROMPT_HZ, write_tone
from tests.contract.sound import TOLERANCE_HZ as TOLERANCE_HZ
from tests.contract.sound import heard, strongest_hz

RATE_HZ = 8000
FRAME = 160
HEARD_FRAMES = 12
STALE_S = 0.35
"""Nothing new for so long is silence: after ten frames of silence the worker sends nothing."""
LOUD_RMS = 300.0
CONTROL_ABSENCE_LIMIT_S = 4.0


class Tone(MediaStreamTrack):
    """A sine wave in real time."""

    kind = "audio"

    def __init__(self, hz: float) -> None:
        super().__init__()
        self._hz = hz
        self._frames = 0
        self._began = monotonic()

    async def recv(self) -> av.AudioFrame:
        if self.readyState != "live":
            raise MediaStreamError
        await asyncio.sleep(max(0.0, self._began + self._frames * 0.02 - monotonic()))
        at = np.arange(self._frames * FRAME, (self._frames + 1) * FRAME)
        wave = np.round(9000 * np.sin(2 * np.pi * self._hz * at / RATE_HZ)).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(wave.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = RATE_HZ
        frame.pts = self._frames * FRAME
        frame.time_base = fractions.Fraction(1, RATE_HZ)
        self._frames += 1
        return frame


class Party:
    """Somebody with a browser."""

    def __init__(self, hz: float) -> None:
        self.hz = hz
        self.digits = ""
        self._heard: deque[Samples] = deque(maxlen=HEARD_FRAMES)
        self._heard_at = 0.0
        self._heard_rate = RATE_HZ
        self._peer: RTCPeerConnection | None = None
        self._channel: RTCDataChannel | None = None
        self._channel_open = asyncio.Event()
        self._listening: set[asyncio.Task[None]] = set()

    async def offer(self) -> str:
        peer = self._peer = RTCPeerConnection()
        peer.addTrack(Tone(self.hz))
        self._channel = peer.createDataChannel("patchbay")
        self._channel_open.clear()
        self._channel.on("open", self._channel_open.set)
        self._channel.on("message", self._told)
        peer.on("track", self._listen)
        await peer.setLocalDescription(await peer.createOffer())
        return peer.localDescription.sdp

    async def accept(self, answer: str) -> None:
        assert self._peer is not None
        await self._peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    async def another_offer(self) -> str:
        """An offer as of a second page, which is not followed up."""
        peer = RTCPeerConnection()
        peer.addTransceiver("audio")
        await peer.setLocalDescription(await peer.createOffer())
        sdp = peer.localDescription.sdp
        await peer.close()
        return sdp

    async def say(self, message: dict[str, object]) -> None:
        """Over the data channel, once that is open."""
        await self.say_text(json.dumps(message))

    async def say_text(self, text: str) -> None:
        """The same, whatever it is."""
        assert self._channel is not None
        async with asyncio.timeout(25):
            await self._channel_open.wait()
        self._channel.send(text)

    async def vanish(self) -> None:
        """Go without a word: the network is cut under the connection."""
        if self._peer is None:
            return
        for transceiver in self._peer.getTransceivers():
            connection = transceiver.receiver.transport.transport._connection
            for protocol in connection._protocols:
                protocol.transport.close()
        await self.leave()

    async def leave(self) -> None:
        peer, self._peer = self._peer, None
        if peer is not None:
            await peer.close()
        for task in tuple(self._listening):
            task.cancel()
        await asyncio.gather(*self._listening, return_exceptions=True)

    def hears(self, pitches: Mapping[str, float]) -> frozenset[str]:
        """Who of these (Hz by name) is heard now; empty for silence."""
        sound = self._sound()
        return frozenset() if sound is None else heard(sound, self._heard_rate, pitches)

    def pitch_hz(self) -> float | None:
        """The loudest pitch that is heard now; None for silence."""
        sound = self._sound()
        return None if sound is None else strongest_hz(sound, self._heard_rate)

    def _sound(self) -> NDArray[np.float64] | None:
        """What was heard lately; None for silence."""
        if monotonic() - self._heard_at > STALE_S or len(self._heard) < HEARD_FRAMES:
            return None
        sound = np.concatenate(tuple(self._heard)).astype(np.float64)
        return None if np.sqrt(np.mean(sound * sound)) < LOUD_RMS else sound

    def _listen(self, track: MediaStreamTrack) -> None:
        task = asyncio.create_task(self._hear(track))
        self._listening.add(task)
        task.add_done_callback(self._listening.discard)

    async def _hear(self, track: MediaStreamTrack) -> None:
        with contextlib.suppress(MediaStreamError):
            while True:
                frame = await track.recv()
                assert isinstance(frame, av.AudioFrame)
                samples = frame.to_ndarray().reshape(-1, len(frame.layout.channels))[:, 0]
                self._heard.append(samples.astype(np.int16))
                self._heard_rate = frame.sample_rate
                self._heard_at = monotonic()

    def _told(self, data: str) -> None:
        message = json.loads(data)
        if message["t"] == "digit":
            self.digits += message["d"]


class Attendant(WebRtcBackend):
    """A control side that knows three pages: one that answers, one that declines, one that lets it ring."""

    def __init__(self, socket: Path, harness: WebRtcHarness) -> None:
        super().__init__(socket)
        self._harness = harness
        self._called: set[str] = set()

    async def execute(self, command: Command) -> None:
        await super().execute(command)
        if not isinstance(command, Originate) or command.leg_id in self._called:
            return
        self._called.add(command.leg_id)
        match command.destination:
            case "browser:willing":
                await self._harness.pick_up(command.leg_id)
            case "browser:unwilling":
                await self.refuse(command.leg_id, OriginateOutcome.BUSY)
            case "browser:unknown":
                await self.refuse(command.leg_id, OriginateOutcome.INVALID_NUMBER)
            case _:
                pass


class WebRtcHarness:
    """See `tests.contract.harness.Harness`."""

    def __init__(self, *options: str) -> None:
        self._options = options
        self._folder = Path()
        self._pid = 0
        self._parties: dict[str, Party] = {}
        self._backends: list[WebRtcBackend] = []
        self._cable: Cable | None = None
        self._legs = 0
        self._addresses = aioice.ice.get_host_addresses

    @property
    def control_absence_limit_s(self) -> float:
        return CONTROL_ABSENCE_LIMIT_S

    @property
    def destinations(self) -> Mapping[OriginateOutcome, str]:
        return {
            OriginateOutcome.ANSWERED: "browser:willing",
            OriginateOutcome.BUSY: "browser:unwilling",
            OriginateOutcome.INVALID_NUMBER: "browser:unknown",
            OriginateOutcome.NO_ANSWER: "browser:away",
        }

    async def open(self, folder: Path) -> None:
        self._folder = folder
        # The parties use loopback only, so that the suite runs on a machine without a network.
        aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]
        write_tone(folder / "music.wav", MUSIC_HZ, 2.0)
        await self._ensure()
        self._cable = Cable(folder / "control.sock", self._paths.socket)
        await self._cable.lay()

    async def close(self) -> None:
        for party in self._parties.values():
            await party.leave()
        for backend in self._backends:
            await backend.close()
        if self._cable is not None:
            await self._cable.cut()
        if self._pid:
            os.kill(self._pid, signal.SIGTERM)
            await self.until(lambda: not is_running(self._pid), within_s=10)
        aioice.ice.get_host_addresses = self._addresses

    def port(self) -> TelephonyPort:
        backend = Attendant(self._folder / "control.sock", self)
        self._backends.append(backend)
        return backend

    # --- the parties ------------------------------------------------------------------------------

    async def call(
        self, *, ani: str = "+442071234567", dnis: str = "100", attributes: Mapping[str, str] | None = None
    ) -> str:
        leg_id = self._new_leg("caller")
        party = Party(300.0 + 25.0 * (self._legs % 8))
        await self._attach(leg_id, LegKind.CALLER, party, ani=ani, dnis=dnis, attributes=attributes or {})
        return leg_id

    async def agent(self) -> str:
        leg_id = self._new_leg("agent")
        await self._attach(leg_id, LegKind.AGENT, Party(900.0 + 25.0 * (self._legs % 8)))
        return leg_id

    async def replace_agent(self, leg_id: str) -> str:
        new = self._new_leg("agent")
        await self._attach(new, LegKind.AGENT, Party(900.0 + 25.0 * (self._legs % 8)), replaces=leg_id)
        return new

    async def pick_up(self, leg_id: str) -> None:
        """A page that is called connects."""
        await self._attach(leg_id, LegKind.CALLER, Party(475.0))

    async def press(self, leg_id: str, digits: str) -> None:
        for digit in digits:
            await self._parties[leg_id].say({"t": "digit", "d": digit})

    async def hang_up(self, leg_id: str) -> None:
        await self._parties[leg_id].say({"t": "end"})

    async def lose(self, leg_id: str) -> None:
        await self._parties[leg_id].vanish()

    async def restore(self, leg_id: str) -> None:
        before = self._parties[leg_id]
        kind = LegKind.CALLER if leg_id.startswith("caller") else LegKind.AGENT
        await self._attach(leg_id, kind, Party(before.hz))

    def tone_hz(self, leg_id: str) -> float:
        return self._parties[leg_id].hz

    async def hears(self, leg_id: str) -> frozenset[str]:
        known = {MUSIC: MUSIC_HZ, PROMPT: PROMPT_HZ} | {key: party.hz for key, party in self._parties.items()}
        return self._parties[leg_id].hears(known)

    async def digits_received(self, leg_id: str) -> str:
        return self._parties[leg_id].digits

    def prompt(self, seconds: float) -> Prompt:
        path = self._folder / f"prompt-{seconds}.wav"
        write_tone(path, PROMPT_HZ, seconds)
        return Prompt(file=str(path))

    def music(self) -> Prompt:
        path = self._folder / "other-music.wav"
        write_tone(path, MUSIC_HZ, 1.0)
        return Prompt(file=str(path))

    # --- trouble ----------------------------------------------------------------------------------

    async def fail(self, leg_id: str) -> bool:
        """The media process dies and another takes its place: none of its legs can be kept."""
        os.kill(self._pid, signal.SIGKILL)
        await self.until(lambda: not is_running(self._pid))
        await self._ensure()
        return True

    async def cut_link(self) -> bool:
        assert self._cable is not None
        await self._cable.cut()
        return True

    async def mend_link(self) -> None:
        assert self._cable is not None
        await self._cable.lay()

    # --- time -------------------------------------------------------------------------------------

    async def until(self, condition: Callable[[], bool], within_s: float = 5.0) -> None:
        end = monotonic() + within_s
        while not condition():
            if monotonic() > end:
                raise TimeoutError(f"it does not hold after {within_s} s")
            await asyncio.sleep(0.01)

    async def until_hears(self, leg_id: str, wanted: frozenset[str], within_s: float = 3.0) -> None:
        end = monotonic() + within_s
        while (heard := await self.hears(leg_id)) != wanted:
            if monotonic() > end:
                raise TimeoutError(
                    f"{leg_id} hears {set(heard) or 'silence'}, not {set(wanted) or 'silence'}"
                )
            await asyncio.sleep(0.02)

    async def pass_time(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    # --- within -----------------------------------------------------------------------------------

    @property
    def _paths(self) -> WorkerPaths:
        return WorkerPaths(
            socket=self._folder / "w.sock",
            recordings=self._folder / "unfinished",
            state=self._folder / "state",
        )

    async def _ensure(self) -> None:
        options = ["--address", "127.0.0.1", "--music", str(self._folder / "music.wav")]
        options += ["--control-absence-limit-s", str(CONTROL_ABSENCE_LIMIT_S)]
        self._pid = await ensure_worker(self._paths, [*options, *self._options])

    def _new_leg(self, kind: str) -> str:
        self._legs += 1
        return f"{kind}-{self._legs}"

    async def _attach(
        self,
        leg_id: str,
        kind: LegKind,
        party: Party,
        *,
        ani: str = "",
        dnis: str = "",
        attributes: Mapping[str, str] | None = None,
        replaces: str | None = None,
    ) -> None:
        """The page posts its offer to whoever is in control."""
        self._parties[leg_id] = party
        sdp = await party.offer()
        for backend in reversed(self._backends):
            try:
                answer = await backend.connect(
                    leg_id=leg_id,
                    kind=kind,
                    sdp=sdp,
                    ani=ani,
                    dnis=dnis,
                    attributes=attributes,
                    replaces=replaces,
                )
            except (BackendDown, StaleEpoch):
                continue
            await party.accept(answer)
            return
        raise AssertionError("nobody is in control of the back end under test")


def is_running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
