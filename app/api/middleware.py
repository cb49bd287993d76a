"""What holds for every request: it names us, comes from our pages, is not too large, is counted and logged.

Plain ASGI, so that streaming answers and websockets pass through untouched.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.problems import internal_error, response_of
from app.auth.addresses import Addresses
from app.errors import ForeignOrigin, HostNotAllowed, PatchbayError, TooLarge
from app.metrics import Metrics

log = structlog.get_logger(__name__)

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked by machines that know this server by any name; they tell nothing worth stealing."""
BODY_MAX_BYTES = 64 * 1024
FLOW_BODY_MAX_BYTES = 1024 * 1024
CENTRE_BODY_MAX_BYTES = 16 * 1024 * 1024
"""A whole centre of ten thousand agents as one file."""
SOUND_BODY_MAX_BYTES = 20 * 1024 * 1024

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        # Component libraries and Swagger set style attributes; scripts stay closed.
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), payment=()",
}
HSTS = "max-age=31536000"


class Account:
    """Outermost: counts and times each request, adds the security headers, and answers our own faults."""

    def __init__(self, app: ASGIApp, metrics: Metrics, monotonic_s: Callable[[], float]) -> None:
        self._app = app
        self._metrics = metrics
        self._monotonic_s = monotonic_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started_s = self._monotonic_s()
        status = 0

        async def send_marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(scope, message)
            await send(message)

        try:
            await self._app(scope, receive, send_marked)
        except Exception:
            log.exception("a request failed", method=scope["method"], path=scope["path"])
            if status == 0:
                await internal_error()(scope, receive, send_marked)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            taken_s = self._monotonic_s() - started_s
            self._metrics.requests.labels(scope["method"], route, str(status)).inc()
            self._metrics.request_s.labels(route).observe(taken_s)
            log.debug(
                "answered",
                method=scope["method"],
                path=scope["path"],
                status=status,
                taken_ms=round(taken_s * 1000, 1),
            )


def _add_headers(scope: Scope, message: Message) -> None:
    headers = MutableHeaders(scope=message)
    for name, value in SECURITY_HEADERS.items():
        headers.setdefault(name, value)
    if scope["path"].startswith("/api/"):
        headers.setdefault("Cache-Control", "no-store")
    # Told to forget http for `localhost`, a browser would lock people out of everything else they run there.
    host = Headers(scope=scope).get("host", "").partition(":")[0]
    if scope["scheme"] == "https" and host != "localhost":
        headers.setdefault("Strict-Transport-Security", HSTS)


class Gate:
    """Refuses other names than ours, and changes or websockets that foreign pages ask for."""

    def __init__(self, app: ASGIApp, addresses: Addresses) -> None:
        self._app = app
        self._addresses = addresses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or scope["path"] in PROBES:
            await self._app(scope, receive, send)
            return
        error = self._fault(scope)
        if error is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await response_of(error)(scope, receive, send)
        else:
            await deny_websocket(error, scope, receive, send)

    def _fault(self, scope: Scope) -> PatchbayError | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._addresses.host_allowed(host):
            return HostNotAllowed(host)
        if scope["type"] == "http" and scope["method"] in SAFE_METHODS:
            return None
        origin = headers.get("origin")
        if origin is not None:
            allowed = self._addresses.origin_allowed(origin, scope["scheme"], host)
            return None if allowed else ForeignOrigin(origin)
        # Programs send neither header; a browser that hides the origin still says where it comes from.
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            return ForeignOrigin("another site")
        return None


async def deny_websocket(error: PatchbayError, scope: Scope, receive: Receive, send: Send) -> None:
    """Refuse the handshake with the status and problem document of `error`."""
    await receive()
    await response_of(error)(scope, receive, send)


class BodyLimit:
    """Reads a body of bounded size before anything else looks at it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in SAFE_METHODS:
            await self._app(scope, receive, send)
            return
        limit = _body_limit(scope["path"])
        declared = Headers(scope=scope).get("content-length", "0")
        body = None if not declared.isdigit() or int(declared) > limit else await _read(receive, limit)
        if body is None:
            await response_of(TooLarge(limit))(scope, receive, send)
            return
        sent = False

        async def replay() -> Message:
            nonlocal sent
            if sent:
                return await receive()
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, replay, send)


def _body_limit(path: str) -> int:
    """Bytes that a request to `path` may have."""
    if path.startswith("/api/setup/sounds/") and "/recordings/" in path:
        return SOUND_BODY_MAX_BYTES
    if path == "/api/setup/apply":
        return CENTRE_BODY_MAX_BYTES
    return FLOW_BODY_MAX_BYTES if path.startswith(("/api/flows/", "/api/setup/")) else BODY_MAX_BYTES


async def _read(receive: Receive, limit: int) -> bytes | None:
    """The whole body, or None when it is over `limit` bytes or broken off."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > limit:
            return None
        if not message.get("more_body", False):
            return bytes(body)
