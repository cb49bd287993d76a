"""By which names this server may be reached, and from which pages requests may come.

A name that is not ours in the `Host` header means that somebody pointed their own name at this machine, to
make a browser talk to it as that site; plain IP addresses cannot be pointed anywhere, so they are accepted.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from app.settings import Settings, is_loopback

_DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_HTTP_OF = {"ws": "http", "wss": "https"}


class Addresses:
    def __init__(
        self,
        *,
        public_base_url: str = "",
        hosts: Iterable[str] = (),
        origins: Iterable[str] = (),
    ) -> None:
        self._origins = {_origin(origin) for origin in (public_base_url, *origins) if origin}
        self._hosts = {host.lower() for host in hosts} | {
            urlsplit(origin).hostname or "" for origin in self._origins
        }

    @classmethod
    def of(cls, settings: Settings) -> Addresses:
        hosts = set(settings.allowed_hosts)
        if not is_loopback(settings.host):
            hosts |= {socket.gethostname(), socket.getfqdn()}
        return cls(public_base_url=settings.public_base_url, hosts=hosts, origins=settings.allowed_origins)

    def host_allowed(self, host: str) -> bool:
        """Whether `host`, a `Host` header, names this server."""
        try:
            name = urlsplit(f"//{host}").hostname
        except ValueError:
            return False
        if not name:
            return False
        return name == "localhost" or _is_address(name) or name in self._hosts

    def origin_allowed(self, origin: str, scheme: str, host: str) -> bool:
        """Whether a page at `origin` may change something through `scheme://host`."""
        try:
            given = _origin(origin)
        except ValueError:
            return False
        own = f"{_HTTP_OF.get(scheme, scheme)}://{host}"
        return given in self._origins or (self.host_allowed(host) and given == _origin(own))


def _origin(address: str) -> str:
    """`HTTPS://Desk.example.org:443/x` -> `https://desk.example.org:443`."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.hostname}:{parts.port or _DEFAULT_PORTS.get(parts.scheme)}"


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
