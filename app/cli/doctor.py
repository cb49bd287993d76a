"""`patchbay doctor`: what this installation needs, whether it has it, and the cure for what fails."""

from __future__ import annotations

import asyncio
import importlib.util
import shutil
import socket
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import typer
from rich.markup import escape
from rich.table import Table

from app.children import Lock
from app.cli.console import EXIT_FAILED, load_settings, out
from app.cli.database import opened
from app.cli.serving import Launch
from app.settings import Settings, is_loopback

PYTHON_MIN = (3, 11)
FREE_BYTES_MIN = 1024**3
"""About a day of recordings of a small centre: an hour of two channels at 8 kHz is 115 MB."""
WORKER_START_S = 20.0
REDIS_TIMEOUT_S = 2.0


class Verdict(StrEnum):
    OK = "ok"
    NOTE = "note"
    """Works, and could be better."""
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    what: str
    verdict: Verdict
    said: str
    cure: str = ""


def _ok(what: str, said: str) -> Finding:
    return Finding(what=what, verdict=Verdict.OK, said=said)


def _note(what: str, said: str, cure: str) -> Finding:
    return Finding(what=what, verdict=Verdict.NOTE, said=said, cure=cure)


def _fail(what: str, said: str, cure: str) -> Finding:
    return Finding(what=what, verdict=Verdict.FAIL, said=said, cure=cure)


def doctor() -> None:
    """Check everything Patchbay needs on this machine; each line that fails says its cure."""
    settings = load_settings()
    findings = asyncio.run(examine(settings))
    table = Table(box=None, show_header=False, pad_edge=False)
    colours = {Verdict.OK: "green", Verdict.NOTE: "yellow", Verdict.FAIL: "bold red"}
    for finding in findings:
        # What is found has brackets of its own, which are no markup: an extra's name, an IPv6 address.
        said, cure = escape(finding.said), escape(finding.cure)
        colour = colours[finding.verdict]
        verdict = f"[{colour}]{finding.verdict.value}[/]"
        table.add_row(verdict, escape(finding.what), f"{said}\n[dim]{cure}[/]" if cure else said)
    out.print(table)
    if any(finding.verdict is Verdict.FAIL for finding in findings):
        raise typer.Exit(EXIT_FAILED)


async def examine(settings: Settings) -> list[Finding]:
    """Every check, in order. A check that breaks is a finding, too."""
    findings: list[Finding] = []
    for check in CHECKS:
        try:
            findings.append(await check(settings))
        except Exception as error:
            name = check.__name__.removeprefix("check_").replace("_", " ")
            findings.append(_fail(name, f"{type(error).__name__}: {error}", "This check itself broke."))
    return findings


# --- the machine ----------------------------------------------------------------------------------


async def check_python(settings: Settings) -> Finding:
    said = f"{sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}"
    if sys.version_info[:2] >= PYTHON_MIN:
        return _ok("Python", said)
    return _fail("Python", said, "Install Python 3.11 or newer.")


async def check_folder(settings: Settings) -> Finding:
    folder = settings.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder):
            pass
    except OSError as error:
        cure = "Give this user the folder, or name another with PATCHBAY_DATA_DIR."
        return _fail("data folder", f"{folder}: {error.strerror}", cure)
    free = shutil.disk_usage(folder).free
    said = f"{folder}, {free / 1024**3:.1f} GiB free"
    if free < FREE_BYTES_MIN:
        return _fail("data folder", said, "Free some space: recordings stop when the disk is full.")
    return _ok("data folder", said)


async def check_port(settings: Settings) -> Finding:
    what = f"port {settings.port}"
    holder = Lock(settings.run_dir / "supervisor.lock").holder()
    if holder is not None:
        return _ok(what, f"Patchbay itself serves here (process {holder})")
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host.strip("[]"), settings.port))
        except OSError as error:
            cure = "Stop what listens there, or choose another with PATCHBAY_PORT."
            return _fail(what, f"{settings.host}: {error.strerror}", cure)
    return _ok(what, f"{settings.host} is free")


# --- the database ---------------------------------------------------------------------------------


async def check_sqlite(settings: Settings) -> Finding:
    from app.store import driver

    version = driver.sqlite_version()
    said = ".".join(str(part) for part in version)
    if settings.database_url.get_secret_value().startswith("postgresql"):
        return _ok("SQLite", f"{said}, not used: the database is PostgreSQL")
    if driver.several_connections_are_safe(version):
        return _ok("SQLite", said)
    cure = (
        "Versions before 3.51.3 can damage the write-ahead log with two connections, so everything runs over "
        "one, more slowly. Install pysqlite3, or a newer Python."
    )
    return _note("SQLite", said, cure)


