"""How many calls one core of the media process carries: `make bench-media`.

The media process is pinned to one core, the telephones to another. Calls are added until more than one
packet in a thousand is lost; the figure is the greatest number that really ran below that. Between the
rounds the same telephones run through a bare relay (`bench.relay`) on the same core.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import platform
import resource
import secrets
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pylibsrtp import Policy

from bench.load import HOST, PACKETS_PER_S, Load, LoadLeg, connect, is_cut_off, losses
from bench.relay import session
from bench.window import Size, Usage, Window
from telephony import port
from telephony.clock import monotonic
from telephony.webrtc.backend import WebRtcBackend
from telephony.webrtc.launch import WorkerPaths, ensure_worker

RUNS = 5
DELAY_CALLS = 150
"""The delay is measured with as many calls as the goal asks for."""
PROFILE, KEY_BYTES = Policy.SRTP_PROFILE_AEAD_AES_256_GCM, 44
"""What DTLS agrees on between aiortc and Chromium."""
LEGS_A_ROOM = 3
CONNECT_AT_ONCE = 8
INSIDE = "--inside"
PRIORITY = -15


FULL = Size(runs=RUNS, seconds=6.0, settle_s=1.5, step=10, calls_max=600, attempts=3)
QUICK = Size(runs=1, seconds=2.0, settle_s=1.0, step=50, calls_max=350, attempts=1)


class Exchange:
    """The media process under test and its telephones."""

    def __init__(self, backend: WebRtcBackend, load: Load, folder: Path, size: Size, pid: int) -> None:
        self._backend = backend
        self._pid = pid
        self._load = load
        self._folder = folder
        self._size = size
        self.finished = 0

    async def window(self, calls: int, *, recorded: bool = False, mixed: bool = False) -> Window:
        """Run so many calls, bridged or each a room, and count."""
        load, size = self._load, self._size
        legs_each = LEGS_A_ROOM if mixed else 2
        await self._mend(legs_each * calls)
        load.speak(legs_each * calls)
        await asyncio.sleep(size.settle_s)
        for call in range(calls):
            await (self._mix(call) if mixed else self._begin(call, recorded))
        await asyncio.sleep(size.settle_s)
        load.reset()
        usage = Usage(self._pid)
        await asyncio.sleep(size.seconds)
        took, core, waited = usage.taken()
        legs = load.legs[: legs_each * calls]
        loss = losses(legs, took)
        late_s = load.late_s
        delays = [delay for leg in legs for delay in leg.tally.delays_s]
        for call in range(calls):
            await (self._unmix(call) if mixed else self._end(call, recorded))
        load.speak(0)
        if recorded:
            await self._recordings_finished(calls)
        return Window(calls=calls, loss=loss, late_s=late_s, delays_s=delays, core=core, waited=waited)

    async def _mend(self, count: int) -> None:
        """Telephones that were cut off while there were too many calls connect again."""
        for leg in [leg for leg in self._load.legs[:count] if is_cut_off(leg)]:
            self._load.replace(await connect_one(self._backend, leg.number))

    async def _begin(self, call: int, recorded: bool) -> None:
        a, b = f"leg-{2 * call}", f"leg-{2 * call + 1}"
        await self._backend.execute(port.Bridge(bridge_id=f"call-{call}", leg_a=a, leg_b=b))
        if recorded:
            path = str(self._folder / f"call-{call}.wav")
            await self._backend.execute(
                port.StartRecording(recording_id=f"rec-{call}", path=path, left_leg=a, right_leg=b)
            )

    async def _end(self, call: int, recorded: bool) -> None:
        if recorded:
            await self._backend.execute(port.StopRecording(recording_id=f"rec-{call}"))
        await self._backend.execute(port.Unbridge(bridge_id=f"call-{call}"))

    async def _mix(self, call: int) -> None:
        numbers = range(LEGS_A_ROOM * call, LEGS_A_ROOM * (call + 1))
        members = tuple(port.MixMember(leg_id=f"leg-{number}") for number in numbers)
        await self._backend.execute(port.Mix(mix_id=f"room-{call}", members=members))

    async def _unmix(self, call: int) -> None:
        await self._backend.execute(port.Unmix(mix_id=f"room-{call}"))

    async def _recordings_finished(self, calls: int) -> None:
        """Every recording becomes a file; the next window begins after that."""
        end = monotonic() + 120
        while self.finished < calls:
            if monotonic() > end:
                raise RuntimeError(f"only {self.finished} of {calls} recordings were finished")
            await asyncio.sleep(0.1)
        self.finished = 0
        await asyncio.to_thread(shutil.rmtree, self._folder)
        await asyncio.to_thread(self._folder.mkdir)


@contextlib.asynccontextmanager
async def exchange(size: Size, core: int) -> AsyncIterator[Exchange]:
    """A media process on `core` with all its telephones connected."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = WorkerPaths(socket=folder / "w.sock", recordings=folder / "raw", state=folder / "state")
        ours = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {core})
        pid = await ensure_worker(paths, ("--address", HOST, "--legs-max", str(2 * size.calls_max)))
        os.sched_setaffinity(0, ours)
        go_first(pid)
        backend = WebRtcBackend(paths.socket)
        load = Load(time.time)
        wavs = folder / "wav"
        wavs.mkdir()
        made = Exchange(backend, load, wavs, size, pid)

        def sink(sequence: int, at: datetime, event: port.Event) -> None:
            made.finished += isinstance(event, port.RecordingFinished)
            if sequence % 500 == 0:
                acknowledging.add(asyncio.create_task(backend.acknowledge(sequence)))

        acknowledging: set[asyncio.Task[None]] = set()
        await backend.start(sink, epoch=1, acknowledged=0)
        try:
            await _connect_all(backend, load, 2 * size.calls_max)
            load.start()
            yield made
        finally:
            await load.stop()
            await asyncio.gather(*acknowledging, return_exceptions=True)
            await backend.close()
            os.kill(pid, signal.SIGKILL)


