"""The voice domain: contacts from arrival to wrap-up; router, interpreter and call control composed.

One instance, one writer. It is told inputs in order and returns everything that follows as one batch;
nothing happens in the world before that batch is committed. What one core decides reaches another here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from app.engine import commands as ask
from app.engine import commands_calls as calling
from app.engine.adoption import Adoption
from app.engine.calls import Calls
from app.engine.commit import (
    Batch,
    CommandInput,
    CommandResult,
    EffectSettled,
    Input,
    Loaded,
    Observation,
    SnapshotInput,
    TelephonyInput,
    TimerFired,
)
from app.engine.configuration import NumberPolicy, VoiceConfiguration
from app.engine.consulting import Consulting
from app.engine.contact import Contact, Phase, Step
from app.engine.desk import Desk
from app.engine.dispatch import Dispatch
from app.engine.diverting import Diverting
from app.engine.extensions import Extensions
from app.engine.floor_desk import FloorDesk
from app.engine.flows import FlowRunner
from app.engine.line_desk import LineDesk
from app.engine.parties import Parties
from app.engine.phones import Phones
from app.engine.promises import Promises
from app.engine.queueing import Listeners, Queueing
from app.engine.refusals import Refused
from app.engine.room import Room
from app.engine.rows import contact_row, phone_row, restored
from app.engine.segments import Segments
from app.engine.supervision import Supervision
from app.engine.targets import Targets
from app.engine.transfers import Transfers
from app.engine.world import NewId, Outbox, World
from ivr.types import Exit, Found
from routing import types as acd
from routing.errors import RoutingError
from telephony import port


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigurationChanged:
    """The centre was configured anew; live contacts stay on the flow version they are on."""

    configuration: VoiceConfiguration


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkObserved:
    """A back end became reachable or unreachable from here."""

    backend: str
    up: bool
    reason: str = ""


class VoiceDomain:
    """See `app.engine.commit.Domain`."""

    def __init__(self, configuration: VoiceConfiguration, new_id: NewId) -> None:
        self.world = World(configuration, new_id)
        self._wire()
        self._fresh = True
        self._commands = self._command_table()

    def _wire(self) -> None:
        """Make the parts; what one decides that concerns another is a call named here."""
        world = self.world
        room = Room(world)
        queueing = Queueing(world, room)
        segments = Segments(world, queueing)
        targets = Targets(world)
        calls = Calls(world, queueing, room, segments)
        flows = FlowRunner(world, self)
        consulting = Consulting(world, queueing, calls, room, segments, targets)
        supervision = Supervision(world, queueing, room, targets)
        consulting.helped = supervision.helped
        promises = Promises(world, queueing, calls, room, segments)
        transfers = Transfers(world, queueing, calls, room, segments, targets, flows, consulting)
        diverting = Diverting(world, queueing, flows, promises, transfers)
        promises.not_wanted = diverting.not_wanted
        extensions = Extensions(world, queueing)
        phones = Phones(world, queueing, calls, consulting, supervision)
        parties = Parties(world, queueing, calls, flows, segments, promises)
        calls.owner_lost = consulting.owner_lost

        def dismiss(contact: Contact, outcome: str, now: datetime) -> None:
            consulting.dismiss(contact, outcome, now)
            supervision.dismiss(contact, outcome, now)

        calls.dismiss = dismiss
        self._queueing, self._calls, self._flows, self._parties = queueing, calls, flows, parties
        self._promises, self._transfers, self._extensions = promises, transfers, extensions
        self._dispatch = Dispatch(
            world,
            queueing=queueing,
            calls=calls,
            room=room,
            flows=flows,
            parties=parties,
            phones=phones,
            consulting=consulting,
            transfers=transfers,
            promises=promises,
        )
        self._adoption = Adoption(world, parties, phones, queueing, calls, flows, room, promises)
        self._desk = Desk(world, queueing, calls, phones, consulting)
        self._line_desk = LineDesk(world, consulting, transfers, promises, self._desk)
        self._floor_desk = FloorDesk(world, queueing, supervision, promises)
        queueing.listeners = Listeners(
            accepted=calls.connect,
            promised=promises.accepted,
            wrapped_up=segments.wrapped_up,
            say=lambda contact, playback, phrases: flows.say(contact, playback, phrases, barge_in=False),
            signed_out=self._desk.signed_out,
            agent_changed=extensions.agent_changed,
            companion_offered=consulting.offered,
            companion_ended=consulting.offer_ended,
            companion_diverted=consulting.diverted,
            diverted=diverting.diverted,
            callback_due=promises.due,
        )

    # --- Domain ---

    def restore(self, loaded: Loaded) -> None:
        records = restored(loaded)
        world = self.world
        for contact in records.contacts:
            world.contacts[contact.contact_id] = contact
            if contact.phase is not Phase.WRAP_UP:
                for leg_id in contact.legs():
                    world.by_leg[leg_id] = contact.contact_id
                for room_id in filter(None, (contact.bridge_id, contact.mix_id)):
                    world.by_room[room_id] = contact.contact_id
        for phone in records.phones:
            world.phones[phone.agent_id] = phone
            if phone.leg_id is not None:
                world.agent_by_leg[phone.leg_id] = phone.agent_id
        world.recordings.update(records.recordings)
        policies = world.configuration.policies()
        world.router.restore(
            policies,
            records.agents,
            records.waiting,
            records.offers,
            records.queues,
            records.abandoned,
            taken=max((offer.decision.log_position for offer in records.offers), default=0),
        )
        world.estimator.configure(policies)
        everything = acd.Changes(agents=records.agents, waiting=records.waiting, offers=records.offers)
        if records.agents:
            world.estimator.note(everything, max(agent.since for agent in records.agents))
        for agent in world.router.agents():
            world.agent_states[agent.agent_id] = (agent.state, agent.reason, agent.since)

    def handle(self, inputs: Sequence[Input], now: datetime) -> Batch:
        self.world.out = Outbox()
        if self._fresh:
            self._fresh = False
            self._queueing.route(self.world.configuration.policies(), now)
            self._adoption.grace_after_absence(now)
        for one in inputs:
            self._take(one, now)
        self._fire_due(now)
        return self._batch(now)

    def next_deadline(self) -> datetime | None:
        due = [*self.world.deadlines.values()]
        router = self.world.router.next_deadline()
        if router is not None:
            due.append(router)
        return min(due, default=None)

    # --- what flows do at their end ---

    def enter_queue(self, contact: Contact, exit_: Exit, now: datetime) -> None:
        if exit_.queue is None or self.world.configuration.queue(exit_.queue) is None:
            self.world.log("flow.unknown_queue", now, contact, data={"queue": exit_.queue})
            self._flows.resume(contact, "unknown_queue", now)
            return
        self._queueing.enter(contact, exit_, now)

    def enter_extension(self, contact: Contact, number: NumberPolicy, now: datetime) -> None:
        self._extensions.enter(contact, number, now)

    def end(self, contact: Contact, by: str, now: datetime) -> None:
        self._parties.end(contact, by, now)

    def give_back(self, contact: Contact, now: datetime) -> None:
        self._transfers.take_back(contact, "finished", now)

    # --- inputs ---

    def _take(self, one: Input, now: datetime) -> None:
        match one:
            case TelephonyInput():
                self._dispatch.take(one.backend, one.event, now)
            case SnapshotInput():
                self._adoption.adopt(one.backend, one.snapshot, now)
            case CommandInput():
                self._command(one, now)
            case EffectSettled():
                self._settled(one, now)
            case Observation(body=ConfigurationChanged() as changed):
                self._reconfigure(changed.configuration, now)
            case Observation(body=LinkObserved() as link):
                kind = "backend.up" if link.up else "backend.down"
                self.world.log(kind, now, data={"backend": link.backend, "reason": link.reason})
            case Observation():
                raise TypeError(f"an observation the voice domain does not know: {one.body!r}")
            case TimerFired():
                pass

    def _reconfigure(self, configuration: VoiceConfiguration, now: datetime) -> None:
        self.world.configuration = configuration
        policies = configuration.policies()
        self.world.estimator.configure(policies)
        self._queueing.route(policies, now)

    def _settled(self, settled: EffectSettled, now: datetime) -> None:
        contact = self.world.contacts.get(str(settled.data.get("contact_id", "")))
        if settled.kind == "find":
            self.world.secrets.pop(settled.effect_id, None)
            for waiting in self.world.contacts.values():
                if waiting.step is Step.FIND and waiting.step_id == settled.effect_id:
                    self._flows.on_found(waiting, settled.effect_id, _found(settled), now)
                    return
        elif settled.kind == "identify" and contact is not None and settled.ok:
            self._identified(contact, settled, now)
        elif settled.kind == "say" and not settled.ok:
            for speaking in self.world.contacts.values():
                if speaking.step_id == settled.effect_id:
                    self._flows.on_playback(
                        speaking,
                        port.PlaybackFinished(
                            leg_id=speaking.leg_id,
                            playback_id=settled.effect_id,
                            outcome=port.PlaybackOutcome.FAILED,
                        ),
                        now,
                    )
                    return

    def _identified(self, contact: Contact, settled: EffectSettled, now: datetime) -> None:
        customer = settled.data.get("customer_id")
        contact.customer_id = contact.customer_id or (str(customer) if customer else None)
        contact.candidates = [
            str(each) for each in cast("Sequence[object]", settled.data.get("candidates", ()))
        ]
        self.world.touch(contact)
        data = {"match": settled.data.get("match"), "verified": contact.verified}
        self.world.log("contact.identified", now, contact, data=data)
        known = {
            name: str(settled.data[name]) for name in ("tier", "case_priority") if settled.data.get(name)
        }
        preferred = settled.data.get("preferred_agent")
        self._queueing.known(contact, known, str(preferred) if preferred else None, now)

    # --- deadlines ---

    def _fire_due(self, now: datetime) -> None:
        """Everything whose time has come, in the order of its time."""
        self._queueing.route(acd.DeadlineReached(), now)
        due = sorted((at, key) for key, at in self.world.deadlines.items() if at <= now)
        for _, (name, key) in due:
            if self.world.deadlines.pop((name, key), None) is None:
                continue
            if name == "orphan":
                self._adoption.orphan(key, now)
                continue
            contact = self.world.contacts.get(key)
            if contact is not None:
                self._fired(name, contact, now)

    def _fired(self, name: str, contact: Contact, now: datetime) -> None:
        match name:
            case "caller_grace":
                self._parties.caller_grace_over(contact, now)
            case "agent_grace":
                self._calls.agent_grace_over(contact, now)
            case "connect":
                self._calls.connect_timed_out(contact, now)
            case "arrival":
                self._parties.never_arrived(contact, now)
            case "announce":
                self._queueing.announce(contact, now)
            case "sent_back":
                self._transfers.sent_back_due(contact, now)
            case "extension":
                self._extensions.look(contact, now)
            case "callback":
                self._promises.timed_out(contact, now)
            case _:
                raise AssertionError(name)

    # --- commands ---

    def _command(self, command: CommandInput, now: datetime) -> None:
        body = command.body
        try:
            self._commands[type(body)](body, now)
            result = CommandResult(client_id=command.client_id, ok=True)
        except (Refused, RoutingError) as refused:
            result = CommandResult(
                client_id=command.client_id, ok=False, error_code=refused.code, detail=str(refused)
            )
        self.world.out.results.append(result)

    def _command_table(self) -> dict[type, Callable[[Any, datetime], None]]:
        desk = self._desk
        return {
            ask.RequestState: desk.request_state,
            ask.SetReachability: desk.page_changed,
            ask.AgentPhoneOpened: desk.phone_opened,
            ask.AgentPhoneClosed: desk.phone_closed,
            ask.AcceptOffer: desk.accept,
            ask.DeclineOffer: desk.decline,
            ask.HoldCall: desk.hold,
            ask.ResumeCall: desk.resume,
            ask.HangUpCall: desk.hang_up,
            ask.MuteCall: desk.mute,
            ask.SendDigits: desk.send_digits,
            ask.PauseRecording: desk.pause_recording,
            ask.ResumeRecording: desk.resume_recording,
            ask.ExtendWrapUp: desk.extend,
            ask.FinishWrapUp: desk.finish,
            ask.SetDisposition: desk.set_disposition,
            ask.AttachCase: desk.attach_case,
            ask.ChooseCustomer: desk.choose_customer,
            ask.MarkVerified: desk.mark_verified,
            ask.CallerCallStarting: self._call_starting,
            ask.CallerHangUp: self._caller_hangs_up,
            **self._line_desk.commands(),
            calling.Supervise: self._floor_desk.supervise,
            calling.StopSupervising: self._floor_desk.stop_supervising,
            calling.ForceState: self._floor_desk.force_state,
            calling.MoveContact: self._floor_desk.move,
            calling.Prioritise: self._floor_desk.prioritise,
            calling.OfferCallback: self._floor_desk.offer_callback,
            calling.CloseQueue: self._floor_desk.close_queue,
            calling.ReopenQueue: self._floor_desk.reopen_queue,
        }

    def _call_starting(self, command: ask.CallerCallStarting, now: datetime) -> None:
        world = self.world
        contact = Contact(
            contact_id=command.contact_id,
            backend=command.backend,
            leg_id=command.leg_id,
            ani=command.ani,
            dnis=command.dnis or world.configuration.default_number,
            arrived_at=now,
            attributes=dict(command.attributes),
            resume_hash=command.resume_hash,
        )
        world.admit(contact)
        world.arm("arrival", contact.contact_id, now + world.configuration.graces.arrival)

    def _caller_hangs_up(self, command: ask.CallerHangUp, now: datetime) -> None:
        contact = self.world.contacts.get(command.contact_id)
        if contact is None or contact.phase is Phase.WRAP_UP:
            return
        if contact.phase is Phase.PROMISED:
            self._promises.cancel(contact, now)
            return
        hangup = port.Hangup(leg_id=contact.leg_id)
        self.world.command(contact.backend, hangup, contact.leg_id)
        self._parties.caller_ended(contact, port.LegEndCause.REMOTE_HANGUP, now)

    # --- the batch ---

    def _batch(self, now: datetime) -> Batch:
        self._queueing.flush(now)
        out = self.world.out
        rows = [contact_row(contact) for contact in out.contacts.values()]
        rows += [phone_row(phone) for phone in out.phones.values()]
        return Batch(
            rows=(*rows, *out.rows),
            events=tuple(out.events),
            effects=tuple(out.effects),
            results=tuple(out.results),
        )


def _found(settled: EffectSettled) -> Found:
    if not settled.ok:
        return Found(error=settled.error or "failed")
    result = cast("dict[str, Any]", settled.data.get("result", {}))
    return Found(result=result, matched=bool(settled.data.get("matched")), error=None)
