"""The supervisor: what dies is started again, what must outlive it does, and its end leaves nothing."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import psutil
import pytest

from app.api.ports import Parts
from app.children import RELOAD_SIGNAL, Lock
from app.main import serve
from app.serve import ALIVE, DELAYS_S, READY, STEADY_S, Backoff, PortTaken, listen
from app.settings import Settings
from tests.integration.api.conftest import Centre

PATIENCE_S = 30.0


class Running:
    """A supervisor process and what can be seen of it from outside."""

    def __init__(self, process: asyncio.subprocess.Process, folder: Path) -> None:
        self.process = process
        self.folder = folder
        self.port = 0

    async def ready(self) -> None:
        """Until a control process serves (again)."""
        assert self.process.stdout is not None
        line = b"the log"
        async with asyncio.timeout(PATIENCE_S):
            while line and not line.startswith(b"{"):
                line = await self.process.stdout.readline()
        assert line, "the supervisor ended"
        self.port = json.loads(line)["port"]

    async def control(self) -> int:
        """Process id of whoever answers at the port."""
        async with asyncio.timeout(PATIENCE_S):
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            writer.write(b"who?")
            pid = int(await reader.read())
            writer.close()
            return pid

    def worker(self) -> int | None:
        return Lock(self.folder / "media-1.lock").holder()

    def freed(self) -> int:
        path = self.folder / "freed"
        return len(path.read_text().splitlines()) if path.exists() else 0

    async def ended(self) -> int:
        # `wait` would wait for the worker too, which has inherited standard output.
        await until(lambda: self.process.returncode is not None)
        assert self.process.returncode is not None
        return self.process.returncode


def runs(pid: int) -> bool:
    """Whether a process does anything: one that only waits to be buried does not."""
    try:
        return str(psutil.Process(pid).status()) != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not true():  # noqa: ASYNC110 - another process changes it, and wakes nobody here
            await asyncio.sleep(0.02)


@asynccontextmanager
async def supervised(folder: Path, mode: str = "well", port: int = 0) -> AsyncIterator[Running]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.integration.api.supervised",
        str(folder),
        mode,
        str(port),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    running = Running(process, folder)
    try:
        yield running
    finally:
        if process.returncode is None:
            process.terminate()
            await running.ended()


@pytest.fixture
async def worker_cleared(tmp_path: Path) -> AsyncIterator[None]:
    """Whatever a test does to the supervisor, no worker stays behind."""
    yield
    pid = Lock(tmp_path / "media-1.lock").holder()
    if pid is not None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


pytestmark = pytest.mark.usefixtures("worker_cleared")


async def test_a_killed_control_process_comes_back_its_lease_is_freed_and_media_goes_on(
    tmp_path: Path,
) -> None:
    async with supervised(tmp_path) as running:
        await running.ready()
        first, worker = await running.control(), running.worker()
        assert worker is not None
        for life in range(1, 4):
            os.kill(await running.control(), signal.SIGKILL)
            await running.ready()
            assert running.freed() == life
        assert await running.control() != first
        assert running.worker() == worker


async def test_nobody_is_turned_away_while_the_control_process_restarts(tmp_path: Path) -> None:
    async with supervised(tmp_path) as running:
        await running.ready()
        first = await running.control()
        os.kill(first, signal.SIGKILL)
        answers = await asyncio.gather(*(running.control() for _ in range(20)), return_exceptions=True)
        refused = [answer for answer in answers if isinstance(answer, ConnectionRefusedError)]
        assert refused == []
        assert await running.control() != first


async def test_media_outlives_a_killed_supervisor_and_is_found_again(tmp_path: Path) -> None:
    async with supervised(tmp_path) as running:
        await running.ready()
        orphan, worker = await running.control(), running.worker()
        running.process.kill()
        await running.ended()
        assert running.worker() == worker
    async with supervised(tmp_path, port=running.port) as again:
        await again.ready()
        assert again.port == running.port
        assert await again.control() != orphan
        assert again.worker() == worker
        assert not runs(orphan)
        again.process.terminate()
        assert await again.ended() == 0
        assert again.worker() is None, "an orderly end takes the worker with it, found again or not"


async def test_a_media_worker_that_dies_is_started_again(tmp_path: Path) -> None:
    async with supervised(tmp_path) as running:
        await running.ready()
        worker = running.worker()
        assert worker is not None
        os.kill(worker, signal.SIGKILL)
        await until(lambda: running.worker() not in (None, worker))
        assert running.freed() == 0


async def test_an_orderly_end_leaves_no_process_behind(tmp_path: Path) -> None:
    async with supervised(tmp_path) as running:
        await running.ready()
        control = await running.control()
        running.process.terminate()
        assert await running.ended() == 0
        assert running.worker() is None
        assert not runs(control)
        assert Lock(tmp_path / "supervisor.lock").holder() is None


async def test_an_upgrade_replaces_the_control_process_and_leaves_media_alone(tmp_path: Path) -> None:
    async with supervised(tmp_path) as running:
        await running.ready()
        first, worker = await running.control(), running.worker()
        running.process.send_signal(signal.SIGHUP)
        await running.ready()
        assert await running.control() != first
        assert running.worker() == worker


async def test_a_control_process_that_hangs_is_killed_and_started_again(tmp_path: Path) -> None:
    async with supervised(tmp_path, mode="hung") as running:
        await running.ready()
        first = await running.control()
        await running.ready()
        assert await running.control() != first


async def test_a_control_process_that_cannot_run_as_configured_is_not_tried_again(tmp_path: Path) -> None:
    async with supervised(tmp_path, mode="refusing") as running:
        assert await running.ended() == 78
        assert running.worker() is None


async def test_two_supervisors_do_not_share_a_folder(tmp_path: Path) -> None:
    async with supervised(tmp_path) as running:
        await running.ready()
        async with supervised(tmp_path) as second:
            assert await second.ended() == 1
        assert await running.control() > 0


def test_what_keeps_dying_is_started_more_and_more_slowly_and_what_was_steady_at_once() -> None:
    backoff = Backoff()
    delays = [backoff.after(0.1) for _ in range(len(DELAYS_S) + 3)]
    assert delays == [*DELAYS_S, *[DELAYS_S[-1]] * 3]
    assert backoff.after(STEADY_S) == 0.0
    assert backoff.after(0.1) == DELAYS_S[1]


def test_a_taken_port_is_named_with_its_cure() -> None:
    with listen("127.0.0.1", 0) as first, pytest.raises(PortTaken) as taken:
        listen("127.0.0.1", first.getsockname()[1])
    assert "--port" in str(taken.value)


# --- the control process's side of the life line --------------------------------------------------


async def test_the_control_process_says_when_it_serves_and_ends_with_its_supervisor(
    centre: Centre, settings: Settings
) -> None:
    composed: list[str] = []

    @asynccontextmanager
    async def compose(_settings: Settings) -> AsyncIterator[Parts]:
        composed.append("open")
        yield centre.parts
        composed.append("closed")

    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    listener = listen("127.0.0.1", 0)
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    serving = asyncio.create_task(serve(settings, compose, listener, theirs.detach()))
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(PATIENCE_S):
        # Signs of life come on time even while a busy machine still starts.
        while (said := await loop.sock_recv(ours, 1)) == ALIVE:
            pass
        assert said == READY
        async with httpx.AsyncClient() as http:
            assert (await http.get(f"{address}/healthz")).status_code == 200
        assert await loop.sock_recv(ours, 1) == ALIVE
        os.kill(os.getpid(), RELOAD_SIGNAL)
        await until(lambda: centre.reloads == [1])
        ours.close()
        await serving
    assert composed == ["open", "closed"]
