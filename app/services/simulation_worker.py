"""A process that runs one try: `python -m app.services.simulation_worker`.

It reads a pickled `Job` from standard input, which only its own parent writes, and answers in lines of JSON:
`{"progress": 0.4}`, `{"result": {...}}` as soon as something is known and again at the end, or
`{"trouble": "..."}`.
"""

from __future__ import annotations

import json
import os
import pickle
import sys

from app.api.models_simulation import TryResult
from app.clock import monotonic
from app.errors import PatchbayError
from app.services.virtual_day import Job, run_try

NICENESS = 10
"""Calls that are really made come first."""


def main() -> None:
    """Read the job, run it, answer."""
    os.nice(NICENESS)
    job = pickle.load(sys.stdin.buffer)
    assert isinstance(job, Job)

    def tell(part: float, result: TryResult | None) -> None:
        _line({"progress": round(part, 3)})
        if result is not None:
            _line({"result": result.model_dump(mode="json")})

    try:
        result = run_try(job.day, job.asked, job.language, tell, monotonic)
    except PatchbayError as error:
        _line({"trouble": str(error)})
        return
    _line({"result": result.model_dump(mode="json")})


def _line(message: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
