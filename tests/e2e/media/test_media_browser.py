"""The built-in back end with real browsers: every sound of a call, measured where it is heard."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import wave
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from playwright.async_api import Route

from telephony import port
from telephony.clock import monotonic
from telephony.webrtc.backend import ConnectRefused, WebRtcBackend
from telephony.webrtc.launch import WorkerPaths, ensure_worker
from tests.contract.harness import write_tone
from tests.e2e.browser import AGENT_HZ, CALLER_HZ, MUSIC_HZ, PROMPT_HZ, Parties, Party, browsers

ORIGIN = "http://localhost:9"
"""Never reached: the test answers for it. A localhost origin may use the microphone."""

PAGE = """<!doctype html><title>party</title><script>
async function open_line(leg, kind) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const peer = window.peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  peer.addTransceiver(stream.getAudioTracks()[0], { direction: 'sendrecv', streams: [stream] });
  window.track = stream.getAudioTracks()[0];
  window.told = [];
  window.channel = peer.createDataChannel('patchbay');
  channel.onmessage = (event) => told.push(JSON.parse(event.data));
  await peer.setLocalDescription();
  if (peer.iceGatheringState !== 'complete')
    await new Promise((done) => peer.addEventListener('icegatheringstatechange',
      () => peer.iceGatheringState === 'complete' && done()));
  const answer = await fetch(`/offer/${kind}/${leg}`, { method: 'POST', body: peer.localDescription.sdp });
  if (!answer.ok) throw new Error(await answer.text());
  await peer.setRemoteDescription({ type: 'answer', sdp: await answer.text() });
  if (channel.readyState !== 'open') await new Promise((done) => channel.onopen = done);
}
async function say(message) { channel.send(JSON.stringify(message)); }
</script>"""


@dataclass
class Desk:
    """The control side of these tests."""

    backend: WebRtcBackend
    folder: Path
    parties: Parties
    pid: int
    events: list[port.Event] = field(default_factory=list)

    def take(self, sequence: int, at: object, event: port.Event) -> None:
        self.events.append(event)

    async def told(self, wanted: Callable[[port.Event], bool], within_s: float = 10.0) -> port.Event:
        """Wait for an event, also one that is there already."""
        end = monotonic() + within_s
        while not (found := [event for event in self.events if wanted(event)]):
            assert monotonic() < end, f"not among {self.events}"
            await asyncio.sleep(0.01)
        return found[0]

    async def tell(self, *commands: port.Command) -> None:
        for command in commands:
            await self.backend.execute(command)

    async def party(self, leg_id: str, kind: port.LegKind, hz: float) -> Party:
        party = await self.parties.open(leg_id, hz)
        await party.page.route(f"{ORIGIN}/**", self._serve)
        await self.line(party, kind)
        await self.told(lambda e: isinstance(e, port.CallArrived | port.LegConnected) and e.leg_id == leg_id)
        return party

    async def line(self, party: Party, kind: port.LegKind) -> None:
        await party.page.goto(ORIGIN)
        await party.page.evaluate("([leg, kind]) => open_line(leg, kind)", [party.name, kind.value])

    async def _serve(self, route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        if not path.startswith("/offer/"):
            await route.fulfill(body=PAGE, content_type="text/html")
            return
        _, _, kind, leg_id = path.split("/")
        try:
            answer = await self.backend.connect(
                leg_id=leg_id, kind=port.LegKind(kind), sdp=route.request.post_data or ""
            )
        except ConnectRefused as refused:
            await route.fulfill(status=422, body=json.dumps({"code": refused.code}))
        else:
            await route.fulfill(body=answer, content_type="application/sdp")

    async def pair(self) -> tuple[Party, Party]:
        """A caller and an agent who talk with each other."""
        caller = await self.party("caller", port.LegKind.CALLER, CALLER_HZ)
        agent = await self.party("agent", port.LegKind.AGENT, AGENT_HZ)
        await self.told(lambda e: e == port.LegConnected(leg_id="agent"))
        await self.tell(port.Answer(leg_id="caller"))
        await self.told(lambda e: e == port.LegConnected(leg_id="caller"))
        await self.tell(port.Bridge(bridge_id="talk", leg_a="caller", leg_b="agent"))
        await caller.hears(AGENT_HZ)
        await agent.hears(CALLER_HZ)
        return caller, agent


@pytest.fixture(params=["pcmu", "opus"])
async def desk(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Desk]:
    write_tone(tmp_path / "music.wav", MUSIC_HZ, 2.0)
    paths = WorkerPaths(socket=tmp_path / "w.sock", recordings=tmp_path / "raw", state=tmp_path / "state")
    options = ("--codec", request.param, "--music", str(tmp_path / "music.wav"))
    pid = await ensure_worker(paths, options)
    backend = WebRtcBackend(paths.socket)
    async with browsers() as parties:
        made = Desk(backend, tmp_path, parties, pid)
        await backend.start(made.take, epoch=1, acknowledged=0)
        try:
            yield made
        finally:
            await backend.close()
            os.kill(pid, signal.SIGTERM)


async def test_prompt_keypad_music_and_both_directions(desk: Desk) -> None:
    caller = await desk.party("caller", port.LegKind.CALLER, CALLER_HZ)
    agent = await desk.party("agent", port.LegKind.AGENT, AGENT_HZ)
    prompt = desk.folder / "prompt.wav"
    write_tone(prompt, PROMPT_HZ, 30.0)

    await desk.tell(
        port.Answer(leg_id="caller"),
        port.Play(leg_id="caller", playback_id="menu", prompts=(port.Prompt(file=str(prompt)),)),
        port.Collect(leg_id="caller", collect_id="choice", max_digits=2),
    )
    await caller.hears(PROMPT_HZ)
    await caller.page.evaluate("say({t: 'digit', d: '4'})")
    await caller.page.evaluate("say({t: 'digit', d: '2'})")
    collected = await desk.told(lambda event: isinstance(event, port.DigitsCollected))
    assert isinstance(collected, port.DigitsCollected)
    assert collected.digits == "42"
    await caller.hears_silence()

    await desk.tell(port.Collect(leg_id="caller", collect_id="event", max_digits=3))
    await caller.page.evaluate("peer.getSenders()[0].dtmf.insertDTMF('7*3')")
    pressed = await desk.told(
        lambda event: isinstance(event, port.DigitsCollected) and event.collect_id == "event"
    )
    assert isinstance(pressed, port.DigitsCollected)
    assert pressed.digits == "7*3"

    await desk.tell(port.Hold(leg_id="caller"))
    await caller.hears(MUSIC_HZ)

    await desk.tell(port.Bridge(bridge_id="talk", leg_a="caller", leg_b="agent"))
    await caller.hears(AGENT_HZ)
    await agent.hears(CALLER_HZ)

    await desk.tell(port.Hold(leg_id="caller"))
    await caller.hears(MUSIC_HZ)
    await agent.hears_silence()

    await caller.page.evaluate("say({t: 'end'})")
    await desk.told(
        lambda e: e == port.LegEnded(leg_id="caller", cause=port.LegEndCause.REMOTE_HANGUP), within_s=1.0
    )


async def test_mute_is_acknowledged_and_a_silent_microphone_is_no_loss(desk: Desk) -> None:
    caller, agent = await desk.pair()
    await agent.page.evaluate("say({t: 'mute', on: true})")
    await agent.page.wait_for_function("told.some((m) => m.t === 'muted' && m.on === true)")
    await caller.hears_silence()
    await agent.page.evaluate("say({t: 'mute', on: false})")
    await caller.hears(AGENT_HZ)
    await agent.page.evaluate("track.enabled = false")
    await caller.hears_silence()
    # Longer than the silence that counts as a loss: a muted track goes on sending.
    reports = len(desk.events)
    await desk.told(
        lambda e: len([x for x in desk.events[reports:] if isinstance(x, port.QualityReported)]) >= 4
    )
    assert not [event for event in desk.events if isinstance(event, port.LegLost)]
    await agent.page.evaluate("track.enabled = true")
    await caller.hears(AGENT_HZ)


async def test_a_page_that_reloads_is_the_same_leg_again(desk: Desk) -> None:
    caller, agent = await desk.pair()
    await caller.watch_gaps(AGENT_HZ)
    await desk.backend.drop("agent")
    await desk.line(agent, port.LegKind.AGENT)
    await desk.told(lambda event: event == port.LegRestored(leg_id="agent"))
    await desk.tell(port.Bridge(bridge_id="again", leg_a="caller", leg_b="agent"))
    await caller.hears(AGENT_HZ)
    await agent.hears(CALLER_HZ)
    gap_s = await caller.longest_gap_s()
    print(f"silence while the agent's page reloaded: {gap_s:.2f} s")
    assert gap_s < 5.0
    lost = [type(event).__name__ for event in desk.events if getattr(event, "leg_id", "") == "agent"]
    assert lost.count("LegLost") == 1
    assert lost.count("LegRestored") == 1


async def test_a_page_that_dies_is_lost_and_the_other_hears_silence(desk: Desk) -> None:
    caller, agent = await desk.pair()
    await agent.browser.close()
    await desk.told(lambda event: isinstance(event, port.LegLost) and event.leg_id == "agent", within_s=5.0)
    await desk.told(lambda event: event == port.Unbridged(bridge_id="talk"))
    await caller.hears_silence()
    snapshot = await desk.backend.snapshot()
    assert {leg.leg_id: leg.connected for leg in snapshot.legs} == {"caller": True, "agent": False}


async def test_each_party_is_on_its_own_channel_of_the_recording(desk: Desk) -> None:
    await desk.pair()
    path = desk.folder / "calls" / "talk.wav"
    await desk.tell(
        port.StartRecording(recording_id="r", path=str(path), left_leg="caller", right_leg="agent")
    )
    reports = len(desk.events)
    await desk.told(
        lambda e: len([x for x in desk.events[reports:] if isinstance(x, port.QualityReported)]) >= 3
    )
    await desk.tell(port.PauseRecording(recording_id="r"))
    await desk.tell(port.StopRecording(recording_id="r"))
    finished = await desk.told(lambda event: isinstance(event, port.RecordingFinished))
    assert isinstance(finished, port.RecordingFinished)
    assert finished.path == str(path)
    for channel, hz in ((0, CALLER_HZ), (1, AGENT_HZ)):
        pitch, share = loudest(path, channel)
        assert pitch == pytest.approx(hz, abs=10)
        assert share > 0.9


async def test_the_control_side_may_die_while_two_people_talk(desk: Desk) -> None:
    caller, agent = await desk.pair()
    await caller.watch_gaps(AGENT_HZ)
    await desk.backend.close()
    await agent.page.evaluate("say({t: 'digit', d: '9'})")
    await caller.hears(AGENT_HZ)
    await agent.hears(CALLER_HZ)
    assert await caller.longest_gap_s() < 0.5
    seen = len([event for event in desk.events if isinstance(event, port.DigitPressed)])
    assert seen == 0
    snapshot = await desk.backend.start(desk.take, epoch=2, acknowledged=0)
    assert {leg.bridge_id for leg in snapshot.legs} == {"talk"}
    await desk.told(lambda event: event == port.DigitPressed(leg_id="agent", digit="9"))


def loudest(path: Path, channel: int) -> tuple[float, float]:
    """Pitch of a channel's strongest tone, and how much of its power is near it."""
    with wave.open(str(path), "rb") as source:
        rate = source.getframerate()
        data = np.frombuffer(source.readframes(source.getnframes()), dtype="<i2")
    sound = data.reshape(-1, 2)[:, channel].astype(np.float64)
    power = np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) ** 2
    best = int(np.argmax(power))
    width = round(15 * len(sound) / rate)
    near = power[max(0, best - width) : best + width].sum() / power.sum()
    return best * rate / len(sound), float(near)
