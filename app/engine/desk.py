"""What agents ask: their state, their offers, their call. Everything that is not theirs is refused."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.engine import commands as ask
from app.engine.calls import Calls
from app.engine.contact import Contact, Phase
from app.engine.phones import Phones
from app.engine.queueing import Queueing
from app.engine.world import World
from routing import types as acd
from routing.types import AgentRecord, AgentState
from telephony import port


class Refused(Exception):
    """What was asked is not possible now; nothing changed."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail

    def __str__(self) -> str:
        return self.detail


class Desk:
    def __init__(self, world: World, queueing: Queueing, calls: Calls, phones: Phones) -> None:
        self._world = world
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
            acd.StateRequested(agent_id=command.agent_id, state=AgentState(command.state), reason=reason),
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
        self._own_offer(command.offer_id, command.agent_id)
        known = self._world.configuration.decline_reasons
        if command.reason is not None and command.reason not in known:
            raise Refused("unknown_reason", f"Choose one of the reasons: {', '.join(sorted(known))}.")
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
        contact = self._mine(command.contact_id, command.agent_id)
        if contact.phase is Phase.HELD:
            return
        self._must_be(contact, Phase.TALKING)
        self._calls.hold(contact, now)

    def resume(self, command: ask.ResumeCall, now: datetime) -> None:
        contact = self._mine(command.contact_id, command.agent_id)
        if contact.phase is Phase.TALKING:
            return
        self._must_be(contact, Phase.HELD)
        self._calls.resume(contact, now)

    def hang_up(self, command: ask.HangUpCall, now: datetime) -> None:
        contact = self._mine(command.contact_id, command.agent_id)
        if contact.phase is Phase.WRAP_UP:
            return
        hangup = port.Hangup(leg_id=contact.leg_id)
        self._world.command(contact.backend, hangup, contact.leg_id)
        self._calls.finish(contact, "agent", now)

    def mute(self, command: ask.MuteCall, _now: datetime) -> None:
        contact = self._mine(command.contact_id, command.agent_id)
        self._must_be(contact, *_OPEN)
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
        contact = self._mine(command.contact_id, command.agent_id)
        self._must_be(contact, Phase.WRAP_UP)
        before = self._record(command.agent_id).acw_ends_at
        by = timedelta(seconds=command.seconds)
        self._queueing.route(acd.WrapUpExtended(agent_id=command.agent_id, by=by), now)
        if self._record(command.agent_id).acw_ends_at == before:
            raise Refused("limit_reached", "This wrap-up cannot be extended further.")
        self._world.log("acw.extended", now, contact, data={"by_s": command.seconds})
        self._world.touch(contact)

    def finish(self, command: ask.FinishWrapUp, now: datetime) -> None:
        contact = self._mine(command.contact_id, command.agent_id)
        self._must_be(contact, Phase.WRAP_UP)
        self._dispose(contact, command.disposition, now)
        self._queueing.route(acd.WrapUpFinished(agent_id=command.agent_id), now)

    def set_disposition(self, command: ask.SetDisposition, now: datetime) -> None:
        contact = self._mine(command.contact_id, command.agent_id)
        self._dispose(contact, command.disposition, now)

    def _dispose(self, contact: Contact, disposition: str | None, now: datetime) -> None:
        known = self._world.configuration.dispositions
        if disposition is not None and disposition not in known:
            raise Refused("unknown_disposition", f"Choose one of the outcomes: {', '.join(sorted(known))}.")
        if contact.disposition == disposition:
            return
        contact.disposition = disposition
        self._world.touch(contact)
        self._world.log("contact.disposed", now, contact, data={"disposition": disposition})

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
        ringing_here = offer is not None and offer.contact_id == contact_id
        if contact.agent_id != agent_id and not ringing_here:
            raise Refused("not_your_contact", "Somebody else has this contact.")
        return contact

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
