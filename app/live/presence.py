"""Which pages an agent has open, which of them leads, and whether it could take a call.

Only the leader page counts: it rings, and its phone, microphone and heartbeats decide whether the agent can
be offered a caller. The newest page leads unless it says `leader: false`; a second tab may take over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Literal

from app.api.models import Heartbeat
from app.clock import Clock, Timer

HEARTBEAT_LIMIT_S = 12.0
"""Real seconds without a heartbeat after which a page counts as gone; it sends one every 5."""

UnreachableWhy = Literal["no_phone", "media_lost", "page_gone", "microphone_silent", "microphone_ended"]

OnReachability = Callable[[str, bool, UnreachableWhy | None], None]
"""Called with (agent id, reachable, why not) whenever one of the two changes."""
OnLeader = Callable[[str, str | None, str | None], None]
"""Called with (agent id, new leader page, old leader page) whenever the leader changes."""


@dataclass(slots=True, kw_only=True)
class _Page:
    page_id: str
    agent_id: str
    rank: int
    heard_at: datetime
    claims: bool | None = None
    """Whether it wants to lead; None before its first heartbeat."""
    heartbeat: Heartbeat | None = None


@dataclass(slots=True)
class _Agent:
    pages: dict[str, _Page]
    leader: str | None = None
    told: tuple[bool, UnreachableWhy | None] | None = None
    expected_until: datetime | None = None
    """After a restart: believed reachable until its page has had time to come back."""


class Presence:
    """The board of pages. All methods run on the event loop; the only timer is the clock's."""

    def __init__(self, *, clock: Clock, on_reachability: OnReachability, on_leader: OnLeader) -> None:
        self._clock = clock
        self._on_reachability = on_reachability
        self._on_leader = on_leader
        self._agents: dict[str, _Agent] = {}
        self._pages: dict[str, _Page] = {}
        self._ranks = count(1)
        self._timer: Timer | None = None
        self._timer_at: datetime | None = None

    # --- what pages do ---

    def opened(self, agent_id: str, page_id: str) -> None:
        """A page of this agent connected. It leads at once only if there is no other."""
        page = _Page(page_id=page_id, agent_id=agent_id, rank=next(self._ranks), heard_at=self._clock.now())
        self._pages[page_id] = page
        self._agents.setdefault(agent_id, _Agent(pages={})).pages[page_id] = page
        self._settle(agent_id)
        self._arm()

    def heard(self, page_id: str, heartbeat: Heartbeat) -> None:
        page = self._pages.get(page_id)
        if page is None:
            return
        page.heard_at = self._clock.now()
        page.heartbeat = heartbeat
        page.claims = heartbeat.leader
        self._settle(page.agent_id)
        self._arm()

    def took_over(self, page_id: str) -> None:
        """The person chose this tab."""
        page = self._pages.get(page_id)
        if page is not None:
            page.rank = next(self._ranks)
            page.claims = True
            self._settle(page.agent_id)

    def closed(self, page_id: str) -> None:
        page = self._pages.pop(page_id, None)
        if page is not None:
            del self._agents[page.agent_id].pages[page_id]
            self._settle(page.agent_id)

    def expect(self, agent_ids: Iterable[str]) -> None:
        """After a restart: these were reachable, and their pages have one heartbeat limit to come back."""
        until = self._clock.now() + self._limit()
        for agent_id in agent_ids:
            agent = self._agents.setdefault(agent_id, _Agent(pages={}))
            agent.told = (True, None)
            agent.expected_until = until
        self._arm()

    # --- what others ask ---

    def leads(self, page_id: str) -> bool:
        page = self._pages.get(page_id)
        return page is not None and self._agents[page.agent_id].leader == page_id

    def reachability(self, agent_id: str) -> tuple[bool, UnreachableWhy | None]:
        agent = self._agents.get(agent_id)
        return agent.told if agent is not None and agent.told is not None else (False, "page_gone")

    def pages(self, agent_id: str) -> tuple[str, ...]:
        """Page ids, oldest first."""
        agent = self._agents.get(agent_id)
        return tuple(agent.pages) if agent is not None else ()

    def close(self) -> None:
        """Forget the timer: the process ends."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    # --- deciding ---

    def _limit(self) -> timedelta:
        return timedelta(seconds=HEARTBEAT_LIMIT_S * self._clock.rate)

    def _settle(self, agent_id: str) -> None:
        """Work out the leader and the reachability again, and tell what changed."""
        agent = self._agents[agent_id]
        before, agent.leader = agent.leader, _leader(agent.pages.values())
        if agent.leader != before:
            self._on_leader(agent_id, agent.leader, before)
        verdict = self._verdict(agent)
        if verdict is not None and verdict != agent.told:
            agent.told = verdict
            self._on_reachability(agent_id, *verdict)
        if not agent.pages and agent.expected_until is None:
            del self._agents[agent_id]

    def _verdict(self, agent: _Agent) -> tuple[bool, UnreachableWhy | None] | None:
        """Whether a call could be taken; None while that is not known yet."""
        now = self._clock.now()
        page = agent.pages[agent.leader] if agent.leader is not None else None
        waiting = agent.expected_until is not None and now < agent.expected_until
        if page is None or page.heartbeat is None:
            if waiting:
                return None
            agent.expected_until = None
            return (False, "page_gone" if page is None else "no_phone")
        agent.expected_until = None
        if now - page.heard_at >= self._limit():
            return (False, "page_gone")
        why = _fault(page.heartbeat)
        return (why is None, why)

    def _arm(self) -> None:
        """One timer at the earliest instant at which silence would matter."""
        limit = self._limit()
        now = self._clock.now()
        due = [page.heard_at + limit for page in self._pages.values()]
        due += [agent.expected_until for agent in self._agents.values() if agent.expected_until is not None]
        at = min((instant for instant in due if instant > now), default=None)
        if at is None or (self._timer_at is not None and self._timer_at <= at):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = at
        self._timer = self._clock.call_at(at, self._fired)

    def _fired(self) -> None:
        self._timer = None
        self._timer_at = None
        for agent_id in tuple(self._agents):
            self._settle(agent_id)
        self._arm()


def _leader(pages: Iterable[_Page]) -> str | None:
    """The newest page that wants to lead, else the oldest that has not said yet."""
    ranked = sorted(pages, key=lambda page: page.rank)
    claiming = [page.page_id for page in ranked if page.claims]
    silent = [page.page_id for page in ranked if page.claims is None]
    if claiming:
        return claiming[-1]
    return silent[0] if silent else None


def _fault(heartbeat: Heartbeat) -> UnreachableWhy | None:
    match heartbeat.phone:
        case "lost":
            return "media_lost"
        case "none" | "connecting":
            return "no_phone"
        case "ready":
            pass
    match heartbeat.microphone:
        case "silent":
            return "microphone_silent"
        case "ended":
            return "microphone_ended"
        case "ok" | "unknown":
            return None
