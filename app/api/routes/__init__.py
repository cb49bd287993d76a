"""The HTTP routes of docs/protocol.md. Each parses, authorises, calls one service and returns."""

from app.api.routes import (
    agent,
    caller,
    calls,
    desk,
    floor,
    recordings,
    reports,
    session,
    setup,
    setup_objects,
    setup_sounds,
    simulation,
    telephone,
)

ROUTERS = (
    session.router,
    agent.router,
    desk.router,
    floor.router,
    setup.router,
    reports.router,
    recordings.router,
    setup_objects.router,
    setup_sounds.router,
    simulation.router,
    caller.router,
    calls.router,
    calls.caller_router,
    telephone.router,
)
