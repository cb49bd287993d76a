"""The parts of sign-in, made from the settings."""

from __future__ import annotations

from collections.abc import Callable

from app.api.ports import Auth
from app.auth.addresses import Addresses
from app.auth.callers import CallerSessions
from app.auth.limits import RateLimits
from app.auth.passwords import Passwords
from app.auth.tickets import Tickets
from app.settings import Settings


def build_auth(settings: Settings, secret: bytes, monotonic_s: Callable[[], float]) -> Auth:
    """Everything that decides who may ask.

    Args:
        secret: `app.auth.tokens.load_secret`.
        monotonic_s: Seconds of the machine's steady counter.
    """
    limits = {
        "sign_in": settings.limit_sign_in,
        "sign_in_failures": settings.limit_sign_in_failures,
        "caller": settings.limit_caller,
        "caller_calls": settings.limit_caller_calls,
    }
    return Auth(
        passwords=Passwords(),
        callers=CallerSessions(secret),
        staff_tickets=Tickets(monotonic_s),
        caller_tickets=Tickets(monotonic_s),
        limits=RateLimits(limits, settings.redis_url.get_secret_value() or None),
        addresses=Addresses.of(settings),
    )
