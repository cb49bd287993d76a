"""The files of this checkout, as the house rules see them."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

CORES = ("routing", "ivr", "dialer", "screenpop", "cases", "reporting")
SHARED = ("rules", "calendars")
PURE = (*CORES, *SHARED, "simulation")
PACKAGES = (*PURE, "telephony", "app", "migrations")

GENERATED = (
    "migrations/versions/",
    "web/src/locales/",
    "web/src/api/schema",
    "docs/asyncapi",
    "docs/openapi",
)
"""Written by a tool; its own rules apply."""

TEXT = frozenset(
    {".py", ".pyi", ".ts", ".tsx", ".js", ".mjs", ".css", ".html", ".md", ".json", ".toml", ".yaml", ".yml"}
    | {".sh", ".lock", ".ini", ".cfg", ".txt", ".po", ".svg", ".mako", ".gram", ""}
)


@cache
def files() -> tuple[Path, ...]:
    """Every file that is or will be committed; in an unpacked archive, every file."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if listed.returncode == 0:
        names = sorted({name for name in listed.stdout.decode().split("\0") if name})
        paths = [ROOT / name for name in names]
    else:
        skipped = {".venv", "node_modules", ".git", ".cache", "dist"}
        paths = sorted(p for p in ROOT.rglob("*") if not skipped.intersection(p.relative_to(ROOT).parts))
    return tuple(path for path in paths if path.is_file())


def name(path: Path) -> str:
    """The path as people write it, from the root of the checkout."""
    return path.relative_to(ROOT).as_posix()


def generated(path: Path) -> bool:
    """Whether a tool wrote it."""
    return name(path).startswith(GENERATED) or ".gen." in path.name or ".generated." in path.name


def texts() -> list[Path]:
    """Files a person reads or a person's tool reads, locks included."""
    return [path for path in files() if path.suffix in TEXT]


def sources(*suffixes: str) -> list[Path]:
    """Hand-written source files with one of `suffixes`."""
    return [path for path in files() if path.suffix in suffixes and not generated(path)]


def modules(*packages: str) -> list[Path]:
    """Python files of the named top-level packages."""
    return [path for path in sources(".py") if name(path).split("/")[0] in packages]


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
