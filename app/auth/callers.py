"""The anonymous caller's cookie: an id that we signed, so that nothing is stored or lost in a restart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.auth.tokens import keyed_hash, new_token, same

COOKIE = "patchbay_caller"
LIFETIME = timedelta(hours=24)
_PURPOSE = "caller session"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallIds:
    contact_id: str
    leg_id: str
    resume_token: str


class CallerSessions:
    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def issue(self, now: datetime) -> str:
        body = f"{new_token()[:22]}.{int(now.timestamp())}"
        return f"{body}.{keyed_hash(self._secret, _PURPOSE, body)[:43]}"

    def check(self, cookie: str | None, now: datetime) -> str | None:
        """The caller's id, or None when the cookie is missing, forged or a day old."""
        if not cookie or len(cookie) > 200 or cookie.count(".") != 2:
            return None
        caller_id, issued, signature = cookie.split(".")
        if not same(signature, keyed_hash(self._secret, _PURPOSE, f"{caller_id}.{issued}")[:43]):
            return None
        age = now - datetime.fromtimestamp(int(issued), UTC)
        return caller_id if timedelta(minutes=-5) < age < LIFETIME else None

    def call_ids(self, caller_id: str, client_id: str) -> CallIds:
        """The ids of a call asked for under `client_id`: asked again, also after a restart, the same ones."""
        asked = f"{caller_id}:{client_id}"
        return CallIds(
            contact_id=f"ct_{keyed_hash(self._secret, 'contact', asked)[:26]}",
            leg_id=f"lg_{keyed_hash(self._secret, 'leg', asked)[:26]}",
            resume_token=keyed_hash(self._secret, "resume", asked),
        )
