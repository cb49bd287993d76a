"""Queues at work: rooms, and the lines within them."""

from __future__ import annotations

from bisect import bisect_left, insort
from datetime import datetime
from typing import TYPE_CHECKING

from routing.ranking import Needs, Rank
from routing.types import VOICE, QueuePolicy, QueueRecord, Way

if TYPE_CHECKING:
    from routing.agents import Agent

Key = tuple[int, int, datetime, str]
"""Service order: (-effective priority, -queue weight where it counts, place, contact id)."""

LineAt = tuple[Needs, str, str, tuple[str, ...]]
"""What the contacts of a line have in common: needs, media, channel, queues it is widened to."""

Order = tuple[int, float, datetime, str]
"""Service order over all queues: (-effective priority, the queue's turn, place, contact id)."""


class Line:
    """Contacts of one queue with equal needs, media and channel: who may take one may take all, but for bars.

    Lines are why nobody blocks those behind him: an agent who may not take one line's first looks at the
    others' first, and not at every contact in between.
    """

    __slots__ = ("channel", "idle", "media", "members", "needs", "room", "waiting", "widened")

    def __init__(
        self, room: Room, needs: Needs, media: str, channel: str = VOICE, widened: tuple[str, ...] = ()
    ) -> None:
        self.room = room
        self.needs = needs
        self.media = media
        self.channel = channel
        self.widened = widened
        """Further queues whose members may take these contacts."""
        self.members = 0
        """Contacts that belong here, whether open, offered or suspended."""
        self.waiting: list[Key] = []
        """Those that can be offered to whoever serves the line, in service order."""
        self.idle: list[Rank] = []
        """The agents who are free for it, best first."""

    def put(self, key: Key) -> None:
        """A contact can be offered."""
        waiting = self.waiting
        insort(waiting, key)
        if waiting[0] is key:
            heads = self.room.heads
            if len(waiting) > 1:
                del heads[bisect_left(heads, (waiting[1],))]
            insort(heads, (key, self))

    def take(self, key: Key) -> None:
        """It cannot any more."""
        waiting = self.waiting
        # The first is nearly always the one that is offered.
        at = 0 if waiting and waiting[0] is key else bisect_left(waiting, key)
        assert waiting[at] == key, "every contact is where its key says"
        del waiting[at]
        if at == 0:
            heads = self.room.heads
            if len(heads) == 1 and waiting:
                heads[0] = (waiting[0], self)
                return
            del heads[bisect_left(heads, (key,))]
            if waiting:
                insort(heads, (waiting[0], self))


class QueueMemory:
    """What a queue remembers whatever its rules are: the changeable counterpart of `QueueRecord`."""

    __slots__ = ("gate_open", "last_agent", "queue_id", "served", "shut", "shut_at", "shut_by", "shut_then")

    def __init__(self, record: QueueRecord) -> None:
        self.queue_id = record.queue_id
        self.shut = record.shut
        self.shut_by: str | None = record.shut_by
        self.shut_at: datetime | None = record.shut_at
        self.shut_then: Way | None = record.shut_then
        self.last_agent = record.last_agent
        self.served = record.served
        self.gate_open = record.gate_open

    def record(self) -> QueueRecord:
        return QueueRecord(
            queue_id=self.queue_id,
            shut=self.shut,
            shut_by=self.shut_by,
            shut_at=self.shut_at,
            shut_then=self.shut_then,
            last_agent=self.last_agent,
            served=self.served,
            gate_open=self.gate_open,
        )


class Room:
    """A queue at work: its rules, its contacts in service order, and its lines."""

    __slots__ = (
        "away",
        "dialling",
        "free",
        "gated",
        "guests",
        "heads",
        "lines",
        "lines_allowed",
        "members",
        "memory",
        "needs",
        "order",
        "policy",
        "retired",
        "there",
        "there_to_join",
    )

    def __init__(self, policy: QueuePolicy, memory: QueueMemory, lines_allowed: int) -> None:
        self.policy = policy
        self.memory = memory
        self.needs: Needs = ()
        self.lines_allowed = lines_allowed
        """Before the empty ones are dropped."""
        self.order: list[Key] = []
        """Everyone in the queue, the suspended and the offered included."""
        self.lines: dict[LineAt, Line] = {}
        self.heads: list[tuple[Key, Line]] = []
        """The first of each line in which somebody can be offered, in service order."""
        self.gated = False
        """Its contacts yield to other work just now."""
        self.guests: list[Line] = []
        """Lines of other queues that are widened to this one."""
        self.members: dict[str, Agent] = {}
        """Agents whose profile names this queue."""
        self.retired = False
        """No longer in the configuration; it lasts as long as somebody needs its rules."""
        self.free: set[str] = set()
        """Members who are ready. Kept for queues that blend."""
        self.there: set[str] = set()
        """Members who are not absent as `leave_empty` means it. Kept where that is set."""
        self.there_to_join: set[str] = set()
        """The same for `join_empty`."""
        self.away: set[str] = set()
        """Callbacks that may not be dialled yet: nobody waits for them."""
        self.dialling: set[str] = set()
        """Customer-first callbacks being dialled, or answered and not yet accepted."""

    def obey_gate(self) -> None:
        self.gated = self.policy.blending is not None and not self.memory.gate_open

    @property
    def watched(self) -> bool:
        """Its rules ask which members are free, or there."""
        policy = self.policy
        return policy.blending is not None or bool(policy.join_empty) or bool(policy.leave_empty)
