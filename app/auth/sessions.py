"""Signing in, staying signed in and signing out. Sessions live in the database as digests of their tokens."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

import structlog

from app.api import models as wire
from app.api.ports import Parts, SignedIn
from app.auth.tokens import digest, new_token
from app.engine import commands as ask
from app.errors import PatchbayError, SignedOut, WrongCredentials
from app.services.cards import initials
from app.services.commands import carry_out
from app.store import records
from app.store.repositories.events import AuditTrail
from app.store.repositories.people import Sessions as Stored
from app.store.repositories.people import Users

log = structlog.get_logger(__name__)

COOKIE = "patchbay_session"
TOUCH_EVERY = timedelta(minutes=1)
"""How exactly idleness is known: the least time between two writes for one session."""


class Sessions:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._idle = timedelta(minutes=parts.settings.session_idle_minutes)
        self._longest = timedelta(hours=parts.settings.session_hours)

    async def sign_in(self, username: str, password: str, address: str) -> tuple[str, SignedIn]:
        """A new session's token and whose it is.

        Raises:
            WrongCredentials: the same for every reason.
            TooManyRequests: too many tries from this address, or in vain for this name.
        """
        limits = self._parts.auth.limits
        name = username.strip().casefold()
        await limits.hit("sign_in", address)
        await limits.check("sign_in_failures", name)
        async with self._parts.database.read() as session:
            user = await Users(session).by_username(name)
        known_to_all = not self._parts.settings.demo and any(
            (name, password) == (each.username, each.password) for each in self._parts.demo_sign_ins
        )
        usable = user is not None and not user.disabled and not known_to_all
        stored = user.password_hash if user is not None and usable else None
        fits, renewed = await self._parts.auth.passwords.verify(password, stored)
        if user is None or not fits:
            self._parts.metrics.sign_ins.labels("refused").inc()
            await self._refused(name, address)
            raise WrongCredentials
        self._parts.metrics.sign_ins.labels("ok").inc()
        return await self._begin(user, renewed, address)

    async def find(self, token: str | None) -> SignedIn:
        """Whoever holds this token.

        Raises:
            SignedOut: nobody, or not any more.
        """
        if not token:
            raise SignedOut
        found = await self._alive(digest(token))
        if found is None:
            raise SignedOut("The session is over")
        return found

    async def keep_alive(self, session: str) -> bool:
        """For an open page: count as activity. False when the session is over."""
        return await self._alive(session) is not None

    async def sign_out(self, who: SignedIn) -> None:
        """End the session, its pages, and for an agent the phone and the shift."""
        async with self._parts.database.transaction() as session:
            await Stored(session).end(who.session)
            await AuditTrail(session).add(
                at=self._parts.clock.now(), actor=who.user_id, action="session.ended", subject=who.user_id
            )
        self._parts.pages.end_session(who.session, "Signed out.")
        if who.agent_id is not None:
            await self._end_shift(who.agent_id, who.user_id)

    async def _end_shift(self, agent_id: str, user_id: str) -> None:
        """Best effort: a person who leaves is signed out, whatever state the engine is in."""
        for command in (
            ask.RequestState(agent_id=agent_id, state="signed_out"),
            ask.AgentPhoneClosed(agent_id=agent_id),
        ):
            try:
                await carry_out(self._parts, command, client_id=self._parts.new_id("cm"), actor=user_id)
            except PatchbayError as error:
                log.warning("a shift could not be ended", agent_id=agent_id, error=str(error))

    async def set_language(self, who: SignedIn, language: str) -> None:
        async with self._parts.database.transaction() as session:
            await Users(session).set_language(who.user_id, language)
        self._parts.reload()

    def answer(self, who: SignedIn) -> wire.Session:
        """What the page is told of its session."""
        clock = self._parts.clock
        return wire.Session(
            user=wire.User(
                user_id=who.user_id,
                username=who.username,
                name=who.name,
                initials=initials(who.name),
                roles=cast("list[wire.Role]", list(who.roles)),
                agent_id=who.agent_id,
                language=who.language,
            ),
            csrf_token=who.csrf,
            server_time=clock.now(),
            clock_rate=clock.rate,
            centre=self._parts.settings.centre,
            demo=self._parts.settings.demo,
        )

    # --- inside ---

    async def _begin(self, user: records.User, renewed: str | None, address: str) -> tuple[str, SignedIn]:
        now = self._parts.clock.now()
        token = new_token()
        begun = records.SignInSession(
            token_hash=digest(token),
            user_id=user.user_id,
            csrf=new_token(),
            created_at=now,
            seen_at=now,
            expires_at=self._ends(now, now),
        )
        async with self._parts.database.transaction() as session:
            await Stored(session).delete_over(now)
            await Stored(session).add(begun)
            if renewed is not None:
                await Users(session).set_password(user.user_id, renewed)
            await AuditTrail(session).add(
                at=now, actor=user.user_id, action="session.began", data={"address": address}
            )
        return token, self._signed_in(begun, user)

    async def _refused(self, name: str, address: str) -> None:
        await self._parts.auth.limits.hit("sign_in_failures", name, quietly=True)
        async with self._parts.database.transaction() as session:
            await AuditTrail(session).add(
                at=self._parts.clock.now(),
                actor=None,
                action="session.refused",
                data={"username": name[:120], "address": address},
            )

    async def _alive(self, token_hash: str) -> SignedIn | None:
        now = self._parts.clock.now()
        async with self._parts.database.read() as session:
            found = await Stored(session).get(token_hash, now)
        if found is None:
            return None
        stored, user = found
        if now - stored.seen_at >= TOUCH_EVERY:
            async with self._parts.database.transaction() as session:
                await Stored(session).seen(token_hash, now, self._ends(stored.created_at, now))
        return self._signed_in(stored, user)

    def _ends(self, began: datetime, seen: datetime) -> datetime:
        return min(seen + self._idle, began + self._longest)

    def _signed_in(self, stored: records.SignInSession, user: records.User) -> SignedIn:
        return SignedIn(
            user_id=user.user_id,
            username=user.username,
            name=user.name,
            roles=tuple(user.roles),
            agent_id=user.agent_id,
            language=user.language,
            session=stored.token_hash,
            csrf=stored.csrf,
        )
