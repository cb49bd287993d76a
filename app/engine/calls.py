"""With an agent: bridge, hold, recording, losing a party for a while, and the end of the call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import PurePath

from app.engine.company import Companion
from app.engine.contact import Contact, Phase
from app.engine.flows import recording_row
from app.engine.queueing import Queueing
from app.engine.room import Room
from app.engine.segments import Segments
from app.engine.world import Making, World
from routing import types as acd
from telephony import port

REJOIN_TONE = port.Prompt(tone_hz=660.0, tone_s=0.15)
"""The soft tone a caller hears when the other side is back."""
LOST_TONE = port.Prompt(tone_hz=440.0, tone_s=0.25, silence_s=0.1)
"""Before the music, when the agent's line broke."""


class Calls:
    def __init__(self, world: World, queueing: Queueing, room: Room, segments: Segments) -> None:
        self._world = world
        self._queueing = queueing
        self._room = room
        self._segments = segments
        room.talking = self.talking
        self.dismiss: Callable[[Contact, str, datetime], None] = lambda *_: None
        """Let companions and listeners go; set by the parts that know them."""
        self.owner_lost: Callable[[Contact, datetime], bool] = lambda *_: False
        """Whether somebody in the conference took the caller over."""

    # --- joining ---

    def connect(self, contact: Contact, agent_id: str, now: datetime) -> None:
        """An offer was accepted: join the legs; the call counts as answered when they are joined."""
        contact.agent_id = agent_id
        contact.phase = Phase.CONNECTING
        contact.accepted_at, contact.part_answered_at = now, None
        contact.hold_s = 0.0
        contact.muted = False
        contact.sent = None
        contact.only_agents, contact.preferred_agent, contact.excluded_agents = [], None, []
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
        contact.rejoin_tone_id = None
        self._room.arrange(contact, now)

    def on_bridged(self, contact: Contact, bridge_id: str, now: datetime) -> None:
        """Late confirmations of other bridges, and of one between two of us, are absorbed."""
        if bridge_id == contact.bridge_id and contact.with_agent and self._room.caller_talks(contact):
            self.talking(contact, now)

    def talking(self, contact: Contact, now: datetime) -> None:
        """Caller and agent hear each other."""
        world = self._world
        before, contact.phase = contact.phase, Phase.TALKING
        world.disarm("connect", contact.contact_id)
        world.disarm("agent_grace", contact.contact_id)
        contact.lost_since = contact.grace_ends_at = None
        world.touch(contact)
        if before is Phase.CONNECTING:
            first = contact.answered_at is None
            contact.part_answered_at = now
            contact.answered_at = contact.answered_at or now
            wait = {"wait_s": contact.waited_s(now), "part": contact.part}
            world.log("contact.answered" if first else "contact.rejoined", now, contact, data=wait)
        elif before is Phase.HELD:
            world.log("contact.resumed", now, contact)
        if contact.recording_id is None and before is Phase.CONNECTING:
            self._start_recording(contact, now)
        else:
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
            contact.held_since = contact.held_since or now
            self._room.music(contact)
        else:
            contact.phase = Phase.TALKING
            self.agent_lost(contact, f"not joined: {reason}", now)

    # --- hold and mute ---

    def hold(self, contact: Contact, now: datetime) -> None:
        contact.phase = Phase.HELD
        contact.held_since = now
        self._world.log("contact.held", now, contact)
        self.rest_recording(contact, now)
        self._room.arrange(contact, now)

    def resume(self, contact: Contact, now: datetime) -> None:
        """The hold is over when this is asked; the caller is heard when the back end confirms it."""
        contact.stop_hold(now)
        self.join(contact, now)

    def mute(self, contact: Contact, on: bool) -> None:
        contact.muted = on
        leg = self._world.agent_leg(contact)
        if leg is not None:
            self._world.command(contact.backend, port.Mute(leg_id=leg, on=on), leg)
        self._world.touch(contact)

    def mute_companion(self, contact: Contact, companion: Companion, on: bool) -> None:
        companion.muted = on
        leg = self._room.leg_of(companion.agent_id, companion.leg_id)
        if leg is not None:
            self._world.command(contact.backend, port.Mute(leg_id=leg, on=on), leg)
        self._world.touch(contact)

    def unmute(self, contact: Contact) -> None:
        """Before the agent's part ends: the next call begins with an open microphone."""
        if contact.muted:
            self.mute(contact, False)

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
        contact.recorded_legs = [leg] if leg is not None else []
        start = port.StartRecording(
            recording_id=recording_id, path=path, left_leg=contact.leg_id, right_leg=leg
        )
        world.command(contact.backend, start, contact.leg_id)
        world.out.rows.append(recording_row(contact, recording_id, path, now))
        world.recordings[recording_id] = Making(contact_id=contact.contact_id)
        world.log("recording.started", now, contact, data={"recording_id": recording_id})

    def rest_recording(self, contact: Contact, now: datetime) -> None:
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
        self.rest_recording(contact, now)
        contact.recording_paused = True
        self._world.touch(contact)
        self._world.log("recording.paused", now, contact)

    def resume_recording(self, contact: Contact, now: datetime) -> None:
        contact.recording_paused = False
        if contact.phase is Phase.TALKING:
            self._record_again(contact, now)
        self._world.touch(contact)
        self._world.log("recording.resumed", now, contact)

    def stop_recording(self, contact: Contact, now: datetime) -> None:
        if contact.recording_id is None:
            return
        contact.stop_recorded_span(now)
        stop = port.StopRecording(recording_id=contact.recording_id)
        self._world.command(contact.backend, stop, contact.leg_id)
        contact.recording_id = None

    # --- losing a party ---

    def caller_lost(self, contact: Contact, reason: str, now: datetime) -> None:
        contact.aside = None
        if contact.phase is not Phase.AGENT_LOST:
            contact.phase = Phase.CALLER_LOST
        contact.lost_since = now
        self.rest_recording(contact, now)
        self._world.log("leg.lost", now, contact, data={"leg": "caller", "reason": reason})
        self._world.touch(contact)
        if contact.company or contact.listeners:
            self._room.arrange(contact, now)

    def agent_lost(self, contact: Contact, reason: str, now: datetime) -> None:
        """The caller hears a tone and music; the agent has the grace time to come back."""
        if contact.phase is Phase.AGENT_LOST:
            return
        world = self._world
        if contact.phase is Phase.CONNECTING:
            self.give_back(contact, "agent_lost", now)
            return
        if self.owner_lost(contact, now):
            return
        if contact.phase is Phase.ASIDE:
            # The caller is busy with the flow; when it is over the grace time begins, if it is still needed.
            return
        contact.phase = Phase.AGENT_LOST
        contact.lost_since = now
        contact.grace_ends_at = now + world.configuration.graces.agent
        world.arm("agent_grace", contact.contact_id, contact.grace_ends_at)
        self.rest_recording(contact, now)
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
            self._room.arrange(contact, now)
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
            self._room.music(contact)

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
        self.stop_recording(contact, now)
        world.disarm("connect", contact.contact_id)
        world.disarm("agent_grace", contact.contact_id)
        contact.lost_since = contact.grace_ends_at = None
        contact.rejoin_tone_id = None
        self.dismiss(contact, "given_back", now)
        self._room.dissolve(contact)
        contact.muted = False
        contact.stop_hold(now)
        data = {"why": why, "talk_s": self._segments.talked_s(contact, now), "hold_s": contact.hold_s}
        world.log("contact.given_back", now, contact, agent_id=agent_id, data=data)
        self._segments.owner_done(contact, "given_back", now, wrap_up=False)
        self._queueing.wait(contact, "contact.requeued", now)

    # --- the end ---

    def finish(self, contact: Contact, by: str, now: datetime) -> None:
        """The conversation is over; the agent's wrap-up begins."""
        world = self._world
        agent_id = contact.agent_id
        assert agent_id is not None
        contact.stop_hold(now)
        self.stop_recording(contact, now)
        self.unmute(contact)
        self.dismiss(contact, "ended", now)
        contact.talk_s = self._segments.talked_s(contact, now)
        contact.ended_at, contact.ended_by = now, by
        contact.lost_since = contact.grace_ends_at = None
        contact.phase = Phase.WRAP_UP
        self._room.dissolve(contact)
        contact.aside = None
        world.touch(contact)
        data = {"talk_s": contact.talk_s, "hold_s": contact.hold_s, "by": by, "part": contact.part}
        world.log("contact.ended", now, contact, data=data)
        self._segments.owner_done(contact, "ended", now, wrap_up=True)
        self._segments.settle(contact)
