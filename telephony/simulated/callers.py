"""A crowd of virtual callers: they come, press what their errand needs, wait or give up, talk, and go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from telephony import port
from telephony.simulated.draws import LogNormal, Patience, Rate, next_arrival
from telephony.simulated.exchange import SimulatedExchange
from telephony.simulated.legs import Script
from telephony.simulated.timing import Timer

LOOKS_AGAIN_S = 5.0
LOOKS_MAX = 24
"""Whoever is done while on hold, or cut off, looks so often whether he is spoken to again, then goes."""
MEDIA_AWAY_S = (3.0, 12.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """Why somebody calls."""

    name: str
    dnis: str
    weight: float = 1.0
    """How often, compared with the others."""
    script: Script = field(default_factory=Script)
    attributes: Mapping[str, str] = field(default_factory=dict)
    talk: LogNormal = field(default_factory=lambda: LogNormal(mean_s=240.0))
    """From the first word to the last, holds included."""
    patience: Patience = field(default_factory=Patience)


@dataclass(slots=True, kw_only=True)
class Caller:
    """One of them."""

    leg_id: str
    errand: Errand
    random: Random
    """His own, so that what happens to others changes nothing about him."""
    talk_s: float
    patience_s: float
    loses_media: bool
    timer: Timer | None = None
    """Gives up, or ends the talk."""
    queueing: bool = False
    talks: bool = False
    looks: int = 0

    def wait(self, timer: Timer | None) -> None:
        if self.timer is not None:
            self.timer.cancel()
        self.timer = timer


class Crowd:
    """Sends callers to an exchange.

    The n-th caller is the same person, with the same errand, patience and talk, whatever the centre does:
    two days with the same seed differ only by what the centre did differently.
    """

    def __init__(
        self,
        exchange: SimulatedExchange,
        *,
        seed: str,
        errands: Sequence[Errand],
        rate: Rate,
        most_per_minute: float,
        numbers: Sequence[str] = (),
        known: float = 0.7,
        loses_media: float = 0.0,
        leg_prefix: str = "simulated-caller",
    ) -> None:
        """Args:
        exchange: where they call.
        seed: any text.
        errands: at least one.
        rate: arrivals per minute at an instant.
        most_per_minute: `rate` never exceeds it; 0: nobody calls.
        numbers: of customers, E.164.
        known: the fraction of callers who call from one of these; one in ten of the others withholds his.
        loses_media: the fraction whose media is away for some seconds while they wait.
        leg_prefix: leg ids are this, a hyphen and a number from 1.
        """
        self.callers: dict[str, Caller] = {}
        self.sent = 0
        self._exchange = exchange
        self._seed = seed
        self._errands = tuple(errands)
        self._rate = rate
        self._most_per_minute = most_per_minute
        self._numbers = tuple(numbers)
        self._known = known
        self._loses_media = loses_media
        self._leg_prefix = leg_prefix
        self._arrivals = Random(f"{seed}/arrivals")
        self._next: Timer | None = None
        exchange.watch(self._see)
        exchange.watch_hold(self._hear_music)

    def start(self) -> None:
        if self._most_per_minute > 0:
            self._wait_for_next(self._exchange.clock.now())

    def stop(self) -> None:
        """Nobody comes any more; those who are there stay until they are done."""
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def talk_s(self, leg_id: str) -> float | None:
        """How long this caller means to talk; None: he is not of the crowd."""
        caller = self.callers.get(leg_id)
        return caller.talk_s if caller is not None else None

    # --- coming -----------------------------------------------------------------------------------

    def _wait_for_next(self, after: datetime) -> None:
        at = next_arrival(after, self._rate, self._most_per_minute, self._arrivals)
        self._next = self._exchange.clock.call_at(at, lambda: self._arrive(at))

    def _arrive(self, at: datetime) -> None:
        self.sent += 1
        caller = self._person(self.sent)
        self.callers[caller.leg_id] = caller
        self._exchange.arrive(
            caller.leg_id,
            ani=self._number(caller.random),
            dnis=caller.errand.dnis,
            attributes=caller.errand.attributes,
            script=caller.errand.script,
        )
        self._wait_for_next(at)

    def _person(self, number: int) -> Caller:
        random = Random(f"{self._seed}/caller/{number}")
        errand = random.choices(self._errands, [errand.weight for errand in self._errands])[0]
        return Caller(
            leg_id=f"{self._leg_prefix}-{number}",
            errand=errand,
            random=random,
            talk_s=errand.talk.draw_s(random),
            patience_s=errand.patience.draw_s(random),
            loses_media=random.random() < self._loses_media,
        )

    def _number(self, random: Random) -> str:
        if self._numbers and random.random() < self._known:
            return random.choice(self._numbers)
        # 07700 900000 to 900999 are kept free for drama by the UK's regulator: they call nobody.
        return "" if random.random() < 0.1 else f"+447700900{random.randrange(1000):03}"

    # --- what befalls them ------------------------------------------------------------------------

    def _see(self, event: port.Event) -> None:
        match event:
            case port.LegEnded():
                gone = self.callers.pop(event.leg_id, None)
                if gone is not None:
                    gone.wait(None)
            case port.Bridged():
                for leg_id in (event.leg_a, event.leg_b):
                    if leg_id in self.callers:
                        self._begin_talk(self.callers[leg_id])
            case port.Mixed():
                for leg_id in event.legs:
                    if leg_id in self.callers and self._exchange.legs[leg_id].joined:
                        self._begin_talk(self.callers[leg_id])
            case port.PlaybackFinished(outcome=port.PlaybackOutcome.COMPLETED):
                caller = self.callers.get(event.leg_id)
                if caller is not None and caller.queueing and not caller.talks:
                    self._hear_announcement(caller)
            case _:
                pass

    def _hear_music(self, leg_id: str) -> None:
        """He is in a queue now, unless an agent only put him on hold."""
        caller = self.callers.get(leg_id)
        if caller is None or caller.queueing or caller.talks:
            return
        caller.queueing = True
        caller.wait(self._after(caller.patience_s, caller))
        if caller.loses_media:
            away_s = caller.random.uniform(*MEDIA_AWAY_S)
            clock, exchange = self._exchange.clock, self._exchange
            exchange.lose(leg_id)
            clock.call_at(clock.now() + timedelta(seconds=away_s), lambda: exchange.restore(leg_id))

    def _hear_announcement(self, caller: Caller) -> None:
        if caller.errand.patience.leaves_at_announcement(caller.random):
            caller.wait(self._after(1.0, caller))

    def _begin_talk(self, caller: Caller) -> None:
        if not caller.talks:
            caller.talks = True
            caller.wait(self._after(caller.talk_s, caller))

    def _after(self, seconds: float, caller: Caller) -> Timer:
        clock = self._exchange.clock
        return clock.call_at(clock.now() + timedelta(seconds=seconds), lambda: self._leave(caller))

    def _leave(self, caller: Caller) -> None:
        leg = self._exchange.legs.get(caller.leg_id)
        if caller.talks and caller.looks < LOOKS_MAX and leg is not None and not leg.joined:
            caller.looks += 1
            caller.wait(self._after(LOOKS_AGAIN_S, caller))
        else:
            self._exchange.hang_up(caller.leg_id)
