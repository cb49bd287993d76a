"""Fixtures every test may use, and how Hypothesis behaves on shared, noisy machines."""

import os

import structlog
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.fixtures.databases"]

# How long an example takes says more about the machine than about the code; benchmarks measure speed.
# The same examples each time, so that a red run means a change; `make soak` searches for new ones.
STEADY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
settings.register_profile("patchbay", STEADY)
settings.register_profile("search", STEADY, derandomize=False, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "patchbay"))

# structlog's default draws each traceback with all locals, which takes longer than most tests.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.format_exc_info,
        structlog.processors.LogfmtRenderer(),
    ]
)
