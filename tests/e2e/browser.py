"""Real browsers with real sound: each party a Chromium of its own whose microphone is a tone.

    async with browsers() as parties:
        caller = await parties.open("caller", CALLER_HZ)
        await caller.page.goto(url)
        await caller.hears(AGENT_HZ)

The ear hooks into whatever `RTCPeerConnection` the page makes: any page can be listened to without its help.
A heard tone is near -25 dB, silence below -90.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import shutil
import struct
import tempfile
import wave
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Page, Playwright, async_playwright

from telephony.clock import monotonic

CALLER_HZ = 440.0
SECOND_CALLER_HZ = 523.0
AGENT_HZ = 1000.0
SECOND_AGENT_HZ = 1300.0
SUPERVISOR_HZ = 2500.0
MUSIC_HZ = 600.0
PROMPT_HZ = 1700.0
VOICES_HZ = (CALLER_HZ, AGENT_HZ, SECOND_AGENT_HZ, SUPERVISOR_HZ)
"""Whoever may be in one call."""

LOUD_DB = -50.0
SILENT_DB = -75.0
TOLERANCE_HZ = 20.0
ABSENT_DB = -65.0
"""A voice below this is not in the mix: what a codec adds to other tones stays under it."""
STEADY_S = 0.4
"""A mix must be so for this long: a change under way is not what is heard."""
TONE_RATE_HZ = 48_000
LOOK_EVERY_S = 0.05

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    # A machine without a network has no other address than this one.
    "--allow-loopback-in-peer-connection",
)

EAR = """
(() => {
  const Native = window.RTCPeerConnection;
  if (!Native || window.patchbayEar) return;
  const ear = { peers: [], analyser: null, quick: null, gap: null };
  const attach = (track) => {
    const stream = new MediaStream([track]);
    // Chromium feeds a remote stream to Web Audio only while an element plays it.
    const element = new Audio();
    element.srcObject = stream;
    element.muted = true;
    element.play().catch(() => {});
    ear.context ??= new AudioContext();
    ear.context.resume();
    const source = ear.context.createMediaStreamSource(stream);
    const analyser = (size) => {
      const node = ear.context.createAnalyser();
      node.fftSize = size;
      node.smoothingTimeConstant = 0;
      source.connect(node);
      return node;
    };
    ear.element = element;
    ear.analyser = analyser(8192);
    ear.quick = analyser(1024);
  };
  ear.peak = (node) => {
    if (!node) return { hz: 0, db: -200 };
    const bins = new Float32Array(node.frequencyBinCount);
    node.getFloatFrequencyData(bins);
    let best = 0;
    for (let i = 1; i < bins.length; i++) if (bins[i] > bins[best]) best = i;
    return { hz: best * ear.context.sampleRate / node.fftSize, db: Math.max(-200, bins[best]) };
  };
  ear.heard = () => ear.peak(ear.analyser);
  ear.levels = (pitches, tolerance) => {
    if (!ear.analyser) return pitches.map(() => -200);
    const bins = new Float32Array(ear.analyser.frequencyBinCount);
    ear.analyser.getFloatFrequencyData(bins);
    const width = ear.context.sampleRate / ear.analyser.fftSize;
    return pitches.map((hz) => {
      const near = bins.slice(Math.floor((hz - tolerance) / width), Math.ceil((hz + tolerance) / width) + 1);
      return Math.max(-200, ...near);
    });
  };
  ear.watch = (hz, tolerance, loud) => {
    clearInterval(ear.timer);
    ear.gap = { longest: 0, last: performance.now(), seen: 0 };
    ear.timer = setInterval(() => {
      const { hz: now, db } = ear.peak(ear.quick);
      const at = performance.now();
      if (db > loud && Math.abs(now - hz) <= tolerance) {
        ear.gap.longest = Math.max(ear.gap.longest, at - ear.gap.last);
        ear.gap.last = at;
        ear.gap.seen += 1;
      }
    }, 10);
  };
  ear.longest = () => Math.max(ear.gap.longest, performance.now() - ear.gap.last) / 1000;
  window.patchbayEar = ear;
  window.RTCPeerConnection = class extends Native {
    constructor(...given) {
      super(...given);
      ear.peers.push(this);
      this.addEventListener('track', (event) => attach(event.track));
    }
  };
})();
"""

PLAIN_MICROPHONE = """
(() => {
  const devices = navigator.mediaDevices;
  if (!devices) return;
  const ask = devices.getUserMedia.bind(devices);
  devices.getUserMedia = (wanted) => {
    const audio = typeof wanted.audio === 'object' ? wanted.audio : {};
    const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    return ask(wanted.audio ? { ...wanted, audio: { ...audio, ...plain } } : wanted);
  };
})();
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The loudest pitch at a moment."""

    hz: float
    db: float

    def is_tone(self, hz: float) -> bool:
        return self.db > LOUD_DB and abs(self.hz - hz) <= TOLERANCE_HZ

    @property
    def is_silence(self) -> bool:
        return self.db < SILENT_DB

    def __str__(self) -> str:
        return "silence" if self.is_silence else f"{self.hz:.0f} Hz at {self.db:.0f} dB"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One browser with one page, speaking one tone."""

    name: str
    hz: float
    page: Page
    context: BrowserContext
    browser: Browser

    async def listen(self) -> Heard:
        """What is heard now."""
        heard = await self.page.evaluate("window.patchbayEar ? patchbayEar.heard() : {hz: 0, db: -200}")
        return Heard(hz=heard["hz"], db=heard["db"])

    async def hears(self, hz: float, within_s: float = 10.0) -> Heard:
        """Wait until this tone is heard.

        Raises:
            AssertionError: it is not, naming what is heard instead.
        """
        return await self._until(lambda heard: heard.is_tone(hz), f"{hz:.0f} Hz", within_s)

    async def hears_silence(self, within_s: float = 10.0) -> Heard:
        """Wait for silence; likewise."""
        return await self._until(lambda heard: heard.is_silence, "silence", within_s)

    async def hears_something(self, within_s: float = 10.0) -> Heard:
        """Wait for any sound; likewise."""
        return await self._until(lambda heard: heard.db > LOUD_DB, "a sound", within_s)

    async def hears_other_than(self, hz: float, within_s: float = 10.0) -> Heard:
        """Wait for a sound that is not this tone: music, a prompt."""

        def other(heard: Heard) -> bool:
            return heard.db > LOUD_DB and not heard.is_tone(hz)

        return await self._until(other, f"a sound that is not {hz:.0f} Hz", within_s)

    async def hears_voices(self, *wanted: float, within_s: float = 15.0) -> None:
        """Wait until these voices, and no others of `VOICES_HZ`, are heard together for `STEADY_S`.

        Raises:
            AssertionError: they are not, naming the level of each.
        """
        end, since = monotonic() + within_s, None
        while True:
            levels = await self._levels()
            fits = all(
                (db > LOUD_DB) if hz in wanted else (db < ABSENT_DB)
                for hz, db in zip(VOICES_HZ, levels, strict=True)
            )
            since = (since or monotonic()) if fits else None
            if since is not None and monotonic() - since >= STEADY_S:
                return
            if monotonic() > end:
                heard = ", ".join(
                    f"{hz:.0f} Hz at {db:.0f} dB" for hz, db in zip(VOICES_HZ, levels, strict=True)
                )
                raise AssertionError(f"{self.name} hears {heard}, not {wanted} alone, after {within_s:.0f} s")
            await asyncio.sleep(LOOK_EVERY_S)

    async def _levels(self) -> list[float]:
        script = "([pitches, near]) => patchbayEar.levels(pitches, near)"
        levels: list[float] = await self.page.evaluate(script, [list(VOICES_HZ), TOLERANCE_HZ])
        return levels

    async def watch_gaps(self, hz: float) -> None:
        """From now on measure for how long this tone is missing at the longest."""
        await self.page.evaluate("([hz, near, loud]) => patchbayEar.watch(hz, near, loud)", [hz, 60, LOUD_DB])

    async def longest_gap_s(self) -> float:
        return float(await self.page.evaluate("patchbayEar.longest()"))

    async def _until(self, wanted: object, words: str, within_s: float) -> Heard:
        assert callable(wanted)
        end = monotonic() + within_s
        while not wanted(heard := await self.listen()):
            if monotonic() > end:
                raise AssertionError(f"{self.name} hears {heard}, not {words}, after {within_s:.0f} s")
            await asyncio.sleep(LOOK_EVERY_S)
        return heard


