"""What an installation decides: environment variables with the prefix `PATCHBAY_`, or a `.env` file.

Every field is one variable: `PATCHBAY_PUBLIC_BASE_URL=https://desk.example.org`. `patchbay config show`
prints them with secrets masked.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import os
import tempfile
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

SOCKET_FOLDER_LENGTH_MAX = 80
"""Characters. The whole path of a Unix socket is at most 107 bytes (unix(7))."""


def _listed(value: object) -> object:
    """`a, b` from the environment -> ('a', 'b')."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        return tuple(json.loads(value))
    return tuple(part.strip() for part in value.split(",") if part.strip())


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]
"""A list given as `a, b`."""


def default_data_dir() -> Path:
    """`./var` in a checkout, else the user's own place for data."""
    checkout = Path(__file__).resolve().parent.parent
    if (checkout / "pyproject.toml").is_file():
        return checkout / "var"
    home = os.environ.get("XDG_DATA_HOME")
    return (Path(home) if home else Path.home() / ".local" / "share") / "patchbay"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="PATCHBAY_", env_file=".env", extra="forbid", frozen=True, env_ignore_empty=True
    )

    # --- where things are ---

    data_dir: Path = Field(default_factory=default_data_dir)
    """Database file, recordings, secret key, socket and journal of the media process."""
    database_url: SecretStr = SecretStr("")
    """`postgresql://user:password@host/name`; empty: SQLite in `data_dir`."""
    redis_url: SecretStr = SecretStr("")
    """`redis://host:6379/0`; empty: none. Carries hints only, everything works without it."""
    secret_key: SecretStr = SecretStr("")
    """Signs caller cookies and hashes telephone numbers in logs; empty: made once, kept in `data_dir`."""

    # --- how it is reached ---

    host: str = "127.0.0.1"
    port: int = Field(default=8800, ge=0, le=65535)
    public_base_url: str = ""
    """What people type, `https://desk.example.org`; needed behind a proxy."""
    allowed_hosts: Names = ()
    """More names this server is reached by, beside `public_base_url`, localhost and plain IP addresses."""
    allowed_origins: Names = ()
    """More origins pages may come from, written `http://localhost:5173`: a development server."""
    trusted_proxies: Names = ()
    """Addresses whose `X-Forwarded-*` headers are believed."""
    tls_cert: Path | None = None
    tls_key: Path | None = None

    # --- what it is called ---

    centre: str = "Brightwater"
    zone: str = "Europe/London"
    """Where the centre's day begins and ends: an IANA name."""
    opening_hours: str = "brightwater"
    """The calendar that callers' pages go by; without such a calendar the centre is always open."""
    node: str = "node-1"
    """Name of this node; different on each."""
    lease_owner: str = ""
    """Set by the supervisor, so that it can free the lease of a control process that died."""

    # --- demo ---

    demo: bool = False
    """Offers ready-made sign-ins. Only while bound to this machine alone."""
    demo_callers: float = Field(default=0.0, ge=0, le=600)
    """Simulated calls per minute."""
    guest_telephones: bool = False
    """Lets anybody who reaches this server play an outside number at `/telephone`; the demo always does."""
    clock_rate: float = Field(default=1.0, gt=0, le=100)
    """Seconds of the server's clock per real second: tests only."""

    # --- sign-in ---

    session_idle_minutes: int = Field(default=60, ge=1)
    session_hours: int = Field(default=14, ge=1)
    """A session ends after so long, however busy: a long shift."""

    # --- limits, as the `limits` library writes them ---

    limit_sign_in: str = "120/minute"
    """Tries per address."""
    limit_sign_in_failures: str = "10/5minutes"
    """Failed tries per user name."""
    limit_caller: str = "120/minute"
    """What an anonymous caller asks, per address."""
    limit_caller_calls: str = "20/minute"
    """Calls started, per address."""

    # --- alerts ---

    webhook_private_hosts: Names = ()
    """Host names, addresses and networks inside that webhooks may go to, plain HTTP too; empty: none."""

    # --- media ---

    media_codec: Literal["pcmu", "opus"] = "pcmu"
    media_addresses: Names = ()
    """Local addresses the media workers offer to pages; empty: all of them."""
    media_public_address: str = ""
    """The outside address of a server behind address translation."""
    media_stun: str = ""
    """`host:port` of a STUN server that tells the outside address."""
    media_udp_port: int = Field(default=0, ge=0, le=65535)
    """UDP port for audio; 0: free ones."""
    ice_servers: str = ""
    """JSON list of `{urls, username, credential}` for the pages; empty: none, candidates of the host only."""
    recordings_dir: Path | None = None
    region: str = Field(default="GB", pattern="^[A-Z]{2}$")
    """Where numbers without a country code belong."""

    # --- mail ---

    smtp_host: str = ""
    """The mail server; empty: mails are written into the folder `outbox` of `data_dir`."""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_username: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_sender: str = "Patchbay <patchbay@localhost>"
    """Who mails come from."""

    # --- log ---

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["auto", "json", "console"] = "auto"
    """`auto`: for people on a terminal, JSON lines otherwise."""

    @field_validator("public_base_url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        parts = urlsplit(value)
        plain = parts.scheme in ("http", "https") and parts.hostname and parts.path in ("", "/")
        if value and not plain:
            raise ValueError("write it like https://desk.example.org, without a path")
        return value.rstrip("/")

    @field_validator("ice_servers")
    @classmethod
    def _is_a_list(cls, value: str) -> str:
        try:
            servers = json.loads(value) if value else []
        except ValueError as error:
            raise ValueError(f"not JSON: {error}") from None
        if not isinstance(servers, list) or not all(isinstance(s, dict) and s.get("urls") for s in servers):
            raise ValueError('write a list like [{"urls": ["stun:stun.example.org:3478"]}]')
        return value

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @model_validator(mode="after")
    def _belong_together(self) -> Settings:
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("tls_cert and tls_key go together: give both or neither")
        if self.demo and not is_loopback(self.host):
            raise ValueError(
                f"demo sign-ins are for this machine alone, and {self.host} is reachable from others. "
                "Use host 127.0.0.1, or start without demo"
            )
        return self

    @property
    def sqlite_path(self) -> Path:
        return self.data_dir / "patchbay.sqlite3"

    @property
    def store_url(self) -> str:
        """The database: the configured one, else SQLite in the data folder."""
        return self.database_url.get_secret_value() or f"sqlite:///{self.sqlite_path}"

    @property
    def recordings(self) -> Path:
        return self.recordings_dir or self.data_dir / "recordings"

    @property
    def outbox(self) -> Path:
        """Where mails wait while there is no mail server."""
        return self.data_dir / "outbox"

    @property
    def ice_server_list(self) -> list[dict[str, object]]:
        servers: list[dict[str, object]] = json.loads(self.ice_servers) if self.ice_servers else []
        return servers

    def media_socket(self, worker: int) -> Path:
        """Where media worker number `worker` (from 1) is spoken to."""
        return self.run_dir / f"media-{worker}.sock"

    @property
    def run_dir(self) -> Path:
        """Sockets and process ids. Elsewhere when the path is too long for the name of a socket."""
        beside = self.data_dir / "run"
        if len(str(beside)) <= SOCKET_FOLDER_LENGTH_MAX:
            return beside
        mark = hashlib.sha256(str(beside).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"patchbay-{mark}"

    @property
    def plays_numbers(self) -> bool:
        """Whether pages may play outside numbers. The demo runs on this machine alone."""
        return self.demo or self.guest_telephones

    @property
    def https(self) -> bool:
        return self.tls_cert is not None or self.public_base_url.startswith("https://")


def is_loopback(host: str) -> bool:
    """Whether a server bound to `host` is reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
