"""What a caller's own page shows: honest status, and nothing of the agent's side but a first name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Literal, cast

from app.api import models as wire
from app.engine.codec import decode
from app.engine.configuration import VoiceConfiguration
from app.engine.contact import IN_FLOW, WITH_AGENT, Contact, Phase, Step
from app.engine.promises import BROWSER
from app.live.daybook import DayBook
from app.live.directory import Directory
from app.live.state import LiveState
from app.words import word
from ivr.flow import Menu
from ivr.types import Phrase
from routing.estimate import NO_WAIT, WaitEstimate, wait_for_turn, with_range
from routing.types import AgentState

TOPICS = ("billing", "technical", "moving", "sales", "complaints")
"""What a caller may say beforehand; the flow reads it as `topic`."""
DEFAULT_HANDLE_S = 240.0
"""Before the day has a handle time of its own: the demo trade's usual four minutes."""

_STATES: Mapping[Phase, str] = {
    Phase.STARTING: "menu",
    Phase.IVR: "menu",
    Phase.QUEUED: "waiting",
    Phase.TRANSFERRING: "held",
    Phase.CONNECTING: "ringing",
    Phase.TALKING: "talking",
    Phase.HELD: "held",
    Phase.PROMISED: "callback",
    Phase.ASIDE: "menu",
    Phase.CALLER_LOST: "talking",
    Phase.AGENT_LOST: "agent_lost",
    Phase.WRAP_UP: "ended",
    Phase.ENDED: "ended",
}
_ANSWERED = WITH_AGENT | {Phase.WRAP_UP, Phase.ENDED}
_SERVING = (AgentState.AVAILABLE, AgentState.ON_CONTACT, AgentState.ACW, AgentState.RINGING)
CallerState = Literal[
    "menu", "waiting", "ringing", "talking", "held", "agent_lost", "voicemail", "callback", "ended"
]


