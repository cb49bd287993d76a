"""What a caller's own page shows: honest status, and nothing of the agent's side but a first name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Literal, cast

from app.api import models as wire
from app.engine.codec import decode
from app.engine.configuration import VoiceConfiguration
from app.engine.contact import Contact, Phase, Step
from app.live.directory import Directory
from app.live.figures import QueueFigures
from app.live.state import LiveState
from ivr.flow import Menu
from ivr.types import Phrase
from routing.types import AgentState

DEFAULT_HANDLE_S = 240.0
"""Before the day has a handle time of its own: the demo trade's usual four minutes."""
ESTIMATE_LOW = 0.5
ESTIMATE_HIGH = 2.0
"""Half to twice the middle: the spread that exponential service times give a place in line."""

_STATES: Mapping[Phase, str] = {
    Phase.STARTING: "menu",
    Phase.IVR: "menu",
    Phase.QUEUED: "waiting",
    Phase.TRANSFERRING: "held",
    Phase.CONNECTING: "ringing",
    Phase.TALKING: "talking",
    Phase.HELD: "held",
    Phase.CALLER_LOST: "talking",
    Phase.AGENT_LOST: "agent_lost",
    Phase.WRAP_UP: "ended",
    Phase.ENDED: "ended",
}
_SERVING = (AgentState.AVAILABLE, AgentState.ON_CONTACT, AgentState.ACW, AgentState.RINGING)
CallerState = Literal["menu", "waiting", "ringing", "talking", "held", "agent_lost", "voicemail", "ended"]


class CallerView:
    def __init__(
        self,
        state: LiveState,
        directory: Callable[[], Directory],
        configuration: Callable[[], VoiceConfiguration],
        queue_figures: Callable[[str], QueueFigures],
    ) -> None:
        self._state = state
        self._directory = directory
        self._configuration = configuration
        self._queue_figures = queue_figures

    def topic(self, contact: Contact) -> wire.CallerTopic:
        agent = self._directory().agents.get(contact.agent_id or "") if contact.with_agent else None
        position = self._state.position(contact.contact_id)
        estimate = self.estimate_s(contact.queue_id, position) if position is not None else None
        language = str(contact.attributes.get("language") or "en")
        return wire.CallerTopic(
            contact_id=contact.contact_id,
            state=self._status(contact),
            started_at=contact.arrived_at,
            says=self._says(contact, language),
            keys=self._keys(contact),
            queue_name=self._directory().queue_name(contact.queue_id) or None,
            queued_at=contact.queued_at,
            position=position,
            first_position=contact.first_position,
            estimate_s=estimate,
            estimate_low_s=estimate * ESTIMATE_LOW if estimate is not None else None,
            estimate_high_s=estimate * ESTIMATE_HIGH if estimate is not None else None,
            topic=str(contact.attributes.get("topic") or ""),
            account=str(contact.attributes.get("account") or ""),
            agent_name=agent.name.split()[0] if agent else None,
            agent_initials=agent.initials if agent else None,
            answered_at=contact.part_answered_at if contact.with_agent else contact.answered_at,
            recording=contact.recording_on,
            ended_by=_ended_by(contact),
            ended_at=contact.ended_at,
        )

    def estimate_s(self, queue_id: str | None, position: int) -> float | None:
        """Expected wait at a place in line: places ahead times handle time over those who serve.

        None when nobody who serves the queue is signed in: no estimate is better than an invented one.
        """
        if queue_id is None:
            return None
        directory = self._directory()
        serving = [
            record
            for record in self._state.agents.values()
            if queue_id in directory.agent(record.agent_id).queues
            and record.state
            in (AgentState.AVAILABLE, AgentState.ON_CONTACT, AgentState.ACW, AgentState.RINGING)
        ]
        if not serving:
            return None
        free = sum(record.state is AgentState.AVAILABLE and record.reachable for record in serving)
        handle_s = self._queue_figures(queue_id).handle_s or DEFAULT_HANDLE_S
        return max(0, position - free) * handle_s / len(serving)

    def _status(self, contact: Contact) -> CallerState:
        if contact.phase is Phase.IVR and contact.step in (Step.RECORD, Step.RECORD_PROMPT):
            return "voicemail"
        waiting = self._state.waiting.get(contact.contact_id)
        if contact.phase is Phase.QUEUED and waiting is not None and waiting.offer_id is not None:
            return "ringing"
        return cast("CallerState", _STATES[contact.phase])

    def _says(self, contact: Contact, language: str) -> str:
        if contact.phase is not Phase.IVR or contact.pending is None:
            return ""
        phrases: tuple[Phrase, ...] = getattr(decode(contact.pending), "phrases", ())
        return " ".join(filter(None, (self._words(phrase, language) for phrase in phrases)))

    def _words(self, phrase: Phrase, language: str) -> str:
        if phrase.prompt is None:
            return phrase.text or ""
        entry = self._configuration().context.catalogue.prompts.get(phrase.prompt)
        if entry is None:
            return ""
        return entry.texts.get(phrase.language) or entry.texts.get(language) or entry.texts.get("en", "")

    def _keys(self, contact: Contact) -> list[wire.Choice]:
        if contact.phase is not Phase.IVR or contact.step is not Step.GATHER or contact.flow_state is None:
            return []
        flow = self._configuration().flows.get((contact.flow_id or "", contact.flow_version or 0))
        node = flow.nodes.get(str(contact.flow_state.get("node"))) if flow else None
        if not isinstance(node, Menu):
            return []
        return [wire.Choice(code=option.key, label=option.label, key=option.key) for option in node.options]


def ended(contact_id: str, last: wire.CallerTopic | None, contact: Contact, at: datetime) -> wire.CallerTopic:
    """The page's last state, when the contact is no longer live."""
    base = last or wire.CallerTopic(contact_id=contact_id, state="ended", started_at=contact.arrived_at)
    return base.model_copy(
        update={
            "state": "ended",
            "ended_by": _ended_by(contact),
            "ended_at": contact.ended_at or at,
            "position": None,
            "keys": [],
            "says": "",
        }
    )


def _ended_by(contact: Contact) -> Literal["caller", "agent", "line", "system", None]:
    if contact.ended_by is None:
        return None
    known = ("caller", "agent", "line")
    return cast("Literal['caller']", contact.ended_by if contact.ended_by in known else "system")
