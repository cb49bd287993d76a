"""Who may: the dependencies that every route states its needs by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header
from starlette.requests import HTTPConnection, Request

from app.api.middleware import SAFE_METHODS
from app.api.ports import Parts, SignedIn
from app.auth.callers import COOKIE as CALLER_COOKIE
from app.auth.sessions import COOKIE as STAFF_COOKIE
from app.auth.sessions import Sessions
from app.auth.tokens import same
from app.errors import CsrfMismatch, RoleMissing, SignedOut


def parts_of(connection: HTTPConnection) -> Parts:
    parts: Parts = connection.app.state.parts
    return parts


PartsHere = Annotated[Parts, Depends(parts_of)]


def client_address(request: Request) -> str:
    """Where the request comes from, as the trusted proxy says when there is one."""
    return request.client.host if request.client is not None else "unknown"


Address = Annotated[str, Depends(client_address)]


async def signed_in(request: Request, parts: PartsHere) -> SignedIn:
    """The session behind the cookie; for a change also its CSRF token in the header."""
    who = await Sessions(parts).find(request.cookies.get(STAFF_COOKIE))
    if request.method not in SAFE_METHODS:
        given = request.headers.get("x-csrf-token", "")
        if not same(given, who.csrf):
            raise CsrfMismatch
    return who


Anyone = Annotated[SignedIn, Depends(signed_in)]
"""Whoever is signed in."""


class _Role:
    def __init__(self, *roles: str) -> None:
        self._roles = roles

    async def __call__(self, who: Anyone) -> SignedIn:
        if not who.has(*self._roles):
            raise RoleMissing(self._roles)
        return who


Supervisor = Annotated[SignedIn, Depends(_Role("supervisor"))]
Admin = Annotated[SignedIn, Depends(_Role("admin"))]
Desk = Annotated[SignedIn, Depends(_Role("agent", "supervisor"))]
"""Whoever works with customers and cases."""


@dataclass(frozen=True, slots=True)
class AgentAtWork:
    """Somebody with the role agent and an agent's record behind it."""

    agent_id: str
    who: SignedIn


async def _agent(who: Anyone) -> AgentAtWork:
    if not who.has("agent") or who.agent_id is None:
        raise RoleMissing(("agent",))
    return AgentAtWork(who.agent_id, who)


Agent = Annotated[AgentAtWork, Depends(_agent)]

IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=100,
        description="An id the page makes up. Sent again with the same one, the stored answer comes back.",
        examples=["2f1c7a4e-6b0d-4b53-9d5e-0c7f3f1f8a11"],
    ),
]


async def caller(request: Request, parts: PartsHere, address: Address) -> str:
    """The anonymous caller behind the cookie; counted, so that one address cannot ask for ever."""
    await parts.auth.limits.hit("caller", address)
    caller_id = parts.auth.callers.check(request.cookies.get(CALLER_COOKIE), parts.clock.now())
    if caller_id is None:
        raise SignedOut("This page has no caller's session")
    return caller_id


Caller = Annotated[str, Depends(caller)]
