"""Finding the media process, or starting one that goes on without us."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from telephony.webrtc import wire

START_LIMIT_S = 60.0
PING_LIMIT_S = 5.0
SOCKET_BYTES_MAX = 100
"""The system allows 107; a little is left for a suffix."""
LOG_FILE = "worker.log"
LAUNCH_LOCK = "launch.lock"

_children: set[subprocess.Popen[bytes]] = set()
"""Started by this process. They may outlive it; those that end before are reaped at the next start."""


class WorkerNotStarted(Exception):
    """A media process could not be started, and what it said last."""

    def __init__(self, reason: str, log: str = "") -> None:
        super().__init__(reason, log)
        self.reason = reason
        self.log = log

    def __str__(self) -> str:
        return f"the media process cannot start: {self.reason}" + (f"\n{self.log}" if self.log else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerPaths:
    """Where a media process lives. `state` also holds its log, lock and pid file."""

    socket: Path
    recordings: Path
    state: Path


async def ensure_worker(paths: WorkerPaths, options: Sequence[str] = ()) -> int:
    """Make sure that a media process answers at `paths.socket`.

    A living one is kept as it is, whatever options it was started with. A new one runs in its own session,
    so that it outlives us.

    Args:
        paths: of the media process.
        options: further command-line options of `telephony.webrtc.worker`.

    Returns:
        Its process id.

    Raises:
        WorkerNotStarted: it did not come up.
    """
    if len(str(paths.socket).encode()) > SOCKET_BYTES_MAX:
        raise WorkerNotStarted(
            f"the path of its socket has more than {SOCKET_BYTES_MAX} bytes; use a shorter folder than"
            f" {paths.socket.parent}"
        )
    living = await find_worker(paths.socket)
    if living is not None:
        return living
    await asyncio.to_thread(_make_folders, paths)
    with await asyncio.to_thread(_locked, paths.state / LAUNCH_LOCK):
        # Another starter may have been faster.
        living = await find_worker(paths.socket)
        return living if living is not None else await _start(paths, options)


async def find_worker(socket: Path) -> int | None:
    """The process id of the media process that answers at `socket`; None when none does."""
    try:
        async with asyncio.timeout(PING_LIMIT_S):
            reader, writer = await asyncio.open_unix_connection(str(socket), limit=wire.LINE_BYTES_MAX)
            try:
                writer.write(wire.write_line({"id": 1, "op": "stats"}))
                answer = wire.read_line(await reader.readline())
            finally:
                writer.close()
        return int(answer["result"]["pid"])
    except (OSError, TimeoutError, wire.Malformed, KeyError):
        return None


async def _start(paths: WorkerPaths, options: Sequence[str]) -> int:
    log = paths.state / LOG_FILE
    process = await asyncio.to_thread(_spawn, paths, options, log)
    try:
        async with asyncio.timeout(START_LIMIT_S):
            while True:
                pid = await find_worker(paths.socket)
                if pid is not None:
                    return pid
                if process.poll() is not None:
                    raise WorkerNotStarted(
                        f"it ended with code {process.returncode}", await asyncio.to_thread(_tail, log)
                    )
                await asyncio.sleep(0.05)
    except TimeoutError as error:
        process.terminate()
        raise WorkerNotStarted(
            f"it did not answer within {START_LIMIT_S:.0f} s", await asyncio.to_thread(_tail, log)
        ) from error


def _make_folders(paths: WorkerPaths) -> None:
    for folder in (paths.state, paths.recordings, paths.socket.parent):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)


@contextlib.contextmanager
def _held(path: Path) -> Iterator[None]:
    with path.open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _locked(path: Path) -> contextlib.ExitStack:
    """The launch lock, already held; leaving the stack lets go of it."""
    stack = contextlib.ExitStack()
    stack.enter_context(_held(path))
    return stack


def _spawn(paths: WorkerPaths, options: Sequence[str], log: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "telephony.webrtc.worker"]
    command += ["--socket", str(paths.socket), "--recordings", str(paths.recordings)]
    command += ["--state", str(paths.state), *options]
    for child in tuple(_children):
        if child.poll() is not None:
            _children.discard(child)
    with log.open("ab") as out:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True, close_fds=True
        )
    _children.add(process)
    return process


def _tail(log: Path) -> str:
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-12:])
    except OSError:
        return ""
