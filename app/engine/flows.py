"""Takes a caller through its flow: the interpreter's actions become effects, the world's answers inputs."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import PurePath
from typing import Protocol

from app.engine.codec import decode, encode
from app.engine.commit import Recovery, Row
from app.engine.configuration import NumberPolicy
from app.engine.contact import Contact, PathNote, Phase, Step
from app.engine.system_flows import SYSTEM_FLOWS
from app.engine.world import Making, World
from ivr import interpreter
from ivr.flow import Flow
from ivr.types import (
    Action,
    Exit,
    ExitKind,
    Find,
    Found,
    Gather,
    Gathered,
    GatherOutcome,
    Input,
    Note,
    Phrase,
    Record,
    Recorded,
    Returned,
    Said,
    Say,
)
from telephony import port

BEEP_HZ = 1000.0
"""Before a message is recorded."""
DIAL_OUT_S = 30.0
"""How long a number rings that a flow sends the caller to."""
SHORTEST_MESSAGE_S = 1.5
"""A recording below this is a hang-up at the beep, not a message."""
SECRETS = frozenset({"pin"})
"""Arguments of look-ups that are never written down."""

_GATHERED = {
    port.CollectOutcome.COMPLETE: GatherOutcome.COMPLETE,
    port.CollectOutcome.TERMINATED: GatherOutcome.COMPLETE,
    port.CollectOutcome.TIMEOUT: GatherOutcome.TIMEOUT,
    port.CollectOutcome.NO_INPUT: GatherOutcome.NO_INPUT,
}


class Exits(Protocol):
    """What the rest of the domain does when a flow is over."""

    def enter_queue(self, contact: Contact, exit_: Exit, now: datetime) -> None: ...

    def end(self, contact: Contact, by: str, now: datetime) -> None: ...

    def enter_extension(self, contact: Contact, number: NumberPolicy, now: datetime) -> None:
        """No flow answers the number that was called, but an agent."""

    def give_back(self, contact: Contact, now: datetime) -> None:
        """A flow that the agent waits for is over."""


class FlowRunner:
    def __init__(self, world: World, exits: Exits) -> None:
        self._world = world
        self._exits = exits

    def begin(self, contact: Contact, now: datetime) -> None:
        """Answer the caller and start the flow of the number that was called, or find its agent."""
        world = self._world
        extension = world.configuration.extension(contact.dnis)
        if extension is not None:
            self._exits.enter_extension(contact, extension, now)
            return
        flow = world.configuration.flow_for(contact.dnis)
        if flow is None:
            world.log("contact.rejected", now, contact, data={"why": "no_flow", "dnis": contact.dnis})
            world.command(contact.backend, port.Hangup(leg_id=contact.leg_id), contact.leg_id)
            self._exits.end(contact, "system", now)
            return
        contact.phase = Phase.IVR
        world.command(contact.backend, port.Answer(leg_id=contact.leg_id), contact.leg_id)
        self.enter(contact, flow, now)

    def enter(self, contact: Contact, flow: Flow, now: datetime) -> None:
        """Begin a flow, with everything that is known of the caller."""
        contact.flow_id, contact.flow_version = flow.id, flow.version
        attributes = {
            **{name: value for name, value in contact.attributes.items() if _is_value(value)},
            "ani": contact.ani,
            "dnis": contact.dnis,
        }
        step = interpreter.start(flow, attributes, now, self._world.configuration.context)
        self._take(contact, step, now)

    def stop(self, contact: Contact) -> None:
        """What the flow was doing is over; the room that follows ends its prompts and collections."""
        contact.step = contact.step_id = contact.pending = None
        contact.asks_secret = False
        contact.flow_state = None
        self._world.touch(contact)

    def feed(self, contact: Contact, answer: Input, now: datetime) -> None:
        """Go on with what the world answered. On its own version, whatever was published since."""
        world = self._world
        assert contact.flow_state is not None
        flow = self._flow(contact)
        if flow is None:
            world.log("flow.lost", now, contact, data={"flow": contact.flow_id})
            world.command(contact.backend, port.Hangup(leg_id=contact.leg_id), contact.leg_id)
            self._exits.end(contact, "system", now)
            return
        state = interpreter.from_json(contact.flow_state)
        contact.step = contact.step_id = contact.pending = None
        contact.asks_secret = False
        self._take(contact, interpreter.step(flow, state, answer, now, world.configuration.context), now)

    def resume(self, contact: Contact, why: str, now: datetime) -> None:
        """The queue gives the contact back: go on at the exit's `on_return`, or end."""
        if contact.on_return is None or contact.flow_state is None:
            self._world.command(contact.backend, port.Hangup(leg_id=contact.leg_id), contact.leg_id)
            self._exits.end(contact, "system", now)
            return
        contact.phase = Phase.IVR
        self._world.log("contact.returned", now, contact, data={"why": why})
        self.feed(contact, Returned(why=why), now)

    # --- actions ---

    def _take(self, contact: Contact, step: interpreter.Step, now: datetime) -> None:
        contact.flow_state = dict(interpreter.to_json(step.state))
        self._world.touch(contact)
        for action in step.actions:
            self._perform(contact, action, now)

    def _perform(self, contact: Contact, action: Action, now: datetime) -> None:
        if isinstance(action, Note):
            self._note(contact, action, now)
        elif isinstance(action, Exit):
            self._leave(contact, action, now)
        else:
            contact.pending = encode(action)
            self.ask(contact, now)

    def ask(self, contact: Contact, now: datetime) -> None:
        """Ask for the pending action, again after a loss or a restart (under a new id)."""
        if contact.pending is None:
            return
        world = self._world
        action = decode(contact.pending)
        world.touch(contact)
        if isinstance(action, Say):
            contact.step, contact.step_id = Step.SAY, world.new_id("p")
            self.say(contact, contact.step_id, action.phrases, barge_in=action.barge_in)
        elif isinstance(action, Gather):
            contact.step, contact.step_id = Step.GATHER, world.new_id("g")
            if action.phrases:
                self.say(contact, world.new_id("p"), action.phrases, barge_in=action.barge_in)
            collect = port.Collect(
                leg_id=contact.leg_id,
                collect_id=contact.step_id,
                max_digits=action.max_digits,
                terminator=action.terminator,
                first_digit_timeout_s=action.first_digit_timeout_s,
                inter_digit_timeout_s=action.inter_digit_timeout_s,
            )
            world.command(contact.backend, collect, contact.leg_id)
        elif isinstance(action, Find):
            self._find(contact, action, now)
        elif isinstance(action, Record):
            contact.step, contact.step_id = Step.RECORD_PROMPT, world.new_id("p")
            self.say(contact, contact.step_id, action.phrases, barge_in=False, beep=True)
        if contact.step_id is not None:
            world.asked.add(contact.step_id)

    def _find(self, contact: Contact, action: Find, now: datetime) -> None:
        """Look something up. A PIN stays in memory; without it, after a restart, it is asked for again."""
        world = self._world
        contact.step = Step.FIND
        secret = {name: value for name, value in action.arguments.items() if name in SECRETS and value}
        open_part = {name: value for name, value in action.arguments.items() if name not in secret}
        if contact.asks_secret and not secret:
            self._ask_again(contact, now)
            return
        action = replace(action, arguments=open_part)
        contact.pending = encode(action)
        payload = {"find": encode(action), "contact_id": contact.contact_id}
        contact.step_id = world.effect("find", Recovery.MOMENT if secret else Recovery.REPEAT, payload)
        if secret:
            contact.asks_secret = True
            world.secrets[contact.step_id] = secret

    def _ask_again(self, contact: Contact, now: datetime) -> None:
        """What was typed is gone: the interpreter decides where to go on, at no cost to the caller."""
        flow = self._flow(contact)
        if flow is None or contact.flow_state is None:
            return
        state = interpreter.from_json(contact.flow_state)
        contact.step = contact.step_id = contact.pending = None
        contact.asks_secret = False
        self._take(contact, interpreter.resume(flow, state, now, self._world.configuration.context), now)

    def _flow(self, contact: Contact) -> Flow | None:
        """The version of the flow this contact is on."""
        key = (contact.flow_id or "", contact.flow_version or 0)
        return SYSTEM_FLOWS.get(key[0]) or self._world.configuration.flows.get(key)

    def say(
        self,
        contact: Contact,
        playback_id: str,
        phrases: tuple[Phrase, ...],
        *,
        barge_in: bool,
        beep: bool = False,
    ) -> None:
        """Speak to the caller. The phrases become sound files when the effect is carried out."""
        payload = {
            "backend": contact.backend,
            "contact_id": contact.contact_id,
            "leg_id": contact.leg_id,
            "playback_id": playback_id,
            "say": encode(Say(phrases=phrases, barge_in=barge_in)),
            "beep_hz": BEEP_HZ if beep else None,
        }
        self._world.effect("say", Recovery.MOMENT, payload, contact.leg_id, effect_id=playback_id)

    def _note(self, contact: Contact, note: Note, now: datetime) -> None:
        line = PathNote(at=now, label=note.label, key=note.key, kind=note.kind, node=note.node)
        contact.path.append(line)
        data = {"node": note.node, "label": note.label, "key": note.key}
        self._world.log(f"ivr.{note.kind}", now, contact, data=data)

    def _leave(self, contact: Contact, exit_: Exit, now: datetime) -> None:
        contact.attributes.update(exit_.attributes)
        contact.verified = exit_.attributes.get("verified") is True
        if contact.verified:
            contact.verified_how = "pin"
        customer = exit_.attributes.get("customer_id")
        contact.customer_id = str(customer) if customer else contact.customer_id
        contact.on_return = exit_.on_return
        contact.step = contact.step_id = contact.pending = None
        if contact.phase is Phase.ASIDE:
            self._exits.give_back(contact, now)
            return
        match exit_.kind:
            case ExitKind.QUEUE:
                self._exits.enter_queue(contact, exit_, now)
            case ExitKind.VOICEMAIL:
                self._message_left(contact, exit_, now)
            case ExitKind.TRANSFER:
                self._transfer(contact, exit_, now)
            case ExitKind.HANG_UP:
                self._world.command(contact.backend, port.Hangup(leg_id=contact.leg_id), contact.leg_id)
                self._exits.end(contact, "system", now)

    def _message_left(self, contact: Contact, exit_: Exit, now: datetime) -> None:
        contact.queue_id = exit_.queue or contact.queue_id
        if exit_.recording_id is not None:
            data = {"recording_id": exit_.recording_id}
            self._world.log("voicemail.left", now, contact, data=data)
        self._world.command(contact.backend, port.Hangup(leg_id=contact.leg_id), contact.leg_id)
        self._exits.end(contact, "voicemail" if exit_.recording_id else "system", now)

    def _transfer(self, contact: Contact, exit_: Exit, now: datetime) -> None:
        """Out to a number: dial it while the caller hears music; joined when it answers."""
        assert exit_.destination is not None
        self._world.log("contact.transferring", now, contact, data={"destination": exit_.destination})
        self.dial_out(contact, exit_.destination, DIAL_OUT_S)

    def dial_out(self, contact: Contact, destination: str, ring_timeout_s: float) -> None:
        """Dial a number while the caller hears music; they are joined when it answers."""
        world = self._world
        contact.phase = Phase.TRANSFERRING
        contact.out_leg_id = world.new_id("l")
        world.by_leg[contact.out_leg_id] = contact.contact_id
        attempt_id = world.new_id("at")
        world.command(contact.backend, port.Hold(leg_id=contact.leg_id), contact.leg_id)
        originate = port.Originate(
            attempt_id=attempt_id,
            leg_id=contact.out_leg_id,
            destination=destination,
            caller_id=contact.dnis,
            ring_timeout_s=ring_timeout_s,
        )
        world.dial(contact.backend, attempt_id, originate, contact.leg_id)
        world.touch(contact)

    # --- answers ---

    def on_playback(self, contact: Contact, event: port.PlaybackFinished, now: datetime) -> None:
        if event.playback_id != contact.step_id or contact.caller_lost:
            return
        if event.outcome is port.PlaybackOutcome.FAILED:
            self._world.log("flow.silent", now, contact, data={"playback_id": event.playback_id})
        if contact.step is Step.SAY:
            self.feed(contact, Said(), now)
        elif contact.step is Step.RECORD_PROMPT:
            self._record(contact, now)

    def on_digits(self, contact: Contact, event: port.DigitsCollected, now: datetime) -> None:
        if event.collect_id != contact.step_id or contact.caller_lost:
            return
        if contact.step is Step.GATHER:
            self.feed(contact, Gathered(digits=event.digits, outcome=_GATHERED[event.outcome]), now)

    def on_message_key(self, contact: Contact, collect_id: str) -> None:
        """A key, or the longest time, ends a message."""
        if contact.step is Step.RECORD and contact.message_collect_id == collect_id:
            self._stop_message(contact)

    def _record(self, contact: Contact, now: datetime) -> None:
        world = self._world
        assert contact.pending is not None
        action = decode(contact.pending)
        assert isinstance(action, Record)
        recording_id = world.new_id("r")
        contact.step, contact.step_id = Step.RECORD, recording_id
        contact.message_collect_id = world.new_id("g")
        path = str(PurePath(world.configuration.recordings) / f"{recording_id}.wav")
        start = port.StartRecording(
            recording_id=recording_id, path=path, left_leg=contact.leg_id, right_leg=None, max_s=action.max_s
        )
        world.command(contact.backend, start, contact.leg_id)
        stop_key = port.Collect(
            leg_id=contact.leg_id,
            collect_id=contact.message_collect_id,
            max_digits=1,
            terminator=None,
            first_digit_timeout_s=action.max_s,
        )
        world.command(contact.backend, stop_key, contact.leg_id)
        world.out.rows.append(recording_row(contact, recording_id, path, now, message=True))
        world.recordings[recording_id] = Making(contact_id=contact.contact_id, message=True)
        world.touch(contact)

    def _stop_message(self, contact: Contact) -> None:
        assert contact.step_id is not None
        stop = port.StopRecording(recording_id=contact.step_id)
        self._world.command(contact.backend, stop, contact.leg_id)

    def on_recorded(self, contact: Contact, event: port.RecordingFinished, now: datetime) -> None:
        if contact.step is not Step.RECORD or event.recording_id != contact.step_id:
            return
        kept = event.duration_s >= SHORTEST_MESSAGE_S
        answer = Recorded(recording_id=event.recording_id if kept else None, duration_s=event.duration_s)
        self.feed(contact, answer, now)

    def on_found(self, contact: Contact, effect_id: str, found: Found, now: datetime) -> None:
        if contact.step is Step.FIND and effect_id == contact.step_id:
            self.feed(contact, found, now)

    def on_caller_back(self, contact: Contact, now: datetime) -> None:
        """The caller was lost inside the flow: ask once more for what was asked."""
        self.ask(contact, now)


def recording_row(
    contact: Contact, recording_id: str, path: str, now: datetime, *, message: bool = False
) -> Row:
    """A recording that begins. `message`: left by the caller, with no agent."""
    return Row(
        table="recordings",
        key=recording_id,
        values={
            "contact_id": contact.contact_id,
            "queue_id": contact.queue_id,
            "agent_id": contact.agent_id,
            "path": path,
            "started_at": now,
            "duration_s": None,
            "state": "recording",
            "body": {"message": message},
        },
    )


def _is_value(value: object) -> bool:
    return value is None or isinstance(value, str | int | float | bool)
