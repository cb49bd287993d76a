"""Resolve the dependencies of pyproject.toml anew: `make lock`.

Two files, hashes included, valid on every platform, naming no host: requirements.lock holds all that a
checkout needs, requirements-runtime.lock only what a running server needs (the container installs it).
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMON = (
    "--all-extras",
    "--universal",
    "--generate-hashes",
    "--no-annotate",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--python-version=3.11",
    "--custom-compile-command=make lock",
    "--quiet",
)


def compile_lock(target: str, *options: str) -> None:
    """Write one lock file; `options` go to the resolver."""
    uv = Path(sys.executable).parent / "uv"
    subprocess.run(
        [uv, "pip", "compile", "pyproject.toml", *COMMON, *options, "-o", target], cwd=ROOT, check=True
    )
    print(f"{target}: {sum('==' in line for line in (ROOT / target).read_text().splitlines())} packages")


if __name__ == "__main__":
    compile_lock("requirements.lock", "--group", "dev", *sys.argv[1:])
    compile_lock("requirements-runtime.lock", "--constraint", "requirements.lock")
