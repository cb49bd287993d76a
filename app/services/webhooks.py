"""Webhooks as Standard Webhooks describes them: signed, with an id that stays the same over all attempts.

The address is resolved and judged right before each request, and the connection goes to the address that was
judged, so a name that changes its mind in between reaches nothing inside.

Source: Standard Webhooks specification 1.0.
"""

from __future__ import annotations

import asyncio
import base64
import ipaddress
import secrets
import socket
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from urllib.parse import SplitResult, urlsplit

import httpx
from standardwebhooks.webhooks import Webhook

TIMEOUT_S = 10.0
SECRET_BYTES = 24

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Host and port -> addresses."""


class NotDelivered(Exception):
    """The target did not take a notice. The text says why."""


class AddressRefused(NotDelivered):
    """We do not send there. The text says what to change."""


def new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


async def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a host name, as the machine knows them."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise NotDelivered(f"{host} cannot be found: {error}") from None
    return [str(address[0]) for *_, address in found]


class WebhookSender:
    """Sends one notice at a time to one address.

    Args:
        listed: host names, addresses and networks inside that may be sent to, plain HTTP too.
    """

    def __init__(
        self,
        *,
        listed: Sequence[str] = (),
        resolve: Resolve = resolve,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._listed = frozenset(name.casefold() for name in listed)
        self._resolve = resolve
        self._client = httpx.AsyncClient(
            transport=transport, timeout=TIMEOUT_S, follow_redirects=False, trust_env=False
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def judge(self, url: str) -> str:
        """The address that a request for `url` goes to.

        Raises:
            AddressRefused: it is not an address we send to.
            NotDelivered: its name is not known.
        """
        parts = _split(url)
        host = parts.hostname or ""
        addresses = await self._resolve(host, _port(parts))
        named = host.casefold() in self._listed
        allowed = [each for each in addresses if named or self._inside(each) or _public(each)]
        if not addresses or len(allowed) < len(addresses):
            raise AddressRefused(
                f"{host} is inside this network. Name it in PATCHBAY_WEBHOOK_PRIVATE_HOSTS if that is meant."
            )
        if parts.scheme == "http" and not (named or self._inside(addresses[0])):
            raise AddressRefused("Use https: what is sent names people.")
        return addresses[0]

    async def send(self, url: str, secret: str, *, id: str, body: str, now: datetime) -> None:
        """Deliver once.

        Raises:
            AddressRefused: the address is not one we send to.
            NotDelivered: no 2xx answer came.
        """
        address = await self.judge(url)
        parts = _split(url)
        literal = f"[{address}]" if ":" in address else address
        target = parts._replace(netloc=f"{literal}:{_port(parts)}").geturl()
        headers = {
            "host": parts.netloc.rpartition("@")[2],
            "content-type": "application/json",
            "user-agent": "Patchbay",
            "webhook-id": id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(secret).sign(id, now, body),
        }
        options = {"sni_hostname": parts.hostname or ""}
        try:
            async with self._client.stream(
                "POST", target, content=body.encode(), headers=headers, extensions=options
            ) as answer:
                status = answer.status_code
        except httpx.HTTPError as error:
            raise NotDelivered(str(error) or type(error).__name__) from None
        if not 200 <= status < 300:
            raise NotDelivered(f"answered {status}")

    def _inside(self, address: str) -> bool:
        """Whether the address was listed, by itself or in a network."""
        for entry in self._listed:
            try:
                if _unmapped(address) in ipaddress.ip_network(entry, strict=False):
                    return True
            except ValueError:
                continue
        return False


def _split(url: str) -> SplitResult:
    parts = urlsplit(url)
    try:
        valid = parts.scheme in ("http", "https") and parts.hostname and _port(parts) and not parts.username
    except ValueError:
        valid = False
    if not valid:
        raise AddressRefused("Write an address like https://hooks.example.org/patchbay.")
    return parts


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _unmapped(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The IPv4 address inside an IPv6 one that only wraps it."""
    found = ipaddress.ip_address(address.partition("%")[0])
    return found.ipv4_mapped or found if isinstance(found, ipaddress.IPv6Address) else found


def _public(address: str) -> bool:
    found = _unmapped(address)
    return found.is_global and not found.is_multicast
