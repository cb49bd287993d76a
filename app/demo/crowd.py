"""Simulated callers and agents at Brightwater, so that the floor lives: `patchbay demo`.

They are on the simulated back end, so they are served by one another and never ring a person's browser.
Everything they do goes through the engine's commands, as from a page.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import Random

import structlog

from app.clock import Clock
from app.engine import commands as ask
from app.engine.commit import Committed, LogEvent
from app.engine.loop import Engine
from app.live.directory import Directory
from telephony.simulated.backend import SimulatedBackend, SimulatedLink
from telephony.simulated.callers import Errand
from telephony.simulated.draws import LogNormal, Patience, steady
from telephony.simulated.exchange import SimulatedExchange
from telephony.simulated.legs import Script
from telephony.simulated.population import Population, Traffic

log = structlog.get_logger(__name__)

RECORDING_RATE_HZ = 200
"""Simulated calls are recorded too, small: about 200 kB for five minutes."""
LEG_PREFIX = "simulated-agent"
SEED = "brightwater"


def errands(dnis: str) -> tuple[Errand, ...]:
    """Why people call Brightwater on a weekday, and how often."""

    def errand(name: str, weight: float, talk_s: float, **attributes: str) -> Errand:
        return Errand(
            name=name,
            dnis=dnis,
            weight=weight,
            attributes={"language": "en", "topic": name} | attributes,
            talk=LogNormal(mean_s=talk_s),
            patience=Patience(mean_s=200.0),
        )

    return (
        errand("billing", 40, 230.0),
        errand("technical", 22, 320.0),
        errand("moving", 12, 260.0),
        errand("sales", 10, 240.0),
        errand("complaints", 6, 380.0),
        errand("billing", 5, 250.0, language="cy"),
        Errand(
            name="by keypad",
            dnis=dnis,
            weight=5,
            attributes={"language": "en"},
            script=Script(keys=("2", "2"), reaction_s=1.5),
        ),
    )


class DemoCrowd:
    """Runs a population on an engine. See `telephony.simulated.crew.AgentActions` for what agents do."""

    def __init__(
        self,
        *,
        clock: Clock,
        new_id: Callable[[str], str],
        directory: Callable[[], Directory],
        people: frozenset[str],
        calls_per_minute: float,
    ) -> None:
        """Args:
        people: agents who are played by persons; the others are played here.
        """
        self._new_id = new_id
        self._directory = directory
        self._people = people
        exchange = SimulatedExchange(
            clock, Random(SEED), quality_every_s=None, recording_rate_hz=RECORDING_RATE_HZ
        )
        self.back_end: SimulatedBackend = SimulatedLink(exchange).port()
        traffic = Traffic(
            errands=errands(directory().number),
            rate=steady(calls_per_minute),
            most_per_minute=calls_per_minute,
        )
        self._population = Population(exchange, self, traffic, seed=SEED)
        self._commands: asyncio.Queue[ask.Command] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    def open(self, engine: Engine) -> None:
        self._task = asyncio.create_task(self._live(engine), name="crowd")

    async def close(self) -> None:
        self._population.stop()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _live(self, engine: Engine) -> None:
        agents = [agent_id for agent_id in self._directory().agents if agent_id not in self._people]
        for agent_id in agents:
            leg_id = f"{LEG_PREFIX}-{agent_id}"
            await self._submit(
                engine,
                ask.AgentPhoneOpened(agent_id=agent_id, leg_id=leg_id, backend=self.back_end.name),
            )
            await self._submit(engine, ask.SetReachability(agent_id=agent_id, reachable=True))
        self._population.start(agents)
        while True:
            await self._submit(engine, await self._commands.get())

    async def _submit(self, engine: Engine, command: ask.Command) -> None:
        """What comes too late is refused, and nobody minds."""
        try:
            await engine.submit(command, client_id=self._new_id("crowd"), actor="crowd")
        except Exception:
            log.exception("a simulated person could not act")

    # --- what agents see ---

    def on_committed(self, committed: Committed) -> None:
        for published in committed.events:
            if published.event.agent_id is not None:
                self._see(published.event, published.event.agent_id)

    def _see(self, event: LogEvent, agent_id: str) -> None:
        crew = self._population.crew
        contact_id = event.contact_id or ""
        match event.kind:
            case "offer.made":
                crew.offered(agent_id, str(event.data["offer_id"]), contact_id)
            case "offer.timed_out" | "offer.withdrawn":
                crew.offer_ended(agent_id, str(event.data["offer_id"]))
            case "acw.started":
                crew.wrap_up_began(agent_id, contact_id)
            case "contact.given_back":
                crew.talk_over(agent_id)
            case "agent.state" if event.data.get("reason") == "missed":
                crew.made_not_ready(agent_id)

    # --- what agents do ---

    def set_state(self, agent_id: str, state: str, reason: str | None) -> None:
        wanted: ask.RequestState = (
            ask.RequestState(agent_id=agent_id, state="not_ready", reason=reason)
            if state == "not_ready"
            else ask.RequestState(agent_id=agent_id, state="available")
        )
        self._commands.put_nowait(wanted)

    def accept(self, agent_id: str, offer_id: str) -> None:
        self._commands.put_nowait(ask.AcceptOffer(offer_id=offer_id, agent_id=agent_id))

    def decline(self, agent_id: str, offer_id: str) -> None:
        self._commands.put_nowait(ask.DeclineOffer(offer_id=offer_id, agent_id=agent_id))

    def hold(self, agent_id: str, contact_id: str, *, on: bool) -> None:
        kind = ask.HoldCall if on else ask.ResumeCall
        self._commands.put_nowait(kind(contact_id=contact_id, agent_id=agent_id))

    def hang_up(self, agent_id: str, contact_id: str) -> None:
        self._commands.put_nowait(ask.HangUpCall(contact_id=contact_id, agent_id=agent_id))

    def finish_wrap_up(self, agent_id: str, contact_id: str) -> None:
        dispositions = ("invoice_explained", "refund_issued", "payment_plan", "callback_promised")
        chosen = dispositions[sum(contact_id.encode()) % len(dispositions)]
        self._commands.put_nowait(
            ask.FinishWrapUp(contact_id=contact_id, agent_id=agent_id, disposition=chosen)
        )
