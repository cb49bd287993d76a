"""Users and their sign-in sessions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.store.errors import RecordExists, RecordMissing
from app.store.models import SessionModel, UserModel
from app.store.records import SignInSession, User, record_of


class Users:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, user_id: str) -> User | None:
        row = await self._session.get(UserModel, user_id)
        return None if row is None else record_of(User, row)

    async def by_username(self, username: str) -> User | None:
        """Case does not matter."""
        query = select(UserModel).where(UserModel.username == username.casefold())
        row = (await self._session.scalars(query)).one_or_none()
        return None if row is None else record_of(User, row)

    async def list(self) -> Sequence[User]:
        rows = await self._session.scalars(select(UserModel).order_by(UserModel.username))
        return [record_of(User, row) for row in rows]

    async def add(self, user: User) -> User:
        """Returns the user with the name as it is stored.

        Raises:
            RecordExists: the user name is taken.
        """
        values = {name: getattr(user, name) for name in user.__slots__}
        row = UserModel(**values | {"username": user.username.casefold(), "roles": list(user.roles)})
        try:
            async with self._session.begin_nested():
                self._session.add(row)
        except IntegrityError:
            raise RecordExists("user", user.username) from None
        return record_of(User, row)

    async def set_password(self, user_id: str, password_hash: str) -> None:
        await self._change(user_id, password_hash=password_hash)

    async def set_language(self, user_id: str, language: str) -> None:
        await self._change(user_id, language=language)

    async def set_disabled(self, user_id: str, disabled: bool) -> None:
        """A disabled user cannot sign in, and is signed out everywhere."""
        await self._change(user_id, disabled=disabled)
        if disabled:
            await self._session.execute(delete(SessionModel).where(SessionModel.user_id == user_id))

    async def _change(self, user_id: str, **values: object) -> None:
        changed = await self._session.execute(
            update(UserModel)
            .where(UserModel.user_id == user_id)
            .values(**values)
            .returning(UserModel.user_id)
        )
        if changed.one_or_none() is None:
            raise RecordMissing("user", user_id)


class Sessions:
    """Sign-in sessions by the digest of their token."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, sign_in: SignInSession) -> None:
        values = {name: getattr(sign_in, name) for name in sign_in.__slots__}
        self._session.add(SessionModel(**values))
        await self._session.flush()

    async def get(self, token_hash: str, now: datetime) -> tuple[SignInSession, User] | None:
        """The session and its user; None when it is unknown or over, or the user is disabled."""
        query = (
            select(SessionModel)
            .options(joinedload(SessionModel.user))
            .where(SessionModel.token_hash == token_hash, SessionModel.expires_at > now)
        )
        row = (await self._session.scalars(query)).one_or_none()
        if row is None or row.user.disabled:
            return None
        return record_of(SignInSession, row), record_of(User, row.user)

    async def seen(self, token_hash: str, seen_at: datetime, expires_at: datetime | None = None) -> None:
        """Note that the session is in use; moves its end when `expires_at` is given."""
        values: dict[str, datetime] = {"seen_at": seen_at}
        if expires_at is not None:
            values["expires_at"] = expires_at
        await self._session.execute(
            update(SessionModel).where(SessionModel.token_hash == token_hash).values(**values)
        )

    async def end(self, token_hash: str) -> None:
        await self._session.execute(delete(SessionModel).where(SessionModel.token_hash == token_hash))

    async def end_all_of(self, user_id: str) -> None:
        await self._session.execute(delete(SessionModel).where(SessionModel.user_id == user_id))

    async def delete_over(self, now: datetime) -> int:
        """Delete sessions that are over; returns how many."""
        gone = await self._session.execute(
            delete(SessionModel).where(SessionModel.expires_at <= now).returning(SessionModel.token_hash)
        )
        return len(gone.all())
