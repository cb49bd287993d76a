"""Passwords: argon2id, off the event loop, and no more at once than the machine can bear."""

from __future__ import annotations

import asyncio

from pwdlib import PasswordHash
from pwdlib.exceptions import PwdlibError
from pwdlib.hashers.argon2 import Argon2Hasher

from app.errors import TooManyRequests

AT_ONCE_MAX = 2
"""One verification takes about 170 ms of a core and 64 MiB."""
WAITING_MAX = 32
PASSWORD_LENGTH_MIN = 10
"""Characters. Source: NIST SP 800-63B asks for at least 8."""


class Passwords:
    def __init__(self, hasher: Argon2Hasher | None = None) -> None:
        self._hash = PasswordHash((hasher or Argon2Hasher(),))
        self._slots = asyncio.Semaphore(AT_ONCE_MAX)
        self._waiting = 0
        self._decoy: str | None = None

    async def hash(self, password: str) -> str:
        async with self._slots:
            return await asyncio.to_thread(self._hash.hash, password)

    async def verify(self, password: str, stored: str | None) -> tuple[bool, str | None]:
        """Whether the password fits, and a newer hash to store if the old one is outdated.

        With `stored` None (no such user) it takes as long and does not fit.

        Raises:
            TooManyRequests: more people wait for their sign-in than can be served soon.
        """
        if self._waiting >= WAITING_MAX:
            raise TooManyRequests(retry_after_s=5)
        self._waiting += 1
        try:
            async with self._slots:
                return await asyncio.to_thread(self._verify, password, stored)
        finally:
            self._waiting -= 1

    def _verify(self, password: str, stored: str | None) -> tuple[bool, str | None]:
        if stored is None:
            self._decoy = self._decoy or self._hash.hash("nobody's password")
            self._hash.verify(password, self._decoy)
            return False, None
        try:
            return self._hash.verify_and_update(password, stored)
        except PwdlibError:
            return False, None