async def connect_one(backend: WebRtcBackend, number: int) -> LoadLeg:
    async def swap(sdp: str) -> str:
        return await backend.connect(leg_id=f"leg-{number}", kind=port.LegKind.AGENT, sdp=sdp)

    return await connect(number, swap)


async def _connect_all(backend: WebRtcBackend, load: Load, count: int) -> None:
    for first in range(0, count, CONNECT_AT_ONCE):
        numbers = range(first, min(count, first + CONNECT_AT_ONCE))
        for leg in await asyncio.gather(*(connect_one(backend, number) for number in numbers)):
            load.add(leg)
        if first % 200 == 0:
            progress(f"{first} of {count} telephones connected")


class BareRelay:
    """The relay process and telephones with fixed keys."""

    def __init__(self, size: Size, core: int) -> None:
        self._size = size
        self._core = core

    async def window(self, calls: int) -> Window:
        load = Load(time.time)
        keys = [secrets.token_bytes(KEY_BYTES) for _ in range(2 * calls)]
        sockets = [_bound_socket() for _ in keys]
        ports = [sock.getsockname()[1] for sock in sockets]
        process = await self._start(keys, ports)
        try:
            assert process.stdout is not None
            target = int(await process.stdout.readline())
            for number, (sock, key) in enumerate(zip(sockets, keys, strict=True)):
                sock.connect((HOST, target))
                # What comes back to a leg is encrypted with its own key.
                sending = session(key, PROFILE, Policy.SSRC_ANY_OUTBOUND)
                load.add(LoadLeg(number, sock, sending, session(key, PROFILE, Policy.SSRC_ANY_INBOUND)))
            load.speak(len(keys))
            load.start()
            await asyncio.sleep(self._size.settle_s)
            load.reset()
            usage = Usage(process.pid)
            await asyncio.sleep(self._size.seconds)
            took, core, waited = usage.taken()
            return Window(
                calls=calls,
                loss=losses(load.legs, took),
                late_s=load.late_s,
                delays_s=[],
                core=core,
                waited=waited,
            )
        finally:
            process.kill()
            await process.wait()
            await load.stop()

    async def _start(self, keys: list[bytes], ports: list[int]) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bench.relay",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        os.sched_setaffinity(process.pid, {self._core})
        go_first(process.pid)
        pairs = list(zip(ports[::2], ports[1::2], strict=True))
        line = json.dumps({"keys": [key.hex() for key in keys], "ports": pairs, "profile": PROFILE})
        assert process.stdin is not None
        process.stdin.write(line.encode() + b"\n")
        await process.stdin.drain()
        return process


def _bound_socket() -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setblocking(False)
    sock.bind((HOST, 0))
    return sock


Measure = Callable[[int], Awaitable[Window]]


