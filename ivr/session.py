"""One step of one call, being worked on: the open copy of a `FlowState` and the actions so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from ivr.flow import RESERVED, Flow, Speech
from ivr.speech import phrases
from ivr.types import Action, Exit, ExitKind, FlowState, Note, Phrase, Step, Value

NODES_PER_CALL_MAX: Final = 500
"""Nodes entered in one call, after which it is taken out of the flow: nobody goes round for ever."""

VALUE_LENGTH_MAX: Final = 500
"""Characters kept of a text that comes from outside."""

MASK: Final = "••••"
"""Stands for secret digits, always of one length, so that not even their number shows."""


@dataclass(slots=True, kw_only=True)
class Session:
    flow: Flow
    now: datetime
    node: str | None = None
    variables: dict[str, Value] = field(default_factory=dict)
    awaiting: str | None = None
    tries: int = 0
    entered_at: datetime
    steps: int = 0
    skills: dict[str, int] = field(default_factory=dict)
    priority: int = 0
    pin_failures: int = 0
    actions: list[Action] = field(default_factory=list)
    visited: set[str] = field(default_factory=set)
    """Nodes entered within this step: entering one again without an answer in between is a circle."""

    @classmethod
    def of(cls, flow: Flow, state: FlowState, now: datetime) -> Session:
        return cls(
            flow=flow,
            now=now,
            node=state.node,
            variables=dict(state.variables),
            awaiting=state.awaiting,
            tries=state.tries,
            entered_at=state.entered_at,
            steps=state.steps,
            skills=dict(state.skills),
            priority=state.priority,
            pin_failures=state.pin_failures,
        )

    def finish(self) -> Step:
        """What was decided. Secrets are not kept: a look-up took them along, nobody else may have them."""
        state = FlowState(
            flow_id=self.flow.id,
            flow_version=self.flow.version,
            node=self.node,
            variables=self.shown(),
            awaiting=self.awaiting,
            tries=self.tries,
            entered_at=self.entered_at,
            steps=self.steps,
            skills=self.skills,
            priority=self.priority,
            pin_failures=self.pin_failures,
        )
        return Step(state=state, actions=tuple(self.actions))

    # --- what is known ---

    @property
    def language(self) -> str:
        chosen = self.variables.get("language")
        return chosen if isinstance(chosen, str) and chosen in self.flow.languages else self.flow.languages[0]

    def shown(self) -> dict[str, Value]:
        """The variables without the secrets: all that may be said, compared or passed on."""
        return {name: value for name, value in self.variables.items() if name not in self.flow.secrets}

    def learn(self, name: str, value: Value) -> None:
        """Keep a value from outside, cut to size."""
        self.variables[name] = value[:VALUE_LENGTH_MAX] if isinstance(value, str) else value

    def seed(self, attributes: Mapping[str, Value]) -> None:
        """Take the attributes that the flow declares and nothing else: a web page must not set `verified`."""
        accepted = {name for name in self.flow.inputs if name not in RESERVED} | {"ani", "dnis"}
        for name in sorted(accepted):
            self.learn(name, attributes.get(name))
        language = attributes.get("language")
        self.variables["language"] = language if language in self.flow.languages else None
        self.variables["verified"] = False

    # --- what is done ---

    def phrases(self, speech: Speech) -> tuple[Phrase, ...]:
        languages = tuple(dict.fromkeys((self.language, *self.flow.languages)))
        return phrases(speech, self.shown(), languages)

    def note(self, kind: str, label: str, key: str | None = None) -> None:
        self.actions.append(Note(kind=kind, node=self.node or "", label=label, key=key))

    def wait(self, awaiting: str, action: Action) -> None:
        self.awaiting = awaiting
        self.actions.append(action)

    def exit(
        self,
        kind: ExitKind,
        *,
        queue: str | None = None,
        music: str | None = None,
        destination: str | None = None,
        recording_id: str | None = None,
        on_return: str | None = None,
        announce_every_s: float | None = None,
    ) -> None:
        """End the session, or hand it to a queue that may give it back."""
        self.awaiting = "returned" if kind is ExitKind.QUEUE else None
        self.variables = self.shown()
        known = {name: value for name, value in self.variables.items() if value is not None}
        self.actions.append(
            Exit(
                kind=kind,
                queue=queue,
                priority=self.priority,
                skills=dict(self.skills),
                attributes={**known, "language": self.language},
                music=music,
                destination=destination,
                recording_id=recording_id,
                on_return=on_return,
                announce_every_s=announce_every_s,
            )
        )

    def fall_back(self, why: str) -> None:
        """The flow leads nowhere from here. The caller is still served, and the timeline says why."""
        self.note("warning", why)
        self.node = None
        if self.flow.fallback_queue is None:
            self.exit(ExitKind.HANG_UP)
        else:
            self.exit(ExitKind.QUEUE, queue=self.flow.fallback_queue)
