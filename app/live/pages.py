"""Every page that has a socket open here, so that somebody else's action can reach it.

Kept apart from the sockets themselves: signing out, taking over and shutting down happen elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.api.models import Notice
from app.live.hub import LEADER, SECOND_TAB, Hub, to_json
from app.live.outbox import CLOSE_POLICY, Outbox, text_message


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPage:
    page_id: str
    outbox: Outbox
    holder: str
    """Whose it is: the digest of a staff session, or a caller's contact id."""
    agent_topic: str | None = None
    """The hub's key of this agent's topic."""


class Pages:
    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._open: dict[str, OpenPage] = {}

    def __len__(self) -> int:
        return len(self._open)

    def add(self, page: OpenPage) -> None:
        self._open[page.page_id] = page

    def discard(self, page_id: str) -> None:
        self._open.pop(page_id, None)

    def of(self, holder: str) -> int:
        """How many pages somebody has open."""
        return sum(page.holder == holder for page in self._open.values())

    def all(self) -> tuple[OpenPage, ...]:
        return tuple(self._open.values())

    def leader_changed(self, agent_id: str, leader: str | None, before: str | None) -> None:
        """For `Presence`: show each of the two pages the agent's topic as it now is for them."""
        old = self._open.get(before) if before is not None else None
        if old is not None and old.agent_topic is not None:
            if leader is not None:
                _tell(old.outbox, "taken_over", "Another page of yours has the phone now.")
            self._hub.move(old.outbox, old.agent_topic, SECOND_TAB)
        new = self._open.get(leader) if leader is not None else None
        if new is not None and new.agent_topic is not None:
            self._hub.move(new.outbox, new.agent_topic, LEADER)

    def end_session(self, session: str, why: str) -> None:
        """Tell every page of a session that it is over, and close them."""
        for page in tuple(self._open.values()):
            if page.holder == session:
                _tell(page.outbox, "signed_out", why)
                page.outbox.finish(CLOSE_POLICY, why)


def _tell(outbox: Outbox, code: Literal["taken_over", "signed_out"], detail: str) -> None:
    outbox.put_direct(text_message(to_json(Notice(code=code, detail=detail))))