async def check_database(settings: Settings) -> Finding:
    from app.store import migrate

    async with opened(settings) as database:
        try:
            revision = await migrate.current(database)
        except Exception as error:
            cure = "Check PATCHBAY_DATABASE_URL, that the server runs, and that this user may enter."
            return _fail("database", f"{database.url}: {error}", cure)
        if revision != migrate.head():
            said = f"{database.url} is at {revision or 'nothing'}, this version needs {migrate.head()}"
            return _note("database", said, "`patchbay serve` migrates by itself; or run: patchbay migrate")
        return _ok("database", f"{database.url} at {revision}")


async def check_redis(settings: Settings) -> Finding:
    """Whether Redis answers, where one is configured. Its absence is never a failure."""
    url = settings.redis_url.get_secret_value()
    if not url:
        return _ok("Redis", "not configured, and one machine needs none")
    from redis.asyncio import Redis
    from redis.exceptions import RedisError

    client: Redis = Redis.from_url(url)
    try:
        async with asyncio.timeout(REDIS_TIMEOUT_S):
            await client.ping()
    except (OSError, RedisError, TimeoutError) as error:
        cure = "Check PATCHBAY_REDIS_URL. Without it everything works, nodes only notice each other later."
        return _note("Redis", f"does not answer: {error or 'time is up'}", cure)
    finally:
        await client.aclose()
    return _ok("Redis", "answers")


# --- sound ----------------------------------------------------------------------------------------


async def check_media(settings: Settings) -> Finding:
    """Start a media worker in a folder of its own and wait for its socket."""
    with tempfile.TemporaryDirectory(prefix="patchbay-") as folder:
        apart = settings.model_copy(update={"data_dir": Path(folder), "media_udp_port": 0})
        spec = Launch(apart, {}).worker(1)
        apart.run_dir.mkdir(parents=True, exist_ok=True)
        process = await asyncio.create_subprocess_exec(
            *spec.command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(WORKER_START_S):
                said = await _socket_or_end(apart.media_socket(1), process)
        except TimeoutError:
            said = f"no socket after {WORKER_START_S:.0f} s"
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()
    if said is None:
        return _ok("media worker", f"starts, speaks {settings.media_codec}")
    return _fail(
        "media worker", said, "Install Patchbay with its dependencies again; aiortc and av are exact."
    )


async def _socket_or_end(path: Path, process: asyncio.subprocess.Process) -> str | None:
    """None once somebody listens at `path`, else the last words of the process."""
    while process.returncode is None:
        try:
            _, writer = await asyncio.open_unix_connection(str(path))
        except OSError:
            await asyncio.sleep(0.05)
            continue
        writer.close()
        return None
    assert process.stderr is not None
    lines = (await process.stderr.read()).decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else f"ended with status {process.returncode}"


async def check_speech(settings: Settings) -> Finding:
    if importlib.util.find_spec("espeakng_loader") is None:
        cure = "Recorded prompts are spoken, other texts are left out. For these: pip install 'patchbay[tts]'"
        return _note("speech", "the engine is not installed", cure)
    return _ok("speech", "espeak-ng is installed")


async def check_microphone(settings: Settings) -> Finding:
    if is_loopback(settings.host):
        return _ok("microphones", "this machine's browsers give theirs to http pages of localhost")
    if settings.https:
        return _ok("microphones", "pages come over HTTPS")
    cure = "Serve with --self-signed, with --tls-cert and --tls-key, or behind a proxy that does HTTPS."
    return _fail("microphones", "browsers give http pages of other machines no microphone", cure)


async def check_pages(settings: Settings) -> Finding:
    from app.api.front_end import FrontEnd

    if FrontEnd().built:
        return _ok("pages", "the front end is built")
    return _fail("pages", "the front end is missing", "In the checkout: make setup. A wheel carries it.")


CHECKS: tuple[Callable[[Settings], Awaitable[Finding]], ...] = (
    check_python,
    check_folder,
    check_port,
    check_sqlite,
    check_database,
    check_redis,
    check_media,
    check_speech,
    check_microphone,
    check_pages,
)
