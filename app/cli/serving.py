"""`patchbay serve` and `patchbay demo`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from app.auth.tokens import load_secret, new_token
from app.children import ChildSpec
from app.cli.certificates import fingerprint, own_names, self_signed
from app.cli.console import EXIT_USAGE, err, fail, load_settings
from app.cli.database import opened
from app.clock import wall_now
from app.logging import set_up_logging
from app.serve import AlreadyServing, CannotListen, PortTaken, Supervisor, listen
from app.settings import Settings, is_loopback
from app.store import leases, migrate
from app.store.database import Database
from app.store.errors import StoreError

Host = Annotated[
    str | None, typer.Option(help="Address to listen on; 0.0.0.0 for every one of this machine.")
]
Port = Annotated[int | None, typer.Option(help="0 takes a free one.", min=0, max=65535)]
TlsCert = Annotated[Path | None, typer.Option(help="Certificate chain, PEM.", exists=True, dir_okay=False)]
TlsKey = Annotated[Path | None, typer.Option(help="Its key, PEM.", exists=True, dir_okay=False)]
SelfSigned = Annotated[
    bool, typer.Option("--self-signed", help="HTTPS with a certificate of our own; browsers ask once.")
]
MEDIA_PROCESS = 1
"""There is one: legs of different media processes cannot be joined yet."""
DataDir = Annotated[Path | None, typer.Option(help="Where everything is kept.", file_okay=False)]


def serve(
    host: Host = None,
    port: Port = None,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
    self_signed: SelfSigned = False,
    data_dir: DataDir = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="With demo data and ready-made sign-ins, on this machine only.")
    ] = False,
) -> None:
    """Serve the contact centre until Ctrl C. Calls survive a crash of the server's own process."""
    changes: dict[str, Any] = {
        "host": host,
        "port": port,
        "tls_cert": tls_cert,
        "tls_key": tls_key,
        "data_dir": data_dir,
        "demo": demo or None,
    }
    _serve(changes, with_own_certificate=self_signed)


def demo(
    callers: Annotated[
        float, typer.Option(help="Simulated calls per minute; 0 for none.", min=0, max=600)
    ] = 6.0,
    host: Host = None,
    port: Port = None,
    self_signed: SelfSigned = False,
    data_dir: DataDir = None,
) -> None:
    """Serve the demo centre Brightwater, with simulated callers so that the dashboards live."""
    changes: dict[str, Any] = {
        "host": host,
        "port": port,
        "data_dir": data_dir,
        "demo": True,
        "demo_callers": callers,
    }
    _serve(changes, with_own_certificate=self_signed)


def _serve(changes: dict[str, Any], *, with_own_certificate: bool) -> None:
    settings = load_settings(changes)
    if with_own_certificate:
        if settings.tls_cert is not None:
            fail("--self-signed and a certificate of yours exclude each other.", status=EXIT_USAGE)
        names = own_names()
        changes["tls_cert"], changes["tls_key"] = self_signed(settings.data_dir / "tls", names, wall_now())
        settings = load_settings(changes)
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    secret = load_secret(settings.data_dir, settings.secret_key.get_secret_value() or None)
    set_up_logging(settings, secret, process="supervisor")
    launch = Launch(settings, changes)
    try:
        asyncio.run(_prepare(settings))
        status = asyncio.run(launch.supervisor().run())
    except StoreError as error:
        fail(f"{str(error).capitalize()}.", cure="Check PATCHBAY_DATABASE_URL; `patchbay doctor` says more.")
    except (AlreadyServing, PortTaken, CannotListen) as error:
        fail(str(error))
    raise typer.Exit(status)


async def _prepare(settings: Settings) -> None:
    """Bring the database into shape, and fill it for the demo."""
    async with opened(settings) as database:
        if await migrate.current(database) != migrate.head():
            await migrate.upgrade(database)
        if settings.demo:
            from app.demo.seed import seed

            await seed(database, settings)


