"""`patchbay serve`: a small supervisor over the control process and the media workers.

It owns the listening socket, so that while the control process restarts nobody is turned away: connections
wait in the socket. A control process that dies is started again and its lease is freed at once; media
workers run on meanwhile, and even when this supervisor is killed: the next one finds them by their locks.

    supervisor ── life line (socketpair) ── control process   ends when the supervisor is gone
               └─ lock files ─────────────── media workers     outlive both
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import signal
import socket
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import structlog

from app.children import CONTROL_LOCK, ChildSpec, Lock, end, spawn

log = structlog.get_logger(__name__)

PATIENCE_S = 10.0
"""From the request to end until a process is made to."""
HUNG_S = 45.0
"""It gives one every two seconds; a machine under heavy load is given time."""
STEADY_S = 30.0
"""A process that lived so long is started again without delay."""
DELAYS_S = (0.0, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
EXIT_CONFIGURATION = 78
"""A child that ends with this cannot run as configured and said why: EX_CONFIG of sysexits(3)."""

LOCK_TRIES = 4
LOCK_PAUSE_S = 0.05

READY = b"R"
ALIVE = b"."


class AlreadyServing(Exception):
    def __init__(self, folder: Path, pid: int | None) -> None:
        super().__init__(folder, pid)
        self.folder = folder
        self.pid = pid

    def __str__(self) -> str:
        who = f" (process {self.pid})" if self.pid is not None else ""
        return (
            f"Patchbay already runs from {self.folder}{who}. Stop it, or give this one another folder "
            "with PATCHBAY_DATA_DIR."
        )


class PortTaken(Exception):
    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port)
        self.host = host
        self.port = port

    def __str__(self) -> str:
        return f"Another program listens on {self.host}:{self.port}. Choose another port with --port."


class CannotListen(Exception):
    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(host, port, reason)
        self.host = host
        self.port = port
        self.reason = reason

    def __str__(self) -> str:
        return f"Cannot listen on {self.host}:{self.port}: {self.reason}. Check --host and --port."


class Backoff:
    """How long to wait before the next start of something that keeps dying."""

    def __init__(self) -> None:
        self._failures = 0

    def after(self, lived_s: float) -> float:
        """Seconds to wait after a life of `lived_s` seconds."""
        if lived_s >= STEADY_S:
            self._failures = 0
        delay_s = DELAYS_S[min(self._failures, len(DELAYS_S) - 1)]
        self._failures += 1
        return delay_s


def listen(host: str, port: int) -> socket.socket:
    """The socket that pages connect to; port 0 takes a free one.

    Raises:
        PortTaken: somebody else listens there.
        CannotListen: the address is not this machine's, or not allowed.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    user_timeout = getattr(socket, "TCP_USER_TIMEOUT", None)
    if user_timeout is not None:
        # A page whose machine vanished must not hold what waits for it for a quarter of an hour.
        listener.setsockopt(socket.IPPROTO_TCP, user_timeout, 30_000)
    try:
        listener.bind((host.strip("[]"), port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(host, port) from None
        raise CannotListen(host, port, error.strerror or str(error)) from None
    listener.listen(2048)
    listener.set_inheritable(True)
    return listener


class Supervisor:
    """Keeps one control process and its media workers alive.

    Args:
        run_dir: where the locks are.
        listen: opens the socket that pages connect to.
        control: makes the control process's spec from its lock file, the descriptor of the listening
            socket and that of its end of the life line.
        workers: the media workers.
        free_lease: awaited after each death of a control process.
        on_ready: called with the port each time a control process begins to serve.
        hung_s: a control process that gives no sign of life for so long is killed and started again.
    """

    def __init__(
        self,
        *,
        run_dir: Path,
        listen: Callable[[], socket.socket],
        control: Callable[[Path, int, int], ChildSpec],
        workers: Sequence[ChildSpec],
        free_lease: Callable[[], Awaitable[None]],
        on_ready: Callable[[int], None],
        hung_s: float = HUNG_S,
    ) -> None:
        self._own_lock = Lock(run_dir / "supervisor.lock")
        self._control_lock = Lock(run_dir / CONTROL_LOCK)
        self._listen = listen
        self._control = control
        self._workers = workers
        self._free_lease = free_lease
        self._on_ready = on_ready
        self._hung_s = hung_s
        self._stop = asyncio.Event()
        self._again = False
        """The present control process is to be replaced, not mourned."""
        self._process: asyncio.subprocess.Process | None = None
        self._served = False
        """Once it worked, what stands in the way is expected to pass."""
        self._status = 0
        self._signals = 0

    async def run(self) -> int:
        """Until told to stop; returns the exit status.

        Raises:
            AlreadyServing: another supervisor works in this folder.
            PortTaken: somebody else listens at our address.
            CannotListen: the address is not this machine's.
        """
        if not await self._taken():
            raise AlreadyServing(self._own_lock.path.parent, self._own_lock.holder())
        self._own_lock.name_holder(os.getpid())
        try:
            await self._orphan_gone()
            with self._listen() as listener:
                return await self._run(listener)
        finally:
            self._own_lock.let_go()

    async def _taken(self) -> bool:
        """Take our lock. Somebody may be looking at it just now (`patchbay doctor`), so not once only."""
        for _ in range(LOCK_TRIES):
            if self._own_lock.take():
                return True
            await asyncio.sleep(LOCK_PAUSE_S)
        return False

    async def _run(self, listener: socket.socket) -> int:
        loop = asyncio.get_running_loop()
        for sign in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(sign, self._asked_to_stop)
        loop.add_signal_handler(signal.SIGHUP, self.restart_control)
        keepers = [asyncio.create_task(self._keep_worker(spec)) for spec in self._workers]
        control = asyncio.create_task(self._keep_control(listener))
        control.add_done_callback(lambda _: self._stop.set())
        try:
            await self._stop.wait()
            await self._end_control()
            await control
        finally:
            for keeper in keepers:
                keeper.cancel()
            await asyncio.gather(*keepers, return_exceptions=True)
            await asyncio.gather(*(end(Lock(spec.lock), patience_s=PATIENCE_S) for spec in self._workers))
            for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                loop.remove_signal_handler(sign)
        return self._status

    def stop(self) -> None:
        self._stop.set()

    def restart_control(self) -> None:
        """Replace the control process, for an upgrade: calls go on, pages connect again."""
        if self._process is not None and self._process.returncode is None:
            log.info("the control process is replaced")
            self._again = True
            self._process.terminate()

    def _asked_to_stop(self) -> None:
        self._signals += 1
        self._stop.set()
        if self._signals > 1 and self._process is not None and self._process.returncode is None:
            self._process.kill()

    # --- the control process ---

    async def _orphan_gone(self) -> None:
        """Wait for the control process of a supervisor that was killed: it notices and ends by itself."""
        if self._control_lock.holder() is None:
            return
        log.info("waiting for the control process of an earlier start to end")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                await self._control_lock.freed()
        await end(self._control_lock, patience_s=PATIENCE_S)

    async def _keep_control(self, listener: socket.socket) -> None:
        backoff = Backoff()
        time = asyncio.get_running_loop().time
        while not self._stop.is_set():
            began_s = time()
            status = await self._control_life(listener)
            await self._free()
            if status == EXIT_CONFIGURATION and not self._served:
                self._status = status
                return
            if self._stop.is_set():
                return
            delay_s = 0.0 if self._again else backoff.after(time() - began_s)
            if not self._again:
                log.error("the control process ended; calls go on", status=status, again_in_s=delay_s)
            self._again = False
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(delay_s):
                    await self._stop.wait()

    async def _control_life(self, listener: socket.socket) -> int:
        """Start the control process, watch it, and return how it ended."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        theirs.set_inheritable(True)
        with ours:
            spec = self._control(self._control_lock.path, listener.fileno(), theirs.fileno())
            with theirs:
                process = await spawn(spec)
            if process is None:
                return 1
            self._process = process
            watch = asyncio.create_task(self._watch(ours, process, listener.getsockname()[1]))
            try:
                return await process.wait()
            finally:
                watch.cancel()
                await asyncio.gather(watch, return_exceptions=True)

    async def _watch(self, line: socket.socket, process: asyncio.subprocess.Process, port: int) -> None:
        """Read the life line: ready once, then a sign of life every few seconds."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                async with asyncio.timeout(self._hung_s):
                    heard = await loop.sock_recv(line, 64)
            except TimeoutError:
                log.error("the control process gives no sign of life and is killed", silent_s=self._hung_s)
                process.kill()
                return
            if not heard:
                return
            if READY in heard:
                log.info("serving", pid=process.pid)
                self._served = True
                self._on_ready(port)

    async def _end_control(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(PATIENCE_S):
                await process.wait()
        except TimeoutError:
            log.warning("the control process does not end and is killed")
            with contextlib.suppress(ProcessLookupError):
                process.kill()

    async def _free(self) -> None:
        try:
            await self._free_lease()
        except Exception as error:
            log.warning("the lease could not be freed and runs out by itself", error=str(error))

    # --- media workers ---

    async def _keep_worker(self, spec: ChildSpec) -> None:
        backoff = Backoff()
        time = asyncio.get_running_loop().time
        while True:
            began_s = time()
            process = await spawn(spec)
            if process is None:
                lock = Lock(spec.lock)
                log.info("found again, its calls go on", worker=spec.name, pid=lock.holder())
                await lock.freed()
                log.error("a media worker ended", worker=spec.name)
            else:
                log.info("started", worker=spec.name, pid=process.pid)
                status = await process.wait()
                log.error("a media worker ended", worker=spec.name, status=status)
            await asyncio.sleep(backoff.after(time() - began_s))
