"""Recording: packets to disk as they come, a WAV afterwards.

What is recorded is what each leg sends, while it may speak: a muted leg is silent, a paused recording is
silent and nothing of the pause is kept, music and prompts are never in it. A leg on hold goes on being
recorded; whoever must not record then pauses the recording. A recording ends when it is stopped, after
`max_s`, or when none of its legs is left.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import json
import logging
import sys
from collections.abc import Callable, Container, Sequence
from pathlib import Path
from typing import BinaryIO

from telephony.port import (
    AimRecording,
    Event,
    RecordingFailed,
    RecordingFinished,
    RecordingStarted,
    StartRecording,
)
from telephony.webrtc.rawfile import (
    END,
    ENTRY,
    LEFT,
    PAUSE,
    RESUME,
    RIGHT_LEGS,
    RIGHT_LEGS_MAX,
    SUFFIX,
    TICKS_PER_S,
    Description,
    RawDamaged,
    header,
    raw_path,
    read_description,
)
from telephony.webrtc.rtp import Tap

logger = logging.getLogger(__name__)

PENDING_BYTES_MAX = 32 << 20
"""What the disk may be behind by, all recordings together, before recordings are given up."""
FINALISER_IDLE_S = 60.0


class SideTap:
    """Takes the packets of one leg for one recording."""

    __slots__ = ("_kind", "_recording")

    def __init__(self, recording: Recording, kind: int) -> None:
        self._recording = recording
        self._kind = kind

    def packet(self, now: float, sequence: int, timestamp: int, payload: memoryview) -> None:
        recording = self._recording
        if recording.paused:
            return
        buffer = recording.buffer
        ticks = int((now - recording.began) * TICKS_PER_S)
        buffer += ENTRY.pack(self._kind, len(payload), ticks, sequence, timestamp)
        buffer += payload


class Fan:
    """One leg in several recordings."""

    def __init__(self, taps: Sequence[Tap]) -> None:
        self._taps = tuple(taps)

    def packet(self, now: float, sequence: int, timestamp: int, payload: memoryview) -> None:
        for tap in self._taps:
            tap.packet(now, sequence, timestamp, payload)


class Recording:
    """One recording under way."""

    def __init__(self, command: StartRecording, raw: Path, began: float) -> None:
        self.command = command
        self.raw = raw
        self.began = began
        self.paused = False
        self.buffer = bytearray()
        self.file: BinaryIO | None = None
        self.taps = {command.left_leg: SideTap(self, LEFT)}
        self._right_kinds: dict[str, int] = {}
        if command.right_leg is not None:
            self.aim([command.right_leg])

    def aim(self, right_legs: Sequence[str]) -> None:
        """The right channel takes these legs from now on. Each leg keeps its kind when it comes back."""
        left = self.taps.get(self.command.left_leg)
        self.taps = {} if left is None else {self.command.left_leg: left}
        for leg_id in right_legs:
            if leg_id not in self.taps:
                kind = RIGHT_LEGS + len(self._right_kinds) % RIGHT_LEGS_MAX
                self.taps[leg_id] = SideTap(self, self._right_kinds.setdefault(leg_id, kind))

    def mark(self, kind: int, now: float) -> None:
        self.buffer += ENTRY.pack(kind, 0, int((now - self.began) * TICKS_PER_S), 0, 0)


class Recorder:
    """All recordings of a worker.

    Args:
        folder: where raw recordings lie until they are finished.
        codec: name of the codec all legs use.
        emit: takes the events.
    """

    def __init__(self, folder: Path, codec: str, emit: Callable[[Event], None]) -> None:
        self._folder = folder
        self._codec = codec
        self._emit = emit
        self._disk = concurrent.futures.ThreadPoolExecutor(1, thread_name_prefix="recordings")
        self._recordings: dict[str, Recording] = {}
        self._pending_bytes = 0
        self._finaliser = Finaliser()
        self._tasks: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._recordings)

    def of_leg(self, leg_id: str) -> tuple[str, ...]:
        """Ids of the recordings a leg is in."""
        return tuple(key for key, recording in self._recordings.items() if leg_id in recording.taps)

    def tap(self, leg_id: str) -> Tap | None:
        """Where the leg's packets are to go, None for nowhere."""
        taps = [r.taps[leg_id] for r in self._recordings.values() if leg_id in r.taps]
        if len(taps) > 1:
            return Fan(taps)
        return taps[0] if taps else None

    def start(self, command: StartRecording, live: Container[str], now: float) -> None:
        """Begin; the same id again changes nothing.

        Args:
            command: what to record.
            live: ids of the legs that are up.
            now: steady seconds.
        """
        key = command.recording_id
        if key in self._recordings:
            return
        recording = Recording(command, raw_path(self._folder, key), now)
        for leg_id in tuple(recording.taps):
            if leg_id not in live:
                del recording.taps[leg_id]
        if not recording.taps:
            self._emit(RecordingFailed(recording_id=key, reason="none of its legs is up"))
            return
        self._recordings[key] = recording
        self._go(self._open(recording))

    def pause(self, recording_id: str, now: float) -> None:
        recording = self._recordings.get(recording_id)
        if recording is not None and not recording.paused:
            recording.mark(PAUSE, now)
            recording.paused = True

    def resume(self, recording_id: str, now: float) -> None:
        recording = self._recordings.get(recording_id)
        if recording is not None and recording.paused:
            recording.mark(RESUME, now)
            recording.paused = False

    def aim(self, command: AimRecording, live: Container[str], now: float) -> None:
        """The right channel is of other legs from now on; those that are gone are left out."""
        recording = self._recordings.get(command.recording_id)
        if recording is not None:
            recording.aim([leg_id for leg_id in command.right_legs if leg_id in live])
            if not recording.taps:
                self.stop(command.recording_id, now)

    def stop(self, recording_id: str, now: float) -> tuple[str, ...]:
        """End one; returns the legs whose tap has changed. `RecordingFinished` follows."""
        recording = self._recordings.pop(recording_id, None)
        if recording is None:
            return ()
        recording.mark(END, now)
        self._go(self._finish(recording))
        return tuple(recording.taps)

    def leg_ended(self, leg_id: str, now: float) -> None:
        """The leg is silent from here on; a recording that has no other leg ends."""
        for key in self.of_leg(leg_id):
            recording = self._recordings[key]
            del recording.taps[leg_id]
            if not recording.taps:
                self.stop(key, now)

    def overdue(self, now: float) -> tuple[str, ...]:
        """Ids of recordings that have run for `max_s`."""
        return tuple(
            key
            for key, recording in self._recordings.items()
            if now - recording.began >= recording.command.max_s
        )

    def write_out(self) -> None:
        """Hand what came in to the disk's thread. Called about twice a second."""
        work: list[tuple[Recording, bytearray]] = []
        for recording in tuple(self._recordings.values()):
            if recording.buffer and recording.file is not None:
                work.append((recording, recording.buffer))
                recording.buffer = bytearray()
            elif len(recording.buffer) > PENDING_BYTES_MAX:
                self._give_up(recording, "the disk does not answer")
        if work:
            self._go(self._write(work))

    def recover(self) -> None:
        """Finish what a worker before us left behind."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for raw in sorted(self._folder.glob(f"*{SUFFIX}")):
            self._go(self._recover(raw))

    async def close(self, now: float) -> None:
        """End all recordings and wait until their files are complete."""
        for key in tuple(self._recordings):
            self.stop(key, now)
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._finaliser.close()
        self._disk.shutdown()

    def _go(self, work: object) -> None:
        assert asyncio.iscoroutine(work)
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _on_disk(self, work: Callable[[], None]) -> None:
        await asyncio.get_running_loop().run_in_executor(self._disk, work)

    async def _open(self, recording: Recording) -> None:
        command = recording.command
        description = Description(recording_id=command.recording_id, path=command.path, codec=self._codec)

        def create() -> None:
            recording.raw.parent.mkdir(parents=True, exist_ok=True)
            recording.file = recording.raw.open("wb", buffering=0)
            recording.file.write(header(description))

        try:
            await self._on_disk(create)
        except OSError as error:
            self._give_up(recording, error.strerror or str(error))
        else:
            self._emit(RecordingStarted(recording_id=command.recording_id))

    async def _write(self, work: list[tuple[Recording, bytearray]]) -> None:
        size = sum(len(data) for _, data in work)
        if self._pending_bytes + size > PENDING_BYTES_MAX:
            for recording, _ in work:
                self._give_up(recording, "the disk is too slow")
            return
        failed: list[tuple[Recording, str]] = []

        def write() -> None:
            for recording, data in work:
                try:
                    _write_all(recording.file, data)
                except OSError as error:
                    failed.append((recording, error.strerror or str(error)))

        self._pending_bytes += size
        await self._on_disk(write)
        self._pending_bytes -= size
        for recording, reason in failed:
            self._give_up(recording, reason)

    async def _finish(self, recording: Recording) -> None:
        def close() -> None:
            if recording.file is None:
                raise OSError("it was never opened")
            _write_all(recording.file, recording.buffer)
            recording.file.close()

        try:
            await self._on_disk(close)
        except OSError as error:
            self._failed(recording.command.recording_id, error.strerror or str(error))
        else:
            await self._finalise(recording.raw, recording.command.recording_id, recording.command.path)

    async def _recover(self, raw: Path) -> None:
        def describe() -> Description:
            with raw.open("rb") as source:
                return read_description(source)

        try:
            description = await asyncio.get_running_loop().run_in_executor(self._disk, describe)
        except (OSError, RawDamaged) as error:
            logger.error("the unfinished recording %s is lost: %s", raw.name, error)
            return
        await self._finalise(raw, description.recording_id, description.path)

    async def _finalise(self, raw: Path, recording_id: str, path: str) -> None:
        answer = await self._finaliser.finalise(raw)
        if isinstance(answer, float):
            self._emit(RecordingFinished(recording_id=recording_id, path=path, duration_s=answer))
        else:
            self._emit(RecordingFailed(recording_id=recording_id, reason=answer))

    def _give_up(self, recording: Recording, reason: str) -> None:
        """The disk does not take it. What was written stays, for a later `recover`."""
        if self._recordings.pop(recording.command.recording_id, None) is recording:
            recording.paused = True
            recording.buffer.clear()
            self._failed(recording.command.recording_id, reason)
        if recording.file is not None:
            with contextlib.suppress(OSError):
                recording.file.close()

    def _failed(self, recording_id: str, reason: str) -> None:
        self._emit(
            RecordingFailed(recording_id=recording_id, reason=f"the recording cannot be kept: {reason}")
        )


def _write_all(file: BinaryIO | None, data: bytearray) -> None:
    assert file is not None
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]


class Finaliser:
    """The decoding process: started when needed, ended after a minute without work, one file at a time."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._idle: asyncio.TimerHandle | None = None

    async def finalise(self, raw: Path) -> float | str:
        """Seconds of the finished file, or why there is none."""
        async with self._turn:
            if self._idle is not None:
                self._idle.cancel()
            try:
                answer = await self._ask(raw) or await self._ask(raw)
            finally:
                self._idle = asyncio.get_running_loop().call_later(FINALISER_IDLE_S, self._end_idle)
        if answer is None:
            return f"the decoding process ended twice over {raw.name}; the raw recording is kept"
        if "duration_s" in answer:
            return float(str(answer["duration_s"]))
        return str(answer.get("reason", "unknown"))

    async def close(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
        process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            process.stdin.close()
            await process.wait()

    async def _ask(self, raw: Path) -> dict[str, object] | None:
        """One job. None when the process ended over it."""
        process = self._process
        if process is None or process.returncode is not None:
            process = self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "telephony.webrtc.finalise",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{raw}\n".encode())
        try:
            await process.stdin.drain()
        except ConnectionError:
            line = b""
        else:
            line = await process.stdout.readline()
        if not line:
            await process.wait()
            self._process = None
            return None
        answer: dict[str, object] = json.loads(line)
        return answer

    def _end_idle(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            process.stdin.close()
