"""Callers: they join, hear where they stand, give up, choose a callback, or are sent elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from routing import types as acd
from routing.announcing import next_announcement
from routing.types import WayKind
from simulation.result import Ending, Fate, Moment
from simulation.stage import MEDIA, Call, Due, Stage
from simulation.traffic import Caller

STARTLED_FOR_S = 2.0
"""Who hangs up over an announcement does so after so long."""
CALLBACK_RING_S = 12.0
"""From dialling to the customer's answer, or to giving up."""
LOOK_EVERY_S = 60.0


class Callers:
    def __init__(self, stage: Stage, *, tell_all: bool, look_at: Collection[str]) -> None:
        self._stage = stage
        self._tell_all = tell_all
        self._look_at = frozenset(look_at)
        self.moments: dict[str, list[Moment]] = defaultdict(list)

    def arrive(self, caller: Caller) -> None:
        fate = Fate(
            contact_id=caller.contact_id, queue_id=caller.queue_id, at=self._stage.now, kind=caller.kind
        )
        call = Call(caller, fate, caller.queue_id, self._stage.now_s + caller.patience_s)
        self._stage.calls[caller.contact_id] = call
        self._stage.fates[caller.contact_id] = fate
        self._stage.log("contact.arrived", call, data={"dnis": caller.dnis, "backend": MEDIA})
        self._stage.log(
            "contact.queued", call, data={"queue_id": caller.queue_id, "priority": caller.priority}
        )
        self._stage.tell(
            acd.ContactQueued(
                contact_id=caller.contact_id,
                queue_id=caller.queue_id,
                media=MEDIA,
                priority=caller.priority,
                place_at=self._stage.now,
                requirements=caller.requirements,
                attributes=caller.attributes,
                caller=caller.ani or None,
            )
        )
        if not call.waiting or caller.contact_id not in self._stage.calls:
            return
        self._stage.later(caller.patience_s, Due.GIVE_UP, caller.contact_id)
        if caller.contact_id in self._look_at:
            target_s = self._stage.queues[caller.queue_id].service_level.total_seconds()
            self._stage.later(target_s, Due.LOOK, caller.contact_id)
        if fate.offers:
            return
        if self._tell_all:
            self._note_told(call)
        if self._announces(call):
            first = self._stage.queues[call.queue_id].announcements.first_after
            self._stage.later(first.total_seconds(), Due.ANNOUNCE, caller.contact_id)

    def waited_s(self, call: Call) -> float:
        return self._stage.now_s - call.caller.at_s

    def give_up(self, contact_id: str) -> None:
        call = self._stage.calls.get(contact_id)
        if call is None or not call.waiting or call.callback:
            return
        if call.gives_up_s > self._stage.now_s + 1e-9:
            return
        call.fate.ending, call.fate.wait_s = Ending.ABANDONED, self.waited_s(call)
        self._stage.log("contact.abandoned", call, data={"wait_s": call.fate.wait_s, "by": "caller"})
        self._leave(call, "abandoned", "caller")

    def _leave(self, call: Call, why: str, by: str) -> None:
        contact_id = call.caller.contact_id
        del self._stage.calls[contact_id]
        call.waiting = False
        self._stage.tell(acd.ContactLeft(contact_id=contact_id, why=why))
        self._stage.log(
            "contact.ended", call, data={"talk_s": 0.0, "hold_s": 0.0, "by": by, "phase": "queued"}
        )

    def look(self, contact_id: str) -> None:
        call = self._stage.calls.get(contact_id)
        if call is not None and call.waiting:
            explanation = self._stage.router.explain_contact(contact_id, self._stage.now)
            self.moments[contact_id].append(Moment(at_s=self.waited_s(call), explanation=explanation))
            self._stage.later(LOOK_EVERY_S, Due.LOOK, contact_id)

    def _announces(self, call: Call) -> bool:
        return self._announce_every_s(call) is not None

    def _announce_every_s(self, call: Call) -> float | None:
        every = self._stage.queues[call.queue_id].announcements.every
        return every.total_seconds() if every is not None else self._stage.scenario.announce_every_s

    def _note_told(self, call: Call) -> None:
        assert self._stage.waits is not None
        estimate = self._stage.waits.estimate_contact(call.caller.contact_id)
        if estimate is not None and estimate.mean_s > 0.0:
            fate = call.fate
            fate.told_s, fate.told_at_s = estimate.mean_s, self.waited_s(call)
            fate.told_low_s, fate.told_high_s = estimate.low_s, estimate.high_s

    def announce(self, contact_id: str) -> None:
        call = self._stage.calls.get(contact_id)
        if call is None or not call.waiting or call.callback:
            return
        policy = self._stage.queues[call.queue_id].announcements
        estimate = self._stage.waits.estimate_contact(contact_id) if self._stage.waits is not None else None
        said = next_announcement(policy, self._stage.router.position(contact_id), estimate, call.last)
        if said is not None:
            call.last = said
            self._startle(call)
        every_s = self._announce_every_s(call)
        if every_s is not None:
            self._stage.later(every_s, Due.ANNOUNCE, contact_id)

    def _startle(self, call: Call) -> None:
        """Hearing a voice that is not a person's, some decide to go."""
        if call.caller.startle_s <= 0.0:
            return
        sooner_s = call.gives_up_s - call.caller.startle_s
        call.gives_up_s = max(sooner_s, min(call.gives_up_s, self._stage.now_s + STARTLED_FOR_S))
        self._stage.later(call.gives_up_s - self._stage.now_s, Due.GIVE_UP, call.caller.contact_id)

    def step_opened(self, step: acd.StepOpened) -> None:
        call = self._stage.calls.get(step.contact_id)
        if call is None or not call.waiting:
            return
        if step.operation is acd.Operation.ANNOUNCE:
            self._startle(call)
        elif step.operation is acd.Operation.OFFER_CALLBACK:
            self._ask_callback(call)

    def diverted(self, diverted: acd.ContactDiverted) -> None:
        call = self._stage.calls.get(diverted.contact_id)
        if call is None:
            return
        if diverted.way.kind is WayKind.OVERFLOW and diverted.way.queue_id is not None:
            call.queue_id = diverted.way.queue_id
            self._stage.log(
                "contact.queued", call, data={"queue_id": call.queue_id, "why": diverted.cause.value}
            )
        elif diverted.stays:
            self._ask_callback(call)
        else:
            voicemail = diverted.way.kind is WayKind.VOICEMAIL
            kind = "voicemail.left" if voicemail else "contact.returned"
            if call.callback:
                kind = "callback.expired"
            self._stage.log(kind, call, data={"why": diverted.cause.value})
            call.fate.ending, call.fate.wait_s = Ending.LEFT, self.waited_s(call)
            call.waiting = False
            del self._stage.calls[diverted.contact_id]
            self._stage.log("contact.ended", call, data={"talk_s": 0.0, "hold_s": 0.0, "by": "system"})

    def _ask_callback(self, call: Call) -> None:
        """Once per call: some hang up and keep the place."""
        if call.callback_asked:
            return
        call.callback_asked = True
        if self._stage.chance(call, "callback").random() >= self._stage.scenario.habits.callback_chance:
            return
        call.callback = True
        call.fate.ending, call.fate.wait_s = Ending.CALLED_BACK, self.waited_s(call)
        self._stage.log("callback.chosen", call)
        number = call.caller.ani or "+440000000000"
        self._stage.tell(acd.CallbackChosen(contact_id=call.caller.contact_id, number=number))

    def dialled(self, contact_id: str) -> None:
        """Customer-first: the customer answers, or does not."""
        call = self._stage.calls.get(contact_id)
        if call is None or not call.waiting:
            return
        if self.reached(call):
            self._stage.log("callback.answered", call)
            self._stage.tell(acd.CallbackAnswered(contact_id=contact_id, media=MEDIA))
        else:
            self._stage.tell(acd.CallbackFailed(contact_id=contact_id, why="no_answer"))

    def reached(self, call: Call) -> bool:
        u = self._stage.chance(call, f"reached-{call.fate.offers}").random()
        return u < self._stage.scenario.habits.reached_chance
