"""With an agent: bridge, hold, recording, losing a party for a while, and the end of the call."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePath

from app.engine.contact import Contact, Phase
from app.engine.flows import recording_row
from app.engine.queueing import Queueing
from app.engine.world import Making, World
from routing import types as acd
from routing.types import AgentState
from telephony import port

REJOIN_TONE = port.Prompt(tone_hz=660.0, tone_s=0.15)
"""The soft tone a caller hears when the other side is back."""
LOST_TONE = port.Prompt(tone_hz=440.0, tone_s=0.25, silence_s=0.1)
"""Before the music, when the agent's line broke."""


class Calls:
    def __init__(self, world: World, queueing: Queueing) -> None:
        self._world = world
        self._queueing = queueing

    # --- joining ---

    def connect(self, contact: Contact, agent_id: str, now: datetime) -> None:
        """An offer was accepted: join the legs; the call counts as answered when they are joined."""
        contact.agent_id = agent_id
        contact.phase = Phase.CONNECTING
        contact.accepted_at, contact.part_answered_at = now, None
        contact.hold_s = 0.0
        if agent_id not in contact.handled_by:
            contact.handled_by.append(agent_id)
        self.join(contact, now)

    def join(self, contact: Contact, now: datetime) -> None:
        """Ask the back end to bridge caller and agent, under a new bridge id, and expect its answer."""
        world = self._world
        world.arm("connect", contact.contact_id, now + world.configuration.graces.connect)
        leg = world.agent_leg(contact)
        if leg is None:
            return
        contact.bridge_id = world.new_id("b")
        contact.rejoin_tone_id = None
        world.touch(contact)
        bridge = port.Bridge(bridge_id=contact.bridge_id, leg_a=contact.leg_id, leg_b=leg)
        world.command(contact.backend, bridge, contact.leg_id, leg)

    def on_bridged(self, contact: Contact, bridge_id: str, now: datetime) -> None:
        """The legs hear each other. Late confirmations of other bridges are absorbed."""
        if bridge_id != contact.bridge_id or not contact.with_agent:
            return
        world = self._world
        before, contact.phase = contact.phase, Phase.TALKING
        world.disarm("connect", contact.contact_id)
        world.disarm("agent_grace", contact.contact_id)
        contact.lost_since = contact.grace_ends_at = None
        contact.stop_hold(now)
        world.touch(contact)
        if before is Phase.CONNECTING:
            first = contact.answered_at is None
            contact.part_answered_at = now
            contact.answered_at = contact.answered_at or now
            wait = {"wait_s": contact.waited_s(now), "part": contact.part}
            world.log("contact.answered" if first else "contact.rejoined", now, contact, data=wait)
            self._start_recording(contact, now)
            return
        if before is Phase.HELD:
            world.log("contact.resumed", now, contact)
        self._record_again(contact, now)

    def on_bridge_failed(self, contact: Contact, event: port.BridgeFailed, now: datetime) -> None:
        if event.bridge_id == contact.bridge_id:
            self._not_joined(contact, event.reason, now)

    def connect_timed_out(self, contact: Contact, now: datetime) -> None:
        self._not_joined(contact, "no confirmation", now)

    def _not_joined(self, contact: Contact, reason: str, now: datetime) -> None:
        """Nobody stays in silence for it: back to the queue, to the hold, or into the grace time."""
        world = self._world
        world.disarm("connect", contact.contact_id)
        if not contact.with_agent:
            return
        world.log("contact.not_joined", now, contact, data={"reason": reason})
        if contact.phase is Phase.CONNECTING:
            self.give_back(contact, f"not_joined: {reason}", now)
        elif contact.phase is Phase.HELD or contact.caller_lost:
            self._queueing.music(contact)
        else:
            contact.phase = Phase.TALKING
            self.agent_lost(contact, f"not joined: {reason}", now)

    # --- hold and mute ---

    def hold(self, contact: Contact, now: datetime) -> None:
        contact.phase = Phase.HELD
        contact.held_since = now
        self._world.log("contact.held", now, contact)
        self._rest_recording(contact, now)
        self._queueing.music(contact)
        self._world.touch(contact)

    def resume(self, contact: Contact, now: datetime) -> None:
        self.join(contact, now)

    def mute(self, contact: Contact, on: bool) -> None:
        contact.muted = on
        leg = self._world.agent_leg(contact)
        if leg is not None:
            self._world.command(contact.backend, port.Mute(leg_id=leg, on=on), leg)
        self._world.touch(contact)

    def send_digits(self, contact: Contact, digits: str) -> None:
        command = port.SendDigits(leg_id=contact.leg_id, digits=digits)
        self._world.command(contact.backend, command, contact.leg_id)

    # --- recording: only while both hear each other, and the agent has not paused it ---

    def _start_recording(self, contact: Contact, now: datetime) -> None:
        world = self._world
        recording_id = world.new_id("r")
        path = str(PurePath(world.configuration.recordings) / f"{recording_id}.wav")
        contact.recording_id = recording_id
        contact.recording_paused = False
        contact.recorded_s = 0.0
        contact.recording_on, contact.recording_since = True, now
        leg = world.agent_leg(contact)
        start = port.StartRecording(
            recording_id=recording_id, path=path, left_leg=contact.leg_id, right_leg=leg
        )
        world.command(contact.backend, start, contact.leg_id)
        world.out.rows.append(recording_row(contact, recording_id, path, now))
        world.recordings[recording_id] = Making(contact_id=contact.contact_id)
        world.log("recording.started", now, contact, data={"recording_id": recording_id})

    def _rest_recording(self, contact: Contact, now: datetime) -> None:
        if contact.recording_id is not None and contact.recording_on:
            pause = port.PauseRecording(recording_id=contact.recording_id)
            self._world.command(contact.backend, pause, contact.leg_id)
            contact.stop_recorded_span(now)

    def _record_again(self, contact: Contact, now: datetime) -> None:
        if contact.recording_id is not None and not contact.recording_on and not contact.recording_paused:
            resume = port.ResumeRecording(recording_id=contact.recording_id)
            self._world.command(contact.backend, resume, contact.leg_id)
            contact.recording_on, contact.recording_since = True, now

    def pause_recording(self, contact: Contact, now: datetime) -> None:
        self._rest_recording(contact, now)
        contact.recording_paused = True
        self._world.touch(contact)
        self._world.log("recording.paused", now, contact)

    def resume_recording(self, contact: Contact, now: datetime) -> None:
        contact.recording_paused = False
        if contact.phase is Phase.TALKING:
            self._record_again(contact, now)
        self._world.touch(contact)
        self._world.log("recording.resumed", now, contact)

    def _stop_recording(self, contact: Contact, now: datetime) -> None:
        if contact.recording_id is None:
            return
        contact.stop_recorded_span(now)
        stop = port.StopRecording(recording_id=contact.recording_id)
        self._world.command(contact.backend, stop, contact.leg_id)
        contact.recording_id = None

    # --- losing a party ---

    def caller_lost(self, contact: Contact, reason: str, now: datetime) -> None:
        if contact.phase is not Phase.AGENT_LOST:
            contact.phase = Phase.CALLER_LOST
        contact.lost_since = now
        self._rest_recording(contact, now)
        self._world.log("leg.lost", now, contact, data={"leg": "caller", "reason": reason})
        self._world.touch(contact)

    def agent_lost(self, contact: Contact, reason: str, now: datetime) -> None:
        """The caller hears a tone and music; the agent has the grace time to come back."""
        if contact.phase is Phase.AGENT_LOST:
            return
        world = self._world
        if contact.phase is Phase.CONNECTING:
            self.give_back(contact, "agent_lost", now)
            return
        contact.phase = Phase.AGENT_LOST
        contact.lost_since = now
        contact.grace_ends_at = now + world.configuration.graces.agent
        world.arm("agent_grace", contact.contact_id, contact.grace_ends_at)
        self._rest_recording(contact, now)
        world.log("leg.lost", now, contact, data={"leg": "agent", "reason": reason})
        contact.rejoin_tone_id = world.new_id("p")
        tone = port.Play(
            leg_id=contact.leg_id,
            playback_id=contact.rejoin_tone_id,
            prompts=(LOST_TONE, LOST_TONE),
            barge_in=False,
        )
        world.command(contact.backend, tone, contact.leg_id)
        world.touch(contact)

    def party_back(self, contact: Contact, who: str, now: datetime) -> None:
        """A lost party is back: a soft tone for the caller, then both hear each other again."""
        world = self._world
        world.log("leg.restored", now, contact, data={"leg": who})
        agent_here = contact.agent_id is not None and world.phone(contact.agent_id).connected
        if contact.caller_lost or not agent_here:
            contact.phase = Phase.CALLER_LOST if contact.caller_lost else Phase.AGENT_LOST
            world.touch(contact)
            return
        if contact.held_since is not None:
            contact.phase = Phase.HELD
            contact.lost_since = contact.grace_ends_at = None
            world.disarm("agent_grace", contact.contact_id)
            self._queueing.music(contact)
            world.touch(contact)
            return
        contact.rejoin_tone_id = world.new_id("p")
        tone = port.Play(
            leg_id=contact.leg_id,
            playback_id=contact.rejoin_tone_id,
            prompts=(REJOIN_TONE,),
            barge_in=False,
        )
        world.command(contact.backend, tone, contact.leg_id)
        world.touch(contact)

    def on_playback(self, contact: Contact, event: port.PlaybackFinished, now: datetime) -> None:
        """After the lost tone comes music; after the rejoin tone the bridge."""
        if event.playback_id != contact.rejoin_tone_id:
            return
        contact.rejoin_tone_id = None
        self._world.touch(contact)
        agent_here = contact.agent_id is not None and self._world.phone(contact.agent_id).connected
        if agent_here and not contact.caller_lost:
            self.join(contact, now)
        else:
            self._queueing.music(contact)

    def agent_grace_over(self, contact: Contact, now: datetime) -> None:
        if contact.phase is Phase.AGENT_LOST:
            self.give_back(contact, "agent_lost", now)

    def let_go(self, contact: Contact, now: datetime) -> None:
        """The caller left before anybody was heard: the agent is free again, with nothing to wrap up."""
        self._world.disarm("connect", contact.contact_id)
        assert contact.agent_id is not None
        self._queueing.route(
            acd.HandlingEnded(contact_id=contact.contact_id, agent_id=contact.agent_id, wrap_up=False), now
        )

    def give_back(self, contact: Contact, why: str, now: datetime) -> None:
        """The agent could not keep the call: back to the queue at the contact's old place."""
        world = self._world
        agent_id = contact.agent_id
        assert agent_id is not None
        contact.stop_hold(now)
        self._stop_recording(contact, now)
        world.disarm("connect", contact.contact_id)
        world.disarm("agent_grace", contact.contact_id)
        contact.lost_since = contact.grace_ends_at = None
        contact.bridge_id = contact.rejoin_tone_id = None
        contact.muted = False
        data = {"why": why, "talk_s": self._talked_s(contact, now), "hold_s": contact.hold_s}
        world.log("contact.given_back", now, contact, agent_id=agent_id, data=data)
        self._queueing.route(
            acd.HandlingEnded(contact_id=contact.contact_id, agent_id=agent_id, wrap_up=False), now
        )
        self._queueing.wait(contact, "contact.requeued", now)

    # --- the end ---

    def finish(self, contact: Contact, by: str, now: datetime) -> None:
        """The conversation is over; the agent's wrap-up begins."""
        world = self._world
        agent_id = contact.agent_id
        assert agent_id is not None
        contact.stop_hold(now)
        self._stop_recording(contact, now)
        if contact.muted:
            self.mute(contact, False)
        contact.talk_s = self._talked_s(contact, now)
        contact.ended_at, contact.ended_by = now, by
        contact.lost_since = contact.grace_ends_at = None
        contact.phase = Phase.WRAP_UP
        world.touch(contact)
        data = {"talk_s": contact.talk_s, "hold_s": contact.hold_s, "by": by, "part": contact.part}
        world.log("contact.ended", now, contact, data=data)
        self._queueing.route(
            acd.HandlingEnded(contact_id=contact.contact_id, agent_id=agent_id, wrap_up=True), now
        )
        record = world.router.agent(agent_id)
        if record is None or record.state is not AgentState.ACW:
            world.release(contact)

    def _talked_s(self, contact: Contact, now: datetime) -> float:
        """Seconds of talk in this agent's part, hold not counted."""
        if contact.part_answered_at is None:
            return 0.0
        return max(0.0, (now - contact.part_answered_at).total_seconds() - contact.hold_s)

    def wrapped_up(self, agent_id: str, _now: datetime) -> None:
        """The agent's ACW is over: its contact is done."""
        for contact in list(self._world.contacts.values()):
            if contact.phase is Phase.WRAP_UP and contact.agent_id == agent_id:
                self._world.release(contact)
