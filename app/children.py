"""Child processes that are known by a lock rather than by their parent.

A child inherits an open, locked file (flock(2)). The lock lives as long as the child does, whatever becomes
of the parent, so a parent that was killed and started again can tell whether its child is still there,
and a process id that was given to somebody else in the meantime is never taken for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

CONTROL_LOCK = "control.lock"
"""In the run folder: held by the control process."""
RELOAD_SIGNAL = signal.SIGUSR1
"""Has the control process read the configuration again."""
POLL_S = 0.1
"""How often a process that is not our child is looked at."""


class Lock:
    """An flock on `path`, whose content is the process id of its holder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = None

    def take(self) -> bool:
        """Hold the lock. False when another process holds it."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
            return False
        self._fd = fd
        return True

    @property
    def fd(self) -> int:
        assert self._fd is not None, "the lock is not held here"
        return self._fd

    def name_holder(self, pid: int) -> None:
        os.ftruncate(self.fd, 0)
        os.pwrite(self.fd, f"{pid}\n".encode(), 0)

    def let_go(self) -> None:
        """Close our end. A child that inherited it goes on holding it."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def holder(self) -> int | None:
        """Process id of whoever holds it; None when nobody does."""
        probe = Lock(self.path)
        if probe.take():
            probe.let_go()
            return None
        with contextlib.suppress(ValueError, OSError):
            return int(self.path.read_text())
        return None

    async def freed(self) -> None:
        """Wait until nobody holds it."""
        while self._held():  # noqa: ASYNC110 - flock(2) wakes nobody of another process
            await asyncio.sleep(POLL_S)

    def _held(self) -> bool:
        probe = Lock(self.path)
        free = probe.take()
        probe.let_go()
        return not free


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildSpec:
    """How a child is started.

    Attributes:
        command: program and arguments.
        lock: the file that tells whether it is alive.
        own_session: it is out of reach of the terminal's Ctrl C and survives its parent.
        environment: added to ours.
        fds: more descriptors to hand down.
    """

    name: str
    command: Sequence[str]
    lock: Path
    own_session: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)
    fds: Sequence[int] = ()


async def spawn(spec: ChildSpec) -> asyncio.subprocess.Process | None:
    """Start a child under its lock. None when one is alive already."""
    lock = Lock(spec.lock)
    if not lock.take():
        return None
    try:
        process = await asyncio.create_subprocess_exec(
            *spec.command,
            stdin=asyncio.subprocess.DEVNULL,
            pass_fds=(lock.fd, *spec.fds),
            start_new_session=spec.own_session,
            env={**os.environ, **spec.environment},
        )
        lock.name_holder(process.pid)
    finally:
        lock.let_go()
    return process


async def end(lock: Lock, *, patience_s: float) -> None:
    """Ask the holder of a lock to end, and make it after `patience_s` seconds."""
    pid = lock.holder()
    if pid is None:
        return
    for sign, wait_s in ((signal.SIGTERM, patience_s), (signal.SIGKILL, patience_s)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, sign)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await lock.freed()
            return
