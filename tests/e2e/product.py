"""Patchbay as a person starts it: `patchbay serve --demo` in a folder of its own, on a free port."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import httpx

START_LIMIT_S = 60.0
WAIT_LIMIT_S = 20.0
PASSWORD = "brightwater"

Value = TypeVar("Value")


async def until(condition: Callable[[], Awaitable[Value]], what: str, limit_s: float = WAIT_LIMIT_S) -> Value:
    """Ask again and again until the answer is true; fail with `what` was waited for."""
    last: object = None
    try:
        async with asyncio.timeout(limit_s):
            while True:
                last = await condition()
                if last:
                    return last
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"not within {limit_s:.0f} s: {what} (last: {last!r})") from None


class Product:
    """One running server: supervisor, control process, media process."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = {
            **os.environ,
            "PATCHBAY_DATA_DIR": str(folder),
            "PATCHBAY_LOG_FORMAT": "json",
            # A test is many people behind one address.
            "PATCHBAY_LIMIT_SIGN_IN": "100000/minute",
            "PATCHBAY_LIMIT_CALLER": "100000/minute",
            "PATCHBAY_LIMIT_CALLER_CALLS": "100000/minute",
            **environment,
        }
        self._process: asyncio.subprocess.Process | None = None
        self._log = folder / "server.log"

    async def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "app.cli", "serve", "--demo", "--port", str(self.port)),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment,
                start_new_session=True,
            )
        await self.ready()

    async def ready(self) -> None:
        async with httpx.AsyncClient(base_url=self.url, timeout=2.0) as client:

            async def answers() -> bool:
                assert self._process is not None
                assert self._process.returncode is None, self.log_tail()
                try:
                    return (await client.get("/readyz")).status_code == 200
                except httpx.TransportError:
                    return False

            await until(answers, f"the server to be ready\n{self.log_tail()}", START_LIMIT_S)

    async def stop(self) -> None:
        """As Ctrl C does; then whatever is left is killed."""
        if self._process is None:
            return
        if self._process.returncode is None:
            self._process.terminate()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(15):
                    await self._process.wait()
        for pid in (self._process.pid, self.control_pid(), self.media_pid()):
            if pid is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        await self._process.wait()

    # --- processes ---

    def control_pid(self) -> int | None:
        return _pid(self.folder / "run" / "control.lock")

    def media_pid(self) -> int | None:
        return _pid(self.folder / "run" / "media-1.lock")

    async def kill_control(self) -> None:
        """kill -9, and wait until a fresh control process serves."""
        pid = self.control_pid()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)

        async def another() -> bool:
            return self.control_pid() not in (None, pid)

        await until(another, "a new control process", START_LIMIT_S)
        await self.ready()

    async def kill_everything_but_media(self) -> None:
        """kill -9 of supervisor and control process."""
        assert self._process is not None
        control = self.control_pid()
        self._process.kill()
        await self._process.wait()
        if control is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(control, signal.SIGKILL)

    def log_tail(self, lines: int = 40) -> str:
        with contextlib.suppress(OSError):
            return "\n".join(self._log.read_text(errors="replace").splitlines()[-lines:])
        return ""


@contextlib.asynccontextmanager
async def running(folder: Path, environment: Mapping[str, str] | None = None) -> AsyncIterator[Product]:
    product = Product(folder, environment or {})
    try:
        await product.start()
        yield product
    finally:
        await product.stop()


class Staff:
    """Somebody signed in, over the same API as the pages."""

    def __init__(self, product: Product) -> None:
        self._client = httpx.AsyncClient(base_url=product.url, timeout=20.0, headers={"Origin": product.url})
        self._commands = 0
        self._name = ""

    async def sign_in(self, username: str) -> Staff:
        answer = await self._client.post("/api/session", json={"username": username, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        self._client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
        self._name = username
        return self

    async def close(self) -> None:
        await self._client.aclose()

    async def get(self, path: str) -> Any:
        answer = await self._client.get(path)
        assert answer.status_code == 200, f"{path}: {answer.text}"
        return answer.json()

    async def download(self, path: str) -> bytes:
        answer = await self._client.get(path)
        assert answer.status_code == 200, f"{path}: {answer.text}"
        return answer.content

    async def do(self, path: str, body: object = None, method: str = "POST") -> Any:
        """A command, under an idempotency key of its own."""
        self._commands += 1
        key = f"{self._name}-{id(self)}-{self._commands}"
        answer = await self._client.request(method, path, json=body, headers={"Idempotency-Key": key})
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    async def ticket(self) -> str:
        return str((await self.do("/api/ws-ticket"))["ticket"])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _pid(lock: Path) -> int | None:
    try:
        return int(lock.read_text())
    except (OSError, ValueError):
        return None
