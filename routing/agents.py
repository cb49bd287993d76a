"""Agents in the router's working memory.

Their records are what is written down; these are the changeable counterparts, which build their record
anew only after a change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from routing.building import recorder
from routing.ranking import Rank
from routing.rooms import Key, Line, Room
from routing.types import (
    MISSED_REASON,
    ON_DEMAND_REASON,
    VOICE,
    AgentProfile,
    AgentRecord,
    AgentState,
    WorkItem,
)

if TYPE_CHECKING:
    from routing.contacts import Contact

NOTHING = timedelta(0)
BUSY = frozenset({AgentState.RINGING, AgentState.ON_CONTACT, AgentState.ACW})
AWAY = frozenset({AgentState.SIGNED_OUT, AgentState.NOT_READY})

_record = recorder(AgentRecord)

_AVAILABLE = AgentState.AVAILABLE
_RINGING = AgentState.RINGING
_ON_CONTACT = AgentState.ON_CONTACT
_SIGNED_OUT = AgentState.SIGNED_OUT


class Agent:
    """One agent: his voice slot, and his work on other channels."""

    __slots__ = (
        "_record",
        "acw_ends_at",
        "acw_extended",
        "agent_id",
        "caller",
        "channels",
        "contact_id",
        "contacts_taken",
        "idle_since",
        "lines",
        "listings",
        "media",
        "missed_at",
        "misses",
        "next_reason",
        "next_state",
        "offer_id",
        "once",
        "others",
        "own",
        "profile",
        "queue_id",
        "reachable",
        "ready_since",
        "reason",
        "rooms",
        "seen_state",
        "since",
        "skills",
        "state",
        "talk",
        "unreachable_since",
        "unreachable_why",
        "wanted",
        "watching",
    )

    def __init__(self, record: AgentRecord, profile: AgentProfile | None) -> None:
        self.agent_id = record.agent_id
        self.state = record.state
        self.since = record.since
        self.idle_since = record.idle_since
        self.reason = record.reason
        self.next_state = record.next_state
        self.next_reason = record.next_reason
        self.reachable = record.reachable
        self.unreachable_why = record.unreachable_why
        self.unreachable_since = record.unreachable_since
        self.media = record.media
        self.offer_id = record.offer_id
        self.contact_id = record.contact_id
        self.queue_id = record.queue_id
        self.acw_ends_at = record.acw_ends_at
        self.acw_extended = record.acw_extended
        self.misses = record.misses
        self.once = record.once
        self.others: tuple[WorkItem, ...] = record.others
        self.contacts_taken = record.contacts_taken
        self.talk = record.talk
        self.ready_since = record.ready_since
        self.missed_at = record.missed_at
        self.caller = record.caller
        self.lines: dict[str, dict[Line, None]] = {}
        """Channel -> the lines he may take contacts of, by his profile and his phone."""
        self.rooms: dict[Room, None] = {}
        """Queues of those lines."""
        self.listings: dict[str, list[tuple[Line, Rank]]] = {}
        """Channel -> where he is listed as free. A channel that is missing: he is not free for it."""
        self.own: list[Key] = []
        """Contacts that can be offered and that only he, or he and few others, may take now."""
        self.wanted: dict[str, Contact] = {}
        """Contacts that prefer him."""
        self.watching: tuple[Room, ...] = ()
        """Queues whose rules ask whether he is free, or there."""
        self.seen_state = record.state
        """The state that the rest of the router has taken note of."""
        self._record: AgentRecord | None = record
        self.profile: AgentProfile | None
        """None: no longer in the configuration."""
        self.channels: tuple[str, ...]
        """On which he takes contacts."""
        self.take_profile(profile)

    def take_profile(self, profile: AgentProfile | None) -> None:
        self.profile = profile
        self.skills: Mapping[str, int] = profile.skills if profile else {}
        capacity = profile.capacity if profile else {}
        self.channels = tuple(channel for channel, most in sorted(capacity.items()) if most > 0)

    # --- what he may be offered -------------------------------------------------------------------

    @property
    def ready(self) -> bool:
        """Nothing about the agent speaks against offering him a call now."""
        return self.free_for(VOICE)

    def free_for(self, channel: str) -> bool:
        """May be offered a contact of this channel now."""
        profile = self.profile
        if channel == VOICE:
            return (
                self.state is _AVAILABLE
                and self.reachable
                and self.next_state is None
                and profile is not None
                and not (self.once and any(item.offer_id for item in self.others))
            )
        if profile is None or not self.reachable:
            return False
        if self.state is not _AVAILABLE:
            if profile.voice_blocks or self.state not in BUSY or self.next_state not in (None, _AVAILABLE):
                return False
        elif self.next_state is not None:
            return False
        if self.once and (self.offer_id or any(item.offer_id for item in self.others)):
            return False
        return sum(item.channel == channel for item in self.others) < profile.capacity.get(channel, 0)

    @property
    def free(self) -> bool:
        """May be offered something now."""
        return any(map(self.free_for, self.channels))

    def has(self, contact_id: str) -> bool:
        """A contact of another channel is offered to him, or in his hands."""
        return any(item.contact_id == contact_id for item in self.others)

    @property
    def listed(self) -> bool:
        """Whether the lines of calls count him among their free agents."""
        return VOICE in self.listings

    @property
    def busy(self) -> bool:
        """A requested state has to wait."""
        return self.state in BUSY

    @property
    def there(self) -> bool:
        """Signed in and not not ready: worth waiting for when a contact prefers him."""
        return self.profile is not None and self.state not in AWAY

    # --- records ----------------------------------------------------------------------------------

    def touch(self) -> None:
        """The record is out of date."""
        self._record = None

    def record(self) -> AgentRecord:
        if self._record is None:
            self._record = _record(self)
        return self._record

    # --- states -----------------------------------------------------------------------------------

    def enter(self, state: AgentState, reason: str | None, now: datetime) -> None:
        """Change the state. Becoming available begins his idle time unless it runs; signing out ends it."""
        before = self.state
        if before is _ON_CONTACT:
            self.talk += now - self.since
        self.state = state
        self.since = now
        self.reason = reason
        if state is _AVAILABLE:
            self.idle_since = self.idle_since or now
            if before is not _RINGING:
                self.ready_since = now
        elif state in AWAY:
            self.once = False
            if state is _SIGNED_OUT:
                self.idle_since = self.ready_since = self.missed_at = None
                self.misses = self.contacts_taken = 0
                self.talk = NOTHING

    def enter_next(self, now: datetime) -> None:
        """Ringing, or the work and its ACW, are over: go where he asked to go, or be available."""
        state, reason = self.next_state or _AVAILABLE, self.next_reason
        if state is _SIGNED_OUT and self.others:
            # Signing out waits for the contacts of other channels; meanwhile nothing is offered.
            state, reason = _AVAILABLE, None
        else:
            self.next_state = self.next_reason = None
        self.enter(state, reason, now)

    def miss(self, limit: int) -> None:
        """An offer timed out. At `limit` in a row (0: never) he goes not ready, or where he asked to go."""
        self.misses += 1
        if limit and self.misses >= limit and self.next_state in (None, _AVAILABLE):
            self.next_state, self.next_reason = AgentState.NOT_READY, MISSED_REASON

    def take(self) -> None:
        """He accepted something. Who asked for one contact goes not ready after it."""
        self.misses = 0
        self.contacts_taken += 1
        if self.once:
            self.once = False
            if self.next_state is None:
                self.next_state, self.next_reason = AgentState.NOT_READY, ON_DEMAND_REASON

    def leave_caller(self, callers: Counter[str]) -> None:
        """He does not talk to anybody any more. `callers` counts the live contacts of each."""
        if self.caller is not None:
            callers[self.caller] -= 1
            self.caller = None

    def settle(self, now: datetime) -> None:
        """Something of another channel is over: go where he was to go, unless a call is in the way."""
        if self.next_state is None or self.state in BUSY:
            return
        if not (self.next_state is AgentState.SIGNED_OUT and self.others):
            self.enter_next(now)

    def finish_work(self, now: datetime) -> None:
        self.idle_since = now
        self.contact_id = self.queue_id = self.acw_ends_at = self.caller = None
        self.acw_extended = NOTHING
        self.enter_next(now)