class CallerView:
    def __init__(
        self,
        state: LiveState,
        directory: Callable[[], Directory],
        configuration: Callable[[], VoiceConfiguration],
        daybook: DayBook,
        told: Callable[[str], WaitEstimate | None] = lambda _contact_id: None,
        of_place: Callable[[str, int, datetime], WaitEstimate | None] | None = None,
    ) -> None:
        """Args:
        told: what announcements tell this waiting contact; the page must not say otherwise.
        of_place: what they would tell whoever stands at a place of a queue, or comes next; None: worked
            out from what pages know.
        """
        self._of_place = of_place
        self._told = told
        self._state = state
        self._directory = directory
        self._configuration = configuration
        self._daybook = daybook

    def topic(self, contact: Contact, now: datetime) -> wire.CallerTopic:
        agent = self._directory().agents.get(contact.agent_id or "") if contact.with_agent else None
        position = self._state.position(contact.contact_id)
        estimate = self.of_contact(contact.contact_id, now)
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
            estimate_s=estimate.mean_s if estimate else None,
            estimate_low_s=estimate.low_s if estimate else None,
            estimate_high_s=estimate.high_s if estimate else None,
            topic=str(contact.attributes.get("topic") or ""),
            account=str(contact.attributes.get("account") or ""),
            agent_name=agent.name.split()[0] if agent else None,
            agent_initials=agent.initials if agent else None,
            answered_at=contact.part_answered_at if contact.phase in _ANSWERED else None,
            recording=contact.recording_on,
            callback_offered=self._callback_offered(contact),
            callback_dials=self._configuration().context.reaches_telephone_network,
            callback_number=_callback_number(contact),
            callback_ringing=contact.promise is not None and contact.promise.dialling is not None,
            ended_by=_ended_by(contact),
            ended_at=contact.ended_at,
        )

    def centre(self, language: str, now: datetime) -> wire.CallerCentre:
        """What a caller reads before the call: an honest wait, or that nobody is there."""
        directory = self._directory()
        waiting = len(self._state.waiting)
        estimates = [
            found.mean_s
            for queue_id in directory.queues
            if (found := self.estimate(queue_id, len(self._state.line(queue_id)) + 1, now)) is not None
        ]
        return wire.CallerCentre(
            name=directory.centre,
            number=directory.number,
            open=self._configuration().is_open(now),
            waiting=waiting,
            estimate_s=max(estimates) if estimates else None,
            topics=[wire.Choice(code=code, label=word(f"topic.{code}", language)) for code in TOPICS],
            languages=[
                wire.Choice(code=code, label=word(f"language.{code}", language)) for code in ("en", "cy")
            ],
        )

    def of_contact(self, contact_id: str, now: datetime) -> WaitEstimate | None:
        """What a waiting contact still waits; its own needs count."""
        position, waiting = self._state.position(contact_id), self._state.waiting.get(contact_id)
        if position is None or waiting is None:
            return None
        if self._of_place is not None:
            return self._told(contact_id)
        return self.estimate(waiting.queue_id, position, now)

    def estimate(self, queue_id: str | None, position: int, now: datetime) -> WaitEstimate | None:
        """What the caller at `position` still waits, after those who are free now have taken theirs.

        None when nobody who serves the queue is signed in: no estimate is better than an invented one.
        """
        if queue_id is None:
            return None
        if self._of_place is not None:
            return self._of_place(queue_id, position, now)
        directory = self._directory()
        serving = [
            record
            for record in self._state.agents.values()
            if queue_id in directory.agent(record.agent_id).queues and record.state in _SERVING
        ]
        free = sum(record.state is AgentState.AVAILABLE and record.reachable for record in serving)
        if serving and position <= free:
            return NO_WAIT
        aht_s = self._daybook.queue(queue_id, now).aht_s or DEFAULT_HANDLE_S
        return with_range(*wait_for_turn(position - free - 1, len(serving) / aht_s)) if serving else None

    def _status(self, contact: Contact) -> CallerState:
        if contact.phase is Phase.IVR and contact.step in (Step.RECORD, Step.RECORD_PROMPT):
            return "voicemail"
        if contact.promise is not None:
            return "callback"
        waiting = self._state.waiting.get(contact.contact_id)
        if contact.phase is Phase.QUEUED and waiting is not None and waiting.offer_id is not None:
            return "ringing"
        return cast("CallerState", _STATES[contact.phase])

    def _callback_offered(self, contact: Contact) -> bool:
        """The place can be kept without waiting on the line."""
        if contact.phase is not Phase.QUEUED:
            return False
        policy = self._configuration().queue(contact.queue_id or "")
        return contact.callback_offered or (policy is not None and policy.callbacks.offered)

    def _says(self, contact: Contact, language: str) -> str:
        if contact.phase not in IN_FLOW or contact.pending is None:
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
        if contact.phase not in IN_FLOW or contact.step is not Step.GATHER or contact.flow_state is None:
            return []
        flow = self._configuration().flows.get((contact.flow_id or "", contact.flow_version or 0))
        node = flow.nodes.get(str(contact.flow_state.get("node"))) if flow else None
        if not isinstance(node, Menu):
            return []
        return [wire.Choice(code=option.key, label=option.label, key=option.key) for option in node.options]


def _callback_number(contact: Contact) -> str | None:
    """Whom we promised to call; None when the page itself rings."""
    if contact.promise is None or contact.promise.number.startswith(BROWSER):
        return None
    return contact.promise.number


def ended(contact_id: str, last: wire.CallerTopic | None, by: str, at: datetime) -> wire.CallerTopic:
    """The page's last state, when the contact is no longer live."""
    base = last or wire.CallerTopic(contact_id=contact_id, state="ended", started_at=at)
    return base.model_copy(
        update={
            "state": "ended",
            "ended_by": by if by in _ENDED_BY else "system",
            "ended_at": base.ended_at or at,
            "position": None,
            "keys": [],
            "says": "",
        }
    )


_ENDED_BY = ("caller", "agent", "line")


def _ended_by(contact: Contact) -> Literal["caller", "agent", "line", "system", None]:
    if contact.ended_by is None:
        return None
    return cast("Literal['caller']", contact.ended_by if contact.ended_by in _ENDED_BY else "system")