class Parties:
    """Opens browsers, and closes them all at the end."""

    def __init__(self, playwright: Playwright, folder: Path) -> None:
        self._playwright = playwright
        self._folder = folder
        self._browsers: list[Browser] = []

    async def open(self, name: str, hz: float, *, flags: tuple[str, ...] = (), **context: object) -> Party:
        """A browser whose microphone is a tone.

        Args:
            name: for messages.
            hz: pitch of the microphone.
            flags: further Chromium flags.
            context: passed to `Browser.new_context`, for example `locale`, `viewport`, `ignore_https_errors`.
        """
        tone = self._folder / f"tone-{hz:.0f}.wav"
        write_looping_tone(tone, hz)
        browser = await self._playwright.chromium.launch(
            executable_path=chromium(),
            args=[*FLAGS, f"--use-file-for-fake-audio-capture={tone}", *flags],
        )
        self._browsers.append(browser)
        made = await browser.new_context(permissions=["microphone"], **context)  # type: ignore[arg-type]
        await made.add_init_script(EAR)
        await made.add_init_script(PLAIN_MICROPHONE)
        page = await made.new_page()
        return Party(name=name, hz=hz, page=page, context=made, browser=browser)

    async def close(self) -> None:
        for browser in self._browsers:
            await browser.close()


@contextlib.asynccontextmanager
async def browsers() -> AsyncIterator[Parties]:
    """Browsers for one test."""
    with tempfile.TemporaryDirectory() as folder:
        async with async_playwright() as playwright:
            parties = Parties(playwright, Path(folder))
            try:
                yield parties
            finally:
                await parties.close()


def chromium() -> str:
    """The machine's Chromium.

    Raises:
        RuntimeError: there is none.
    """
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    raise RuntimeError("the browser tests need Chromium: install the package `chromium`")


def write_looping_tone(path: Path, hz: float) -> None:
    """A tone of whole periods, so that it can be repeated without a click."""
    count = round(round(hz * 2) * TONE_RATE_HZ / hz)
    samples = (round(12_000 * math.sin(2 * math.pi * hz * at / TONE_RATE_HZ)) for at in range(count))
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(TONE_RATE_HZ)
        out.writeframes(struct.pack(f"<{count}h", *samples))
