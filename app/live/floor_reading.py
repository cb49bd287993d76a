"""What supervisors ask of the live state beyond the floor's topic: contacts of figures, previews, whys."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from app.api.models_floor import ClosePreview, FigureName, WhyNoCalls
from app.api.ports import FigureEntry, FigureNow
from app.clock import Clock
from app.engine.company import contact_id_of
from app.live.daybook import DayBook
from app.live.directory import Directory
from app.live.state import LiveState
from app.live.why_agent import why_no_calls
from reporting.facts import Visit
from reporting.report import Behind, Dimension, Filters, Place, Question, behind
from routing.explain import AgentExplanation
from routing.types import AgentState, WaitingRecord

ExplainAgent = Callable[[str, datetime], AgentExplanation]

_OF_THE_MOMENT = frozenset({"waiting", "on_contact"})


class FloorReading:
    """See `app.api.ports.FloorReading`."""

    def __init__(
        self,
        *,
        state: LiveState,
        daybook: DayBook,
        directory: Callable[[], Directory],
        clock: Clock,
        explain: ExplainAgent,
    ) -> None:
        self._state = state
        self._daybook = daybook
        self._directory = directory
        self._clock = clock
        self._explain = explain

    # --- figures ---

    def figure(self, figure: FigureName, queue_id: str | None) -> FigureNow:
        """A figure of today and what it is made of, by the tests the figure was summed with."""
        now = self._clock.now()
        if figure == "waiting":
            entries = [self._waits(each, now) for each in self._waiting(queue_id)]
            return FigureNow(value=float(len(entries)), entries=entries)
        if figure == "on_contact":
            entries = list(self._talking(queue_id, now))
            return FigureNow(value=float(len(entries)), entries=entries)
        question = Question(
            borders=(self._daybook.day_start, self._daybook.day_end),
            dimension=Dimension.QUEUE,
            filters=Filters(queue_id=queue_id),
            now=now,
        )
        found = behind(self._daybook.facts(now), question, Place(None, None), figure)
        figures = self._daybook.queue(queue_id, now) if queue_id else self._daybook.overall(now)
        value = getattr(figures, figure)
        return FigureNow(
            value=float(value) if value is not None else None,
            entries=[_entry(each, figure) for each in found if isinstance(each.fact, Visit)],
        )

    def _waiting(self, queue_id: str | None) -> list[WaitingRecord]:
        return [each for each in self._state.waiting.values() if queue_id in (None, each.queue_id)]

    def _waits(self, waiting: WaitingRecord, now: datetime) -> FigureEntry:
        waited_s = (now - waiting.place_at).total_seconds()
        return FigureEntry(contact_id=waiting.contact_id, at=waiting.place_at, value=waited_s)

    def _talking(self, queue_id: str | None, now: datetime) -> Iterable[FigureEntry]:
        for record in self._state.agents.values():
            if record.state is not AgentState.ON_CONTACT or record.contact_id is None:
                continue
            if queue_id in (None, record.queue_id):
                talked_s = (now - record.since).total_seconds()
                yield FigureEntry(
                    contact_id=contact_id_of(record.contact_id), at=record.since, value=talked_s
                )

    # --- queues and agents ---

    def preview(self, queue_id: str) -> ClosePreview:
        waiting = self._waiting(queue_id)
        return ClosePreview(
            queue_id=queue_id,
            waiting=len(waiting),
            callbacks=sum(each.callback is not None for each in waiting),
            ringing=sum(each.offer_id is not None for each in waiting),
        )

    def sentences(self, agent_id: str) -> list[str]:
        """Why this agent gets no calls, for his own page and in his language."""
        language = self._directory().agent(agent_id).language
        found = self.why_no_calls(agent_id, language)
        return [found.verdict, *found.sentences] if found is not None else []

    def why_no_calls(self, agent_id: str, language: str) -> WhyNoCalls | None:
        if agent_id not in self._state.agents and agent_id not in self._directory().agents:
            return None
        now = self._clock.now()
        return why_no_calls(self._explain(agent_id, now), self._directory(), language, now)


def _entry(found: Behind, figure: str) -> FigureEntry:
    visit = found.fact
    assert isinstance(visit, Visit)
    handled_s = visit.talk_s + visit.hold_s + visit.acw_s
    return FigureEntry(
        contact_id=visit.contact.contact_id,
        at=visit.entered_at,
        hit=found.hit,
        value=handled_s if figure in ("aht_s", "handled") else visit.wait_s,
    )