class Launch:
    """Everything the supervisor starts, from the settings and what the command line changed of them."""

    def __init__(self, settings: Settings, changes: Mapping[str, Any]) -> None:
        self._settings = settings
        self._environment = {
            f"PATCHBAY_{name.upper()}": str(value) for name, value in changes.items() if value is not None
        }
        self._owner = ""

    def supervisor(self) -> Supervisor:
        settings = self._settings
        return Supervisor(
            run_dir=settings.run_dir,
            listen=lambda: listen(settings.host, settings.port),
            control=self.control,
            workers=[self.worker(MEDIA_PROCESS)],
            free_lease=self.free_lease,
            on_ready=self.announce,
        )

    def control(self, lock: Path, listen_fd: int, life_fd: int) -> ChildSpec:
        """One life of the control process, under an owner's name of its own."""
        self._owner = f"{self._settings.node}-{new_token()[:8]}"
        numbers = ("--listen-fd", str(listen_fd), "--life-fd", str(life_fd))
        return ChildSpec(
            name="control",
            command=(sys.executable, "-m", "app.main", *numbers),
            lock=lock,
            environment={**self._environment, "PATCHBAY_LEASE_OWNER": self._owner},
            fds=(listen_fd, life_fd),
        )

    def worker(self, number: int) -> ChildSpec:
        settings = self._settings
        command = [sys.executable, "-m", "telephony.webrtc.worker"]
        command += ["--socket", str(settings.media_socket(number))]
        command += ["--state", str(settings.data_dir / "media" / str(number))]
        command += ["--recordings", str(settings.recordings / "unfinished" / str(number))]
        command += ["--codec", settings.media_codec]
        for address in settings.media_addresses:
            command += ["--address", address]
        if settings.media_public_address:
            command += ["--public-address", settings.media_public_address]
        if settings.media_stun:
            command += ["--stun", settings.media_stun]
        if settings.media_udp_port:
            command += ["--udp-port", str(settings.media_udp_port + number - 1)]
        return ChildSpec(
            name=f"media-{number}",
            command=command,
            lock=settings.run_dir / f"media-{number}.lock",
            own_session=True,
        )

    async def free_lease(self) -> None:
        """End the lease of the control process that just died.

        On SQLite the kernel let go of the lock that is the lease.
        """
        if not self._settings.database_url.get_secret_value() or not self._owner:
            return
        database = Database(self._settings.store_url, readers=1)
        try:
            await database.write(lambda connection: leases.free(connection, self._owner))
        finally:
            await database.close()

    @staticmethod
    def _announce_sign_ins() -> None:
        from app.demo.seed import sign_ins

        people = sign_ins()
        err.print(f"  demo sign-ins, password [bold]{people[0].password}[/] for all:")
        for person in people:
            err.print(
                f"    {person.username:<8}{person.name:<16}{person.role:<12}{person.line}", soft_wrap=True
            )

    def announce(self, port: int) -> None:
        """Say where the server is; told anew whenever a control process begins to serve."""
        settings = self._settings
        scheme = "https" if settings.tls_cert else "http"
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        name = "localhost" if settings.host in ("0.0.0.0", "::") else host
        address = settings.public_base_url or f"{scheme}://{name}:{port}"
        served = escape(f"{settings.centre} is served at {address}")
        err.print(f"[bold]{served}[/]   (Ctrl C stops it)", soft_wrap=True)
        err.print(
            f"  callers: {address}/call   state: {address}/readyz   API: {address}/docs",
            soft_wrap=True,
            markup=False,
        )
        if settings.demo:
            self._announce_sign_ins()
        if settings.tls_cert is not None and settings.tls_cert.name == "self-signed.pem":
            err.print(f"  certificate SHA-256: {fingerprint(settings.tls_cert)}", soft_wrap=True)
        if not is_loopback(settings.host) and not settings.https:
            err.print(
                "  [yellow]Browsers on other machines give http pages no microphone.[/] Add --self-signed, "
                "or --tls-cert and --tls-key.",
                soft_wrap=True,
            )
