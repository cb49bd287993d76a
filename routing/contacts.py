"""Contacts in the router's working memory: the changeable counterparts of their waiting records."""

from __future__ import annotations

from routing.building import recorder
from routing.ranking import Needs, compile_needs
from routing.rooms import Key, Line, Room
from routing.types import CallbackMode, Requirement, Strategy, WaitingRecord

_record = recorder(WaitingRecord, excluded_agents="excluded")

RINGING_SEVERAL = frozenset({Strategy.RING_ALL, Strategy.RING_PROGRESSIVELY})


class Contact:
    """One contact in a queue."""

    __slots__ = (
        "_record",
        "attributes",
        "audience",
        "been_in",
        "callback",
        "caller",
        "channel",
        "choosing",
        "contact_id",
        "cooloff",
        "entered_at",
        "excluded",
        "first_queued_at",
        "key",
        "leaves_at",
        "line",
        "listed",
        "media",
        "offer_ids",
        "offered_before",
        "only_agents",
        "place_at",
        "preferred_agent",
        "preferred_until",
        "priority",
        "queue_id",
        "queued_at",
        "raised",
        "relaxed",
        "requirements",
        "rings_on_at",
        "rules",
        "stands_at",
        "step_due_at",
        "steps_done",
        "steps_next",
        "suspended",
        "widened",
    )

    key: Key
    line: Line

    def __init__(self, record: WaitingRecord) -> None:
        self.contact_id = record.contact_id
        self.queue_id = record.queue_id
        self.media = record.media
        self.priority = record.priority
        self.place_at = record.place_at
        self.queued_at = record.queued_at
        self.requirements: tuple[Requirement, ...] = record.requirements
        self.excluded = record.excluded_agents
        self.suspended = record.suspended
        self.offer_ids = record.offer_ids or ((record.offer_id,) if record.offer_id else ())
        self.cooloff = record.cooloff
        """Replaced as a whole, never changed: the records share it."""
        self.offered_before = record.offered_before
        self.channel = record.channel
        self.attributes = record.attributes
        self.caller = record.caller
        self.preferred_agent = record.preferred_agent
        self.preferred_until = record.preferred_until
        self.only_agents = record.only_agents
        self.first_queued_at = record.first_queued_at
        self.entered_at = record.entered_at
        self.raised = record.raised
        self.relaxed = record.relaxed
        self.widened = record.widened
        self.steps_done = record.steps_done
        self.steps_next = record.steps_next
        self.step_due_at = record.step_due_at
        self.leaves_at = record.leaves_at
        self.callback = record.callback
        self.rules = record.rules
        self.stands_at = record.stands_at
        self.been_in = record.been_in
        self.rings_on_at = record.rings_on_at
        self.choosing = record.choosing
        self.listed = False
        """Whether its line, or its few agents, hold it ready to be offered."""
        self.audience: tuple[str, ...] | None = None
        """While listed: the only agents who may take it now. None: whoever serves its line."""
        self._record: WaitingRecord | None = record

    @property
    def offer_id(self) -> str | None:
        return self.offer_ids[0] if self.offer_ids else None

    @property
    def open(self) -> bool:
        """Nothing about the contact itself speaks against offering it."""
        if self.suspended or self.choosing:
            return False
        callback = self.callback
        if callback is not None and (callback.dialling or callback.not_before is not None):
            return False
        return not self.offer_ids or self.rings_on

    @property
    def rings_on(self) -> bool:
        """Although it rings somebody, another agent may ring too."""
        policy = self.line.room.policy
        if policy.strategy not in RINGING_SEVERAL:
            return False
        if policy.strategy is Strategy.RING_PROGRESSIVELY and self.rings_on_at is not None:
            return False
        return policy.ring_width == 0 or len(self.offer_ids) < policy.ring_width

    @property
    def to_dial(self) -> bool:
        """A customer-first callback: when its turn comes the customer is dialled, and nobody rings."""
        callback = self.callback
        return callback is not None and callback.mode is CallbackMode.CUSTOMER_FIRST and not callback.answered

    @property
    def put_off(self) -> bool:
        """A callback that may not be dialled yet."""
        return self.callback is not None and self.callback.not_before is not None

    @property
    def being_dialled(self) -> bool:
        """A customer-first callback under way: dialled, or answered and not yet with an agent."""
        callback = self.callback
        return (
            callback is not None
            and callback.mode is CallbackMode.CUSTOMER_FIRST
            and (callback.dialling or callback.answered)
        )

    @property
    def present(self) -> bool:
        """The caller is on the line and waits in public: ways out and absences concern him."""
        return self.callback is None and not self.only_agents

    @property
    def barred(self) -> bool:
        """Some agent may not take it, although he may take others of its line."""
        return bool(self.cooloff) or bool(self.excluded)

    def bars(self, agent_id: str) -> bool:
        return agent_id in self.cooloff or agent_id in self.excluded

    def remember(self, agent_id: str) -> None:
        """It was offered to him in vain. Each agent is named once, at the last time."""
        self.offered_before = (*(other for other in self.offered_before if other != agent_id), agent_id)

    def obey(self, rule: str) -> None:
        """`rule` decides where it stands, or who may have it."""
        if rule not in self.rules:
            self.rules = (*self.rules, rule)

    def needs_in(self, room: Room) -> Needs:
        """Skills and levels it wants of an agent of `room`, after the steps that relaxed them."""
        if not self.requirements and not self.relaxed and not self.only_agents:
            return room.needs
        queue = () if self.only_agents else room.policy.requirements
        needs = compile_needs(queue, self.requirements)
        if not self.relaxed:
            return needs
        wanted = ((skill, self.relaxed.get(skill, level)) for skill, level in needs)
        return tuple((skill, level) for skill, level in wanted if level is not None)

    @property
    def effective_priority(self) -> int:
        """As queued, plus tier, case and steps."""
        policy, attributes = self.line.room.policy, self.attributes
        priority = self.priority + self.raised
        if attributes:
            priority += policy.tier_priority.get(attributes.get("tier", ""), 0)
            priority += policy.case_priority.get(attributes.get("case_priority", ""), 0)
        return priority

    def touch(self) -> None:
        self._record = None

    def record(self) -> WaitingRecord:
        if self._record is None:
            self._record = _record(self)
        return self._record
