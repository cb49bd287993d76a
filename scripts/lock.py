"""Resolve the dependencies of pyproject.toml anew: `make lock`.

Three files, hashes included, valid on every platform, naming no host: requirements.lock holds all that a
checkout needs, requirements-runtime.lock only what the container's server needs (nothing under the GPL),
requirements-build.lock what packs the wheel and installs the rest.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMON = (
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
    """Write one lock file; `options` say what to resolve."""
    uv = Path(sys.executable).parent / "uv"
    subprocess.run([uv, "pip", "compile", *COMMON, *options, "-o", target], cwd=ROOT, check=True)
    print(f"{target}: {sum('==' in line for line in (ROOT / target).read_text().splitlines())} packages")


if __name__ == "__main__":
    same = ("--constraint", "requirements.lock")
    compile_lock("requirements.lock", "pyproject.toml", "--all-extras", "--group=dev", *sys.argv[1:])
    compile_lock("requirements-runtime.lock", "pyproject.toml", "--extra=postgres", *same)
    compile_lock("requirements-build.lock", "--group=build", *same)