async def greatest(name: str, measure: Measure, size: Size, guess: int) -> Window:
    """The window of the greatest number of calls that passed: growing steps up, then halving between."""
    best: Window | None = None
    low, high = 0, size.calls_max + size.step
    calls = min(guess, size.calls_max)
    stride = max(size.step, guess // 4)
    while high - low > size.step and calls > 0:
        window = await undisturbed(name, measure, calls, size.attempts)
        if window.passed:
            low, best = calls, window
            calls = min(calls + stride, size.calls_max) if high > size.calls_max else (low + high) // 2
            stride *= 2
        else:
            high = calls
            calls = (low + high) // 2
        calls -= calls % size.step
        if calls in (low, high):
            break
    if best is None:
        raise RuntimeError(f"{name}: not even the smallest number of calls ran without losses")
    return best


async def undisturbed(name: str, measure: Measure, calls: int, attempts: int) -> Window:
    """A window; one that failed while other work disturbed it is repeated."""
    for attempt in range(attempts):
        window = await measure(calls)
        word = ", disturbed" if window.disturbed else ""
        progress(
            f"{name}: {calls} calls, loss {100 * window.loss:.3f} %, {100 * window.core:.0f} % of the core, "
            f"waited for it {100 * window.waited:.0f} %, telephones {1000 * window.late_s:.0f} ms late{word}"
        )
        if window.passed or not window.disturbed or attempt == attempts - 1:
            break
    return window


async def measure_all(size: Size) -> dict[str, Any]:
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        raise SystemExit("bench-media needs two cores: one for the media process, one for the telephones")
    os.sched_setaffinity(0, set(cores[1:2]))
    go_first(os.getpid())
    bridged: list[int] = []
    recorded: list[int] = []
    mixed: list[int] = []
    relayed: list[int] = []
    delays: list[float] = []
    share: list[float] = []
    rooms = replace(size, calls_max=2 * size.calls_max // LEGS_A_ROOM)
    bare = BareRelay(size, cores[0])
    async with exchange(size, cores[0]) as one:

        async def plain(calls: int) -> Window:
            return await one.window(calls, recorded=False)

        async def recording(calls: int) -> Window:
            return await one.window(calls, recorded=True)

        async def mixing(calls: int) -> Window:
            return await one.window(calls, mixed=True)

        for run in range(size.runs):
            progress(f"run {run + 1} of {size.runs}")
            at_goal = await undisturbed("delay", plain, min(DELAY_CALLS, size.calls_max), size.attempts)
            delays += at_goal.delays_s
            share.append(at_goal.core)
            guess = bridged[-1] if bridged else size.calls_max // 2
            best = await greatest("bridged", plain, size, guess)
            bridged.append(best.calls)
            guess = recorded[-1] if recorded else best.calls
            best = await greatest("recorded", recording, size, guess)
            recorded.append(best.calls)
            guess = mixed[-1] if mixed else best.calls // 3
            mixed.append((await greatest("mixed", mixing, rooms, guess)).calls)
            guess = relayed[-1] if relayed else bridged[-1]
            relayed.append((await greatest("bare relay", bare.window, size, guess)).calls)
    delays.sort()
    return {
        "calls_per_core_bridged": int(statistics.median(bridged)),
        "calls_per_core_recorded": int(statistics.median(recorded)),
        "calls_per_core_mixed": int(statistics.median(mixed)),
        "legs_a_room": LEGS_A_ROOM,
        "relay_calls_per_core": int(statistics.median(relayed)),
        "added_delay_ms_p50": round(1000 * delays[len(delays) // 2], 3),
        "added_delay_ms_p99": round(1000 * delays[int(len(delays) * 0.99)], 3),
        "added_delay_at_calls": min(DELAY_CALLS, size.calls_max),
        "core_percent_at_150_calls": round(100 * statistics.median(share), 1),
        "packets_per_s_per_call": 2 * PACKETS_PER_S,
        "codec": "PCMU",
        "bridged_by_run": bridged,
        "recorded_by_run": recorded,
        "mixed_by_run": mixed,
        "relay_by_run": relayed,
        "window_s": size.seconds,
        "calls_max": size.calls_max,
        "stopped_at_calls_max": max(*bridged, *recorded, *relayed) >= size.calls_max,
        "runs": size.runs,
    }


def go_first(pid: int) -> None:
    """Let a process run before the machine's other work, where we may: the core's own limit is asked for.

    On a desktop kernel a session is scheduled as one group whose priority is what counts; only a session of
    its own is touched.
    """
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, pid, PRIORITY)
        if os.getsid(pid) == pid:
            Path(f"/proc/{pid}/autogroup").write_text(str(PRIORITY))


def progress(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def commit() -> str:
    found = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return found.stdout.strip() or "unknown"


def main() -> int:
    """Measure in a session of its own, which may go first as a whole."""
    if sys.argv[1:] == [INSIDE]:
        measure_and_tell()
        return 0
    inside = subprocess.Popen([sys.executable, "-m", "bench.media", INSIDE], start_new_session=True)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: inside.send_signal(signal.SIGINT))
    return inside.wait()


def measure_and_tell() -> None:
    # Two descriptors for each telephone.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    quick = bool(os.environ.get("QUICK"))
    began = monotonic()
    figures = asyncio.run(measure_all(QUICK if quick else FULL))
    figures |= {
        "commit": commit(),
        "python": platform.python_version(),
        "cpus": os.cpu_count(),
        "quick": quick,
        "took_s": round(monotonic() - began, 1),
    }
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    sys.exit(main())
