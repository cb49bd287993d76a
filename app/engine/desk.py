"""What agents ask: their state, their offers, their call. Everything that is not theirs is refused."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.engine import commands as ask
from app.engine.calls import Calls
from app.engine.company import contact_id_of
from app.engine.consulting import Consulting
from app.engine.contact import Contact, Phase
from app.engine.phones import Phones
from app.engine.queueing import Queueing
from app.engine.refusals import Refused as Refused
from app.engine.world import World
from routing import types as acd
from routing.types import AgentRecord, AgentState
from telephony import port


class Desk:
    def __init__(
        self, world: World, queueing: Queueing, calls: Calls, phones: Phones, consulting: Consulting
    ) -> None:
        self._world = world
        self._consulting = consulting
        self._queueing = queueing
        self._calls = calls
        self._phones = phones

    # --- state and phone ---

    def request_state(self, command: ask.RequestState, now: datetime) -> None:
        self._record(command.agent_id)
        known = self._world.configuration.not_ready_reasons
        if command.state == "not_ready" and command.reason not in known:
            raise Refused("unknown_reason", f"Choose one of the reasons: {', '.join(sorted(known))}.")
        if command.state == "available":
            self._may_be_available(command.agent_id)
        reason = command.reason if command.state == "not_ready" else None
        self._queueing.route(
            acd.StateRequested(
                agent_id=command.agent_id,
                state=AgentState(command.state),
                reason=reason,
                once=command.once and command.state == "available",
            ),
            now,
        )

    def _may_be_available(self, agent_id: str) -> None:
        """Nobody becomes available without a phone that can ring."""
        record = self._record(agent_id)
        if record.state in (AgentState.ON_CONTACT, AgentState.ACW, AgentState.RINGING):
            return
        reachable, why = self._world.phone(agent_id).reachability()
        if not reachable:
            raise Refused("unreachable", f"Your phone cannot take a call yet: {_UNREACHABLE[why or '']}")

    def signed_out(self, agent_id: str, now: datetime) -> None:
        """The router let the agent go: the nailed-up leg ends."""
        self._phones.drop(self._world.phone(agent_id), "signed out", now)

    def page_changed(self, command: ask.SetReachability, now: datetime) -> None:
        self._record(command.agent_id)
        phone = self._world.phone(command.agent_id)
        self._phones.page_changed(phone, command.reachable, command.why, now)

    def phone_opened(self, command: ask.AgentPhoneOpened, now: datetime) -> None:
        self._record(command.agent_id)
        phone = self._world.phone(command.agent_id)
        self._phones.opened(phone, command.leg_id, command.backend, now)

    def phone_closed(self, command: ask.AgentPhoneClosed, now: datetime) -> None:
        self._phones.drop(self._world.phone(command.agent_id), "the phone was closed", now)

    # --- offers ---

    def accept(self, command: ask.AcceptOffer, now: datetime) -> None:
        self._own_offer(command.offer_id, command.agent_id)
        answer = acd.OfferAnswered(offer_id=command.offer_id, agent_id=command.agent_id)
        if self._queueing.route(answer, now):
            raise _offer_ended()

    def decline(self, command: ask.DeclineOffer, now: datetime) -> None:
        """The reason may come after the decline: nobody chooses it while a phone rings."""
        known = self._world.configuration.decline_reasons
        if command.reason is not None and command.reason not in known:
            raise Refused("unknown_reason", f"Choose one of the reasons: {', '.join(sorted(known))}.")
        declined = self._world.declined.get(command.agent_id)
        if command.reason is not None and declined == command.offer_id:
            del self._world.declined[command.agent_id]
            data = {"offer_id": command.offer_id, "reason": command.reason}
            self._world.log("offer.decline_reason", now, agent_id=command.agent_id, data=data)
            return
        self._own_offer(command.offer_id, command.agent_id)
        if command.reason is None:
            self._world.declined[command.agent_id] = command.offer_id
        refusal = acd.OfferRefused(
            offer_id=command.offer_id, agent_id=command.agent_id, reason=command.reason
        )
        if self._queueing.route(refusal, now):
            raise _offer_ended()

    def _own_offer(self, offer_id: str, agent_id: str) -> None:
        offer = self._world.router.offer(offer_id)
        if offer is None:
            raise _offer_ended()
        if offer.agent_id != agent_id:
            raise Refused("not_your_offer", "This call was offered to somebody else.")

    # --- the call ---

    def hold(self, command: ask.HoldCall, now: datetime) -> None:
        contact = self.owned(command.contact_id, command.agent_id)
        if contact.phase is Phase.HELD:
            return
        self.must_be(contact, Phase.TALKING)
        self._calls.hold(contact, now)

    def resume(self, command: ask.ResumeCall, now: datetime) -> None:
        contact = self.owned(command.contact_id, command.agent_id)
        if contact.phase is Phase.TALKING:
            return
        self._must_be(contact, Phase.HELD)
        self._calls.resume(contact, now)

    def hang_up(self, command: ask.HangUpCall, now: datetime) -> None:
        contact = self._mine(command.contact_id, command.agent_id)
        if contact.phase is Phase.WRAP_UP or contact.wrap_up(command.agent_id) is not None:
            return
        if contact.companion_agent(command.agent_id) is not None:
            self._consulting.leave(contact, command.agent_id, now)
            return
        hangup = port.Hangup(leg_id=contact.leg_id)
        self._world.command(contact.backend, hangup, contact.leg_id)
        self._calls.finish(contact, "agent", now)

    def mute(self, command: ask.MuteCall, _now: datetime) -> None:
        contact = self._mine(command.contact_id, command.agent_id)
        self._must_be(contact, *_OPEN)
        companion = contact.companion_agent(command.agent_id)
        if companion is not None:
            self._calls.mute_companion(contact, companion, command.on)
        else:
            self._calls.mute(contact, command.on)

    def send_digits(self, command: ask.SendDigits, now: datetime) -> None:
        contact = self._mine(command.contact_id, command.agent_id)
        self._must_be(contact, Phase.TALKING)
        self._calls.send_digits(contact, command.digits)
        self._world.log("digits.sent", now, contact, data={"count": len(command.digits)})

    def pause_recording(self, command: ask.PauseRecording, now: datetime) -> None:
        contact = self._mine(command.contact_id, command.agent_id)
        self._must_be(contact, *_OPEN)
        if not contact.recording_paused:
            self._calls.pause_recording(contact, now)

    def resume_recording(self, command: ask.ResumeRecording, now: datetime) -> None:
        contact = self._mine(command.contact_id, command.agent_id)
        self._must_be(contact, *_OPEN)
        if contact.recording_paused:
            self._calls.resume_recording(contact, now)

    # --- wrap-up ---

    def extend(self, command: ask.ExtendWrapUp, now: datetime) -> None:
        contact = self._wrapping(command.contact_id, command.agent_id)
        before = self._record(command.agent_id).acw_ends_at
        by = timedelta(seconds=command.seconds)
        self._queueing.route(acd.WrapUpExtended(agent_id=command.agent_id, by=by), now)
        if self._record(command.agent_id).acw_ends_at == before:
            raise Refused("limit_reached", "This wrap-up cannot be extended further.")
        self._world.log("acw.extended", now, contact, data={"by_s": command.seconds})
        self._world.touch(contact)

    def finish(self, command: ask.FinishWrapUp, now: datetime) -> None:
        contact = self._wrapping(command.contact_id, command.agent_id)
        self._dispose(contact, command.agent_id, command.disposition, now)
        self._queueing.route(acd.WrapUpFinished(agent_id=command.agent_id), now)

    def set_disposition(self, command: ask.SetDisposition, now: datetime) -> None:
        contact = self._mine(command.contact_id, command.agent_id)
        self._dispose(contact, command.agent_id, command.disposition, now)

    def _wrapping(self, contact_id: str, agent_id: str) -> Contact:
        """The contact that this agent wraps up; somebody else may be talking to the caller by now."""
        contact = self._mine(contact_id, agent_id)
        if contact.wrap_up(agent_id) is None:
            self._must_be(contact, Phase.WRAP_UP)
        return contact

    def _dispose(self, contact: Contact, agent_id: str, disposition: str | None, now: datetime) -> None:
        """Each agent's part has its outcome; the contact has that of its last agent."""
        known = self._world.configuration.dispositions
        if disposition is not None and disposition not in known:
            raise Refused("unknown_disposition", f"Choose one of the outcomes: {', '.join(sorted(known))}.")
        wrap = contact.wrap_up(agent_id)
        own = contact.agent_id == agent_id or (contact.agent_id is None and contact.disposition is None)
        before = wrap.disposition if wrap is not None else contact.disposition
        if before == disposition:
            return
        if wrap is not None:
            wrap.disposition = disposition
        if own:
            contact.disposition = disposition
        self._world.touch(contact)
        part = wrap.part if wrap is not None else contact.part
        data = {"disposition": disposition, "part": part}
        self._world.log("contact.disposed", now, contact, agent_id=agent_id, data=data)

    # --- who and what ---

    def attach_case(self, command: ask.AttachCase, now: datetime) -> None:
        contact = self._mine(command.contact_id, command.agent_id)
        contact.case_id = command.case_id
        self._world.touch(contact)
        self._world.log("contact.case_attached", now, contact)

    def choose_customer(self, command: ask.ChooseCustomer, now: datetime) -> None:
        contact = self._mine(command.contact_id, command.agent_id)
        contact.customer_id = command.customer_id
        contact.customer_chosen = True
        self._world.touch(contact)
        self._world.log("contact.customer_chosen", now, contact)

    def mark_verified(self, command: ask.MarkVerified, now: datetime) -> None:
        contact = self._mine(command.contact_id, command.agent_id)
        contact.verified, contact.verified_how = True, "agent"
        self._world.touch(contact)
        self._world.log("contact.verified", now, contact, data={"how": "agent"})

    # --- checks ---

    def _record(self, agent_id: str) -> AgentRecord:
        record = self._world.router.agent(agent_id)
        if record is None:
            raise Refused("unknown_agent", f"No agent {agent_id} is set up.")
        return record

    def _mine(self, contact_id: str, agent_id: str) -> Contact:
        """The contact, if this agent handles it, wraps it up, or has it ringing."""
        contact = self._world.contacts.get(contact_id)
        if contact is None:
            raise Refused("contact_ended", "This contact is over.")
        waiting = self._record(agent_id)
        offer = self._world.router.offer(waiting.offer_id) if waiting.offer_id else None
        ringing_here = offer is not None and contact_id_of(offer.contact_id) == contact_id
        if not contact.involves(agent_id) and not ringing_here:
            raise Refused("not_your_contact", "Somebody else has this contact.")
        return contact

    mine = _mine

    def owned(self, contact_id: str, agent_id: str) -> Contact:
        """The contact, if it is this agent's own: whoever was asked in may only mute and leave."""
        contact = self._mine(contact_id, agent_id)
        if contact.agent_id != agent_id:
            name = contact.agent_id or "nobody"
            raise Refused("not_your_contact", f"This is up to the agent who has the call ({name}).")
        return contact

    @staticmethod
    def must_be(contact: Contact, *phases: Phase) -> None:
        Desk._must_be(contact, *phases)

    @staticmethod
    def _must_be(contact: Contact, *phases: Phase) -> None:
        if contact.phase not in phases:
            raise Refused("wrong_state", f"The call is {_WORDS[contact.phase]}; that is not possible now.")


