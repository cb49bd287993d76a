"""Every check that needs no running program: `make check`. All run, then the verdict."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

CHECKS: tuple[tuple[str, list[str], Path], ...] = (
    ("style", [str(BIN / "ruff"), "check", "--quiet", "."], ROOT),
    ("format", [str(BIN / "ruff"), "format", "--check", "--quiet", "."], ROOT),
    ("types", [str(BIN / "mypy"), "--no-error-summary", "."], ROOT),
    ("import direction", [str(BIN / "lint-imports"), "--no-cache"], ROOT),
    ("house rules", [str(BIN / "python"), "-m", "pytest", "-q", "tests/tidy"], ROOT),
    ("front-end lint", ["npm", "run", "--silent", "lint"], ROOT / "web"),
    ("front-end types", ["npm", "run", "--silent", "typecheck"], ROOT / "web"),
)


def passes(name: str, command: list[str], cwd: Path) -> bool:
    """Run one check; show its output only when it fails."""
    started = time.perf_counter()
    done = subprocess.run(
        command,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    word = "ok" if done.returncode == 0 else "FAILED"
    print(f"{word:7} {name} ({time.perf_counter() - started:.1f} s)", flush=True)
    if done.returncode != 0:
        print(done.stdout, flush=True)
    return done.returncode == 0


def main() -> int:
    """Run all checks and return the exit status."""
    failed = [name for name, command, cwd in CHECKS if not passes(name, command, cwd)]
    if failed:
        print(f"{len(failed)} of {len(CHECKS)} checks failed: {', '.join(failed)}.")
        return 1
    print(f"All {len(CHECKS)} checks pass.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
