"""The control process: the HTTP and websocket application, served on the supervisor's socket.

    python -m app.main --listen-fd N --life-fd M

Nothing imports this module but tests; `app.serve` starts it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from importlib.metadata import PackageNotFoundError, version

import structlog
import uvicorn
import uvloop
from fastapi import FastAPI
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.api import documents, operations, problems, sockets
from app.api.front_end import FrontEnd
from app.api.middleware import Account, BodyLimit, Gate
from app.api.page_protocol import PageProtocol
from app.api.ports import Parts
from app.api.routes import ROUTERS
from app.children import RELOAD_SIGNAL
from app.serve import ALIVE, EXIT_CONFIGURATION, READY
from app.settings import Settings

log = structlog.get_logger(__name__)

SIGN_OF_LIFE_S = 2.0
GRACE_S = 5
"""For requests under way when the process is asked to end."""
DESCRIPTION = (
    "Everything an agent's, a supervisor's and a caller's page does. Sign in with `POST /api/session`; "
    "changes carry `X-CSRF-Token`, commands an `Idempotency-Key`. Live state comes over websockets, "
    "described in [asyncapi.json](/asyncapi.json)."
)
Compose = Callable[[Settings], AbstractAsyncContextManager[Parts]]


def app_version() -> str:
    try:
        return version("patchbay")
    except PackageNotFoundError:
        return "0"


def create_app(parts: Parts, front_end: FrontEnd | None = None) -> FastAPI:
    """The whole web side, built from the parts that the composition root made."""
    app = FastAPI(
        title="Patchbay",
        version=app_version(),
        description=DESCRIPTION,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
    )
    app.state.parts = parts
    problems.install(app)
    for router in ROUTERS:
        app.include_router(router)
    app.include_router(sockets.router)
    app.include_router(operations.router)
    app.include_router(documents.router)

    async def openapi_document() -> Response:
        return JSONResponse(documents.openapi(app))

    app.add_api_route("/openapi.json", openapi_document, include_in_schema=False)
    pages = front_end or FrontEnd()
    app.router.routes.append(Route("/{path:path}", pages.serve, methods=["GET", "HEAD"]))
    app.add_middleware(BodyLimit)
    app.add_middleware(Gate, addresses=parts.auth.addresses)
    app.add_middleware(Account, metrics=parts.metrics, monotonic_s=parts.monotonic_s)
    return app


class ControlServer(uvicorn.Server):
    """uvicorn under our supervisor: says when it serves, and leaves signals to us."""

    def __init__(self, config: uvicorn.Config, on_started: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_started = on_started

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_started()


def server_config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    """How uvicorn serves: no compression, bounded frames, forwarded headers from known proxies only."""
    return uvicorn.Config(
        app,
        http="httptools",
        ws=PageProtocol,
        ws_max_size=sockets.FRAME_MAX_BYTES,
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        ssl_certfile=str(settings.tls_cert) if settings.tls_cert else None,
        ssl_keyfile=str(settings.tls_key) if settings.tls_key else None,
        timeout_graceful_shutdown=GRACE_S,
    )


class LifeLine:
    """Our end of the socket pair: tells the supervisor that we live, and notices when it does not."""

    def __init__(self, fd: int, on_orphaned: Callable[[], None]) -> None:
        self._socket = socket.socket(fileno=fd)
        self._socket.setblocking(False)
        self._on_orphaned = on_orphaned
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._socket, self._readable)
        self._timer = self._loop.call_later(SIGN_OF_LIFE_S, self._sign)

    def ready(self) -> None:
        self._say(READY)

    def close(self) -> None:
        self._timer.cancel()
        self._loop.remove_reader(self._socket)
        self._socket.close()

    def _sign(self) -> None:
        self._say(ALIVE)
        self._timer = self._loop.call_later(SIGN_OF_LIFE_S, self._sign)

    def _say(self, word: bytes) -> None:
        with contextlib.suppress(OSError):
            self._socket.send(word)

    def _readable(self) -> None:
        with contextlib.suppress(BlockingIOError):
            try:
                heard = self._socket.recv(64)
            except ConnectionError:
                heard = b""
            if not heard:
                self._loop.remove_reader(self._socket)
                log.warning("the supervisor is gone; this process ends, calls go on")
                self._on_orphaned()


async def serve(settings: Settings, compose: Compose, listener: socket.socket, life_fd: int) -> None:
    """Serve until SIGTERM, or until the supervisor is gone."""
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    life = LifeLine(life_fd, stopping.set)
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stopping.set)
    try:
        async with compose(settings) as parts:
            loop.add_signal_handler(RELOAD_SIGNAL, parts.reload)
            server = ControlServer(server_config(create_app(parts), settings), life.ready)
            # What was read at the start lives as long as the process: the collector need not walk it again,
            # which in a large house would hold up an offer.
            gc.collect()
            gc.freeze()
            serving = asyncio.create_task(server.serve([listener]))
            serving.add_done_callback(lambda _: stopping.set())
            await stopping.wait()
            server.should_exit = True
            await serving
    finally:
        life.close()


def main(arguments: list[str]) -> int:
    """Run the control process; returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m app.main", description="Started by `patchbay serve`.")
    parser.add_argument("--listen-fd", type=int, required=True)
    parser.add_argument("--life-fd", type=int, required=True)
    options = parser.parse_args(arguments)
    from app.compose import CannotStart, compose

    # Asked before there is anything to read again: the start reads it anyhow.
    signal.signal(RELOAD_SIGNAL, signal.SIG_IGN)
    settings = Settings()
    listener = socket.socket(fileno=options.listen_fd)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve(settings, compose, listener, options.life_fd))
    except CannotStart as error:
        log.error("cannot start", reason=str(error))
        return EXIT_CONFIGURATION
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