_OPEN = (Phase.CONNECTING, Phase.TALKING, Phase.HELD, Phase.CALLER_LOST, Phase.AGENT_LOST)
_WORDS = {
    Phase.STARTING: "starting",
    Phase.IVR: "in the menu",
    Phase.QUEUED: "waiting",
    Phase.TRANSFERRING: "being transferred",
    Phase.CONNECTING: "being connected",
    Phase.TALKING: "open",
    Phase.HELD: "on hold",
    Phase.PROMISED: "to be called back",
    Phase.ASIDE: "in a flow",
    Phase.CALLER_LOST: "interrupted: the caller's line broke",
    Phase.AGENT_LOST: "interrupted: your line broke",
    Phase.WRAP_UP: "over",
    Phase.ENDED: "over",
}
_UNREACHABLE = {
    "no_phone": "open the check page and allow the microphone.",
    "page_gone": "this page has just connected; try again in a moment.",
    "media_lost": "no sound comes through from this page; check the network.",
    "microphone_silent": "nothing is heard from the microphone; its own mute is the likely cause.",
    "microphone_ended": "the microphone was unplugged or taken away; choose one again.",
    "": "run the check again.",
}


def _offer_ended() -> Refused:
    return Refused("offer_ended", "This call is no longer offered to you.")
