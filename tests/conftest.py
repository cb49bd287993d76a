"""Fixtures every test may use, and how Hypothesis behaves on shared, noisy machines."""

import structlog
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.fixtures.databases"]

# How long an example takes says more about the machine than about the code; benchmarks measure speed.
settings.register_profile("patchbay", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patchbay")

# structlog's default draws each traceback with all locals, which takes longer than most tests.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.format_exc_info,
        structlog.processors.LogfmtRenderer(),
    ]
)
