"""Following a jump of the wall clock, when a person says that it is right."""

from __future__ import annotations

from app.api.ports import Parts, SignedIn
from app.errors import Conflict
from app.store.repositories.events import AuditTrail


class ClockNotAsked(Conflict):
    code = "clock_fixed"
    title = "Nothing to follow"

    def __str__(self) -> str:
        return "This server's clock does not follow the machine's: it is a test clock."


async def follow_jump(parts: Parts, who: SignedIn) -> None:
    """Take over the machine's time, and write down by how much and who said so.

    Raises:
        ClockNotAsked: the clock in use follows no wall clock.
    """
    if parts.follow_clock is None:
        raise ClockNotAsked
    moved_s = parts.follow_clock()
    async with parts.database.transaction() as session:
        await AuditTrail(session).add(
            at=parts.clock.now(), actor=who.user_id, action="clock.followed", data={"moved_s": moved_s}
        )
