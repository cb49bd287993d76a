"""What every benchmark says besides its figures, and the arithmetic of percentiles."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any


def quick() -> bool:
    """Whether a first look is enough."""
    return bool(os.environ.get("QUICK"))


def percentile(ordered: Sequence[float], part: float) -> float:
    """Nearest rank, of sorted samples."""
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else float("nan")


def progress(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def commit() -> str:
    found = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return found.stdout.strip() or "unknown"


def tell(figures: Mapping[str, Any], runs: int) -> None:
    """The one line on standard output."""
    about = {
        "commit": commit(),
        "python": platform.python_version(),
        "cpus": os.cpu_count(),
        "runs": runs,
        "quick": quick(),
    }
    sys.stdout.write(json.dumps({**figures, **about}) + "\n")
