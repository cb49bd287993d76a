"""The HTTP routes of docs/protocol.md. Each parses, authorises, calls one service and returns."""

from app.api.routes import agent, caller, calls, desk, reports, session, setup

ROUTERS = (
    session.router,
    agent.router,
    desk.router,
    setup.router,
    reports.router,
    caller.router,
    calls.router,
    calls.caller_router,
)
