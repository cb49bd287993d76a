"""A seeded population, callers and agents, that makes a centre live: for demos, load and simulated days.

Whoever runs the centre

1. makes a `SimulatedExchange` and controls it through its port like any other back end;
2. makes a `Population` with the `AgentActions` by which agents work;
3. tells `crew` what agents see on their screens: `offered`, `offer_ended`, `wrap_up_began`, `talk_over`,
   `made_not_ready`;
4. calls `start`.

Everything else follows from the clock and the seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from telephony.simulated.callers import Crowd, Errand
from telephony.simulated.crew import AgentActions, Crew, Habits
from telephony.simulated.draws import Rate
from telephony.simulated.exchange import SimulatedExchange


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """Who calls, when and why."""

    errands: tuple[Errand, ...]
    rate: Rate
    """Arrivals per minute at an instant."""
    most_per_minute: float
    """`rate` never exceeds it."""
    numbers: tuple[str, ...] = ()
    """Of customers, E.164."""
    known: float = 0.7
    """The fraction of callers who call from one of them."""
    loses_media: float = 0.0
    """The fraction whose media is away for some seconds while they wait."""


class Population:
    def __init__(
        self,
        exchange: SimulatedExchange,
        actions: AgentActions,
        traffic: Traffic,
        *,
        seed: str,
        habits: Habits | None = None,
        caller_prefix: str = "simulated-caller",
    ) -> None:
        """Args:
        exchange: where phones and callers are.
        actions: how agents act.
        traffic: who calls.
        seed: any text; the same one gives the same people.
        habits: how agents work.
        caller_prefix: of callers' leg ids, which are numbered from 1. Where the log outlives the process,
            give each start its own, or ids come again.
        """
        self.crowd = Crowd(
            exchange,
            seed=seed,
            errands=traffic.errands,
            rate=traffic.rate,
            most_per_minute=traffic.most_per_minute,
            numbers=traffic.numbers,
            known=traffic.known,
            loses_media=traffic.loses_media,
            leg_prefix=caller_prefix,
        )
        self.crew = Crew(exchange, actions, seed=seed, talk_s=self.crowd.talk_s, habits=habits)

    def start(self, agent_ids: Sequence[str]) -> None:
        """The agents sign in, and the first caller is on his way."""
        self.crew.sign_in(agent_ids)
        self.crowd.start()

    def stop(self) -> None:
        """Nobody comes any more; whoever is there is served."""
        self.crowd.stop()
